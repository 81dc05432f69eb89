"""A cell is repaired only where its whole column leaves one reading; everything else is asked, and nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from support.faults import inject

import schemas
from catalog.validation.repair import Column, Proposal


def propose(descriptor: dict[str, Any], cell: str, *others: str) -> Proposal | None:
    column = Column({"name": "a", **descriptor})
    for other in (*others, cell):
        column.look(other)
    return column.proposal(cell)


def meant(descriptor: dict[str, Any], cell: str, *others: str) -> str | None:
    found = propose(descriptor, cell, *others)
    return found.after if found else None


def asked(descriptor: dict[str, Any], cell: str, *others: str) -> set[str]:
    found = propose(descriptor, cell, *others)
    assert found is not None and not found.certain
    return {reading.value for reading in found.readings}


DATE, NUMBER, INTEGER, BOOLEAN = ({"type": kind} for kind in ("date", "number", "integer", "boolean"))
CODE = {"type": "string", "constraints": {"pattern": "[A-Z0-9]+(?:-[A-Z0-9]+)*"}}
KIND = {"type": "string", "constraints": {"enum": ["Chợ", "Siêu thị", "Xã Hòa Hiệp"]}}


@pytest.mark.parametrize(("cell", "day"), [
    ("31/12/2024", "2024-12-31"), ("31-12-2024", "2024-12-31"), ("31.12.2024", "2024-12-31"), ("ngày 15/8/2005", "2005-08-15"),
    ("ngày 5 tháng 4 năm 2023", "2023-04-05"), ("5/5/2023", "2023-05-05"), ("2023/10/5", "2023-10-05"), (" 31/12/2024\u00a0", "2024-12-31")])
def test_a_date_with_one_reading_is_certain(cell, day):
    assert meant(DATE, cell) == day


def test_a_date_with_two_readings_is_asked_until_the_column_proves_one():
    assert asked(DATE, "05/04/2023") == {"2023-04-05", "2023-05-04"}
    assert meant(DATE, "05/04/2023", "13/01/2023") == "2023-04-05"
    assert meant(DATE, "05/04/2023", "01/13/2023") == "2023-05-04"
    assert asked(DATE, "05/04/2023", "13/01/2023", "01/13/2023") == {"2023-04-05", "2023-05-04"}


def test_the_month_first_is_believed_of_cells_of_the_same_look_only():
    assert asked(DATE, "05.04.2023", "01/13/2023") == {"2023-04-05", "2023-05-04"}


def test_no_day_that_does_not_exist_is_proposed():
    assert propose(DATE, "31/02/2024") is None and propose(DATE, "hôm qua") is None


def test_a_century_is_asked_unless_the_columns_years_prove_it():
    assert asked(DATE, "15/8/05") == {"1905-08-15", "2005-08-15"}
    assert meant(DATE, "15/8/05", "16/9/2005", "17/9/2011", "2008-01-01") == "2005-08-15"


def test_a_moment_keeps_its_time():
    assert meant({"type": "datetime"}, "31/12/2024 14:30") == "2024-12-31T14:30:00"


@pytest.mark.parametrize(("cell", "number"), [
    ("1.234.567,89", "1234567.89"), ("1,234,567.89", "1234567.89"), ("1 234 567,8", "1234567.8"), ("12,5", "12.5"), ("−5,25", "-5.25"), ("(12,5)", "-12.5")])
def test_a_number_with_one_reading_is_certain(cell, number):
    assert meant(NUMBER, cell) == number


def test_one_group_of_three_digits_is_asked_until_its_sign_is_proven():
    assert asked(NUMBER, "1,234") == {"1.234", "1234"}
    assert meant(NUMBER, "1,234", "12,5") == "1.234"
    assert meant(NUMBER, "1,234", "1,234,567") == "1234"
    assert asked(NUMBER, "1,234", "12.5") == {"1.234", "1234"}, "that other cells are in order proves nothing of this one"
    assert asked(NUMBER, "1,234", "12,5", "12.5") == {"1.234", "1234"}
    assert asked(INTEGER, "1.234") == {"1234"}
    assert meant(INTEGER, "1.234", "1.234.567") == "1234"
    assert meant(INTEGER, "1.234", "5.678", "9.012") == "1234", "three whole numbers with three digits each are no decimals"


def test_a_valid_number_that_the_column_says_otherwise_is_repaired_too():
    assert meant(NUMBER, "1.234", "1.234.567") == "1234"
    assert propose(NUMBER, "1.234", "12,5") is None, "a decimal comma does not say what a point is"
    assert propose(NUMBER, "0.567", "1.234.567") is None


def test_whole_numbers_lose_what_a_program_added():
    assert (meant(INTEGER, "12.0"), meant(INTEGER, "12,0"), meant(INTEGER, "1 234")) == ("12", "12", "1234")
    assert propose(INTEGER, "12,5") is None


def test_percent_is_certain_where_the_field_says_percent():
    assert meant({"type": "number", "title": "Tỷ lệ (%)"}, "12,5%") == "12.5"
    assert asked(NUMBER, "12,5%") == {"12.5", "0.125"}
    assert meant({"type": "number", "constraints": {"maximum": 1}}, "12,5%") == "0.125"


@pytest.mark.parametrize("cell", ["-", "–", "x"])
def test_a_dash_never_becomes_nought(cell):
    assert asked(NUMBER, cell) == {""}


def test_not_collected_is_a_missing_value_unless_one_is_required():
    assert meant(NUMBER, "…") == ""
    assert propose({"type": "number", "constraints": {"required": True}}, "…") is None


def test_constraints_rule_out_readings():
    assert meant({"type": "date", "constraints": {"maximum": "2023-04-30"}}, "05/04/2023") == "2023-04-05"
    assert propose({"type": "number", "constraints": {"minimum": 0}}, "(12,5)") is None


@pytest.mark.parametrize(("cell", "value"), [("chợ", "Chợ"), ("SIÊU  THỊ ", "Siêu thị"), ("sieu thi", "Siêu thị"), ("Xã Hoà Hiệp", "Xã Hòa Hiệp")])
def test_a_value_of_a_list_is_known_by_its_word(cell, value):
    assert meant(KIND, cell) == value


def test_a_word_that_could_be_two_is_asked_and_one_that_is_none_is_left():
    assert asked({"type": "string", "constraints": {"enum": ["Cho", "Chợ", "Chở"]}}, "chó") == {"Cho", "Chợ", "Chở"}
    assert propose(KIND, "cửa hàng") is None


@pytest.mark.parametrize(("cell", "value"), [("cho-015", "CHO-015"), (" CHO - 015 ", "CHO-015")])
def test_a_code_is_written_as_its_pattern_wants(cell, value):
    assert meant(CODE, cell) == value


def test_what_a_missing_sign_was_is_asked():
    assert asked(CODE, "CHO 015") == {"CHO015"}
    assert propose({"type": "string", "constraints": {"pattern": r"\d{5}"}}, "2650") is None


def test_words_for_yes_no_months_quarters_and_years():
    assert (meant(BOOLEAN, "Có"), meant(BOOLEAN, "không")) == ("true", "false")
    assert asked(BOOLEAN, "x") == {"true"}
    assert meant({"type": "yearmonth"}, "tháng 10/2023") == "2023-10"
    assert meant({"type": "year"}, "năm 2023") == "2023"
    assert meant({"type": "string", "constraints": {"pattern": r"\d{4}-Q[1-4]"}}, "Quý III/2023") == "2023-Q3"


def test_good_cells_are_left_alone():
    for descriptor, cell in ((DATE, "2024-12-31"), (NUMBER, "12.5"), (KIND, "Chợ"), (CODE, "CHO-015"), (NUMBER, ""), (INTEGER, " 12 ")):
        assert propose(descriptor, cell) is None


def test_fields_with_their_own_signs_are_not_read_in_another_way():
    assert propose({"type": "number", "decimalChar": ",", "groupChar": "."}, "1,234,567") is None


def test_no_certain_proposal_is_wrong_over_many_faults_in_every_schema():
    entries = [entry for name in schemas.names() for entry in schemas.load(name).descriptor["fields"]]
    tally = inject(entries, 6_000, seed=2024)
    assert tally.wrong == []
    assert tally.share_certain() >= 0.9
