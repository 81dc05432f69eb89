"""Fixtures for everybody: a site on each database, a frozen clock, files on a folder."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from support import postgres, s3_server

from catalog import db, jobs
from catalog.clock import FrozenClock
from catalog.settings import Settings
from catalog.site import Site, open_site

# The same examples every time: what passes here passes anywhere. New ones are looked for by `make proof`.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None)
hypothesis.settings.load_profile("same")

NOON = datetime(2024, 9, 30, 5, 0, tzinfo=UTC)  # 12:00 in Vietnam


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A real PostgreSQL: HAIDANG_TEST_DATABASE_URL, or one started here from the pip package."""
    with postgres.server(durable=False) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_databases(postgres_url: str) -> postgres.Databases:
    """Migrated PostgreSQL databases, with the tables of the durable queue, lent to one test after the other."""
    name = f"haidang_template_{uuid.uuid4().hex[:8]}"
    postgres.administer(postgres_url, f'CREATE DATABASE "{name}"')
    url = postgres.with_database(postgres_url, name)
    engine = db.make_engine(url)
    db.upgrade(engine)
    engine.dispose()
    jobs.migrate_queue(Settings(var=Path(), database_url=url, storage_url="", secret_key="", site_url=""))
    return postgres.Databases(postgres_url, name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    engine = db.make_engine(f"sqlite:///{path}")
    db.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def s3_endpoint(tmp_path_factory) -> Iterator[str]:
    """The address of a real S3 server with one bucket, `kho`; what may be done there is allowed to `s3_server.KEYS`."""
    with s3_server.s3_server(tmp_path_factory.mktemp("seaweedfs")) as endpoint:
        yield endpoint


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path) -> Iterator[str]:
    """The URL of an empty, migrated database; the test runs once on each kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "haidang.db")
        yield f"sqlite:///{tmp_path / 'haidang.db'}"
        return
    with request.getfixturevalue("postgres_databases").lend() as url:
        yield url


@pytest.fixture
def clock() -> FrozenClock:
    """Noon of 30 September 2024 in Vietnam."""
    return FrozenClock(NOON)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory) -> Path:
    """Where all sites of the tests, in whatever process, keep compiled templates."""
    folder = tmp_path_factory.getbasetemp().parent / "compiled-templates"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def settings(tmp_path, database_url, compiled_templates) -> Settings:
    """Settings of a site in a folder of its own, which may reach servers of the test on loopback."""
    var = tmp_path / "var"
    (var / "cache").mkdir(parents=True)
    (var / "cache" / "templates").symlink_to(compiled_templates)
    return Settings(var=var, database_url=database_url, storage_url=f"file://{var / 'files'}", secret_key="s" * 20 + "ecret-of-a-test",
                    site_url="http://haidang.test", allow_hosts=("127.0.0.1", "localhost"))


@pytest.fixture
def site(settings, clock) -> Iterator[Site]:
    """An open, empty site; once on SQLite, once on PostgreSQL."""
    site = open_site(settings, clock=clock)
    yield site
    site.engine.dispose()
