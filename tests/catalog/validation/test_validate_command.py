"""`haidang validate` says the verdict in words or as a Frictionless report, and answers with its exit code."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook
from support.web_server import reply, web_server
from support.workbooks import xlsx

import schemas
from catalog.cli import build


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HAIDANG_ALLOW_HOSTS", "127.0.0.1")
    return lambda *arguments: CliRunner().invoke(build(), ["validate", *map(str, arguments)])


def test_json_is_the_report_with_our_key_beside_it(run):
    sample = schemas.load("truong-hoc").invalid_sample
    answer = run(sample, "--schema", "truong-hoc", "--json")
    report = json.loads(answer.stdout)
    assert answer.exit_code == 1
    assert report["tasks"][0]["place"] == str(sample)
    assert set(report) == {"valid", "stats", "warnings", "errors", "tasks", "haidang"}
    assert report["haidang"]["encoding"] == {"name": "utf-8", "decided_by": "whole file", "notes": []}
    assert set(report["haidang"]) >= {"encoding", "layout", "causes", "repair", "questions", "privacy"}
    assert set(report["haidang"]["causes"][0]) >= {"code", "column", "field", "count", "cells", "certain", "who", "vi", "en"}


def test_a_good_file_answers_zero_in_both_languages(run):
    sample = schemas.load("truong-hoc").valid_sample
    for language, word in (("vi", "Đạt"), ("en", "Valid")):
        answer = run(sample, "--lang", language)
        assert (answer.exit_code, word in answer.stdout) == (0, True)


def test_words_name_the_cell_and_the_remedy(run, tmp_path):
    (tmp_path / "s.json").write_text('{"fields":[{"name":"ngay","title":"Ngày cấp","type":"date"}]}')
    (tmp_path / "a.csv").write_text("ngay\n31/12/2024\n")
    answer = run("a.csv", "--schema", "s.json")
    assert answer.exit_code == 1
    assert "Cột “Ngày cấp” có 1 ô" in answer.stdout
    assert "ô A2" in answer.stdout
    assert "31/12/2024 → 2024-12-31" in answer.stdout


def test_file_and_schema_may_be_urls(run):
    with_schema = schemas.load("truong-hoc")
    with web_server() as server:
        server.routes.update({"/a.csv": reply(with_schema.valid_sample.read_bytes()), "/s.json": reply(json.dumps(with_schema.descriptor))})
        answer = run(server.url("/a.csv"), "--schema", server.url("/s.json"), "--json")
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["tasks"][0]["place"].endswith("/a.csv")


BAD = "ma,so,ghi\n1,31.5,\n2,\"1.234.567,5\",a\n3,mười,b\n"
TYPED = {"fields": [{"name": "ma", "type": "string"}, {"name": "so", "type": "number"}, {"name": "ghi", "type": "string"}]}


@pytest.mark.parametrize("more", [("--json",), ("--workbook", "o.xlsx"), ("--corrected", "o.csv"), ("--json", "--workbook", "o.xlsx", "--corrected", "o.csv")])
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "b.csv"])
def test_what_is_wrong_behind_a_url_is_told_and_written_like_that_of_a_file(run, tmp_path, monkeypatch, name, more):
    content = {"a.csv": BAD.encode(), "b.csv": BAD.encode("utf-16"), "a.xlsx": xlsx({"S": [["ma", "so", "ghi"], ["1", "1.234.567,5", "b"], ["2", "mười", "c"]]})}[name]
    (tmp_path / "s.json").write_text(json.dumps(TYPED))
    (tmp_path / name).write_bytes(content)
    (tmp_path / "aside").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "aside"))

    def outcome(what):
        answer = run(what, "--schema", "s.json", *more)
        written = {path.name: read(path) for path in (tmp_path / "o.csv", tmp_path / "o.xlsx") if path.exists()}
        for path in written:
            (tmp_path / path).unlink()
        said = json.loads(answer.stdout)["haidang"] if "--json" in more else answer.stdout
        return answer.exit_code, said, answer.stderr, written

    with web_server() as server:
        server.routes["/" + name] = reply(content)
        assert outcome(server.url("/" + name)) == outcome(name)
    assert list((tmp_path / "aside").glob("haidang-validate-*")) == []
    assert len(outcome(name)[3]) == sum(what.startswith("o.") for what in more)


def read(path: Path):
    """What a written file holds."""
    return path.read_text("utf-8") if path.suffix == ".csv" else [CalamineWorkbook.from_path(str(path)).get_sheet_by_index(n).to_python() for n in (0, 1)]


@pytest.mark.parametrize("arguments", [("missing.csv",), ("a.csv", "--schema", "no-such-schema"), ("a.csv", "--schema", "a.csv"), ("a.csv", "--limit-errors", "0"), ()])
def test_what_cannot_be_asked_answers_two(run, tmp_path, arguments):
    (tmp_path / "a.csv").write_text("a\n1\n")
    assert run(*arguments).exit_code == 2


def test_what_is_no_table_still_gives_a_report(run, tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    answer = run("a.pdf", "--json")
    assert (answer.exit_code, json.loads(answer.stdout)["haidang"]["state"]) == (1, "unchecked")
