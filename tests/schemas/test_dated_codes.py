"""The official lists hold together: no gap, no overlap, each ended unit has a successor, and the counts are those of the law."""

from __future__ import annotations

import csv
import unicodedata
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache

import pytest

import schemas
from schemas import dated_codes


def following(name, unit):
    """The units of a successor's code that may have stood on the day after a unit's last."""
    day = unit.latest + timedelta(days=1)
    return [other for code in unit.successors for other in by_code(name)[code] if other is not unit and other.may_hold(day, day)]


@cache
def by_code(*names):
    found = defaultdict(list)
    for unit in (unit for name in names for unit in dated_codes.load(name)):
        found[unit.code].append(unit)
    return found


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


def test_every_province_that_ended_has_one_that_follows_the_next_day():
    for unit in dated_codes.load("vn-province"):
        assert (unit.last is None) == (not unit.successors)
        assert unit.last is None or len(following("vn-province", unit)) == 1, unit


@each_list
def test_a_successor_is_there_on_the_day_after_the_last(name):
    for unit in dated_codes.load(name):
        assert unit.latest is None or unit.earliest <= unit.latest
        if unit.last is not None and unit.first != date.max:
            assert unit.earliest <= unit.first <= unit.last <= unit.latest
        if unit.successors:
            assert {other.code for other in following(name, unit)} == set(unit.successors), unit


@pytest.mark.parametrize(("day", "districts", "communes", "of_77", "of_79"), [
    ((2025, 3, 1), 696, 10_035, 77, 273), ((2025, 6, 30), 696, 10_035, 77, 273), ((2025, 7, 1), 0, 3321, 0, 168), ((2026, 11, 1), 0, 3321, 0, 168)])
def test_there_were_10035_communes_and_are_3321(day, districts, communes, of_77, of_79):
    found = [unit for unit in dated_codes.load("vn-commune") if unit.holds(date(*day))]
    provinces = {unit.code: unit.parent for unit in dated_codes.load("vn-district") if unit.holds(date(*day))}
    count = Counter(provinces.get(unit.parent, unit.parent) for unit in found)
    assert (len(provinces), len(found), count["77"], count["79"]) == (districts, communes, of_77, of_79)
    assert count.keys() == holding("vn-province", date(*day)).keys()


@pytest.mark.parametrize(("day", "ranks"), [
    ((2025, 7, 1), {"Xã": 2621, "Phường": 687, "Đặc khu": 13}), ((2026, 4, 30), {"Xã": 2611, "Phường": 697, "Đặc khu": 13}),
    ((2026, 9, 20), {"Xã": 2599, "Phường": 709, "Đặc khu": 13})])
def test_communes_by_their_rank(day, ranks):
    units = [unit for unit in dated_codes.load("vn-commune") if unit.holds(date(*day))]
    assert Counter(unit.rank for unit in units) == ranks
    assert day > (2025, 7, 1) or Counter(unit.rank for unit in units if unit.parent == "79") == {"Phường": 113, "Xã": 54, "Đặc khu": 1}


def test_ba_ria_vung_tau_had_82_communes_in_2022_and_then_a_code_was_used_again():
    districts = {unit.code for unit in dated_codes.load("vn-district") if unit.parent == "77"}
    assert len([unit for unit in dated_codes.load("vn-commune") if unit.parent in districts and unit.holds(date(2022, 10, 1))]) == 82
    assert (holding("vn-district", date(2024, 5, 1))["753"], holding("vn-district", date(2025, 3, 1))["753"]) == ("Huyện Đất Đỏ", "Huyện Long Đất")
    assert "753" not in holding("vn-district", date(2024, 8, 1)) and "752" not in holding("vn-district", date(2025, 3, 1))


def test_every_commune_lies_in_a_unit_that_stands_as_long():
    above = by_code("vn-district", "vn-province")
    for unit in (*dated_codes.load("vn-commune"), *dated_codes.load("vn-district")):
        assert any(other.may_hold(unit.earliest, unit.latest or date.max) for other in above[unit.parent]), unit
        if unit.first != date.max:
            assert all(any(other.may_hold(day, day) for other in above[unit.parent]) for day in (unit.first, unit.last or date.max)), unit


def test_communes_that_became_others_on_the_1st_of_july_2025():
    ended = [unit for unit in dated_codes.load("vn-commune") if unit.last == date(2025, 6, 30)]
    assert len(ended) == 10_035 and [unit.code for unit in ended if not unit.successors] == ["01651", "02482"]
    whole = {unit.code: unit.successors for unit in ended}
    assert (whole["26641"], whole["26650"], whole["26535"], whole["26533"]) == (("26641",), ("26641",), ("26536",), ("26536",))
    assert sum(len(codes) > 1 for codes in whole.values()) == 441


@each_list
def test_no_code_has_two_units_on_one_day(name):
    units = dated_codes.load(name)
    for day in {day for unit in units for day in (unit.first, unit.last) if day not in (None, date.max)}:
        codes = [unit.code for unit in units if unit.holds(day)]
        assert len(codes) == len(set(codes)), day


@each_list
def test_a_list_is_written_plainly_and_names_its_sources(name):
    text = (dated_codes.FOLDER / f"{name}.csv").read_text("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    rows = list(csv.DictReader(text.splitlines()))
    assert all(row["name"] == " ".join(row["name"].split()) for row in rows)
    assert [row["code"] for row in rows] == sorted(row["code"] for row in rows)
    assert all(unit.source for unit in dated_codes.load(name))


def test_a_list_that_is_not_there_is_a_key_error():
    with pytest.raises(KeyError):
        dated_codes.load("vn-village")


def test_fields_of_codes_name_a_list_and_a_field_that_is_there():
    found = [(schema, field) for schema in schemas.all_schemas() for field in schema.fields if "codes" in field]
    assert found
    for schema, field in found:
        assert field["codes"] in dated_codes.names()
        assert field.get("valid_on", schema.fields[0]["name"]) in {other["name"] for other in schema.fields}
        assert {field["name"], *field.get("within", [])} <= {other["name"] for other in schema.fields}
        assert "pattern" in field["constraints"]
