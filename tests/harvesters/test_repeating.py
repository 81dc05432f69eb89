"""Listings that go round in circles are noticed, whatever the length of the circle."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from harvesters.repeating import Trail


def read(pages: list[list[str]]) -> int:
    """How many pages are read before one is known to have come before."""
    trail = Trail()
    for number, page in enumerate(pages):
        if trail.repeats(page):
            return number
        trail = Trail(**json.loads(json.dumps(asdict(trail.after(page)))))
    return len(pages)


@pytest.mark.parametrize("before", [0, 1, 5])
@pytest.mark.parametrize("length", [1, 2, 3, 7, 20])
def test_a_circle_is_left_soon(before, length):
    start = [[f"a{n}"] for n in range(before)]
    circle = [[f"b{n}"] for n in range(length)]
    assert before + length <= read(start + circle * 200) <= 3 * (before + length) + 2


def test_a_straight_way_is_never_left():
    assert read([[str(n)] for n in range(3_000)]) == 3_000


def test_an_empty_page_counts_as_a_page():
    assert read([["a"], [], [], []]) == 2


def test_a_trail_is_text_and_back():
    trail = Trail()
    for page in (["a"], ["b"], ["c"]):
        assert Trail.read(str(trail)) == trail
        trail = trail.after(page)
    assert Trail.read(str(trail)) == trail
    assert Trail.read("") == Trail()
    assert Trail.read(trail.before).repeats(["c"])


def test_the_same_page_again_is_no_way_back():
    trail = Trail().after(["a"])
    assert (trail.repeats(["a"]), trail.leads_back(["a"])) == (True, False)
    trail = trail.after(["b"]).after(["c"])
    assert (trail.leads_back(["b"]), trail.leads_back(["c"]), trail.leads_back(["d"])) == (True, False, False)
