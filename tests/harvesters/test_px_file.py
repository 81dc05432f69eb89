"""PC-Axis files as statistics offices write them, in their old code pages too."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.kinds.cubes import PX
from support.sources import code_of
from support.web_server import WebServer, reply

from catalog.errors import Trouble
from catalog.issues import Place
from catalog.net import Net
from harvesters import px_text
from harvesters.base import SourceSpec
from harvesters.cube import header
from harvesters.px_file import PxFileByUrl

# Two languages, units by content, notes over several lines, rows that end in semicolons.
MANY = """CHARSET="ANSI";AXIS-VERSION="2010";CODEPAGE="utf-8";
LANGUAGE="en";LANGUAGES="en","vi";
TITLE="Markets; by "
"district";TITLE[vi]="Chợ theo huyện";
CONTVARIABLE="Measure";CONTVARIABLE[vi]="Chỉ tiêu";
UNITS="";UNITS("Count")="number";UNITS[vi]("Số chợ")="chợ";UNITS[vi]("Doanh thu")="tỷ đồng";
STUB="District";STUB[vi]="Huyện";
HEADING="Measure";HEADING[vi]="Chỉ tiêu";
VALUES("District")="Long Dien","Con Dao";VALUES[vi]("Huyện")="Long Điền","Côn Đảo";
VALUES("Measure")="Count","Turnover";VALUES[vi]("Chỉ tiêu")="Số chợ","Doanh thu";
CODES("District")="752","755";
CODES("Measure")="C","T";CODES[vi]("Chỉ tiêu")="C","T";
NOTEX="First line#second "
"line";NOTE[vi]="Số sơ bộ";
TIMEVAL("Year")=TLIST(A1,"2010"-"2020");
PRECISION("Measure","Turnover")=3;
COPYRIGHT=YES;
DATA=
12 "-";
5 1.5e3;
"""
KEYED = """CODEPAGE="utf-8";TITLE="T";STUB="a","b";HEADING="n";VALUES("a")="A1","A2";CODES("a")="1","2";
VALUES("b")="B1","B2","B3";
VALUES("n")="2022","2023";KEYS("a")=CODES;KEYS("b")=VALUES;
DATA="1","B3",5,6
"2","B1",".." 8;
"""


def opened(path, text: str | bytes, **options) -> px_text.PxFile:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return px_text.open_px(path, Place(file="x.px"), **options)


def rows(path, text: str | bytes, **options) -> list[list[str]]:
    file = opened(path, text, **options)
    return [header(file.head.dimensions()), *file.rows()]


TABLE = [["Địa phương", "Địa phương_label", "Năm", "value", "status"], ["747", "Vũng Tàu", "2022", "357.1", ""],
         ["747", "Vũng Tàu", "2023", "", ".."], ["748", "Bà Rịa", "2022", "118.5", ""], ["748", "Bà Rịa", "2023", "120.25", ""]]


def windows_1258(text: str) -> bytes:
    """Letters that the code page has only in parts are written base and mark."""
    marks = {"\u0300": b"\xcc", "\u0301": b"\xec", "\u0309": b"\xd2", "\u0303": b"\xde", "\u0323": b"\xf2"}
    out = b""
    for letter in text:
        try:
            out += letter.encode("cp1258")
        except UnicodeEncodeError:
            import unicodedata

            parts = unicodedata.normalize("NFD", letter)
            mark = next(sign for sign in parts if sign in marks)
            out += unicodedata.normalize("NFC", parts.replace(mark, "")).encode("cp1258") + marks[mark]
    return out


@pytest.mark.parametrize("page", ['CODEPAGE="windows-1258";', 'CODEPAGE="1258";', 'CODEPAGE="Windows1258";', "",
    'CODEPAGE="iso-8859-1";', 'CODEPAGE="no";'])
def test_old_vietnamese_letters_come_out_composed(tmp_path, page):
    text = PX.replace('CODEPAGE="utf-8";', page).replace("Bộ dữ liệu 0",
        "Dân số trung bình phân theo địa phương, giới tính và thành thị")
    file = opened(tmp_path / "x", windows_1258(text))
    assert [header(file.head.dimensions()), *file.rows()] == TABLE
    assert file.head.one("TITLE").startswith("Dân số trung bình phân theo địa phương")


@pytest.mark.parametrize("text", [PX, "\ufeff" + PX, PX.replace('"utf-8"', '"windows-1258"'), PX.replace("\n", "\r\n"),
                                  PX.replace("357.1", '357.1,').replace(";", " ;"),
                                  PX.replace("\n118.5", '";"\n118.5').replace('";"', ";")])
def test_utf_8_is_seen_whatever_the_file_says(tmp_path, text):
    assert rows(tmp_path / "x", text) == TABLE


def test_western_letters_are_read_where_the_file_says_ansi(tmp_path):
    text = PX.replace('CODEPAGE="utf-8";', "").replace("Địa phương", "año").replace("Năm", "região").replace("Vũng Tàu",
        "Málaga").replace("Bà Rịa", "León")
    text = text.replace("Chi cục Thống kê", "ñ").replace("Dân số", "ó").replace("Nghìn người", "ç").replace("Bộ dữ liệu", "é")
    assert rows(tmp_path / "x", text.encode("cp1252"))[1][:3] == ["747", "Málaga", "2022"]
    assert code_of(rows, tmp_path / "x", text.replace('CHARSET="ANSI";', "").encode("cp1252")) == "encoding-unknown"
    assert rows(tmp_path / "x", text.encode("cp850"), encoding="cp850")[1][:3] == ["747", "Málaga", "2022"]


def test_the_language_that_is_wanted_is_read(tmp_path):
    assert rows(tmp_path / "x", MANY, language="vi") == [
        ["Huyện", "Huyện_label", "Chỉ tiêu", "Chỉ tiêu_label", "Chỉ tiêu_unit", "value", "status"],
        ["752", "Long Điền", "C", "Số chợ", "chợ", "12", ""], ["752", "Long Điền", "T", "Doanh thu", "tỷ đồng", "", "-"],
        ["755", "Côn Đảo", "C", "Số chợ", "chợ", "5", ""], ["755", "Côn Đảo", "T", "Doanh thu", "tỷ đồng", "1.5e3", ""]]
    assert rows(tmp_path / "x", MANY)[1] == ["752", "Long Dien", "C", "Count", "number", "12", ""]
    said = px_text.words_of(opened(tmp_path / "x", MANY, language="vi").head)
    assert (said["title"], said["title_en"], said["notes"]) == ("Chợ theo huyện", "Markets; by district",
        "First line\nsecond line\n\nSố sơ bộ")


def test_only_the_rows_that_are_there_stand_in_a_file_with_keys(tmp_path):
    assert rows(tmp_path / "x", KEYED) == [
        ["a", "a_label", "b", "n", "value", "status"], ["1", "A1", "B3", "2022", "5", ""], ["1", "A1", "B3", "2023", "6", ""],
        ["2", "A2", "B1", "2022", "", ".."], ["2", "A2", "B1", "2023", "8", ""]]
    assert code_of(rows, tmp_path / "x", KEYED.replace('"2","B1"', '"3","B1"')) == "px-cell-odd"
    assert code_of(rows, tmp_path / "x", KEYED.replace('".." 8;', '"..";')) == "cube-size"
    assert code_of(rows, tmp_path / "x", KEYED.replace('KEYS("b")=VALUES;', "")) == "px-broken"


@pytest.mark.parametrize(("change", "code"), [
    (("120.25;", ""), "cube-size"), (("120.25;", "120.25 7;"), "cube-size"), (("120.25;\n", "120.2"), "px-cut"),
    (("120.25;", '120.25 "'), "px-cut"),
    (("120.25", "120,2x"), "px-cell-odd"), (("120.25", '"n/a"'), "px-cell-odd"), (("120.25", "1.2.3"), "px-cell-odd"),
    (("120.25", "١٢"), "px-cell-odd"),
    (("DATA=", "DATUM="), "px-broken"), (('"Bà Rịa"', '"Bà Rịa'), "px-broken"),
    (('STUB="Địa phương";\nHEADING="Năm";', ""), "px-broken"),
    (('HEADING="Năm"', 'HEADING="Địa phương"'), "px-broken"), (('"747","748"', '"747"'), "px-broken"),
    (('VALUES("Năm")', 'VALUES("Nam")'), "px-broken"), (('MATRIX="V02.01"', "MATRIX"), "px-broken"),
    (('MATRIX="V02.01"', "<html>"), "px-broken")])
def test_a_file_that_is_not_whole_makes_no_table(tmp_path, change, code):
    assert PX.count(change[0]) == 1
    assert code_of(rows, tmp_path / "x", PX.replace(*change)) == code


@pytest.mark.parametrize(("text", "code"), [
    ("", "px-broken"), ("<!doctype html><title>Đăng nhập</title>", "px-broken"), ('{"a": 1}', "px-broken"),
    (b"\0" * 50, "nul-bytes"),
    ("A=" + '"x"\n' * 10_000, "px-broken"), ("DATA=1;", "px-broken"),
    (PX.partition("DATA=")[0] + "DATA=" + "9" * 100_000, "px-cut"),
    (PX.partition("DATA=")[0] + "DATA=" + '"' * 100_001, "px-cut")])
def test_what_is_no_such_file_is_said_in_words(tmp_path, text, code):
    assert code_of(rows, tmp_path / "x", text) == code


@given(st.integers(1, 400), st.integers(0, 1000))
def test_cells_are_the_same_however_the_text_comes(size, seed):
    import random

    chance = random.Random(seed)
    data = PX.partition("DATA=")[2] + "357.1 " * 5
    pieces, start = [], 0
    while start < len(data):
        step = chance.randint(1, size)
        pieces.append(data[start:start + step])
        start += step
    assert list(px_text._tokens(iter(pieces), Place())) == ["357.1", '".."', "118.5", "120.25", *["357.1"] * 5]


@given(st.text(st.sampled_from('ABC=";,()[]- \n1.ă'), max_size=60))
def test_any_text_is_read_or_refused_in_words(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.px"
    for whole in (text, text + PX, PX.replace("DATA=", text + "DATA="), PX + text):
        try:
            rows(path, whole)
        except Trouble as trouble:
            assert trouble.issue.code.startswith(("px-", "cube-"))


def test_the_file_is_a_dataset_whose_table_is_made_when_it_changes(server: WebServer, net: Net, tmp_path):
    server.routes["/Dan so.px"] = server.routes["/Dan%20so.px"] = reply(PX)
    one = PxFileByUrl(SourceSpec(name="x", url=server.url("/Dan%20so.px")), net)
    item = one.page(None).items[0]
    record = one.describe(item)
    extras = {extra["key"]: extra["value"] for extra in record.metadata["extras"]}
    assert (record.metadata["title"], record.metadata["author"]) == ("Bộ dữ liệu 0", "Chi cục Thống kê")
    assert extras == {"origin_modified": "2024-09-30T08:00:00", "unit": "Nghìn người", "subject": "Dân số", "matrix": "V02.01"}
    recipe = record.resources[0].recipe
    made = one.make(recipe, tmp_path / "t.csv", None)
    assert made.filename == "Dan-so.csv"
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == TABLE
    assert one.make(recipe, tmp_path / "t.csv", made.mark) is None
    server.routes["/Dan%20so.px"] = reply(PX.replace("357.1", "357.2"))
    assert one.make(recipe, tmp_path / "t.csv", made.mark).mark != made.mark


def head_of(tmp_path, text: str) -> str:
    path = tmp_path / "x.px"
    path.write_text(text)
    return code_of(px_text.open_px, path, Place())


def test_a_head_is_bounded_as_a_whole_and_not_by_its_statements(tmp_path, monkeypatch):
    monkeypatch.setattr(px_text, "MAX_HEAD", 1_000)
    assert head_of(tmp_path, 'A="1";' * 400_000 + "STUB=\"a\";DATA=1;") == "px-broken"


@pytest.mark.parametrize("text", ["KEY" + " " * 200_000 + "x;", "KEY[" + " " * 200_000 + "x;", 'A("' + '"x"' * 50_000 + ";", "A=" + '"a"' * 500_000 + ";"],
                         ids=["blanks", "blanks in brackets", "quotes in brackets", "a text in many pieces"])
def test_a_head_that_was_made_to_take_long_does_not(tmp_path, text):
    assert head_of(tmp_path, text) == "px-broken"
