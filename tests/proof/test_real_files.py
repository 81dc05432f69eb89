"""Tables that real offices published, good and bad: the fast table reports of each what frictionless reports.

The files lie beside the checkout in `../shared/data`, or where HAIDANG_PROOF_DATA says.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from frictionless import Resource, Schema
from frictionless.resources import TableResource
from support.report_comparing import Engine, Outcome, told_apart, validated

from catalog.validation.fast_table import FastTable

DATA = Path(os.environ.get("HAIDANG_PROOF_DATA") or Path(__file__).parents[2].parent / "shared" / "data")
FOLDERS = ("frictionless", "fr_schemas", "nasty_csv", "vietnam", "vietnam_legacy_encodings")
TABULAR = (".csv", ".tsv", ".txt", ".gz", ".zip", ".xls", ".xlsx", ".ods", ".ndjson", ".json", ".dbf")
Make = Callable[[Engine], TableResource]


def test_there_are_files_to_compare_on():
    assert DATA.is_dir(), f"no files at {DATA}: set HAIDANG_PROOF_DATA to the folder of real files"


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_file_with_the_schema_that_frictionless_infers(folder):
    say(folder, compare_all((path, lambda engine, path=path: engine(path=path.name, basepath=str(path.parent))) for path in files(folder)))


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_file_with_keys_on_what_was_inferred(folder):
    say(f"{folder}, keys", compare_all((path, lambda engine, path=path: keyed(engine, path)) for path in files(folder) if path.suffix in (".csv", ".tsv", ".txt")))


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_file_with_the_schemas_beside_it(folder):
    pairs = [(path, schema) for path in files(folder) if path.suffix in (".csv", ".tsv", ".xlsx") for schema in schemas_near(path)]
    say(f"{folder}, schemas", compare_all((path, lambda engine, path=path, schema=schema: with_schema(engine, path, schema)) for path, schema in pairs))


@pytest.mark.parametrize("folder", FOLDERS)
def test_each_resource_of_each_package(folder):
    say(f"{folder}, packages", compare_all(packaged(folder)))


def files(folder: str) -> Iterator[Path]:
    """The files that may be tables."""
    return (path for path in sorted((DATA / folder).rglob("*")) if path.suffix.lower() in TABULAR and path.is_file())


def keyed(engine: Engine, path: Path) -> TableResource:
    """The file with its inferred schema, whose first field is the key and whose others are unique."""
    inferred = TableResource(path=path.name, basepath=str(path.parent))
    inferred.infer()
    schema = inferred.schema.to_descriptor()
    for field in schema["fields"][1:]:
        field.setdefault("constraints", {})["unique"] = True
    schema["primaryKey"] = [schema["fields"][0]["name"]]
    return engine(path=path.name, basepath=str(path.parent), schema=Schema.from_descriptor(schema))


def with_schema(engine: Engine, path: Path, schema: Path) -> TableResource:
    """The file with a schema of its folder."""
    return engine(path=path.name, basepath=str(path.parent), schema=Schema.from_descriptor(json.loads(schema.read_text("utf-8-sig"))))


def schemas_near(path: Path) -> Iterator[Path]:
    """Table Schemas in the file's folder and the one above it."""
    for folder in (path.parent, path.parent.parent):
        for found in sorted(folder.glob("*.json")):
            if isinstance(read(found), dict) and "fields" in read(found):
                yield found


def packaged(folder: str) -> Iterator[tuple[Path, Make]]:
    """The tables of each data package, as their package describes them."""
    for path in sorted((DATA / folder).rglob("*.json")):
        descriptor = read(path)
        resources = descriptor.get("resources") if isinstance(descriptor, dict) else None
        for resource in resources if isinstance(resources, list) else []:
            if isinstance(resource, dict) and ("data" in resource or not str(resource.get("path", "http")).startswith("http")):
                yield path, lambda engine, resource=resource, path=path: described(engine, resource, path.parent)


def described(engine: Engine, descriptor: dict[str, Any], folder: Path) -> TableResource:
    """The resource of a descriptor; a table that frictionless makes is made one of the engine's."""
    resource = Resource.from_descriptor(descriptor, basepath=str(folder))
    if type(resource) is TableResource:
        resource.__class__ = engine
    return resource


def read(path: Path) -> Any:
    """The JSON of a file; None where it is none."""
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except ValueError:
        return None


def compare_all(pairs: Iterator[tuple[Path, Make]] | Any) -> tuple[list[tuple[Path, Outcome, Outcome]], Counter]:
    """Those that differ, and how many went which way."""
    unequal, ways = [], Counter()
    for path, make in pairs:
        theirs, ours = (validated(lambda engine=engine, make=make: make(engine)) for engine in (TableResource, FastTable))
        ways[ours.way] += 1
        if theirs.said() != ours.said():
            unequal.append((path, theirs, ours))
    return unequal, ways


def say(what: str, result: tuple[list[tuple[Path, Outcome, Outcome]], Counter]) -> None:
    """Print the count; fail with the differences."""
    unequal, ways = result
    print(f"\n{what}: {sum(ways.values())} tables, {dict(ways)}, {len(unequal)} different")
    assert [f"{path.relative_to(DATA)} ({ours.way})\n{told_apart(theirs, ours)}" for path, theirs, ours in unequal] == []
