"""An illustrative past for what the demonstration has really harvested, so that its curve is computed, not drawn.

`history.csv` says, source by source, since when its datasets have been published, and when they lapsed. The facts of
evidence that would have been written then are added before the first real ones; no dataset is invented, no fact
that is there is touched, and each added fact carries `illustrative`. A dataset that does not stand well today
is carried back as it stands.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from catalog.clock import HANOI
from catalog.freshness import PERIODS, due_on
from catalog.models import Change, Dataset, Evidence, Source
from demo.province import DEMO

ON_TIME, LATE, INVALID, DOWN, AS_TODAY = "dung_han", "tre_han", "chua_hop_le", "mat_ket_noi", "nhu_hien_nay"
STATES = (ON_TIME, LATE, INVALID, DOWN, AS_TODAY)
INVALID_CELLS = 24  # in the versions of the past that did not fit their schema
Fact = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """How the datasets of a source stood from `since` until `until` (None: until they were really harvested)."""

    source: str
    since: date
    until: date | None
    state: str


def stretches() -> dict[str, list[Stretch]]:
    """The lines of `history.csv` by source, in their order."""
    found: dict[str, list[Stretch]] = defaultdict(list)
    for line in csv.DictReader((DEMO / "history.csv").read_text("utf-8").splitlines()):
        found[line["nguon"]].append(Stretch(
            source=line["nguon"], since=date.fromisoformat(line["tu"]), until=date.fromisoformat(line["den"]) if line["den"] else None,
            state=line["tinh_trang"]))
    return dict(found)


def add_history(session: Session, now: datetime) -> int:
    """Add the past of every harvested source; returns how many facts were added. Does nothing the second time."""
    sources = {source.name: source for source in session.scalars(select(Source))}
    facts: list[Fact] = []
    for name, past in stretches().items():
        source = sources.get(name)
        if source is None or _has_past(session, source.id):
            continue
        facts += _of_source(session, source, past)
        for dataset_id in session.scalars(select(Dataset.id).where(Dataset.source_id == source.id, Dataset.state != "deleted")):
            added = _of_dataset(session, dataset_id, past)
            if added:
                session.execute(update(Dataset).where(Dataset.id == dataset_id).values(metadata_created=min(fact["since"] for fact in added)))
                session.add(Change(dataset_id=dataset_id, at=now))
            facts += added
    if facts:
        session.execute(insert(Evidence), facts)
    return len(facts)


def _has_past(session: Session, source_id: str) -> bool:
    return any(row.get("illustrative") for row in session.scalars(select(Evidence.facts).where(Evidence.source_id == source_id)))


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(8), HANOI)


def _spans(past: list[Stretch], end: datetime) -> Iterator[tuple[Stretch, datetime, datetime]]:
    """Each stretch with its two moments; nothing at or after the first real fact."""
    for stretch in past:
        begin = _morning(stretch.since)
        finish = min(_morning(stretch.until), end) if stretch.until else end
        if begin < finish:
            yield stretch, begin, finish


def _first(rows: list[Evidence]) -> datetime:
    return min(row.since for row in rows)


def _of_source(session: Session, source: Source, past: list[Stretch]) -> list[Fact]:
    """Since when the source was registered, and how its runs ended."""
    rows = list(session.scalars(select(Evidence).where(Evidence.source_id == source.id, Evidence.dataset_id.is_(None)).order_by(Evidence.id)))
    by_kind = {kind: [row for row in rows if row.kind == kind] for kind in ("registered", "harvest")}
    common = {"agency_id": source.agency_id, "source_id": source.id, "dataset_id": None, "good_until": None}
    found: list[Fact] = []
    for kind, here in by_kind.items():
        if not here:
            continue
        today = here[-1]
        for stretch, begin, finish in _spans(past, _first(here)):
            fact = {"kind": kind, "state": "ok", "cause": None, "facts": {"source": source.name, "illustrative": True}, "since": begin, "until": finish, **common}
            if kind == "harvest" and stretch.state == DOWN:
                fact |= {"state": "bad", "cause": "host-unreachable", "facts": {
                    **fact["facts"], "unreachable": True, "place": {"url": source.url}, "facts": dict(zip(("host", "port"), source.url.split("/")[2].split(":"), strict=True))}}
            elif kind == "harvest" and stretch.state == AS_TODAY:
                fact |= {"state": today.state, "cause": today.cause, "facts": {**today.facts, "illustrative": True}}
            found.append(fact)
    return found


def _of_dataset(session: Session, dataset_id: str, past: list[Stretch]) -> list[Fact]:
    """What held of one dataset in the past; the facts that are open today are the pattern."""
    rows = list(session.scalars(select(Evidence).where(Evidence.dataset_id == dataset_id).order_by(Evidence.id)))
    today = {row.kind: row for row in rows if row.until is None}
    if "standing" not in today or "current" not in today:
        return []
    stands = today["standing"].state == "ok"
    found: list[Fact] = []
    for stretch, begin, finish in _spans(past, _first(rows)):
        state = stretch.state if stands else AS_TODAY
        for kind, row in today.items():
            if kind not in ("current", "standing"):
                found.append(_like(row, begin, finish, invalid=state == INVALID))
        for since, until in _updates(begin, finish, today["current"].facts.get("frequency", ""), regular=state == ON_TIME):
            found += _freshness(today, since, until, state)
    return found


def _updates(begin: datetime, finish: datetime, frequency: str, *, regular: bool) -> Iterator[tuple[datetime, datetime]]:
    """The times between two updates: one for each promised period, or one for all."""
    period = PERIODS.get(frequency) if regular else None
    while period is not None and begin + period < finish:
        yield begin, begin + period
        begin += period
    yield begin, finish


def _like(row: Evidence, since: datetime, until: datetime, *, invalid: bool = False) -> Fact:
    fact = {"kind": row.kind, "state": row.state, "cause": row.cause, "good_until": None, "facts": {**row.facts, "illustrative": True}, "since": since, "until": until,
            "agency_id": row.agency_id, "source_id": row.source_id, "dataset_id": row.dataset_id}
    if invalid and row.kind in ("valid", "standing"):
        fact |= {"state": "bad" if row.kind == "valid" else "valid", "cause": "data-not-valid", "facts": {"illustrative": True, "errors": INVALID_CELLS}}
    return fact


def _freshness(today: dict[str, Evidence], since: datetime, until: datetime, state: str) -> list[Fact]:
    """The two facts that go with an update on the day of `since`."""
    updated = since.astimezone(HANOI).date()
    current, standing = _like(today["current"], since, until), _like(today["standing"], since, until, invalid=state == INVALID)
    if current["state"] == "ok":
        current["facts"] |= {"updated": updated.isoformat()}
        current["good_until"] = due_on(updated, current["facts"]["frequency"])
        if standing["state"] == "ok":
            standing["good_until"] = current["good_until"]
    return [current, standing]
