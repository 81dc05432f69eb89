"""Workers by name that are killed and come back, and a province of sources to keep them busy."""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select, text

from catalog import jobs
from catalog.models import Run, Source
from catalog.site import Site
from support.harvesting import environment
from support.marked_worker import STAGES, stages_at, work
from support.seeding import add_agency

PATIENCE = 5.0  # seconds until a stage that is waited for is given up; a worker needs one or two to come back


class Crew:
    """`count` workers of one site; `hit` counts at which stages they died."""

    def __init__(self, site: Site, folder: Path, count: int) -> None:
        self._forks = multiprocessing.get_context("forkserver")
        self._forks.set_forkserver_preload(["support.marked_worker"])
        self._site, self._folder = site, folder
        self._processes = {f"worker-{number}": self._start(f"worker-{number}") for number in range(1, count + 1)}
        self.hit: Counter[str] = Counter()

    def _start(self, name: str) -> multiprocessing.process.BaseProcess:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))  # for the server of the forks, which starts with the first of them
            given = {**environment(self._site.settings), "HAIDANG_EXECUTOR_ID": name}
            process = self._forks.Process(target=work, args=(given, self._marks(name), self._folder / f"{name}.log"))
            process.start()
        return process

    def _marks(self, name: str) -> Path:
        return self._folder / f"{name}.marks"

    def kill_one(self, chance: random.Random) -> str:
        """Kill -9 a random worker at a random moment of a random stage, or at any moment at all; it comes back. Says who died where."""
        wanted, name = chance.choice((*STAGES, "")), chance.choice(list(self._processes))
        give_up = time.monotonic() + PATIENCE
        while wanted and wanted not in stages_at(self._marks(name)) and time.monotonic() < give_up:
            time.sleep(0.0005)
        time.sleep(chance.random() * (0.02 if wanted else 2.0))
        process = self._processes[name]
        assert process.is_alive(), f"{name} ended by itself"
        process.kill()
        process.join()
        stages = stages_at(self._marks(name)) or {"between"}
        self.hit.update(stages)
        self._marks(name).unlink(missing_ok=True)
        self._processes[name] = self._start(name)
        return f"{name} at {', '.join(sorted(stages))}"

    def dismiss(self) -> None:
        """Let every worker stop in order."""
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.join(30)


def add_sources(site: Site, wanted: dict[str, tuple[str, str, str]]) -> None:
    """Sources by name, each with its agency's slug, its connector and its address."""
    with site.writing() as session:
        agencies = {slug: add_agency(site, session, slug) for slug in sorted({slug for slug, _, _ in wanted.values()})}
        for name, (slug, connector, url) in wanted.items():
            session.add(Source(name=name, agency_id=agencies[slug].id, connector=connector, url=url, options={}, created=site.clock.now()))


def order_idle(site: Site, orderer: jobs.Jobs) -> None:
    """Order a forced harvest of every source that has none to come."""
    with site.writing() as session:
        for source in session.scalars(select(Source).order_by(Source.name)):
            with suppress(jobs.Busy):
                orderer.order(session, source, forced=True)


def at_once(site: Site) -> dict[str, int]:
    """How many runs each worker says it is working on."""
    table = "dbos.workflow_status" if site.engine.dialect.name == "postgresql" else "workflow_status"
    with site.reading() as session:
        rows = session.execute(text(
            f"SELECT executor_id, count(*) FROM {table} WHERE name = :name AND status = 'PENDING' GROUP BY executor_id"), {"name": jobs.WORKFLOW})
        return dict(rows.all())


def wait_for_all(site: Site, patience: float = 180) -> None:
    """Wait until no run is queued or running."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with site.reading() as session:
            stuck = list(session.scalars(select(Run.id).where(Run.status.in_(jobs.ACTIVE))))
        if not stuck:
            return
        time.sleep(0.1)
    raise AssertionError(f"runs that did not end in {patience:.0f} s: {stuck}")
