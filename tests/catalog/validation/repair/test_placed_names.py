"""A name of a commune becomes its code only where its day and its place leave one unit; what repeats, ended or contradicts the row is asked."""

from __future__ import annotations

import csv
import io
import random
import unicodedata
from collections import defaultdict
from datetime import date, timedelta
from functools import cache

import pytest
from support.workbooks import xlsx

import schemas
from catalog.validation import check
from catalog.validation.repair import Column, Repair
from catalog.validation.repair.answers import options
from catalog.validation.repair.placed_names import names_of
from schemas import dated_codes

PLACES = ["ma_huyen", "ma_tinh"]
FIELD = {"name": "ma_xa", "type": "string", "title": "Mã xã", "constraints": {"pattern": "[0-9]{5}"}, "codes": "vn-commune", "valid_on": "ngay", "within": PLACES}
SCHEMA = {"fields": [FIELD, {"name": "ma_huyen", "type": "string"}, {"name": "ma_tinh", "type": "string"}, {"name": "ngay", "type": "date"}]}
BEFORE, SINCE, IN_2024 = date(2025, 6, 30), date(2025, 7, 1), date(2024, 4, 1)
COLUMN = Column(FIELD)


def proposed(cell: str, on, *within: str):
    return COLUMN.proposal(cell, (on, on) if isinstance(on, date) else on, within)


def asked(cell: str, on, *within: str) -> tuple[set[str], str]:
    """The codes of a question and its reason."""
    found = proposed(cell, on, *within)
    assert not found.certain and found.because.keys() == {"vi", "en"}
    return {reading.value for reading in found.readings}, found.because["vi"]


