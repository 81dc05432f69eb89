"""Asking for a harvest, and calling it off.

The run and the order to the worker are written in one transaction: there is never one without the other.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from catalog import db
from catalog.errors import UsageError
from catalog.models import Run, Source, Worker, new_id
from catalog.settings import Settings
from catalog.site import Site

APPLICATION = "haidang"
QUEUE = "harvest"
WORKFLOW = "harvest_source"
WORKFLOW_VERSION = "1"  # raise it when the order of a workflow's steps changes; work begun under another waits for that code
ACTIVE = ("queued", "running")
BEAT = timedelta(seconds=10)  # a worker elsewhere that has been silent for longer is taken for dead


class Busy(UsageError):
    """The source is being harvested already; `run_id` is that run."""

    def __init__(self, name: str, run_id: str) -> None:
        super().__init__(
            f"Nguồn {name} đang được thu thập (lượt {run_id}). Chờ lượt này xong, hoặc hủy bằng: haidang harvest --cancel {run_id}",
            f"Source {name} is being harvested already (run {run_id}). Wait for it, or cancel it: haidang harvest --cancel {run_id}")
        self.run_id = run_id


def system_engine(settings: Settings) -> Engine:
    """The engine of the durable queue's own tables: the same database, connections of their own."""
    return db.make_engine(settings.database_url, pool_size=16)


def system_url(settings: Settings) -> str:
    """The database's URL in the form that the durable queue wants."""
    return make_url(settings.database_url).render_as_string(hide_password=False).replace("+psycopg", "")


def serializer() -> Any:
    """JSON, not pickle: what is kept can be read by another version, and by a person."""
    from dbos._serialization import DBOSPortableJSONSerializer

    return DBOSPortableJSONSerializer()


def migrate_queue(settings: Settings) -> None:
    """Bring the durable queue's own tables to their newest form; before anybody orders work."""
    from dbos import DBOS, SQLAlchemyDatasource

    DBOS.migrate(system_url(settings))
    SQLAlchemyDatasource.migrate(system_url(settings))


class Jobs:
    """The queue as seen by whoever asks for work: the command line, the pages, the schedule."""

    def __init__(self, site: Site) -> None:
        from dbos import DBOSClient  # costs half a second, and only those who order work need it

        self._site = site
        self._engine = system_engine(site.settings)
        self._client = DBOSClient(system_database_engine=self._engine, serializer=serializer(),
                                  application_name=APPLICATION)

    def close(self) -> None:
        self._client.destroy()
        self._engine.dispose()

    def order(self, session: Session, source: Source, *, forced: bool = False) -> Run:
        """Queue a harvest of the source; Busy while another of the same source is queued or running."""
        session.scalar(select(Source.id).where(Source.id == source.id).with_for_update())
        active = session.scalar(select(Run.id).where(Run.source_id == source.id, Run.status.in_(ACTIVE)))
        if active is not None:
            raise Busy(source.name, active)
        run = Run(id=new_id(), source_id=source.id, queued_at=self._site.clock.now(), forced=forced)
        session.add(run)
        session.flush()
        self._client.enqueue_in_transaction(session, {
            "workflow_name": WORKFLOW, "queue_name": QUEUE, "workflow_id": f"harvest:{run.id}",
            "queue_partition_key": source.agency_id, "app_version": WORKFLOW_VERSION,
        }, run.id)
        return run

    def enqueue(self, session: Session, workflow: str, queue: str, identifier: str) -> None:
        """Queue other work on the row of that id, in the transaction that wrote the row."""
        self._client.enqueue_in_transaction(session, {
            "workflow_name": workflow, "queue_name": queue, "workflow_id": f"{queue}:{identifier}", "app_version": WORKFLOW_VERSION,
        }, identifier)


def cancel(session: Session, run_id: str) -> Run | None:
    """Ask a run to stop; what it has finished stays. None when there is no such run or it has ended."""
    run = session.get(Run, run_id)
    if run is None or run.status not in ACTIVE:
        return None
    run.cancel_requested = True
    return run


def lock_path(settings: Settings) -> Path:
    """The file whose lock the worker of this node holds while it lives."""
    return settings.var / f"worker-{settings.executor_id}.lock"


@contextmanager
def worker_lock(settings: Settings) -> Iterator[None]:
    """Hold this node's worker name; UsageError when a worker of that name is alive."""
    settings.var.mkdir(parents=True, exist_ok=True)
    with lock_path(settings).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"Đã có một bộ chạy tên {settings.executor_id} đang hoạt động. Đặt HAIDANG_EXECUTOR_ID khác cho bộ chạy thứ hai.",
                f"A worker named {settings.executor_id} is running already. Give a second one another HAIDANG_EXECUTOR_ID.",
            ) from None
        yield


def worker_alive(site: Site) -> bool:
    """Whether somebody is there to do the work: a worker on this machine, or one elsewhere that spoke lately."""
    try:
        with worker_lock(site.settings):
            pass
    except UsageError:
        return True
    with site.reading() as session:
        return session.scalar(select(Worker.executor_id).where(
            Worker.beat_at > datetime.now(UTC) - BEAT, Worker.executor_id != site.settings.executor_id).limit(1)) is not None


def beat(site: Site, started_at: datetime) -> None:
    """Say that this worker lives."""
    with site.writing() as session:
        session.merge(Worker(executor_id=site.settings.executor_id, started_at=started_at, beat_at=datetime.now(UTC)))
