"""A worker publishes onward what a page or a schedule has ordered, once for each due time."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from support.publishing import furnish
from support.targets import aim, target_site

from catalog import jobs
from catalog.clock import FrozenClock
from catalog.models import OnwardRun, Target
from catalog.onward import due, orders
from harvesters.worker import working

PATIENCE = 60  # seconds until a run that does not end fails the test


@pytest.fixture
def there(site, tmp_path, clock):
    furnish(site)
    jobs.migrate_queue(site.settings)
    with target_site(tmp_path / "there", clock) as there:
        aim(site, there.url, there.root)
        yield there


@pytest.fixture
def orderer(site):
    orderer = jobs.Jobs(site)
    yield orderer
    orderer.close()


def runs(site) -> list[OnwardRun]:
    with site.reading() as session:
        return list(session.scalars(select(OnwardRun).order_by(OnwardRun.queued_at)))


def test_a_worker_does_what_was_ordered(site, there, orderer):
    with site.writing() as session:
        orders.order(site, session, orderer, session.scalars(select(Target)).one(), "chị Hà")
    with working(site):
        deadline = time.monotonic() + PATIENCE
        while runs(site)[0].status in jobs.ACTIVE and time.monotonic() < deadline:
            time.sleep(0.05)
    [run] = runs(site)
    assert (run.status, run.did, run.by) == ("succeeded", {"created": 2}, "chị Hà") and len(there.names()) == 2


def test_a_schedule_orders_one_run_for_each_due_time(site, there, orderer, clock):
    with site.writing() as session:
        target = session.scalars(select(Target)).one()
        target.schedule, target.due_after = "0 2 * * *", clock.now()
    tomorrow, later = (replace(site, clock=FrozenClock(clock.now() + timedelta(days=days))) for days in (1, 2))
    assert [due.order_due(then, orderer) for then in (site, tomorrow, tomorrow)] == [0, 1, 0]
    assert due.order_due(later, orderer) == 0 and len(runs(site)) == 1  # the one before still waits


def test_a_run_that_finds_the_target_held_leaves_it_to_who_holds_it(site, there, orderer):
    with site.writing() as session:
        run = orders.order(site, session, orderer, session.scalars(select(Target)).one(), "x")
    with site.reading() as session:
        target = session.scalars(select(Target)).one()
    with orders.alone(site, target):
        orders.perform(site, run.id)
    assert runs(site)[0].status == "cancelled" and there.names() == []
