"""Esri's shapes as GeoJSON: boundaries counter-clockwise, each hole in its own polygon, two dimensions."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.errors import Trouble
from harvesters.arcgis_geometry import bounds, geojson


def square(x: float, y: float, side: float, *, clockwise: bool = True) -> list[list[float]]:
    corners = [[x, y], [x, y + side], [x + side, y + side], [x + side, y], [x, y]]
    return corners if clockwise else corners[::-1]


def turn(ring) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, ring[1:], strict=False))


def convert(shape):
    return geojson(shape, "https://x/0")


@pytest.mark.parametrize(("shape", "expected"), [
    ({"x": 1, "y": 2, "z": 3, "m": 4}, {"type": "Point", "coordinates": (1, 2)}), ({"x": "NaN", "y": "NaN"}, None), ({"x": None}, None), ({}, None), (None, None),
    ({"hasZ": True, "points": [[1, 2, 3], [4, 5, 6]]}, {"type": "MultiPoint", "coordinates": [(1, 2), (4, 5)]}), ({"points": []}, None),
    ({"paths": [[[1, 2, 9], [3, 4, 9]]]}, {"type": "LineString", "coordinates": [(1, 2), (3, 4)]}), ({"paths": [[[1, 2]]]}, None), ({"paths": []}, None),
    ({"paths": [[[1, 2], [3, 4]], [[1, 2]], [[5, 6], [7, 8]]]}, {"type": "MultiLineString", "coordinates": [[(1, 2), (3, 4)], [(5, 6), (7, 8)]]}),
    ({"rings": []}, None), ({"rings": [[[0, 0], [1, 1], [0, 0]]]}, None),
    ({"type": "Point", "coordinates": [1, 2, 3]}, {"type": "Point", "coordinates": (1, 2)}), ({"type": "Point", "coordinates": []}, None),
    ({"type": "MultiLineString", "coordinates": [[[1, 2, 3], [4, 5, 6]]]}, {"type": "MultiLineString", "coordinates": [[(1, 2), (4, 5)]]})])
def test_each_kind_of_shape(shape, expected):
    assert convert(shape) == expected


def test_a_polygon_with_holes_turns_its_rings_round():
    found = convert({"rings": [square(0, 0, 10), square(1, 1, 2, clockwise=False), square(5, 5, 2, clockwise=False)]})
    assert (found["type"], len(found["coordinates"])) == ("Polygon", 3)
    assert [turn(ring) > 0 for ring in found["coordinates"]] == [True, False, False]


def test_each_hole_goes_to_the_smallest_boundary_around_it_in_whatever_order():
    island = square(4, 4, 2)
    rings = [square(0, 0, 10), square(3, 3, 4, clockwise=False), island, square(4.5, 4.5, 1, clockwise=False), square(20, 0, 10), square(21, 1, 1, clockwise=False)]
    for seed in range(20):
        random.Random(seed).shuffle(rings)
        found = convert({"rings": rings})["coordinates"]
        homes = {tuple(min(polygon[0])): [tuple(min(hole)) for hole in polygon[1:]] for polygon in found}
        assert homes == {(0, 0): [(3, 3)], (4, 4): [(4.5, 4.5)], (20, 0): [(21, 1)]}


def test_a_hole_whose_corners_touch_the_boundary_stays_in_it():
    found = convert({"rings": [square(0, 0, 10), [[0, 5], [5, 0], [10, 5], [5, 10], [0, 5]], square(-50, -50, 200)]})
    assert sum(len(polygon) for polygon in found["coordinates"]) == 3


def test_a_hole_in_nothing_is_a_boundary_drawn_the_wrong_way_round():
    found = convert({"rings": [square(0, 0, 10, clockwise=False)]})
    assert (found["type"], turn(found["coordinates"][0]) > 0) == ("Polygon", True)


def test_a_ring_that_is_not_closed_is_closed():
    ring = convert({"rings": [square(0, 0, 1)[:-1]]})["coordinates"][0]
    assert ring[0] == ring[-1]


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=4)
                    | st.dictionaries(st.sampled_from(["x", "y", "points", "paths", "rings", "type", "coordinates"]), inner, max_size=3), max_leaves=20))
def test_any_json_is_a_shape_or_refused(shape):
    try:
        found = convert(shape)
    except Trouble as trouble:
        assert trouble.issue.code == "layer-geometry-unreadable"
    else:
        assert all(value >= 0 for value in bounds(found))


def test_a_polygon_made_to_take_for_ever_is_refused():
    rings = [square(0, 0, 10)] * 20_000 + [square(1, 1, 1, clockwise=False)] * 20_000
    with pytest.raises(Trouble):
        convert({"rings": rings})
