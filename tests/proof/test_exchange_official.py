"""What we publish, held against the standards' own shapes, schemas and examples.

They lie beside the checkout in `../shared/data`, or where HAIDANG_PROOF_DATA says; shapes of DCAT-AP 3 are looked for there too.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from rdflib import Graph
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4
from support.exchanging import fill, rdf, violations
from support.visiting import visitor

DATA = Path(os.environ.get("HAIDANG_PROOF_DATA") or Path(__file__).parents[2].parent / "shared" / "data")
# Where DCAT-AP 3.0 asks for another thing than 2.1.1 did, which the older shapes cannot know: any algorithm of a checksum, and a size
# that is a whole number.
CHANGED_IN_3 = ("http://spdx.org/rdf/terms#algorithm", "http://www.w3.org/ns/dcat#byteSize")


@pytest.fixture
def catalogue(site) -> Graph:
    fill(site)
    return rdf(visitor(site).get("/catalog.ttl").data, "turtle")


def shapes(*patterns: str) -> list[Path]:
    return sorted(path for pattern in patterns for path in (DATA / "dcat_ap").rglob(pattern))


def test_the_older_official_shapes_find_only_what_the_newer_version_changed(catalogue):
    files = shapes("dcat-ap_2.*_shacl_shapes.ttl", "dcat-ap_2.*_shacl_range.ttl", "dcat-ap_2.*_shacl_deprecateduris.ttl")
    assert len(files) == 3, f"no shapes under {DATA}: set HAIDANG_PROOF_DATA to the folder of real files"
    found = [f"{path.name}: {line}" for path in files for line in violations(catalogue, path)]
    assert [line for line in found if not any(f" | {changed} | " in line for changed in CHANGED_IN_3)] == []


def test_every_official_shape_of_version_3_that_is_there_finds_nothing(catalogue):
    files = [path for path in shapes("*.ttl") if "shacl" in path.name.lower() and any(part.startswith("3.") for part in path.parts)]
    print(f"shapes of DCAT-AP 3: {[path.name for path in files] or 'none there; the rules in tests/support/shapes stand for them'}")
    assert {path.name: violations(catalogue, path) for path in files} == {path.name: [] for path in files}


def test_data_json_is_valid_under_the_schema_of_version_1_1(site):
    fill(site)
    folder = next((DATA / "dcat_us").rglob("non-federal-v1.1"))
    schemas = {path.name: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}
    home = "https://project-open-data.cio.gov/v1.1/schema/"
    registry = Registry().with_resources((home + name, Resource(contents=schema, specification=DRAFT4)) for name, schema in schemas.items())
    checker = Draft4Validator(schemas["catalog.json"], registry=registry, format_checker=Draft4Validator.FORMAT_CHECKER)
    document = json.loads(visitor(site).get("/data.json").data)
    assert [f"{error.json_path}: {error.message[:200]}" for error in checker.iter_errors(document)] == []
    assert len(document["dataset"]) == 4


def test_version_3_is_written_as_the_standards_complete_example(site):
    fill(site)
    example = json.loads(next((DATA / "dcat_us").rglob("complete_example.json")).read_text("utf-8"))
    for entry in json.loads(visitor(site).get("/data-3.0.json").data)["dataset"]:
        assert differing(entry, example) == []


def differing(ours: Any, theirs: Any, at: str = "$") -> list[str]:
    """Where a value of ours has another kind than the example's; a list stands for what is in it."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return [line for key in ours.keys() & theirs.keys() for line in differing(ours[key], theirs[key], f"{at}.{key}")]
    if isinstance(ours, list) and isinstance(theirs, list):
        return [line for one in ours for line in (differing(one, theirs[0], f"{at}[]") if theirs else [])]
    if isinstance(ours, list) and at.endswith(".contactPoint"):
        return [line for one in ours for line in differing(one, theirs, at)]
    return [] if type(ours) is type(theirs) else [f"{at}: {type(ours).__name__}, not {type(theirs).__name__}"]
