"""Files of every kind become grids of cells; hostile ones end as an issue."""

from __future__ import annotations

import io
import json
import zipfile
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import workbooks

from catalog.errors import Trouble
from catalog.reading import Limits, Request, Workspace, open_file, sniff
from catalog.reading.delimited import guess_dialect, read_rows
from catalog.reading.grid import Dialect, letter


def read(tmp_path, content: bytes, filename: str, **more):
    path = tmp_path / "file"
    path.write_bytes(content)
    request = Request(path=path, filename=filename, **more)
    return open_file(request, sniff(request), Workspace())


def rows(reading, grid: int = 0) -> list[list]:
    return list(reading.grids[grid].rows())


def refused(tmp_path, content: bytes, filename: str, **more) -> str:
    with pytest.raises(Trouble) as caught:
        read(tmp_path, content, filename, **more)
    return caught.value.issue.code


@pytest.mark.parametrize(("content", "filename", "format"), [
    (b"a,b\n1,2\n", "a.csv", "CSV"), (b"a\tb\n1\t2\n", "a.tsv", "TSV"), (b"a;b\n1;2\n", "noname", "CSV"),
    (b"%PDF-1.7", "a.csv", "PDF"), (b"{\"a\": 1}", "a.json", "JSON"), (b" [1]", "noname", "JSON"),
    (b'{"type":"FeatureCollection"}', "x", "GeoJSON"), (b"<!DOCTYPE html><table>", "a.xls", "HTML"),
    (b"<?xml version='1.0'?><html>", "a.html", "HTML"), (b"<?xml version='1.0'?><x/>", "a.xml", "XML"),
    (b"just words\nmore words\n", "README", "text"), (b"\x00\x01\x02", "x", "binary"), (b"# words\n", "a.md", "MD"),
    (workbooks.xlsx({"S": [["a"]]}), "a.csv", "XLSX"), (workbooks.ods([["a"]]), "a.zip", "ODS"), (workbooks.xls([["a"]]), "a", "XLS"),
    (workbooks.locked(), "a.xlsx", "XLS"), (workbooks.ole({"WordDocument": b""}), "a.doc", "DOC"), (workbooks.zipped({"a.csv": "x"}), "a.csv", "ZIP"),
])
def test_the_bytes_say_what_kind_of_file_it_is(tmp_path, content, filename, format):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert sniff(Request(path=path, filename=filename)).format == format


def test_the_media_type_helps_where_the_name_says_nothing(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"only one column\n1\n")
    assert sniff(Request(path=path, filename="download.php", media_type="text/csv; charset=utf-8")).format == "CSV"


@pytest.mark.parametrize(("text", "delimiter"), [
    ("a,b\n1,2\n", ","), ("a;b\n1,5;2\n3,5;4\n", ";"), ("a\tb\n1, 2\t3\n", "\t"), ("a|b\n1|2\n", "|"),
    ('a,b\n"1;2;3",2\n"4;5;6",3\n', ","), ("a\n1\n2\n", ","), ("", ","), ('"x, y";b\n"z, w";2\n', ";"),
])
def test_the_delimiter_is_the_one_that_gives_even_rows(text, delimiter):
    assert guess_dialect(text, "CSV").delimiter == delimiter


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8), min_size=2, max_size=4), min_size=1, max_size=6))
def test_what_was_written_as_csv_is_read_back(tmp_path, table):
    import csv

    path = tmp_path / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(table)
    table[0][0] = table[0][0].removeprefix("\ufeff") if not path.read_bytes().startswith(b'"') else table[0][0]
    assert list(read_rows(partial(path.open, "rb"), Dialect(delimiter=","))) == table


def test_a_workbook_gives_text_as_a_schema_reads_it(tmp_path):
    content = workbooks.xlsx({"T": [["mã", "số", "ngày", "có"], ["01", 5, workbooks.Day(45565), True], [None, 2.5, None, False]]})
    reading = read(tmp_path, content, "a.xlsx")
    assert rows(reading) == [["mã", "số", "ngày", "có"], ["01", "5", "2024-09-30", "true"], ["", "2.5", "", "false"]]
    assert reading.grids[0].sheet == "T"


