"""The signs of words leave out rows that cannot have them, and no other; rows numbered without a gap are found by their numbers."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.actions.datastore import _page, read_question
from catalog.tables import serving
from catalog.tables.columns import ROWS_MADE
from catalog.tables.conditions import _folded_words, worded
from catalog.tables.serving import Table, Tables
from catalog.tables.shelf import Shelf

WORDS = ("đường", "Chợ", "trường học", "bến-xe", "x_1", "2024", "ǆ", "qua\u0303y", "日本", "ĐƯỜNG")


@pytest.fixture
def table(tmp_path) -> Table:
    pairs = [" ".join(pair) for pair in itertools.permutations(WORDS, 2)]
    pq.write_table(pa.table({"a": pairs, "b": [None if n % 3 else str(n) for n in range(len(pairs))], "n": range(len(pairs))}), tmp_path / "t.parquet")
    return Tables(Shelf(tmp_path / "cache", 10**9), lambda sha256: tmp_path / f"{sha256}.parquet").open("t")


@pytest.mark.parametrize("text", [*WORDS, "duong cho", "TRƯỜNG 2024", "ben xe", "cho duong truong hoc", "99 duong", "nothing", "trường, chợ!"])
def test_the_rows_found_are_those_that_have_the_words(table, text):
    where, _ = worded(table, text)
    words = _folded_words(table, text)
    expected = [row[0] for row in table.ask("SELECT _id, _words FROM kept ORDER BY _id") if all(f" {word} " in row[1] for word in words)]
    assert [row[0] for row in table.ask(f"SELECT _id FROM kept WHERE {where.text} ORDER BY _id", where.values)] == expected
    in_column, _ = worded(table, text, column="a")
    assert {row[0] for row in table.ask(f"SELECT _id FROM kept WHERE {in_column.text}", in_column.values)} == {
        row[0] for row in table.ask("SELECT _id, a FROM kept") if set(words) <= set(_folded_words(table, row[1]))}


@pytest.mark.parametrize("data", [
    {"q": "duong"}, {"q": "duong", "limit": 3, "offset": 2}, {"q": "duong cho", "sort": "n desc"}, {"q": "duong", "offset": 10_000}, {"q": "nothing"},
    {"q": {"a": "cho", "b": "0"}}, {"q": {"a": "cho"}, "fields": "b,a,n"}, {"q": "cho", "filters": {"n": {"gte": 40}}}, {"limit": 5, "offset": 7}, {"offset": 88},
    {"limit": 5, "sort": "_id"}, {"offset": 10_000}, {"limit": 3, "fields": "n"}, {"filters": {"n": {"gte": 40}}, "limit": 3, "offset": 5},
    {"filters": {"n": {"gte": 87}}, "offset": 1}, {"filters": {"n": -1}}, {"filters": {"n": {"lt": 3}}, "offset": 3}, {"filters": {"n": {"gte": 9}}, "distinct": True},
    {"filters": {"b": ["3", "9"]}, "fields": "a", "limit": 1}, {"q": "duong", "sort": "b", "limit": 7, "offset": 1}, {"q": "duong", "limit": 0},
])
def test_a_page_and_its_total_are_those_of_two_questions(table, data):
    asked = read_question(table, data)
    assert _page(table, asked, asked.names) == (
        table.ask(*_slowly(asked)), table.ask(*asked.count())[0][0])


def _slowly(asked):
    """The question without what makes it quick."""
    return replace(asked, dense=False).sql(asked.names, limit=asked.limit)


def test_rows_whose_numbers_have_gaps_are_paged_by_counting_them(tmp_path):
    numbered = pa.table({"_id": [2, 5, 9], "a": ["x", "y", "z"]}).replace_schema_metadata({ROWS_MADE: b'{"next_id": 10}'})
    pq.write_table(numbered, tmp_path / "t.parquet")
    table = Tables(Shelf(tmp_path / "cache", 10**9), lambda sha256: tmp_path / f"{sha256}.parquet").open("t")
    asked = read_question(table, {"limit": 1, "offset": 1})
    assert (table.dense, _page(table, asked, asked.names)) == (False, ([(5, "y")], 3))


def test_rows_that_stand_in_another_order_than_their_numbers_are_given_in_theirs(tmp_path):
    numbered = pa.table({"_id": [3, 1, 2], "a": ["z", "x", "y"]}).replace_schema_metadata({ROWS_MADE: b'{"next_id": 4}'})
    pq.write_table(numbered, tmp_path / "t.parquet")
    table = Tables(Shelf(tmp_path / "cache", 10**9), lambda sha256: tmp_path / f"{sha256}.parquet").open("t")
    for data, rows in (({}, [(1, "x"), (2, "y"), (3, "z")]), ({"filters": {"a": ["z", "x"]}}, [(1, "x"), (3, "z")]), ({"limit": 1, "offset": 2}, [(3, "z")])):
        asked = read_question(table, data)
        assert _page(table, asked, asked.names)[0] == rows


@pytest.mark.parametrize("small", [0, serving.SMALL])
def test_a_table_of_many_row_groups_is_given_in_its_order_by_one_thread_or_two(tmp_path, monkeypatch, small):
    monkeypatch.setattr(serving, "SMALL", small)
    pq.write_table(pa.table({"n": range(600_000)}), tmp_path / "t.parquet", row_group_size=50_000)
    table = Tables(Shelf(tmp_path / "cache", 10**9), lambda sha256: tmp_path / f"{sha256}.parquet").open("t")
    asked = read_question(table, {"filters": {"n": {"gte": 100}}, "limit": 32_000, "offset": 300_000})
    assert table.dense
    rows, total = _page(table, asked, asked.names)
    assert (rows, total) == ([(n + 1, n) for n in range(300_100, 332_100)], 599_900)
