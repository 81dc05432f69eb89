"""Puts scheduled sources into a site, moves its clock, and keeps an orderer for as long as a test needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from catalog import jobs
from catalog.clock import HANOI, FrozenClock
from catalog.models import Run, Source
from catalog.site import Site
from support.seeding import add_source


def at(site: Site, day: int, hour: int, minute: int = 0) -> Site:
    """The same site at a moment of October 2024 in Vietnam."""
    return replace(site, clock=FrozenClock(datetime(2024, 10, day, hour, minute, tzinfo=HANOI)))


def add_scheduled(site: Site, schedule: str = "0 2 * * *", *, url: str = "http://127.0.0.1:9/", **values: Any) -> str:
    """A source with a schedule; two agencies without any are there as noise."""
    source_id = add_source(site, url=url)
    change(site, source_id, schedule=schedule, **values)
    return source_id


def change(site: Site, source_id: str, **values: Any) -> None:
    with site.writing() as session:
        source = session.get_one(Source, source_id)
        for name, value in values.items():
            setattr(source, name, value)


@contextmanager
def ordering(site: Site) -> Iterator[jobs.Jobs]:
    """The queue of a site, migrated."""
    jobs.migrate_queue(site.settings)
    orderer = jobs.Jobs(site)
    try:
        yield orderer
    finally:
        orderer.close()


def runs(site: Site) -> list[Run]:
    """Every run, in the order of the queue."""
    with site.reading() as session:
        return list(session.scalars(select(Run).order_by(Run.queued_at, Run.id)))


def end(site: Site, run_id: str, status: str = "succeeded") -> None:
    """End a run without doing it."""
    with site.writing() as session:
        run = session.get_one(Run, run_id)
        run.status, run.started_at, run.finished_at = status, site.clock.now(), site.clock.now()
