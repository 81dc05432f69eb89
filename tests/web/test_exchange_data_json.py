"""The catalogue as DCAT-US: whole, in the form that the standards ask for, however bad what sources write."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

import jsonschema
import pytest
from sqlalchemy import event
from support.exchanging import SHAPES, fill
from support.publishing import publish
from support.visiting import visitor

from catalog.exchange import entries

VERSIONS = {"1.1": "/data.json", "3.0": "/data.json?version=3.0"}


@pytest.fixture
def name(site) -> str:
    return fill(site)


def read(site, address: str) -> dict:
    answer = visitor(site).get(address)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    return json.loads(answer.data)


def addresses(value, key: str = ""):
    """Every value of a document that is said to be an address."""
    if isinstance(value, dict):
        for inner_key, inner in value.items():
            yield from addresses(inner, inner_key)
    elif isinstance(value, list):
        for inner in value:
            yield from addresses(inner, key)
    elif key in ("@id", "accessURL", "downloadURL", "landingPage", "license", "conformsTo", "describedBy", "references", "homepage"):
        yield value


@pytest.mark.parametrize("version", list(VERSIONS))
def test_the_document_keeps_the_standards_rules(site, name, version):
    rules = json.loads((SHAPES / f"dcat_us_{version[0]}.json").read_text("utf-8"))
    document = read(site, VERSIONS[version])
    errors = jsonschema.Draft202012Validator(rules).iter_errors(document)
    assert [f"{error.json_path}: {error.message}" for error in errors] == []
    assert len(document["dataset"]) == 4


@pytest.mark.parametrize("version", list(VERSIONS))
def test_every_address_in_it_is_one(site, name, version):
    found = list(addresses(read(site, VERSIONS[version])))
    assert len(found) > 20
    for address in found:
        assert re.fullmatch(r"[!-~]+", address) and urlsplit(address).hostname, address


def test_a_dataset_says_what_it_is(site, name):
    entry = next(entry for entry in read(site, "/data.json")["dataset"] if entry["title"] == "Phòng khám tư nhân")
    assert entry["publisher"] == {"@type": "org:Organization", "name": "Sở Y tế"}
    assert entry["contactPoint"] == {"@type": "vcard:Contact", "fn": "Phòng Nghiệp vụ Y", "hasEmail": "mailto:nvy@example.gov.vn"}
    assert (entry["accrualPeriodicity"], entry["temporal"], entry["theme"], entry["accessLevel"]) == ("R/P1M", "2023-01-01/2023-12", ["Y tế"], "public")
    assert entry["distribution"][0]["mediaType"] == "text/csv"
    third = next(entry for entry in read(site, "/data-3.0.json")["dataset"] if entry["title"] == "Phòng khám tư nhân")
    assert [theme["prefLabel"] for theme in third["theme"]] == ["Y tế", "Health"]
    assert third["distribution"][0]["byteSize"] == "123"


def test_the_document_is_read_in_batches_with_a_fixed_number_of_questions_each(site, name, monkeypatch):
    for number in range(9):
        publish(site, name=f"bo-{number}", title=f"Bộ {number}", resources=[{"url": f"http://x.test/{number}.csv", "format": "CSV"}])
    asked: list[str] = []
    event.listen(site.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    whole = read(site, "/data.json")
    at_once = len(asked)
    asked.clear()
    monkeypatch.setattr(entries, "BATCH", 5)
    assert read(site, "/data.json") == whole
    assert len({entry["identifier"] for entry in whole["dataset"]}) == 13
    assert len(asked) < 3 * at_once


def test_an_unknown_version_is_refused_and_an_empty_catalogue_is_an_empty_list(site):
    client = visitor(site)
    assert client.get("/data.json?version=2").status_code == 400
    assert read(site, "/data.json")["dataset"] == read(site, "/data-3.0.json")["dataset"] == []
