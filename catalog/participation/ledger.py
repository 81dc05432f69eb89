"""The dated evidence of all agencies, read in a few questions and laid out by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, or_, select, text
from sqlalchemy.orm import Session

from catalog.clock import end_of
from catalog.models import Evidence
from catalog.participation.days import Span, span, union, without

STANDING = text("evidence.kind = 'standing'")  # written out: SQLite uses a partial index for a literal only


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Datasets that stood alike over the same days: `state` is `ok`, or names the first condition that failed.

    Of `count` datasets `fresh` are not overdue on the day for which the ledger was read. `oldest` and `best` are the
    first and the last day on which one of them becomes or became overdue after; `soonest` the first that is still to
    come. `best` is date.max where one of them can never be overdue.
    """

    agency_id: str
    source_id: str | None
    state: str
    days: Span
    count: int
    fresh: int
    oldest: date | None
    soonest: date | None
    best: date
    sample: str  # the id of one of them

    def holds_on(self, day: date) -> bool:
        return self.days[0] <= day <= self.days[1]

    @property
    def fresh_days(self) -> Span | None:
        """The days on which one of them at least stood and was not overdue."""
        last = min(self.days[1], self.best)
        return (self.days[0], last) if last >= self.days[0] else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFact:
    """Over these days a source was registered, or its last run ended, in this state."""

    agency_id: str
    source_id: str
    kind: str
    state: str
    days: Span
    cause: str | None
    facts: Mapping[str, Any]

    def holds_on(self, day: date) -> bool:
        return self.days[0] <= day <= self.days[1]


@dataclass(frozen=True, slots=True)
class Ledger:
    """All evidence up to a day, and the days on which each source could not be reached."""

    standings: Sequence[Standing]
    sources: Sequence[SourceFact]
    down: Mapping[str, Sequence[Span]]

    def counting_days(self, standing: Standing) -> list[Span]:
        """The days on which datasets met every condition of rule version 1."""
        days = standing.fresh_days
        if standing.state != "ok" or days is None:
            return []
        return without(days, self.down.get(standing.source_id or "", ()))

    def lit_days(self) -> dict[str, list[Span]]:
        """By agency as it was when the evidence was written: the days on which one dataset at least met every condition."""
        spans: dict[str, list[Span]] = defaultdict(list)
        for standing in self.standings:
            spans[standing.agency_id] += self.counting_days(standing)
        return {agency_id: union(each) for agency_id, each in spans.items()}


def read_ledger(session: Session, day: date) -> Ledger:
    """Everything known by the end of `day`, in two questions; datasets that stood alike are one entry."""
    end = end_of(day)
    alike = (Evidence.agency_id, Evidence.source_id, Evidence.state, Evidence.since, Evidence.until)
    good = Evidence.good_until
    fresh = or_(good.is_(None), good >= day)
    standings = []
    for agency_id, source_id, state, since, until, count, endless, fresh_count, oldest, soonest, best, sample in session.execute(
        select(*alike, func.count(), func.count() - func.count(good), func.sum(case((fresh, 1), else_=0)), func.min(good),
               func.min(case((good >= day, good))), func.max(good), func.min(Evidence.dataset_id))
        .where(STANDING, Evidence.since < end).group_by(*alike)
    ):
        days = span(since, until)
        if days is not None:
            standings.append(Standing(
                agency_id=agency_id, source_id=source_id, state=state, days=days, count=count, fresh=fresh_count, oldest=oldest,
                soonest=soonest, best=date.max if endless else best, sample=sample))
    sources = []
    for agency_id, source_id, kind, state, since, until, cause, facts in session.execute(
        select(Evidence.agency_id, Evidence.source_id, Evidence.kind, Evidence.state, Evidence.since, Evidence.until, Evidence.cause,
               Evidence.facts).where(Evidence.kind.in_(("registered", "harvest")), Evidence.since < end).order_by(Evidence.id)
    ):
        days = span(since, until)
        if days is not None:
            sources.append(SourceFact(agency_id=agency_id, source_id=source_id, kind=kind, state=state, days=days, cause=cause, facts=facts))
    return Ledger(standings, sources, unreachable_days(sources))


def unreachable_days(sources: Iterable[SourceFact]) -> dict[str, list[Span]]:
    """By source, the days on which its last run had not reached it: its datasets were not reachable at their last check."""
    spans: dict[str, list[Span]] = defaultdict(list)
    for fact in sources:
        if fact.kind == "harvest" and fact.state == "bad" and fact.facts.get("unreachable"):
            spans[fact.source_id].append(fact.days)
    return {source_id: union(each) for source_id, each in spans.items()}
