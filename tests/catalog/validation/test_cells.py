"""A cell that the native column calls clean is one that frictionless' own reader takes without a word."""

from __future__ import annotations

import itertools
import sys
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from catalog.validation._native import Column
from frictionless import Field, Schema
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cell_strategies import a_field, some_cells, some_values

from catalog.validation.plan import hash_value, plan_of

UNDECIDED, CLEAN, MISSING = 0, 1, 2
_SEEDS = st.integers(0, 2**40)


def field_of(type: str, **rest: Any) -> Field:
    version = "https://datapackage.org/profiles/2.0/tableschema.json"
    return Schema.from_descriptor({"$schema": version, "fields": [{"name": "a", "type": type} | rest]}).fields[0]


def column_of(field: Field) -> Column:
    return Column(plan_of(field))


def reads(field: Field, cell: Any) -> tuple[Any, Any]:
    """What frictionless makes of the cell; an exception is a note too."""
    try:
        return field.create_cell_reader()(cell)
    except Exception as error:  # noqa: BLE001 - whatever it raises
        return None, {"raised": repr(error)}


def agrees(field: Field, cell: Any, verdict: int) -> bool:
    if verdict == UNDECIDED:
        return True
    value, notes = reads(field, cell)
    return not notes and (value is None) == (verdict == MISSING)


@settings(max_examples=700, deadline=None)
@given(_SEEDS)
def test_a_clean_or_missing_cell_is_so_for_frictionless(seed):
    random = Random(seed)
    field = a_field(random)
    if field is None:
        return
    column = column_of(field)
    for cell in some_cells(random, field, 40):
        verdict = column.check(cell)
        assert agrees(field, cell, verdict), (field.to_descriptor(), cell, verdict)
        assert column.check(cell.encode()) == verdict


@settings(max_examples=500, deadline=None)
@given(_SEEDS)
def test_a_clean_or_missing_value_of_a_worksheet_is_so_for_frictionless(seed):
    random = Random(seed)
    field = a_field(random)
    if field is None:
        return
    column = column_of(field)
    for cell in some_values(random, field, 30):
        if type(cell) is not bytes:
            verdict = column.check(cell)
            assert agrees(field, cell, verdict), (field.to_descriptor(), cell, verdict)


@settings(max_examples=500, deadline=None)
@given(_SEEDS)
def test_equal_values_of_clean_cells_have_equal_hashes(seed):
    random = Random(seed)
    field = a_field(random)
    if field is None:
        return
    column, hashes = column_of(field), {}
    for cell in some_cells(random, field, 40):
        if column.check(cell) == CLEAN:
            value, native = reads(field, cell)[0], column.hash(cell)
            assert native in (None, hash_value(value)), (field.to_descriptor(), cell, value)
            assert hash_value(value) != 0
            if not (isinstance(value, Decimal) and value.is_snan()):
                assert hashes.setdefault(value, hash_value(value)) == hash_value(value)


