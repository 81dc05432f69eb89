"""The columns of the last days: runs that went well, runs that left work, runs that failed; drawn on the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from catalog.activity import Day


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A drawing's size and the room around its columns, in units of its viewBox; `every` so many days have words below."""

    width: int
    height: int
    left: int
    top: int
    bottom: int
    bar: float  # share of a day's room that its column takes
    every: int


LARGE = Frame(width=1180, height=240, left=36, top=26, bottom=28, bar=0.56, every=1)
SMALL = Frame(width=350, height=190, left=30, top=24, bottom=26, bar=0.66, every=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One day: `parts` are (class, y, height) from the ground up; `label` is "" where the day has no words below."""

    day: date
    x: float
    width: float
    middle: float
    parts: Sequence[tuple[str, float, float]]
    top: float
    bad: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Coordinates for the template; `grid` is y and runs."""

    frame: Frame
    ground: float
    grid: Sequence[tuple[float, int]]
    columns: Sequence[Column]


def draw(days: Sequence[Day], frame: Frame) -> Drawing:
    """Places the columns; the scale ends at a round number at or above the busiest day."""
    most = _round(max((day.total for day in days), default=0))
    ground, room = frame.height - frame.bottom, (frame.width - frame.left - 6) / max(1, len(days))

    def high(count: int) -> float:
        return round((ground - frame.top) * count / most, 1)

    columns = []
    for number, day in enumerate(days):
        x, y, parts = frame.left + room * (number + (1 - frame.bar) / 2), float(ground), []
        for kind, count in (("r-ok", day.good), ("r-part", day.part), ("r-fail", day.bad)):
            if count:
                y -= high(count)
                parts.append((kind, round(y, 1), high(count)))
        last = len(days) - 1 - number
        columns.append(Column(day=day.day, x=round(x, 1), width=round(room * frame.bar, 1), middle=round(x + room * frame.bar / 2, 1), parts=parts,
                              top=round(y, 1), bad=day.bad, label=f"{day.day:%d/%m}" if last % frame.every == 0 else ""))
    steps = sorted({0, most // 2, most})
    return Drawing(frame=frame, ground=ground, grid=[(round(ground - high(step), 1), step) for step in steps], columns=columns)


def _round(most: int) -> int:
    """The next even number that is easy to read: 2, 4, 10, 20, 40, 100, 200 …"""
    top = 2
    while top < most:
        top = next(top // base * nxt for base, nxt in ((2, 4), (4, 10), (1, 2)) if str(top).startswith(str(base)))
    return top
