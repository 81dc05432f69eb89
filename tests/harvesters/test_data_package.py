"""Data Packages: one descriptor or a list of them, where their files are, and those that are made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.sources import code_of
from support.web_server import WebServer, redirect, reply

from catalog.errors import Trouble
from catalog.net import Net
from harvesters.base import Gathered, Maker, SourceSpec, every_page
from harvesters.data_package import DataPackage
from harvesters.data_package_files import located

BASE = "https://so.example.vn/goi/datapackage.json"


def described(net: Net, package: dict[str, Any]):
    return DataPackage(SourceSpec(name="x", url=BASE), net).describe(Gathered(identifier="x", raw={"descriptorUrl": BASE, **package}))


def extras(record) -> dict[str, str]:
    return {extra["key"]: extra["value"] for extra in record.metadata["extras"]}


def connector(server: WebServer, net: Net, document: Any, path: str = "/goi/datapackage.json") -> DataPackage:
    server.routes[path] = reply(json.dumps(document), content_type="application/json")
    return DataPackage(SourceSpec(name="x", url=server.url(path)), net)


def test_a_package_in_our_words(net: Net):
    record = described(net, {
        "name": "cho", "title": "Chợ", "description": "Mô tả", "keywords": ["chợ"], "version": "2.1", "homepage": "https://so.example.vn", "created": "2024-09-01",
        "licenses": [{"name": "ODC-PDDL-1.0"}], "sources": [{"title": "Sổ bộ", "path": "https://a.vn"}, {"title": "Khảo sát"}], "id": "10.1/cho",
        "contributors": [{"title": "Lan", "email": "lan@a.vn", "role": "author"}, {"givenName": "Văn", "familyName": "Nam", "roles": ["maintainer"]}, {"title": "Hoa"}],
        "resources": [{"name": "bang", "path": "du-lieu/bảng 1.csv", "mediatype": "text/csv", "encoding": "utf-8", "bytes": 12, "hash": "md5:a",
                       "schema": "truong-hoc.json", "dialect": {"delimiter": ";"}}]})
    metadata, resource = record.metadata, record.resources[0]
    assert (metadata["title"], metadata["author"], metadata["author_email"], metadata["maintainer"]) == ("Chợ", "Lan", "lan@a.vn", "Văn Nam")
    assert (metadata["license_id"], metadata["version"], metadata["url"], metadata["tags"]) == ("odc-pddl", "2.1", "https://so.example.vn", ["chợ"])
    assert extras(record) == {"issued": "2024-09-01", "sources": "Sổ bộ (https://a.vn); Khảo sát", "contributors": "Hoa", "package_id": "10.1/cho", "package_name": "cho"}
    assert (resource.url, resource.format) == ("https://so.example.vn/goi/du-lieu/b%E1%BA%A3ng%201.csv", "CSV")
    assert (resource.media_type, resource.encoding, resource.schema, resource.recipe) == ("text/csv", "utf-8", "truong-hoc", None)
    assert resource.extras == {"byte_size": "12", "checksum": "md5:a", "csv_dialect": '{"delimiter": ";"}',
                               "table_schema_url": "https://so.example.vn/goi/truong-hoc.json"}


def test_older_ways_of_writing_are_read(net: Net):
    record = described(net, {"name": "cho-tinh", "author": "Lan <lan@a.vn> (http://a.vn)", "license": "CC-BY-4.0", "homepage": {"name": "Trang", "uri": "https://a.vn"},
                             "maintainers": [{"name": "Nam", "email": "nam@a.vn"}], "resources": [{"url": "http://b.vn/1.csv"}, {"path": "a.csv.gz", "compression": "gz"}]})
    metadata = record.metadata
    assert (metadata["title"], metadata["author"], metadata["author_email"], metadata["maintainer_email"]) == ("cho tinh", "Lan", "lan@a.vn", "nam@a.vn")
    assert (metadata["license_id"], metadata["url"]) == ("cc-by", "https://a.vn")
    assert [(resource.url, resource.format) for resource in record.resources] == [("http://b.vn/1.csv", "CSV"), ("https://so.example.vn/goi/a.csv.gz", "GZIP")]


@pytest.mark.parametrize(("path", "expected"), [
    ("a.csv", "https://h/p/a.csv"), ("./d/a.csv", "https://h/p/d/a.csv"), ("http://x.vn/a.csv?b=1#c", "http://x.vn/a.csv?b=1#c"), ("a b#1.csv", "https://h/p/a%20b%231.csv"),
    ("a%20b.csv", "https://h/p/a%20b.csv"), ("a.csv?x=1", "https://h/p/a.csv?x=1"), ("2024:9.csv", "https://h/p/2024:9.csv"), ("bảng.csv", "https://h/p/b%E1%BA%A3ng.csv"),
    ("/etc/passwd", None), ("../a.csv", None), ("d/../../a.csv", None), ("%2e%2e/a.csv", None), ("d%2f..%2fa", None), ("..\\a.csv", None), ("C:\\a.csv", None), ("~/a", None),
    ("file:///etc/passwd", None), ("ftp://h/a.csv", None), ("s3://b/a", None), (".hidden/a.csv", None), ("//evil.vn/a.csv", None), ("", None), (" ", None)])
def test_a_path_is_an_address_or_stays_in_the_descriptors_folder(path, expected):
    assert located(path, "https://h/p/datapackage.json?v=1") == expected


def test_a_file_outside_the_folder_is_refused_in_words_and_the_others_are_taken(net: Net):
    record = described(net, {"title": "a", "resources": [{"name": "x", "path": "../x.csv"}, {"name": "y", "path": ["a.csv", "/b.csv"]}, {"name": "z", "path": "z.csv"}]})
    assert [resource.name for resource in record.resources] == ["z"]
    assert [(issue.code, issue.facts["path"]) for issue in record.issues] == [("package-path-unsafe", "../x.csv"), ("package-path-unsafe", "/b.csv")]


def made(net: Net, tmp_path: Path, resource: dict[str, Any], server: WebServer | None = None) -> tuple[str, str, str]:
    """Name, media type and text of the file that is made of a resource."""
    base = server.url("/goi/datapackage.json") if server else BASE
    package = DataPackage(SourceSpec(name="x", url=base), net)
    file = package.describe(Gathered(identifier="x", raw={"descriptorUrl": base, "title": "a", "resources": [{"name": "bang", **resource}]})).resources[0]
    assert isinstance(package, Maker)
    assert file.url == f"{base}#bang"
    done = package.make(json.loads(json.dumps(file.recipe)), tmp_path / "file", None)
    if done.mark:
        assert package.make(file.recipe, tmp_path / "none", done.mark) is None
        assert not (tmp_path / "none").exists()
    return done.filename, done.media_type, (tmp_path / "file").read_text("utf-8")


@pytest.mark.parametrize(("resource", "expected"), [
    ({"data": [{"b": 1, "a": "Chợ, \"lớn\""}, {"a": None, "c": [1, True]}], "schema": {"fields": [{"name": "a"}, {"name": "b"}]}},
     ("bang.csv", "text/csv", 'a,b,c\n"Chợ, ""lớn""",1,\n,,"[1, true]"\n')),
    ({"data": [["a", "b"], [1, 2.5], [True, None]]}, ("bang.csv", "text/csv", "a,b\n1,2.5\ntrue,\n")),
    ({"data": [[1, 2], [3, 4]], "dialect": {"header": False}, "schema": {"fields": [{"name": "x"}, {"name": "y"}]}}, ("bang.csv", "text/csv", "x,y\n1,2\n3,4\n")),
    ({"data": [[1, 2]], "dialect": {"header": False}}, ("bang.csv", "text/csv", "field1,field2\n1,2\n")),
    ({"data": "a;b\n1;2\n", "format": "csv"}, ("bang.csv", "text/csv", "a;b\n1;2\n")),
    ({"data": {"type": "FeatureCollection", "features": []}, "format": "geojson"}, ("bang.geojson", "application/geo+json", '{"type": "FeatureCollection", "features": []}')),
    ({"data": [1, "Chợ"]}, ("bang.json", "application/json", '[1, "Chợ"]'))])
