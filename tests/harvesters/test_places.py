"""The places of a chunk's records: the same number of steps, however many records are still to be done."""

from __future__ import annotations

from catalog.record import Record
from harvesters.worker import each_place


def test_a_record_keeps_its_place_when_those_before_it_are_finished():
    one, two, three = (Record(source="s", identifier=name) for name in ("a", "b", "c"))
    assert each_place({1: "a", 2: "b", 3: "c"}, range(1, 4), [one, two, three]) == [one, two, three]
    assert each_place({3: "c"}, range(1, 4), [three]) == [None, None, three]
    assert each_place({}, range(1, 4), []) == [None, None, None]
