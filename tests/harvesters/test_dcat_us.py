"""data.json documents, of version 1.1 and older, and what agencies write into them."""

from __future__ import annotations

import json

import pytest
from support.sources import KINDS
from support.web_server import WebServer, reply

from catalog.net import Net
from harvesters import vocabulary
from harvesters.base import Gathered, SourceSpec, every_page
from harvesters.dcat_us import DcatUs

ENTRY = KINDS["dcat-us"].entry


def describe(entry, **options):
    return DcatUs(SourceSpec(name="x", url="https://so.example.vn/data.json", options=options), Net()).describe(Gathered(identifier="x", raw=entry))


def extras(record) -> dict[str, str]:
    return {extra["key"]: extra["value"] for extra in record.metadata["extras"]}


def test_an_entry_in_our_words():
    record = describe(ENTRY(3))
    metadata, resource = record.metadata, record.resources[0]
    assert (metadata["title"], metadata["notes"], metadata["tags"]) == ("Bộ dữ liệu 3", "Mô tả", ["chợ", "siêu thị"])
    assert (metadata["license_id"], metadata["frequency"], metadata["groups"]) == ("cc-by", "monthly", ["y-te"])
    assert (metadata["author"], metadata["maintainer"], metadata["maintainer_email"]) == ("Sở Y tế", "Phòng Kế hoạch", "mo@example.vn")
    assert (resource.url, resource.format, resource.media_type) == ("https://so-yte.example.vn/3.csv", "CSV", "text/csv")
    assert (resource.schema, resource.last_modified) == ("truong-hoc", "2024-09-01T00:00:00")
    assert extras(record) == {"origin_modified": "2024-09-01", "access_level": "public"}


def test_the_document_is_downloaded_once_for_all_its_pages(server: WebServer, net: Net):
    server.routes["/data.json"] = reply(json.dumps({"dataset": [ENTRY(n) for n in range(1100)]}))
    pages = list(every_page(DcatUs(SourceSpec(name="x", url=server.url("/data.json")), net)))
    assert [len(page.items) for page in pages] == [500, 500, 100]
    assert len(server.asked) == 1


def test_the_bare_list_of_older_documents_is_read(server: WebServer, net: Net):
    old = {"identifier": "a", "title": "Chợ", "keyword": "chợ, siêu thị", "accessURL": "https://x/a.csv", "format": "text/csv", "person": "Lan",
           "mbox": "lan@example.vn", "modified": "2013-01-01", "publisher": "Sở Công Thương"}
    server.routes["/data.json"] = reply("\ufeff" + json.dumps([old]))
    connector = DcatUs(SourceSpec(name="x", url=server.url("/data.json")), net)
    record = connector.describe(connector.page(None).items[0])
    assert (record.metadata["tags"], record.metadata["author"], record.metadata["maintainer"]) == (["chợ", "siêu thị"], "Sở Công Thương", "Lan")
    assert [resource.url for resource in record.resources] == ["https://x/a.csv"]


def test_the_place_of_an_entry_without_identifier_is_told(server: WebServer, net: Net):
    server.routes["/data.json"] = reply(json.dumps({"dataset": [ENTRY(0), {"title": "Không mã"}]}))
    issue = DcatUs(SourceSpec(name="x", url=server.url("/data.json")), net).page(None).issues[0]
    assert (issue.code, issue.place.field, issue.facts["title"]) == ("identifier-missing", "dataset[1]", "Không mã")


def test_parts_of_a_collection_remember_it():
    assert extras(describe({**ENTRY(0), "isPartOf": "https://example.vn/bo"}))["collection"] == "https://example.vn/bo"


def test_nulls_of_real_documents_are_no_trouble():
    record = describe(dict.fromkeys(ENTRY(0)) | {"title": "a", "identifier": "x"})
    assert record.issues == ()
    assert record.resources == ()


@pytest.mark.parametrize(("given", "expected"), [
    ("https://creativecommons.org/licenses/by/4.0/", "cc-by"), ("http://www.creativecommons.org/licenses/by/3.0/vn/deed.vi", "cc-by"),
    ("https://creativecommons.org/licenses/by-sa/4.0", "cc-by-sa"), ("https://creativecommons.org/licenses/by-nc/4.0/", "cc-nc"),
    ("https://creativecommons.org/publicdomain/zero/1.0/", "cc-zero"), ("http://opendatacommons.org/licenses/odbl/", "odc-odbl"),
    ("https://opendatacommons.org/licenses/pddl/1-0/", "odc-pddl"), ("http://www.usa.gov/publicdomain/label/1.0/", "other-pd"),
    ("CC-BY-4.0", "cc-by"), ("cc-zero", "cc-zero"), ("VN-ND47-2020-D18", "VN-ND47-2020-D18"),
    ("https://creativecommons.org/licenses/byte", None), ("https://example.vn/creativecommons.org/licenses/by/", None), ("mien phi", None),
    ("http://[::1", None), ("", None)])
def test_licences_are_known_by_name_and_address(given, expected):
    assert vocabulary.licence(given) == expected


@pytest.mark.parametrize(("given", "expected"), [
    ("R/P1Y", "annual"), ("R/P6M", "biannual"), ("R/P3M", "quarterly"), ("R/P1M", "monthly"), ("R/P1W", "weekly"), ("R/P1D", "daily"),
    ("R/PT1S", "daily"), ("irregular", "irregular"), ("http://publications.europa.eu/resource/authority/frequency/ANNUAL", "annual"),
    ("Hằng năm", "annual"), ("HÀNG THÁNG", "monthly"), ("6 tháng", "biannual"), ("không định kỳ", "irregular"), ("?", None), ("", None)])
def test_frequencies_are_known_in_several_tongues(given, expected):
    assert vocabulary.frequency(given) == expected


@pytest.mark.parametrize(("given", "expected"), [
    ("y-te", "y-te"), ("Y tế", "y-te"), ("http://publications.europa.eu/resource/authority/data-theme/EDUC", "giao-duc"), ("Transport", "giao-thong"),
    ("https://example.vn/theme/moi-truong", "moi-truong"), ("bóng đá", None), ("", None)])
def test_themes_are_known_in_several_tongues(given, expected):
    assert vocabulary.theme(given) == expected
