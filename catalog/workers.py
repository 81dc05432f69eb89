"""The worker processes: each has a name of its own, says that it lives, and is known to be dead when it no longer does.

A name is held by the lock of a file on this machine and, on PostgreSQL, by a lock of the database too, so that two machines
never share one. Whether a worker lives is told by the store's own clock, for those of several machines differ.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, func, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from catalog import db
from catalog.errors import UsageError
from catalog.models import Worker
from catalog.settings import Settings
from catalog.site import Site

log = logging.getLogger(__name__)

BEAT = timedelta(seconds=10)  # a worker elsewhere that has been silent for longer is not counted on for new work
DEAD_AFTER = timedelta(minutes=2)  # one that has been silent for longer is taken for dead, and its work taken over
LOCKS = 7_104_514  # the first key of PostgreSQL's locks on the names of workers


class Name:
    """The name of a worker while it holds it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine: Engine | None = None
        self._connection: Connection | None = None

    def take(self) -> None:
        """Take the name in the database; UsageError when a worker of that name lives on another machine."""
        if self._settings.database_url.startswith("sqlite"):
            return
        self._engine = self._engine or db.make_engine(self._settings.database_url, pool_size=1).execution_options(isolation_level="AUTOCOMMIT")
        self._connection = self._engine.connect()
        key = int.from_bytes(hashlib.sha256(self._settings.executor_id.encode()).digest()[:4], "big", signed=True)
        if not self._connection.scalar(text("SELECT pg_try_advisory_lock(:kind, :name)"), {"kind": LOCKS, "name": key}):
            self._drop()
            raise _taken(self._settings)

    def keep(self) -> None:
        """Ask whether the lock's connection still stands, and take the name again where it broke."""
        if self._engine is None:
            return
        try:
            if self._connection is not None:
                self._connection.execute(text("SELECT 1"))
                return
        except DBAPIError:
            self._drop()
        self.take()

    def leave(self) -> None:
        """Give the name back."""
        self._drop()
        if self._engine is not None:
            self._engine.dispose()

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.execute(text("SELECT pg_advisory_unlock_all()"))  # at once, not when the server has noticed that we are gone
            with suppress(SQLAlchemyError):
                self._connection.invalidate()  # closed, not pooled: the lock belongs to the connection
                self._connection.close()
        self._connection = None


def _taken(settings: Settings) -> UsageError:
    return UsageError(
        f"Đã có một bộ chạy tên {settings.executor_id} đang hoạt động. Đặt tên khác cho bộ chạy này bằng haidang worker --name hoặc HAIDANG_EXECUTOR_ID.",
        f"A worker named {settings.executor_id} is running already. Give this one another name with haidang worker --name or HAIDANG_EXECUTOR_ID.")


def lock_path(settings: Settings) -> Path:
    """The file whose lock the worker of this name holds while it lives."""
    return settings.var / f"worker-{settings.executor_id}.lock"


@contextmanager
def _file_lock(settings: Settings) -> Iterator[None]:
    settings.var.mkdir(parents=True, exist_ok=True)
    with lock_path(settings).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _taken(settings) from None
        yield


@contextmanager
def worker_lock(settings: Settings) -> Iterator[Name]:
    """Hold the worker's name; UsageError when a worker of that name is alive, here or on another machine."""
    with _file_lock(settings):
        name = Name(settings)
        try:
            name.take()
            yield name
        finally:
            name.leave()


def worker_alive(site: Site) -> bool:
    """Whether somebody is there to do the work: a worker on this machine, or one elsewhere that spoke lately."""
    try:
        with _file_lock(site.settings):
            pass
    except UsageError:
        return True
    with site.reading() as session:
        return session.scalar(select(Worker.executor_id).where(  # ours is not: nobody here holds its name
            Worker.beat_at > store_time(session) - BEAT, Worker.executor_id != site.settings.executor_id).limit(1)) is not None


def store_time(session: Session) -> datetime:
    """The time by the store's own clock, the same for all workers; whatever day a demonstration stands on."""
    if session.get_bind().dialect.name == "postgresql":
        return session.scalar(select(func.clock_timestamp())).astimezone(UTC)
    return datetime.now(UTC)


def beat(site: Site, version: str, *, starting: bool = False) -> None:
    """Say that this worker lives, and which workflows it can go on with."""
    with site.writing() as session:
        now, name = store_time(session), site.settings.executor_id
        row = session.get(Worker, name)
        if row is None:
            row = Worker(executor_id=name, started_at=now)
            session.add(row)
        row.started_at = now if starting else row.started_at
        row.beat_at, row.version = now, version


def leave(site: Site) -> None:
    """Say that this worker stops in order: whatever it leaves may be taken over at once."""
    with site.writing() as session:
        session.execute(delete(Worker).where(Worker.executor_id == site.settings.executor_id))


def living(session: Session) -> dict[str, str]:
    """The workers that are not dead, with the version of the workflows that each can go on with."""
    return dict(session.execute(select(Worker.executor_id, Worker.version).where(Worker.beat_at > store_time(session) - DEAD_AFTER)).all())


def silent(session: Session) -> list[Worker]:
    """Workers that fell silent without saying that they stop, the longest silent first."""
    return list(session.scalars(select(Worker).where(Worker.beat_at <= store_time(session) - DEAD_AFTER).order_by(Worker.beat_at)))
