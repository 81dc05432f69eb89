"""The survey of a text file: what it calls plain, the slower look finds nothing wrong with."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.reading.survey import Survey, survey

TEXT = st.text(alphabet="aế\u0301\u0323\u0300é\ufeffạ,\n\r\x00각가\u0327東", max_size=40)


def surveyed(data: bytes, cuts: list[int], line: int = 2**24) -> Survey:
    found = Survey(line)
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    for start, end in zip(places, places[1:], strict=False):
        found.update(data[start:end])
    found.finish()
    return found


@given(TEXT, st.lists(st.integers(0, 100), max_size=5))
def test_plain_is_composed_utf8_without_nul_however_it_is_cut(text, cuts):
    found = surveyed(text.encode(), cuts)
    assert found.plain == ("\0" not in text and unicodedata.is_normalized("NFC", text))
    assert found.marked == text.startswith("\ufeff")


@given(st.binary(max_size=20), st.lists(st.integers(0, 100), max_size=5))
def test_bytes_that_are_not_utf8_are_not_plain(data, cuts):
    try:
        text = data.decode()
    except UnicodeDecodeError:
        assert not surveyed(data, cuts).plain
    else:
        assert surveyed(data, cuts).plain == ("\0" not in text and unicodedata.is_normalized("NFC", text))


@given(st.text("a\n\r", max_size=40), st.integers(0, 12), st.lists(st.integers(0, 100), max_size=5))
def test_no_line_is_longer_than_the_limit(text, limit, cuts):
    longest = max(map(len, text.replace("\r", "\n").split("\n")))
    assert surveyed(text.encode(), cuts, limit).plain == (longest <= limit)


@pytest.mark.parametrize(("length", "plain"), [(3 * 2**20, True), (3 * 2**20 + 1, False)])
def test_a_line_may_run_over_many_blocks(length, plain, tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\n" + b"x" * length + b"\r\n1,2\n")
    assert survey(path, 3 * 2**20).plain is plain
    path.write_bytes(b"a\n" * 2**20 + b"x" * length)
    assert survey(path, 3 * 2**20).plain is plain


def test_text_without_any_ascii_sign_is_left_to_the_slower_look():
    assert not surveyed("東".encode() * 100, []).plain
    assert surveyed("東".encode() * 40 + b"\n", []).plain