def repaired(tmp_path, text, schema=None, name="a.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Repair(check(path, filename=name, schema=schema or SCHEMA).faulty)


@pytest.mark.parametrize("cell", [
    "Phường 1", "phường 01", "P.1", "P. 01", "P1", "PHƯỜNG 1", "phuong 1", unicodedata.normalize("NFD", "Phường 1"), " Phường\u00a01 "])
@pytest.mark.parametrize("within", [("747", "77"), ("747", ""), ("Thành phố Vũng Tàu", "BR-VT"), ("TP. Vũng Tàu", "")])
def test_a_name_and_its_district_are_known_in_every_usual_spelling(cell, within):
    assert proposed(cell, IN_2024, *within).after == "26506"


@pytest.mark.parametrize(("cell", "day", "within", "code"), [
    ("Xã Hòa Hội", BEFORE, ("", "77"), "26650"), ("Xã Hoà Hội", SINCE, ("", "79"), "26641"), ("xa hoa hoi", BEFORE, ("", "77"), "26650"),
    ("Phường Rạch Dừa", BEFORE, ("747", "77"), "26535"), ("Phường Rạch Dừa", SINCE, ("", "79"), "26536"),
    ("Phường Phước Hưng", IN_2024, ("", "77"), "26548"), ("Xã Phước Hưng", IN_2024, ("", "77"), "26677"),
    ("Phước Hưng", IN_2024, ("748", "77"), "26548"), ("TT. Long Điền", BEFORE, ("753", "77"), "26659"), ("Thị trấn Long Điền", IN_2024, ("Long Điền", "77"), "26659"),
    ("Đặc khu Côn Đảo", SINCE, ("", "TP.HCM"), "26732"), ("Côn Đảo", SINCE, ("", "79"), "26732"), ("Xã Long Thành", date(2026, 4, 29), ("", "75"), "26368"),
    ("Phường Long Thành", date(2026, 4, 30), ("", "Thành phố Đồng Nai"), "26368"), ("xã Hiệp Hòa", date(2026, 9, 19), ("", "24"), "07840"),
    ("Phường Hiệp Hoà", date(2026, 9, 20), ("", "24"), "07840"), ("Xã Đăk Long", BEFORE, ("610", "62"), "23368")])
def test_a_name_has_the_code_of_its_day_and_place(cell, day, within, code):
    assert proposed(cell, day, *within).after == code


def test_a_name_that_repeats_is_certain_only_in_its_place():
    codes, why = asked("Phường 1", IN_2024)
    assert "26506" in codes and "“Phường 1” có thể là một trong 37 đơn vị" in why
    assert asked("Xã Tân Lập", SINCE)[0] == {"19462", "23134", "25489"}
    assert asked("Phước Hưng", IN_2024, "", "77")[0] == {"26548", "26677"}
    assert proposed("Phường Thắng Tam", IN_2024).after == "26508"  # nowhere else, at no time


def test_a_name_that_repeats_is_answered_once_with_the_province():
    found = options(proposed("Phường 1", IN_2024), COLUMN)
    assert found["in-77"] == "26506" and "in-79" not in found  # one in the first, many in the second
    column = Column(FIELD, answers=("in-77",))
    said = {cell: column.proposal(cell, (IN_2024, IN_2024)).after for cell in ("Phường 1", "P.2", "Phường Phước Hưng", "Phước Hưng", "Phường 14")}
    assert said == {"Phường 1": "26506", "P.2": "26509", "Phường Phước Hưng": "26548", "Phước Hưng": None, "Phường 14": None}
    assert column.proposal("Phường Rạch Dừa", (SINCE, SINCE)).after is None  # that province was no more
    assert Column(FIELD, answers=("in-79",)).proposal("Phường Rạch Dừa", (SINCE, SINCE)).after == "26536"
    assert column.proposal("Phường Thắng Tam", (IN_2024, IN_2024), ("", "01")).after is None


def test_names_that_repeat_in_other_provinces_are_one_question(tmp_path):
    rows = ["ma_xa,ma_huyen,ma_tinh,ngay", *(f"{name},,,2024-04-01" for name in ("Phường 1", "Phường 2", "Xã Hòa Hội", "Phường Phước Hưng", "Thắng Tam"))]
    text = "\n".join(rows) + "\n"
    questions = {question["cell"]: question for question in repaired(tmp_path, text).summary().details([], {})["questions"]}
    assert questions["A2"]["count"] == 3 and questions["A2"]["answers"]["in-77"] == "26506" and list(questions["A6"]["answers"]) == ["yes"]
    answered = Repair(check(tmp_path / "a.csv", filename="a.csv", schema=SCHEMA).faulty, {"A": ["in-77"]})
    assert [change.after for change in answered.changes()] == ["26506", "26509", "26650", "26548"]


@pytest.mark.parametrize("seed", range(3))
def test_what_a_province_answers_is_as_certain_as_if_the_row_named_it(seed):
    chance, units = random.Random(seed), dated_codes.load("vn-commune")
    provinces, settled = sorted({unit.code for unit in dated_codes.load("vn-province")}), 0
    columns = {code: Column(FIELD, answers=(f"in-{code}",)) for code in provinces}
    districts = {unit.code: unit.parent for unit in dated_codes.load("vn-district")}
    for _ in range(2000):
        unit = chance.choice(units)
        code = chance.choice([districts.get(unit.parent, unit.parent)] * 60 + provinces)
        day = chance.choice([IN_2024, BEFORE, SINCE, unit.earliest, unit.latest or SINCE])
        for text in (unit.full_name, unit.name, _unmarked(unit.full_name)):
            alone, said, named = proposed(text, day), columns[code].proposal(text, (day, day)), proposed(text, day, "", code)
            if said is not None and said.certain and not alone.certain:
                settled += 1
                assert named.certain and named.after == said.after, (text, day, code)
    assert settled > 400


def test_one_name_in_two_districts_of_a_province_needs_the_district():
    codes, _ = asked("Xã Tân Hưng", IN_2024, "", "70")
    assert len(codes) == 2
    assert {proposed("Xã Tân Hưng", IN_2024, district, "70").after for district in ("694", "696")} <= codes | {None}


def test_without_a_place_a_name_that_another_unit_had_is_asked():
    once = next(unit for unit in dated_codes.load("vn-commune") if unit.holds(SINCE) and unit.full_name == "Xã Bàu Lâm")
    assert proposed(once.full_name, SINCE).after == once.code
    assert "thời gian khác nhau" in asked("Phường Rạch Dừa", SINCE)[1]


@pytest.mark.parametrize(("cell", "day", "within", "code", "said"), [
    ("Phường Thắng Tam", SINCE, (), "26506", "đơn vị kế tiếp là Phường Vũng Tàu, mã 26506"), ("Phường Thắng Tam", SINCE, ("", "79"), "26506", "30/06/2025"),
    ("Phường Thắng Tam", SINCE, ("Vũng Tàu", "BR-VT"), "26506", "kế tiếp"), ("Xã Long Thành", date(2026, 4, 30), ("", "75"), "26368", "29/04/2026")])
def test_a_name_that_ended_is_asked_with_its_successor(cell, day, within, code, said):
    codes, why = asked(cell, day, *within)
    assert codes == {code} and said in why and options(proposed(cell, day, *within), COLUMN) == {"successor": code}


def test_a_unit_that_was_divided_is_asked_with_all_that_followed():
    codes, why = asked("Phường Kim Mã", SINCE, "", "01")
    assert len(codes) > 1 and "đơn vị kế tiếp" in why and options(proposed("Phường Kim Mã", SINCE, "", "01"), COLUMN) == {}


@pytest.mark.parametrize(("cell", "day", "within"), [
    ("Phường Thắng Tam", IN_2024, ("", "01")), ("Phường Thắng Tam", IN_2024, ("748", "77")), ("Phường Thắng Tam", IN_2024, ("747", "79")),
    ("Xã Hòa Hội", BEFORE, ("", "79")), ("Phường Vũng Tàu", SINCE, ("", "Hà Nội"))])
def test_a_name_that_is_not_in_the_place_of_its_row_stays_an_error_whatever_is_answered(cell, day, within):
    codes, why = asked(cell, day, *within)
    assert codes and "không thuộc tỉnh, huyện ghi ở dòng này" in why
    found = COLUMN.proposal(cell, (day, day), within)
    assert options(found, COLUMN) == {}
    assert Column(FIELD, answers=("yes", "successor", "current", "former")).proposal(cell, (day, day), within).after is None


@pytest.mark.parametrize("within", [("Vũng Tầu", "77"), ("999", "77"), ("Sài Gòn", ""), ("747", "79 - TP.HCM")])
def test_a_place_that_nobody_knows_has_to_be_mended(within):
    found = proposed("Phường 1", IN_2024, *within)
    assert found.after is None and options(found, COLUMN) == {}


def test_a_name_that_came_later_has_to_be_mended():
    codes, why = asked("Phường Vũng Tàu", BEFORE, "747", "77")
    assert codes == {"26506"} and "chỉ có trong danh mục mã từ ngày 01/07/2025" in why
    assert options(proposed("Phường Vũng Tàu", BEFORE), COLUMN) == {}


@pytest.mark.parametrize(("cell", "day", "within"), [
    ("Xã Tân Hòa", date(2025, 2, 10), ("754", "77")), ("Phường Tân Hòa", date(2025, 2, 10), ("754", "77")), ("Thị trấn Long Điền", date(2024, 8, 1), ("752", "77")),
    ("Phường 14", date(2025, 1, 4), ("765", "79")), ("Phường Thắng Tam", date(2015, 6, 1), ("747", "77")), ("Phường Thắng Tam", date(1999, 6, 1), ("", ""))])
def test_a_day_on_which_nothing_is_proven_is_asked(cell, day, within):
    assert asked(cell, day, *within)[0]


def test_a_name_without_its_rank_may_be_that_of_a_district():
    assert "không ghi cấp" in asked("Thắng Tam", IN_2024)[1]
    assert "không ghi cấp" in asked("Long Điền", IN_2024, "752", "77")[1]  # the township, or the district around it
    assert proposed("Thắng Tam", IN_2024, "747", "77").after == "26508"
    assert proposed("1", IN_2024, "747", "77") is None


def test_a_row_without_a_date_is_asked_even_where_one_code_is_known():
    assert asked("Xã Long Sơn", None, "747", "77")[0] == {"26545"}
    assert options(proposed("Xã Long Sơn", None, "747", "77"), COLUMN) == {"yes": "26545"}
    assert options(proposed("Phường Thắng Tam", None, "747", "77"), COLUMN) == {"former": "26508", "current": "26506"}
    assert proposed("Phường Thắng Tam", (date(2025, 1, 1), date(2025, 12, 31)), "", "").after is None


@pytest.mark.parametrize("cell", ["Phường Thắng Tâm", "phường thang tám", "Xã Bàu Lẩm"])
def test_other_marks_may_mean_another_word(cell):
    found = proposed(cell, IN_2024, "", "77")
    assert found is None or not found.certain


@pytest.mark.parametrize("cell", ["Phường Thắng", "Xã Thắng Tam", "Thị xã Long Sơn", "Huyện Châu Đức", "P.", "xã", "Phường 1, Vũng Tàu"])
def test_what_is_no_name_of_a_commune_stays(cell):
    assert proposed(cell, IN_2024, "747", "77") is None


def test_a_district_is_known_in_its_province():
    column = Column({"name": "ma_huyen", "type": "string", "constraints": {"pattern": "[0-9]{3}"}, "codes": "vn-district"})
    day = (IN_2024, IN_2024)
    assert column.proposal("Huyện Châu Thành", day).after is None
    assert column.proposal("Huyện Châu Thành", day, ("Bến Tre",)).after == "831"
    assert column.proposal("TX. Phú Mỹ", day, ("77",)).after == "754"
    assert column.proposal("Huyện Long Đất", (BEFORE, BEFORE)).after == "753"
    assert column.proposal("Huyện Châu Đức", (SINCE, SINCE), ("79",)) is None  # no districts any more, and nothing that followed


@pytest.mark.parametrize("seed", range(5))
def test_nothing_certain_is_wrong(seed):
    """Names as people write them, on any day, with any place: certain only where the list alone has one unit, and only that one."""
    chance, settled = random.Random(seed), 0
    called, units, above = _called(), dated_codes.load("vn-commune"), [unit for name in ("vn-province", "vn-district") for unit in dated_codes.load(name)]
    by_code = {unit.code: unit for unit in above}
    ends = {day for unit in units for day in (unit.first, unit.latest, unit.earliest) if day and day != date.max}
    days = [*sorted(day + timedelta(days=more) for day in ends for more in (-1, 0, 1)), *[SINCE, BEFORE, IN_2024] * 5]
    for _ in range(4000):
        unit, lying = chance.choice(units), chance.choice([True, True, True, False])
        code = (unit if lying else chance.choice(units)).parent
        places = [by_code[code], *([by_code[by_code[code].parent]] if len(code) == 3 else [])]
        within = tuple(chance.choice([place.code, place.full_name, ""]) for place in places)
        name, day = chance.choice([unit.full_name, unit.full_name, unit.name]), chance.choice(days)
        text = chance.choice([name, name.upper(), name.lower(), _unmarked(name)])
        found = proposed(text, day, *within)
        if found is None or not found.certain:
            continue
        settled += 1
        meant = [{other.code for other in above if cell in (other.code, other.full_name) and other.may_hold(day, day)} for cell in within if cell]
        around = {other: {other.parent, getattr(by_code[other.parent], "parent", "")} for other in called[_key(text)] if other.may_hold(day, day)}
        possible = [other for other, lies_in in around.items() if all(codes & lies_in for codes in meant)]
        assert {other.code for other in possible} == {found.after}, (text, day, within, found)
        assert any(other.holds(day) for other in possible)
        assert meant or len({other.code for other in called[_key(text)]}) == 1
    assert settled > 800


@cache
def _called():
    """The communes by every text that a test writes for one, marked or not, with its rank or not."""
    found = defaultdict(list)
    for unit in dated_codes.load("vn-commune"):
        texts = (text for name in (unit.name, *unit.also) for text in (name, f"{unit.rank} {name}"))
        for key in dict.fromkeys(_key(text) for name in texts for text in (name, _unmarked(name))):
            found[key].append(unit)
    return found


def _unmarked(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D")) if not unicodedata.combining(sign))


def _key(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.lower())
    words = "".join(sign if sign.isalnum() or unicodedata.combining(sign) else " " for sign in apart).split()
    tones = "\u0300\u0301\u0303\u0309\u0323"
    return " ".join("".join(sign for sign in word if sign not in tones) + "".join(sign for sign in word if sign in tones) for word in words)


def test_the_rows_of_a_table_are_placed_by_their_columns(tmp_path):
    rows = ["ma_xa,ma_huyen,ma_tinh,ngay", "Phường 1,747,77,2024-04-01", "Phường 1,,,2024-04-01", "P.1,Vũng Tàu,BR-VT,30/04/2024", "Phường 1,747,01,2024-04-01",
            "Phường Thắng Tam,,79,2025-07-01", "26509,747,77,2024-04-01", "Phường 1,747,77,", "Xã Hòa Hội,,79,2025-07-01"]
    repair = repaired(tmp_path, "\n".join(rows) + "\n")
    assert {(change.row, change.after) for change in repair.changes() if change.column == "A"} == {(2, "26506"), (4, "26506"), (9, "26641")}
    questions = {tuple(question["answers"]): question for question in repair.summary().details([], {"A": "Mã xã"})["questions"]}
    assert questions["successor",]["answers"] == {"successor": "26506"} and (questions[()]["cell"], questions[()]["count"]) == ("A5", 1)
    out = io.StringIO()
    repair.write_csv(out)
    assert [row[0] for row in csv.reader(io.StringIO(out.getvalue()))] == [
        "ma_xa", "26506", "Phường 1", "26506", "Phường 1", "Phường Thắng Tam", "26509", "Phường 1", "26641"]


def test_a_code_of_a_province_that_is_a_number_places_a_row_too(tmp_path):
    book = xlsx({"T": [["ma_xa", "ma_huyen", "ma_tinh", "ngay"], ["Phường 1", 747, 77, "2024-04-01"]]})
    assert [change.after for change in repaired(tmp_path, book, name="a.xlsx").changes() if change.column == "A"] == ["26506"]


def test_the_schemas_of_the_house_take_names_of_communes(tmp_path):
    schema = schemas.load("cho-sieu-thi")
    with schema.valid_sample.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0] |= {"ma_don_vi_hanh_chinh": "Phường Thắng Tam", "ngay_cap_nhat": "2024-04-01"}
    rows[1] |= {"ma_don_vi_hanh_chinh": "Phường 1", "ngay_cap_nhat": "2024-04-01"}
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    assert [change.after for change in repaired(tmp_path, out.getvalue(), schema.descriptor).changes()] == ["26508"]


def test_a_list_is_made_ready_once():
    assert names_of("vn-commune") is names_of("vn-commune")
