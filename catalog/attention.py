"""What waits for somebody: each source with its last runs, and every open issue with who must act. Reads only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, case, func, literal, select
from sqlalchemy.orm import Session, aliased

from catalog.models import Agency, Dataset, IssueRow, Run, Source
from catalog.runs import PAGE_SIZE, Paged, paged

STRIP = 30  # runs shown for each source
_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """A source as the list of sources shows it.

    `strip` holds the statuses of its last runs, oldest first; `waiting` counts open issues that stop a publication by who must
    act; `example` is the oldest of them; `datasets` counts what is published from it.
    """

    source: Source
    agency: Agency
    last: Run | None
    strip: Sequence[str]
    waiting: Mapping[str, int]
    example: IssueRow | None
    datasets: int

    @property
    def needs(self) -> str | None:
        """Who must act first: the one with most open issues; the platform for a run that was lost."""
        return _needs(self.waiting, self.last.status if self.last is not None else None)


def _needs(waiting: Mapping[str, int], last: str | None) -> str | None:
    if waiting:
        return max(waiting, key=lambda who: (waiting[who], who))
    return "platform" if last == "lost" else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Open issues that stop a publication: by source how many wait for whom, and the id of the oldest."""

    counts: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    oldest: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceList:
    """One page of the sources, and of all of them: how many wait for whom (`needs` → count), how many agencies have one."""

    paged: Paged[SourceState]
    tally: Mapping[str | None, int]
    agencies: int


