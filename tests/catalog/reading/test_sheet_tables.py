"""Header, range and tables of a sheet are found as offices lay them out; where there is a doubt, the table says so."""

from __future__ import annotations

import time

import pytest
from support.sheets import Expected, one_table, sheets
from support.workbooks import xlsx

from catalog.issues import say
from catalog.reading.sheet_rows import Span, is_header_like, is_numbering, row_of
from catalog.reading.sheet_tables import find_tables
from catalog.validation import check, engine

SHEETS = list(sheets())


def found(cells, merges=()) -> list[Expected]:
    return [Expected(table.header, table.body or (0, 0), table.columns) for table in find_tables(cells, merges)]


def test_at_least_nineteen_in_twenty_sheets_are_right_and_the_rest_say_that_they_are_not_sure():
    wrong = [sheet for sheet in SHEETS if tuple(found(sheet.cells, sheet.merges)) != sheet.tables]
    assert len(SHEETS) >= 40
    assert len(wrong) <= len(SHEETS) * 0.05, "\n".join(sheet.name for sheet in wrong)
    assert [sheet.name for sheet in wrong if all(table.confident for table in find_tables(sheet.cells, sheet.merges))] == []


@pytest.mark.parametrize("cells", [["1", "2", "3", "4"], ["A", "B", "1", "2", "3"], ["(1)", "(2)", "(3)=(1)+(2)"], [1, 2, 3]])
def test_a_row_that_numbers_the_columns(cells):
    assert is_numbering(row_of(1, cells))


@pytest.mark.parametrize("cells", [["1", "Vũng Tàu", "12"], ["2021", "2022", "2023"], ["5", "1", "9", "3"]])
def test_a_row_that_only_looks_like_one(cells):
    assert not is_numbering(row_of(1, cells))


def test_labels_are_made_of_all_rows_of_a_header():
    cells, merges, _ = one_table([], 2, counter=True, numbered=False, groups=False, total=False, notes=False)
    assert find_tables(cells, merges)[0].labels == ("TT", "Đơn vị", "Chia theo nguồn / Ngân sách / Tỉnh", "Chia theo nguồn / Ngân sách / Huyện", "Ghi chú")


def test_rows_that_are_no_data_are_listed_with_their_kinds():
    cells, merges, expected = one_table([["Tiêu đề"], ["", "ĐVT: triệu đồng"]], 0, counter=True, numbered=True, groups=True, total=True, notes=True)
    table = find_tables(cells, merges)[0]
    assert table.unit == "triệu đồng" and table.titles == (1, 2) and table.numbering == 4
    assert [kind for _, kind in sorted(table.kinds.items())] == ["group", "group", "total"]
    assert table.notes[0] == expected.body[1] + 2


def test_a_sheet_of_nothing_has_no_table():
    assert find_tables([]) == [] == find_tables([[], ["Tiêu đề"], []])


@pytest.mark.parametrize("many", ["ngay thang ", "1 ", "1,1 ", "(", "*", "ngay ", "đơn vị tính ", "cộng a ", "I", "A=", "(1)+"])
def test_work_on_one_endless_cell_grows_with_its_length_only(many):
    def work(count: int) -> float:
        started = time.process_time()
        for text in (many * count, "1=" + many * count + "x", "tổng " + many * count):
            for row in (row_of(1, [text]), row_of(1, [text, "b", "c"])):
                is_header_like(row, 3), is_numbering(row), row.is_signature, row.is_note, row.is_total, row.is_group, row.unit
        return time.process_time() - started

    short, long = (min(work(count) for _ in range(3)) for count in (500, 8_000))
    assert long < 16 * 5 * short, "sixteen times the length costs about sixteen times the work, not its square"


@pytest.mark.parametrize(("text", "expected"), [
    ("Vũng Tàu, ngày 15 tháng 8 năm 2023", True), ("ngày ... tháng ... năm ...", True), ("Năm ngày trong tháng", False), ("tháng 8 năm 2023", False),
    ("ngày tháng", False), ("Ngày " + "rất " * 50 + "tháng năm", False)])
def test_a_line_of_place_and_date_has_its_words_in_order(text, expected):
    assert row_of(1, [text]).is_signature is expected


def test_a_long_label_is_kept_whole():
    label = "Số lượng " + "rất " * 200 + "dài"
    assert find_tables([["STT", label, "Ghi chú"], ["1", "5", "x"], ["2", "6", "y"]])[0].labels[1] == label


SCHEMA = {"fields": [{"name": "don_vi", "type": "string", "title": "Đơn vị"}, {"name": "trung_uong", "type": "integer", "title": "Trung ương"},
                     {"name": "dia_phuong", "type": "integer", "title": "Địa phương"}, {"name": "ghi_chu", "type": "string", "title": "Ghi chú"}]}


def checked(tmp_path, cells, schema=None):
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx({"T9": [[None if cell == "" else cell for cell in row] for row in cells]}))
    return check(path, filename="a.xlsx", schema=schema)


