"""A worker that dies, or freezes, and another one that finishes its run; each dataset is there exactly once."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import column, select, table
from support.harvesting import PATIENCE, order_run, start_worker, wait
from support.killing import assert_all_there
from support.portal import Portal, serving
from support.seeding import add_source

from catalog import jobs, workers
from catalog.models import Run, Worker
from catalog.site import Site

COUNT, LAST_FILE = 120, 75  # the second file stands in the second chunk


class HeldPortal(Portal):
    """A portal that keeps whoever asks for one file waiting until the test lets go."""

    def __init__(self) -> None:
        super().__init__(COUNT, file_every=LAST_FILE, page=100)
        self.let_go = threading.Event()

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, str, bytes]:
        if path == f"/files/{LAST_FILE}.csv":
            self.let_go.wait(PATIENCE)
        return super().answer(path, query)

    @property
    def is_asked(self) -> bool:
        return f"/files/{LAST_FILE}.csv" in self.requests


def until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def age(site: Site, name: str) -> None:
    """As if that worker had been silent for an hour."""
    with site.writing() as session:
        session.get_one(Worker, name).beat_at -= timedelta(hours=1)


@contextmanager
def started(site: Site, log: Path, name: str) -> Iterator[subprocess.Popen[bytes]]:
    worker = start_worker(site.settings, log, name=name)
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


@pytest.fixture
def portal() -> Iterator[HeldPortal]:
    with serving(HeldPortal()) as portal:
        yield portal
        portal.let_go.set()


def in_mid_run(site: Site, portal: HeldPortal) -> str:
    """The id of a run that is ordered; its worker stops in the second chunk."""
    add_source(site, url=portal.url)
    return order_run(site)


def test_a_run_whose_worker_never_comes_back_is_finished_by_another_in_the_turn_of_its_agency(site, portal, tmp_path):
    run_id = in_mid_run(site, portal)
    with started(site, tmp_path / "a.log", "a") as first:
        until(lambda: portal.is_asked, "the first worker did not begin")
        first.send_signal(signal.SIGKILL)
        first.wait()
    age(site, "a")
    portal.let_go.set()
    with started(site, tmp_path / "b.log", "b"):
        assert wait(site, run_id) in ("succeeded", "succeeded-with-issues")
    assert_all_there(site, run_id, COUNT)
    with site.reading() as session:
        work = jobs.workflows(session)
        whole = table("workflow_status", *(column(name) for name in ("workflow_uuid", "queue_name", "queue_partition_key", "executor_id")), schema=work.schema)
        row = session.execute(select(whole).where(whole.c.workflow_uuid == jobs.workflow_id(run_id))).one()
        assert (row.queue_name, row.executor_id, bool(row.queue_partition_key)) == (jobs.QUEUE, "b", True)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_worker_that_was_frozen_and_wakes_after_another_has_finished_its_run_does_no_harm(site, portal, tmp_path):
    run_id = in_mid_run(site, portal)
    with started(site, tmp_path / "a.log", "a") as frozen:
        until(lambda: portal.is_asked, "the first worker did not begin")
        frozen.send_signal(signal.SIGSTOP)
        age(site, "a")
        portal.let_go.set()
        with started(site, tmp_path / "b.log", "b"):
            assert wait(site, run_id) in ("succeeded", "succeeded-with-issues")
            frozen.send_signal(signal.SIGCONT)
            until(lambda: "a" in _living(site), "the frozen worker did not wake")
            frozen.terminate()
            assert frozen.wait(PATIENCE) == 0
    assert_all_there(site, run_id, COUNT)
    with site.reading() as session:
        assert session.get_one(Run, run_id).status in ("succeeded", "succeeded-with-issues")


def _living(site: Site) -> dict[str, str]:
    with site.reading() as session:
        return workers.living(session)
