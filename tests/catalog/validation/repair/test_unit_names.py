"""A name of a province becomes its code where that is beyond doubt on the row's date, and a question where it is not."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from datetime import date, timedelta

import pytest
from support.workbooks import Day, xlsx

from catalog.validation import check
from catalog.validation.repair import Column, Repair, write_marked
from catalog.validation.repair.answers import WORDS, options
from schemas import dated_codes

FIELD = {"name": "ma_tinh", "type": "string", "title": "Mã tỉnh", "constraints": {"pattern": "[0-9]{2}"}, "codes": "vn-province", "valid_on": "ngay_cap"}
SCHEMA = {"fields": [{"name": "so", "type": "string"}, FIELD, {"name": "ngay_cap", "type": "date", "title": "Ngày cấp"}]}
BEFORE, SINCE = date(2025, 6, 30), date(2025, 7, 1)


def proposed(cell: str, on=None, descriptor=FIELD, **more):
    return Column(descriptor, **more).proposal(cell, (on, on) if isinstance(on, date) else on)


def certain(cell: str, on=None) -> str | None:
    found = proposed(cell, on)
    return found.after if found is not None else "unknown"


def faulty_of(tmp_path, text, schema=None, name="a.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return check(path, filename=name, schema=schema or SCHEMA).faulty


@pytest.mark.parametrize("cell", [
    "Bà Rịa - Vũng Tàu", "Bà Rịa – Vũng Tàu", "Bà Rịa-Vũng Tàu", "Bà rịa – Vũng tàu", "BR-VT", "BRVT", "br-vt", "Tỉnh Bà Rịa - Vũng Tàu", "TỈNH BÀ RỊA - VŨNG TÀU",
    "tỉnh BR-VT", "ba ria - vung tau", "Tinh Ba Ria Vung Tau", "  Bà Rịa -\u00a0Vũng Tàu ", unicodedata.normalize("NFD", "Bà Rịa - Vũng Tàu")])
def test_a_name_is_known_in_every_usual_spelling(cell):
    found = proposed(cell, BEFORE)
    assert (found.after, found.rule) == ("77", "code-of-name")


@pytest.mark.parametrize(("cell", "code"), [
    ("TP. Hồ Chí Minh", "79"), ("TP.HCM", "79"), ("TPHCM", "79"), ("Tp Hồ Chí Minh", "79"), ("thành phố hồ chí minh", "79"), ("HO CHI MINH", "79"),
    ("Thừa Thiên Huế", "46"), ("Thừa Thiên - Huế", "46"), ("Hoà Bình", "17"), ("HOÀ BÌNH", "17"), ("Đắc Lắc", "66"), ("Đăk Lăk", "66"), ("dak lak", "66"),
    ("Bắc Cạn", "06"), ("Kontum", "62"), ("Hà Nội", "01"), ("Thanh Hoá", "38")])
def test_other_names_of_2024(cell, code):
    assert certain(cell, date(2024, 5, 1)) == code


@pytest.mark.parametrize(("cell", "day", "code"), [
    ("Bắc Ninh", BEFORE, "27"), ("Bắc Ninh", SINCE, "24"), ("Quảng Trị", BEFORE, "45"), ("Quảng Trị", SINCE, "44"), ("Tây Ninh", BEFORE, "72"), ("Tây Ninh", SINCE, "80"),
    ("An Giang", BEFORE, "89"), ("An Giang", SINCE, "91"), ("Lào Cai", BEFORE, "10"), ("Lào Cai", SINCE, "15"), ("Gia Lai", BEFORE, "64"), ("Gia Lai", SINCE, "52"),
    ("Huế", date(2025, 1, 1), "46"), ("Thừa Thiên Huế", date(2024, 12, 31), "46"), ("Thành phố Đồng Nai", date(2026, 4, 30), "75"),
    ("tỉnh Đồng Nai", date(2026, 4, 29), "75"), ("Thành phố Bắc Ninh", date(2026, 9, 20), "24")])
def test_a_name_has_the_code_of_the_day(cell, day, code):
    assert certain(cell, day) == code


@pytest.mark.parametrize(("cell", "day", "code", "said"), [
    ("Bà Rịa - Vũng Tàu", date(2025, 8, 1), "79", "Thành phố Hồ Chí Minh"), ("BR-VT", SINCE, "79", "đến hết ngày 30/06/2025"), ("Bắc Giang", SINCE, "24", "Tỉnh Bắc Ninh"),
    ("Bắc Giang", date(2026, 10, 1), "24", "Thành phố Bắc Ninh"), ("Thừa Thiên Huế", date(2025, 1, 1), "46", "Thành phố Huế"),
    ("Tỉnh Đồng Nai", date(2026, 5, 1), "75", "Thành phố Đồng Nai")])
def test_a_name_that_ended_is_asked_with_its_successor(cell, day, code, said):
    found = proposed(cell, day)
    assert not found.certain and [reading.value for reading in found.readings] == [code]
    assert said in found.because["vi"] and code in found.because["en"]
    assert options(found, Column(FIELD)) == {"successor": code}
    assert proposed(cell, day, answers=("successor",)).after == code
    assert proposed(cell, day, answers=("yes",)).after is None


@pytest.mark.parametrize(("cell", "day", "code"), [("Huế", date(2024, 12, 31), "46"), ("Thành phố Bắc Ninh", BEFORE, "27"), ("Hà Nội", date(1999, 1, 1), "01")])
def test_a_name_that_was_not_there_yet_is_asked(cell, day, code):
    found = proposed(cell, day)
    assert not found.certain and [reading.value for reading in found.readings] == [code] and "sau ngày của dòng" in found.because["vi"]


def test_without_a_date_only_a_name_of_one_code_is_certain():
    assert [certain(cell) for cell in ("Hà Nội", "Cao Bằng", "Cà Mau", "TP.HCM", "Huế", "Thừa Thiên Huế", "Đồng Nai")] == ["01", "04", "96", "79", "46", "46", "75"]
    for cell, former, current in (("Bà Rịa - Vũng Tàu", "77", "79"), ("Bắc Ninh", "27", "24"), ("thành phố Bắc Ninh", "27", "24"), ("Bắc Giang", "24", None)):
        if current is None:
            assert certain(cell) == former
            continue
        found = proposed(cell)
        assert options(found, Column(FIELD)) == {"former": former, "current": current} and {"former", "current"} <= set(WORDS)
        assert former in found.because["vi"] and current in found.because["en"]
        assert [proposed(cell, answers=(word,)).after for word in ("former", "current")] == [former, current]


def test_a_year_dates_a_row_only_where_no_code_changed_in_it():
    def year(number: int) -> tuple[date, date]:
        return date(number, 1, 1), date(number, 12, 31)

    assert (certain("Bắc Ninh", year(2024)), certain("Bắc Ninh", year(2025)), certain("Bắc Ninh", year(2026)), certain("Hà Nội", year(2025))) == ("27", None, "24", "01")


@pytest.mark.parametrize("cell", ["Bắc Nin", "Sài Gòn", "thành phố Thái Bình", "tỉnh Hải Phòng", "Vũng Tàu", "TP", "tỉnh", "Hà Tây", "abc", "Bình Dương, Đồng Nai"])
def test_what_is_no_name_of_a_province_stays(cell):
    assert certain(cell, date(2024, 1, 1)) == "unknown"


@pytest.mark.parametrize("cell", ["Hòa Bính", "Thưa Thiên Huế", "Ha Nội", "Hậu Gíang"])
def test_other_marks_may_mean_another_word_and_are_asked(cell):
    found = proposed(cell, date(2024, 1, 1))
    assert not found.certain and len(found.readings) == 1


def test_no_name_without_marks_stands_for_two_units_of_one_day():
    for unit in dated_codes.load("vn-province"):
        bare = unicodedata.normalize("NFD", unit.name.replace("đ", "d").replace("Đ", "D"))
        assert certain("".join(sign for sign in bare if not unicodedata.combining(sign)), unit.first) == unit.code


def test_nothing_certain_is_wrong_for_any_name_on_any_day_of_change():
    units = dated_codes.load("vn-province")
    days = sorted({day + timedelta(days=more) for unit in units for day in (unit.first, unit.last) if day for more in (-1, 0, 1)})
    column, settled = Column(FIELD), 0
    for unit in units:
        for spelling in (unit.name, unit.full_name, unit.full_name.upper(), *unit.also):
            for day in days:
                found = column.proposal(spelling, (day, day))
                named = {other.code for other in units if other.holds(day) and other.name == unit.name}
                assert not found.certain or {found.after} == named
                assert found.certain or spelling in (unit.full_name, unit.full_name.upper()) or not named
                settled += found.certain
    assert settled > 3000


def test_a_code_stays_and_a_code_in_another_writing_is_repaired_as_before():
    assert proposed("77", SINCE) is None
    assert certain(" 79\u00a0", SINCE) == "79"


def test_a_list_that_nobody_knows_changes_nothing():
    for codes in ("vn-village", "", None, ["vn-province"], {"a": 1}):
        assert proposed("Hà Nội", SINCE, {**FIELD, "codes": codes}) is None


def test_the_rows_of_a_table_are_dated_by_their_column(tmp_path):
    rows = ["so,ma_tinh,ngay_cap", "1,Bắc Ninh,30/06/2025", "2,Bắc Ninh,01/07/2025", "3,BR-VT,2025-08-01", "4,Bà Rịa - Vũng Tàu,2023-10-27", "5,Bắc Ninh,", "6,79,2024-01-01",
            "7,Cà Mau,"]
    repair = Repair(faulty_of(tmp_path, "\n".join(rows) + "\n"))
    assert {(c.row, c.after) for c in repair.changes() if c.column == "B"} == {(2, "27"), (3, "24"), (5, "77"), (8, "96")}
    asked = {tuple(question["answers"]): question for question in repair.summary().details([], {"B": "Mã tỉnh"})["questions"]}
    assert asked["successor",]["answers"] == {"successor": "79"} and "Thành phố Hồ Chí Minh" in asked["successor",]["vi"]
    assert asked["successor",]["because"].keys() == {"vi", "en"} and asked["former", "current"]["cell"] == "B6"
    out = io.StringIO()
    repair.write_csv(out)
    assert [row[1] for row in csv.reader(io.StringIO(out.getvalue()))] == ["ma_tinh", "27", "24", "BR-VT", "77", "Bắc Ninh", "79", "96"]


def test_a_date_that_may_be_two_days_dates_nothing(tmp_path):
    rows = "so,ma_tinh,ngay_cap\n1,Bắc Ninh,07/06/2025\n2,Bắc Ninh,06/07/2025\n"
    assert [change.column for change in Repair(faulty_of(tmp_path, rows)).changes()] == []
    answered = Repair(faulty_of(tmp_path, rows), {"C": ["dmy"]})
    assert [change.after for change in answered.changes() if change.column == "B"] == ["27", "24"]


@pytest.mark.parametrize(("kind", "cells", "codes"), [
    ("year", ["2024", "2025", "2026"], ["27", "24"]), ("yearmonth", ["2025-06", "2025-07", "2025"], ["27", "24"]),
    ("datetime", ["2025-06-30T23:59:00", "2025-07-01T00:00:00", ""], ["27", "24"]), ("string", ["2024-01-01", "2025-07-01", "x"], [])])
def test_months_years_and_moments_date_a_row(tmp_path, kind, cells, codes):
    schema = {"fields": [FIELD, {"name": "ngay_cap", "type": kind}]}
    text = "ma_tinh,ngay_cap\n" + "".join(f"Bắc Ninh,{cell}\n" for cell in cells)
    assert [change.after for change in Repair(faulty_of(tmp_path, text, schema)).changes() if change.column == "A"] == codes


def test_dates_of_a_workbook_date_its_rows(tmp_path):
    book = xlsx({"T": [["so", "ma_tinh", "ngay_cap"], ["1", "Bắc Ninh", Day(45838)], ["2", "Bắc Ninh", Day(45839)]]})  # 30/06 and 01/07/2025
    assert [change.after for change in Repair(faulty_of(tmp_path, book, name="a.xlsx")).changes()] == ["27", "24"]


def test_a_schema_that_names_no_date_asks(tmp_path):
    schema = {"fields": [{key: value for key, value in FIELD.items() if key != "valid_on"}, {"name": "ngay_cap", "type": "date"}]}
    assert list(Repair(faulty_of(tmp_path, "ma_tinh,ngay_cap\nBắc Ninh,2024-01-01\n", schema)).changes()) == []


def test_the_marked_workbook_says_why_a_name_is_asked(tmp_path):
    faulty = faulty_of(tmp_path, "so,ma_tinh,ngay_cap\n1,BR-VT,2025-08-01\n")
    write_marked(faulty, tmp_path / "o.xlsx", "en")
    with zipfile.ZipFile(tmp_path / "o.xlsx") as archive:
        assert "its successor is Thành phố Hồ Chí Minh, code 79" in archive.read("xl/comments1.xml").decode()