_CLEAN: list[tuple[str, dict[str, Any], list[str]]] = [
    ("string", {}, ["a", "Hà Nội", "x\x00y", " ", "🙂", "a" * 5000]),
    ("string", {"constraints": {"minLength": 2, "maxLength": 3}}, ["ab", "xã", "🙂🙂🙂", "e\u0301"]),
    ("string", {"constraints": {"enum": ["Quận 1", "", "Quận Bình Thạnh, Thành phố Hồ Chí Minh"]}}, ["Quận 1",
        "Quận Bình Thạnh, Thành phố Hồ Chí Minh"]),
    ("string", {"format": "uuid"}, ["123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000"]),
    ("any", {}, ["a", "1", " "]),
    ("any", {"constraints": {"enum": ["a", 1]}}, ["a"]),
    ("integer", {}, ["0", "-1", "+5", "007", " 12 ", "1234567890123456789012345", "9" * 600]),
    ("integer", {"constraints": {"minimum": 0, "exclusiveMaximum": "100"}}, ["0", "99", " 7"]),
    ("integer", {"constraints": {"enum": [1, "2", 300]}}, ["1", "02", "300", "+2"]),
    ("integer", {"bareNumber": False}, ["5%", "$5", "-5%", "$ 500", "500 đ", "₫500", "500₫", "Số 5", "5"]),
    ("number", {}, ["0", "1.5", "-1.50", ".5", "5.", "1e3", "-1.5E-3", "12345678901234567890.5", " 1.5"]),
    ("number", {"constraints": {"minimum": 0, "maximum": 99.5}}, ["0", "0.0001", "99.5", "99.500", "9.95e1", "0e5", "1e1"]),
    ("number", {"constraints": {"exclusiveMinimum": 0, "exclusiveMaximum": 1}}, ["0.5", "0.00000000000000001", "0.99999"]),
    ("number", {"constraints": {"enum": [1, 0.1, "2.50"]}}, ["1", "1.0", "0.1", "2.5", "1e0", "25e-1"]),
    ("number", {"decimalChar": ",", "groupChar": "."}, ["1.234,5", "1.234.567", "1,5", "-12,50", "1.5"]),
    ("number", {"decimalChar": ","}, ["1,5", "-1", ",5"]),
    ("number", {"groupChar": ","}, ["1,234.5", "1,234,567"]),
    ("number", {"groupChar": " ", "decimalChar": ","}, ["1 234,5"]),
    ("number", {"groupChar": "\u00a0", "decimalChar": ","}, ["1\u00a0234,5"]),
    ("number", {"bareNumber": False, "groupChar": "."}, ["1.500.000 đ", "$1.500", "15 %", "-15%"]),
    ("number", {"bareNumber": False}, ["$5.00", "5.5%", "5.5 m²", "€ 5"]),
    ("number", {"floatNumber": True, "constraints": {"minimum": 0.1, "exclusiveMaximum": 10}}, ["0.11", "9.999", "5e0", "1"]),
    ("number", {"floatNumber": True, "constraints": {"enum": [0.1, 5]}}, ["0.1", "5", "5.0"]),
    ("boolean", {}, ["true", "False", "1", "0"]),
    ("boolean", {"trueValues": ["có"], "falseValues": ["không"]}, ["có", "không"]),
    ("boolean", {"constraints": {"enum": ["true"]}}, ["true", "1"]),
    ("date", {}, ["2020-01-05", "2020-02-29", "2020-1-5", "0001-01-01", "9999-12-31"]),
    ("date", {"constraints": {"minimum": "2000-01-01", "exclusiveMaximum": "2021-01-01"}}, ["2000-01-01", "2020-12-31"]),
    ("date", {"constraints": {"enum": ["2000-01-01"]}}, ["2000-01-01", "2000-1-1"]),
    ("date", {"format": "%d/%m/%Y"}, ["05/01/2020", "5/1/2020", "29/02/2020"]),
    ("date", {"format": "%Y%m%d"}, ["20200105"]),
    ("date", {"format": "%d-%m-%y"}, ["05-01-68", "5-1-69"]),
    ("date", {"format": "Ngày %d tháng %m năm %Y"}, ["Ngày 5 tháng 01 năm 2020"]),
    ("datetime", {}, ["2020-01-05T10:20:30", "2020-01-05 10:20:30", "2020-01-05T10:20:30Z", "2020-01-05T10:20:30.123456+07:00",
        "2020-01-05T10:20:30,5-0700"]),
    ("datetime", {"constraints": {"minimum": "2000-01-01T00:00:00"}}, ["2000-01-01T00:00:00", "2020-01-05 10:20:30.5"]),
    ("datetime", {"constraints": {"exclusiveMinimum": "2000-01-01T07:00:00+07:00"}}, ["2000-01-01T00:00:00.000001Z"]),
    ("datetime", {"constraints": {"enum": ["2000-01-01T07:00:00+07:00"]}}, ["2000-01-01T00:00:00Z"]),
    ("datetime", {"format": "%d/%m/%Y %H:%M"}, ["05/01/2020 9:05", "5/1/2020 23:59"]),
    ("datetime", {"format": "%Y-%m-%dT%H:%M:%S.%f%z"}, ["2020-01-05T10:20:30.5+0700", "2020-01-05T10:20:30.123456Z"]),
    ("time", {}, ["10:20:30", "00:00:00", "23:59:59.5", "10:20:30Z", "10:20:30+07:00"]),
    ("time", {"constraints": {"minimum": "07:00:00", "maximum": "17:00:00"}}, ["07:00:00", "16:59:59.999999"]),
    ("time", {"format": "%H:%M"}, ["10:20", "9:05"]),
    ("year", {}, ["2020", "0000", "9999"]),
    ("year", {"constraints": {"minimum": 2000, "maximum": "2020"}}, ["2000", "2020"]),
    ("year", {"constraints": {"enum": [2000]}}, ["2000"]),
    ("yearmonth", {}, ["2020-01", "2020-1", "1-12"]),
    ("yearmonth", {"constraints": {"minimum": "2000-02", "exclusiveMaximum": "2021-01"}}, ["2000-02", "2020-12"]),
    ("geopoint", {}, ["105.85,21.03", "105.85, 21.03", "-180,90.0", "1e2,0"]),
]


