"""A dataset as schema.org, Croissant and Data Package: true to the file, read by their own readers, harmless in a page."""

from __future__ import annotations

import json
import re

import frictionless
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select
from support.exchanging import fill, give_bytes, served
from support.publishing import publish
from support.visiting import visitor

from catalog.models import Dataset, Resource, Version

ROWS = [("Phòng khám số 1", "12 Lê Lợi, Vũng Tàu"), ("Phòng khám =2", None)]


@pytest.fixture
def name(site, tmp_path) -> str:
    """A dataset whose file is held here, with its typed table."""
    name = fill(site)
    fields = [pa.field("ten", pa.string(), metadata={b"type": b"string", b"title": "Tên".encode()}),
              pa.field("so_giuong", pa.int64(), metadata={b"type": b"integer", b"title": "Số giường".encode()}),
              pa.field("ngay", pa.date32(), metadata={b"type": b"date"})]
    table = pa.table([pa.array([row[0] for row in ROWS]), pa.array([3, 0]), pa.array([19000, 19001], pa.date32())], schema=pa.schema(fields))
    pq.write_table(table, tmp_path / "t.parquet")
    give_bytes(site, name, "Tên;Số giường\n".encode())
    with site.writing() as session:
        version = session.scalars(select(Version).join(Resource, Resource.id == Version.resource_id).join(Dataset).where(Dataset.name == name)).one()
        version.table_sha256, version.table_size = site.files.put(tmp_path / "t.parquet"), (tmp_path / "t.parquet").stat().st_size
    return name


def test_frictionless_reads_the_data_package_of_a_served_dataset_and_finds_its_table_valid(site, name):
    with served(site) as url, frictionless.system.use_context(trusted=True):
        package = frictionless.Package(f"{url}/dataset/{name}/datapackage.json")
        [resource] = package.resources
        assert (package.name, package.title, resource.path.endswith(f"{name}.csv?typed=1")) == (name, "Phòng khám tư nhân", True)
        assert [field.type for field in resource.schema.fields] == ["string", "integer", "date"]
        report = package.validate()
        assert report.flatten(["type", "note"]) == [] and report.valid
        assert resource.read_rows()[0]["so_giuong"] == 3


def test_a_data_package_says_who_publishes_under_which_licence(site, name):
    package = json.loads(visitor(site).get(f"/dataset/{name}/datapackage.json").data)
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert package["licenses"] == [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/",
                                    "title": "Creative Commons – ghi nguồn (CC BY)"}]
    assert {person["roles"][0]: person["title"] for person in package["contributors"]} == {"publisher": "Sở Y tế", "contact": "Phòng Nghiệp vụ Y"}
    assert package["illustrative"] is True


def test_each_file_of_a_package_has_a_name_of_its_own_and_a_path(site, name):
    package = json.loads(visitor(site).get("/dataset/du-lieu-xau/datapackage.json").data)
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names) == 7
    assert all(re.fullmatch(r"[-a-z0-9._/]+", each) for each in names)
    assert all(re.fullmatch(r"(https?|ftp)://[!-~]+", resource["path"]) for resource in package["resources"])
    publish(site, name="khong-tep", title="Không tệp")
    assert visitor(site).get("/dataset/khong-tep/datapackage.json").status_code == 404
    assert "datapackage.json" not in visitor(site).get("/dataset/khong-tep").text


def test_croissant_names_each_column_of_the_stored_table(site, name):
    document = json.loads(visitor(site).get(f"/dataset/{name}/croissant.json").data)
    assert document["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    assert {"name", "description", "license", "url", "creator", "datePublished", "citeAs"} <= set(document)
    files = {file["@id"]: file for file in document["distribution"]}
    [records] = document["recordSet"]
    assert [(field["name"], field["dataType"]) for field in records["field"]] == [("ten", "sc:Text"), ("so_giuong", "sc:Integer"), ("ngay", "sc:Date")]
    [source] = {field["source"]["fileObject"]["@id"] for field in records["field"]}
    table = visitor(site).get(files[source]["contentUrl"].removeprefix("http://haidang.test"))
    import hashlib

    assert hashlib.sha256(table.data).hexdigest() == files[source]["sha256"]
    assert files[source]["contentSize"] == f"{len(table.data)} B"
    assert "isLiveDataset" not in document
    assert (document["version"], document["creator"]["@type"]) == ("1.0.0", "Organization")


def test_croissant_says_that_files_elsewhere_may_change(site, name):
    document = json.loads(visitor(site).get("/dataset/du-lieu-xau/croissant.json").data)
    assert document["isLiveDataset"] is True
    assert all("contentUrl" in file and "encodingFormat" in file for file in document["distribution"])


def test_the_page_of_a_dataset_carries_it_in_schema_orgs_words_and_nothing_of_it_acts(site, name):
    client = visitor(site)
    for dataset in (name, "du-lieu-xau"):
        answer = client.get(f"/dataset/{dataset}")
        [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer.text, re.S)
        assert not re.search(r"[<>&']", block)
        document = json.loads(block)
        assert document == json.loads(client.get(f"/dataset/{dataset}/schema.jsonld").data)
        assert (document["@type"], document["url"]) == ("Dataset", f"http://haidang.test/dataset/{dataset}")
        assert 50 <= len(document["description"]) <= 5000
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
        for href in re.findall(r'<link rel="alternate" type="[^"]+" title="[^"]+" href="([^"]+)">', answer.text):
            assert client.get(href).status_code == 200, href


def test_a_licence_has_an_address_of_its_own(site, name):
    client = visitor(site)
    page = client.get("/license/VN-ND47-2020-D18")
    assert page.status_code == 200 and "47/2020/NĐ-CP" in page.text
    assert "Decree" in client.get("/license/VN-ND47-2020-D18?lang=en").text or "Reuse" in client.get("/license/VN-ND47-2020-D18?lang=en").text
    assert client.get("/license/cc-by").headers["Location"] == "http://www.opendefinition.org/licenses/cc-by"
    assert client.get("/license/x").status_code == 404
