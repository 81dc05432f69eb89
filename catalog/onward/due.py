"""Orders the runs to targets that are due by their schedules: one for each due time, by any number of workers."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select

from catalog.errors import UsageError
from catalog.jobs import Jobs
from catalog.models import Target
from catalog.onward.orders import Busy, order
from catalog.schedules import Timetable, cron, delay_of
from catalog.settings import Settings
from catalog.site import Site

log = logging.getLogger(__name__)


def timetable(target: Target, settings: Settings) -> Timetable | None:
    """When a target is due; None for one that is published to by hand, paused or removed."""
    text = cron(target.schedule) if target.state == "active" else ""
    if not text:
        return None
    return Timetable(cron=text, after=target.due_after or target.created, blackout=settings.blackout, delay=delay_of(target.id, settings.jitter_minutes))


def next_run(target: Target, settings: Settings, now: datetime) -> datetime | None:
    """When a target is next published to by its schedule; None where none is planned."""
    table = timetable(target, settings)
    return table.next_run(now) if table is not None else None


def order_due(site: Site, orderer: Jobs) -> int:
    """Order a run to every target that is due, and say how many; one to which a run still goes on is left until its next due time."""
    now, ordered = site.clock.now(), 0
    with site.reading() as session:
        waiting = [row.id for row in session.scalars(select(Target).where(Target.state == "active", Target.schedule != "")) if _due(row, site.settings, now)]
    for target_id in waiting:
        with site.writing() as session:
            target = session.get(Target, target_id, with_for_update=True)
            due_at = _due(target, site.settings, now) if target is not None else None
            if target is None or due_at is None:
                continue  # another worker was first, or somebody paused it
            target.due_after = due_at
            try:
                order(site, session, orderer, target, "schedule")
                ordered += 1
            except Busy:
                log.info("a run to %s still goes on", target.name)
            except UsageError as error:
                log.warning("nothing is published to %s: %s", target.name, error.en)
    return ordered


def _due(target: Target, settings: Settings, now: datetime) -> datetime | None:
    table = timetable(target, settings)
    return table.due(now) if table is not None else None
