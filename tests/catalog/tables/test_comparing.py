"""Two versions of a table side by side: rows by key or by all their cells, columns that came, went and changed their names."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.errors import Invalid
from catalog.tables import comparing
from catalog.tables.comparing import compare
from catalog.tables.shelf import Shelf

OLD = {"ma": ["01", "02", "03", None], "ten": ["Chợ A", "Chợ B", "Chợ C", None], "so": [1, 2, 3, None], "ngay": [date(2024, 1, 1)] * 4}
NEW = {"ma": ["02", "01", "04", None], "ten": ["Chợ B", "Chợ A mới", "Chợ D", None], "so": [2, None, 4, None], "ngay": [date(2024, 1, 1)] * 4}


@pytest.fixture
def against(tmp_path):
    """Compares two tables given column by column, with a title where one is a pair (name, title)."""
    files = {}

    def stored(columns) -> str:
        fields = [pa.field(name if isinstance(name, str) else name[0], pa.array(values).type, metadata={"title": name if isinstance(name, str) else name[1]})
                  for name, values in columns.items()]
        sha256 = f"{len(files):064x}"
        files[sha256] = tmp_path / f"{sha256}'.parquet"
        pq.write_table(pa.table([pa.array(values) for values in columns.values()], schema=pa.schema(fields)), files[sha256])
        return sha256

    site = SimpleNamespace(files=SimpleNamespace(path=files.__getitem__), shelf=Shelf(tmp_path / "shelf", 10**9))
    return lambda old, new, *key: compare(site, stored(old), stored(new), key)


def told(difference) -> list[tuple]:
    return [(row.kind, row.old_number, row.new_number, {difference.columns.new[difference.columns.pairs[place].new].name for place in row.changed} if row.kind == "changed" else None)
            for row in difference.rows(limit=100)]


def test_rows_are_matched_by_their_key_wherever_they_stand(against):
    found = against(OLD, NEW, "ma")
    assert found.counts == {"added": 1, "removed": 1, "changed": 1, "unchanged": 2}
    assert told(found) == [("changed", 1, 2, {"ten", "so"}), ("removed", 3, None, None), ("added", None, 3, None)]
    changed, removed, added = found.rows(limit=9)
    assert (changed.old[1], changed.new[1], removed.new, removed.old[0], added.old, added.new[3]) == ("Chợ A", "Chợ A mới", None, "03", None, date(2024, 1, 1))


def test_without_a_key_rows_are_matched_by_all_their_cells(against):
    found = against(OLD, NEW)
    assert found.counts == {"added": 2, "removed": 2, "changed": 0, "unchanged": 2}
    assert told(found) == [("removed", 1, None, None), ("added", None, 2, None), ("removed", 3, None, None), ("added", None, 3, None)]


def test_pages_follow_each_other(against):
    found = against({"n": list(range(7))}, {"n": list(range(5, 12))}, "n")
    first = found.rows(limit=4)
    rest = found.rows(limit=100, after=first[-1].number)
    assert [row.number for row in [*first, *rest]] == list(range(1, 11))
    assert [row.kind for row in found.rows(["added"], limit=100)] == ["added"] * 5
    assert found.rows([], limit=5) == []


def test_a_key_that_several_rows_share_matches_them_in_order_and_is_said(against):
    found = against({"k": ["a", "a", "b"], "v": [1, 2, 3]}, {"k": ["a", "b", "a", "a"], "v": [1, 3, 5, 6]}, "k")
    assert (found.repeated, found.counts) == (2, {"added": 1, "removed": 0, "changed": 1, "unchanged": 2})


def test_equal_rows_are_counted_not_merged(against):
    assert against({"a": ["x", "x", "y"]}, {"a": ["x", "y", "y", "y"]}).counts == {"added": 2, "removed": 1, "changed": 0, "unchanged": 2}


def test_columns_that_came_and_went_are_said_and_change_no_row(against):
    found = against({"k": [1, 2], "cu": ["x", "y"]}, {"k": [1, 2], "moi": [1, 1]}, "k")
    assert ([c.name for c in found.columns.added], [c.name for c in found.columns.removed]) == (["moi"], ["cu"])
    assert found.counts["unchanged"] == 2


@pytest.mark.parametrize(("old", "new"), [
    ({"k": [1, 2], ("so_dt", "Điện thoại"): ["x", "y"]}, {"k": [1, 2], ("dien_thoai", "Điện thoại"): ["x", "z"]}),
    ({"k": [1, 2], "cu": ["x", "y"]}, {"moi": ["x", "y", "z"], "k": [1, 2, 3]}),
])
def test_a_renamed_column_is_known_by_its_label_or_its_cells(against, old, new):
    found = against(old, new, "k")
    assert len(found.columns.renamed) == 1 and not found.columns.added and not found.columns.removed


def test_what_could_be_one_of_two_columns_is_not_taken_for_renamed(against):
    found = against({"k": [1, 2], "cu": ["x", "y"]}, {"k": [1, 2], "a": ["x", "y"], "b": ["x", "y"]}, "k")
    assert not found.columns.renamed and len(found.columns.added) == 2
    assert not against({"k": [1, 2], "cu": ["x", "x"]}, {"k": [1, 2], "a": ["x", "x"]}, "k").columns.renamed  # the same everywhere says nothing


def test_another_type_is_said_and_the_same_value_in_it_is_no_change(against):
    found = against({"k": [1, 2, 3], "v": [1, 2, 3], "w": [1, 2, 3]}, {"k": [1.0, 2.0, 3.0], "v": ["1", "2", "ba"], "w": [1.0, 2.5, 3.0]}, "k")
    assert [(old.name, old.kind, new.kind) for old, new in found.columns.retyped] == [("k", "int8", "float8"), ("v", "int8", "text"), ("w", "int8", "float8")]
    assert told(found) == [("changed", 2, 2, {"w"}), ("changed", 3, 3, {"v"})]


def test_tables_without_rows_or_common_columns_are_compared(against):
    empty = {"a": pa.array([], pa.int64())}
    assert against(empty, {"a": [1]}).counts == {"added": 1, "removed": 0, "changed": 0, "unchanged": 0}
    assert against({"a": [1]}, empty, "a").counts["removed"] == 1
    other = against({"a": [1, 1]}, {"b": ["x"]})
    assert (other.counts["removed"], [c.name for c in other.columns.added]) == (1, ["b"])


def test_names_that_sql_could_take_for_something_else_are_names(against):
    odd = 'x"; DROP TABLE changes; --'
    assert against({odd: [1, 2], "A": [1, 1], "a": [1, 1]}, {odd: [1, 3], "A": [1, 1], "a": [1, 2]}, odd).counts["added"] == 1


@pytest.mark.parametrize("key", [("khong_co",), ("k", "moi")])
def test_a_key_that_is_not_in_both_is_refused(against, key):
    with pytest.raises(Invalid):
        against({"k": [1]}, {"k": [1], "moi": [1]}, *key)


@pytest.mark.parametrize("key", [("k",), ()])
def test_what_does_not_fit_in_memory_is_worked_out_on_disk(against, monkeypatch, key):
    monkeypatch.setattr(comparing, "MEMORY", "80MB")
    count = 200_000
    texts = [f"{number * 7919 % count:08} {'x' * 300}" for number in range(count)]
    found = against({"k": list(range(count)), "t": texts}, {"k": list(range(5, count + 5)), "t": texts[5:] + texts[:5]}, *key)
    assert found.counts == {"added": 5, "removed": 5, "changed": 0, "unchanged": count - 5}


def test_one_that_takes_too_long_is_given_up_and_leaves_nothing(against, tmp_path, monkeypatch):
    monkeypatch.setattr(comparing, "SECONDS", 0.0)
    with pytest.raises(Invalid):
        against({"k": list(range(300_000))}, {"k": list(range(300_000))})
    assert not [path for path in (tmp_path / "shelf").iterdir() if path.suffix != ".lock"]


def test_a_random_change_is_found_as_a_plain_comparison_finds_it(against):
    chance = random.Random(7)
    old = {number: chance.choice("abc") for number in chance.sample(range(500), 300)}
    new = {number: chance.choice("abc") for number in chance.sample(range(500), 300)}
    keyed = against({"k": list(old), "v": list(old.values())}, {"k": list(new), "v": list(new.values())}, "k").counts
    both = old.keys() & new.keys()
    assert keyed == {"added": len(new.keys() - old), "removed": len(old.keys() - new), "changed": sum(old[n] != new[n] for n in both), "unchanged": sum(old[n] == new[n] for n in both)}
    rows = Counter(old.values()), Counter(new.values())
    counted = against({"v": list(old.values())}, {"v": list(new.values())}).counts
    assert (counted["added"], counted["removed"]) == (sum((rows[1] - rows[0]).values()), sum((rows[0] - rows[1]).values()))
