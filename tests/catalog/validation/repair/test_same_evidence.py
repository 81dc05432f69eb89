"""What is passed over for speed says nothing: evidence and texts are the same without."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.validation.repair import numbers
from catalog.validation.repair.dates import DateEvidence
from catalog.validation.repair.proposals import plain

CELLS = st.text(st.sampled_from("0123456789.,-/ ()%aĐ\u00a0\t\u200b٣"), max_size=12) | st.from_regex(r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}", fullmatch=True)


@given(CELLS)
def test_a_plain_cell_is_what_is_seen_of_it(cell):
    seen = re.sub("[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]", "", unicodedata.normalize("NFC", cell))
    assert plain(cell) == re.sub(r"\s+", " ", seen).strip()


@given(st.lists(CELLS), st.booleans())
def test_numbers_of_digits_alone_prove_nothing(cells, whole):
    every, some = numbers.NumberEvidence(whole=whole), numbers.NumberEvidence(whole=whole)
    for cell in cells:
        every.look(cell)
        if not re.fullmatch("[0-9]+", cell):
            some.look(cell)
    assert every == some


@pytest.mark.parametrize("cell", ["2024-12-31", "2024-12-31 08:30", "2024/1/2", "31/12/2024", "ngày 2024-01-02"])
def test_a_date_is_evidence_of_one_kind_only(cell):
    evidence = DateEvidence()
    evidence.look(cell)
    assert evidence.full <= 1 and (not evidence.only or not cell.startswith("2024"))
