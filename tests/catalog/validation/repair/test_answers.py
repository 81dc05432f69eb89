"""A person's answer decides all cells of one column and one cause, and nothing that the column proves itself."""

from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner

from catalog.cli import build
from catalog.validation import check
from catalog.validation.repair import Column, Repair
from catalog.validation.repair.answers import ANSWERED, WORDS, options

DATE, NUMBER, INTEGER = ({"name": "a", "type": kind} for kind in ("date", "number", "integer"))
REQUIRED = {**NUMBER, "constraints": {"required": True}}


def column_of(descriptor, *cells: str, answers: tuple[str, ...] = ()) -> Column:
    column = Column(descriptor, answers=answers)
    for cell in cells:
        column.look(cell)
    return column


@pytest.mark.parametrize(("descriptor", "cell", "answers"), [
    (DATE, "05/04/2023", {"dmy": "2023-04-05", "mdy": "2023-05-04"}),
    (DATE, "25/04/23", {"dmy-19": "1923-04-25", "dmy-20": "2023-04-25"}),
    (DATE, "05/04/23", {"dmy-19": "1923-04-05", "dmy-20": "2023-04-05", "mdy-19": "1923-05-04", "mdy-20": "2023-05-04"}),
    (INTEGER, "1.234", {"vietnamese": "1234"}), (NUMBER, "1,234", {"vietnamese": "1.234", "english": "1234"}),
    (NUMBER, "-", {"missing": "", "zero": "0"}), (DATE, "-", {"missing": ""}), (NUMBER, "na", {"not-collected": ""}),
    (NUMBER, "12%", {"percent": "12", "share": "0.12"}), (NUMBER, "(5)", {"yes": "-5"}),
])
def test_a_question_names_its_answers_and_what_each_writes(descriptor, cell, answers):
    column = column_of(descriptor, cell)
    found = options(column.proposal(cell), column)
    if list(answers) == ["vietnamese"]:  # a whole number has one reading, which is not beyond doubt
        assert list(found.values()) == ["1234"] and set(found) <= set(WORDS)
        answers = found
    assert found == answers
    for word, value in answers.items():
        proposal = column_of(descriptor, cell, answers=(word,)).proposal(cell)
        assert (proposal.after, proposal.rule) == (value, ANSWERED)


def test_an_answer_touches_no_cell_that_is_proven_or_of_another_cause():
    column = column_of(DATE, "05/04/2023", "2023-01-01", "ngày 6/5/2023", "-", answers=("mdy",))
    assert column.proposal("05/04/2023").after == "2023-05-04"
    assert column.proposal("ngày 6/5/2023").after == "2023-05-06" and column.proposal("ngày 6/5/2023").rule == "date-dmy"
    assert column.proposal("-").after is None and column.proposal("2023-01-01") is None
    assert column_of(DATE, "05/04/2023", "13/04/2023", answers=("mdy",)).proposal("05/04/2023").after == "2023-04-05"


def test_two_answers_to_one_question_are_none():
    assert column_of(DATE, "05/04/2023", answers=("dmy", "mdy")).proposal("05/04/2023").after is None


def test_a_writing_that_was_named_holds_for_numbers_that_were_valid_otherwise():
    cells = ("1,234", "1.234", "12.5", "7")
    column = column_of(NUMBER, *cells, answers=("vietnamese",))
    assert [(proposal.after if (proposal := column.proposal(cell)) else cell) for cell in cells] == ["1.234", "1234", "12.5", "7"]
    assert column_of(NUMBER, *cells, answers=("english",)).proposal("1.234") is None


def test_what_would_repeat_a_key_cannot_be_answered(tmp_path):
    schema = {"fields": [{"name": "ngay", "type": "date"}], "primaryKey": ["ngay"]}
    repair = Repair(faulty_of(tmp_path, "ngay\n05/04/2023\n2023-04-05\n", schema), {"A": ["dmy"]})
    assert [(asked.options, asked.count) for asked in repair.summary().questions.values()] == [({}, 1)]


def faulty_of(tmp_path, text: str, schema):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    return check(path, filename="a.csv", schema=schema).faulty


SCHEMA = {"fields": [{"name": "ma", "type": "string"}, {"name": "ngay", "type": "date", "title": "Ngày cấp"}, {"name": "so", "type": "number"}]}
TABLE = "ma,Ngày cấp,so\na,05/04/2023,-\nb,06/07/2023,na\nc,2023-01-02,3\n"


def test_each_cause_of_a_column_is_a_question_of_its_own(tmp_path):
    faulty = faulty_of(tmp_path, TABLE, SCHEMA)
    assert {key: asked.count for key, asked in Repair(faulty).summary().questions.items()} == {
        ("B", ("dmy", "mdy")): 2, ("C", ("missing", "zero")): 1, ("C", ("not-collected",)): 1}
    repair, out = Repair(faulty, {"B": ["dmy"], "C": ["zero", "not-collected"]}), io.StringIO()
    assert not repair.summary().questions and repair.write_csv(out) == 4
    assert list(csv.reader(io.StringIO(out.getvalue())))[1:] == [["a", "2023-04-05", "0"], ["b", "2023-07-06", ""], ["c", "2023-01-02", "3"]]
    assert {change.rule for change in repair.changes()} == {ANSWERED}


@pytest.fixture
def command(tmp_path):
    """`haidang validate` over the table, with more words."""
    (tmp_path / "bang.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")

    def run(*more: str):
        return CliRunner().invoke(build(), ["validate", str(tmp_path / "bang.csv"), "--schema", str(tmp_path / "schema.json"), *more])
    return run


def test_the_command_asks_and_takes_answers_by_letter_or_name(command, tmp_path):
    assert "--answer B=dmy (2023-04-05), --answer B=mdy (2023-05-04)" in command().stdout
    target = tmp_path / "out.csv"
    answer = command("--answer", "b=dmy", "--answer", "so=missing", "--corrected", str(target))
    assert answer.exit_code == 1 and "B=dmy" not in answer.stdout and "--answer C=not-collected" in answer.stdout
    assert target.read_text("utf-8").splitlines()[1:3] == ["a,2023-04-05,", "b,2023-07-06,na"]
    told = json.loads(command("--json", "--answer", "Ngày cấp=mdy").stdout)["haidang"]
    assert [change["rule"] for change in told["repair"]["changes"]] == [ANSWERED] * 2
    assert [question["answers"] for question in told["questions"]] == [{"missing": "", "zero": "0"}, {"not-collected": ""}]


def test_the_command_takes_a_province_of_names_that_repeat(command, tmp_path):
    assert "“in-7” chưa phải câu trả lời" in command("--answer", "B=in-7").output and "“in-” chưa" in command("--answer", "B=in-").output
    assert "--answer B=dmy" in command("--answer", "B=in-77").stdout  # an answer to nothing that is asked


@pytest.mark.parametrize(("given", "told"), [("Z=dmy", "không có cột “Z”"), ("B=xyz", "“xyz” chưa phải câu trả lời"), ("dmy", "không có cột")])
def test_an_answer_that_is_none_is_a_fault_of_usage(command, given, told):
    answer = command("--answer", given)
    assert answer.exit_code == 2 and told in answer.output
