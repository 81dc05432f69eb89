"""DCAT-US 3.0: known by what it says of itself, read with all that stands inside it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.sources import KINDS, code_of
from support.web_server import WebServer, reply

from catalog.fitting import fit
from catalog.net import Net
from harvesters.base import Gathered, Page, SourceSpec, every_page
from harvesters.dcat_us import DcatUs
from harvesters.dcat_us_3 import is_version_3

STATED = {"@type": "Catalog", "conformsTo": {"@type": "Standard", "title": "DCAT-US 3.0"}}
ENTRY = {
    "@id": "https://so.example.vn/d/1", "@type": "Dataset", "title": "Chợ", "description": "Mô tả", "keyword": ["chợ"], "modified": "2024-09-01",
    "identifier": {"@type": "Identifier", "notation": "CHO-1"}, "publisher": {"@type": "Organization", "name": "Sở Công Thương"},
    "contactPoint": [{"@type": "Kind", "fn": "Phòng Thương mại", "hasEmail": "mailto:a@b.vn"}], "accrualPeriodicity": "monthly",
    "theme": [{"@type": "Concept", "prefLabel": "Y tế"}], "landingPage": {"@type": "Document", "title": "Trang", "accessURL": "https://so.example.vn/cho"},
    "distribution": [{"@type": "Distribution", "title": "Bảng", "downloadURL": "https://so.example.vn/1.csv", "mediaType": "text/csv", "format": "CSV",
                      "byteSize": "12", "characterEncoding": ["UTF-8"], "license": "https://creativecommons.org/licenses/by/4.0/",
                      "describedBy": {"@type": "Distribution", "downloadURL": "https://mo.example.vn/schema/truong-hoc.json"}}],
}


def dataset(identifier: Any, **more: Any) -> dict[str, Any]:
    return {"@type": "Dataset", "title": f"Bộ {identifier}", "identifier": identifier, **more}


def pages(server: WebServer, net: Net, document: Any) -> list[Page]:
    server.routes["/data.json"] = reply(json.dumps(document))
    return list(every_page(DcatUs(SourceSpec(name="x", url=server.url("/data.json")), net)))


def listed(server: WebServer, net: Net, document: Any) -> list[str]:
    return [item.identifier for page in pages(server, net, document) for item in page.items]


def described(server: WebServer, net: Net, document: Any):
    return [DcatUs(SourceSpec(name="x", url="https://x.vn"), net).describe(item) for page in pages(server, net, document) for item in page.items]


@pytest.mark.parametrize(("document", "expected"), [
    (STATED, True), ({"@type": "dcat:Catalog", "conformsTo": "https://resource.data.gov/profile/dcat-us/3.0", "dataset": []}, True),
    ({"dcat:dataset": []}, True), ({"datasetSeries": []}, True), ([dataset("1")], True), (dataset("1"), True), ({"dataset": [dataset("1")]}, True),
    ({"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "@type": "dcat:Catalog", "dataset": []}, False), ({"dataset": []}, False),
    ({"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": [KINDS["dcat-us"].entry(0)]}, False), ([{"title": "a"}], False),
    ({"dataset": [KINDS["dcat-us"].entry(0)]}, False), ({"service": "down", "record": 1}, False), (None, False), ("x", False), (7, False)])
def test_the_version_is_known_from_the_document(document, expected):
    assert is_version_3(document) is expected


def test_an_entry_in_our_words(server: WebServer, net: Net):
    record = described(server, net, {**STATED, "dataset": [ENTRY]})[0]
    metadata, resource = record.metadata, record.resources[0]
    assert (record.identifier, metadata["title"], metadata["author"], metadata["tags"]) == ("CHO-1", "Chợ", "Sở Công Thương", ["chợ"])
    assert (metadata["maintainer"], metadata["maintainer_email"], metadata["url"]) == ("Phòng Thương mại", "a@b.vn", "https://so.example.vn/cho")
    assert (metadata["license_id"], metadata["frequency"], metadata["groups"]) == ("cc-by", "monthly", ["y-te"])
    assert (resource.url, resource.format, resource.media_type, resource.encoding) == ("https://so.example.vn/1.csv", "CSV", "text/csv", "UTF-8")
    assert (resource.schema, resource.extras["byte_size"], record.issues) == ("truong-hoc", "12", ())


def test_keys_with_prefixes_are_the_same(server: WebServer, net: Net):
    prefixed = {"@type": "dcat:Catalog", "dcterms:conformsTo": "https://resources.data.gov/dcat-us/3.0", "dcat:dataset": [{
        "@type": "dcat:Dataset", "dct:title": "Chợ", "dct:identifier": "1", "dcat:keyword": ["chợ"], "dct:publisher": {"foaf:name": "Sở"},
        "dcat:contactPoint": {"vcard:fn": "Phòng", "vcard:hasEmail": "mailto:a@b.vn"}, "title": "Chợ mới", "pod:bureau": "x",
        "dcat:distribution": {"dcat:downloadURL": {"@id": "https://so.example.vn/1.csv"}}}]}
    record = described(server, net, prefixed)[0]
    assert (record.metadata["title"], record.metadata["author"], record.metadata["maintainer_email"]) == ("Chợ mới", "Sở", "a@b.vn")
    assert [resource.url for resource in record.resources] == ["https://so.example.vn/1.csv"]


@pytest.mark.parametrize(("given", "expected"), [
    ("a", "a"), (12, "12"), ({"@id": "https://a/1"}, "https://a/1"), ({"notation": "N", "schemaAgency": "S"}, "N"), (["a", "b"], "a")])
def test_identifiers_are_texts_or_objects(server: WebServer, net: Net, given, expected):
    assert listed(server, net, {**STATED, "dataset": [dataset(given)]}) == [expected]
    assert listed(server, net, {**STATED, "dataset": [dataset(None, **{"@id": "https://a/own"})]}) == ["https://a/own"]


def test_an_identifier_that_is_none_is_said_with_its_place(server: WebServer, net: Net):
    inner = {"@type": "Catalog", "dataset": [dataset("1"), dataset({"@type": "Identifier"})]}
    page = pages(server, net, {**STATED, "dataset": [], "catalog": [inner]})[0]
    assert [(issue.code, issue.place.field) for issue in page.issues] == [("identifier-missing", "catalog[0].dataset[1]")]


def test_catalogues_inside_catalogues_are_read(server: WebServer, net: Net):
    inner = {"@type": "Catalog", "dataset": [dataset("b")], "catalog": [{"@type": "Catalog", "dataset": dataset("c")}]}
    assert listed(server, net, {**STATED, "dataset": [dataset("a")], "catalog": [inner]}) == ["a", "b", "c"]
    assert listed(server, net, {**STATED, "dataset": {"@type": "Catalog", "dataset": [dataset("a")]}}) == ["a"]


def test_datasets_stand_in_series_and_under_services(server: WebServer, net: Net):
    series = {"@type": "DatasetSeries", "@id": "https://a/s", "title": "Chuỗi", "seriesMember": [dataset("a"), dataset("b")], "first": dataset("a")}
    service = {"@type": "DataService", "identifier": "v", "title": "API", "endpointURL": ["https://a/v1"], "servesDataset": [dataset("c"), "a"]}
    document = {**STATED, "dataset": [dataset("a")], "datasetSeries": [series], "service": [service]}
    assert listed(server, net, document) == ["a", "b", "c"]
    records = described(server, net, document)
    assert [[resource.url for resource in record.resources] for record in records] == [["https://a/v1"], [], ["https://a/v1"]]
    assert ["Chuỗi" in str(record.metadata["extras"]) for record in records] == [True, True, False]


def test_services_and_series_to_which_nothing_belongs_are_not_lost(server: WebServer, net: Net):
    document = {**STATED, "dataset": [dataset("a", inSeries=[{"@id": "https://a/t"}])], "datasetSeries": [{"@id": "https://a/t", "title": "T"}, {"@id": "https://a/s", "title": "S"}],
                "service": [{"identifier": "v", "title": "API", "endpointURL": "https://a/v1"}, "https://a/elsewhere"]}
    records = described(server, net, document)
    assert [(record.identifier, [resource.url for resource in record.resources]) for record in records] == [("a", []), ("v", ["https://a/v1"]), ("https://a/s", [])]


@pytest.mark.parametrize("document", [STATED, {**STATED, "dataset": "down"}, {**STATED, "service": 7}])
def test_a_catalogue_without_a_listing_is_refused(server: WebServer, net: Net, document):
    server.routes["/data.json"] = reply(json.dumps(document))
    assert code_of(DcatUs(SourceSpec(name="x", url=server.url("/data.json")), net).page, None) == "listing-of-another-kind"


def test_an_empty_listing_is_no_failure(server: WebServer, net: Net):
    assert pages(server, net, {**STATED, "dataset": []})[0] == Page(items=(), total=0)


def test_no_value_of_any_kind_stops_a_record(server: WebServer, net: Net):
    connector = DcatUs(SourceSpec(name="x", url="https://x.vn"), net)
    raw = pages(server, net, {**STATED, "dataset": [{**ENTRY, "spatial": [{"geometry": "POINT"}], "inSeries": [{"@id": "s", "title": "S"}]}]})[0].items[0].raw
    for odd in (None, 7, -1.5, True, "", " ", [], {}, [None, 1, {"a": []}], {"a": {"b": [None]}}, [[["x"]]], "x" * 10_000, "\x00", "http://[::1", 10**30):
        for key in raw:
            record = fit(connector.describe(Gathered(identifier="x", raw={**raw, key: odd})))
            assert all(isinstance(extra["value"], str) for extra in record.metadata["extras"])
        for key in ENTRY["distribution"][0]:
            fit(connector.describe(Gathered(identifier="x", raw={**raw, "distribution": [{**ENTRY["distribution"][0], key: odd}]})))


def test_odd_entries_of_a_listing_stop_nothing(server: WebServer, net: Net):
    odd = [None, 7, "x", [], {}, {"identifier": {}}, {"identifier": [[]]}, {"@type": ["Dataset", 7], "identifier": "1"}, {"@type": {"a": 1}, "identifier": "2"}]
    document = {**STATED, "dataset": odd, "datasetSeries": odd, "service": odd, "catalog": odd}
    assert {"1", "2"} <= set(listed(server, net, document))
