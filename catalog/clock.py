"""What time it is. Handed to whoever needs it, so that a test or a demonstration can set the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def day_of(moment: datetime) -> date:
    """The calendar day in Vietnam at a moment."""
    return moment.astimezone(HANOI).date()


def day_and_hour(moment: datetime) -> str:
    """A moment on the clock of Vietnam, in the signs of both languages: 09:45 30/09/2024."""
    return f"{moment.astimezone(HANOI):%H:%M %d/%m/%Y}"


def end_of(day: date) -> datetime:
    """The first moment after a calendar day in Vietnam, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), HANOI).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """The machine's clock, moved by whole days; a demonstration stands on its own day and its clock still ticks."""

    offset_days: int = 0

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return datetime.now(UTC) + timedelta(days=self.offset_days)

    def today(self) -> date:
        """The calendar day in Vietnam."""
        return day_of(self.now())


@dataclass(frozen=True, slots=True)
class FrozenClock:
    """A clock that stands still; for tests and for recomputing a past day."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def today(self) -> date:
        return day_of(self.moment)
