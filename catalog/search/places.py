"""Where a dataset lies: the box around the GeoJSON of its extra `spatial`, in millionths of a degree."""

from __future__ import annotations

from typing import Any

from catalog.nesting import read_json

MAX_LENGTH, MAX_NUMBERS = 2_000_000, 200_000
_SCALE = 1_000_000
Box = tuple[int, int, int, int]  # west, south, east, north


def box_of(spatial: str) -> Box | None:
    """The box around what a GeoJSON text shows; None where it shows nothing that can be read."""
    if len(spatial) > MAX_LENGTH or not spatial.lstrip().startswith("{"):
        return None
    try:
        shape = read_json(spatial)
    except ValueError:
        return None
    points, waiting = [], [shape]
    while waiting and len(points) < MAX_NUMBERS:
        here: Any = waiting.pop()
        if isinstance(here, dict):
            waiting.extend(here.get(key) for key in ("coordinates", "geometry", "geometries", "features") if here.get(key))
        elif isinstance(here, list) and len(here) >= 2 and all(isinstance(number, int | float) and not isinstance(number, bool) for number in here):
            points.append(here)
        elif isinstance(here, list):
            waiting.extend(here)
    if not points:
        return None
    return _box(min(p[0] for p in points), min(p[1] for p in points), max(p[0] for p in points), max(p[1] for p in points))


def asked_box(text: str) -> Box | None:
    """The box of a question, `west,south,east,north` in degrees; None where it is none."""
    parts = text.split(",")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    return _box(*numbers) if len(numbers) == 4 and numbers[0] <= numbers[2] and numbers[1] <= numbers[3] else None


def _box(west: float, south: float, east: float, north: float) -> Box | None:
    bounds = (west, south, east, north)
    if not all(-1000 <= number <= 1000 for number in bounds):
        return None
    return round(west * _SCALE), round(south * _SCALE), round(east * _SCALE), round(north * _SCALE)
