"""The marked workbook is the person's own XLSX file: types, formats and widths stay; what could do harm does not."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from support.workbooks import ods, xls, xlsx, zipped

from catalog.reading.grid import Grid
from catalog.reading.sheet_rows import Span
from catalog.validation import check
from catalog.validation.repair import marked, write_marked
from catalog.validation.repair.plain_book import write_plain

SCHEMA = {"fields": [{"name": "ma", "type": "string"}, {"name": "ngay", "type": "date"}, {"name": "so", "type": "number"},
                     {"name": "loai", "type": "string", "constraints": {"required": True}}]}
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
M = f"{{{MAIN}}}"
PARTS = {r"\[Content_Types\]\.xml", r"_rels/\.rels", r"docProps/(app|core)\.xml", r"xl/(workbook|styles|sharedStrings|comments1)\.xml", r"xl/_rels/workbook\.xml\.rels",
         r"xl/theme/theme1\.xml", r"xl/worksheets/sheet\d\.xml", r"xl/worksheets/_rels/sheet2\.xml\.rels", r"xl/drawings/vmlDrawing1\.vml"}


def styled(*, in_memory: bool = False, since_1904: bool = False) -> bytes:
    """An office's sheet with titles, formats, merged and hidden cells, a formula, links, and two more sheets."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": not in_memory, "date_1904": since_1904}) as book:
        bold, day = book.add_format({"bold": True, "border": 2}), book.add_format({"num_format": "dd/mm/yyyy", "italic": True})
        money = book.add_format({"num_format": "#,##0.00"})
        sheet = book.add_worksheet("Biểu 1")
        sheet.set_column(1, 1, 33)
        sheet.set_column(4, 4, 9, None, {"hidden": True})
        sheet.merge_range("A1:D1", "BẢNG KÊ", bold)
        sheet.write_row(2, 0, ["ma", "ngay", "so", "loai"], bold)
        for row, (code, when, amount) in enumerate([("007", date(2024, 1, 5), 1234.5), ("008", "31/12/2024", 5), ("009", date(2024, 2, 1), "1.234.567,5")], start=3):
            sheet.write_string(row, 0, code)
            sheet.write(row, 1, when, day)
            sheet.write(row, 2, amount, money)
            if row != 4:
                sheet.write_string(row, 3, "Chợ")
        sheet.write_formula(6, 2, "=SUM(C4:C5)", money, 1239.5)
        sheet.write_url(6, 3, "http://harm.example/")
        sheet.write_comment(3, 0, "ghi chú cũ")
        sheet.protect("bí mật")
        sheet.autofilter("A3:D7")
        book.add_worksheet("Ẩn").hide()
        other = book.add_worksheet("Lỗi cần sửa")
        other.write_row(0, 0, ["khác", True, 0.25], bold)
        book.define_name("Xa", "='[http://harm.example/x.xlsx]A'!$A$1")
    return out.getvalue()


def marks(tmp_path: Path, content: bytes, name: str = "b.xlsx", schema=None, lang: str = "vi") -> Path:
    """The marked workbook of a file."""
    path, target = tmp_path / name, tmp_path / "o.xlsx"
    path.write_bytes(content)
    write_marked(check(path, filename=name, schema=schema or SCHEMA).faulty, target, lang)
    return target


def part(path: Path, name: str) -> ElementTree.Element:
    with zipfile.ZipFile(path) as archive:
        return ElementTree.fromstring(archive.read(name))


def formats(path: Path, sheet: int = 2) -> dict[str, tuple[str, str | None]]:
    """The number format and the colour of each cell."""
    styles = part(path, "xl/styles.xml")
    codes = {one.get("numFmtId"): one.get("formatCode") for one in styles.iter(f"{M}numFmt")}
    fills = [one.find(f"{M}patternFill/{M}fgColor") for one in styles.find(f"{M}fills")]
    found = [(codes.get(one.get("numFmtId"), one.get("numFmtId")), fills[int(one.get("fillId", 0))]) for one in styles.find(f"{M}cellXfs")]
    plain = [(code, None if fill is None else fill.get("rgb")) for code, fill in found]
    return {cell.get("r"): plain[int(cell.get("s", 0))] for cell in part(path, f"xl/worksheets/sheet{sheet}.xml").iter(f"{M}c")}


def first_sheet(path: Path) -> str:
    return "\n".join(str(cell) for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python() for cell in row)


