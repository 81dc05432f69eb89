"""The official register of agencies: loading it, and who was there, who succeeded whom, on any day.

A row of the list is one dated name of an agency; rows of the same slug are the same agency. An agency that has
ended passes what it held to its successors, from the day of the decision (Decision 20/2020/QĐ-TTg gives the codes).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalog.models import Agency, AgencyName, Dataset, Succession
from catalog.official_list import Line, LoadResult, Mistakes, read_list
from catalog.search.log import note_change, note_holder

SCHEMA = "so-bo-co-quan"
# Who is told what goes wrong; lists from before these columns were there leave what is known as it is.
TOLD = {"thu_dien_tu": "contact_email", "lanh_dao": "lead_name", "thu_lanh_dao": "lead_email"}
DAY = timedelta(days=1)


def load_register(session: Session, path: Path | str, now: datetime) -> LoadResult:
    """Bring the register to what the list says; agencies that the list does not name stay as they are.

    Everything or nothing: Trouble when the file cannot be read, Invalid with every mistake named by row and column.
    Loading the same list again changes nothing.
    """
    lines, mistakes = read_list(Path(path), SCHEMA, optional=TOLD)
    known = {agency.slug: agency for agency in session.scalars(select(Agency))}
    by_slug: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_slug[line["slug"]].append(line)
    for rows in by_slug.values():
        rows.sort(key=lambda line: line["hieu_luc_tu"])
        _check_dates(rows, mistakes)
    _check_kin(lines, {**{slug: agency.valid_from for slug, agency in known.items()},
                       **{slug: rows[0]["hieu_luc_tu"] for slug, rows in by_slug.items()}}, mistakes)
    mistakes.raise_any()
    added = {slug for slug in by_slug if slug not in known}
    changed = set()
    for position, (slug, rows) in enumerate(by_slug.items(), start=1):
        if slug in added:
            known[slug] = Agency(slug=slug, created=now, valid_from=rows[0]["hieu_luc_tu"], level="", names=[])
            session.add(known[slug])
        if _apply(known[slug], rows, position):
            changed.add(slug)
    session.flush()
    changed |= _apply_successions(session, by_slug, known)
    _note(session, [known[slug].id for slug in changed | added], now)
    changed -= added
    session.flush()
    return LoadResult(added=len(added), changed=len(changed), unchanged=len(by_slug) - len(added) - len(changed))


def _note(session: Session, agencies: Sequence[str], now: datetime) -> None:
    """Let the datasets of these agencies be found and shown by what those are called now."""
    for agency_id in agencies:
        note_holder(session, agency_id, now)
    for dataset_id in session.scalars(select(Dataset.id).where(Dataset.owner_org.in_(agencies))):
        note_change(session, dataset_id, now)


def _check_dates(rows: Sequence[Line], mistakes: Mistakes) -> None:
    """Dated names of one agency follow each other without gap or overlap, and agree on the denominator."""
    for line in rows:
        if line["hieu_luc_den"] is not None and line["hieu_luc_den"] < line["hieu_luc_tu"]:
            mistakes.add("list-ends-before-it-begins", line.row, "hieu_luc_den", value=line["hieu_luc_den"].isoformat(),
                         begin=line["hieu_luc_tu"].isoformat())
    for before, line in zip(rows, rows[1:], strict=False):
        expected = line["hieu_luc_tu"] - DAY
        if before["hieu_luc_den"] not in (None, expected):
            mistakes.add("register-gap", before.row, "hieu_luc_den", slug=line["slug"], value=before["hieu_luc_den"].isoformat(),
                         expected=expected.isoformat(), next=line.row)
        if before["tinh_tham_gia"] != line["tinh_tham_gia"]:
            mistakes.add("register-counts-differ", line.row, "tinh_tham_gia", slug=line["slug"])


def _check_kin(lines: Sequence[Line], begins: Mapping[str, date], mistakes: Mistakes) -> None:
    """Predecessors are on the register, are another agency, and began before; a parent is on the register."""
    for line in lines:
        if line.text("cap_tren") and line["cap_tren"] not in begins:
            mistakes.add("register-unknown-agency", line.row, "cap_tren", value=line["cap_tren"])
        if line["su_kien"] in ("merge", "split", "dissolve") and not line.text("tien_than"):
            mistakes.add("register-no-predecessor", line.row, "tien_than", event=line["su_kien"])
        for slug in predecessors(line):
            if slug not in begins:
                mistakes.add("register-unknown-agency", line.row, "tien_than", value=slug)
            elif begins[slug] >= line["hieu_luc_tu"]:
                mistakes.add("register-predecessor-later", line.row, "tien_than", value=slug, begin=begins[slug].isoformat(),
                             day=line["hieu_luc_tu"].isoformat())


def predecessors(line: Line) -> list[str]:
    """The slugs of those whose place the agency took with this row; an agency that goes on may name itself among them."""
    named = [slug.strip() for slug in line.text("tien_than").split(";")]
    return [slug for slug in named if slug and slug != line["slug"]]


def _apply(agency: Agency, rows: Sequence[Line], position: int) -> bool:
    """Write the rows of one agency; returns whether anything differed."""
    last = rows[-1]
    values = {
        "level": last["cap"], "parent_slug": last["cap_tren"] or None, "abbreviation": last.text("ky_hieu"),
        "valid_from": rows[0]["hieu_luc_tu"], "valid_to": last["hieu_luc_den"], "counts": last["tinh_tham_gia"],
        "provisional": rows[0]["tam"], "contact": last.text("lien_he"), "position": position,
        **{name: last.text(column) for column, name in TOLD.items() if column in last.cells},
    }
    differs = _set(agency, values)
    wanted = {line["hieu_luc_tu"]: line for line in rows}
    for name in [name for name in agency.names if name.valid_from not in wanted]:
        agency.names.remove(name)
        differs = True
    held = {name.valid_from: name for name in agency.names}
    for day, line in wanted.items():
        if day not in held:
            held[day] = AgencyName(valid_from=day, name_vi="", name_en="")
            agency.names.append(held[day])
        differs |= _set(held[day], {
            "name_vi": line["ten_vi"], "name_en": line.text("ten_en") or line["ten_vi"], "code": line.text("ma"),
            "code_status": line.text("trang_thai_ma") or "provisional", "decision": line.text("quyet_dinh"),
        })
    agency.names.sort(key=lambda name: name.valid_from)
    return differs


def _apply_successions(session: Session, by_slug: Mapping[str, Sequence[Line]], known: Mapping[str, Agency]) -> set[str]:
    """Make the successions into the listed agencies exactly those of the list; returns the slugs that changed."""
    ids = {known[slug].id: slug for slug in by_slug}
    held = {(s.predecessor_id, s.successor_id, s.day): s for s in session.scalars(
        select(Succession).where(Succession.successor_id.in_(ids)))}
    wanted = {
        (known[slug].id, known[line["slug"]].id, line["hieu_luc_tu"]): line
        for rows in by_slug.values() for line in rows for slug in predecessors(line)
    }
    changed = set()
    for key in held.keys() - wanted.keys():
        session.delete(held.pop(key))
        changed.add(ids[key[1]])
    for key, line in wanted.items():
        if key not in held:
            held[key] = Succession(predecessor_id=key[0], successor_id=key[1], day=key[2], kind="")
            session.add(held[key])
        if _set(held[key], {"kind": line["su_kien"], "decision": line.text("quyet_dinh"), "provisional": line["tam"]}):
            changed.add(line["slug"])
    return changed


def _set(target: object, values: Mapping[str, object]) -> bool:
    """Set what differs; returns whether anything did."""
    different = {key: value for key, value in values.items() if getattr(target, key) != value}
    for key, value in different.items():
        setattr(target, key, value)
    return bool(different)


def agencies_on(session: Session, day: date) -> list[Agency]:
    """The agencies active on a day, in the order of the official list."""
    return list(session.scalars(
        select(Agency).where(Agency.valid_from <= day, or_(Agency.valid_to.is_(None), Agency.valid_to >= day))
        .order_by(Agency.position, Agency.slug)))


def successors(session: Session, agency_id: str, day: date) -> list[Agency]:
    """Those who on `day` stand in the place of an agency, through every merger since; the agency itself while it is active.

    More than one after a split, none after a dissolution without successor or before the agency began.
    """
    found = heirs(session, day)(agency_id)
    if not found:
        return []
    return list(session.scalars(select(Agency).where(Agency.id.in_(found)).order_by(Agency.position, Agency.slug)))


def holder(session: Session, agency_id: str, day: date) -> Agency | None:
    """The agency that on `day` holds what `agency_id` held; after a split the first in the order of the official list."""
    found = successors(session, agency_id, day)
    return found[0] if found else None


class Heirs:
    """Who on one day holds what an agency held; made once for a day and asked for many agencies."""

    def __init__(self, active: frozenset[str], onward: Mapping[str, Sequence[str]]) -> None:
        self.active = active
        self.onward = onward
        self._known: dict[str, tuple[str, ...]] = {}

    def __call__(self, agency_id: str) -> tuple[str, ...]:
        """The ids of the holders: the agency itself while it is active, else its successors'."""
        if agency_id not in self._known:
            self._known[agency_id] = self._find(agency_id)
        return self._known[agency_id]

    def _find(self, agency_id: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        seen, waiting = set(), [agency_id]
        while waiting:
            each = waiting.pop(0)
            if each in seen:
                continue
            seen.add(each)
            if each in self.active:
                found[each] = None
            else:
                waiting += self.onward.get(each, ())
        return tuple(found)


def heirs(session: Session, day: date) -> Heirs:
    """Who holds what on a day, read in two questions."""
    active = frozenset(session.scalars(
        select(Agency.id).where(Agency.valid_from <= day, or_(Agency.valid_to.is_(None), Agency.valid_to >= day))))
    onward: dict[str, list[str]] = defaultdict(list)
    for before, after in session.execute(
        select(Succession.predecessor_id, Succession.successor_id).join(Agency, Agency.id == Succession.successor_id)
        .where(Succession.day <= day).order_by(Agency.position)
    ):
        onward[before].append(after)
    return Heirs(active, onward)
