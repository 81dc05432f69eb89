"""How often data is promised to be updated, and from which day it is overdue.

A promise of a period leaves a grace of one more period, at least seven days, before data counts as overdue
(ARCHITECTURE: participation, rule version 1). Periods are the longest that the calendar knows, so that who
updates on the same day of each month is never late.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from catalog.clock import day_of

# Frequency -> the longest time between two updates; None promises nothing that could be late.
PERIODS: dict[str, timedelta | None] = {
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=31),
    "quarterly": timedelta(days=92),
    "biannual": timedelta(days=184),
    "annual": timedelta(days=366),
    "irregular": None,
    "once": None,
    "": None,
}
WORDS: dict[str, tuple[str, str]] = {
    "daily": ("hằng ngày", "daily"),
    "weekly": ("hằng tuần", "weekly"),
    "monthly": ("hằng tháng", "monthly"),
    "quarterly": ("hằng quý", "quarterly"),
    "biannual": ("sáu tháng một lần", "every six months"),
    "annual": ("hằng năm", "annual"),
    "irregular": ("khi có thay đổi", "when something changes"),
    "once": ("một lần", "once"),
    "": ("chưa rõ", "not stated"),
}
LEAST_GRACE = timedelta(days=7)
SOON = 14  # days left from which data is "due soon" (design, states)


def grace(frequency: str) -> timedelta | None:
    """The time after the promised day during which data is late but not yet overdue."""
    period = PERIODS.get(frequency)
    return None if period is None else max(period, LEAST_GRACE)


def expected_on(last_update: date | datetime, frequency: str) -> date | None:
    """The day by which the next update was promised; None where the frequency promises no day."""
    period = PERIODS.get(frequency)
    return None if period is None else _day(last_update) + period


def due_on(last_update: date | datetime, frequency: str) -> date | None:
    """The last day on which data is not overdue: the promised day plus the grace. None where nothing can be late."""
    expected, spare = expected_on(last_update, frequency), grace(frequency)
    return None if expected is None or spare is None else expected + spare


def is_overdue(good_until: date | None, day: date) -> bool:
    """Whether data that is good until a day (see `due_on`) is overdue on `day`."""
    return good_until is not None and day > good_until


def is_due_soon(good_until: date | None, frequency: str, day: date) -> bool:
    """Whether fewer than 14 days are left; for a short period, fewer days than its grace has."""
    spare = grace(frequency)
    if good_until is None or spare is None or day > good_until:
        return False
    return (good_until - day).days < min(SOON, spare.days)


def _day(moment: date | datetime) -> date:
    return day_of(moment) if isinstance(moment, datetime) else moment
