"""Where the lines of the way to the target lie: the real share, the forecast with its band, the pace that is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from catalog.participation import Forecast
from web.identity import Target

Point = tuple[float, float]
FARTHEST = timedelta(days=550)  # the chart goes on at most this far beyond the target's day


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A drawing's size and the room around the curve, in units of its viewBox."""

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    apart: int  # least distance of two words below
    year: str  # how a month is written below
    small: bool = False


LARGE = Frame(width=1100, height=380, left=44, right=124, top=44, bottom=46, apart=74, year="%m/%Y")
SMALL = Frame(width=350, height=300, left=46, right=40, top=34, bottom=44, apart=46, year="%m/%y", small=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Coordinates for the template; `ticks` are x and words, `grid` y and percent, lines are SVG points."""

    frame: Frame
    end: float
    grid: Sequence[tuple[float, int]]
    ticks: Sequence[tuple[float, str]]
    line: str
    dots: Sequence[Point]
    now: Point
    goal: Point | None = None  # the lighthouse: the target's day
    need: str = ""
    ahead: str = ""
    band: str = ""
    reached: Point | None = None
    turned: bool = field(default=False)  # the words of now stand left of it, there is no room at its right


def draw(points: Sequence[tuple[date, int, int]], target: Target | None, ahead: Forecast | None, frame: Frame) -> Drawing:
    """Places the points (day, counted, total) between the first day and the target's, or the forecast's where that is later."""
    begin, now = points[0][0], points[-1][0]
    end = max(now, target.day if target else now)
    if ahead is not None:
        end = max(end, min(ahead.latest or ahead.reached, end + FARTHEST))
    length = max(1, (end - begin).days)
    across, down = frame.width - frame.left - frame.right, frame.height - frame.top - frame.bottom

    def x(day: date) -> float:
        return round(frame.left + across * (day - begin).days / length, 1)

    def y(share: float) -> float:
        return round(frame.top + down * (1 - share), 1)

    share = points[-1][1] / points[-1][2]

    def towards(day: date | None) -> Point:
        """Where a line from now to 100 % on `day` ends inside the chart; flat for a day that never comes."""
        if day is None:
            return x(end), y(share)
        if day <= end:
            return x(day), y(1.0)
        return x(end), y(share + (1 - share) * (end - now).days / (day - now).days)

    curve = [(x(day), y(counted / total)) for day, counted, total in points]
    goal = (x(target.day), y(target.percent / 100)) if target else None
    moments = [now, begin, end, *([ahead.reached] if ahead else []), *([target.day] if target else [])]
    moments += [begin + (now - begin) / 2] if (now - begin).days > 120 else []
    lines: dict[str, object] = {}
    if ahead is not None and ahead.reached > now:
        first, last = towards(ahead.earliest), towards(ahead.latest)
        corner = [(x(end), y(1.0))] if first[1] != last[1] and first[0] < x(end) else []
        lines = {"ahead": _line([curve[-1], towards(ahead.reached)]), "band": _line([curve[-1], first, *corner, last]),
                 "reached": (x(ahead.reached), y(1.0)) if ahead.reached <= end else None}
    return Drawing(
        frame=frame, end=x(end), grid=[(y(percent / 100), percent) for percent in (0, 25, 50, 75, 100)],
        ticks=_ticks([(x(day), f"{day:{frame.year}}") for day in moments if begin <= day <= end], frame.apart),
        line=_line(curve), dots=curve[:-1], now=curve[-1], goal=goal, need=_line([curve[0], goal]) if goal else "",
        turned=frame.width - curve[-1][0] < 150 - 60 * frame.small, **lines)


def _line(points: Sequence[Point]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)


def _ticks(wanted: Sequence[tuple[float, str]], apart: int) -> list[tuple[float, str]]:
    """The words that fit beside those before them in the list, from left to right."""
    kept: list[tuple[float, str]] = []
    for x, words in wanted:
        if all(abs(x - other) >= apart for other, _ in kept):
            kept.append((x, words))
    return sorted(kept)
