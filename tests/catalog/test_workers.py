"""Names of workers, and whether they live."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from catalog import workers
from catalog.errors import UsageError
from catalog.models import Worker
from catalog.site import Site


def elsewhere(site: Site) -> Site:
    """The same store, seen from another machine."""
    return replace(site, settings=replace(site.settings, var=site.settings.var / "elsewhere"))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_machines_never_share_a_name(site):
    other = elsewhere(site)
    with workers.worker_lock(site.settings), pytest.raises(UsageError, match="--name"), workers.worker_lock(other.settings):
        pass
    with workers.worker_lock(other.settings):
        pass


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_name_is_taken_again_after_the_database_dropped_its_lock(site):
    other = elsewhere(site)
    with workers.worker_lock(site.settings) as name:
        with site.writing() as session:
            session.execute(text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = "
                                 "(SELECT oid FROM pg_database WHERE datname = current_database())"))
        name.keep()
        with pytest.raises(UsageError, match="--name"), workers.worker_lock(other.settings):
            pass


def test_workers_of_different_names_stand_beside_each_other(site):
    with workers.worker_lock(site.settings), workers.worker_lock(replace(site.settings, executor_id="worker-2")):
        assert workers.worker_alive(site)


def test_a_worker_is_counted_on_while_it_speaks_and_gone_when_it_leaves(site):
    here, other = site, replace(elsewhere(site), settings=replace(site.settings, executor_id="noi-khac"))
    workers.beat(site, "1", starting=True)
    assert not workers.worker_alive(here), "it was killed: nobody holds its name"
    workers.beat(other, "1", starting=True)
    assert workers.worker_alive(here)
    workers.leave(other)
    assert not workers.worker_alive(here)


def test_a_worker_that_fell_silent_is_dead_after_two_minutes_and_one_that_left_is_not_silent(site):
    for name, silence in (("tinh", 0), ("lang", 90), ("chet", 121)):
        workers.beat(replace(site, settings=replace(site.settings, executor_id=name)), "1")
        with site.writing() as session:
            session.get_one(Worker, name).beat_at -= timedelta(seconds=silence)
    with site.reading() as session:
        assert sorted(workers.living(session)) == ["lang", "tinh"]
        assert [row.executor_id for row in workers.silent(session)] == ["chet"]
