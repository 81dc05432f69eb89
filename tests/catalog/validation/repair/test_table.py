"""A whole table is repaired where that is certain: changes are listed, questions asked, the file corrected, the workbook marked."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook
from support.workbooks import xlsx

import schemas
from catalog.cli import build
from catalog.issues import say
from catalog.validation import check
from catalog.validation.repair import Repair, marked, write_marked

SCHEMA = {"fields": [
    {"name": "ma", "type": "string", "title": "Mã", "constraints": {"required": True}}, {"name": "ngay", "type": "date", "title": "Ngày cấp"},
    {"name": "so", "type": "number", "title": "Số tiền"}, {"name": "loai", "type": "string", "title": "Loại", "constraints": {"enum": ["Chợ", "Siêu thị"]}}]}
ROWS = ["ma,ngay,so,loai", "1,2024-01-05,12.5,Chợ", "2,31/12/2024,\"1.234.567,5\",chợ", "3,05/04/2023,\"12,5\",Nhà kho", ",2024-02-01,-,siêu thị"]


def faulty_of(tmp_path: Path, text: str, schema=None, name: str = "a.csv", **more):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return check(path, filename=name, schema=schema or SCHEMA, **more)


@pytest.fixture
def verdict(tmp_path):
    return faulty_of(tmp_path, "\n".join(ROWS) + "\n")


def test_certain_changes_are_listed_with_their_cells(verdict):
    assert [(c.row, c.column, c.before, c.after) for c in Repair(verdict.faulty).changes()] == [
        (3, "B", "31/12/2024", "2024-12-31"), (3, "C", "1.234.567,5", "1234567.5"), (3, "D", "chợ", "Chợ"),
        (4, "B", "05/04/2023", "2023-04-05"), (4, "C", "12,5", "12.5"), (5, "D", "siêu thị", "Siêu thị")]


def test_what_is_not_certain_is_asked_with_its_readings(verdict):
    summary = Repair(verdict.faulty).summary()
    assert summary.total == 6
    assert {column: (asked.count, asked.cell, asked.text, asked.choices) for column, asked in summary.asked.items()} == {"C": (1, "C5", "-", ("",))}


def test_the_corrected_file_keeps_every_row_and_what_is_not_certain(verdict):
    out = io.StringIO()
    assert Repair(verdict.faulty).write_csv(out) == 6
    rows = list(csv.reader(io.StringIO(out.getvalue())))
    assert rows == [["ma", "ngay", "so", "loai"], ["1", "2024-01-05", "12.5", "Chợ"], ["2", "2024-12-31", "1234567.5", "Chợ"],
                    ["3", "2023-04-05", "12.5", "Nhà kho"], ["", "2024-02-01", "-", "Siêu thị"]]


def test_columns_that_are_headed_by_their_titles_are_repaired_alike(tmp_path, verdict):
    titled = faulty_of(tmp_path, "\n".join(["Mã,Ngày cấp,Số tiền,Loại", *ROWS[1:]]) + "\n", name="t.csv").faulty
    assert titled.layout.renamed
    assert list(Repair(titled).changes()) == list(Repair(verdict.faulty).changes())
    assert Repair(titled).summary().asked == Repair(verdict.faulty).summary().asked


@pytest.mark.parametrize("label", ["ma", "Mã"])
@pytest.mark.parametrize("key", ["ma", ["ma"]])
def test_a_key_is_not_repeated_by_a_repair_whatever_its_column_is_called(tmp_path, label, key):
    schema = {"fields": [{"name": "ma", "type": "string", "title": "Mã", "constraints": {"pattern": "[A-Z]+"}}, {"name": "b", "type": "string"}],
              "primaryKey": key, "missingValues": ["", "~"]}
    summary = Repair(faulty_of(tmp_path, f"{label},b\nabc,1\nABC,2\nde,3\n", schema).faulty).summary()
    assert [change.after for change in summary.changes] == ["DE"] and summary.asked["A"].cell == "A2"


def keyed(tmp_path, kind: str, text: str, **more):
    schema = {"fields": [{"name": "xa", "type": "string"}, {"name": "ky", "type": kind, **more.pop("field", {})}], **more}
    return Repair(faulty_of(tmp_path, text, schema).faulty)


@pytest.mark.parametrize(("kind", "cells"), [
    ("date", ["31/12/2024", "2024-12-31"]), ("date", ["31/12/2024", "31.12.2024"]), ("number", ["1.234.567", "1234567"]),
    ("number", ["1.234.567", "1234567.0"]), ("integer", ["1.234.567", "1 234 567"]), ("integer", ["12.0", "12,0"])])
@pytest.mark.parametrize("more", [{"primaryKey": ["xa", "ky"]}, {"primaryKey": "ky"}, {"field": {"constraints": {"unique": True}}}])
def test_a_repair_never_makes_two_rows_of_one_key(tmp_path, kind, cells, more):
    repair = keyed(tmp_path, kind, "xa,ky\n" + "".join(f'A,"{cell}"\n' for cell in cells), **dict(more))
    assert list(repair.changes()) == [] and repair.summary().asked["B"].count >= 1


def test_a_repair_that_keeps_keys_apart_is_certain(tmp_path):
    repair = keyed(tmp_path, "date", "xa,ky\nA,31/12/2024\nB,2024-12-31\n", primaryKey=["xa", "ky"])
    assert [change.after for change in repair.changes()] == ["2024-12-31"]


OFFICE = [["DANH SÁCH CHỢ"], ["Đơn vị tính: đồng"], ["ma", "ngay", "so", "loai"], ["1", "31/12/2024", "1.234.567,5", "chợ"], ["2", "2024-01-05", "5", "Chợ"],
          ["Nguồn: Sở Công Thương"]]


def test_the_corrected_file_is_the_whole_file(tmp_path):
    text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in OFFICE)
    out = io.StringIO()
    assert Repair(faulty_of(tmp_path, text).faulty).write_csv(out) == 3
    assert list(csv.reader(io.StringIO(out.getvalue()))) == [*OFFICE[:3], ["1", "2024-12-31", "1234567.5", "Chợ"], *OFFICE[4:]]


def test_the_marked_workbook_has_every_row_and_sheet_of_the_file(tmp_path):
    other = [["Ghi chú"], ["không đổi"]]
    verdict = faulty_of(tmp_path, xlsx({"T1": OFFICE, "Lỗi cần sửa": other}), name="b.xlsx")
    write_marked(verdict.faulty, tmp_path / "o.xlsx", "vi")
    book = CalamineWorkbook.from_path(str(tmp_path / "o.xlsx"))
    assert book.sheet_names == ["Lỗi cần sửa", "T1", "Lỗi cần sửa 2"]
    assert [[cell for cell in row if cell] for row in book.get_sheet_by_index(1).to_python()] == OFFICE
    assert book.get_sheet_by_index(2).to_python() == other


def notes_of(path: Path) -> dict[str, str]:
    """The comments of the marked sheet by cell."""
    with zipfile.ZipFile(path) as archive:
        tree = ElementTree.fromstring(archive.read("xl/comments1.xml"))
    return {entry.get("ref"): "".join(entry.itertext()) for entry in tree.iter() if entry.tag.endswith("}comment")}


def test_each_comment_tells_the_cause_of_its_own_cell(tmp_path):
    schema = {"fields": [{"name": "a", "type": "integer", "constraints": {"minimum": 5, "maximum": 9}}, {"name": "b", "type": "string"},
                         {"name": "c", "type": "string", "constraints": {"required": True}}]}
    found = faulty_of(tmp_path, "a,b,c\n1,x,y\n12,x,y\n6,x\n7,x,\n8,x,y,z\n", schema)
    write_marked(found.faulty, tmp_path / "o.xlsx", "en")
    mends = {(address, say(issue, "en").mend) for cause, issue in found.faulty.causes for address in cause.cells}
    assert {(address, line) for address, note in notes_of(tmp_path / "o.xlsx").items() for line in note.splitlines()} == mends
    assert {address for address, _ in mends} == {"A2", "A3", "C4", "C5", "D6"}


def test_missing_labels_and_rows_that_are_wrong_as_a_whole_are_marked(tmp_path):
    schema = {"fields": [{"name": name, "type": "string"} for name in "abc"], "primaryKey": ["a"]}
    found = faulty_of(tmp_path, "a,b\n1,x\n1,y\n", schema)
    write_marked(found.faulty, tmp_path / "o.xlsx", "vi")
    assert {"C1", "A3"} <= set(notes_of(tmp_path / "o.xlsx"))


def test_a_cause_is_certain_where_each_of_its_own_cells_is(tmp_path):
    schema = {"fields": [{"name": "a", "type": "string"}, {"name": "d", "type": "date", "constraints": {"required": True}}]}
    found = faulty_of(tmp_path, "a,d\n1,31/12/2024\n2,\n3,30/12/2024\n", schema)
    causes = Repair(found.faulty).summary().details(found.details["causes"], {})["causes"]
    assert {cause["code"]: cause["certain"] for cause in causes} == {"date-format": True, "cell-required": False}


def test_what_is_read_is_never_touched(tmp_path, verdict):
    write_marked(verdict.faulty, tmp_path / "o.xlsx", "vi")
    list(Repair(verdict.faulty).changes())
    assert (tmp_path / "a.csv").read_text("utf-8") == "\n".join(ROWS) + "\n"


@pytest.mark.parametrize("name", schemas.names())
def test_a_corrected_sample_has_no_error_left_in_what_was_changed(tmp_path, name):
    sample = schemas.load(name).invalid_sample
    before = check(sample, filename=sample.name, schema=name)
    out = tmp_path / "corrected.csv"
    repair = Repair(before.faulty)
    with out.open("w", encoding="utf-8", newline="") as file:
        changed = repair.write_csv(file)
    changes = list(repair.changes())
    assert len(changes) == changed
    after = check(out, filename="corrected.csv", schema=name)
    wrong = {(error.get("rowNumber"), error.get("fieldNumber")) for task in after.report["tasks"] for error in task["errors"]}
    assert {(change.row, ord(change.column) - 64) for change in changes if len(change.column) == 1} & wrong == set()
    assert after.errors <= before.errors


def test_the_marked_workbook_keeps_every_address_and_says_what_to_write(tmp_path, verdict):
    target = tmp_path / "o.xlsx"
    assert write_marked(verdict.faulty, target, "vi") == 9
    book = CalamineWorkbook.from_path(str(target))
    causes, table = (book.get_sheet_by_index(n).to_python() for n in (0, 1))
    assert causes[0][:5] == ["Cột", "Lỗi", "Cách sửa", "Ai xử lý", "Số ô"]
    assert len(causes) > len(verdict.faulty.causes)
    assert [row[1] for row in table] == ["ngay", "2024-01-05", "31/12/2024", "05/04/2023", "2024-02-01"]
    with zipfile.ZipFile(target) as archive:
        notes = archive.read("xl/comments1.xml").decode()
        links = archive.read("xl/worksheets/sheet1.xml").decode()
    assert 'ref="B3"' in notes and "Nên ghi: 2024-12-31" in notes and "Chọn một cách đọc" in notes
    assert "hyperlink" in links


def test_a_workbook_with_titles_above_its_header_keeps_its_rows(tmp_path):
    rows = [["DANH SÁCH"], [], ["ma", "ngay", "so", "loai"], ["1", "31/12/2024", 5, "Chợ"]]
    verdict = faulty_of(tmp_path, xlsx({"Quý 1": rows}), name="b.xlsx")
    write_marked(verdict.faulty, tmp_path / "o.xlsx", "en")
    book = CalamineWorkbook.from_path(str(tmp_path / "o.xlsx"))
    assert book.sheet_names == ["Errors to mend", "Quý 1"]
    assert book.get_sheet_by_index(1).to_python(skip_empty_area=False)[3][1] == "31/12/2024"


def test_formulas_and_addresses_in_cells_stay_text(tmp_path):
    verdict = faulty_of(tmp_path, "ma,ngay,so,loai\n=HYPERLINK(\"\"),hôm qua,1,Chợ\nhttp://a.vn,2024-01-01,1,Chợ\n")
    write_marked(verdict.faulty, tmp_path / "o.xlsx", "vi")
    with zipfile.ZipFile(tmp_path / "o.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet2.xml").decode()
    assert "<f>" not in sheet and "hyperlink" not in sheet


def test_marks_end_at_their_limit_and_say_so(tmp_path, monkeypatch):
    monkeypatch.setattr(marked, "MOST_MARKS", 3)
    verdict = faulty_of(tmp_path, "ma,ngay,so,loai\n" + "1,hôm qua,1,Chợ\n" * 10)
    assert write_marked(verdict.faulty, tmp_path / "o.xlsx", "vi") == 3
    causes = CalamineWorkbook.from_path(str(tmp_path / "o.xlsx")).get_sheet_by_index(0).to_python()
    assert any("Chỉ đánh dấu" in str(cell) for row in causes for cell in row)


@pytest.mark.parametrize("wanted", ["a/b:c[d]*?", "x" * 60, "Lỗi cần sửa", ""])
def test_a_sheet_gets_a_name_that_excel_takes(wanted):
    [name, other] = marked._sheet_names([wanted, wanted], "Lỗi cần sửa")
    assert name.casefold() != other.casefold() and len(other) <= 31
    assert 0 < len(name) <= 31 and name != "Lỗi cần sửa" and not set("[]:*?/\\'") & set(name)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("\n".join(ROWS) + "\n", "utf-8")
    (tmp_path / "s.json").write_text(json.dumps(SCHEMA), "utf-8")
    return lambda *arguments: CliRunner().invoke(build(), ["validate", "a.csv", "--schema", "s.json", *map(str, arguments)])


def test_the_command_writes_both_files_and_says_how_much(run, tmp_path):
    answer = run("--workbook", "o.xlsx", "--corrected", "o.csv", "--lang", "en")
    assert answer.exit_code == 1
    assert "9 cells are marked" in answer.stderr and "6 cells are certainly repaired" in answer.stderr
    assert zipfile.is_zipfile(tmp_path / "o.xlsx") and (tmp_path / "o.csv").read_text("utf-8").count("\n") == 5


def test_json_lists_changes_and_questions(run):
    report = json.loads(run("--json").stdout)["haidang"]
    assert report["repair"]["changes"][0] == {"row": 3, "column": "B", "before": "31/12/2024", "after": "2024-12-31", "rule": "date-dmy"}
    assert [question["where"] for question in report["questions"]] == ["C"]
    assert {cause["column"]: cause["certain"] for cause in report["causes"]}["B"] is True


@pytest.mark.parametrize(("option", "name"), [("--corrected", "nowhere/o.csv"), ("--workbook", "nowhere/o.xlsx")])
def test_a_file_that_cannot_be_written_is_said_and_leaves_nothing(run, tmp_path, option, name):
    answer = run(option, name)
    assert answer.exit_code == 2 and "Traceback" not in answer.output
    assert f"Chưa ghi được {name}: không có thư mục nowhere." in answer.stderr and f"{name} cannot be written: there is no folder nowhere." in answer.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "s.json"]


def test_a_good_file_needs_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sample = schemas.load("truong-hoc").valid_sample
    answer = CliRunner().invoke(build(), ["validate", str(sample), "--corrected", "o.csv"])
    assert answer.exit_code == 0 and not (tmp_path / "o.csv").exists() and "chưa ghi tệp nào" in answer.stderr
