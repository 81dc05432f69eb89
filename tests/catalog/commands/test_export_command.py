"""`haidang export`: tables, originals and whole datasets as files, and what is refused."""

from __future__ import annotations

import json
import zipfile

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from support.published import CSV, sow

from catalog.commands import export, official_list
from catalog.errors import UsageError
from catalog.models import Dataset

NAME = "tuyen-xe-buyt"


@pytest.fixture
def sown(site, tmp_path):
    return sow(site, tmp_path)


@pytest.fixture
def run(site, sown, monkeypatch):
    monkeypatch.setattr(official_list, "site_here", lambda **_: site)
    return lambda *arguments: CliRunner().invoke(export.export, [str(argument) for argument in arguments])


def test_a_table_goes_to_standard_output_alone(run):
    assert run(NAME).stdout_bytes.startswith(b"ma_tuyen,ten_tuyen,cu_ly\r\n01,")
    assert run(NAME, "--format", "csv-excel").stdout_bytes.startswith(b"\xef\xbb\xbf") and b"'=HYPERLINK" in run(NAME, "--format", "csv-excel").stdout_bytes
    assert [row["cu_ly"] for row in json.loads(run(NAME, "--format", "json").stdout)] == [20.5, None, 3.25]
    assert len(run(NAME, "--format", "ndjson").stdout.splitlines()) == 3


def test_originals_of_any_published_version(run, sown):
    assert run(NAME, "--format", "original").stdout_bytes == CSV + b"03,C\n"
    assert run(NAME, "--format", "original", "--version", 1, "--resource", sown.resource).stdout_bytes == CSV


def test_files_appear_whole(run, tmp_path):
    folder = tmp_path / "ra"
    folder.mkdir()
    for form, name in (("parquet", "a.parquet"), ("xlsx", "a.xlsx"), ("zip", "a.zip")):
        done = run(NAME, "--format", form, "--output", folder / name)
        assert (done.exit_code, done.stdout) == (0, "")
    assert pq.read_table(folder / "a.parquet").num_rows == 3
    assert "datapackage.json" in zipfile.ZipFile(folder / "a.zip").namelist()
    assert sorted(path.name for path in folder.iterdir()) == ["a.parquet", "a.xlsx", "a.zip"]
    assert isinstance(run(NAME, "--output", folder / "none" / "a.csv").exception, UsageError)


@pytest.mark.parametrize("arguments", [
    ("khong-co",), (NAME, "--version", 3), (NAME, "--version", 99), (NAME, "--format", "json", "--version", 1), (NAME, "--resource", "la"), (NAME, "--format", "geojson"),
])
def test_what_is_not_there_or_not_published_is_refused_in_both_languages(run, arguments):
    refused = run(*arguments).exception
    assert isinstance(refused, UsageError) and refused.vi != refused.en


def test_a_draft_is_not_exported_and_a_private_dataset_is_for_who_runs_the_house(run, site, sown):
    with site.writing() as session:
        session.get_one(Dataset, sown.dataset).private = True
    assert run(NAME).exit_code == 0 and run(NAME, "--format", "zip").exit_code == 0
    with site.writing() as session:
        session.get_one(Dataset, sown.dataset).state = "draft"
    assert isinstance(run(NAME, "--format", "zip").exception, UsageError)
