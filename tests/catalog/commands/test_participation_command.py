"""The commands of the register, the commitments and the figure, as somebody types them."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

import schemas
from catalog.cli import build


@pytest.fixture
def haidang(settings):
    """Type a command on an empty site of its own."""
    env = {"HAIDANG_VAR": str(settings.var), "HAIDANG_DATABASE_URL": settings.database_url, "HAIDANG_STORAGE_URL": settings.storage_url}
    return lambda *words: CliRunner(env=env).invoke(build(), list(words))


def test_the_register_is_loaded_and_the_figure_recomputed_for_a_past_day(haidang):
    loaded = haidang("register", "load", str(schemas.load("so-bo-co-quan").valid_sample), "--json")
    assert loaded.exit_code == 0 and json.loads(loaded.stdout)["added"] > 0, loaded.output
    figure = haidang("participation", "--as-of", "2024-09-30", "--json")
    shape = json.loads(figure.stdout)
    assert (shape["as_of"], shape["rule_version"]) == ("2024-09-30", 1)
    assert shape["numerator"] == {"count": 0, "agencies": []}
    assert shape["denominator"]["count"] == len(shape["denominator"]["agencies"]) > 0
    rows = list(csv.DictReader(io.StringIO(haidang("participation", "--as-of", "2024-09-30", "--csv").stdout)))
    assert [row["co_quan"] for row in rows] == [agency["slug"] for agency in shape["agencies"]]
    assert f"0 trong {len(rows)}" in haidang("participation", "--as-of", "2024-09-30").stdout


def test_a_refused_list_is_said_line_by_line_and_leaves_with_one(haidang):
    refused = haidang("register", "load", str(schemas.load("so-bo-co-quan").invalid_sample))
    assert refused.exit_code == 1
    assert "Chưa có gì được nạp" in refused.stderr and "dòng" in refused.stderr and refused.stdout == ""


def test_commitments_of_an_agency_that_is_not_there_are_refused(haidang):
    refused = haidang("commitments", "load", str(schemas.load("danh-muc-du-lieu-mo").valid_sample))
    assert refused.exit_code == 1 and "haidang register load" in refused.stderr


@pytest.mark.parametrize("words", [("--as-of", "hôm qua"), ("--json", "--csv")])
def test_a_question_that_makes_no_sense_leaves_with_two(haidang, words):
    assert haidang("participation", *words).exit_code == 2
