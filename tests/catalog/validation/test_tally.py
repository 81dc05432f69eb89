"""All errors are counted and the first of each kind kept; where nothing is left out the report is frictionless' own."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import frictionless
import hypothesis.strategies as st
import pytest
from frictionless import errors
from frictionless.resources import TableResource
from hypothesis import given
from support.bad_tables import BadTable, bad_tables, outcome, written

from catalog.reading.grid import Grid
from catalog.validation import tally as tallying
from catalog.validation.causes import Causes, find_causes
from catalog.validation.layout import Layout, Schema
from catalog.validation.tally import Kind, Tally, count_errors

TABLES = [pytest.param(table, id=table.name) for table in bad_tables()]


def ignore(_rows: int) -> None:
    """Nothing happens after a row."""


def expected_of(table: BadTable, folder: Path) -> dict[str, Any]:
    return table.resource(folder).validate(limit_errors=0).to_descriptor()


def many(folder: Path) -> tuple[TableResource, dict[str, Any]]:
    table = next(table for table in bad_tables() if table.name == "many")
    return table.resource(folder), expected_of(table, folder)


def type_error(*, field: str = "so", row: int = 2, cells: list[str] | None = None) -> errors.Error:
    return errors.TypeError(note='type is "number/default"', cells=cells or ["x"], row_number=row, cell="x", field_name=field, field_number=1)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("keep", [None, 10_000])
def test_nothing_left_out_is_the_report_of_frictionless(table: BadTable, keep: int | None, tmp_path: Path):
    tally = Tally(keep=keep)
    found = outcome(lambda: written(count_errors(table.resource(tmp_path), tally, tick=ignore)))
    assert found == outcome(lambda: written(expected_of(table, tmp_path)))
    assert tally.left_out == 0


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("keep", [0, 1, 3])
def test_what_is_left_out_is_counted_and_said(table: BadTable, keep: int, tmp_path: Path):
    streamed: list[dict[str, Any]] = []
    tally = Tally(keep=keep, sink=streamed.append)
    found = outcome(lambda: count_errors(table.resource(tmp_path), tally, tick=ignore))
    expected = outcome(lambda: expected_of(table, tmp_path))
    if not isinstance(expected, dict):
        assert found == expected
        return
    [task], all_errors = found["tasks"], expected["tasks"][0]["errors"]
    assert streamed == all_errors
    assert tally.total == len(all_errors) == found["stats"]["errors"] == task["stats"]["errors"] == sum(kind.count for kind in tally.kinds)
    assert task["errors"] == tally.kept == [error for error in all_errors if error in tally.kept]
    assert found["valid"] == task["valid"] == expected["valid"]
    assert len(tally.kept) + tally.left_out == tally.total
    said = [warning for warning in task["warnings"] if "not listed" in warning]
    assert len(said) == (1 if tally.left_out else 0)
    if said:
        assert f"{tally.left_out} of them" in said[0]
        task["warnings"].remove(said[0])
        task["stats"]["warnings"] -= 1
        found["stats"]["warnings"] -= 1
    task["errors"] = all_errors
    assert written(found) == written(expected)


def test_the_first_of_each_kind_are_kept_in_order(tmp_path: Path):
    resource, expected = many(tmp_path)
    tally = Tally(keep=2)
    count_errors(resource, tally, tick=ignore)
    seen: Counter[tuple[str, str, str]] = Counter()
    first = []
    for error in expected["tasks"][0]["errors"]:
        named = error["note"].split('"')[1] if error["type"] == "constraint-error" else ""
        kind = (error["type"], error.get("fieldName") or ", ".join(error.get("fieldNames", [])), named)
        seen[kind] += 1
        if seen[kind] <= 2:
            first.append(error)
    assert tally.kept == first
    assert [((kind.type, kind.field, kind.rule), kind.count) for kind in tally.kinds] == list(seen.items())
    assert {("constraint-error", "so", "minimum"), ("primary-key", "", ""), ("foreign-key", "cha", ""), ("extra-cell", "", "")} <= set(seen)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 5)), max_size=40), st.integers(0, 4))
def test_counts_are_exact_whatever_comes(come: list[tuple[str, int]], keep: int):
    streamed: list[dict[str, Any]] = []
    tally = Tally(keep=keep, sink=streamed.append)
    for field, row in come:
        tally.add(type_error(field=field, row=row))
    counted = Counter(field for field, _ in come)
    assert {kind.field: (kind.count, kind.kept) for kind in tally.kinds} == {field: (n, min(n, keep)) for field, n in counted.items()}
    assert [(error["fieldName"], error["rowNumber"]) for error in streamed] == come
    assert (tally.total, tally.others) == (len(come), 0)


def test_kinds_beyond_the_cap_are_counted_together():
    tally = Tally(keep=1)
    for number in range(3 * tallying.MOST_KINDS):
        tally.add(type_error(field=f"f{number // 2}"))
    assert (len(tally.kinds), tally.others, tally.total) == (tallying.MOST_KINDS, tallying.MOST_KINDS, 3 * tallying.MOST_KINDS)
    assert (len(tally.kept), tally.left_out) == (tallying.MOST_KINDS, 2 * tallying.MOST_KINDS)
    assert tally.kinds[0] == Kind("type-error", "f0", "", count=2, kept=1)


def test_long_rows_fill_no_memory():
    tally, everything = Tally(keep=1000), Tally(keep=None)
    row = ["x" * 1000] * 10_000
    for number in range(100):
        for which in (tally, everything):
            which.add(type_error(row=number, cells=row))
    assert 1 <= len(tally.kept) <= tallying.ROOM // 10_000_000 + 1
    assert tally.total == tally.kinds[0].count == 100
    assert len(everything.kept) == 100
    assert all(error["cells"] is everything.kept[0]["cells"] for error in everything.kept)


def test_a_tick_hears_of_every_row_and_may_stop_it(tmp_path: Path):
    heard: list[int] = []
    resource, expected = many(tmp_path)
    count_errors(resource, Tally(), tick=heard.append)
    assert heard == list(range(1, expected["tasks"][0]["stats"]["rows"] + 1))

    def stop(rows: int) -> None:
        if rows == 5:
            raise KeyboardInterrupt

    original = errors.Error.__attrs_post_init__
    resource, _ = many(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        count_errors(resource, Tally(), tick=stop)
    assert resource.closed
    assert errors.Error.__attrs_post_init__ is original


def test_a_resource_that_is_open_is_read_from_where_it_stands(tmp_path: Path):
    found, expected = (many(tmp_path)[0] for _ in range(2))
    for resource in (found, expected):
        resource.open()
        next(resource.row_stream)
    assert written(count_errors(found, Tally(None), tick=ignore)) == written(expected.validate(limit_errors=0).to_descriptor())


def test_metadata_that_do_not_hold_are_reported_as_frictionless_does():
    def resource() -> TableResource:
        made = TableResource(data=[["a"], ["1"]], schema=frictionless.Schema.from_descriptor({"fields": [{"name": "a"}]}))
        made.name = "Không hợp lệ"
        return made

    assert written(count_errors(resource(), Tally(), tick=ignore)) == written(resource().validate(limit_errors=0).to_descriptor())


def test_four_threads_count_at_once(tmp_path: Path):
    resources = [many(tmp_path)[0] for _ in range(4)]
    _, expected = many(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda resource: written(count_errors(resource, Tally(None), tick=ignore)), resources))
    assert found == [written(expected)] * 4


def test_causes_found_as_errors_stream_are_those_of_the_full_report(tmp_path: Path):
    resource, expected = many(tmp_path)
    schema = Schema(name="", descriptor=next(table for table in bad_tables() if table.name == "many").schema or {})
    layout = Layout(grid=Grid(rows=list), header_row=1, labels=("id", "ma", "loai", "so", "ngay", "cha"), schema=schema)
    causes = Causes(layout)
    count_errors(resource, Tally(keep=1, sink=causes.add), tick=ignore)
    assert causes.in_order() == find_causes(expected, layout)
    assert sum(cause.count for cause in causes.in_order()) == expected["stats"]["errors"]
