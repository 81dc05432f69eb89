"""Orders the runs that are due: exactly one for each due time, by any number of workers."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.errors import UsageError
from catalog.jobs import Busy, Jobs
from catalog.models import SkippedDue, Source
from catalog.schedules import timetable
from catalog.settings import Settings
from catalog.site import Site

log = logging.getLogger(__name__)

LATE = timedelta(minutes=10)  # a tick comes every minute; a start that is later than this has a reason


@dataclass(frozen=True, slots=True)
class Ordered:
    """What one look at the schedules did: runs ordered, and due times skipped because the last run was still going."""

    runs: tuple[str, ...] = ()
    skipped: int = 0


def order_due(site: Site, orderer: Jobs) -> Ordered:
    """Order a run for every source that is due; one that is still being harvested is skipped until its next due time."""
    now = site.clock.now()
    with site.reading() as session:
        waiting = [source.id for source in scheduled(session) if _due(source, site.settings, now) is not None]
    runs, skipped = [], 0
    for source_id in waiting:
        with site.writing() as session:
            source = session.get(Source, source_id, with_for_update=True)
            due_at = _due(source, site.settings, now) if source is not None else None
            if source is None or due_at is None:
                continue  # another worker was first, or somebody paused it
            source.due_after = due_at
            try:
                runs.append(orderer.order(session, source, due_at=due_at).id)
            except Busy as busy:
                session.add(SkippedDue(source_id=source.id, due_at=due_at, run_id=busy.run_id, at=now))
                skipped += 1
    return Ordered(runs=tuple(runs), skipped=skipped)


def scheduled(session: Session) -> list[Source]:
    """The active sources that have a schedule."""
    return list(session.scalars(select(Source).where(Source.state == "active", Source.schedule != "").order_by(Source.name)))


def _due(source: Source, settings: Settings, now: datetime) -> datetime | None:
    try:
        table = timetable(source, settings)
    except UsageError as error:
        log.warning("the schedule of source %s cannot be used: %s", source.name, error.en)
        return None
    return table.due(now) if table is not None else None


def last_skipped(session: Session, source_id: str) -> SkippedDue | None:
    """The last due time of a source at which its run was still going."""
    return session.scalar(select(SkippedDue).where(SkippedDue.source_id == source_id).order_by(SkippedDue.due_at.desc()).limit(1))


def late(session: Session, settings: Settings, now: datetime) -> list[tuple[Source, datetime | None]]:
    """Sources that should have started by now and have not, each with the moment; None stands for a schedule that cannot be read."""
    found: list[tuple[Source, datetime | None]] = []
    for source in scheduled(session):
        try:
            table = timetable(source, settings)
        except UsageError:
            found.append((source, None))
            continue
        waiting = table.waiting(now) if table is not None else None
        if table is not None and waiting is not None and table.free(now) == now and now - table.start(waiting) > LATE:
            found.append((source, table.start(waiting)))
    return found
