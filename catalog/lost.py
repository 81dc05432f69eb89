"""Runs that nobody is doing any more: taken over where that is possible, else ended as lost, so that no run hangs.

A worker that fell silent is taken for dead (see `workers`), and what it was doing goes back into the queue, where another
worker goes on with it. What cannot be gone on with ends as `lost`, with an issue that says why, and its source is free for a new run.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog import evidence, workers
from catalog.intake import SOURCE, Intake, keep_issues
from catalog.issues import Issue
from catalog.jobs import ACTIVE, PENDING, WAITING, WORKFLOW_VERSION, Jobs, workflow_id, workflows
from catalog.models import Run, Source, Staged
from catalog.site import Site

GONE, ENDED, OTHER_VERSION = "gone", "ended", "other-version"
REASONS = {
    GONE: {"vi": "hàng đợi không còn việc của lượt này", "en": "the queue no longer holds its work"},
    ENDED: {"vi": "bộ chạy đã gặp lỗi và bỏ dở", "en": "the worker met a fault and gave it up"},
    OTHER_VERSION: {"vi": "lượt này bắt đầu với một phiên bản khác và không còn bộ chạy nào của phiên bản đó",
                    "en": "it was begun by another version, and no worker of that version is left"},
}


@dataclass(frozen=True, slots=True)
class Minded:
    """What one look at the runs did: pieces of work taken over from dead workers, and runs that are lost."""

    adopted: int = 0
    lost: tuple[str, ...] = ()


def mind_runs(site: Site, orderer: Jobs) -> Minded:
    """Take over what dead workers were doing, and end what nobody can go on with. May be called by any number of workers."""
    with site.reading() as session:
        dead = _dead(session)
    adopted = orderer.adopt(dead) if dead else 0
    with site.reading() as session:
        hopeless = _hopeless(session)
    lost = [run_id for run_id, reason in hopeless.items() if _lose(site, run_id, reason)]
    for run_id in lost:
        if hopeless[run_id] == OTHER_VERSION:
            orderer.halt(workflow_id(run_id))
    return Minded(adopted=adopted, lost=tuple(lost))


def _dead(session: Session) -> list[str]:
    """Workers that do not live and in whose name there is still work under way that this version can go on with."""
    work = workflows(session)
    names = session.scalars(select(work.c.executor_id).where(
        work.c.status == PENDING, work.c.application_version == WORKFLOW_VERSION, work.c.executor_id.is_not(None)).distinct()).all()
    living = workers.living(session) if names else {}
    return sorted(name for name in names if name not in living)


def _hopeless(session: Session) -> dict[str, str]:
    """Active runs that no worker will ever end, each with the reason."""
    work = workflows(session)
    rows = session.execute(
        select(Run.id, work.c.status, work.c.executor_id, work.c.application_version).select_from(Run)
        .outerjoin(work, work.c.workflow_uuid == "harvest:" + Run.id).where(Run.status.in_(ACTIVE))).all()
    living = workers.living(session) if rows else {}
    versions = {WORKFLOW_VERSION, *living.values()}
    found = {}
    for run_id, status, executor_id, version in rows:
        if status is None:
            found[run_id] = GONE
        elif status != PENDING and status not in WAITING:
            found[run_id] = ENDED
        elif version not in versions or (status == PENDING and version != WORKFLOW_VERSION and executor_id not in living):
            found[run_id] = OTHER_VERSION
    return found


def _lose(site: Site, run_id: str, reason: str) -> bool:
    """End a run as lost, unless it has ended meanwhile; what it has published stays."""
    with site.writing() as session:
        run = session.get(Run, run_id, with_for_update=True)
        if run is None or run.status not in ACTIVE or _hopeless(session).get(run_id) != reason:
            return False
        intake = Intake(site=site, session=session, source=session.get_one(Source, run.source_id), run=run)
        session.execute(delete(Staged).where(Staged.run_id == run_id))
        keep_issues(intake, {SOURCE: [Issue("run-lost", facts=REASONS[reason])]}, {})
        run.status, run.stage, run.finished_at = "lost", "", intake.now
        session.flush()
        evidence.record_source(session, run.source_id, intake.now)
        return True
