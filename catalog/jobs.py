"""Asking for a harvest, and calling it off.

The run and the order to the worker are written in one transaction: there is never one without the other.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, TableClause, column, select, table
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from catalog import db
from catalog.errors import UsageError
from catalog.models import Run, Source, new_id
from catalog.settings import Settings
from catalog.site import Site

APPLICATION = "haidang"
QUEUE = "harvest"
WORKFLOW = "harvest_source"
WORKFLOW_VERSION = "2"  # raise it when the order of a workflow's steps changes; work begun under another waits for that code
ACTIVE = ("queued", "running")
PENDING = "PENDING"  # what the durable engine calls a workflow that somebody is doing
WAITING = ("ENQUEUED", "DELAYED")  # and one that nobody does yet


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

    def order(self, session: Session, source: Source, *, forced: bool = False, due_at: datetime | None = None) -> Run:
        """Queue a harvest of the source; Busy while another of the same source is queued or running.

        `due_at` is the minute of its schedule, for which there is one run at most.
        """
        session.scalar(select(Source.id).where(Source.id == source.id).with_for_update())
        active = session.scalar(select(Run.id).where(Run.source_id == source.id, Run.status.in_(ACTIVE)))
        if active is not None:
            raise Busy(source.name, active)
        run = Run(id=new_id(), source_id=source.id, queued_at=self._site.clock.now(), forced=forced, due_at=due_at)
        session.add(run)
        session.flush()
        self._client.enqueue_in_transaction(session, {
            "workflow_name": WORKFLOW, "queue_name": QUEUE, "workflow_id": workflow_id(run.id),
            "queue_partition_key": source.agency_id, "app_version": WORKFLOW_VERSION,
        }, run.id)
        return run

    def enqueue(self, session: Session, workflow: str, queue: str, identifier: str) -> None:
        """Queue other work on the row of that id, in the transaction that wrote the row."""
        self._client.enqueue_in_transaction(session, {
            "workflow_name": workflow, "queue_name": queue, "workflow_id": f"{queue}:{identifier}", "app_version": WORKFLOW_VERSION,
        }, identifier)

    def adopt(self, executor_ids: Collection[str]) -> int:
        """Put what dead workers were doing back into its queue, in its agency's turn; returns how many pieces of work.

        A workflow is put back only while it still belongs to one of them, so that several who adopt take nothing twice; the
        public ways of resuming do not look, and would take it out of its queue.
        """
        from dbos._utils import INTERNAL_QUEUE_NAME

        system, dead = self._client._sys_db, list(executor_ids)
        return sum(system.reenqueue_for_recovery(work.workflow_id, dead, INTERNAL_QUEUE_NAME)
                   for name in dead for work in system.get_pending_workflows(name, WORKFLOW_VERSION))

    def forget(self, workflow_ids: Collection[str]) -> None:
        """Delete ended workflows and what they have begun."""
        self._client.delete_workflows(list(workflow_ids), delete_children=True)

    def halt(self, workflow_id: str) -> None:
        """See that nobody takes up this work any more, not even a worker that comes back."""
        self._client.cancel_workflows([workflow_id], cancel_children=True)


def workflow_id(run_id: str) -> str:
    """The name of a run's work in the durable queue."""
    return f"harvest:{run_id}"


def workflows(session: Session) -> TableClause:
    """The durable engine's table of workflows in this store, as far as we read it."""
    schema = "dbos" if session.get_bind().dialect.name == "postgresql" else None
    return table("workflow_status", *(column(name) for name in (
        "workflow_uuid", "status", "name", "executor_id", "application_version", "parent_workflow_id")), schema=schema)


def cancel(session: Session, run_id: str, now: datetime | None = None) -> Run | None:
    """Ask a run to stop; what it has finished stays. None when there is no such run or it has ended.

    One that still waits for its turn has ended at once, where the caller says what time it is (`now`).
    """
    run = session.get(Run, run_id, with_for_update=True, populate_existing=True)
    if run is None or run.status not in ACTIVE:
        return None
    run.cancel_requested = True
    if run.status == "queued" and now is not None:
        run.status, run.finished_at = "cancelled", now
    return run
