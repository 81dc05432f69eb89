"""The relational store: an engine for SQLite or PostgreSQL, sessions, migrations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from catalog.errors import UsageError


def make_engine(url: str, *, pool_size: int = 8) -> Engine:
    """An engine with what each database needs; SQLite gets WAL, foreign keys and a patient lock."""
    parsed = make_url(url)
    if parsed.drivername.startswith("sqlite"):
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, connect_args={"timeout": 60}, pool_size=pool_size, max_overflow=pool_size,
                               json_serializer=write_json)
        event.listen(engine, "connect", _prepare_sqlite)
        return engine
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_size=pool_size, max_overflow=pool_size,
                             pool_pre_ping=True, json_serializer=write_json)
    raise UsageError(
        f"HAIDANG_DATABASE_URL dùng {parsed.drivername}; chỉ hỗ trợ sqlite và postgresql.",
        f"HAIDANG_DATABASE_URL uses {parsed.drivername}; only sqlite and postgresql are supported.",
    )


def write_json(value: Any) -> str:
    """A value as JSON text, letters as they are; the slower writer takes what the fast one cannot (whole numbers beyond 64 bits)."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value)


def _prepare_sqlite(connection, _record) -> None:
    """Of the database each connection holds at most 8 MB: a worker has many connections, and the system keeps the file's pages anyway."""
    connection.isolation_level = "IMMEDIATE"  # a writer waits its turn at its first word, never in mid-sentence
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=60000", "cache_size=-8000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextmanager
def transaction(engine: Engine, *, write: bool = True) -> Iterator[Session]:
    """One session, one transaction: committed at the end, rolled back on any error.

    On SQLite a writing transaction takes its lock at once; two that begin by reading would otherwise
    refuse each other at the first write.
    """
    with Session(engine, expire_on_commit=False) as session, session.begin():
        if write:
            lock_for_writing(session)
        yield session


def lock_for_writing(session: Session) -> None:
    """Take SQLite's write lock now; nothing to do on PostgreSQL."""
    if session.get_bind().dialect.name == "sqlite":
        raw = session.connection().connection.dbapi_connection
        if not raw.in_transaction:
            raw.execute("BEGIN IMMEDIATE")


def _alembic(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", "catalog:migrations")
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine) -> None:
    """Bring the schema to the newest revision."""
    command.upgrade(_alembic(engine), "head")


def is_current(engine: Engine) -> bool:
    """Whether the schema is at the newest revision."""
    head = ScriptDirectory.from_config(_alembic(engine)).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