@pytest.mark.parametrize(("type", "rest", "cells"), _CLEAN)
def test_ordinary_cells_are_proven_clean_without_frictionless(type, rest, cells):
    field = field_of(type, **rest)
    column = column_of(field)
    assert [cell for cell in cells if column.check(cell) != CLEAN] == []
    assert [cell for cell in cells if reads(field, cell)[1]] == []


@pytest.mark.parametrize("type", ["string", "any", "integer", "number", "boolean", "date", "datetime", "time", "year",
    "yearmonth", "geopoint"])
def test_ordinary_cells_of_every_type_have_a_native_hash(type):
    for name, rest, cells in _CLEAN:
        if name == type and not rest:
            column = column_of(field_of(type))
            short = [cell for cell in cells if type not in ("integer", "number") or len(cell) < 18]
            assert [cell for cell in short if column.hash(cell) is None] == []


@pytest.mark.parametrize("type", ["string", "integer", "duration", "object", "list", "geojson", "array", "geopoint"])
def test_missing_values_are_known_for_every_type(type):
    optional = column_of(field_of(type, missingValues=["", "-", "không có"]))
    needed = column_of(field_of(type, missingValues=["-"], constraints={"required": True}))
    assert [optional.check(cell) for cell in ("", "-", "không có", None)] == [MISSING] * 4
    assert [needed.check(cell) for cell in ("-", None)] == [UNDECIDED] * 2


def test_lengths_count_characters_and_not_bytes():
    column = column_of(field_of("string", constraints={"minLength": 4, "maxLength": 5}))
    cells = ["🙂🙂🙂", "🙂🙂🙂🙂", "xã", "xã x", "đđđđđ", "đđđđđđ", "abcdef", "e\u0301e\u0301"]
    assert [column.check(cell) for cell in cells] == [UNDECIDED, CLEAN, UNDECIDED, CLEAN, CLEAN, UNDECIDED, UNDECIDED, CLEAN]


_CLEAN_VALUES: list[tuple[str, dict[str, Any], list[Any]]] = [
    ("string", {}, ["a", "xã"]),
    ("integer", {"constraints": {"minimum": 0}}, [5, 5.0, "5", 2**62]),
    ("integer", {}, [2**70, -5]),
    ("number", {"constraints": {"minimum": 0, "maximum": 100}}, [5, 5.5, 99.0, "5.5"]),
    ("number", {"floatNumber": True}, [5, 5.5, 1e300]),
    ("boolean", {}, [True, False, "true"]),
    ("date", {}, [date(2020, 1, 5)]),
    ("datetime", {}, [datetime(2020, 1, 5, 10)]),
    ("time", {}, [time(10, 20)]),
    ("year", {}, [2020, "2020"]),
    ("any", {}, ["a", 5, 5.5, True, date(2020, 1, 5), datetime(2020, 1, 5), time(10)]),
]


@pytest.mark.parametrize(("type", "rest", "cells"), _CLEAN_VALUES)
def test_ordinary_values_of_worksheets_are_proven_clean_without_frictionless(type, rest, cells):
    field = field_of(type, **rest)
    assert [cell for cell in cells if column_of(field).check(cell) != CLEAN] == []
    assert [cell for cell in cells if reads(field, cell)[1]] == []


