"""Records: the scanner splits a text as CPython's csv does, whatever the text and wherever its blocks are cut."""

from __future__ import annotations

import csv
import io
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import record_strategies as records

from catalog.validation.native import extension

LONGEST = 4096  # cells of one record that the scanner shows


def check(written: str, dialect: dict, blocks: list[bytes]) -> None:
    """The same records, each from the bytes it was written with; its lines counted as physical lines."""
    expected = records.reference(written, dialect)
    found = records.scanned(extension(), blocks, dialect)
    assert [cells for _, _, _, cells in found] == [cells[:LONGEST] for cells in expected]
    assert [number for number, _, _, _ in found] == list(range(1, len(expected) + 1))
    assert b"".join(raw for _, raw, _, _ in found) == written.encode()
    for _, raw, _, cells in found:
        assert next(csv.reader(io.StringIO(raw.decode(), newline=""), **dialect))[:LONGEST] == cells
    lines = 0
    for _, raw, so_far, _ in found:
        lines += len(list(io.StringIO(raw.decode(), newline="")))
        assert so_far == lines


@pytest.mark.parametrize("dialect", records.DIALECTS[2:], ids=str)
def test_hand_made_texts_are_split_as_csv_splits_them(dialect):
    r = Random(1)
    for written in records.HAND_MADE:
        content = written.encode()
        for longest in (1, 3, len(content) + 1):
            check(written, dialect, list(records.pieces(r, content, longest)))


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(records.SIGNS), max_size=80).map("".join), st.sampled_from(records.DIALECTS), st.randoms(use_true_random=False), st.sampled_from((1, 2, 7, 64, 4096)))
def test_random_texts_are_split_as_csv_splits_them(written, dialect, r, longest):
    check(written, dialect, list(records.pieces(r, written.encode(), longest)))


@pytest.mark.parametrize("seed", range(8))
def test_many_seeded_texts_are_split_as_csv_splits_them(seed):
    r = Random(seed)
    for _ in range(400):
        written, dialect = records.text(r), r.choice(records.DIALECTS)
        check(written, dialect, list(records.pieces(r, written.encode(), r.choice((1, 5, 64, 1000)))))


def test_a_cell_of_a_megabyte_and_a_record_of_ten_thousand_cells():
    long = 'a,"' + "é\n" * 500_000 + '",b\n' + "x," * 10_000 + "\nlast"
    check(long, {}, [long.encode()[at:at + 65_536] for at in range(0, len(long.encode()), 65_536)])
