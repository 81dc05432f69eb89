"""A checked table is stored with real types, looked into, and sent out again."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.tables import TableSource, column_profiles, read_preview, write_table
from catalog.tables.downloads import Form, pieces
from catalog.tables.source import Column


def source(rows: list[list], *columns: tuple[str, dict | None]) -> TableSource:
    return TableSource(rows=lambda: iter(rows), columns=tuple(Column(name=name, title=name.upper(), descriptor=descriptor and {"name": name, **descriptor})
                                                              for name, descriptor in columns))


def stored(tmp_path: Path, rows: list[list], *columns: tuple[str, dict | None]) -> Path:
    target = tmp_path / "table.parquet"
    assert write_table(source(rows, *columns), target) == len(rows)
    return target


def test_types_come_from_the_schema(tmp_path):
    columns = [("n", {"type": "integer"}), ("x", {"type": "number"}), ("d", {"type": "date"}), ("t", {"type": "datetime"}), ("b", {"type": "boolean", "trueValues": ["có"], "falseValues": ["không"]}),
               ("y", {"type": "year"}), ("s", {"type": "string"}), ("g", {"type": "geopoint"})]
    path = stored(tmp_path, [["1", "2.5", "2024-12-31", "2024-12-31T08:30:00", "có", "2024", "01", "107,10"], ["", "", "", "", "", "", "", ""], ["+3", "1e2", "2020-1-5", "2024-01-01T00:00:00Z", "không", "1999", "Hoà", ""]], *columns)
    table = pq.read_table(path)
    assert [str(kind) for kind in table.schema.types] == ["int64", "double", "date32[day]", "timestamp[us]", "bool", "int32", "string", "string"]
    assert table.column("n").to_pylist() == [1, None, 3]
    assert table.column("d").to_pylist() == [date(2024, 12, 31), None, date(2020, 1, 5)]
    assert table.column("b").to_pylist() == [True, None, False]
    assert pq.ParquetFile(path).metadata.row_group(0).column(0).compression == "ZSTD"


def test_without_a_schema_types_come_from_the_whole_file(tmp_path):
    rows = [["1", "01", "2.5", "2024-01-01", "true", "", "1"] for _ in range(20_000)] + [["-7", "2", "3", "2024-02-30", "False", "", "x"]]
    path = stored(tmp_path, rows, *((name, None) for name in ("n", "code", "x", "notdate", "b", "empty", "mixed")))
    assert [field["type"] for field in read_preview(path).fields] == ["integer", "string", "number", "string", "boolean", "string", "string"]
    assert pq.read_table(path).column("code").to_pylist()[0] == "01"


def test_text_is_composed(tmp_path):
    path = stored(tmp_path, [[unicodedata.normalize("NFD", "Trường Hòa")]], ("s", {"type": "string"}))
    assert pq.read_table(path).column("s").to_pylist() == ["Trường Hòa"]


def test_a_number_too_big_for_its_type_is_kept_as_text(tmp_path):
    path = stored(tmp_path, [["1"], ["9" * 30]], ("n", {"type": "integer"}))
    assert pq.read_table(path).column("n").to_pylist() == ["1", "9" * 30]


def test_values_of_json_are_taken_as_they_are(tmp_path):
    path = stored(tmp_path, [[1, "x", {"a": [1]}, None], [2.5, None, [], True]], ("n", {"type": "number"}), ("s", {"type": "string"}), ("o", {"type": "object"}), ("i", None))
    assert pq.read_table(path).to_pylist() == [{"n": 1.0, "s": "x", "o": '{"a":[1]}', "i": None}, {"n": 2.5, "s": None, "o": "[]", "i": True}]


def test_nothing_is_left_behind_when_writing_fails(tmp_path):
    def broken():
        yield ["1"]
        raise OSError("the disk went away")

    with pytest.raises(OSError, match="went away"):
        write_table(TableSource(rows=broken, columns=(Column(name="n", title="n", descriptor={"name": "n", "type": "integer"}),)), tmp_path / "t.parquet")
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.one_of(st.integers().map(str), st.floats(allow_nan=False).map(repr), st.dates().map(str), st.sampled_from(["", "01", "true", "False", "TRUE", "-", "1e5"]),
                          st.text(st.characters(codec="utf-8"), max_size=5))))
def test_whatever_type_is_found_every_cell_keeps_its_value(tmp_path, cells):
    path = stored(tmp_path, [[cell] for cell in cells], ("c", None))
    column = pq.read_table(path).column("c")
    kept = [cell for cell in cells if cell]
    assert len(column.drop_null()) == len(kept)
    if column.type == pa.string():
        assert column.drop_null().to_pylist() == [unicodedata.normalize("NFC", cell) for cell in kept]
    elif column.type == pa.int64():
        assert column.drop_null().to_pylist() == [int(cell) for cell in kept]
    elif column.type == pa.float64():
        assert column.drop_null().to_pylist() == [float(cell) for cell in kept]


@pytest.fixture
def numbers(tmp_path) -> Path:
    """40,000 rows over several row groups."""
    rows = [[str(n), f"{n / 4}", ["Bà Rịa", "Vũng Tàu", "Côn Đảo", ""][n % 4], f"20{n % 20 + 10}-01-02"] for n in range(40_000)]
    return stored(tmp_path, rows, ("n", {"type": "integer"}), ("x", {"type": "number"}), ("s", {"type": "string"}), ("d", {"type": "date"}))


@pytest.mark.parametrize(("offset", "limit", "expected"), [(0, 2, [0, 1]), (16_383, 2, [16_383, 16_384]), (39_999, 5, [39_999]), (50_000, 5, []), (0, 0, [])])
def test_a_preview_shows_any_span_of_rows(numbers, offset, limit, expected):
    preview = read_preview(numbers, limit=limit, offset=offset)
    assert ([row[0] for row in preview.rows], preview.total) == (expected, 40_000)
    json.dumps(preview.rows)


def test_fields_carry_their_table_schema_type_and_label(numbers):
    assert read_preview(numbers).fields[3] == {"name": "d", "type": "date", "title": "D"}


def test_profiles_are_small_and_true(numbers):
    n, x, s, d = column_profiles(numbers)
    assert (n["min"], n["max"], n["missing"], n["distinct"], n["distinct_capped"]) == (0, 39_999, 0, 10_000, True)
    assert len(n["histogram"]) == 12
    assert sum(bin["count"] for bin in n["histogram"]) == sum(bin["count"] for bin in x["histogram"]) == 40_000
    assert (s["missing"], s["distinct"], s["top"][0]) == (10_000, 3, {"value": "Bà Rịa", "count": 10_000})
    assert (d["min"], d["max"], sum(bin["count"] for bin in d["histogram"])) == ("2010-01-02", "2029-01-02", 40_000)


def test_profiles_of_odd_columns(tmp_path):
    path = stored(tmp_path, [["", "NaN", "true", "7"], ["", "INF", "false", "7"]], ("e", {"type": "string"}), ("x", {"type": "number"}), ("b", {"type": "boolean"}), ("k", {"type": "integer"}))
    empty, odd, boolean, same = column_profiles(path)
    assert (empty["missing"], empty["top"], odd["min"], odd["histogram"]) == (2, [], None, [])
    assert (boolean["distinct"], same["min"], same["max"], same["top"]) == (2, 7, 7, [{"value": 7, "count": 2}])


def test_csv_comes_out_as_it_went_in(numbers):
    text = b"".join(pieces(numbers, Form(kind="csv"))).decode()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[:3] == [["n", "x", "s", "d"], ["0", "0", "Bà Rịa", "2010-01-02"], ["1", "0.25", "Vũng Tàu", "2011-01-02"]]
    assert len(rows) == 40_001
    assert b"".join(pieces(numbers, Form(kind="csv", bom=True))).startswith(b"\xef\xbb\xbfn,x")


def test_an_excel_safe_csv_runs_no_formula(tmp_path):
    cells = ["=HYPERLINK(1)", "-1", "+84901", "@x", "\tx", "-2+3", "fine"]
    path = stored(tmp_path, [[cell, "-1"] for cell in cells], ("=s", {"type": "string"}), ("n", {"type": "integer"}))
    rows = list(csv.reader(io.StringIO(b"".join(pieces(path, Form(kind="csv", excel_safe=True))).decode(), newline="")))
    assert [row[0] for row in rows] == ["'=s", "'=HYPERLINK(1)", "-1", "'+84901", "'@x", "'\tx", "'-2+3", "fine"]
    assert rows[1][1] == "-1"
    assert b"'" not in b"".join(pieces(path, Form(kind="csv")))


def test_json_and_ndjson_hold_the_same_rows(numbers):
    rows = json.loads(b"".join(pieces(numbers, Form(kind="json"))))
    assert rows[5] == {"n": 5, "x": 1.25, "s": "Vũng Tàu", "d": "2015-01-02"}
    assert [json.loads(line) for line in b"".join(pieces(numbers, Form(kind="ndjson"))).splitlines()] == rows
    with pytest.raises(ValueError, match="xlsx"):
        pieces(numbers, Form(kind="xlsx"))


def test_an_empty_table_goes_out_too(tmp_path):
    path = stored(tmp_path, [], ("a", {"type": "integer"}), ("b", None))
    assert json.loads(b"".join(pieces(path, Form(kind="json")))) == []
    assert b"".join(pieces(path, Form(kind="csv"))) == b"a,b\r\n"
    assert (read_preview(path).rows, column_profiles(path)[0]["distinct"]) == ([], 0)
