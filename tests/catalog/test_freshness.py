"""From which day promised data is overdue."""

from datetime import UTC, date, datetime

import pytest

from catalog.freshness import PERIODS, WORDS, due_on, expected_on, is_due_soon, is_overdue


@pytest.mark.parametrize(("frequency", "last_good_day"), [
    ("daily", date(2024, 9, 9)),  # one day, and seven of grace
    ("weekly", date(2024, 9, 15)),
    ("monthly", date(2024, 11, 2)),
    ("quarterly", date(2025, 3, 4)),
    ("once", None), ("irregular", None), ("", None), ("hằng quý", None),
])
def test_the_grace_is_one_period_but_at_least_seven_days(frequency, last_good_day):
    assert due_on(date(2024, 9, 1), frequency) == last_good_day


def test_who_updates_on_the_same_day_of_each_month_is_never_late():
    assert expected_on(date(2024, 1, 31), "monthly") >= date(2024, 2, 29)
    assert expected_on(date(2023, 12, 31), "quarterly") >= date(2024, 3, 31)
    assert expected_on(date(2024, 2, 28), "annual") >= date(2025, 2, 28)


def test_the_day_of_an_update_is_the_day_in_vietnam():
    assert due_on(datetime(2024, 9, 1, 18, tzinfo=UTC), "daily") == date(2024, 9, 10)


def test_data_is_overdue_on_the_day_after_the_last_good_one():
    assert not is_overdue(date(2024, 9, 30), date(2024, 9, 30))
    assert is_overdue(date(2024, 9, 30), date(2024, 10, 1))
    assert not is_overdue(None, date(2024, 10, 1))


def test_due_soon_is_under_fourteen_days_and_never_the_normal_state_of_daily_data():
    assert is_due_soon(date(2024, 9, 30), "quarterly", date(2024, 9, 20))
    assert not is_due_soon(date(2024, 9, 30), "quarterly", date(2024, 9, 16))
    assert not is_due_soon(due_on(date(2024, 9, 20), "daily"), "daily", date(2024, 9, 21))
    assert is_due_soon(due_on(date(2024, 9, 20), "daily"), "daily", date(2024, 9, 23))
    assert not is_due_soon(date(2024, 9, 30), "quarterly", date(2024, 10, 1))


def test_every_frequency_has_its_words():
    assert set(PERIODS) == set(WORDS)