def test_a_workbook_is_checked_by_its_last_labels_and_errors_keep_their_rows(tmp_path):
    cells, _, expected = one_table([["Báo cáo"], []], 1, counter=False, numbered=True, groups=True, total=True, notes=True)
    cells[expected.body[0] + 1][1] = "mười"
    verdict = checked(tmp_path, cells, SCHEMA)
    errors = verdict.report["tasks"][0]["errors"]
    assert [(error["rowNumber"], error["fieldName"], error["cell"]) for error in errors] == [(expected.body[0] + 2, "trung_uong", "mười")]
    layout = verdict.details["layout"][0]
    assert (layout["header"], layout["data"]) == (list(expected.header), [expected.body[0] + 1, expected.body[1]])
    assert layout["mapping"] == {"A": "don_vi", "B": "trung_uong", "C": "dia_phuong", "D": "ghi_chu"}
    assert {entry["kind"] for entry in layout["skipped"]} >= {"group", "total", "note", "numbering"}


def test_what_was_not_taken_for_data_is_said(tmp_path):
    cells, _, _ = one_table([["Báo cáo"], []], 1, counter=False, numbered=False, groups=True, total=True, notes=True)
    verdict = checked(tmp_path, cells, SCHEMA)
    issue = next(issue for issue in verdict.issues if issue.code == "rows-not-data")
    assert "2 dòng tên nhóm" in say(issue, "vi").what and "1 totals" in say(issue, "en").what
    assert verdict.state == "valid" and verdict.rows == 8


def test_a_table_without_a_schema_is_found_below_its_titles(tmp_path):
    cells, _, expected = one_table([["Báo cáo"], ["Năm 2023"], []], 0, counter=True, numbered=False, groups=False, total=True, notes=True)
    verdict = checked(tmp_path, cells)
    assert verdict.fields == ("STT", "Đơn vị", "Tổng vốn", "Đã giải ngân", "Ghi chú") and verdict.rows == 8
    assert verdict.details["layout"][0]["header"] == list(expected.header)


def test_a_plain_table_is_read_as_before(tmp_path):
    verdict = checked(tmp_path, [["a", "b"], [1, 2], [3, 4]])
    assert (verdict.fields, verdict.rows) == (("a", "b"), 2)
    assert verdict.details["layout"][0]["data"] == [2, 3]


PLACED = {"fields": [{"name": "ma", "type": "string", "title": "Mã"}, {"name": "so", "type": "integer", "title": "Số"}, {"name": "ghi", "type": "string", "title": "Ghi chú"}]}


@pytest.mark.parametrize("margin", [1, 2, 5])
@pytest.mark.parametrize("above", [[], [["Danh sách chợ"], []]])
@pytest.mark.parametrize("labels", [["ma", "so", "ghi"], ["Mã", "Số", "Ghi chú"]])
@pytest.mark.parametrize("keep", [None, 5])
def test_a_table_may_start_in_any_column_and_its_cells_keep_their_addresses(tmp_path, margin, above, labels, keep):
    path = tmp_path / "a.xlsx"
    for value, state in ((2, "valid"), ("hai", "invalid")):
        rows = [*above, labels, ["a", 1, "x"], ["b", value, "y"]]
        path.write_bytes(xlsx({"T": [[None] * margin + row if row else row for row in rows]}))
        found = check(path, filename="a.xlsx", schema=PLACED, keep=keep)
        assert (found.state, found.fields, found.rows) == (state, ("ma", "so", "ghi"), 2)
    [error] = found.report["tasks"][0]["errors"]
    assert (error["fieldName"], error["fieldNumber"], error["rowNumber"]) == ("so", margin + 2, len(above) + 3)
    assert f'at position "{margin + 2}"' in error["message"]
    assert found.issues[-1].facts["cells"] == [f"{'ABCDEFGH'[margin + 1]}{len(above) + 3}"]


def test_what_stands_left_of_the_first_label_is_no_margin(tmp_path):
    verdict = checked(tmp_path, [["", "ma", "so"], ["1", "a", "5"], ["", "b", "6"]])
    assert verdict.state == "invalid" and verdict.fields == ("column_1", "ma", "so")


def test_the_table_of_a_sheet_with_a_margin_has_no_column_for_it(tmp_path):
    verdict = checked(tmp_path, [["", "ma", "so", "ghi"], ["", "a", "5", "x"]], PLACED)
    assert [column.name for column in verdict.table.columns] == ["ma", "so", "ghi"] and list(verdict.table.rows()) == [["a", "5", "x"]]


def test_rows_after_the_table_are_known_without_a_look_at_all_of_them(tmp_path):
    compared = []

    class Number(int):
        __hash__ = int.__hash__

        def __eq__(self, other: object) -> bool:
            compared.append(other)
            return int(self) == other

    rows = engine._Rows(Number(number) for number in range(1_000))
    assert Number(999) in rows and Number(1_000) not in rows
    assert len(compared) < 10
    cells = [["STT", "Mã", "Số", "Ghi"], *([str(number), "a", "1", "x"] for number in range(1, 21)), ["Nguồn: Sở"], *([f"dòng {number}"] for number in range(500))]
    verdict = checked(tmp_path, [["Danh sách"], [], *cells])
    assert (verdict.state, verdict.rows) == ("valid", 20)


def test_merged_cells_come_out_of_the_workbook(tmp_path):
    import xlsxwriter

    from catalog.reading import Request, Workspace, open_file, sniff

    path = tmp_path / "m.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 1, 0, "STT")
        sheet.merge_range(0, 1, 0, 2, "Kế hoạch")
    request = Request(path=path, filename="m.xlsx")
    assert open_file(request, sniff(request), Workspace()).grids[0].merges == (Span(1, 2, 0, 0), Span(1, 1, 1, 2))