def test_data_inside_the_descriptor_becomes_a_file(net: Net, tmp_path, resource, expected):
    assert made(net, tmp_path, resource) == expected


@pytest.mark.parametrize("data", [[{"a": 1}, [1]], [["a"], {"a": 1}], [{"a": 1}, None], [["a"], "x"]])
def test_rows_of_two_kinds_make_no_file(net: Net, tmp_path, data):
    with pytest.raises(Trouble) as caught:
        made(net, tmp_path, {"data": data})
    assert (caught.value.issue.code, caught.value.issue.facts) == ("package-data-unusable", {"name": "bang", "row": 2})


@pytest.mark.parametrize(("parts", "expected"), [
    (["a,b\n1,2\n", "3,4", "5,6\n"], "a,b\n1,2\n3,4\n5,6\n"), (["\ufeffa,b\r\n1,2", "\ufeffa,b\n3,4\n"], "\ufeffa,b\r\n1,2\n3,4\n"), (["a,b\n", "a,b\n", "a,b\n7,8"], "a,b\n7,8\n")])
def test_parts_are_joined_into_one_file(server: WebServer, net: Net, tmp_path, parts, expected):
    for number, text in enumerate(parts):
        server.routes[f"/goi/p{number}.csv"] = reply(text)
    name, _, _ = found = made(net, tmp_path, {"path": [f"p{number}.csv" for number in range(len(parts))]}, server)
    assert name == "bang.csv"
    assert (tmp_path / "file").read_bytes().decode() == expected
    assert found[1] == "text/csv"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_part_that_cannot_be_had_makes_no_file(server: WebServer, net: Net, tmp_path):
    server.routes["/goi/a.csv"] = reply("a\n1\n")
    with pytest.raises(Trouble) as caught:
        made(net, tmp_path, {"path": ["a.csv", "gone.csv"]}, server)
    assert caught.value.issue.code == "http-status"


