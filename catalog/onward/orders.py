"""Who asks for a run, and who does it: the command line at once, a page or a schedule through the queue of the worker.

A target has one run at a time, whoever does it: a lock that falls with the process that holds it tells, not the row of a run.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from catalog.errors import CalledOff, UsageError
from catalog.issues import Issue
from catalog.jobs import ACTIVE, Jobs
from catalog.models import OnwardRun, Target, new_id
from catalog.onward import QUEUE, WORKFLOW
from catalog.onward.choosing import chosen
from catalog.onward.publishing import LISTED, Done, Run, Told
from catalog.onward.targets import target_named
from catalog.site import Site

log = logging.getLogger(__name__)

LOCKS = 7_104_516  # the first key of PostgreSQL's locks on targets


class Busy(UsageError):
    """Somebody publishes to the target already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Đang có một lượt công bố tới {name}. Hãy chờ lượt này xong.", f"A run to {name} is going on already. Wait for it to end.")


def begin(session: Session, site: Site, target: Target, by: str, names: Sequence[str] = (), *, forced: bool = False) -> OnwardRun:
    """The row of a new run; UsageError for a target that is paused, or where nobody has said under which address this site is found."""
    if target.state != "active":
        raise UsageError(f"Đích {target.name} đang tạm dừng. Cho chạy tiếp: haidang target resume {target.name}",
                         f"Target {target.name} is paused. Take it up again: haidang target resume {target.name}")
    if not site.settings.site_url:
        raise UsageError("Cần HAIDANG_SITE_URL để đích dẫn về đúng trang này.", "HAIDANG_SITE_URL is needed, so that the target can lead to this site.")
    run = OnwardRun(id=new_id(), target_id=target.id, by=by[:100], names=list(names), forced=forced, queued_at=site.clock.now())
    session.add(run)
    session.flush()
    return run


def order(site: Site, session: Session, jobs: Jobs, target: Target, by: str) -> OnwardRun:
    """Queue a run for a worker, in this transaction; Busy while another is waiting or going on."""
    session.get(Target, target.id, with_for_update=True)
    waiting = session.scalar(select(OnwardRun.id).where(OnwardRun.target_id == target.id, OnwardRun.status == "queued").limit(1))
    if waiting is not None or is_going(site, target.id):
        raise Busy(target.name)
    run = begin(session, site, target, by)
    jobs.enqueue(session, WORKFLOW, QUEUE, run.id)
    return run


def cancel(session: Session, run_id: str, site: Site) -> bool:
    """Call a run off; what is finished stays. False where it has ended."""
    run = session.get(OnwardRun, run_id, with_for_update=True)
    if run is None or run.status not in ACTIVE:
        return False
    run.cancel_requested = True
    if run.status == "queued" or not is_going(site, run.target_id):
        run.status, run.finished_at = "cancelled", site.clock.now()
    return True


def publish(site: Site, name: str, by: str, *, names: Sequence[str] = (), forced: bool = False, told: Told = lambda done, total: None) -> OnwardRun:
    """Publish to a target now, in this process; the run as it ended.

    UsageError for a target that is not there or cannot be published to, and for names that are nobody's; Busy while another run goes on.
    """
    with site.reading() as session:
        target = target_named(session, name)
        chosen(session, target, names)
    with alone(site, target):
        with site.writing() as session:
            run = begin(session, site, target, by, names, forced=forced)
        return _perform(site, target, run, told)


def perform(site: Site, run_id: str) -> None:
    """Do a run that was ordered, as a worker does; one that has ended before is left alone."""
    with site.reading() as session:
        run = session.get(OnwardRun, run_id)
        target = session.get(Target, run.target_id) if run is not None else None
    if run is None or target is None or run.status not in ACTIVE:
        return
    try:
        with alone(site, target):
            _perform(site, target, run, lambda done, total: None)
    except Busy:
        _finish(site, run_id, Done(), "cancelled")


def _perform(site: Site, target: Target, run: OnwardRun, told: Told) -> OnwardRun:
    """Do a run while the target is held, and write down how it ended."""
    _start(site, run)
    work = Run(site, target, run, told)
    status = "failed"
    try:
        work.perform()
        status = work.done.status
    except CalledOff:
        status = "cancelled"
    except KeyboardInterrupt:
        _finish(site, run.id, work.done, "cancelled")
        raise
    except Exception:  # noqa: BLE001 - whatever broke, the run must end and say so
        reference = uuid.uuid4().hex[:12]
        log.exception("run %s to %s broke; reference %s", run.id, target.name, reference)
        work.done.issues.append(Issue("onward-fault", facts={"reference": reference}))
    return _finish(site, run.id, work.done, status)


def _start(site: Site, run: OnwardRun) -> None:
    """Take the run up; others of the target that say they go on have been killed."""
    with site.writing() as session:
        now = site.clock.now()
        session.execute(update(OnwardRun).where(OnwardRun.target_id == run.target_id, OnwardRun.status == "running", OnwardRun.id != run.id)
                        .values(status="lost", finished_at=now))
        row = session.get_one(OnwardRun, run.id)
        row.status, row.started_at = "running", row.started_at or now


def _finish(site: Site, run_id: str, done: Done, status: str) -> OnwardRun:
    with site.writing() as session:
        row = session.get_one(OnwardRun, run_id)
        row.status, row.finished_at, row.did = status, site.clock.now(), dict(done.did)
        row.issues = [issue.to_dict() for issue in done.issues[:LISTED]]
        return row


def is_going(site: Site, target_id: str) -> bool:
    """Whether somebody publishes to the target now, here or on another machine."""
    try:
        with _locked(site, target_id, target_id):
            return False
    except Busy:
        return True


@contextmanager
def alone(site: Site, target: Target) -> Iterator[None]:
    """Hold the target; Busy while somebody else does."""
    with _locked(site, target.id, target.name):
        yield


@contextmanager
def _locked(site: Site, target_id: str, name: str) -> Iterator[None]:
    site.settings.var.mkdir(parents=True, exist_ok=True)
    with (site.settings.var / f"onward-{target_id}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(name) from None
        if site.engine.dialect.name != "postgresql":
            yield
            return
        key = {"kind": LOCKS, "name": int.from_bytes(hashlib.sha256(target_id.encode()).digest()[:4], "big", signed=True)}
        with site.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not connection.scalar(text("SELECT pg_try_advisory_lock(:kind, :name)"), key):
                raise Busy(name)
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:kind, :name)"), key)