@pytest.mark.parametrize("in_memory", [False, True], ids=["texts-in-cells", "texts-shared"])
def test_values_keep_their_types(tmp_path, in_memory):
    book = CalamineWorkbook.from_path(str(marks(tmp_path, styled(in_memory=in_memory))))
    assert book.sheet_names == ["Lỗi cần sửa", "Biểu 1", "Ẩn", "Lỗi cần sửa 2"]
    rows = book.get_sheet_by_index(1).to_python()
    assert rows[3:6] == [["007", date(2024, 1, 5), 1234.5, "Chợ"], ["008", "31/12/2024", 5, ""], ["009", date(2024, 2, 1), "1.234.567,5", "Chợ"]]
    assert rows[6][2:] == [1239.5, "http://harm.example/"]
    assert book.get_sheet_by_index(3).to_python() == [["khác", True, 0.25]]


def test_days_that_count_from_1904_stay_those_days(tmp_path):
    book = CalamineWorkbook.from_path(str(marks(tmp_path, styled(since_1904=True))))
    assert book.get_sheet_by_index(1).to_python()[3][1] == date(2024, 1, 5)


def test_formats_widths_merged_and_hidden_cells_stay(tmp_path):
    path = marks(tmp_path, styled())
    sheet = part(path, "xl/worksheets/sheet2.xml")
    columns = {one.get("min"): (float(one.get("width")), one.get("hidden")) for one in sheet.iter(f"{M}col")}
    assert 33 < columns["2"][0] < 34 and columns["5"][1] == "1"
    assert [one.get("ref") for one in sheet.iter(f"{M}mergeCell")] == ["A1:D1"] and sheet.find(f"{M}autoFilter").get("ref") == "A3:D7"
    assert [one.get("state") for one in part(path, "xl/workbook.xml").iter(f"{M}sheet")] == [None, None, "hidden", None]
    found = formats(path)
    assert found["B4"] == ("dd/mm/yyyy", None) and found["C4"] == ("#,##0.00", None)


def test_wrong_cells_are_coloured_and_keep_their_formats(tmp_path):
    found = formats(marks(tmp_path, styled()))
    coloured = {cell: (code, colour) for cell, (code, colour) in found.items() if colour}
    assert coloured == {"B5": ("dd/mm/yyyy", "FFFFF2B3"), "C6": ("#,##0.00", "FFFFF2B3"), "D5": ("0", "FFF4C7C3")}


