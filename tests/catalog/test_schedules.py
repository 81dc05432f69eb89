"""Due times by the clock of Vietnam: read, spread, kept out of blackouts, made up for once, never drifting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from catalog.clock import HANOI
from catalog.errors import UsageError
from catalog.schedules import Timetable, blackout_hours, cron

NIGHTLY = "0 2 * * *"


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of October 2024 in Vietnam."""
    return datetime(2024, 10, day, hour, minute, second, tzinfo=HANOI).astimezone(UTC)


def table(text: str = NIGHTLY, *, after: datetime | None = None, delay: int = 0, blackout: str = "") -> Timetable:
    return Timetable(cron=text, after=after or at(1, 12), delay=timedelta(minutes=delay), blackout=blackout_hours(blackout))


@pytest.mark.parametrize(("given", "meant"), [
    ("daily", NIGHTLY), ("Hourly", "0 * * * *"), ("weekly", "0 2 * * 0"), ("monthly", "0 2 1 * *"), ("", ""), ("  ", ""),
    (" 30  1 * *  MON-FRI ", "30 1 * * mon-fri"), ("*/15 * * * *", "*/15 * * * *"), ("0 0 29 2 *", "0 0 29 2 *"),
])
def test_a_schedule_is_cron_or_a_word(given, meant):
    assert cron(given) == meant


@pytest.mark.parametrize("given", [
    "nightly", "60 * * * *", "0 24 * * *", "0 2 * *", "0 2 * * * *", "0 0 31 2 *", "R * * * *", "H H * * *", "@daily", "0 2 * * 9", "*/0 * * * *", "0 2 L * *", "5-1-2 * * * *",
])
def test_a_schedule_that_cannot_be_kept_is_refused_in_words(given):
    with pytest.raises(UsageError) as refusal:
        cron(given)
    assert "Không hiểu lịch" in refusal.value.vi
    assert "cannot be understood" in refusal.value.en


def test_nothing_is_due_before_its_minute_and_it_is_due_from_then_on():
    assert table().due(at(2, 1, 59, 59)) is None
    assert [table().due(moment) for moment in (at(2, 2), at(2, 2, 0, 30), at(2, 9))] == [at(2, 2)] * 3


def test_what_has_been_dealt_with_is_not_due_again():
    assert table(after=at(2, 2)).due(at(2, 2, 5)) is None
    assert table(after=at(2, 2)).next_run(at(2, 2, 5)) == at(3, 2)


def test_a_delayed_source_starts_after_its_delay():
    delayed = table(delay=4)
    assert delayed.due(at(2, 2, 3, 59)) is None
    assert delayed.due(at(2, 2, 4)) == at(2, 2)
    assert delayed.next_run(at(1, 23)) == at(2, 2, 4)
    assert delayed.next_run(at(2, 2, 2)) == at(2, 2, 4)


def test_a_delay_longer_than_the_pause_between_two_due_times_skips_none():
    often = table("*/2 * * * *", after=at(1, 11, 58), delay=5)
    assert [often.due(at(1, 12, minute)) for minute in (4, 5, 6, 7)] == [None, at(1, 12), at(1, 12), at(1, 12, 2)]


def test_a_blackout_may_go_over_midnight_and_into_another():
    free = table(blackout="22:00-03:00, 03:00-04:30").free
    assert [free(at(2, 21, 59)), free(at(2, 23)), free(at(3, 2)), free(at(3, 4, 30))] == [at(2, 21, 59), at(3, 4, 30), at(3, 4, 30), at(3, 4, 30)]


@pytest.mark.parametrize("given", ["7-17", "07:30", "25:00-26:00", "07:60-08:00", "08:00-08:00", "00:00-24:00", "00:00-12:00,12:00-00:00", "12:00-12:30-13:00"])
def test_hours_that_cannot_be_kept_free_are_refused_in_words(given):
    with pytest.raises(UsageError) as refusal:
        blackout_hours(given)
    assert "Không hiểu giờ tạm ngừng" in refusal.value.vi
    assert "cannot be understood" in refusal.value.en
