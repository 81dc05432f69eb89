"""A checked draft as its pages show it: in words, by cause, with who mends what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

import schemas
from catalog.drafts import comparing, keeping
from catalog.drafts.submitting import FIT
from catalog.issues import Issue
from catalog.models import Agency, UploadDraft
from catalog.sign_ins import Person
from catalog.site import Site
from catalog.validation.privacy import NAMES
from catalog.validation.screening import PERSONAL
from catalog.validation.surroundings import NOWHERE
from web.datasets import reports
from web.datasets.reports import Cause, Veil
from web.words import either

DRAFTS = 30  # listed
_CELL = re.compile(r"([A-Z]*)(\d*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseLine:
    """One cause: `place` as a spreadsheet addresses it, how many of its cells the machine mends, how it was at the last check.

    `since`: new, left, or "" where there is nothing to compare with.
    """

    cause: Cause
    place: str
    certain: int
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the file: which field it became and why (see `catalog.validation.mapping`; none, held), confirmed by whom and when, and
    the unit in which the file says that it counts."""

    letter: str
    label: str
    samples: tuple[str, ...]
    field: str
    title: str
    why: str
    who: str = ""
    at: datetime | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A column that looks personal: of what kind, how many of a hundred cells, some of them hidden in part.

    `here`: it is a column of the table; `beside`: it is none, but a place of the file, whose name is the label.
    """

    letter: str
    sheet: str
    label: str
    kind: str
    percent: int
    evidence: tuple[str, ...]
    here: bool
    beside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What somebody has decided about a column of the draft: `action` drop or mask."""

    label: str
    kind: str
    action: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What became of the causes since the check at `at`: fixed ones in words, and how many are new or left."""

    at: datetime
    fixed: tuple[str, ...]
    new: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything that the pages of a checked draft say. `remarks` are worth knowing, `causes` have to be mended."""

    answer: Mapping[str, Any]
    agency: str
    causes: tuple[CauseLine, ...]
    remarks: tuple[Cause, ...]
    columns: tuple[Column, ...]
    lacking: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    held: tuple[Held, ...]
    decided: tuple[Decision, ...]
    schema: str
    certain: int
    since: Since | None

    @property
    def fit(self) -> bool:
        """Whether the file may be handed in."""
        return self.answer["state"] in FIT

    @property
    def left(self) -> int:
        """Errors that need a person."""
        return max(0, self.answer["errors"] - self.certain)

    @property
    def made(self) -> Mapping[str, Any]:
        """What was made to mend the file: `corrected`, `marked`."""
        return self.answer.get("made") or {}


def page(session: Session, site: Site, draft: UploadDraft) -> Page:
    """The page of a draft whose check is done."""
    answer, named = draft.answer or {}, session.get_one(Agency, draft.agency_id).name_on(site.clock.today())
    held = tuple(_held(hit, answer) for hit in answer["privacy"])
    schema = answer["schema"] if answer["schema"] in schemas.names() else ""
    fields = {field["name"]: either(field["titles"]["vi"], field["titles"]["en"]) for field in schemas.load(schema).fields} if schema else {}
    columns = tuple(_column(column, fields, {hit.letter for hit in held if hit.here}) for column in answer["columns"])
    before = session.get(UploadDraft, draft.before_id) if draft.before_id else None
    compared = _compared(before, answer)
    veil = Veil(everything=False, numbers=False, fields=frozenset(
        part for hit in held for part in (hit.letter, *(column.field for column in columns if column.letter == hit.letter))))
    causes, remarks = _causes(answer, veil, compared)
    required = set(schemas.load(schema).required) if schema else set()
    present = {column.field for column in columns}
    return Page(
        answer=answer, agency=either(named.name_vi, named.name_en), causes=causes, remarks=remarks, columns=columns, held=held, decided=_decided(draft), schema=schema,
        lacking=tuple(title for name, title in fields.items() if name in required - present) if columns else (), fields=tuple(fields.items()),
        certain=sum(answer["certain"].values()), since=_since(before, compared, veil))


def waiting(session: Session, site: Site, person: Person) -> list[UploadDraft]:
    """What somebody has sent, the last first."""
    return keeping.drafts_of(session, person.holder, site.clock.now(), DRAFTS)


