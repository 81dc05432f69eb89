"""Sources that have datasets of the same names, harvested at the same time by one worker."""

from __future__ import annotations

import threading
import time

import pytest
from sqlalchemy import func, select, text
from support.crew import add_sources
from support.harvesting import harvest_all
from support.portal import Portal, serving

from catalog.models import Dataset, Run, Source, new_id
from harvesters.run import Harvest


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where a transaction that reads first does not see who writes
def test_each_gets_a_name_of_its_own_and_none_is_given_up(site):
    with serving(Portal(200, page=50)) as portal:
        add_sources(site, {f"nguon-{number}": (f"so-{number}", "ckan", portal.url) for number in range(1, 5)})
        runs = harvest_all(site)
    assert [run["counts"] for run in runs.values()] == [{"created": 200}] * 4
    with site.reading() as session:
        assert session.scalar(select(func.count(Dataset.name.distinct()))) == 800


def prepared(site, harvest: Harvest, name: str) -> tuple[str, list]:
    """A run of a source whose records are ready to be taken in."""
    with site.writing() as session:
        run = Run(id=new_id(), source_id=session.scalar(select(Source.id).where(Source.name == name)), queued_at=site.clock.now())
        session.add(run)
    with site.writing() as session:
        harvest.begin(session, run.id)
    page = harvest.read_page(run.id, 0, None)
    return run.id, harvest.prepare(run.id, page["first"], page["last"])


def is_waited_for(site) -> bool:
    """Whether somebody waits for a lock of PostgreSQL; on SQLite whoever writes waits unseen."""
    if site.engine.dialect.name != "postgresql":
        return True
    with site.reading() as session:
        return bool(session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def test_two_that_create_the_same_names_at_the_same_moment_both_succeed_in_one_step(site):
    with serving(Portal(3)) as portal:
        add_sources(site, {name: (name.replace("nguon", "so"), "ckan", portal.url) for name in ("nguon-1", "nguon-2")})
        harvest, done = Harvest(site), {}
        ready = {name: prepared(site, harvest, name) for name in ("nguon-1", "nguon-2")}

        def take_in(name: str) -> None:
            with site.writing() as session:
                done[name] = harvest.take_in(session, *ready[name])

        second = threading.Thread(target=take_in, args=("nguon-2",))
        with site.writing() as session:
            done["nguon-1"] = harvest.take_in(session, *ready["nguon-1"])
            session.flush()
            second.start()
            ends = time.monotonic() + 30
            while not is_waited_for(site) and time.monotonic() < ends:
                second.join(0.01)
        second.join(30)
    assert done == {"nguon-1": {"created": 3}, "nguon-2": {"created": 3}}
    with site.reading() as session:
        names = session.execute(select(Dataset.name, Source.name).join(Source, Source.id == Dataset.source_id)).all()
    assert dict(map(tuple, names)) == {
        f"bo-du-lieu-{number:06}{end}": source for number in range(3) for end, source in (("", "nguon-1"), ("-2", "nguon-2"))}
