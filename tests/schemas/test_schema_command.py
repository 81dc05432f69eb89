"""`haidang schema` and its four verbs."""

from __future__ import annotations

import json

import click
import pytest
from click.testing import CliRunner
from support.workbooks import xlsx

import schemas
from catalog.commands.schema import add_to
from catalog.errors import Trouble, UsageError


@pytest.fixture
def run():
    group = click.Group()
    add_to(group)
    return lambda *arguments: CliRunner().invoke(group, ["schema", *map(str, arguments)])


def test_list_names_every_schema_in_words_and_in_json(run):
    assert all(name in run("list").stdout for name in schemas.names())
    listed = json.loads(run("list", "--json").stdout)
    assert [entry["name"] for entry in listed] == schemas.names()
    assert listed[0]["title"].keys() == {"vi", "en"}


def test_show_prints_the_columns_and_with_json_the_table_schema_itself(run):
    shown = run("show", "truong-hoc")
    assert shown.exit_code == 0
    assert "so_hoc_sinh *  [số nguyên · integer]  Số học sinh · Pupils" in shown.stdout
    assert "Công lập | Dân lập | Tư thục" in shown.stdout
    assert json.loads(run("show", "truong-hoc", "--json").stdout) == schemas.load("truong-hoc").descriptor


@pytest.mark.parametrize("verb", ["show", "check"])
def test_a_misspelt_name_is_answered_with_the_nearest(run, verb):
    outcome = run(verb, "truong-hok")
    assert isinstance(outcome.exception, UsageError)
    assert "truong-hoc" in outcome.exception.vi
    assert "truong-hoc" in outcome.exception.en


def test_check_of_one_sound_schema_exits_0(run):
    outcome = run("check", "tuyen-xe-buyt")
    assert (outcome.exit_code, outcome.stdout) == (0, "tuyen-xe-buyt: đúng · sound\n")
    assert json.loads(run("check", "tuyen-xe-buyt", "--json").stdout)[0]["is_sound"] is True


def test_check_says_what_is_amiss_and_exits_1(run, monkeypatch, tmp_path):
    good = schemas.load("tuyen-xe-buyt")
    folder = tmp_path / good.name
    folder.mkdir()
    lines = good.valid_sample.read_text("utf-8").splitlines(keepends=True)
    (folder / "valid.csv").write_text("".join([*lines, lines[1]]), "utf-8")
    (folder / "invalid.csv").write_text("".join(lines), "utf-8")
    (folder / "expected.json").write_text('[[3, "gia_ve", "type-error"]]', "utf-8")
    (folder / "schema.json").write_text(json.dumps(good.descriptor), "utf-8")
    monkeypatch.setattr(schemas, "ROOT", tmp_path)
    schemas._names.cache_clear()
    schemas.load.cache_clear()
    try:
        outcome = run("check")
        found = json.loads(run("check", "--json").stdout)
    finally:
        schemas._names.cache_clear()
        schemas.load.cache_clear()
    assert outcome.exit_code == 1
    assert "error in valid.csv: (13, None, 'primary-key')" in outcome.stdout
    assert found[0]["lacking"] == [[3, "gia_ve", "type-error"]]


def test_suggest_drafts_from_a_csv_and_names_the_schema_that_fits(run):
    outcome = run("suggest", schemas.load("don-vi-hanh-chinh").valid_sample)
    drafted = json.loads(outcome.stdout)
    assert outcome.exit_code == 0
    assert {field["type"] for field in drafted["fields"]} == {"string"}
    assert "don-vi-hanh-chinh" in outcome.stderr


def test_suggest_finds_the_header_below_title_rows(run, tmp_path):
    path = tmp_path / "Điểm bưu chính 2024.csv"
    path.write_text("DANH SÁCH ĐIỂM BƯU CHÍNH;;\n;;\nMã điểm;Tên điểm;Số quầy\n0790;Bưu cục 1;3\n0791;Bưu cục 2;2\n", "utf-8")
    drafted = json.loads(run("suggest", path).stdout)
    assert drafted["name"] == "diem-buu-chinh-2024"
    assert [(field["name"], field["type"]) for field in drafted["fields"]] == [("ma_diem", "string"), ("ten_diem", "string"), ("so_quay", "integer")]


def test_suggest_passes_over_what_is_no_data_in_a_sheet(run, tmp_path):
    path = tmp_path / "von.xlsx"
    path.write_bytes(xlsx({"T9": [["BÁO CÁO"], ["ĐVT: triệu đồng"], ["STT", "Xã", "Vốn (triệu đồng)", None], [None, None, "Tỉnh", "Huyện"], [1, 2, 3, 4],
                                  ["I", "Miền biển", None, None], ["1", "Long Sơn", 5, "-"], ["2", "Bình Châu", 7, 8], ["Tổng", None, 12, 8], ["Nguồn: Sở Tài chính"]]}))
    drafted = json.loads(run("suggest", path).stdout)
    assert [(field["title"], field["type"]) for field in drafted["fields"]] == [
        ("STT", "integer"), ("Xã", "string"), ("Vốn (triệu đồng) / Tỉnh", "integer"), ("Vốn (triệu đồng) / Huyện", "integer")]
    assert drafted["missingValues"] == ["", "-"] and [field.get("unit") for field in drafted["fields"]] == [None, None, "triệu đồng", "triệu đồng"]


def test_suggest_from_an_empty_file_says_so(run, tmp_path):
    path = tmp_path / "trong.csv"
    path.write_text("\n \n")
    outcome = run("suggest", path)
    assert isinstance(outcome.exception, Trouble)
