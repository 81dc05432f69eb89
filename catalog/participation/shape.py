"""The figure as others take it: one JSON object, or one row for each agency."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from catalog.participation.figure import AgencyState, Participation
from catalog.participation.steps import Step

LANGUAGES = ("vi", "en")


def as_dict(figure: Participation) -> dict[str, Any]:
    """The figure as JSON values: day, rule, share in percent and as a fraction, both lists, and every agency's steps."""
    return {
        "as_of": figure.day.isoformat(),
        "rule_version": figure.rule_version,
        "share": figure.percent,
        "fraction": f"{figure.counted}/{figure.total}",
        "numerator": {"count": figure.counted, "agencies": [agency.slug for agency in figure.numerator]},
        "denominator": {"count": figure.total, "agencies": [agency.slug for agency in figure.denominator]},
        "exempt": [{"agency": agency.slug, "decision": agency.exempt} for agency in figure.agencies if agency.exempt is not None],
        "agencies": [_agency(agency) for agency in figure.agencies],
    }


def _agency(agency: AgencyState) -> dict[str, Any]:
    return {
        "slug": agency.slug, "name": dict(agency.names), "level": agency.level, "counts": agency.counts, "exempt": agency.exempt is not None,
        "since": agency.since.isoformat() if agency.since else None, "lapsed": agency.lapsed.isoformat() if agency.lapsed else None,
        "datasets": agency.datasets, "qualifying": agency.qualifying, "commitments": {"kept": agency.kept, "total": agency.promised},
        "steps": [_step(step) for step in agency.steps],
    }


def _step(step: Step) -> dict[str, Any]:
    shape: dict[str, Any] = {"step": step.key, "state": step.state, "since": step.since.isoformat() if step.since else None,
                             "done": step.done, "total": step.total}
    if step.cause is not None:
        said = {language: step.said(language) for language in LANGUAGES}
        shape |= {
            "cause": step.cause.code, "who": step.who, "dataset": step.dataset["name"] if step.dataset else None,
            "what": {language: words.what for language, words in said.items() if words},
            "next": {language: words.mend for language, words in said.items() if words},
        }
    return shape


def csv_rows(figure: Participation) -> Iterator[list[Any]]:
    """A header and a row for each agency; a text that a spreadsheet would take for a formula gets an apostrophe."""
    yield ["ngay", "quy_tac", "co_quan", "ten_vi", "ten_en", "cap", "duoc_tinh", "tu_ngay", "mat_tu_ngay", "nguon", "thu_thap", "hop_le",
           "cap_nhat", "cam_ket", "bo_da_cong_bo", "bo_dat_du_dieu_kien", "cam_ket_da_giu", "cam_ket_tat_ca", "vi_sao", "viec_tiep_theo", "ai_phai_lam"]
    for agency in figure.agencies:
        said = agency.trouble.said("vi") if agency.trouble is not None else None
        yield [
            figure.day.isoformat(), figure.rule_version, agency.slug, agency.names["vi"], agency.names["en"], agency.level,
            "exempt" if agency.exempt else "true" if agency.counts else "false", agency.since or "", agency.lapsed or "",
            *(step.state for step in agency.steps), agency.datasets, agency.qualifying, agency.kept, agency.promised,
            *((_plain(said.what), _plain(said.mend), said.who) if said else ("", "", "")),
        ]


def _plain(text: str) -> str:
    return f"'{text}" if text[:1] in "=+-@" else text
