"""What is true of every schema; a new folder is tested unasked."""

from __future__ import annotations

import csv
import json
import re
import unicodedata

import pytest

import schemas
from schemas.samples import errors_in, examine

ALL = schemas.all_schemas()
THEMES = {"y-te", "giao-duc", "moi-truong", "giao-thong", "du-lich", "nong-nghiep", "cong-thuong", "lao-dong", "tai-chinh", "xay-dung",
          "van-hoa", "hanh-chinh"}
FREQUENCIES = {"daily", "weekly", "monthly", "quarterly", "biannual", "annual", "irregular", "once"}
CITIZEN_ID = re.compile(r"(?<!\d)0\d{11}(?!\d)")
MOBILE = re.compile(r"(?<!\d)(?:\+?84|0)[ .-]?[35789](?:[ .-]?\d){8}(?!\d)")

each_schema = pytest.mark.parametrize("schema", ALL, ids=lambda schema: schema.name)


def rows_of(schema: schemas.TableSchema, sample: str) -> list[dict[str, str]]:
    with (schema.folder / sample).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_there_are_at_least_twelve_schemas_and_the_two_of_the_house():
    assert len(ALL) >= 14
    assert {"so-bo-co-quan", "danh-muc-du-lieu-mo"} <= set(schemas.names())


@each_schema
def test_its_samples_give_what_they_promise(schema):
    examined = examine(schema)
    assert examined.in_descriptor == ()
    assert examined.in_valid == ()
    assert (examined.lacking, examined.unexpected) == ((), ())


@each_schema
def test_its_invalid_sample_has_several_kinds_of_error_and_breaks_most_constraints(schema):
    expected = schema.expected_errors()
    assert len({kind for _, _, kind in expected}) >= 2
    assert any(kind == "primary-key" for _, _, kind in expected)
    assert len({field for _, field, _ in expected if field}) >= min(6, len(schema.fields) - 1)
    assert errors_in(schema, "invalid.csv") == expected


@each_schema
def test_it_speaks_both_languages(schema):
    fields = [{"titles": schema.title, "descriptions": schema.description}, *schema.fields]
    for field in fields:
        for words in (field["titles"], field["descriptions"]):
            assert set(words) == {"vi", "en"}
            assert all(text.strip() and unicodedata.is_normalized("NFC", text) for text in words.values())
    assert schema.descriptor["title"] == schema.title["vi"]
    assert all(field["title"] == field["titles"]["vi"] and field["description"] == field["descriptions"]["vi"] for field in schema.fields)
    titles = [schemas.fold(field["title"]) for field in schema.fields]
    assert len(set(titles)) == len(titles)


@each_schema
def test_it_says_whose_it_is_and_on_what_law_it_rests(schema):
    descriptor = schema.descriptor
    assert descriptor["name"] == schema.name
    assert schema.theme in THEMES
    assert len(schema.keywords) >= 3
    assert descriptor["frequency"] in FREQUENCIES
    assert set(descriptor["publisher"]) == {"vi", "en"}
    assert all(law["vi"] and law["en"] and law["from"] < law.get("to", "9999") for law in descriptor["legalBasis"])


@each_schema
def test_its_fields_are_named_plainly_and_hold_something(schema):
    names = [field["name"] for field in schema.fields]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*", name) for name in names)
    assert schema.required
    assert set(schema.descriptor["primaryKey"]) <= set(names)
    for field in schema.fields:
        pattern = field.get("constraints", {}).get("pattern", "")
        assert "|" not in re.sub(r"\(\?:[^()]*(?:\([^()]*\)[^()]*)*\)|\[[^]]*\]", "", pattern), "frictionless anchors only the ends of an alternation"


@each_schema
def test_its_valid_sample_is_a_good_example(schema):
    rows = rows_of(schema, "valid.csv")
    assert len(rows) >= 10
    text = (schema.folder / "valid.csv").read_text("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    for field in schema.fields:
        assert any(row[field["name"]] for row in rows), f"{field['name']} is empty in every row"


@each_schema
def test_its_samples_hold_no_personal_number(schema):
    for sample in ("valid.csv", "invalid.csv"):
        for row in csv.reader((schema.folder / sample).read_text("utf-8").splitlines()):
            for cell in row:
                assert not CITIZEN_ID.search(cell)
                assert not MOBILE.search(cell)


@each_schema
def test_its_readme_explains_every_column_and_how_to_check(schema):
    text = schema.readme.read_text("utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert text.startswith(f"# {schema.title['vi']}\n")
    for field in schema.fields:
        assert f"`{field['name']}`" in text
        assert field["title"] in text
        for value in field.get("constraints", {}).get("enum", []):
            assert f"`{value}`" in text
    assert f"haidang validate TỆP.csv --schema {schema.name}" in text
    assert "## Lỗi hay gặp" in text


@each_schema
def test_its_folder_holds_nothing_but_the_five_files(schema):
    assert sorted(path.name for path in schema.folder.iterdir()) == ["README.md", "expected.json", "invalid.csv", "schema.json", "valid.csv"]
    assert json.loads((schema.folder / "schema.json").read_text("utf-8")) == schema.descriptor


@each_schema
def test_its_columns_are_recognised_by_name_and_by_title(schema):
    assert schemas.match([field["name"] for field in schema.fields]) == schema.name
    assert schemas.match([field["title"].upper() + " *" for field in schema.fields]) == schema.name
    assert schemas.match([unicodedata.normalize("NFD", f"  {field['title']} ") for field in schema.fields]) == schema.name
    assert schemas.match(schema.required) in (schema.name, None)


@each_schema
def test_no_two_of_its_fields_go_by_the_same_word(schema):
    words = [(schemas.fold(word), field["name"]) for field in schema.fields for word in schemas.words_of(field)]
    owners = {word: {name for other, name in words if other == word} for word, _ in words}
    assert {word: names for word, names in owners.items() if len(names) > 1} == {}


@each_schema
def test_its_aliases_are_written_as_people_write_and_add_something(schema):
    for field in schema.fields:
        aliases = field.get("aliases", [])
        assert all(alias.strip() == alias and unicodedata.is_normalized("NFC", alias) for alias in aliases)
        assert len({schemas.fold(word) for word in (field["title"], *aliases)}) == len(aliases) + 1, field["name"]
