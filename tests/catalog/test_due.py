"""Runs ordered by the clock: exactly one for each due time, none for what is paused, running still or kept free."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from support.scheduling import add_scheduled, at, change, end, ordering, runs

from catalog import jobs
from catalog.clock import FrozenClock
from catalog.due import last_skipped, late, order_due
from catalog.models import Run, SkippedDue
from catalog.schedules import blackout_hours, delay_of
from catalog.site import Site


@pytest.fixture
def prompt(site) -> Site:
    """A site whose schedules are not spread."""
    return replace(site, settings=replace(site.settings, jitter_minutes=0))


def test_a_due_source_is_ordered_once_in_the_turn_of_its_agency(prompt):
    add_scheduled(prompt)
    with ordering(prompt) as orderer:
        assert order_due(at(prompt, 1, 1, 59), orderer).runs == ()
        assert len(order_due(at(prompt, 1, 2), orderer).runs) == 1
        assert order_due(at(prompt, 1, 2, 1), orderer).runs == ()
        (run,) = runs(prompt)
        assert (run.status, run.due_at, run.forced) == ("queued", at(prompt, 1, 2).clock.now(), False)
        with prompt.reading() as session:
            work = jobs.workflows(session)
            assert session.execute(select(work.c.workflow_uuid, work.c.status)).all() == [(f"harvest:{run.id}", "ENQUEUED")]


def test_workers_that_look_at_the_same_time_order_one_run(prompt):
    add_scheduled(prompt)
    there = at(prompt, 1, 2)
    with ordering(prompt) as orderer, ThreadPoolExecutor(6) as pool:
        looks = list(pool.map(lambda _: order_due(there, orderer), range(6)))
    assert sorted(len(look.runs) for look in looks) == [0, 0, 0, 0, 0, 1]
    assert sum(look.skipped for look in looks) == 0
    assert len(runs(prompt)) == 1


def test_the_store_itself_refuses_a_second_run_of_a_due_time(prompt):
    source_id = add_scheduled(prompt)
    moment = at(prompt, 1, 2).clock.now()
    with pytest.raises(IntegrityError), prompt.writing() as session:
        session.add_all(Run(source_id=source_id, queued_at=moment, due_at=moment, status="succeeded") for _ in range(2))


def test_a_source_that_is_still_running_is_skipped_and_that_is_kept(prompt):
    source_id = add_scheduled(prompt, "0 * * * *")
    with ordering(prompt) as orderer:
        (first,) = order_due(at(prompt, 1, 2), orderer).runs
        assert order_due(at(prompt, 1, 3), orderer).skipped == 1
        assert order_due(at(prompt, 1, 3, 1), orderer).skipped == 0
        end(at(prompt, 1, 3, 30), first)
        assert order_due(at(prompt, 1, 3, 31), orderer).runs == ()
        assert len(order_due(at(prompt, 1, 4), orderer).runs) == 1
    with prompt.reading() as session:
        skipped = last_skipped(session, source_id)
        assert (skipped.due_at, skipped.run_id) == (at(prompt, 1, 3).clock.now(), first)
        assert len(list(session.scalars(select(SkippedDue)))) == 1


def test_a_paused_source_is_left_alone(prompt):
    add_scheduled(prompt, state="paused")
    with ordering(prompt) as orderer:
        assert order_due(at(prompt, 1, 2), orderer).runs == ()


def test_a_source_waits_for_its_own_delay(site):
    start = at(site, 1, 2).clock.now() + delay_of(add_scheduled(site), site.settings.jitter_minutes)
    with ordering(site) as orderer:
        assert order_due(replace(site, clock=FrozenClock(start - timedelta(seconds=1))), orderer).runs == ()
        assert len(order_due(replace(site, clock=FrozenClock(start)), orderer).runs) == 1


@pytest.mark.parametrize(("own", "hour"), [("", 17), ("01:00-08:00", 8), ("none", 2)])
def test_a_source_follows_its_own_blackout_or_that_of_the_site(prompt, own, hour):
    add_scheduled(prompt, expectations={"blackout": own} if own else {})
    busy = replace(prompt, settings=replace(prompt.settings, blackout=blackout_hours("01:30-17:00")))
    with ordering(busy) as orderer:
        started = [n for n in range(1, 20) if order_due(at(busy, 1, n), orderer).runs]
    assert started == [hour]


def test_a_schedule_that_cannot_be_read_stops_no_other_and_is_told(prompt):
    broken = add_scheduled(prompt, "every night")
    with ordering(prompt) as orderer, prompt.reading() as session:
        assert order_due(at(prompt, 1, 2), orderer).runs == ()
        assert [(source.id, moment) for source, moment in late(session, prompt.settings, prompt.clock.now())] == [(broken, None)]


def test_a_source_is_late_when_nobody_orders_it(prompt):
    source_id = add_scheduled(prompt)
    with prompt.reading() as session:
        assert late(session, prompt.settings, at(prompt, 1, 2, 5).clock.now()) == []
        assert [source.id for source, _ in late(session, prompt.settings, at(prompt, 1, 2, 30).clock.now())] == [source_id]
    change(prompt, source_id, state="paused")
    with prompt.reading() as session:
        assert late(session, prompt.settings, at(prompt, 1, 2, 30).clock.now()) == []
