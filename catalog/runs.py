"""What the runs of the harvest say: counters, progress, causes, lists. Reads only.

No counter is kept anywhere: each is counted from the records of a run and its issues, so that a figure and the
list behind it cannot differ. Of old runs only the number of the unchanged records is left (see `retention`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, case, func, inspect, select
from sqlalchemy.orm import Session

from catalog.jobs import ACTIVE
from catalog.models import Dataset, IssueRow, Run, RunRecord, Source, Staged
from catalog.models.sight import seen_by

Item = TypeVar("Item")

PAGE_SIZE = 50
RATE_WINDOW = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged(Generic[Item]):
    """One page of a list: `page` counts from 1, `total` is the whole list."""

    items: Sequence[Item]
    total: int
    page: int = 1
    size: int = PAGE_SIZE

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What became of the records of a run, and its issues by severity; both counted, never kept."""

    outcomes: Mapping[str, int] = field(default_factory=dict)
    severities: Mapping[str, int] = field(default_factory=dict)

    @property
    def done(self) -> int:
        return sum(self.outcomes.values())

    @property
    def issues(self) -> int:
        return sum(self.severities.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is: records done of expected, records a second, seconds left; None where nobody can know."""

    done: int
    expected: int | None
    rate: float | None
    eta: int | None
    finished: bool

    @property
    def percent(self) -> int | None:
        """Whole percent, at most 99 while the run goes on."""
        if self.expected is None:
            return None
        share = 100 if not self.expected else min(100, self.done * 100 // self.expected)
        return share if self.finished else min(99, share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """All issues of one code in one run: how many, and one of them as an example."""

    code: str
    stage: str
    severity: str
    who: str
    count: int
    example: IssueRow


def counters(session: Session, run_ids: Sequence[str]) -> dict[str, Counters]:
    """The counters of each run, in three questions however many runs there are; unchanged records that retention has condensed count too."""
    outcomes: dict[str, dict[str, int]] = defaultdict(dict)
    severities: dict[str, dict[str, int]] = defaultdict(dict)
    if run_ids:
        for run_id, outcome, count in session.execute(
            select(RunRecord.run_id, RunRecord.outcome, func.count()).where(RunRecord.run_id.in_(run_ids))
            .group_by(RunRecord.run_id, RunRecord.outcome)
        ):
            outcomes[run_id][outcome] = count
        for run_id, condensed in session.execute(select(Run.id, Run.condensed).where(Run.id.in_(run_ids), Run.condensed > 0)):
            outcomes[run_id]["unchanged"] = outcomes[run_id].get("unchanged", 0) + condensed
        for run_id, severity, count in session.execute(
            select(IssueRow.run_id, IssueRow.severity, func.count()).where(IssueRow.run_id.in_(run_ids))
            .group_by(IssueRow.run_id, IssueRow.severity)
        ):
            severities[run_id][severity] = count
    return {run_id: Counters(outcomes=outcomes[run_id], severities=severities[run_id]) for run_id in run_ids}


def progress(session: Session, run: Run, now: datetime) -> Progress:
    """How far a run is at `now`.

    Once the listing was read to its end, what is expected is what is done and what is still staged; before that
    it is what the source says of itself. The rate is that of the last minute, so that a pause does not spoil it;
    of the whole run once it is finished.
    """
    done = count(session, select(func.count()).select_from(RunRecord).where(RunRecord.run_id == run.id)) + run.condensed
    finished = run.status not in ACTIVE
    expected = run.expected
    if run.gathered_all and not finished:
        expected = done + count(session, select(func.count()).select_from(Staged).where(Staged.run_id == run.id))
    elif finished and run.gathered_all:
        expected = done
    rate = _rate(session, run, done, now)
    eta = None
    if not finished and rate and expected is not None:
        eta = max(0, round((expected - done) / rate))
    return Progress(done=done, expected=expected, rate=rate, eta=eta, finished=finished)


def _rate(session: Session, run: Run, done: int, now: datetime) -> float | None:
    if run.started_at is None or not done:
        return None
    if run.finished_at is not None:
        return done / max((run.finished_at - run.started_at).total_seconds(), 0.001)
    since = max(run.started_at, now - RATE_WINDOW)
    recent = count(session, select(func.count()).select_from(RunRecord)
                    .where(RunRecord.run_id == run.id, RunRecord.at >= since))
    return recent / max((now - since).total_seconds(), 1.0) if recent else None


def causes(session: Session, run_id: str) -> list[Cause]:
    """The issues of a run grouped by code, errors first, the largest group first."""
    groups = session.execute(
        select(IssueRow.code, IssueRow.stage, IssueRow.severity, IssueRow.who, func.count(), func.min(IssueRow.id))
        .where(IssueRow.run_id == run_id)
        .group_by(IssueRow.code, IssueRow.stage, IssueRow.severity, IssueRow.who)
    ).all()
    examples = {row.id: row for row in session.scalars(select(IssueRow).where(IssueRow.id.in_([g[5] for g in groups])))}
    found = [Cause(code=code, stage=stage, severity=severity, who=who, count=count, example=examples[first])
             for code, stage, severity, who, count, first in groups]
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(found, key=lambda cause: (order.get(cause.severity, 3), -cause.count, cause.code))


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """What became of one record, and the dataset it led to, if that is public; `seen_by` who may read its identifier."""

    identifier: str
    outcome: str
    at: datetime
    name: str | None
    title: str | None
    decided: str | None  # the test that found it unchanged
    seen_by: str


def decided_by(session: Session, run_id: str) -> dict[str, int]:
    """How many records of a run each test found unchanged (see `catalog.rechecking`), the most frequent first."""
    number = func.count().label("number")
    return dict(session.execute(
        select(RunRecord.decided, number).where(RunRecord.run_id == run_id, RunRecord.outcome == "unchanged", RunRecord.decided.is_not(None))
        .group_by(RunRecord.decided).order_by(number.desc(), RunRecord.decided)).all())


def records_of(session: Session, run_id: str, *, outcome: str | None = None, page: int = 1) -> Paged[RecordLine]:
    """The records of a run, of one outcome or all, in the order of their identifiers."""
    which = [RunRecord.run_id == run_id, *([RunRecord.outcome == outcome] if outcome else [])]
    total = count(session, select(func.count()).select_from(RunRecord).where(*which))
    rows = session.execute(
        select(RunRecord.identifier, RunRecord.outcome, RunRecord.at, Dataset.name, Dataset.title, RunRecord.decided,
               seen_by(RunRecord.dataset_id, Run.source_id, RunRecord.identifier))
        .join(Run, Run.id == RunRecord.run_id).outerjoin(Dataset, (Dataset.id == RunRecord.dataset_id) & (Dataset.state == "active") & ~Dataset.private)
        .where(*which).order_by(RunRecord.identifier).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)
    )
    lines = [RecordLine(identifier=identifier, outcome=became, at=at, name=name, title=title, decided=decided, seen_by=whose)
             for identifier, became, at, name, title, decided, whose in rows]
    return Paged(items=lines, total=total, page=page)


def issues_of(session: Session, run_id: str, *, code: str | None = None, severity: str | None = None,
              page: int = 1) -> Paged[IssueRow]:
    """The issues of a run, of one code or severity or all, in the order in which they were found."""
    which = [IssueRow.run_id == run_id]
    which += [IssueRow.code == code] if code else []
    which += [IssueRow.severity == severity] if severity else []
    return paged(session, select(IssueRow).where(*which).order_by(IssueRow.id), page)


def recent_runs(session: Session, *, source_id: str | None = None, status: str | None = None, page: int = 1) -> Paged[Run]:
    """Runs, newest first; of one source or one status or all."""
    query = select(Run).order_by(Run.queued_at.desc(), Run.id.desc())
    if source_id:
        query = query.where(Run.source_id == source_id)
    if status:
        query = query.where(Run.status == status)
    return paged(session, query, page)


def active_runs(session: Session) -> list[Run]:
    """Runs that are running or wait for their turn; running ones first, then in the order of the queue."""
    first = case((Run.status == "running", 0), else_=1)
    return list(session.scalars(select(Run).where(Run.status.in_(ACTIVE)).order_by(first, Run.queued_at, Run.id)))


def sources(session: Session, ids: Iterable[str]) -> dict[str, Source]:
    """Sources by id."""
    return {source.id: source for source in session.scalars(select(Source).where(Source.id.in_(set(ids))))}


def source_named(session: Session, name: str) -> Source | None:
    """The source of that name."""
    return session.scalar(select(Source).where(Source.name == name))


def count(session: Session, query: Select[tuple[int]]) -> int:
    """What a counting question answers."""
    return session.scalar(query) or 0


def paged(session: Session, query: Select[Any], page: int) -> Paged[Any]:
    """One page of the rows that a question finds, and how many there are in all.

    Only keys are read on the way to a deep page, since those may stand in an index.
    """
    entity = query.column_descriptions[0]["entity"]
    key = inspect(entity).primary_key[0]
    total = count(session, select(func.count()).select_from(query.order_by(None).with_only_columns(key, maintain_column_froms=True).subquery()))
    keys = session.scalars(query.with_only_columns(key, maintain_column_froms=True).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)).all()
    rows = {getattr(row, key.key): row for row in session.scalars(select(entity).where(key.in_(keys)))}
    return Paged(items=[rows[one] for one in keys if one in rows], total=total, page=page)
