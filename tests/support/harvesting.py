"""Runs a harvest as a worker does, and as a process of its own that can be killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from catalog import jobs
from catalog.models import Run
from catalog.settings import Settings
from catalog.site import Site

PATIENCE = 60  # seconds until a run that does not end fails the test


def order_run(site: Site, name: str = "nguon", *, forced: bool = False) -> str:
    """Order a harvest without doing it; returns the run's id."""
    from harvesters.harvest_command import order

    jobs.migrate_queue(site.settings)
    orderer = jobs.Jobs(site)
    try:
        return order(site, orderer, [name], forced=forced)[0]
    finally:
        orderer.close()


def wait(site: Site, run_id: str) -> str:
    """Wait until the run has ended; returns its status."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with site.reading() as session:
            status = session.get_one(Run, run_id).status
        if status not in jobs.ACTIVE:
            return status
        time.sleep(0.05)
    raise AssertionError(f"run {run_id} did not end in {PATIENCE} s")


def harvest(site: Site, name: str = "nguon", *, forced: bool = False) -> dict[str, Any]:
    """Harvest one source with a worker in this process; returns what `haidang harvest --json` would print of it."""
    from harvesters.harvest_command import results
    from harvesters.worker import working

    run_id = order_run(site, name, forced=forced)
    with working(site):
        wait(site, run_id)
    return results(site, [run_id])[0]


def harvest_all(site: Site) -> dict[str, dict[str, Any]]:
    """Harvest every active source with one worker in this process; what `haidang harvest --all --json` would print, by source."""
    from harvesters.harvest_command import order, results
    from harvesters.worker import working

    jobs.migrate_queue(site.settings)
    orderer = jobs.Jobs(site)
    try:
        run_ids = order(site, orderer, [])
        with working(site):
            for run_id in run_ids:
                wait(site, run_id)
    finally:
        orderer.close()
    return {run["source"]: run for run in results(site, run_ids)}


def environment(settings: Settings) -> dict[str, str]:
    """The settings as environment variables of a process."""
    return {**{k: v for k, v in os.environ.items() if not k.startswith("HAIDANG_")},
            "HAIDANG_VAR": str(settings.var), "HAIDANG_DATABASE_URL": settings.database_url,
            "HAIDANG_STORAGE_URL": settings.storage_url, "HAIDANG_SECRET_KEY": settings.secret_key,
            "HAIDANG_EXECUTOR_ID": settings.executor_id, "HAIDANG_ALLOW_HOSTS": ",".join(settings.allow_hosts), "HAIDANG_ALLOW_FOLDERS": ",".join(settings.allow_folders)}


def start_worker(settings: Settings, log: Path, *, name: str | None = None, **more: str) -> subprocess.Popen[bytes]:
    """`haidang worker` as a process of its own, with more settings; what it says goes to `log`."""
    own_name = ["--name", name] if name else []
    with log.open("ab") as file:
        return subprocess.Popen([sys.executable, "-m", "catalog", "worker", *own_name], env=environment(settings) | more, cwd=settings.var,
                                stdout=file, stderr=file)
