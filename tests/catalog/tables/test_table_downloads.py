"""A stored table in other forms: a workbook that keeps every value, features on a map, text that no spreadsheet runs."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from catalog.tables.downloads import KINDS, Form, offered, pieces
from catalog.tables.shelf import Shelf
from catalog.tables.workbook import CELL, write_workbook

DAY, MOMENT = datetime.date(2024, 9, 5), datetime.datetime(2024, 9, 5, 7, 30)
VALUES = {
    "chữ": ["=1+1", None, "007"], "số": [1, -5, None], "mã dài": [10**17 + 1, 3, 10**15 - 1], "giá": [Decimal("12.50"), None, Decimal("1234567890123456.78")],
    "đo": [0.1, float("nan"), -1e300], "ngày": [DAY, None, datetime.date(1899, 1, 2)], "lúc": [MOMENT, None, MOMENT], "có": [True, False, None],
}


def stored(folder: Path, columns: dict[str, list] | pa.Table) -> Path:
    path = folder / "t.parquet"
    pq.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), path)
    return path


def cells(path: Path, sheet: str = "Dữ liệu") -> list[list]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python()


def features(folder: Path, columns: dict[str, list]) -> list[tuple]:
    found = json.loads(b"".join(pieces(stored(folder, columns), Form(kind="geojson"))))
    assert found["type"] == "FeatureCollection" and all(feature["type"] == "Feature" for feature in found["features"])
    return [(feature["geometry"], feature["properties"]) for feature in found["features"]]


def test_a_workbook_keeps_every_value_in_its_type_or_as_text(tmp_path):
    write_workbook(stored(tmp_path, VALUES), tmp_path / "t.xlsx")
    assert cells(tmp_path / "t.xlsx") == [
        list(VALUES),
        ["=1+1", 1, "100000000000000001", 12.5, 0.1, DAY, MOMENT, True],
        ["", -5, 3, "", "nan", "", "", False],
        ["007", "", 10**15 - 1, "1234567890123456.78", -1e300, "1899-01-02", MOMENT, ""],
    ]
    with zipfile.ZipFile(tmp_path / "t.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert 'state="frozen"' in sheet and 'ySplit="1"' in sheet and "<f>" not in sheet


def test_the_same_table_gives_the_same_workbook(tmp_path):
    source = stored(tmp_path, VALUES)
    for name in ("a", "b"):
        write_workbook(source, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_rows_beyond_the_last_of_a_sheet_go_on_in_the_next_one_with_the_header(tmp_path):
    write_workbook(stored(tmp_path, {"n": list(range(5))}), tmp_path / "t.xlsx", rows=3)
    assert [cells(tmp_path / "t.xlsx", name) for name in ("Dữ liệu", "Dữ liệu 2", "Dữ liệu 3")] == [[["n"], [0], [1]], [["n"], [2], [3]], [["n"], [4]]]


def test_a_table_without_rows_is_a_sheet_with_a_header(tmp_path):
    write_workbook(stored(tmp_path, {"n": pa.array([], pa.int64())}), tmp_path / "t.xlsx")
    assert cells(tmp_path / "t.xlsx") == [["n"]]


def test_a_text_longer_than_a_cell_says_how_much_is_left_out(tmp_path):
    write_workbook(stored(tmp_path, {"n": ["đ" * (CELL + 5), "đ" * CELL]}), tmp_path / "t.xlsx")
    [_, [long], [whole]] = cells(tmp_path / "t.xlsx")
    assert (long[-6:], len(long) < CELL, whole) == ("… (+45)"[-6:], True, "đ" * CELL)


def test_a_large_workbook_is_written_in_bounded_memory(tmp_path):
    count = 300_000
    stored(tmp_path, {"n": list(range(count)), "tên": [f"Đường số {number}" for number in range(count)]})
    program = ("import resource, sys; from pathlib import Path; from catalog.tables.workbook import write_workbook\n"
               "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
               "write_workbook(Path(sys.argv[1]), Path(sys.argv[2])); print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)")
    done = subprocess.run([sys.executable, "-c", program, tmp_path / "t.parquet", tmp_path / "t.xlsx"], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 120_000  # KiB; the rows would take some 100 MB more


def test_longitude_and_latitude_become_points_and_what_is_none_becomes_no_geometry(tmp_path):
    found = features(tmp_path, {"Tên": ["a", "b", "c", "d"], "Kinh độ": ["107.07", "181", None, "107,5"], "vi_do": ["10.35", "10", "10", "10,25"]})
    assert [geometry for geometry, _ in found] == [{"type": "Point", "coordinates": [107.07, 10.35]}, None, None, {"type": "Point", "coordinates": [107.5, 10.25]}]
    assert found[1][1] == {"Tên": "b", "Kinh độ": "181", "vi_do": "10"}


def test_a_geometry_stays_what_it_is_and_what_is_none_stays_a_cell(tmp_path):
    line = {"type": "LineString", "coordinates": [[107, 10], [107.1, 10.2]]}
    found = features(tmp_path, {"ten": ["a", "b", "c"], "geometry": [json.dumps(line), '{"type":"Feature"}', "x"], "giá": [Decimal("1.50"), None, Decimal(2)]})
    assert found == [(line, {"ten": "a", "giá": 1.5}), (None, {"ten": "b", "geometry": '{"type":"Feature"}', "giá": None}), (None, {"ten": "c", "geometry": "x", "giá": 2})]


@pytest.mark.parametrize(("names", "there"), [
    (["ten", "kinh_do", "vi_do"], True), (["Longitude", "LATITUDE"], True), (["Vĩ độ", "Kinh độ"], True), (["geometry"], True), (["x", "y"], False), (["kinh_do"], False),
    (["long"], False), ([], False),
])
def test_geojson_is_offered_where_columns_tell_places(names, there):
    assert ("geojson" in offered(names)) is there


def test_a_table_too_wide_for_a_sheet_is_not_offered_as_a_workbook():
    assert [kind for kind in KINDS if kind not in offered([f"c{number}" for number in range(16_385)])] == ["xlsx", "geojson"]


def test_text_forms_tell_each_value(tmp_path):
    source = stored(tmp_path, {"a": ["=1+1", "-5", None], "n": [Decimal("1.50"), None, Decimal("-2.00")]})
    assert b"".join(pieces(source, Form(kind="csv", bom=True))) == "\ufeffa,n\r\n=1+1,1.50\r\n-5,\r\n,-2.00\r\n".encode()
    assert b"".join(pieces(source, Form(kind="csv", excel_safe=True))).splitlines()[1] == b"'=1+1,1.50"
    assert [json.loads(line)["n"] for line in b"".join(pieces(source, Form(kind="ndjson"))).splitlines()] == [1.5, None, -2.0]


def test_the_least_used_leaves_the_shelf_first(tmp_path):
    shelf = Shelf(tmp_path / "shelf", limit=25)
    for name in ("aa.1", "bb.1", "cc.1"):
        shelf.get(name, lambda target: target.write_bytes(b"x" * 10) and None)
    assert sorted(path.name for path in (tmp_path / "shelf").iterdir() if path.suffix != ".lock") == ["bb.1", "cc.1"]


def test_what_fails_leaves_nothing_on_the_shelf(tmp_path):
    shelf = Shelf(tmp_path / "shelf", limit=10**6)
    with pytest.raises(ZeroDivisionError):
        shelf.get("aa.1", lambda target: target.write_bytes(b"x") and 1 / 0)
    assert [path.name for path in (tmp_path / "shelf").iterdir()] == ["aa.lock"]
