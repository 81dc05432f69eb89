"""The official lists hold together: no gap, no overlap, each ended unit has a successor, and the counts are those of the law."""

from __future__ import annotations

import csv
import unicodedata
from datetime import date, timedelta

import pytest

import schemas
from schemas import dated_codes

each_list = pytest.mark.parametrize("name", dated_codes.names())


def holding(name: str, day: date) -> dict[str, str]:
    return {unit.code: unit.full_name for unit in dated_codes.load(name) if unit.holds(day)}


@pytest.mark.parametrize(("day", "count"), [((2004, 7, 8), 63), ((2024, 12, 31), 63), ((2025, 6, 30), 63), ((2025, 7, 1), 34), ((2026, 11, 1), 34)])
def test_there_were_63_provinces_and_are_34(day, count):
    units = [unit for unit in dated_codes.load("vn-province") if unit.holds(date(*day))]
    assert len(units) == len({unit.code for unit in units}) == len({unit.name for unit in units}) == count


def test_the_days_of_change_are_those_of_the_resolutions():
    before, after = holding("vn-province", date(2025, 6, 30)), holding("vn-province", date(2025, 7, 1))
    assert (before["77"], before["27"], after["24"], after["79"]) == ("Tỉnh Bà Rịa - Vũng Tàu", "Tỉnh Bắc Ninh", "Tỉnh Bắc Ninh", "Thành phố Hồ Chí Minh")
    assert "77" not in after and "74" not in after and "27" not in after
    assert holding("vn-province", date(2024, 12, 31))["46"] == "Tỉnh Thừa Thiên Huế"
    assert holding("vn-province", date(2025, 1, 1))["46"] == "Thành phố Huế"
    cities = {unit.name for unit in dated_codes.load("vn-province") if unit.holds(date(2025, 7, 1)) and unit.rank == "Thành phố"}
    assert cities == {"Hà Nội", "Huế", "Hải Phòng", "Đà Nẵng", "Hồ Chí Minh", "Cần Thơ"}


@each_list
def test_every_unit_that_ended_has_one_that_follows_the_next_day(name):
    units = dated_codes.load(name)
    for unit in units:
        assert (unit.last is None) == (not unit.successor)
        if unit.last is not None:
            assert unit.first <= unit.last
            following = [other for other in units if other.code == unit.successor and other.holds(unit.last + timedelta(days=1))]
            assert len(following) == 1, unit


@each_list
def test_no_code_has_two_units_on_one_day(name):
    units = dated_codes.load(name)
    for day in {day for unit in units for day in (unit.first, unit.last) if day is not None}:
        codes = [unit.code for unit in units if unit.holds(day)]
        assert len(codes) == len(set(codes)), day


@each_list
def test_a_list_is_written_plainly_and_names_its_sources(name):
    text = (dated_codes.FOLDER / f"{name}.csv").read_text("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    rows = list(csv.DictReader(text.splitlines()))
    assert all(row["source"] and row["name"] == row["name"].strip() for row in rows)
    assert [(row["code"], row["valid_from"]) for row in rows] == sorted((row["code"], row["valid_from"]) for row in rows)


def test_a_list_that_is_not_there_is_a_key_error():
    with pytest.raises(KeyError):
        dated_codes.load("vn-commune")


def test_fields_of_codes_name_a_list_and_a_field_that_is_there():
    found = [(schema, field) for schema in schemas.all_schemas() for field in schema.fields if "codes" in field]
    assert found
    for schema, field in found:
        assert field["codes"] in dated_codes.names()
        assert field.get("valid_on", schema.fields[0]["name"]) in {other["name"] for other in schema.fields}
        assert "pattern" in field["constraints"]