def _held(hit: Mapping[str, Any], answer: Mapping[str, Any]) -> Held:
    return Held(letter=hit["column"], sheet=hit["sheet"] or "", label=hit["label"], kind=either(*NAMES[hit["kind"]]), percent=round(100 * hit["share"]),
                evidence=tuple(hit["evidence"]), here=hit["sheet"] == answer["sheet"] and hit["column"] != NOWHERE, beside=hit["column"] == NOWHERE)


def _decided(draft: UploadDraft) -> tuple[Decision, ...]:
    return tuple(Decision(label=one["name"], kind=either(*NAMES[one["kind"]]), action=one["action"], by=one["by"], at=datetime.fromisoformat(one["at"]),
                          reason=one["reason"]) for one in draft.asked.get("decided", ()))


def _column(column: Mapping[str, Any], fields: Mapping[str, str], held: set[str]) -> Column:
    letter, label, field = column["letter"], column["label"], column["field"]
    if letter in held:
        why = "held"
    elif field not in fields:
        why = "none" if fields else ""
    else:
        why = column.get("why") or ("name" if label == field else "title")
    return Column(letter=letter, label=label, samples=tuple(column["samples"]), field=field, title=fields.get(field, ""), why=why,
                  unit=column.get("unit", ""), who=column.get("who", ""), at=datetime.fromisoformat(column["at"]) if column.get("at") else None)


def _compared(before: UploadDraft | None, answer: Mapping[str, Any]) -> comparing.Compared | None:
    """What became of the causes; None where the check before was of another kind of table, or never ended."""
    then = (before.answer or {}) if before is not None and before.state == "done" else {}
    if not then.get("columns") or then.get("schema") != answer["schema"]:
        return None
    return comparing.compare(then, answer)


def _since(before: UploadDraft | None, compared: comparing.Compared | None, veil: Veil) -> Since | None:
    if before is None or compared is None:
        return None
    return Since(at=before.sent_at, new=len(compared.new), left=len(compared.left), fixed=tuple(
        reports.cause_of(Issue.from_dict(issue), veil).said.what for issue in compared.fixed))


def _causes(answer: Mapping[str, Any], veil: Veil, compared: comparing.Compared | None) -> tuple[tuple[CauseLine, ...], tuple[Cause, ...]]:
    """Errors, the most frequent first, and what is only worth knowing; personal data has its own place."""
    new = {comparing.key_of(issue) for issue in compared.new} if compared else set()
    errors = [issue for issue in answer["issues"] if issue["severity"] == "error" and issue["code"] not in PERSONAL]
    sharing = Counter(issue.get("place", {}).get("column") for issue in errors)
    lines = []
    for issue in errors:
        of_header = issue["code"].startswith(("label", "header"))  # what stands in a header is nobody's data
        column, cause = issue.get("place", {}).get("column"), reports.cause_of(Issue.from_dict(issue), replace(veil, fields=frozenset()) if of_header else veil)
        mends = answer["certain"].get(column, 0) if sharing[column] == 1 or cause.proposal else 0
        since = "" if compared is None else "new" if comparing.key_of(issue) in new else "left"
        lines.append(CauseLine(cause=cause, place=_place(issue, cause), certain=min(cause.count, mends), since=since))
    remarks = (reports.cause_of(Issue.from_dict(issue), veil) for issue in answer["issues"]
               if issue["severity"] != "error" and issue["code"] not in PERSONAL)
    return tuple(sorted(lines, key=lambda line: -line.cause.count)), tuple(remarks)


def _place(issue: Mapping[str, Any], cause: Cause) -> str:
    """Where the cells are, as a spreadsheet addresses them: column F “Ngày cấp”, rows 77, 402 …"""
    column, title = issue.get("place", {}).get("column"), either(str(issue["facts"].get("title", "")), str(issue["facts"].get("title_en", "")))
    rows = list(dict.fromkeys(found[2] for cell in cause.cells if (found := _CELL.fullmatch(cell)) and found[2]))
    more = " …" if cause.count > len(cause.cells) else ""
    if column and rows:
        return _("Cột %(column)s “%(title)s”, dòng %(rows)s", column=column, title=title, rows=", ".join(rows) + more)
    if column:
        return _("Cột %(column)s “%(title)s”", column=column, title=title)
    return _("Dòng %(rows)s", rows=", ".join(rows) + more) if rows else ""
