"""What goes public with a table is screened too: rows outside it, comments, properties, headers, names, shapes, what charts and pivot tables keep."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter
from support import workbooks

from catalog.validation import check
from catalog.validation.surroundings import PLACES

ROWS = [["ten", "loai"], *([f"Cửa hàng {number}", "tạp hóa"] for number in range(20))]
NUMBER, PHONE = "077094001234", "0901234512"


def found(tmp_path, data: bytes, name: str = "a.xlsx") -> list[tuple[str, str]]:
    """The places that are held, and what for."""
    path = tmp_path / "file"
    path.write_bytes(data)
    verdict = check(path, filename=name)
    issues = [issue for issue in verdict.issues if issue.code == "personal-data-beside"]
    assert verdict.state == ("held" if issues else "valid")
    assert all(NUMBER not in str(issue.facts) and PHONE not in str(issue.facts) for issue in issues)
    return [(issue.facts["title"], issue.facts["kind"]) for issue in issues]


def written(fill) -> bytes:
    """A workbook of the rows, to which `fill` has added something."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Bảng")
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row)
        fill(book, sheet)
    return out.getvalue()


@pytest.mark.parametrize(("place", "fill"), [
    ("comments", lambda book, sheet: sheet.write_comment("B3", f"Chủ hộ: CCCD {NUMBER}")),
    ("properties", lambda book, sheet: book.set_properties({"comments": f"Người lập: CCCD {NUMBER}"})),
    ("properties", lambda book, sheet: book.set_custom_property("Người gửi", f"CCCD: {NUMBER}")),
    ("header", lambda book, sheet: sheet.set_footer(f"&L&\"Arial,Bold\"Người lập, CCCD {NUMBER}&RTrang &P/&N")),
    ("shapes", lambda book, sheet: sheet.insert_textbox("D2", f"căn cước công dân số {NUMBER}")),
    ("names", lambda book, sheet: book.define_name("chu_ho", f'="CCCD {NUMBER}"')),
    ("names", lambda book, sheet: book.add_worksheet(f"ông An {NUMBER}")),
])
def test_what_stands_beside_the_cells_of_a_workbook_is_screened(tmp_path, place, fill):
    assert found(tmp_path, written(fill)) == [(PLACES[place], "cccd")]


def test_what_a_pivot_table_keeps_of_its_source_is_screened(tmp_path):
    kept = "".join(f'<r><s v="Nguyễn Văn {number}"/><s v="0772{number:02}12{number:04}"/></r>' for number in range(20))
    book = zipfile.ZipFile(io.BytesIO(workbooks.xlsx({"Bảng": ROWS})))
    parts = {name: book.read(name) for name in book.namelist()} | {"xl/pivotCache/pivotCacheRecords1.xml": f"<pivotCacheRecords>{kept}</pivotCacheRecords>"}
    assert found(tmp_path, workbooks.zipped(parts)) == [(PLACES["pivot"], "cccd")]


def test_a_number_in_runs_of_its_own_is_one(tmp_path):
    book = zipfile.ZipFile(io.BytesIO(workbooks.xlsx({"Bảng": ROWS})))
    comment = f"<comments><commentList><comment><text><r><rPr><b/><sz val=\"9\"/></rPr><t>CCCD {NUMBER[:5]}</t></r><r><t>{NUMBER[5:]}</t></r></text></comment></commentList></comments>"
    parts = {name: book.read(name) for name in book.namelist()} | {"xl/comments1.xml": comment}
    assert found(tmp_path, workbooks.zipped(parts)) == [(PLACES["comments"], "cccd")]


def test_rows_outside_the_table_and_the_name_of_the_file_are_screened(tmp_path):
    rows = [[f"Người lập: Nguyễn Văn An, ĐT {PHONE}"], [], ["STT", "Đơn vị", "Số chợ"], *([str(number), f"Phường {number}", "2"] for number in range(1, 12))]
    assert found(tmp_path, workbooks.xlsx({"Bảng": rows})) == [(PLACES["rows"], "mobile")]
    assert found(tmp_path, b"ten,loai\nA,B\nC,D\n", f"ho-so CCCD {NUMBER}.csv") == [(PLACES["file"], "cccd")]


def test_comments_and_properties_of_other_workbooks_are_screened(tmp_path):
    book = zipfile.ZipFile(io.BytesIO(workbooks.ods(ROWS)))
    parts = {name: book.read(name) for name in book.namelist()}
    note = f"<office:annotation><text:p>CCCD {NUMBER}</text:p></office:annotation><text:p>Cửa hàng 3</text:p>".encode()
    noted = parts | {"content.xml": parts["content.xml"].replace("<text:p>Cửa hàng 3</text:p>".encode(), note)}
    assert found(tmp_path, workbooks.zipped(noted), "a.ods") == [(PLACES["comments"], "cccd")]
    described = parts | {"meta.xml": f"<office:document-meta><meta:user-defined>số CMND: 273123456</meta:user-defined><dc:creator>{PHONE}</dc:creator></office:document-meta>"}
    assert (PLACES["properties"], "cmnd") in found(tmp_path, workbooks.zipped(described), "a.ods")


