"""What the runs of some days say together: each day's runs by how they ended, the issues they met, and a worker gone silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.clock import HANOI, day_of
from catalog.models import IssueRow, Run, Source, Worker

GOOD, PART, BAD = "good", "part", "bad"
_ENDS = {"succeeded": GOOD, "succeeded-with-issues": PART, "failed": BAD, "lost": BAD}
SILENCE = timedelta(seconds=30)  # a worker that has not spoken for so long is missed


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The runs that ended on one calendar day in Vietnam; those called off are not counted."""

    day: date
    good: int = 0
    part: int = 0
    bad: int = 0

    @property
    def total(self) -> int:
        return self.good + self.part + self.bad


def days(session: Session, today: date, count: int) -> list[Day]:
    """The last `count` days, oldest first, `today` among them."""
    wanted = [today - timedelta(days=back) for back in range(count - 1, -1, -1)]
    tally: dict[date, dict[str, int]] = {day: {GOOD: 0, PART: 0, BAD: 0} for day in wanted}
    begin = datetime.combine(wanted[0], time(), HANOI).astimezone(UTC)
    for status, ended in session.execute(select(Run.status, Run.finished_at).where(
            Run.queued_at >= begin - timedelta(days=1), Run.finished_at >= begin, Run.status.in_(_ENDS))):
        if (day := day_of(ended)) in tally:
            tally[day][_ENDS[status]] += 1
    return [Day(day=day, **tally[day]) for day in wanted]


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """Issues of one code that runs met: how often, at how many sources and at which where it is one, one of them as an example."""

    code: str
    stage: str
    severity: str
    who: str
    count: int
    sources: int
    source: Source | None
    example: IssueRow
    last: datetime


def met(session: Session, since: datetime) -> list[Met]:
    """Every kind of issue that runs ordered from `since` on have met, in the order of the pipeline's steps, the most frequent first."""
    rows = session.execute(
        select(IssueRow.code, IssueRow.stage, IssueRow.severity, IssueRow.who, func.count(), func.count(IssueRow.source_id.distinct()),
               func.min(IssueRow.source_id), func.max(IssueRow.id), func.max(IssueRow.last_seen))
        .join(Run, Run.id == IssueRow.run_id).where(Run.queued_at >= since)
        .group_by(IssueRow.code, IssueRow.stage, IssueRow.severity, IssueRow.who)).all()
    examples = {row.id: row for row in session.scalars(select(IssueRow).where(IssueRow.id.in_([row[7] for row in rows])))}
    alone = {source.id: source for source in session.scalars(select(Source).where(Source.id.in_([row[6] for row in rows if row[5] == 1])))}
    found = [Met(code=code, stage=stage, severity=severity, who=who, count=count, sources=sources,
                 source=alone.get(first) if sources == 1 else None, example=examples[newest], last=last)
             for code, stage, severity, who, count, sources, first, newest, last in rows]
    order = {stage: number for number, stage in enumerate(("gather", "fetch", "read", "validate", "screen", "store", "publish", "index", "run"))}
    return sorted(found, key=lambda one: (order.get(one.stage, 9), -one.count, one.code))


def silent_since(session: Session, active: Sequence[Run], now: datetime) -> datetime | None:
    """When the last worker spoke, where work waits and none has spoken lately; `now` is real time, as a worker's is."""
    if not active:
        return None
    last = session.scalar(select(func.max(Worker.beat_at)))
    return last if last is not None and now - last > SILENCE else None