def test_ods_and_old_xls_are_read(tmp_path):
    assert rows(read(tmp_path, workbooks.ods([["a", "b"], ["1", "2"]]), "a.ods")) == [["a", "b"], ["1", "2"]]
    assert rows(read(tmp_path, workbooks.xls([["tên", "số"], ["Hòa", 2.5]]), "a.xls")) == [["tên", "số"], ["Hòa", "2.5"]]


def test_rows_of_a_sheet_keep_their_numbers(tmp_path):
    content = workbooks.xlsx({"T": [[], [], [None, "b"], [], [None, "1"], [], []]})
    assert rows(read(tmp_path, content, "a.xlsx")) == [[], [], ["", "b"], [], ["", "1"]]


def test_a_workbook_with_a_password_is_said_so(tmp_path):
    assert refused(tmp_path, workbooks.locked(), "a.xlsx") == "workbook-password"
    assert refused(tmp_path, workbooks.xls([["a"]], password=True), "a.xls") == "workbook-password"


def test_a_broken_workbook_is_said_so(tmp_path):
    assert refused(tmp_path, workbooks.zipped({"xl/workbook.xml": "<workbook"}), "a.xlsx") == "workbook-broken"


def test_a_stray_cell_at_the_far_end_of_a_sheet_costs_only_the_child(tmp_path):
    far = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>' \
          '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    parts = zipfile.ZipFile(io.BytesIO(workbooks.xlsx({"T": [["a"]]})))
    content = workbooks.zipped({name: far if name.endswith("sheet1.xml") else parts.read(name) for name in parts.namelist()})
    assert refused(tmp_path, content, "a.xlsx") == "workbook-too-big"


def test_billion_laughs_in_a_workbook_stay_unlaughed(tmp_path):
    entities = '<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    content = workbooks.xlsx({"T": [["h"], ["&a9;"]]}, prolog=f"<!DOCTYPE x [{entities}]>")
    try:
        assert sum(len(cell) for row in rows(read(tmp_path, content, "a.xlsx")) for cell in row) < 100
    except Trouble as trouble:
        assert trouble.issue.code == "workbook-broken"


@pytest.mark.parametrize("document", [
    [{"a": 1, "b": "x"}, {"b": "y", "c": None}], {"data": [{"a": 1, "b": "x"}, {"b": "y", "c": None}]},
    {"success": True, "result": {"records": [{"a": 1, "b": "x"}, {"b": "y", "c": None}]}},
])
def test_a_list_of_objects_becomes_rows_under_all_their_keys(tmp_path, document):
    assert rows(read(tmp_path, json.dumps(document).encode(), "a.json")) == [["a", "b", "c"], [1, "x", None], [None, "y", None]]


def test_one_object_a_line_is_read(tmp_path):
    assert rows(read(tmp_path, b'{"a":1}\n{"a":2}\n', "a.ndjson")) == [["a"], [1], [2]]


def test_geojson_gives_properties_and_the_geometry_as_text(tmp_path):
    ring = [[0, 0], [0, 1], [1, 1], [0, 0]]
    features = [
        {"type": "Feature", "properties": {"tên": "Côn Đảo"}, "geometry": {"type": "Polygon", "coordinates": [ring]}},
        {"type": "Feature", "properties": {"tên": "hở"}, "geometry": {"type": "Polygon", "coordinates": [ring[:3]]}},
        {"type": "Feature", "properties": None, "geometry": None},
    ]
    reading = read(tmp_path, json.dumps({"type": "FeatureCollection", "features": features}).encode(), "a.geojson")
    assert rows(reading)[0] == ["tên", "geometry"]
    assert json.loads(rows(reading)[1][1])["coordinates"] == [ring]
    assert [(issue.code, issue.facts["rows"]) for issue in reading.notes] == [("geometry-broken", "3")]


@pytest.mark.parametrize(("content", "code"), [
    (b'{"a": ', "document-broken"), (b'{"a": 1}', "json-without-table"), (b"[1, 2]", "json-without-table"), (b'[{"a":1}, 2]', "json-without-table"),
    (b"[" * 100_000, "document-broken"), (b'"x"', "json-without-table"),
])
def test_a_document_without_a_table_is_said_so(tmp_path, content, code):
    assert refused(tmp_path, content, "a.json") == code


