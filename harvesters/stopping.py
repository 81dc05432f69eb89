"""Whether a run is to stop before its end: called off, ended by somebody else, or over its time."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from catalog.jobs import ACTIVE
from catalog.models import Run, Source
from catalog.site import Site

LOOK = 1.0  # seconds between looks at the store


def hours_of(source: Source, site: Site) -> float:
    """How many hours a run of this source may take: its own expectation, or the site's setting."""
    own = source.expectations.get("hours")
    return float(own) if own else float(site.settings.run_hours)


def ends_at(run: Run, source: Source, site: Site) -> datetime | None:
    """When the run's time is over; None before it has begun."""
    return run.started_at + timedelta(hours=hours_of(source, site)) if run.started_at is not None else None


def is_overdue(run: Run, source: Source, site: Site) -> bool:
    """Whether the run has gone on for longer than it may."""
    ends = ends_at(run, source, site)
    return ends is not None and site.clock.now() >= ends


def must_stop(run: Run, source: Source, site: Site) -> bool:
    """Whether nothing more of this run is to be fetched or published; once True it stays True."""
    return run.cancel_requested or run.status not in ACTIVE or is_overdue(run, source, site)


def watcher(run_id: str, source: Source, site: Site) -> Callable[[], bool]:
    """Asks the store whether the run must stop, at most once a second, however many threads ask."""
    asked, answer = 0.0, False

    def stopped() -> bool:
        nonlocal asked, answer
        if not answer and time.monotonic() - asked > LOOK:
            asked = time.monotonic()
            with site.reading() as session:
                run = session.scalar(select(Run).where(Run.id == run_id))
            answer = run is None or must_stop(run, source, site)
        return answer

    return stopped
