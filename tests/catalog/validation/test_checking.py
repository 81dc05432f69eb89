"""One file in, one verdict out: what is wrong, in which cells, and what to write instead."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import frictionless
import pytest
from support import workbooks

import schemas
from catalog.issues import Issue, codes, say
from catalog.tables import write_table
from catalog.validation import Cancelled, check, engine
from catalog.validation.causes import code_of
from catalog.validation.repair import Repair

SCHEMA = {
    "fields": [
        {"name": "ma", "title": "Mã số", "type": "string", "constraints": {"required": True, "unique": True, "pattern": "[0-9]{2}"}},
        {"name": "ten", "title": "Tên trường", "titles": {"vi": "Tên trường", "en": "School"}, "type": "string"},
        {"name": "ngay", "title": "Ngày cấp", "type": "date"},
        {"name": "so", "title": "Số học sinh", "type": "number", "constraints": {"minimum": 0}},
    ]
}
GOOD = "ma,ten,ngay,so\n01,Trường Hòa Long,2024-12-31,5.5\n02,,,7\n"


@pytest.fixture
def verdict(tmp_path):
    def of(content: str | bytes, filename: str = "a.csv", **more):
        path = tmp_path / "stored-without-a-name"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return check(path, filename=filename, **{"schema": SCHEMA, **more})

    return of


def seen(found) -> list[str]:
    return [issue.code for issue in found.issues]


def the(found, code: str) -> Issue:
    return next(issue for issue in found.issues if issue.code == code)


def test_a_good_file_is_valid_and_can_be_written(verdict, tmp_path):
    found = verdict(GOOD)
    assert (found.state, found.format, found.encoding, found.rows, found.errors) == ("valid", "CSV", "utf-8", 2, 0)
    assert found.fields == ("ma", "ten", "ngay", "so")
    assert found.issues == ()
    assert write_table(found.table, tmp_path / "t.parquet") == 2


def test_the_report_is_the_one_that_frictionless_gives(tmp_path):
    """For every schema of the house and both its samples, all keys but the time taken."""
    for schema in schemas.all_schemas():
        for sample in (schema.valid_sample, schema.invalid_sample):
            ours = check(sample, filename=sample.name, schema=schema.name)
            with frictionless.system.use_context(trusted=True):
                resource = frictionless.Resource(path=str(sample), schema=frictionless.Schema.from_descriptor(schema.descriptor))
                theirs = resource.validate().to_descriptor()
            reports = [json.loads(json.dumps(report)) for report in (ours.report, theirs)]
            for report in reports:
                report["tasks"][0]["place"] = ""
                report["stats"]["seconds"] = report["tasks"][0]["stats"]["seconds"] = 0
            assert reports[0] == reports[1], sample
            assert ours.state == ("valid" if theirs["valid"] else "invalid")


def test_a_date_the_vietnamese_way_names_cells_and_the_right_form(verdict):
    found = verdict("ma,ten,ngay,so\n01,x,31/12/2024,1\n02,y,2024-01-01,1\n03,z,5/9/2024,1\n")
    issue = the(found, "date-format")
    assert (found.state, issue.facts["count"], issue.facts["cells"]) == ("invalid", 2, ["C2", "C4"])
    assert (issue.facts["example"], issue.facts["proposal"], issue.place.column) == ("31/12/2024", "2024-12-31", "C")
    assert "31/12/2024 → 2024-12-31" in say(issue, "vi").mend
    assert Repair(found.faulty).summary().details(found.details["causes"], {})["causes"][0]["certain"]
    assert found.table is None


def test_words_never_name_one_day_of_two(verdict):
    issue = the(verdict("ma,ten,ngay,so\n01,x,05/04/2023,1\n"), "date-format")
    assert issue.facts["proposal"] == "2023-04-05 | 2023-05-04"


def test_a_date_that_is_none_is_not_mended(verdict):
    assert "cell-type" in seen(verdict("ma,ten,ngay,so\n01,x,45/13/2024,1\n"))
    assert the(verdict("ma,ten,ngay,so\n01,x,12/31/2024,1\n"), "date-format").facts["proposal"] == "2024-12-31"


@pytest.mark.parametrize(("cell", "code", "proposal"), [
    ("12,5", "decimal-comma", "12.5"), ("1.234,5", "number-grouping", "1234.5"), ("1.234.567", "number-grouping", "1234567"),
    ("1,234.5", "number-grouping", "1234.5"), ("1 234", "number-grouping", "1234"), ("1 234,50", "number-grouping", "1234.50"), ("năm", "cell-type", None),
])
def test_numbers_the_vietnamese_way_say_what_to_write(verdict, cell, code, proposal):
    issue = the(verdict(f'ma,ten,ngay,so\n01,x,,"{cell}"\n'), code)
    assert issue.facts.get("proposal") == proposal


def test_each_kind_of_error_in_each_column_is_one_issue(verdict):
    rows = "".join(f"{number:02},x,hôm qua,-1\n" for number in range(1, 30))
    found = verdict("ma,ten,ngay,so\n" + rows + "01,x,,1\nx,x,,1\n,x,,1\n")
    assert seen(found) == ["cell-type", "cell-out-of-range", "cell-not-unique", "cell-pattern", "cell-required"]
    assert the(found, "cell-type").facts["at"] == "C2, C3, C4, C5, C6 …"
    assert the(found, "cell-out-of-range").facts["expected"] == "từ 0 trở lên"
    assert found.errors == 61


def test_every_error_type_of_frictionless_has_words():
    types = engine.error_types()
    assert len(types) > 40
    for name in types:
        assert code_of(name) in codes(), name


def test_no_issue_leaves_a_gap_in_its_words(verdict):
    files = [
        ("ma,ten,ngay,so\n1,2\n1,x,31/12/2024,x,extra\n,,,\n", {}), ("ma,,ngay,ngay\n", {}), ("x\n1\n", {}), ("", {}), ("a,b\n1,2\n", {}),
        (b"\xff\xfe\x00", {}), (b"a\0", {}), (b"<html>", {"filename": "a.xls"}), (b"PK\x03\x04", {"filename": "a.zip"}), ("ma,ten,ngay,so\n", {}),
        ("Bảng 1,,,\n" + GOOD, {}), ("mã số,Tên trường,ngay,so\n", {}), (GOOD, {"schema": "no-such-schema"}), (b"{", {"filename": "a.json"}),
        ("CCCD\n077094001234\n", {"schema": None}), (GOOD, {"schema": {"fields": [{"name": "ma", "type": "nothing"}]}}), ("ma,ten\n" * 50, {"limit_errors": 3}),
    ]
    for content, more in files:
        found = verdict(content, **more)
        assert found.issues, content
        for issue in found.issues:
            for language in ("vi", "en"):
                said = say(issue, language)
                assert "{" not in (said.what + said.mend).replace("[0-9]{2}", "")
                assert "…" not in (said.what + said.mend).replace(" …", ""), (issue, said)


def test_one_column_where_the_schema_has_more_blames_the_delimiter(verdict):
    found = verdict("ma:ten:ngay:so\n01:x::1\n")
    assert (found.state, seen(found)[0]) == ("invalid", "delimiter-unknown")
    assert not found.report["valid"]


def test_an_empty_file_is_said_so_in_the_report_too(verdict):
    for content in ("", "\n\n", "  \n"):
        found = verdict(content)
        assert (found.state, seen(found), found.report["valid"]) == ("invalid", ["file-empty"], False)


def test_a_file_with_only_a_header_is_held(verdict):
    found = verdict("ma,ten,ngay,so\n")
    assert (found.state, seen(found), found.rows, found.table) == ("held", ["header-only"], 0, None)


def test_title_rows_are_passed_over_and_said(verdict):
    found = verdict("DANH SÁCH TRƯỜNG,,,\n\nNăm 2024,,,\n" + GOOD + "03,x,31/12/2024,1\n")
    assert seen(found) == ["title-rows-skipped", "date-format"]
    assert the(found, "title-rows-skipped").facts["header"] == 4
    assert the(found, "date-format").facts["cells"] == ["C7"]


def test_vietnamese_titles_as_labels_stand_for_the_fields(verdict, tmp_path):
    found = verdict("Mã số,TÊN  TRƯỜNG,ngay,so\n01,x,,1\n")
    assert (found.state, seen(found), found.fields) == ("valid", ["labels-are-titles"], ("ma", "ten", "ngay", "so"))
    broken = verdict("Mã số,Tên trường,ngay,so\n1,x,,1\n")
    assert broken.report["tasks"][0]["errors"][0]["fieldName"] == "ma"


def test_duplicate_labels_and_ragged_rows_are_named(verdict):
    found = verdict("ma,ten,ngay,ten\n01,x\n02,x,,1,y,z\n")
    assert {"label-repeated", "label-incorrect", "cell-missing", "cell-extra"} <= set(seen(found)) | {"label-incorrect"}
    assert the(found, "cell-extra").facts["cells"] == ["E3", "F3"]


def test_a_windows_1258_file_is_read_and_checked_as_composed_text(verdict, tmp_path):
    schema = {"fields": [{"name": "tên", "type": "string", "constraints": {"enum": ["Trạm y tế phường Thắng Nhất", "Trường Tiểu học"]}}, {"name": "n", "type": "integer"}]}
    text = "tên,n\nTrạm y tế phường Thắng Nhất,1\nTrường Tiểu học,2\n"
    apart = "".join(_windows_letter(letter) for letter in text).encode("cp1258")
    found = verdict(apart, schema=schema)
    assert (found.state, found.encoding, seen(found)) == ("valid", "windows-1258", ["encoding-converted"])
    assert next(found.table.rows())[0] == "Trạm y tế phường Thắng Nhất"


def _windows_letter(letter: str) -> str:
    parts = unicodedata.normalize("NFD", letter)
    tones = "".join(sign for sign in parts if sign in "\u0300\u0301\u0303\u0309\u0323")
    return unicodedata.normalize("NFC", "".join(sign for sign in parts if sign not in tones)) + tones


def test_decomposed_text_is_checked_as_composed_text_and_the_digest_is_of_the_file(verdict, tmp_path):
    import hashlib

    content = unicodedata.normalize("NFD", GOOD).encode()
    found = verdict(content)
    assert (found.state, seen(found)) == ("valid", ["encoding-converted"])
    assert found.report["tasks"][0]["stats"]["sha256"] == hashlib.sha256(content).hexdigest()


def test_the_sheet_that_fits_the_schema_is_chosen_and_rows_keep_their_numbers(verdict):
    table = [["ma", "ten", "ngay", "so", None], ["01", "x", workbooks.Day(45657), 5, None], ["02", None, "31/12/2024", 7, None]]
    content = workbooks.xlsx({"Bìa": [["Sở Giáo dục"]], "Số liệu": [["DANH SÁCH"], [], *table]})
    found = verdict(content, "a.xlsx")
    assert (found.state, found.sheet, found.rows) == ("invalid", "Số liệu", 2)
    assert (the(found, "date-format").facts["cells"], the(found, "date-format").place.sheet) == (["C5"], "Số liệu")
    assert found.errors == 1


def test_empty_cells_at_the_end_of_a_sheets_rows_are_not_missing(verdict):
    content = workbooks.xlsx({"T": [["ma", "ten", "ngay", "so"], ["01"], ["02", "x"]]})
    assert verdict(content, "a.xlsx").state == "valid"


def test_json_rows_are_numbered_as_if_they_had_a_header(verdict):
    found = verdict(json.dumps([{"ma": "01", "ten": "x", "ngay": None, "so": 1}, {"ma": "02", "ten": "x", "ngay": "31/12/2024", "so": 2}]), "a.json")
    assert the(found, "date-format").facts["cells"] == ["C3"]


def test_the_schema_is_found_by_the_header_when_none_is_named(tmp_path):
    sample = schemas.load("truong-hoc").valid_sample
    assert check(sample, filename="x.csv").schema == "truong-hoc"


def test_without_a_schema_only_the_structure_counts(verdict):
    assert verdict("a,b\n1,31/12/2024\nx,\n", schema=None).state == "valid"
    assert seen(verdict("a,a\n1\n", schema=None)) == ["label-repeated", "cell-missing"]


@pytest.mark.parametrize(("content", "filename"), [
    (b"%PDF-1.7", "a.pdf"), (b"<html>", "a.html"), (b'{"a": 1}', "a.json"), (workbooks.zipped({"a.shp": "x"}), "a.zip"), (b"words\n", "README.md"),
])
def test_what_is_no_table_is_left_unchecked(verdict, content, filename):
    found = verdict(content, filename, schema=None)
    assert (found.state, found.issues, found.table) == ("unchecked", (), None)


@pytest.mark.parametrize(("content", "filename", "code"), [
    (b"<html><table>", "a.xls", "html-instead-of-table"), (b"%PDF", "a.csv", "format-mismatch"), (workbooks.locked(), "a.xlsx", "workbook-password"),
    (workbooks.zipped({"a.csv": b"0" * 60_000_000}), "a.zip", "archive-bomb"), (b"\x81\x8d\xff,\n", "a.csv", "encoding-unknown"),
])
def test_what_pretends_to_be_a_table_is_invalid(verdict, content, filename, code):
    found = verdict(content, filename, schema=None)
    assert (found.state, seen(found), found.report["valid"]) == ("invalid", [code], False)


def test_the_limit_of_errors_is_said(verdict):
    found = verdict("ma,ten,ngay,so\n" + "".join(f"{number:02},x,x,1\n" for number in range(1, 90)), limit_errors=10)
    assert (found.errors, found.rows, seen(found)) == (10, 89, ["errors-limit-reached", "cell-type"])


def test_a_broken_schema_is_an_issue_for_the_catalogue(verdict):
    found = verdict(GOOD, schema={"fields": [{"name": "ma", "type": "string", "constraints": {"pattern": "("}}]})
    assert (found.state, the(found, "schema-unusable").who) == ("invalid", "catalogue")


def test_a_check_can_be_stopped_and_tells_how_far_it_is(verdict):
    content = "ma,ten,ngay,so\n" + "01,một tên dài cho đủ một khối,,1\n" * 120_000
    told = []
    with pytest.raises(Cancelled):
        verdict(content, limit_errors=10**6, progress=told.append, cancelled=lambda: len(told) > 2)
    assert len(told) == 3
    assert 0 < told[0] < told[1] < told[2] < 120_000


def test_lines_too_long_to_sniff_are_checked_all_the_same(verdict):
    long = "ma,ten,ngay,so\n" + "".join(f"{number:02},\"{'a, ' * 3000}\",,1\n" for number in range(60))
    assert verdict(long).state == "valid"


def test_hostile_names_stay_words(verdict):
    found = verdict("<script>alert(1)</script>,{facts},ngay,so\n1,2,,\n", filename="../../{x}.csv")
    assert found.state == "invalid"
    assert all(say(issue, "vi") for issue in found.issues)


def test_the_file_itself_is_never_touched(tmp_path):
    path = Path(tmp_path / "a.csv")
    path.write_bytes(unicodedata.normalize("NFD", GOOD).encode())
    before = path.read_bytes()
    check(path, filename="a.csv", schema=SCHEMA)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_geometry_of_a_geojson_file_needs_no_field_of_its_own(tmp_path):
    schema = {"fields": [{"name": "ma", "type": "string"}, {"name": "so_luong", "type": "integer"}]}
    features = [{"type": "Feature", "properties": {"ma": f"A{n}", "so_luong": n}, "geometry": {"type": "Point", "coordinates": [107.1, 10.4]}}
                for n in range(3)]
    path = tmp_path / "cho.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    verdict = check(path, filename="cho.geojson", schema=schema)
    assert (verdict.state, verdict.rows, verdict.fields) == ("valid", 3, ("ma", "so_luong", "geometry"))