@pytest.mark.parametrize("features", [b"{}", b'"x"', b"[1]", b'[{"properties": 3}]'])
def test_broken_features_are_said_so(tmp_path, features):
    assert refused(tmp_path, b'{"type":"FeatureCollection","features":' + features + b"}", "a.geojson") == "geojson-without-features"


def test_a_zip_gives_its_first_table_and_names_the_others(tmp_path):
    content = workbooks.zipped({"__MACOSX/._a.csv": "x", "readme.md": "x", "thư mục/a.csv": "a,b\n1,2\n", "b.csv": "c\n"})
    reading = read(tmp_path, content, "a.zip")
    assert (reading.format, rows(reading)) == ("CSV", [["a", "b"], ["1", "2"]])
    assert [(issue.code, issue.facts["names"]) for issue in reading.notes] == [("archive-other-tables", "b.csv")]


@pytest.mark.parametrize(("parts", "code"), [
    ({"a.csv": b"0" * 60_000_000}, "archive-bomb"),
    ({"b.zip": "x", "a.csv": "a\n"}, "archive-nested"),
    ({"../../etc/a.csv": "a\n"}, "archive-unsafe-name"), ({"/etc/a.csv": "a\n"}, "archive-unsafe-name"), ({"C:\\a.csv": "a\n"}, "archive-unsafe-name"),
    ({"a.pdf": "x"}, "archive-without-table"), ({}, "archive-without-table"),
    ({"a.csv": workbooks.zipped({"b.csv": "x"})}, "archive-nested"), ({"a.csv": b"%PDF"}, "format-mismatch"),
])
def test_a_hostile_zip_is_refused_before_it_is_opened(tmp_path, parts, code):
    assert refused(tmp_path, workbooks.zipped(parts), "a.zip") == code


def test_too_many_entries_and_too_much_content_are_refused(tmp_path):
    content = workbooks.zipped({f"{number}.csv": "a\n1\n" for number in range(20)})
    assert refused(tmp_path, content, "a.zip", limits=Limits(entries=10)) == "archive-bomb"
    assert refused(tmp_path, content, "a.zip", limits=Limits(unpacked=30)) == "archive-bomb"


def test_an_entry_that_lies_about_its_size_is_stopped(tmp_path):
    content = bytearray(workbooks.zipped({"a.csv": "a,b\n" * 100_000}))
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    assert refused(tmp_path, bytes(content), "a.zip") in ("archive-bomb", "archive-broken")


def test_an_encrypted_entry_is_said_so(tmp_path):
    content = bytearray(workbooks.zipped({"a.csv": "a\n"}))
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    assert refused(tmp_path, bytes(content), "a.zip") == "archive-encrypted"


def test_a_zip_cut_off_is_said_so(tmp_path):
    assert refused(tmp_path, workbooks.zipped({"a.csv": "a\n" * 1000})[:60], "a.zip") == "archive-broken"


def test_an_unzipped_workbook_bomb_is_refused(tmp_path):
    content = workbooks.zipped({"xl/workbook.xml": "<workbook/>", "xl/worksheets/sheet1.xml": b" " * 60_000_000})
    assert refused(tmp_path, content, "a.xlsx") == "archive-bomb"


@pytest.mark.parametrize(("content", "filename", "limits", "code"), [
    (b"", "a.csv", Limits(), "file-empty"), (b"a,b\n1,2\n", "a.csv", Limits(file=5), "file-too-big"),
    (b"[]" * 10, "a.json", Limits(document=5), "document-too-big"), (b"a," + b"x" * 100 + b"\n", "a.csv", Limits(line=50), "line-too-long"),
    (b"a\n" + b"x" * 100, "a.csv", Limits(line=50), "line-too-long"), (b"%PDF", "a.csv", Limits(), "format-mismatch"),
    (b"<html><table>", "a.xls", Limits(), "html-instead-of-table"),
])
def test_what_cannot_be_a_table_is_refused(tmp_path, content, filename, limits, code):
    assert refused(tmp_path, content, filename, limits=limits) == code


def test_columns_are_lettered_as_in_a_spreadsheet():
    assert [letter(number) for number in (1, 26, 27, 52, 53, 702, 703, 16384)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA", "XFD"]


def test_the_copies_are_gone_with_the_workspace(tmp_path):
    work = Workspace()
    folder = work.folder
    work.file("x").write_text("x")
    del work
    assert not folder.exists()
