"""Spans of whole days: when something held, day by day in Vietnam."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from catalog.clock import day_of

DAY = timedelta(days=1)
Span = tuple[date, date]  # first and last day, both inclusive; date.max where it goes on


def span(since: datetime, until: datetime | None) -> Span | None:
    """The days at whose end something held that began at `since` and ended at `until`; None when there is none."""
    first = day_of(since)
    last = date.max if until is None else day_of(until) - DAY
    return (first, last) if last >= first else None


def union(spans: Iterable[Span]) -> list[Span]:
    """The same days as islands: sorted, apart by at least one day."""
    islands: list[Span] = []
    for first, last in sorted(spans):
        if islands and (islands[-1][1] == date.max or first <= islands[-1][1] + DAY):
            islands[-1] = (islands[-1][0], max(islands[-1][1], last))
        else:
            islands.append((first, last))
    return islands


def without(span: Span, holes: Sequence[Span]) -> list[Span]:
    """The days of a span that are in none of the holes; the holes are islands."""
    left, (first, last) = [], span
    for begin, end in holes:
        if end < first or begin > last:
            continue
        if begin > first:
            left.append((first, begin - DAY))
        if end >= last:
            return left
        first = end + DAY
    return [*left, (first, last)]


def around(islands: Sequence[Span], day: date) -> Span | None:
    """The island in which a day lies."""
    index = bisect_right(islands, day, key=lambda island: island[0]) - 1
    return islands[index] if index >= 0 and day <= islands[index][1] else None


def lost_on(islands: Sequence[Span], day: date) -> date | None:
    """The first day after the last island that ended before `day`; None when none ended."""
    index = bisect_right(islands, day, key=lambda island: island[0]) - 1
    return islands[index][1] + DAY if index >= 0 and islands[index][1] < day else None
