"""What was counted of a table is counted once, for the same question only, and for few questions."""

from __future__ import annotations

import itertools

import pyarrow as pa
import pyarrow.parquet as pq

from catalog.actions.datastore import _page, read_question
from catalog.tables import counts
from catalog.tables.counts import Counts
from catalog.tables.serving import Tables
from catalog.tables.shelf import Shelf


def test_the_same_question_is_counted_once():
    kept, numbers = Counts(), itertools.count(7)
    assert [kept.of("a = ?", [1], lambda: next(numbers)) for _ in range(3)] == [7, 7, 7]


def test_values_that_are_equal_in_python_only_are_counted_apart():
    kept, numbers = Counts(), itertools.count()
    assert [kept.of("a = ?", [value], lambda: next(numbers)) for value in (1, True, 1.0, "1", 0.0, -0.0, None)] == list(range(7))


def test_few_questions_are_kept_and_no_long_one(monkeypatch):
    monkeypatch.setattr(counts, "KEPT", 2)
    kept, numbers = Counts(), itertools.count()
    assert [kept.of(sql, [], lambda: next(numbers)) for sql in ("a", "b", "a", "c", "a", "b")] == [0, 1, 0, 2, 0, 3]
    assert [kept.of("a" * 3_000, [], lambda: next(numbers)) for _ in range(2)] == [4, 5]


def test_each_table_has_its_own_counts_and_a_true_is_no_one(tmp_path):
    pq.write_table(pa.table({"a": ["1", "true", "1", "x"]}), tmp_path / "one.parquet")
    pq.write_table(pa.table({"a": ["1", "1", "1", "1", "1"]}), tmp_path / "two.parquet")
    tables = Tables(Shelf(tmp_path / "cache", 10**9), lambda sha256: tmp_path / f"{sha256}.parquet")

    def total(name: str, value: object) -> int:
        table = tables.open(name)
        return _page(table, asked := read_question(table, {"filters": {"a": value}, "limit": 1}), asked.names)[1]

    assert [total("one", 1), total("one", True), total("two", 1), total("one", 1)] == [2, 1, 5, 2]
    tables.close()
