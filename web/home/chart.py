"""The small curve beside the figure: the share month by month, and the target it is on the way to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from web.identity import Target

WIDTH, HEIGHT = 272, 96
LEFT, RIGHT, TOP, BOTTOM = 4, 10, 10, 22  # room around the curve
APART = 52  # the least distance of two labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Coordinates of the curve in a box of 272 × 96: `line` as SVG points, `now` its end, `labels` of the days below."""

    line: str
    now: tuple[float, float]
    goal: float
    floor: float
    labels: tuple[tuple[float, str, str], ...]  # x, anchor, words
    first: tuple[date, float]
    last: tuple[date, float]


def draw(points: Sequence[tuple[date, int, int]], target: Target | None) -> Drawing:
    """Places the points (day, counted, total) between the first day and the day of the target."""
    begin, end = points[0][0], max(points[-1][0], target.day if target else points[-1][0])
    length = max(1, (end - begin).days)
    goal = (target.percent if target else 100.0) / 100

    def x(day: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (day - begin).days / length, 1)

    def y(share: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - share), 1)

    shares = [(day, counted / total if total else 0.0) for day, counted, total in points]
    last = shares[-1]
    labels = [(x(begin), "start", f"{begin:%m/%Y}")]
    if x(last[0]) - LEFT > APART and WIDTH - RIGHT - x(last[0]) > APART:
        labels.append((x(last[0]), "middle", f"{last[0]:%m/%Y}"))
    labels.append((x(end), "end", f"{end:%m/%Y}"))
    return Drawing(
        line=" ".join(f"{x(day)},{y(share)}" for day, share in shares), now=(x(last[0]), y(last[1])), goal=y(goal), floor=y(0),
        labels=tuple(labels), first=shares[0], last=last,
    )