def test_a_float_beside_a_bound_is_only_clean_where_frictionless_finds_nothing():
    field = field_of("number", constraints={"minimum": 5.5, "maximum": 99.5})
    column = column_of(field)
    for bound, distance in itertools.product((5.5, 99.5), (0, 1e-15, 1e-12, 1e-10, 1e-9, 1e-6)):
        for value in (bound - distance, bound + distance):
            assert agrees(field, value, column.check(value)), value
    assert column.check(50.5) == CLEAN


def test_a_number_whose_text_is_a_missing_value_is_left_to_frictionless():
    column = column_of(field_of("number", missingValues=["", "1.0", "True"]))
    assert [column.check(cell) for cell in (1.0, 2.0, 1, True)] == [UNDECIDED] * 4
    assert column.check("2.0") == CLEAN


_ODD: list[tuple[str, dict[str, Any], str]] = [
    ("integer", {"minimum": "many"}, "5"),
    ("number", {"minimum": "NaN"}, "5"),
    ("number", {"enum": ["sNaN", 5]}, "5"),
    ("string", {"minLength": "2"}, "abc"),
    ("string", {"maxLength": -1}, "abc"),
    ("datetime", {"minimum": "2020-01-01T00:00:00Z"}, "2021-01-01T00:00:00"),
    ("datetime", {"minimum": "2020-01-01T00:00:00Z", "maximum": "2022-01-01T00:00:00"}, "2021-01-01T00:00:00"),
    ("year", {"minimum": 2000.5}, "2020"),
]


@pytest.mark.parametrize(("type", "constraints", "cell"), _ODD)
def test_a_constraint_out_of_the_ordinary_leaves_the_cells_to_frictionless(type, constraints, cell):
    field = field_of(type)
    field.constraints = constraints
    column = column_of(field)
    assert column.check(cell) == UNDECIDED
    assert column.check("") == MISSING


def test_a_field_that_frictionless_cannot_read_has_no_certain_cell():
    broken = field_of("string")
    broken.constraints = {"pattern": "("}
    lax = field_of("string")
    lax.missing_values = "abc"  # a text, so that frictionless looks for parts of it
    assert [column_of(field).check(cell) for field in (broken, lax) for cell in ("", "a", None)] == [UNDECIDED] * 6


def test_a_constraint_that_a_type_does_not_have_is_ignored_as_frictionless_does():
    field = field_of("boolean")
    field.constraints = {"minimum": 1, "pattern": "x"}
    assert column_of(field).check("true") == CLEAN


def test_signs_around_a_number_are_only_taken_away_where_none_is_a_digit():
    """Every character of Unicode before and after a digit, with bareNumber: false."""
    field = field_of("integer", bareNumber=False)
    column, reader = column_of(field), field.create_cell_reader()
    for point in range(sys.maxunicode + 1):
        sign = chr(point)
        for cell in (sign + "5", "5" + sign) if unicodedata.category(sign) != "Cs" else ():
            if column.check(cell) == CLEAN:
                value, notes = reader(cell)
                assert not notes and hash_value(value) == column.hash(cell), cell


def test_numbers_that_python_calls_equal_have_equal_hashes():
    one = {hash_value(value) for value in (1, 1.0, True, Decimal(1), Decimal("1.00"), Decimal("10e-1"))}
    assert len(one) == 1
    assert hash_value(0.5) == hash_value(Decimal("0.5"))
    assert hash_value(10**30) == hash_value(Decimal("1e30"))
    assert hash_value(2**80) == hash_value(2.0**80)
    assert len({hash_value(value) for value in (0, -0.0, Decimal("-0"), Decimal("0e9"), False)}) == 1
    assert hash_value(float("inf")) == hash_value(Decimal("Infinity"))


def test_moments_that_python_calls_equal_have_equal_hashes():
    zone = timezone(timedelta(hours=7))
    assert hash_value(datetime(2020, 1, 5, 7, tzinfo=zone)) == hash_value(datetime(2020, 1, 5, tzinfo=UTC))
    assert hash_value(datetime(2020, 1, 5)) != hash_value(datetime(2020, 1, 5, tzinfo=UTC))
    assert hash_value(time(7, tzinfo=zone)) == hash_value(time(0, tzinfo=UTC))
    assert hash_value(datetime.min.replace(tzinfo=zone)) is not None


