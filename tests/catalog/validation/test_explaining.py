"""What explains errors faster explains them as frictionless does: the same report, to the byte, in every thread."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import frictionless
import hypothesis.strategies as st
import pytest
from frictionless import errors
from frictionless.resources import TableResource
from hypothesis import given
from support.bad_tables import FIELDS, KEYS, BadTable, bad_tables, outcome, tables_and_limits, written

from catalog.validation.explaining import Describer, checklist, descriptor_of, quickly

CASES = [pytest.param(table, limit, id=f"{table.name}-{limit}") for table, limit in tables_and_limits()]
CELLS = st.sampled_from(["", "1", "2", "3", " 3", "AB1", "AB2", "ab", "Mầm non", "2024-01-31", "1999-01-01", "NaN", "{note}", "\n", "thừa"])


def plain(resource: TableResource, limit: int) -> str:
    return written(resource.validate(limit_errors=limit).to_descriptor())


def quick(resource: TableResource, limit: int) -> str:
    with quickly():
        return written(descriptor_of(resource.validate(checklist(), limit_errors=limit)))


def error_classes() -> list[type[errors.Error]]:
    return [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.Error)]


def made(kind: type[errors.Error]) -> errors.Error:
    """An error of a class, with a value in each of its properties."""
    values = {
        "note": "vì {cell}", "cells": ["a", "", "{x}"], "row_number": 7, "cell": 'a "b"', "field_name": "tên", "field_number": 2, "label": "Tên",
        "labels": ["a", "b"], "row_numbers": [1], "field_names": ["a"], "field_cells": ["b"], "reference_name": "", "reference_field_names": ["c"],
    }
    return kind(**{name: values[name] for name in [field.name for field in kind.__attrs_attrs__] if name != "message"})


@pytest.mark.parametrize(("table", "limit"), CASES)
def test_the_report_is_the_same(table: BadTable, limit: int, tmp_path: Path):
    found, expected = (outcome(way, table.resource(tmp_path), limit) for way in (quick, plain))
    assert found == expected


def test_the_tables_bring_out_every_error_that_is_found_without_being_asked_for(tmp_path: Path):
    found = set()
    for table in bad_tables():
        report = outcome(table.resource(tmp_path).validate)
        found |= {error.type for task in getattr(report, "tasks", []) for error in task.errors}
    # frictionless looks at no header without labels, so that it never comes to its own blank-header
    assert found >= set(frictionless.Checklist().scope) - {"blank-header"}
    assert found >= {"encoding-error", "scheme-error", "resource-error"}


@given(rows=st.lists(st.lists(CELLS, max_size=8), max_size=12), keyed=st.booleans(), limit=st.sampled_from([0, 2, 5]))
def test_the_report_of_any_table_is_the_same(rows: list[list[str]], keyed: bool, limit: int):
    def resource() -> TableResource:
        schema = frictionless.Schema.from_descriptor({"fields": FIELDS, **(KEYS if keyed else {})})
        return TableResource(data=[[field["name"] for field in FIELDS], *map(list, rows)], format="inline", schema=schema)

    assert outcome(lambda: quick(resource(), limit)) == outcome(lambda: plain(resource(), limit))


def test_cells_that_are_no_text_are_explained_alike():
    def resource() -> TableResource:
        rows = [["id", "ma"], [None, 3], [1.5, None], [True, {"a": 1}], [[1], "AB"], [1, "AB"], [1, "AB", None, 2]]
        return TableResource(data=rows, format="inline", schema=frictionless.Schema.from_descriptor({"fields": FIELDS[:2]}))

    assert outcome(lambda: quick(resource(), 0)) == outcome(lambda: plain(resource(), 0))


@pytest.mark.parametrize("kind", error_classes(), ids=lambda kind: kind.type)
def test_an_error_of_any_class_is_in_the_same_state(kind: type[errors.Error]):
    usual = made(kind)
    with quickly():
        lean = made(kind)
        elsewhere = in_another_thread(lambda: made(kind))
    assert lean == usual == elsewhere
    assert list(lean.to_descriptor().items()) == list(usual.to_descriptor().items()) == list(Describer()(lean).items())
    assert vars(elsewhere) == vars(usual)
    assert sorted(lean.list_defined()) == sorted(usual.list_defined())


def test_what_is_not_foreseen_goes_the_way_of_frictionless():
    class OwnError(errors.CellError):
        type = "own-error"
        template = "{own} {cell!r} {note}"

    def several() -> list[errors.Error]:
        own = made(OwnError)
        unusual = errors.SourceError(note=None)
        extended = made(errors.TypeError)
        extended.custom["more"] = 1
        missing = made(errors.ConstraintError)
        missing.cell = None
        return [own, unusual, extended, missing]

    usual = several()
    with quickly():
        quicker = several()
    describe = Describer()
    assert [error.message for error in quicker] == [error.message for error in usual]
    assert [describe(error) for error in quicker] == [error.to_descriptor() for error in usual]


def test_a_template_that_someone_changes_is_followed(monkeypatch: pytest.MonkeyPatch):
    with quickly():
        before = made(errors.TypeError).message
        monkeypatch.setattr(errors.TypeError, "template", "Ô {cell} ở hàng {rowNumber}{nothing}")
        after = made(errors.TypeError).message
    assert before != after == made(errors.TypeError).message == 'Ô a "b" ở hàng 7'


def test_an_unusual_report_is_exported_by_frictionless(tmp_path: Path):
    report = next(table for table in bad_tables() if table.name == "cells").resource(tmp_path).validate()
    report.custom["more"] = 1
    assert list(descriptor_of(report).items()) == list(report.to_descriptor().items())
    report.custom.clear()
    report.title, report.task.description = "Báo cáo", "Mô tả"
    assert written(descriptor_of(report)) == written(report.to_descriptor())


def test_a_checklist_that_picks_or_skips_matches_as_frictionless_does():
    resource = TableResource(data=[["id"], ["1"]])
    for options in ({}, {"pick_errors": ["#cell"]}, {"skip_errors": ["type-error", "#header"]}):
        usual, quicker = frictionless.Checklist(**options), type(checklist())(**options)
        for _ in ("before it is connected", "after"):
            assert [quicker.match(made(kind)) for kind in error_classes()] == [usual.match(made(kind)) for kind in error_classes()]
            assert [type(check) for check in quicker.connect(resource)] == [type(check) for check in usual.connect(resource)]
    assert checklist().to_descriptor() == frictionless.Checklist().to_descriptor()


def test_errors_of_a_row_share_their_cells(tmp_path: Path):
    table = next(table for table in bad_tables() if table.name == "cells")
    with quickly():
        report = table.resource(tmp_path).validate(checklist())
    first, second = [error for error in report.task.errors if error.row_number == 3][:2]
    assert first.cells is second.cells
    described = [error for error in descriptor_of(report)["tasks"][0]["errors"] if error["rowNumber"] == 3]
    assert described[0]["cells"] is described[1]["cells"]
    assert pickle.loads(pickle.dumps(described)) == described


def test_frictionless_is_left_as_it_was_found():
    original = errors.Error.__attrs_post_init__
    with quickly():
        with quickly():
            assert errors.Error.__attrs_post_init__ is not original
        assert errors.Error.__attrs_post_init__ is not original
    assert errors.Error.__attrs_post_init__ is original
    with pytest.raises(RuntimeError), quickly():
        raise RuntimeError
    assert errors.Error.__attrs_post_init__ is original


def test_four_threads_at_once_give_the_same_reports(tmp_path: Path):
    """Some with frictionless alone, while the others are quick, coming and going."""
    original = errors.Error.__attrs_post_init__
    tables = [table for table in bad_tables() if table.name not in ("many", "encoding-late")]
    expected = [outcome(plain, table.resource(tmp_path), 0) for table in tables]
    start = threading.Barrier(4)

    def run(number: int) -> list[str]:
        start.wait()
        ways = [quick, plain] if number % 2 else [quick, quick]
        return [outcome(ways[turn % 2], table.resource(tmp_path), 0) for turn in range(2) for table in tables]

    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(run, range(4)):
            assert found == expected * 2
    assert errors.Error.__attrs_post_init__ is original


def in_another_thread(call: Callable[[], object]) -> object:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call).result()
