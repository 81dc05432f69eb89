"""A site that lives longer than one test: opened once for a module, on each database, with limits of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import pytest

from catalog.clock import FrozenClock
from catalog.net import Limits, Net, World
from catalog.settings import Settings
from catalog.site import Site, open_site


@dataclass(frozen=True)
class ImpatientSite(Site):
    """A site that goes out under limits of the test's choice."""

    limits: Limits
    world: World

    @cached_property
    def net(self) -> Net:
        return Net(allow_hosts=self.settings.allow_hosts, limits=self.limits, world=self.world, ledger=self.ledger)


@contextmanager
def database_on(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """The URL of an empty, migrated database, `sqlite` or `postgresql`, for fixtures of any scope."""
    if kind == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), folder / "haidang.db")
        yield f"sqlite:///{folder / 'haidang.db'}"
        return
    with request.getfixturevalue("postgres_databases").lend() as url:
        yield url


@contextmanager
def site_on(kind: str, request: pytest.FixtureRequest, folder: Path, limits: Limits, world: World | None = None) -> Iterator[ImpatientSite]:
    """An open, empty site on that database; all temporary files of the process go to `folder`/tmp meanwhile."""
    clock = FrozenClock(datetime(2024, 9, 30, 5, 0, tzinfo=UTC))  # noon in Vietnam
    var, scratch = folder / "var", folder / "tmp"
    var.mkdir()
    scratch.mkdir()
    with database_on(kind, request, folder) as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(scratch))
        settings = Settings(var=var, database_url=url, storage_url=f"file://{var / 'files'}", secret_key="s" * 20 + "ecret-of-a-test",
                            site_url="http://haidang.test", allow_hosts=("127.0.0.1",))
        opened = open_site(settings, clock=clock)
        site = ImpatientSite(settings=settings, engine=opened.engine, files=opened.files, clock=clock, limits=limits, world=world or World())
        try:
            yield site
        finally:
            site.engine.dispose()