def test_nothing_that_could_do_harm_goes_over(tmp_path):
    harmful = {"xl/vbaProject.bin": b"Attribute VB_Name", "xl/externalLinks/externalLink1.xml": "<externalLink/>", "xl/embeddings/oleObject1.bin": b"ole",
               "customUI/customUI.xml": "<customUI/>", "xl/connections.xml": "<connections/>"}
    with zipfile.ZipFile(io.BytesIO(styled())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>", b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>')
    path = marks(tmp_path, zipped({**parts, **harmful}), "b.xlsm")
    with zipfile.ZipFile(path) as archive:
        assert [name for name in archive.namelist() if not any(re.fullmatch(pattern, name) for pattern in PARTS)] == []
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    sheets = "".join(text for name, text in texts.items() if name.startswith("xl/worksheets/sheet") and name != "xl/worksheets/sheet1.xml")
    assert not re.search(r"<(\w+:)?(f|hyperlink|sheetProtection|definedName|drawing|oleObjects|controls)\b", sheets + texts["xl/workbook.xml"])
    assert all("TargetMode" not in text and "vba" not in text.lower() for name, text in texts.items() if name.endswith((".rels", "[Content_Types].xml")))
    assert "ghi chú cũ" not in texts["xl/comments1.xml"]


def test_the_first_sheet_says_what_was_kept(tmp_path):
    assert "giữ nguyên giá trị, kiểu dữ liệu và định dạng" in first_sheet(marks(tmp_path, styled()))
    assert "with its values, types and formats" in first_sheet(marks(tmp_path, styled(), lang="en"))


def test_of_other_workbooks_the_texts_are_kept_and_the_first_sheet_says_so(tmp_path):
    path = marks(tmp_path, ods([["ma", "ngay", "so", "loai"], ["007", "hôm qua", "5", "Chợ"]]), "b.ods")
    assert CalamineWorkbook.from_path(str(path)).get_sheet_by_index(1).to_python() == [["ma", "ngay", "so", "loai"], ["007", "hôm qua", "5", "Chợ"]]
    assert "chỉ có giá trị các ô" in first_sheet(path)


def test_numbers_of_an_xls_file_stay_numbers_and_its_texts_texts(tmp_path):
    path = marks(tmp_path, xls([["ma", "ngay", "so", "loai"], ["007", "hôm qua", 1234.5, "Chợ"], ["12", "2024-01-05", 5, ""]]), "b.xls")
    assert CalamineWorkbook.from_path(str(path)).get_sheet_by_index(1).to_python() == [
        ["ma", "ngay", "so", "loai"], ["007", "hôm qua", 1234.5, "Chợ"], ["12", "2024-01-05", 5, ""]]
    assert {cell: code for cell, (code, _) in formats(path).items() if cell in ("A2", "B2", "C2")} == {"A2": "49", "B2": "49", "C2": "0"}


def test_the_header_of_a_text_file_is_bold_and_stays_in_sight(tmp_path):
    path = marks(tmp_path, "Bảng kê\n\nma,ngay,so,loai\n1,hôm qua,5,Chợ\n".encode(), "a.csv")
    styles, sheet = part(path, "xl/styles.xml"), part(path, "xl/worksheets/sheet2.xml")
    fonts = [font.find(f"{M}b") is not None for font in styles.find(f"{M}fonts")]
    bold = [fonts[int(form.get("fontId", 0))] for form in styles.find(f"{M}cellXfs")]
    assert {cell.get("r") for cell in sheet.iter(f"{M}c") if bold[int(cell.get("s", 0))]} == {"A3", "B3", "C3", "D3"}
    assert sheet.find(f".//{M}pane").get("topLeftCell") == "A4"


def test_cells_are_written_as_what_they_were(tmp_path):
    rows = [["a", "1"], ["2024-01-05", "2024-01-05T06:30:00", "true", "0.1", "nan", "1899-05-06", "", "5"], ["5"]]
    grid = Grid(rows=lambda: iter(rows), padded=True, merges=(Span(1, 1, 0, 1),), kinds=lambda: iter(["tn", "ddbnndtt"]))
    write_plain(tmp_path / "p.xlsx", [grid], grid, range(1, 2))
    sheet = part(tmp_path / "p.xlsx", "xl/worksheets/sheet1.xml")
    found = {cell.get("r"): (cell.get("t", "n"), cell.findtext(f"{M}v") or cell.findtext(f"{M}is/{M}t")) for cell in sheet.iter(f"{M}c")}
    text = "inlineStr"
    assert found == {"A1": (text, "a"), "B1": (text, "1"), "A2": ("n", "45296"), "B2": ("n", "45296.2708333"), "C2": ("b", "1"), "D2": ("n", "0.1"),
                     "E2": (text, "nan"), "F2": (text, "1899-05-06"), "H2": (text, "5"), "A3": (text, "5")}
    assert [one.get("ref") for one in sheet.iter(f"{M}mergeCell")] == ["A1:B1"]


def test_of_a_text_file_nothing_is_lost_and_nothing_said(tmp_path):
    path = marks(tmp_path, "ma,ngay,so,loai\n=1+1,hôm qua,5 & 6 < 7,_x000D_\x0b\n".encode(), "a.csv")
    assert CalamineWorkbook.from_path(str(path)).get_sheet_by_index(1).to_python()[1] == ["=1+1", "hôm qua", "5 & 6 < 7", "_x000D_\x0b"]
    assert "không được giữ lại" not in first_sheet(path)


ROW = '<row r="{0}"><c r="A{0}"><v>1</v></c><c r="B{0}" t="inlineStr"><is><t>{1}</t></is></c></row>'


def handmade(sheet: str, prolog: str = "") -> bytes:
    """A workbook whose only sheet is written like this."""
    with zipfile.ZipFile(io.BytesIO(xlsx({"T": [["a"]]}))) as archive:
        return zipped({**{name: archive.read(name) for name in archive.namelist()}, "xl/worksheets/sheet1.xml": prolog + sheet})


PAIR = {"fields": [{"name": "1", "type": "integer"}, {"name": "b", "type": "date"}]}
HEAD = ROW.format(1, "b")
WAYS = {
    "plain": f'<worksheet xmlns="{MAIN}"><sheetData>{HEAD}{ROW.format(2, "x")}</sheetData></worksheet>',
    "without-addresses": f'<worksheet xmlns="{MAIN}"><sheetData>' + re.sub(r' r="\w+"', "", HEAD + ROW.format(2, "x")) + "</sheetData></worksheet>",
    "with-a-prefix": f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>' + re.sub(r"<(/?)", r"<\1x:", HEAD + ROW.format(2, "x")) + "</x:sheetData></x:worksheet>",
    "with-other-namespaces": f'<worksheet xmlns="{MAIN}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:x14ac="urn:x14ac" '
                             f'mc:Ignorable="x14ac"><sheetData>{HEAD}' + ROW.format(2, "x").replace("<row", '<row x14ac:dyDescent="0.3"') + "</sheetData></worksheet>",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_sheet_is_kept_however_it_is_written(tmp_path, way):
    path = marks(tmp_path, handmade(WAYS[way]), schema=PAIR)
    assert CalamineWorkbook.from_path(str(path)).get_sheet_by_index(1).to_python() == [[1, "b"], [1, "x"]]
    assert "giữ nguyên giá trị" in first_sheet(path)
    coloured = [cell for cell in part(path, "xl/worksheets/sheet2.xml").iter(f"{M}c") if cell.get("s")]
    assert [cell.findtext(f"{M}is/{M}t") for cell in coloured] == ["x"]


BACKWARDS = f'<worksheet xmlns="{MAIN}"><sheetData>{ROW.format(2, "x")}{HEAD}</sheetData></worksheet>'


@pytest.mark.parametrize(("sheet", "prolog"), [(BACKWARDS, ""), (WAYS["plain"], "<!DOCTYPE worksheet>")], ids=["rows-backwards", "document-type"])
def test_of_a_sheet_written_in_an_unknown_way_the_texts_are_kept(tmp_path, sheet, prolog):
    path = marks(tmp_path, handmade(sheet, prolog), schema=PAIR)
    assert CalamineWorkbook.from_path(str(path)).get_sheet_by_index(1).to_python() == [["1", "b"], ["1", "x"]]
    assert "chỉ có giá trị các ô" in first_sheet(path)


def test_cells_and_rows_that_the_sheet_does_not_have_are_marked_where_they_should_be(tmp_path):
    needed = {"fields": [{"name": "1", "type": "integer"}, {"name": "b", "type": "string", "constraints": {"required": True}},
                         {"name": "c", "type": "string", "constraints": {"required": True}}]}
    head = HEAD.replace("</row>", '<c r="C1" t="inlineStr"><is><t>c</t></is></c></row>')
    rows = '<row r="2"><c r="A2"><v>1</v></c><c r="C2" t="inlineStr"><is><t>y</t></is></c></row><row r="4"><c r="A4"><v>2</v></c></row>'
    path = marks(tmp_path, handmade(f'<worksheet xmlns="{MAIN}"><sheetData>{head}{rows}</sheetData></worksheet>'), schema=needed)
    assert {cell for cell, (_, colour) in formats(path).items() if colour} == {"B2", "A3", "B4", "C4"}
    addresses = [cell.get("r") for cell in part(path, "xl/worksheets/sheet2.xml").iter(f"{M}c")]
    assert addresses == ["A1", "B1", "C1", "A2", "B2", "C2", "A3", "A4", "B4", "C4"]


def test_a_wrong_cell_under_a_merged_one_comes_to_light(tmp_path):
    needed = {"fields": [{"name": "1", "type": "integer"}, {"name": "b", "type": "string", "constraints": {"required": True}}]}
    rows = HEAD + ROW.format(2, "x") + '<row r="3"><c r="A3"><v>2</v></c></row>' + ROW.format(4, "y")
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData><mergeCells count="2"><mergeCell ref="B2:B3"/><mergeCell ref="D1:E1"/></mergeCells></worksheet>'
    path = marks(tmp_path, handmade(sheet), schema=needed)
    assert formats(path)["B3"][1] and [one.get("ref") for one in part(path, "xl/worksheets/sheet2.xml").iter(f"{M}mergeCell")] == ["D1:E1"]


def test_hidden_rows_and_columns_with_wrong_cells_are_shown_and_others_are_not(tmp_path):
    rows = HEAD + "".join(ROW.format(number, text).replace("<row", '<row hidden="1"') for number, text in ((2, "x"), (3, "2024-01-05")))
    columns = '<cols><col min="1" max="1" width="9" hidden="1"/><col min="2" max="3" width="9" hidden="1"/></cols>'
    sheet = part(marks(tmp_path, handmade(f'<worksheet xmlns="{MAIN}">{columns}<sheetData>{rows}</sheetData></worksheet>'), schema=PAIR), "xl/worksheets/sheet2.xml")
    assert [(one.get("min"), one.get("hidden")) for one in sheet.iter(f"{M}col")] == [("1", "1"), ("2", None)]
    assert [(one.get("r"), one.get("hidden")) for one in sheet.iter(f"{M}row")] == [("1", None), ("2", None), ("3", "1")]


def test_only_so_many_cells_have_a_comment_and_the_first_sheet_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(marked, "MOST_NOTES", 2)
    path = marks(tmp_path, ("ma,ngay,so,loai\n" + "1,hôm qua,1,Chợ\n" * 5).encode(), "a.csv")
    assert len(list(part(path, "xl/comments1.xml").iter(f"{M}comment"))) == 2 and "Chỉ 2 ô đầu tiên có ghi chú" in first_sheet(path)
    assert sum(colour is not None for _, colour in formats(path).values()) == 5
