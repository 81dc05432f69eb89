"""Sheets of many thousand rows: what stands far down is found as what stands at the top is, in bounded memory."""

from __future__ import annotations

import pytest
from support.workbooks import xlsx

from catalog.reading import sheet_passing
from catalog.reading.sheet_passing import MOST_WHOLE, NEAR, WHOLE, PassedRow, rows_of
from catalog.reading.sheet_tables import find_tables
from catalog.validation import check

HEAD = ["STT", "Xã", "Dân số", "Hộ", "Năm"]
LONG = WHOLE + 3 * NEAR


def data(count: int, first: int = 1) -> list[list[str]]:
    return [[str(number), f"Xã {number}", str(number * 7), str(number * 2), "2024"] for number in range(first, first + count)]


def test_rows_far_down_are_told_as_rows_at_the_top_are():
    tail = [["", "Cộng", "7", "2", ""], ["II", "Vùng hai"], [], ["9", "Xã", "1", "1", "2024"], ["", "Tổng số", "9", "9", ""], ["Nguồn: Cục Thống kê"], ["Người lập biểu", "", "Giám đốc"]]
    short = find_tables([["BIỂU 1"], HEAD, *data(5), *tail])
    long = find_tables([["BIỂU 1"], HEAD, *data(LONG), *tail])
    moved = LONG - 5
    assert [(table.header, table.body, table.notes) for table in long] == [
        (table.header, (table.body[0], table.body[1] + moved), tuple(row + moved for row in table.notes)) for table in short]
    assert long[0].kinds == {row + moved: kind for row, kind in short[0].kinds.items()} and set(long[0].kinds.values()) == {"subtotal", "group", "blank", "total"}


@pytest.mark.parametrize("length", [WHOLE - 3, WHOLE - 2, WHOLE - 1, WHOLE, LONG, 3 * WHOLE])
@pytest.mark.parametrize("between", [[[]], [[], ["Biểu 2"]], [["Nguồn: Sở Y tế"], [], ["Biểu 2"]]], ids=["blank", "title", "notes"])
def test_a_table_that_begins_far_down_is_found(length, between):
    first, second = find_tables([HEAD, *data(length), *between, ["STT", "Chợ", "Số hộ", "Hạng", "Ghi chú"], *data(5)])
    assert first.body == (2, length + 1) and second.labels[1] == "Chợ"
    assert second.body == (length + len(between) + 3, length + len(between) + 7)


@pytest.mark.parametrize("row", [[], ["", "Cộng", "7", "2", ""]], ids=["blank", "subtotal"])
def test_a_table_goes_on_past_a_row_that_is_no_data(row):
    [table] = find_tables([HEAD, *data(WHOLE - 2), row, *data(100)])
    assert table.body == (2, WHOLE + 100) and list(table.kinds) == [WHOLE]


def test_narrow_rows_are_told_too():
    [table] = find_tables([["Xã", "Số hộ"], *[[f"Xã {n}", str(n)] for n in range(LONG)], ["Vùng hai"], ["Xã", "4"], ["Ghi chú: số ước tính"]])
    assert table.kinds == {LONG + 2: "group"} and table.notes == (LONG + 4,)


def test_most_rows_far_down_are_not_kept():
    rows = list(rows_of([HEAD, *data(3 * WHOLE)]))
    assert [row.number for row in rows] == list(range(1, 3 * WHOLE + 2))
    assert all(isinstance(row, PassedRow) and row.count == 5 for row in rows[WHOLE:])


def test_rows_that_are_kept_whole_have_a_limit(monkeypatch):
    monkeypatch.setattr(sheet_passing, "MOST_WHOLE", 10)
    rows = list(rows_of([*data(WHOLE), *[[] for _ in range(50)], ["Nguồn: A"]]))
    assert sum(not isinstance(row, PassedRow) for row in rows[WHOLE:]) == 10 and rows[-1].is_note and MOST_WHOLE > 10


def test_of_a_long_workbook_only_the_data_are_rows_and_the_rest_is_listed(tmp_path):
    (tmp_path / "b.xlsx").write_bytes(xlsx({"T": [["BIỂU 1"], ["Đơn vị tính: người"], HEAD, *data(LONG), ["", "Tổng số", "9", "9", ""], ["Nguồn: Cục Thống kê"], [],
                                                  ["Biểu 2"], ["STT", "Chợ", "Số hộ", "Hạng", "Ghi chú"], *data(5)]}))
    found = check(tmp_path / "b.xlsx", filename="b.xlsx")
    assert found.rows == LONG and found.details["layout"][0]["data"] == [4, LONG + 3]
    [remark] = [issue for issue in found.issues if issue.code == "rows-not-data"]
    assert remark.facts["kinds"] == "2 dòng sau bảng (nguồn, ghi chú, chữ ký), 6 dòng của bảng khác trong cùng trang tính, 1 dòng tổng"
    assert remark.facts["rows"] == f"{LONG + 4}–{LONG + 5}, {LONG + 7}–{LONG + 13}"


def test_a_schema_finds_its_table_far_down(tmp_path):
    (tmp_path / "b.xlsx").write_bytes(xlsx({"T": [HEAD, *data(LONG), ["Nguồn: A"], [], ["Biểu 2"], ["STT", "Chợ", "Số hộ", "Hạng", "Năm"], *data(5)]}))
    schema = {"fields": [{"name": name, "type": "string"} for name in ("Chợ", "Số hộ", "Hạng")]}
    found = check(tmp_path / "b.xlsx", filename="b.xlsx", schema=schema)
    assert found.rows == 5 and found.details["layout"][0]["header"] == [LONG + 5, LONG + 5]
