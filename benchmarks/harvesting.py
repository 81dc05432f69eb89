"""Datasets a second, and a worker's memory: portals of 1,000 to 100,000 datasets harvested for the first time, and again unchanged.

A portal answers as CKAN does, which lists identifiers and dates alone where it is asked to; one that gives every dataset whole
whatever it is asked is measured beside it. A source is one run on one worker; two workers share two agencies' portals.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import select
from support.harvesting import order_run, start_worker
from support.seeding import add_agency

from catalog.jobs import ACTIVE
from catalog.models import Run, Source
from catalog.site import Site
from harvesters.harvest_command import results

SIZES, QUICK, WHOLE = (1_000, 10_000, 100_000), (1_000,), (1_000, 10_000)
NAMES = ("nguon", "nguon-hai")


def bench(fresh: Callable[[], AbstractContextManager[Site]], kind: str, answers: Path | None, *, quick: bool = False) -> None:
    """Print the curves; portals and workers are processes of their own."""
    if answers:
        _measure(fresh, f"{kind} recorded", [str(answers)], 1)
        return
    for size in QUICK if quick else SIZES:
        _measure(fresh, kind, [str(size)], 1)
    for size in QUICK if quick else WHOLE:
        _measure(fresh, f"{kind} whole", ["--whole", str(size)], 1)
    if kind == "PostgreSQL":
        for size in QUICK if quick else SIZES:
            _measure(fresh, f"{kind} ×2", [str(size // 2)], 2)


def _measure(fresh: Callable[[], AbstractContextManager[Site]], name: str, asked: Sequence[str], workers: int) -> None:
    with fresh() as site, ExitStack() as stack:
        for number in range(workers):
            _add_portal(site, NAMES[number], stack.enter_context(_portal(asked)))
        running = [stack.enter_context(_worker(site, number)) for number in range(workers)]
        for what in ("first harvest", "unchanged"):
            print(f"{name:20} {what:14} {_figures(site, running)}", flush=True)


def _add_portal(site: Site, name: str, url: str) -> None:
    """A source of an agency of its own, for an agency's sources are harvested one after the other."""
    with site.writing() as session:
        agency = add_agency(site, session, f"so-{name}")
        session.add(Source(name=name, agency_id=agency.id, connector="ckan", url=url, options={"copy": "none"}, created=site.clock.now(), expectations={}))


@contextmanager
def _portal(asked: Sequence[str]) -> Iterator[str]:
    with subprocess.Popen([sys.executable, "-m", "benchmarks.portal", *asked], stdout=subprocess.PIPE, text=True) as portal:
        try:
            yield json.loads(portal.stdout.readline())["url"]
        finally:
            portal.kill()


@contextmanager
def _worker(site: Site, number: int) -> Iterator[subprocess.Popen[bytes]]:
    worker = start_worker(site.settings, site.settings.var / f"worker{number}.log", name=f"worker{number}")
    try:
        yield worker
    finally:
        worker.terminate()
        worker.wait(30)


def _figures(site: Site, workers: Sequence[subprocess.Popen[bytes]]) -> str:
    run_ids = [order_run(site, name) for name in NAMES[:len(workers)]]
    while True:
        for number, worker in enumerate(workers):
            if worker.poll() is not None:
                raise RuntimeError((site.settings.var / f"worker{number}.log").read_text())
        with site.reading() as session:
            if not session.scalars(select(Run.id).where(Run.id.in_(run_ids), Run.status.in_(ACTIVE))).all():
                break
        time.sleep(0.2)
    runs = results(site, run_ids)
    records, seconds = sum(run["records"] for run in runs), max(run["seconds"] for run in runs)
    peak = max(_peak(worker.pid) for worker in workers)
    return f"{records:7} datasets  {records / seconds:8.0f} datasets/s  peak {peak // 1024:4} MiB  {[run['counts'] for run in runs]}"


def _peak(pid: int) -> int:
    """The most memory that a process has held, in KiB."""
    return next(int(line.split()[1]) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
