"""The demonstration's files: the same every time, fitting their schemas unless a trouble is asked for."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from frictionless import Resource, Schema
from python_calamine import CalamineWorkbook

import schemas
from demo.generate import generate, table
from demo.places import communes, districts
from demo.province import DAY, sources
from demo.writers import FORMS

DATASETS = [(source, dataset) for source in sources() for dataset in source.datasets]
FAIL = {"day-first-dates": "type-error", "decimal-comma": "type-error", "title-rows": "blank-label"}
NO_TABLE = {"missing-file", "pdf-only"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("demo") / "province"
    assert generate(made) is True
    return made


def _rows(path: Path, form: str) -> list[list]:
    """The cells of a file as a plain reader sees them."""
    data = path.read_bytes()
    if form.startswith("xlsx"):
        book = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
        return [[cell if cell != "" else None for cell in row] for row in book]
    if form == "zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = archive.read(archive.namelist()[0])
    if form in ("json", "geojson"):
        items = json.loads(data)
        items = [feature["properties"] for feature in items["features"]] if form == "geojson" else items
        return [list(items[0]), *(list(item.values()) for item in items)]
    text = unicodedata.normalize("NFC", data.decode("cp1258" if form == "csv-1258" else "utf-8-sig"))
    delimiter = {"tsv": "\t", "csv-excel": ";", "csv-decimal-comma": ";"}.get(form, ",")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _errors(rows: list[list], schema: str) -> Counter:
    descriptor = {key: value for key, value in schemas.load(schema).descriptor.items() if key in ("fields", "missingValues", "primaryKey")}
    if any(isinstance(cell, float) for row in rows for cell in row):  # a spreadsheet knows one kind of number
        rows = [[int(cell) if isinstance(cell, float) and cell.is_integer() else cell for cell in row] for row in rows]
    report = Resource(data=rows, schema=Schema.from_descriptor(descriptor)).validate()
    return Counter(error[0] for error in report.flatten(["type"]))


def test_two_makings_give_the_same_bytes(folder, tmp_path):
    again = tmp_path / "again"
    assert generate(again) is True
    names = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    for name in names:
        assert (folder / name).read_bytes() == (again / name).read_bytes(), name
        assert name.name == ".made-from" or (folder / name).stat().st_mtime == (again / name).stat().st_mtime, name


def test_a_folder_that_is_complete_is_left_alone(folder):
    assert generate(folder) is False


@pytest.mark.parametrize(("source", "dataset"), [pair for pair in DATASETS if pair[1].schema and pair[1].trouble not in NO_TABLE],
                         ids=lambda value: getattr(value, "key", getattr(value, "name", "")))
def test_every_table_fits_its_schema_unless_a_trouble_is_asked_for(folder, source, dataset):
    for form in dataset.forms:
        rows = _rows(folder / source.folder / f"{source.stem(dataset)}.{FORMS[form].extension}", form)
        errors = _errors(rows, dataset.schema)
        if dataset.trouble in FAIL:
            assert FAIL[dataset.trouble] in errors, errors
        else:
            assert not errors, (form, errors)


def test_there_are_enough_sources_and_datasets_over_all_connectors():
    assert len(sources()) >= 26
    assert {source.connector for source in sources()} == {"directory", "file", "ckan", "dcat-us"}
    assert len([dataset for _, dataset in DATASETS if dataset.schema and dataset.trouble not in FAIL | dict.fromkeys(NO_TABLE)]) >= 60
    assert len({dataset.key for _, dataset in DATASETS}) == len(DATASETS)


def test_tables_are_of_the_size_that_agencies_have():
    sizes = [len(table(dataset).rows) for _, dataset in DATASETS if dataset.schema and not dataset.facts]
    assert sum(2000 <= size <= 5000 for size in sizes) in (2, 3)
    assert max(sizes) <= 5000
    assert sum(20 <= size <= 500 for size in sizes) > len(sizes) * 0.85


def test_each_trouble_stands_in_exactly_one_place():
    troubles = Counter(dataset.trouble for _, dataset in DATASETS if dataset.trouble)
    assert set(troubles.values()) == {1}
    assert set(troubles) == {"missing-file", "title-rows", "zip", "day-first-dates", "no-licence", "identity-numbers", "pdf-only",
                             "windows-1258", "decimal-comma", "overdue"}
    short = [source.name for source in sources() if source.minimum > len(source.datasets) > 0]
    assert sorted(short) == ["ubnd-xuyen-moc-thu-muc"]


def test_made_up_data_says_so_and_real_data_does_not():
    for source, dataset in DATASETS:
        assert source.illustrative == dataset.illustrative
        assert ("minh hoạ" in dataset.description) == dataset.illustrative
    assert sum(not dataset.illustrative for _, dataset in DATASETS) == 4


def test_nothing_is_newer_than_the_day_of_the_demonstration():
    assert all(dataset.modified < DAY for _, dataset in DATASETS)


def test_identity_numbers_are_those_of_nobody():
    (dataset,) = [dataset for _, dataset in DATASETS if dataset.trouble == "identity-numbers"]
    made = table(dataset)
    column = [row[made.labels.index("so_cccd_truong_van_phong")] for row in made.rows]
    assert all(re.fullmatch(r"077[23](8[1-9]|9\d)\d{6}", number) for number in column), "born after 2080"


def test_no_other_table_holds_a_twelve_digit_number_or_a_mobile():
    suspicious = re.compile(r"(?<!\d)(?:0\d{11}|(?:0|\+84)[35789]\d{8})(?!\d)")
    for _, dataset in DATASETS:
        if dataset.schema and not dataset.facts:
            for row in table(dataset).rows:
                assert not any(isinstance(cell, str) and suspicious.search(cell) for cell in row), (dataset.key, row)


def test_windows_1258_bytes_are_not_utf_8_and_decode_to_the_same_table(folder):
    (source, dataset), = [pair for pair in DATASETS if pair[1].trouble == "windows-1258"]
    data = (folder / source.folder / f"{source.stem(dataset)}.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")
    text = unicodedata.normalize("NFC", data.decode("cp1258"))
    assert table(dataset).rows[0][3] in text


def test_the_places_are_those_of_2023():
    assert len(districts()) == 8
    assert len(communes()) == 83  # 82 communes, and Côn Đảo that has none
    assert len(communes("750")) == 16


def test_the_readme_tells_of_every_trouble():
    text = (Path(__file__).parents[2] / "demo" / "README.md").read_text("utf-8")
    for _, dataset in DATASETS:
        if dataset.trouble in ("title-rows", "windows-1258", "identity-numbers", "missing-file"):
            assert dataset.title in text
    for word in ("503", "HTML", "zip", "PDF", "404", f"{len(sources())} nguồn", f"{len(DATASETS)} bộ dữ liệu"):
        assert word in text
