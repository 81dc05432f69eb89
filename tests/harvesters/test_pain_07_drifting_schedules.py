"""Pain 7: schedules that drift, so that a nightly run comes later each day and lands in office hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from support.scheduling import add_scheduled, ordering, runs
from support.scheduling import at as then

from catalog.clock import HANOI
from catalog.due import order_due
from catalog.schedules import Timetable, blackout_hours, delay_of
from catalog.site import Site

NIGHTLY = "0 2 * * *"


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of October 2024 in Vietnam."""
    return datetime(2024, 10, day, hour, minute, second, tzinfo=HANOI).astimezone(UTC)


def table(text: str = NIGHTLY, *, after: datetime | None = None, blackout: str = "") -> Timetable:
    return Timetable(cron=text, after=after or at(1, 12), delay=timedelta(), blackout=blackout_hours(blackout))


@pytest.fixture
def prompt(site) -> Site:
    """A site whose schedules are not spread."""
    return replace(site, settings=replace(site.settings, jitter_minutes=0))


def test_a_daily_run_that_is_late_by_more_each_day_is_due_at_the_same_minute_all_month():
    after = at(1, 12)
    for day in range(2, 32):
        late = table(after=after)
        assert late.next_run(at(day, 1)) == at(day, 2)
        after = late.due(at(day, 2) + timedelta(minutes=15 * (day - 1)))
        assert after == at(day, 2)


def test_the_clock_is_that_of_vietnam():
    assert table().next_run(at(1, 13)) == datetime(2024, 10, 1, 19, 0, tzinfo=UTC)


def test_of_many_that_were_missed_the_last_one_is_made_up_for():
    assert table("0 * * * *").due(at(9, 15, 20)) == at(9, 15)
    assert table("0 * * * *", after=at(9, 15)).due(at(9, 15, 20)) is None


def test_a_late_start_moves_no_later_one():
    assert table(after=at(2, 2)).next_run(at(2, 23)) == at(3, 2)


def test_the_delay_of_a_source_is_fixed_and_never_before_the_due_minute():
    delays = [delay_of(f"nguon-{number}", 5) for number in range(200)]
    assert delays == [delay_of(f"nguon-{number}", 5) for number in range(200)]
    assert min(delays) >= timedelta()
    assert max(delays) < timedelta(minutes=5)
    assert len(set(delays)) > 100
    assert delay_of("nguon", 0) == timedelta()


def test_a_blackout_shifts_the_run_to_its_end():
    busy = table("0 9 * * *", blackout="07:30-17:00")
    assert busy.next_run(at(2, 6)) == at(2, 17)
    assert [busy.due(moment) for moment in (at(2, 9), at(2, 16, 59, 59), at(2, 17))] == [None, None, at(2, 9)]


def test_what_was_missed_is_not_made_up_for_within_a_blackout():
    busy = table(blackout="07:30-17:00")
    assert busy.due(at(2, 8)) is None
    assert busy.next_run(at(2, 8)) == at(2, 17)
    assert busy.due(at(2, 17)) == at(2, 2)


def test_a_week_of_downtime_is_made_up_for_once(prompt):
    add_scheduled(prompt)
    with ordering(prompt) as orderer:
        assert len(order_due(then(prompt, 8, 15), orderer).runs) == 1
        assert order_due(then(prompt, 8, 16), orderer).runs == ()
    assert [run.due_at for run in runs(prompt)] == [then(prompt, 8, 2).clock.now()]