def test_values_of_every_kind_have_a_hash_but_those_that_python_cannot_hash():
    for value in ("a", "\ud800", None, timedelta(days=1), (1, None), ("a", (1, 2)), Decimal("1e999999"), Decimal("NaN"),
        10**5000, b"x"):
        assert 0 < hash_value(value) < 2**64
    assert [hash_value(value) for value in ([], {}, ([],), Decimal("sNaN"))] == [None] * 4


@pytest.mark.parametrize("plan", [{}, {"kind": "gibberish"}, {"kind": "any", "missing": {"": 1}}, {"kind": "integer",
    "bounds": ([1], [2])}])
def test_a_plan_that_is_none_is_refused(plan):
    with pytest.raises((ValueError, TypeError)):
        Column(plan)


_ORDINARY: list[tuple[str, dict[str, Any], list[str]]] = [
    ("integer", {"constraints": {"minimum": -9999999, "maximum": 12345678}}, ["7", "-7", "12345678", "-12345678", "123456789"]),
    ("integer", {"missingValues": ["", "-1", "999"]}, ["-1", "999", "1000"]),
    ("number", {"constraints": {"minimum": -1.5, "maximum": 1000.25}},
     ["1.5", "-1.5", "1000.25", "1000.2500", "1000.26", "-1.51", "0.000001", "12345.67", "-1.2345678", "123456.78"]),
    ("number", {"decimalChar": ",", "groupChar": "."}, ["1,5", "1.234,5", "12,34567"]),
    ("year", {"constraints": {"minimum": 1900, "maximum": 2100}}, ["1900", "2100", "-200", "2101"]),
    ("year", {}, ["1900", "-200"]),
    ("date", {"constraints": {"minimum": "2000-02-29", "maximum": "2024-12-31"}}, ["2000-02-29", "2000-02-28", "2024-12-31", "2025-01-01"]),
    ("date", {}, ["1000-01-01", "0999-01-01", "2023-02-28", "2023-04-30", "9999-12-31", "2024-13-01", "1800-02-29", "2000-02-29"]),
    ("datetime", {}, ["2024-01-31T23:59:59", "2024-01-28 00:00:00", "2024-02-29T24:00:00", "2024-12-01T23:60:00",
                      "2024-01-28T23:59:59Z", "2024-01-28 10:00:00Z"]),
    ("boolean", {}, ["true", "False", "1"]),
    ("geopoint", {}, ["106.7,10.8", "-180,90", "180.0,-90.0", "105.8342,21.02776", "-105.83420,-21.02776", "1,91", "8,8"]),
    ("string", {"constraints": {"enum": ["tỉnh-01", "Phường Thắng Tam", "Quận Bình Thạnh, Thành phố Hồ Chí Minh"]}},
     ["tỉnh-01", "Phường Thắng Tam", "Quận Bình Thạnh, Thành phố Hồ Chí Minh"]),
    ("string", {"constraints": {"minLength": 3, "maxLength": 5}}, ["abc", "abcde", "ếếế", "ếế", "ệệệệệ"]),
    ("string", {"constraints": {"pattern": "VT-[0-9]{3}"}}, ["VT-123", "VT-1234"]),
]


@pytest.mark.parametrize(("type", "rest", "cells"), _ORDINARY)
def test_what_is_one_sign_away_from_an_ordinary_cell_is_only_clean_where_frictionless_finds_nothing(type, rest, cells):
    field = field_of(type, **rest)
    column = column_of(field)
    for near in sorted({near for cell in cells for near in one_sign_away(cell)}):
        verdict = column.check(near)
        if verdict == UNDECIDED:
            continue
        value, notes = reads(field, near)
        assert (not notes and (value is None) == (verdict == MISSING)), near


def one_sign_away(cell: str) -> Iterator[str]:
    """The cell itself, and with one sign more, less, or changed."""
    yield cell
    for at in range(len(cell) + 1):
        yield cell[:at] + cell[at + 1:]
        for sign in "0159:;/.,- +TZe_\x00\x10đ٣":
            yield cell[:at] + sign + cell[at:]
            yield cell[:at] + sign + cell[at + 1:]
