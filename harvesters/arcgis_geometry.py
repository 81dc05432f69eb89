"""Esri's geometries as GeoJSON's (RFC 7946): points, multipoints, polylines, polygons with their holes; heights and measures go.

An Esri polygon is one list of rings in which a clockwise ring is an outer boundary and any other a hole of one of them;
GeoJSON wants each outer boundary counter-clockwise with its own holes after it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from catalog.errors import Trouble
from catalog.issues import Issue, Place

COMPARISONS = 5_000_000  # of holes' corners with boundaries' sides in one polygon; nothing on a map needs more
Position = tuple[float, float]
Ring = list[Position]


def geojson(shape: Any, url: str) -> dict[str, Any] | None:
    """The geometry of one row, GeoJSON's or Esri's, in two dimensions; None for an empty one.

    Trouble `layer-geometry-unreadable` for one of another kind (true curves, multipatches) and for coordinates that are none.
    """
    if shape is None or shape == {}:
        return None
    try:
        if isinstance(shape, Mapping):
            if "coordinates" in shape:
                return _flat(shape)
            for key, make in (("x", _point), ("points", _points), ("paths", _lines), ("rings", _polygon)):
                if key in shape:
                    return make(shape[key], shape)
    except (ValueError, TypeError, IndexError, KeyError, OverflowError):
        pass
    raise Trouble(Issue("layer-geometry-unreadable", Place(url=url)))


def bounds(geometry: Mapping[str, Any] | None) -> tuple[float, float]:
    """The largest distance from zero along each axis."""
    if geometry is None:
        return 0.0, 0.0
    positions: list[Any] = [geometry["coordinates"]]
    x = y = 0.0
    while positions:
        value = positions.pop()
        if value and not isinstance(value[0], list | tuple):
            x, y = max(x, abs(value[0])), max(y, abs(value[1]))
        else:
            positions += value
    return x, y


def _flat(shape: Mapping[str, Any]) -> dict[str, Any] | None:
    """A GeoJSON geometry without its third dimension."""
    depths = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
    depth = depths[shape["type"]]
    return {"type": shape["type"], "coordinates": _nested(shape["coordinates"], depth)} if shape["coordinates"] else None


def _nested(value: Any, depth: int) -> Any:
    if depth == 0:
        return _position(value)
    return [_nested(one, depth - 1) for one in _sequence(value)]


def _point(x: Any, shape: Mapping[str, Any]) -> dict[str, Any] | None:
    if x is None or x == "NaN":
        return None
    return {"type": "Point", "coordinates": _position((x, shape["y"]))}


def _points(points: Any, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = [_position(point) for point in _sequence(points)]
    return {"type": "MultiPoint", "coordinates": found} if found else None


def _lines(paths: Any, _: Mapping[str, Any]) -> dict[str, Any] | None:
    found = [line for path in _sequence(paths) if len(line := [_position(point) for point in _sequence(path)]) > 1]
    if len(found) == 1:
        return {"type": "LineString", "coordinates": found[0]}
    return {"type": "MultiLineString", "coordinates": found} if found else None


def _polygon(rings: Any, _: Mapping[str, Any]) -> dict[str, Any] | None:
    """The polygons that a list of rings makes; a ring of fewer than three corners encloses nothing and is left out."""
    outers: list[Ring] = []
    holes: list[Ring] = []
    for given in _sequence(rings):
        ring = [_position(point) for point in _sequence(given)]
        if ring and ring[0] != ring[-1]:
            ring.append(ring[0])
        if len(ring) > 3:
            (outers if _turn(ring) <= 0 else holes).append(ring)
    polygons = [[ring[::-1]] for ring in outers]
    boxes = [_box(ring) for ring in outers]
    compared = 0
    for hole in holes:
        left, low, right, high = _box(hole)
        around = [n for n, box in enumerate(boxes) if box[0] <= left and box[1] <= low and box[2] >= right and box[3] >= high]
        compared += len(boxes) + (sum(len(outers[n]) for n in around) if len(around) > 1 else 0)
        if compared > COMPARISONS:
            raise ValueError
        home = _home(hole, outers, around)
        if home is None:
            polygons.append([hole])  # a hole in nothing is a boundary drawn the wrong way round
        else:
            polygons[home].append(hole[::-1])
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons} if polygons else None


def _home(hole: Ring, outers: Sequence[Ring], around: list[int]) -> int | None:
    """The smallest outer boundary around a hole, of those whose frame is around its frame; by its number."""
    if len(around) > 1:
        inside = [n for n in around if any(_is_inside(corner, outers[n]) for corner in hole[:3])]
        around = inside or around
    return min(around, key=lambda n: abs(_turn(outers[n])), default=None)


def _is_inside(point: Position, ring: Ring) -> bool:
    """Whether a ray from the point to the right crosses the ring an odd number of times."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, ring[1:], strict=False):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _turn(ring: Ring) -> float:
    """Twice the area of a ring: positive counter-clockwise, negative clockwise."""
    x0, y0 = ring[0]
    return sum((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0) for (x1, y1), (x2, y2) in zip(ring, ring[1:], strict=False))


def _box(ring: Ring) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return min(xs), min(ys), max(xs), max(ys)


def _sequence(value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError
    return value


def _position(value: Any) -> Position:
    x, y = _sequence(value)[:2]
    for number in (x, y):
        if isinstance(number, bool) or not isinstance(number, int | float) or not isfinite(number):
            raise ValueError
    return x, y
