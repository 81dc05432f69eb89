"""Datasets a second, and the worker's memory: portals of 1,000 to 100,000 datasets harvested for the first time, and again unchanged."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from support.harvesting import order_run, start_worker
from support.seeding import add_source

from catalog.jobs import ACTIVE
from catalog.models import Run
from catalog.site import Site

SIZES, QUICK = (1_000, 10_000, 100_000), (1_000,)


def bench(fresh: Callable[[], AbstractContextManager[Site]], kind: str, answers: Path | None, *, quick: bool = False) -> None:
    """Print the curve; portal and worker are processes of their own. One source is one run, on one worker."""
    for size in QUICK if quick or answers else SIZES:
        with fresh() as site, subprocess.Popen([sys.executable, "-m", "benchmarks.portal", str(size), str(answers or "")],
                                               stdout=subprocess.PIPE, text=True) as portal:
            worker = None
            try:
                add_source(site, url=json.loads(portal.stdout.readline())["url"], copy="none")
                worker = start_worker(site.settings, site.settings.var / "worker.log")
                for what in ("first harvest", "unchanged"):
                    print(f"{kind:12} {what:16} {_figures(site, worker)}", flush=True)
            finally:
                portal.kill()
                if worker is not None:
                    worker.terminate()
                    worker.wait(30)


def _figures(site: Site, worker: subprocess.Popen[bytes]) -> str:
    from harvesters.harvest_command import results

    run_id = order_run(site)
    while True:
        if worker.poll() is not None:
            raise RuntimeError((site.settings.var / "worker.log").read_text())
        with site.reading() as session:
            if session.get_one(Run, run_id).status not in ACTIVE:
                break
        time.sleep(0.2)
    run = results(site, [run_id])[0]
    peak = next(int(line.split()[1]) for line in Path(f"/proc/{worker.pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return f"{run['records']:7} datasets  {run['records'] / run['seconds']:8.0f} datasets/s  peak {peak // 1024:4} MiB  {run['counts']}"