def source_list(session: Session, waiting: Waiting, *, who: str | None = None, page: int = 1) -> SourceList:
    """The sources that were not removed, those that need somebody first; of those alone who wait for `who`, or for `anybody`."""
    rows = session.execute(select(Source.id, Source.agency_id, _last_status()).join(Agency, Agency.id == Source.agency_id)
                           .where(Source.state != "removed").order_by(Agency.position, Source.name)).all()
    needs = {source_id: _needs(waiting.counts[source_id], status) for source_id, _agency, status in rows}
    chosen = sorted((source_id for source_id in needs if who in (None, needs[source_id]) or who == "anybody" and needs[source_id]),
                    key=lambda source_id: needs[source_id] is None)
    here = chosen[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return SourceList(paged=Paged(items=source_states(session, source_ids=here, waiting=waiting), total=len(chosen), page=page),
                      tally=Counter(needs.values()), agencies=len({row[1] for row in rows}))


def source_states(session: Session, *, agency_id: str | None = None, source_ids: Sequence[str] | None = None,
                  waiting: Waiting | None = None) -> list[SourceState]:
    """The sources of an agency, or those named, that were not removed, with their last runs and who must act; those that need somebody first."""
    query = select(Source, Agency).join(Agency, Agency.id == Source.agency_id).where(Source.state != "removed")
    if agency_id:
        query = query.where(Source.agency_id == agency_id)
    if source_ids is not None:
        query = query.where(Source.id.in_(source_ids))
    pairs = session.execute(query.order_by(Agency.position, Source.name)).all()
    ids = [source.id for source, _ in pairs]
    (strips, lasts), datasets, waiting = _strips(session, ids), _datasets(session, ids), waiting or waiting_at(session, ids)
    examples = {row.source_id: row for row in session.scalars(select(IssueRow).where(
        IssueRow.id.in_([waiting.oldest[source_id] for source_id in ids if source_id in waiting.oldest])))}
    states = [
        SourceState(source=source, agency=agency, last=lasts.get(source.id),
                    strip=strips[source.id], waiting=waiting.counts[source.id], example=examples.get(source.id),
                    datasets=datasets.get(source.id, 0))
        for source, agency in pairs
    ]
    return sorted(states, key=lambda state: state.needs is None)


def _last_status() -> ScalarSelect[str]:
    """The status of the last run of the source that is asked for."""
    return (select(Run.status).where(Run.source_id == Source.id).order_by(Run.queued_at.desc(), Run.id).limit(1)
            .correlate(Source).scalar_subquery())


def _strips(session: Session, source_ids: Sequence[str]) -> tuple[dict[str, list[str]], dict[str, Run]]:
    """The statuses of the last runs of each source, and its last run; the index is entered once a source, however long its history is."""
    newer = aliased(Run)
    edge = (select(newer.queued_at).where(newer.source_id == Source.id).order_by(newer.queued_at.desc()).offset(STRIP - 1).limit(1)
            .correlate(Source).scalar_subquery())
    strips: dict[str, list[str]] = defaultdict(list)
    last: dict[str, str] = {}
    for source_id, run_id, status in session.execute(select(Run.source_id, Run.id, Run.status).join(Source, Source.id == Run.source_id).where(
            Source.id.in_(source_ids), Run.queued_at >= func.coalesce(edge, literal(_BEGIN, Run.queued_at.type)))
            .order_by(Run.queued_at, Run.id.desc())):
        strips[source_id].append(status)
        last[source_id] = run_id
    runs = session.scalars(select(Run).where(Run.id.in_(last.values())))
    return defaultdict(list, {source_id: found[-STRIP:] for source_id, found in strips.items()}), {run.source_id: run for run in runs}


def waiting_at(session: Session, source_ids: Sequence[str] | None = None) -> Waiting:
    """What waits at these sources; at all sources where None are named."""
    found = Waiting()
    query = select(IssueRow.source_id, IssueRow.who, func.count(IssueRow.fingerprint.distinct()), func.min(IssueRow.id)).where(
        IssueRow.closed_at.is_(None), IssueRow.severity == "error").group_by(IssueRow.source_id, IssueRow.who)
    for source_id, who, count, first in session.execute(query if source_ids is None else query.where(IssueRow.source_id.in_(source_ids))):
        found.counts[source_id][who] = count
        found.oldest[source_id] = min(first, found.oldest.get(source_id, first))
    return found


def _datasets(session: Session, source_ids: Sequence[str]) -> dict[str, int]:
    rows: Any = session.execute(select(Dataset.source_id, func.count()).where(
        Dataset.source_id.in_(source_ids), Dataset.state == "active", ~Dataset.private).group_by(Dataset.source_id))
    return dict(rows.all())


def open_issues(session: Session, *, dataset_id: str | None = None, source_ids: Sequence[str] = (),
                limit: int = PAGE_SIZE) -> list[IssueRow]:
    """Issues nobody has cleared yet, of one dataset or of some sources; the worst first, each trouble once."""
    newest = _newest_open().where(IssueRow.dataset_id == dataset_id if dataset_id else IssueRow.source_id.in_(source_ids))
    worst = case((IssueRow.severity == "error", 0), (IssueRow.severity == "warning", 1), else_=2)
    return list(session.scalars(select(IssueRow).where(IssueRow.id.in_(newest))
                                .order_by(worst, IssueRow.first_seen, IssueRow.id).limit(limit)))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCause:
    """Open issues of one code over all sources: how many, at how many sources, since when."""

    code: str
    stage: str
    severity: str
    who: str
    count: int
    sources: int
    since: datetime


def open_causes(session: Session) -> list[OpenCause]:
    """Open issues by code, errors first, the largest group first; the counts add up to `open_issue_list`."""
    rows = session.execute(
        select(IssueRow.code, IssueRow.stage, IssueRow.severity, IssueRow.who, func.count(),
               func.count(IssueRow.source_id.distinct()), func.min(IssueRow.first_seen))
        .where(IssueRow.id.in_(_newest_open())).group_by(IssueRow.code, IssueRow.stage, IssueRow.severity, IssueRow.who)
    )
    order = {"error": 0, "warning": 1, "info": 2}
    found = [OpenCause(code=code, stage=stage, severity=severity, who=who, count=count, sources=sources, since=since)
             for code, stage, severity, who, count, sources, since in rows]
    return sorted(found, key=lambda cause: (order.get(cause.severity, 3), -cause.count, cause.code))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which open issues: of one code, one who must act, one source; None is any."""

    code: str | None = None
    who: str | None = None
    source_id: str | None = None


def open_issue_list(session: Session, wanted: Wanted, *, page: int = 1) -> Paged[IssueRow]:
    """Open issues over all sources as far as wanted; the longest open first."""
    query = select(IssueRow).where(IssueRow.id.in_(_newest_open()))
    for column, value in ((IssueRow.code, wanted.code), (IssueRow.who, wanted.who), (IssueRow.source_id, wanted.source_id)):
        query = query.where(column == value) if value else query
    return paged(session, query.order_by(IssueRow.first_seen, IssueRow.id), page)


def _newest_open() -> Select[tuple[int]]:
    """The same trouble is written down in every run that meets it; only its newest row speaks."""
    return select(func.max(IssueRow.id)).where(IssueRow.closed_at.is_(None)).group_by(IssueRow.source_id, IssueRow.fingerprint)