def test_elements_that_are_begun_and_never_ended_are_gone_through_once(tmp_path):
    book = zipfile.ZipFile(io.BytesIO(workbooks.ods(ROWS)))
    parts = {name: book.read(name) for name in book.namelist()}
    note = f"<!--{'<draw:frame>' * 1_000_000}--><office:annotation><text:p>CCCD {NUMBER}</text:p></office:annotation>".encode()
    ended = b"</office:document-content>"
    assert ended in parts["content.xml"]
    noted = parts | {"content.xml": parts["content.xml"].replace(ended, note + ended)}
    assert found(tmp_path, workbooks.zipped(noted), "a.ods") == [(PLACES["comments"], "cccd")]


def test_an_old_workbook_is_screened_beyond_its_cells(tmp_path):
    data = workbooks.xls(ROWS)
    assert found(tmp_path, data, "a.xls") == []
    assert found(tmp_path, data + f"Người lập CCCD {NUMBER}".encode("utf-16-le").ljust(512, b"\0"), "a.xls") == [(PLACES["any"], "cccd")]


def test_what_stands_in_a_cell_of_an_old_workbook_is_not_told_twice(tmp_path):
    data = workbooks.xls([*ROWS, [f"ghi: CCCD {NUMBER}", "x"]])
    assert found(tmp_path, data, "a.xls") == []


@pytest.mark.parametrize("fill", [
    lambda book, sheet: sheet.set_header("&CSở Y tế, ĐT 0254 3727 444, vanthu@baria.gov.vn"), lambda book, sheet: book.set_properties({"author": "Nguyễn Văn An", "company": "Sở Y tế"}),
    lambda book, sheet: sheet.write_comment("A1", "Theo Quyết định số 1234/QĐ-UBND ngày 12/05/2021, vốn 273123456 đồng"), lambda book, sheet: book.define_name("vung", "='Bảng'!$A$1:$B$20"),
    lambda book, sheet: sheet.set_row(3, None, None, {"hidden": True}),
])
def test_what_an_office_says_of_itself_is_left_alone(tmp_path, fill):
    assert found(tmp_path, written(fill)) == []


def test_hidden_rows_and_cells_of_several_lines_are_read_as_others_are(tmp_path):
    def fill(book, sheet):
        for number in range(1, 21):
            sheet.write(number, 2, f"Nguyễn Văn {number}\nCCCD: 0772{number:02}12{number:04}" if number < 5 else "không")
            sheet.set_row(number, None, None, {"hidden": number < 5})
        sheet.write(0, 2, "Ghi chú")
    path = tmp_path / "a.xlsx"
    path.write_bytes(written(fill))
    issue = next(issue for issue in check(path, filename="a.xlsx").issues if issue.code == "personal-data")
    assert (issue.place.column, issue.facts["kind"], issue.facts["count"]) == ("C", "cccd", 4)


def test_a_total_below_the_table_is_no_number_of_a_person_and_a_pivot_of_many_columns_is(tmp_path):
    rows = [["STT", "Đơn vị", "Vốn"], *([str(number), f"Phường {number}", str(6_000_000_000 * number)] for number in range(1, 12)), ["", "Tổng cộng", "077094001234"]]
    assert found(tmp_path, workbooks.xlsx({"Bảng": rows})) == []
    kept = "".join(f'<r><n v="{number}"/><n v="2024"/><s v="0772{number:02}12{number:04}"/><n v="{number * 1000}"/></r>' for number in range(20))
    book = zipfile.ZipFile(io.BytesIO(workbooks.xlsx({"Bảng": ROWS})))
    parts = {name: book.read(name) for name in book.namelist()} | {"xl/pivotCache/pivotCacheRecords1.xml": f"<pivotCacheRecords>{kept}</pivotCacheRecords>"}
    assert found(tmp_path, workbooks.zipped(parts)) == [(PLACES["pivot"], "cccd")]


def test_the_other_tables_of_an_archive_are_screened(tmp_path):
    people = "Chủ hộ,CCCD\n" + "".join(f"Nguyễn Văn {number},0772{number:02}12{number:04}\n" for number in range(20))
    book = workbooks.xlsx({"A": ROWS, "B": [["x", "y"], *([str(number), f"090123{number:04}"] for number in range(20))]})
    path = tmp_path / "a.zip"
    path.write_bytes(workbooks.zipped({"cho.csv": "ten,loai\nA,B\nC,D\n", "ho/nguoi.csv": people, "so.xlsx": book, "hong.xlsx": b"PK\x03\x04"}))
    verdict = check(path, filename="a.zip")
    issues = [issue for issue in verdict.issues if issue.code == "personal-data"]
    assert verdict.state == "held" and [(issue.place.sheet, issue.place.column, issue.facts["kind"]) for issue in issues] == [
        ("ho/nguoi.csv", "B", "cccd"), ("so.xlsx B", "B", "mobile")]
