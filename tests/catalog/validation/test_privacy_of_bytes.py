"""The quick look for personal data over bytes: it may only say "nothing" where the look at every cell finds nothing."""

from __future__ import annotations

import csv
import io
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.validation import privacy

CELLS = st.one_of(
    st.sampled_from(["", "079201001234", "0790 9900-1234", "(090) 123 4567", "+84 901234567", "84901234567", " 0901234567\t", "0901.234.567", "090\u00a01234567",
                     "٠٩٠١٢٣٤٥٦٧", "09٠1234567", "0901234567\nnhà", "a\n0901234567", "0901234567\r", "x@y.vn", "1500000000", "2024-01-05T10:00:00Z",
                     '"0901234567"', "Xã Long Sơn", "107.1234, 10.1234", "½0901234567", "0901234567é", "123456789012345678901234567890"]),
    st.from_regex(r"[0-9+( ]{1,3}[0-9 .()-]{5,12}[0-9]", fullmatch=True), st.text(max_size=12),
)
ROWS = st.lists(st.lists(CELLS, min_size=2, max_size=3), max_size=6)


@given(ROWS, st.sampled_from(",;\t|"), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), st.integers(1, 60),
       st.sampled_from([["ma", "ten"], ["điện thoại", "tên"], ["họ tên", "ngày sinh"], ["so tai khoan", "x"]]))
def test_nothing_is_only_said_where_nothing_is(rows, delimiter, quoting, size, labels):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=quoting).writerows([labels, *rows])
    data = text.getvalue().encode(errors="replace")
    blocks = [data[start : start + size] for start in range(0, len(data), size)]
    if privacy.nothing_to_find(labels, blocks):
        read = list(csv.reader(io.StringIO(data.decode(), newline=""), delimiter=delimiter))
        assert privacy.screen(labels, read[1:]) == []


@given(st.lists(CELLS, min_size=1, max_size=4), st.integers(1, 30))
def test_a_cell_in_pieces_of_quotes_is_one_number(cells, size):
    """What the csv module joins, such as "09"01234567, is joined here too."""
    data = "a\n" + "\n".join(f'"{cell[:3]}"{cell[3:]}' for cell in cells if "\n" not in cell and "\r" not in cell)
    blocks = [data.encode(errors="replace")[start : start + size] for start in range(0, len(data) * 4, size)]
    if privacy.nothing_to_find(["a"], blocks):
        assert privacy.screen(["a"], list(csv.reader(io.StringIO(data, newline="")))[1:]) == []


@pytest.mark.parametrize("text", ["id,ten\r\n1,Vũng Tàu\r\n", "a,b\n1500000000,2024-01-05T10:00:00Z\n", 'a,b\n"107.1234, 10.1234",0123\n'])
def test_plain_tables_are_told_from_their_bytes(text):
    assert privacy.nothing_to_find(text.splitlines()[0].split(","), [text.encode()])


@pytest.mark.parametrize("text", ["a\n0901234567\n", "a\n079201001234\n", "a\nan@vnexpress.net\n", "so dien thoai\n1\n", "ho ten,ngay sinh\nAn,2000\n"])
def test_what_may_be_personal_is_not_called_nothing(text):
    assert not privacy.nothing_to_find(text.splitlines()[0].split(","), [text.encode()])


def test_the_first_bytes_of_all_foreign_digits_are_known():
    leads = {chr(code).encode()[0] for code in range(128, sys.maxunicode + 1) if chr(code).isdecimal()}
    assert leads == set(privacy._FOREIGN)


@given(st.lists(st.lists(st.one_of(CELLS, st.none(), st.integers(), st.booleans()), max_size=4), max_size=8))
def test_columns_are_the_filled_cells_whatever_the_width_of_the_rows(rows):
    expected = [[str(row[at]) for row in rows if len(row) > at and row[at] not in (None, "")] for at in range(3)]
    assert not rows or list(privacy._columns(rows, 3)) == expected
