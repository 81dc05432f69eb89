"""What the runs of the harvest say: counters, progress, causes, lists. Reads only.

No counter is kept anywhere: each is counted from the records of a run and its issues, so that a figure and the
list behind it cannot differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from catalog.models import Agency, Dataset, IssueRow, Run, RunRecord, Source, Staged

Item = TypeVar("Item")

ACTIVE = ("running", "queued")
PAGE_SIZE = 50
STRIP = 30  # runs shown for each source
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """A source as the list of sources shows it.

    `strip` holds its last runs, oldest first; `waiting` counts open issues that stop a publication by who must
    act; `example` is the oldest of them; `datasets` counts what is published from it.
    """

    source: Source
    agency: Agency
    last: Run | None
    strip: Sequence[Run]
    waiting: Mapping[str, int]
    example: IssueRow | None
    datasets: int

    @property
    def needs(self) -> str | None:
        """Who must act first: the one with most open issues; the platform for a run that was lost."""
        if self.waiting:
            return max(self.waiting, key=lambda who: (self.waiting[who], who))
        return "platform" if self.last is not None and self.last.status == "lost" else None


def counters(session: Session, run_ids: Sequence[str]) -> dict[str, Counters]:
    """The counters of each run, in two questions however many runs there are."""
    outcomes: dict[str, dict[str, int]] = defaultdict(dict)
    severities: dict[str, dict[str, int]] = defaultdict(dict)
    if run_ids:
        for run_id, outcome, count in session.execute(
            select(RunRecord.run_id, RunRecord.outcome, func.count()).where(RunRecord.run_id.in_(run_ids))
            .group_by(RunRecord.run_id, RunRecord.outcome)
        ):
            outcomes[run_id][outcome] = count
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
    done = _count(session, select(func.count()).select_from(RunRecord).where(RunRecord.run_id == run.id))
    finished = run.status not in ACTIVE
    expected = run.expected
    if run.gathered_all and not finished:
        expected = done + _count(session, select(func.count()).select_from(Staged).where(Staged.run_id == run.id))
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
    recent = _count(session, select(func.count()).select_from(RunRecord)
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
    """What became of one record, and the dataset it led to, if that is public."""

    identifier: str
    outcome: str
    at: datetime
    name: str | None
    title: str | None


def records_of(session: Session, run_id: str, *, outcome: str | None = None, page: int = 1) -> Paged[RecordLine]:
    """The records of a run, of one outcome or all, in the order of their identifiers."""
    which = [RunRecord.run_id == run_id, *([RunRecord.outcome == outcome] if outcome else [])]
    total = _count(session, select(func.count()).select_from(RunRecord).where(*which))
    rows = session.execute(
        select(RunRecord.identifier, RunRecord.outcome, RunRecord.at, Dataset.name, Dataset.title)
        .outerjoin(Dataset, (Dataset.id == RunRecord.dataset_id) & (Dataset.state == "active") & ~Dataset.private)
        .where(*which).order_by(RunRecord.identifier).offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE)
    )
    lines = [RecordLine(identifier=i, outcome=o, at=at, name=name, title=title) for i, o, at, name, title in rows]
    return Paged(items=lines, total=total, page=page)


def issues_of(session: Session, run_id: str, *, code: str | None = None, severity: str | None = None,
              page: int = 1) -> Paged[IssueRow]:
    """The issues of a run, of one code or severity or all, in the order in which they were found."""
    which = [IssueRow.run_id == run_id]
    which += [IssueRow.code == code] if code else []
    which += [IssueRow.severity == severity] if severity else []
    return _paged(session, select(IssueRow).where(*which).order_by(IssueRow.id), page)


def recent_runs(session: Session, *, source_id: str | None = None, status: str | None = None, page: int = 1) -> Paged[Run]:
    """Runs, newest first; of one source or one status or all."""
    query = select(Run).order_by(Run.queued_at.desc(), Run.id)
    if source_id:
        query = query.where(Run.source_id == source_id)
    if status:
        query = query.where(Run.status == status)
    return _paged(session, query, page)


def active_runs(session: Session) -> list[Run]:
    """Runs that are running or wait for their turn; running ones first, then in the order of the queue."""
    first = case((Run.status == "running", 0), else_=1)
    return list(session.scalars(select(Run).where(Run.status.in_(ACTIVE)).order_by(first, Run.queued_at, Run.id)))


def source_states(session: Session, *, agency_id: str | None = None) -> list[SourceState]:
    """Every source that was not removed, with its last runs and who must act; those that need somebody first."""
    query = select(Source, Agency).join(Agency, Agency.id == Source.agency_id).where(Source.state != "removed")
    if agency_id:
        query = query.where(Source.agency_id == agency_id)
    pairs = session.execute(query.order_by(Agency.position, Source.name)).all()
    ids = [source.id for source, _ in pairs]
    strips, (waiting, examples), datasets = _strips(session, ids), _waiting(session, ids), _datasets(session, ids)
    states = [
        SourceState(source=source, agency=agency, last=strips[source.id][-1] if strips[source.id] else None,
                    strip=strips[source.id], waiting=waiting[source.id], example=examples.get(source.id),
                    datasets=datasets.get(source.id, 0))
        for source, agency in pairs
    ]
    return sorted(states, key=lambda state: state.needs is None)


def _strips(session: Session, source_ids: Sequence[str]) -> dict[str, list[Run]]:
    rank = func.row_number().over(partition_by=Run.source_id, order_by=(Run.queued_at.desc(), Run.id)).label("rank")
    ranked = select(Run.id, rank).where(Run.source_id.in_(source_ids)).subquery()
    strips: dict[str, list[Run]] = defaultdict(list)
    for run in session.scalars(select(Run).join(ranked, ranked.c.id == Run.id).where(ranked.c.rank <= STRIP)
                               .order_by(Run.queued_at, Run.id.desc())):
        strips[run.source_id].append(run)
    return strips


def _waiting(session: Session, source_ids: Sequence[str]) -> tuple[dict[str, dict[str, int]], dict[str, IssueRow]]:
    waiting: dict[str, dict[str, int]] = defaultdict(dict)
    oldest: dict[str, int] = {}
    for source_id, who, count, first in session.execute(
        select(IssueRow.source_id, IssueRow.who, func.count(IssueRow.fingerprint.distinct()), func.min(IssueRow.id))
        .where(IssueRow.source_id.in_(source_ids), IssueRow.closed_at.is_(None), IssueRow.severity == "error")
        .group_by(IssueRow.source_id, IssueRow.who)
    ):
        waiting[source_id][who] = count
        oldest[source_id] = min(first, oldest.get(source_id, first))
    examples = {row.source_id: row for row in session.scalars(select(IssueRow).where(IssueRow.id.in_(oldest.values())))}
    return waiting, examples


def _datasets(session: Session, source_ids: Sequence[str]) -> dict[str, int]:
    rows: Any = session.execute(select(Dataset.source_id, func.count()).where(
        Dataset.source_id.in_(source_ids), Dataset.state == "active").group_by(Dataset.source_id))
    return dict(rows.tuples().all())


def open_issues(session: Session, *, dataset_id: str | None = None, source_ids: Sequence[str] = (),
                limit: int = PAGE_SIZE) -> list[IssueRow]:
    """Issues nobody has cleared yet, of one dataset or of some sources; the worst first, each trouble once."""
    which = [IssueRow.closed_at.is_(None)]
    which.append(IssueRow.dataset_id == dataset_id if dataset_id else IssueRow.source_id.in_(source_ids))
    newest = select(func.max(IssueRow.id)).where(*which).group_by(IssueRow.source_id, IssueRow.fingerprint)
    worst = case((IssueRow.severity == "error", 0), (IssueRow.severity == "warning", 1), else_=2)
    return list(session.scalars(select(IssueRow).where(IssueRow.id.in_(newest))
                                .order_by(worst, IssueRow.first_seen, IssueRow.id).limit(limit)))


def _count(session: Session, query: Select[tuple[int]]) -> int:
    return session.scalar(query) or 0


def _paged(session: Session, query: Select[Any], page: int) -> Paged[Any]:
    total = _count(session, select(func.count()).select_from(query.order_by(None).subquery()))
    return Paged(items=list(session.scalars(query.offset((page - 1) * PAGE_SIZE).limit(PAGE_SIZE))), total=total, page=page)
