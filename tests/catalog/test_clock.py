"""Days and hours as people in Vietnam read them, whatever clock the machine has."""

from __future__ import annotations

from datetime import UTC, date, datetime

from catalog.clock import day_and_hour, day_of

LATE = datetime(2024, 9, 30, 17, 5, tzinfo=UTC)  # 00:05 on 1 October in Vietnam


def test_a_late_evening_in_greenwich_is_the_next_day_in_vietnam():
    assert day_of(LATE) == date(2024, 10, 1)
    assert day_and_hour(LATE) == "00:05 01/10/2024"
