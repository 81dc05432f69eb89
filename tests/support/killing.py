"""Kills workers in mid-run, and counts what is there afterwards."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

from sqlalchemy import func, select

from catalog.models import Dataset, Run, RunRecord, Staged
from catalog.site import Site
from support.harvesting import start_worker


def kill_at_random(site: Site, run_id: str, log: Path, *, kills: int, pause: random.Random, spread: float = 1.5) -> int:
    """Start a worker and kill -9 it, again and again, once it has begun; returns how many died in mid-run."""
    done = 0
    for _ in range(kills):
        before = log.read_text().count("is ready") if log.exists() else 0
        worker = start_worker(site.settings, log)
        deadline = time.monotonic() + 30
        while log.read_text().count("is ready") == before and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(pause.random() * spread)
        with site.reading() as session:
            running = session.get_one(Run, run_id).status in ("queued", "running")
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        if not running:
            return done
        done += 1
    return done


def assert_all_there(site: Site, run_id: str, count: int) -> None:
    """Every dataset once, every record once, nothing left on the staging table."""
    with site.reading() as session:
        assert session.scalar(select(func.count()).select_from(Dataset)) == count
        assert session.scalar(select(func.count(Dataset.name.distinct()))) == count
        assert session.scalar(select(func.count()).select_from(RunRecord).where(RunRecord.run_id == run_id)) == count
        assert session.scalar(select(func.count()).select_from(Staged)) == 0
