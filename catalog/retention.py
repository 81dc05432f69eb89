"""What is cleared away, and when: ended runs with their records and pages, ended notices, runs to targets, dry runs, drafts of uploads whose time is over,
dead workers, and the durable engine's own notes.

What a source has shown us (`Known`), versions of files and evidence are never touched. Everything goes in small transactions,
so that nobody waits for it. What remains counts as before: the unchanged records of a run become a number on it as
their lines go, and a run that has an open issue stays, with all its issues.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, column, delete, exists, func, or_, select, table, tuple_
from sqlalchemy.orm import Session

from catalog import previews
from catalog.drafts import keeping as drafts
from catalog.jobs import ACTIVE, PENDING, WAITING, Jobs, workflows
from catalog.models import (
    IssueRow,
    Notice,
    OnwardRun,
    Preview,
    Run,
    RunPage,
    RunRecord,
    SiteFact,
    SkippedDue,
    Staged,
    UploadDraft,
    Worker,
)
from catalog.onward import QUEUE
from catalog.record import Outcome
from catalog.site import Site, remember
from catalog.workers import store_time

LEAST_RUNS = 30  # the last runs of a source stay, however old
WORKFLOW_DAYS = 2  # after which nobody needs to know at which step an ended run stood
WORKER_DAYS = 7  # after which a worker that died is not missed any more
ROWS, RUNS = 1_000, 50  # in one transaction
UNCHANGED = RunRecord.outcome == Outcome.UNCHANGED.value
DAY_DONE = "retention_day"  # the fact of the site: the day on which this was done last


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """How much of each kind went, or would go."""

    workflows: int = 0
    unchanged_records: int = 0
    pages: int = 0
    runs: int = 0
    notices: int = 0
    skipped_dues: int = 0
    previews: int = 0
    workers: int = 0
    drafts: int = 0
    onward_runs: int = 0

    def to_dict(self) -> dict[str, int]:
        return asdict(self)


def daily(site: Site, orderer: Jobs) -> Cleared | None:
    """Clear away once a day; None when it has been done today, by whichever worker."""
    today = site.clock.today().isoformat()
    with site.reading() as session:
        if _day_done(session) == today:
            return None
    with site.writing() as session:
        session.execute(select(SiteFact).where(SiteFact.key == DAY_DONE).with_for_update())
        if _day_done(session) == today:
            return None
        remember(session, DAY_DONE, today)
    return clear(site, orderer)


def _day_done(session: Session) -> object:
    return session.scalar(select(SiteFact.value).where(SiteFact.key == DAY_DONE))


def foreseen(site: Site) -> Cleared:
    """What `clear` would take away now; changes nothing."""
    rules = Rules(site)
    with site.reading() as session:
        def counted(query: Select[Any]) -> int:
            return session.scalar(select(func.count()).select_from(query.subquery())) or 0

        return Cleared(workflows=counted(rules.workflows(session)), unchanged_records=counted(rules.unchanged()), pages=counted(rules.pages()),
                       runs=counted(rules.runs()), notices=counted(rules.notices()), skipped_dues=counted(rules.skipped()),
                       previews=counted(rules.previews()), workers=counted(rules.workers(session)), drafts=counted(rules.drafts()),
                       onward_runs=counted(rules.onward_runs()))


def clear(site: Site, orderer: Jobs) -> Cleared:
    """Clear away all that is older than the settings say; repeated, or done by two at once, it takes nothing else."""
    rules = Rules(site)
    return Cleared(
        workflows=_forget_workflows(site, rules, orderer),
        unchanged_records=sum(_condense(site, run_id) for run_id in _having(site, rules, RunRecord, UNCHANGED)),
        pages=sum(_delete_pages(site, run_id) for run_id in _having(site, rules, RunPage)),
        runs=_delete_runs(site, rules),
        notices=_swept(site, lambda session: _delete(session, Notice, Notice.id, rules.notices())),
        skipped_dues=_swept(site, lambda session: _delete(session, SkippedDue, tuple_(SkippedDue.source_id, SkippedDue.due_at), rules.skipped())),
        previews=_swept(site, lambda session: _delete(session, Preview, Preview.id, rules.previews())),
        workers=_swept(site, lambda session: _delete(session, Worker, Worker.executor_id, rules.workers(session))),
        drafts=drafts.clear(site),
        onward_runs=_swept(site, lambda session: _delete(session, OnwardRun, OnwardRun.id, rules.onward_runs())),
    )


class Rules:
    """Which rows are old enough at this moment, as questions to the store."""

    def __init__(self, site: Site) -> None:
        self._now = now = site.clock.now()
        self._runs_before = now - timedelta(days=site.settings.keep_runs)
        self._records_before = now - timedelta(days=min(site.settings.keep_records, site.settings.keep_runs))
        self._workflows_before = now - timedelta(days=WORKFLOW_DAYS)

    def runs(self) -> Select[Any]:
        """Ended runs that are old, are not among the last of their source, and have no open issue."""
        rank = func.row_number().over(partition_by=Run.source_id, order_by=(Run.queued_at.desc(), Run.id))
        ranked = select(Run.id, rank.label("rank")).subquery()
        open_issue = exists().where(IssueRow.run_id == Run.id, IssueRow.closed_at.is_(None))
        return select(Run.id).join(ranked, ranked.c.id == Run.id).where(*_ended(self._runs_before), ranked.c.rank > LEAST_RUNS, ~open_issue)

    def long_ended(self) -> Select[Any]:
        """Runs that ended so long ago that their unchanged records and their pages go."""
        return select(Run.id).where(*_ended(self._records_before))

    def unchanged(self) -> Select[Any]:
        """Unchanged records of runs that ended some time ago."""
        return (select(RunRecord.run_id, RunRecord.identifier).join(Run, Run.id == RunRecord.run_id)
                .where(UNCHANGED, *_ended(self._records_before)))

    def pages(self) -> Select[Any]:
        """Pages of the listings of such runs: they only serve to go on."""
        return select(RunPage.run_id, RunPage.number).join(Run, Run.id == RunPage.run_id).where(*_ended(self._records_before))

    def notices(self) -> Select[Any]:
        """Notices that ended long ago."""
        return select(Notice.id).where(Notice.ended < self._runs_before)

    def skipped(self) -> Select[Any]:
        """Due times long ago at which nothing was ordered."""
        return select(SkippedDue.source_id, SkippedDue.due_at).where(SkippedDue.at < self._runs_before)

    def drafts(self) -> Select[Any]:
        """Drafts of uploads whose time is over."""
        return select(UploadDraft.id).where(UploadDraft.expires <= self._now)

    def onward_runs(self) -> Select[Any]:
        """Ended runs to targets that are old and are not the last of their target."""
        rank = func.row_number().over(partition_by=OnwardRun.target_id, order_by=(OnwardRun.queued_at.desc(), OnwardRun.id))
        ranked = select(OnwardRun.id, rank.label("rank")).subquery()
        return select(OnwardRun.id).join(ranked, ranked.c.id == OnwardRun.id).where(
            OnwardRun.status.not_in(ACTIVE), OnwardRun.queued_at < self._runs_before, ranked.c.rank > LEAST_RUNS)

    def workflows(self, session: Session) -> Select[Any]:
        """What the durable engine keeps of ended runs, and of dry runs that are no longer kept."""
        work = workflows(session)
        of_runs = work.c.workflow_uuid.in_(select("harvest:" + Run.id).where(*_ended(self._workflows_before)))
        kept = work.c.workflow_uuid.in_(select(f"{previews.QUEUE}:" + Preview.id).where(Preview.expires > self._now))
        of_previews = and_(work.c.name == previews.WORKFLOW, work.c.status.not_in((PENDING, *WAITING)), ~kept)
        onward = select(f"{QUEUE}:" + OnwardRun.id).where(OnwardRun.status.not_in(ACTIVE), OnwardRun.queued_at < self._workflows_before)
        return select(work.c.workflow_uuid).where(or_(of_runs, of_previews, work.c.workflow_uuid.in_(onward)))

    def previews(self) -> Select[Any]:
        """Dry runs that nobody can look at any more."""
        return select(Preview.id).where(Preview.expires <= self._now)

    def workers(self, session: Session) -> Select[Any]:
        """Workers that died so long ago that whatever they did has been taken over, or will not be."""
        return select(Worker.executor_id).where(Worker.beat_at < store_time(session) - timedelta(days=WORKER_DAYS))


def _ended(before: datetime) -> tuple[ColumnElement[bool], ...]:
    return Run.status.not_in(ACTIVE), func.coalesce(Run.finished_at, Run.queued_at) < before


def _swept(site: Site, batch: Callable[[Session], int]) -> int:
    """Do batch after batch, each in a transaction of its own, until one finds nothing; returns how many went."""
    total = 0
    while True:
        with site.writing() as session:
            gone = batch(session)
        if not gone:
            return total
        total += gone


def _delete(session: Session, model: Any, key: Any, which: Select[Any]) -> int:
    """Delete some of the rows whose key a question gives."""
    keys = [row if len(row) > 1 else row[0] for row in (tuple(found) for found in session.execute(which.limit(ROWS)))]
    return session.execute(delete(model).where(key.in_(keys)).execution_options(synchronize_session=False)).rowcount if keys else 0


def _having(site: Site, rules: Rules, model: type[RunRecord | RunPage], *which: ColumnElement[bool]) -> list[str]:
    """The runs that ended long ago and still have such rows; asked by runs, for what is recent is a thousand times more."""
    with site.reading() as session:
        ids, found = session.scalars(rules.long_ended()).all(), []
        for start in range(0, len(ids), ROWS):
            found += session.scalars(select(model.run_id).where(model.run_id.in_(ids[start:start + ROWS]), *which).distinct())
        return found


def _condense(site: Site, run_id: str) -> int:
    """Take the unchanged records of one run, and add their number to the run."""

    def batch(session: Session) -> int:
        run = session.get(Run, run_id, with_for_update=True)
        names = session.scalars(select(RunRecord.identifier).where(RunRecord.run_id == run_id, UNCHANGED).limit(ROWS)).all()
        if run is None or not names:
            return 0
        session.execute(delete(RunRecord).where(RunRecord.run_id == run_id, RunRecord.identifier.in_(names)).execution_options(synchronize_session=False))
        run.condensed += len(names)
        return len(names)

    total = 0
    while True:
        with site.writing() as session:
            gone = batch(session)
        total += gone
        if gone < ROWS:
            return total


def _delete_pages(site: Site, run_id: str) -> int:
    """The pages of one run, and records that it has left on the staging table if it was given up."""
    with site.writing() as session:
        session.execute(delete(Staged).where(Staged.run_id == run_id))
        return session.execute(delete(RunPage).where(RunPage.run_id == run_id)).rowcount


def _delete_runs(site: Site, rules: Rules) -> int:
    """Old runs with all that hangs on them; those that changed much in transactions of their own."""
    with site.reading() as session:
        waiting = list(session.scalars(rules.runs()))
        sizes = {run_id: amount for start in range(0, len(waiting), ROWS) for run_id, amount in session.execute(
            select(RunRecord.run_id, func.count()).where(RunRecord.run_id.in_(waiting[start:start + ROWS])).group_by(RunRecord.run_id))}
    total = 0
    while waiting:
        some = [waiting.pop()]
        room = ROWS - sizes.get(some[0], 0)
        while waiting and len(some) < RUNS and (room := room - sizes.get(waiting[-1], 0)) >= 0:
            some.append(waiting.pop())
        with site.writing() as session:
            total += session.execute(delete(Run).where(Run.id.in_(some)).execution_options(synchronize_session=False)).rowcount
    return total


def _forget_workflows(site: Site, rules: Rules, orderer: Jobs) -> int:
    """What the durable engine and its transactions noted of ended runs."""
    total = 0
    while True:
        with site.writing() as session:
            work = workflows(session)
            names = session.scalars(rules.workflows(session).limit(RUNS)).all()
            children = session.scalars(select(work.c.workflow_uuid).where(work.c.parent_workflow_id.in_(names))).all()
            outputs = table("datasource_outputs", column("workflow_id"), schema=work.schema)
            for start in range(0, len(names) + len(children), ROWS):
                session.execute(delete(outputs).where(outputs.c.workflow_id.in_([*names, *children][start:start + ROWS])))
        if not names:
            return total
        orderer.forget(names)  # in a transaction of the engine's own
        total += len(names)