def test_parts_that_are_no_text_are_refused_in_words(net: Net):
    record = described(net, {"title": "a", "resources": [{"name": "x", "path": ["a.xlsx", "b.xlsx"]}, {"name": "y", "path": ["a.csv", "b.csv"], "compression": "gz"}]})
    assert [(issue.code, issue.facts["format"]) for issue in record.issues] == [("package-parts-unjoinable", "XLSX"), ("package-parts-unjoinable", "GZIP")]


def test_one_descriptor_is_one_dataset_by_its_id_or_name_or_address(server: WebServer, net: Net):
    for package, expected in (({"id": "10.1/a", "name": "b"}, "10.1/a"), ({"name": "b"}, "b"), ({"id": {}, "name": " "}, server.url("/goi/datapackage.json?v=1#x"))):
        connector(server, net, {**package, "resources": []})
        page = DataPackage(SourceSpec(name="x", url=server.url("/goi/datapackage.json?v=1#x")), net).page(None)
        assert [item.identifier for item in page.items] == [expected]
        assert (page.total, page.cursor) == (1, None)


@pytest.mark.parametrize("listing", [
    ["a/datapackage.json", "/b/datapackage.json"], {"packages": ["a/datapackage.json", {"path": "/b/datapackage.json"}]},
    {"name": "c", "datasets": [{"name": "a", "package": "a/datapackage.json"}, {"name": "b", "package": {"name": "b", "resources": [{"path": "b.csv"}]}}]},
    {"profile": "data-package-catalog", "resources": [{"path": "a/datapackage.json"}, {"path": "/b/datapackage.json"}]}])
def test_a_list_of_descriptors_is_a_list_of_datasets(server: WebServer, net: Net, listing):
    for name, path in (("a", "/list/a/datapackage.json"), ("b", "/b/datapackage.json")):
        server.routes[path] = reply(json.dumps({"name": name, "resources": [{"path": f"{name}.csv"}]}))
    packages = connector(server, net, listing, "/list/all.json")
    items = packages.page(None).items
    assert [item.identifier for item in items] == ["a", "b"]
    urls = [packages.describe(item).resources[0].url for item in items]
    assert urls[0] == server.url("/list/a/a.csv")
    assert urls[1] in (server.url("/b/b.csv"), server.url("/list/b.csv"))


def test_a_descriptor_that_cannot_be_read_is_an_issue_and_stops_no_other(server: WebServer, net: Net):
    server.routes["/a.json"] = reply('{"resources": [')
    server.routes["/b.json"] = reply('{"title": "b"}')
    server.routes["/c.json"] = reply('{"name": "c", "resources": []}')
    page = connector(server, net, ["a.json", "b.json", "c.json", "gone.json", "http://10.0.0.1/x", "http://[::1", 7, {"title": "x"}], "/all.json").page(None)
    assert [item.identifier for item in page.items] == ["c"]
    assert [issue.code for issue in page.issues] == [
        "json-broken", "listing-of-another-kind", "http-status", "address-private", "url-broken", "record-not-an-object", "listing-of-another-kind"]


@pytest.mark.parametrize("document", [{"title": "a"}, {"resources": {}}, {"packages": "x"}, 7])
def test_what_is_no_package_is_refused(server: WebServer, net: Net, document):
    assert code_of(connector(server, net, document).page, None) == "listing-of-another-kind"


def test_paths_are_relative_to_where_the_descriptor_was_found(server: WebServer, net: Net):
    server.routes["/moi/datapackage.json"] = reply(json.dumps({"name": "a", "resources": [{"path": "a.csv"}]}))
    server.routes["/cu"] = redirect("/moi/datapackage.json?token=1")
    packages = DataPackage(SourceSpec(name="x", url=server.url("/cu")), net)
    items = [item for page in every_page(packages) for item in page.items]
    assert packages.describe(items[0]).resources[0].url == server.url("/moi/a.csv")
    assert "token" not in json.dumps(items[0].raw)


def test_what_the_files_licences_say_holds_where_the_package_says_nothing(net: Net):
    assert described(net, {"title": "a", "resources": [{"path": "a.csv", "licenses": [{"name": "CC-BY-4.0"}]}]}).metadata["license_id"] == "cc-by"
