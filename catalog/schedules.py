"""When a source is due: cron on the clock of Vietnam, spread a little, never in hours that are kept free.

A due time is a minute of the cron expression. From it the start follows by a fixed delay of each source (so that a hundred
sources due at two o'clock do not start at once) and, in a blackout, by waiting for its end. Due times are counted from the
clock, not from the last run, so nothing drifts; of several that were missed only the last one is made up for.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from catalog.clock import HANOI
from catalog.errors import UsageError

if TYPE_CHECKING:
    from catalog.models import Source
    from catalog.settings import Settings

WORDS = {"hourly": "0 * * * *", "daily": "0 2 * * *", "weekly": "0 2 * * 0", "monthly": "0 2 1 * *"}
NO_BLACKOUT = "none"  # of a source: it may run at any hour, whatever the site says
DAY = 24 * 60
MINUTE = timedelta(minutes=1)
_TIMES, _NAMES = r"[\d*,/-]+", r"[\d*,/a-z-]+"
_CRON = re.compile(rf"{_TIMES} {_TIMES} {_TIMES} {_NAMES} {_NAMES}")
_HOURS = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")

Window = tuple[int, int]  # minutes of the day, from and until; one that ends before it begins goes over midnight


def cron(given: str) -> str:
    """The cron expression that a schedule means: five fields, or hourly, daily, weekly, monthly; "" is by hand.

    UsageError for what cannot be read, and for a day that never comes.
    """
    from croniter import croniter  # only who plans needs it

    text = " ".join(given.lower().split())
    text = WORDS.get(text, text)
    if not text:
        return ""
    try:
        if not _CRON.fullmatch(text):
            raise ValueError(text)
        croniter(text, datetime(2024, 1, 1)).get_next(datetime)
    except ValueError:
        raise UsageError(
            f"Không hiểu lịch {given!r}. Hãy dùng {', '.join(WORDS)}, hoặc năm trường cron theo giờ Việt Nam, ví dụ \"0 2 * * *\" là 02:00 hằng ngày.",
            f"The schedule {given!r} cannot be understood. Use {', '.join(WORDS)}, or the five fields of cron in the time of Vietnam, such as \"0 2 * * *\" for 02:00 every day.",
        ) from None
    return text


def blackout_hours(given: str) -> tuple[Window, ...]:
    """Hours such as `07:30-17:00, 22:00-23:30`; UsageError for what cannot be read or leaves no minute of the day."""
    windows = [_window(part.strip()) for part in given.split(",") if part.strip()]
    if windows and all(_covers(windows, minute) for minute in range(DAY)):
        raise _not_hours(given)
    return tuple(windows)


def _window(text: str) -> Window:
    found = _HOURS.fullmatch(text)
    start_hour, start, end_hour, end = (int(part) for part in found.groups()) if found else (99, 99, 99, 99)
    window = start_hour * 60 + start, end_hour * 60 + end
    if max(start, end) > 59 or window[0] >= DAY or window[1] > DAY or window[0] == window[1]:
        raise _not_hours(text)
    return window


def _not_hours(text: str) -> UsageError:
    return UsageError(f"Không hiểu giờ tạm ngừng thu thập {text!r}. Hãy viết như 07:30-17:00; phải chừa lại ít nhất một phút trong ngày.",
                      f"The blackout hours {text!r} cannot be understood. Write them as 07:30-17:00, and leave at least a minute of the day.")


def _covers(windows: Sequence[Window], minute: int) -> bool:
    return any(start <= minute < end if start < end else minute >= start or minute < end for start, end in windows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """When one source is due. `after`: due times up to this moment are dealt with; `delay`: from the due minute to the start."""

    cron: str
    after: datetime
    delay: timedelta = timedelta()
    blackout: tuple[Window, ...] = ()

    def waiting(self, now: datetime) -> datetime | None:
        """The last due time that has come and is not dealt with, whatever the hours that are kept free; None when there is none."""
        last = self._due(now - self.delay, forward=False)
        return last if last > self.after else None

    def due(self, now: datetime) -> datetime | None:
        """The due time for which a run is to be ordered at `now`."""
        return self.waiting(now) if self.free(now) == now else None

    def next_run(self, now: datetime) -> datetime:
        """When the next run starts: now, where one waits for nothing else."""
        if self.waiting(now) is not None:
            return self.free(now)
        return self.start(self._due(max(now - self.delay, self.after), forward=True))

    def start(self, due_at: datetime) -> datetime:
        """When the run of a due time starts."""
        return self.free(due_at + self.delay)

    def free(self, moment: datetime) -> datetime:
        """The moment itself, or the end of the blackout that it lies in."""
        local = moment.astimezone(HANOI)
        minute = local.hour * 60 + local.minute
        if not _covers(self.blackout, minute):
            return moment
        ahead = next(n for n in range(1, DAY) if not _covers(self.blackout, (minute + n) % DAY))
        return (local.replace(second=0, microsecond=0) + ahead * MINUTE).astimezone(moment.tzinfo)

    def _due(self, moment: datetime, *, forward: bool) -> datetime:
        """The last due time at or before a moment, or the first one after it."""
        from croniter import croniter

        local = moment.astimezone(HANOI).replace(second=0, microsecond=0, tzinfo=None)
        found = croniter(self.cron, local).get_next(datetime) if forward else croniter(self.cron, local + MINUTE).get_prev(datetime)
        return found.replace(tzinfo=HANOI).astimezone(moment.tzinfo)


def timetable(source: Source, settings: Settings) -> Timetable | None:
    """The timetable of a source; None for one that is harvested by hand, paused or removed. UsageError for a schedule that cannot be read."""
    text = cron(source.schedule) if source.state == "active" else ""
    if not text:
        return None
    own = str(source.expectations.get("blackout") or "")
    blackout = settings.blackout if not own else () if own == NO_BLACKOUT else blackout_hours(own)
    return Timetable(cron=text, after=source.due_after or source.created, blackout=blackout, delay=delay_of(source.id, settings.jitter_minutes))


def next_run(source: Source, settings: Settings, now: datetime) -> datetime | None:
    """When a source is next harvested by its schedule; None where none is planned, or its schedule cannot be read."""
    try:
        table = timetable(source, settings)
    except UsageError:
        return None
    return table.next_run(now) if table is not None else None


def delay_of(source_id: str, minutes: int) -> timedelta:
    """The fixed delay of a source: whole seconds, less than so many minutes, the same on every machine."""
    if not minutes:
        return timedelta()
    return timedelta(seconds=int.from_bytes(hashlib.sha256(source_id.encode()).digest()[:8], "big") % (minutes * 60))
