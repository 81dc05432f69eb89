"""`haidang validate` reads a table where it is told to, and says what cannot be."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from support.web_server import reply, web_server
from support.workbooks import xlsx

from catalog.cli import build

BOOK = xlsx({"Bìa": [["x"]], "T9": [["Vốn"], ["Xã", "Vốn", None], [None, "Tỉnh", "Huyện"], ["Long Sơn", 1, 2], ["Bình Châu", 3, 4], ["Tổng", 4, 6]]})


@pytest.fixture
def validate(tmp_path, monkeypatch):
    """The command on the workbook, with more options."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.xlsx").write_bytes(BOOK)
    return lambda *options: CliRunner().invoke(build(), ["validate", "a.xlsx", *options])


@pytest.mark.parametrize(("options", "header", "data"), [
    (("--header", "2-3", "--data", "4-5"), [2, 3], [4, 5]), (("--header", "2-3", "--data", "5-6"), [2, 3], [5, 6]),
    (("--header", "2-3", "--data", "5-"), [2, 3], [5, 5]), (("--header", "3"), [3, 3], [4, 5]),
])
def test_the_table_is_read_where_it_is_said_to_be(validate, options, header, data):
    said = validate("--sheet", "T9", *options, "--json")
    layout = json.loads(said.stdout)["haidang"]["layout"][0]
    assert (layout["sheet"], layout["header"], layout["data"]) == ("T9", header, data)


def test_so_is_one_behind_an_address(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HAIDANG_ALLOW_HOSTS", "127.0.0.1")
    with web_server() as server:
        server.routes["/a.xlsx"] = reply(BOOK)
        said = CliRunner().invoke(build(), ["validate", server.url("/a.xlsx"), "--sheet", "T9", "--header", "2-3", "--data", "4-5", "--json"])
    assert json.loads(said.stdout)["haidang"]["layout"][0]["data"] == [4, 5]


@pytest.mark.parametrize(("options", "vi", "en"), [
    (("--header", "x"), "--header x", "row numbers"), (("--header", "4-"), "--header 4-", "row numbers"), (("--data", "4-5"), "phải có --header", "--header must say"),
    (("--header", "0-1"), "--header 0-1", "row numbers"),
])
def test_rows_that_are_none_are_a_matter_of_usage(validate, options, vi, en):
    said = validate(*options)
    assert said.exit_code == 2 and vi in said.output and en in said.output


def test_a_choice_that_cannot_be_is_said_of_the_file(validate):
    said = validate("--sheet", "T10", "--header", "1")
    assert said.exit_code == 1 and "không có trang tính “T10”" in said.output and "Bìa, T9" in said.output
