"""Tables and whole datasets in every form: what a browser is told of them, parts of them, and for whom they are there."""

from __future__ import annotations

import io
import json
import zipfile
from urllib.parse import unquote

import frictionless
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from support.published import CSV, sow
from support.visiting import visitor

from catalog.errors import Trouble
from catalog.exchange import package_zip
from catalog.models import Dataset, Resource, Version

FORMS = ("x.csv?typed=1", "x.csv?bom=1", "x.csv?excel=1", "x.xlsx", "x.json", "x.ndjson", "x.parquet", "x.geojson")
ZIP = "/dataset/tuyen-xe-buyt/datapackage.zip"


@pytest.fixture
def sown(site, tmp_path):
    sown = sow(site, tmp_path)
    with site.writing() as session:
        version = session.scalars(select(Version).where(Version.number == 2)).one()
        version.fields = ["ma_tuyen", "ten_tuyen", "cu_ly", "kinh_do", "vi_do"]
    return sown


@pytest.fixture
def client(site):
    return visitor(site)


@pytest.fixture
def addresses(sown) -> list[str]:
    return [f"/dataset/tuyen-xe-buyt/resource/{sown.resource}/download/{form}" for form in FORMS] + [ZIP]


def test_every_form_is_an_attachment_under_its_vietnamese_name_that_no_browser_opens(client, addresses):
    for address in addresses:
        answer = client.get(address)
        assert (answer.status_code, answer.headers["X-Content-Type-Options"]) == (200, "nosniff"), address
        assert "sandbox" in answer.headers["Content-Security-Policy"] and answer.data
        disposition = answer.headers["Content-Disposition"]
        assert disposition.startswith("attachment")
        if address != ZIP:
            extension = address.partition("?")[0].rpartition(".")[2]
            assert unquote(disposition.partition("UTF-8''")[2]) == f"tuyến xe buýt 2.{extension}"
            assert f'filename="tuyen xe buyt 2.{extension}"' in disposition


def test_a_part_of_any_form_is_a_part_of_the_whole_and_who_has_it_gets_nothing(client, addresses):
    for address in addresses:
        whole = client.get(address)
        part = client.get(address, headers={"Range": "bytes=2-9"})
        assert (part.status_code, part.data) == (206, whole.data[2:10]), address
        assert part.headers["Content-Range"] == f"bytes 2-9/{len(whole.data)}"
        assert part.headers["ETag"] == whole.headers["ETag"] and whole.headers["Accept-Ranges"] == "bytes"
        assert client.get(address, headers={"Range": "bytes=2-9", "If-Range": '"another"'}).status_code == 200
        again = client.get(address, headers={"If-None-Match": whole.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert client.head(address).data == b""


def test_each_form_has_a_mark_of_its_own(client, addresses):
    marks = [client.get(address).headers["ETag"] for address in addresses]
    assert len(set(marks)) == len(marks)


def test_the_workbook_of_a_table(client, sown):
    answer = client.get(f"/dataset/tuyen-xe-buyt/resource/{sown.resource}/download/x.xlsx")
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    rows = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert rows[:2] == [["ma_tuyen", "ten_tuyen", "cu_ly"], ["01", "Vũng Tàu – Bà Rịa", 20.5]]


def test_the_page_offers_what_there_is(client, site, sown):
    for page in ("/dataset/tuyen-xe-buyt", f"/dataset/tuyen-xe-buyt/resource/{sown.resource}"):
        text = client.get(page).text
        assert all(f"tuyen-xe-buyt.{kind}" in text for kind in ("csv", "xlsx", "json", "ndjson", "parquet", "geojson"))
    assert ZIP in client.get("/dataset/tuyen-xe-buyt").text
    with site.writing() as session:
        session.scalars(select(Version).where(Version.number == 2)).one().fields = ["ma_tuyen"]
    assert ".geojson" not in client.get("/dataset/tuyen-xe-buyt").text
    assert client.get(f"/dataset/tuyen-xe-buyt/resource/{sown.resource}/download/x.geojson").status_code == 404


def test_frictionless_reads_the_zipped_package_and_finds_it_valid(client, site, sown, tmp_path):
    with site.writing() as session:  # a second file that is held and no table; the other one stays a link
        link = session.get_one(Resource, sown.link)
        version = Version(resource_id=link.id, number=1, state="published", created=site.clock.now(), sha256=site.files.put_bytes(b"%PDF-1.7"), size=8,
                          filename="Quy chế.PDF", format="PDF")
        session.add(version)
        session.flush()
        link.version_id = version.id
        session.scalars(select(Version).where(Version.number == 2)).one().checked = "unchecked"  # the sown rows follow no schema
    answer = client.get(ZIP)
    (tmp_path / "p.zip").write_bytes(answer.data)
    with zipfile.ZipFile(tmp_path / "p.zip") as archive:
        assert archive.testzip() is None
        descriptor = json.loads(archive.read("datapackage.json"))
        assert descriptor["$schema"].endswith("/2.0/datapackage.json")
        table, paper, _ = descriptor["resources"]
        assert archive.read(table["path"]).startswith(b"ma_tuyen,ten_tuyen,cu_ly\r\n01,")
        assert (archive.read(paper["path"]), paper["path"][-4:], paper["bytes"]) == (b"%PDF-1.7", ".pdf", 8)
        assert len(archive.namelist()) == 3
    package = frictionless.Package(str(tmp_path / "p.zip"))
    read = package.get_resource(table["name"])
    report = read.validate()
    assert (report.valid, report.task.stats["rows"]) == (True, 3), report.to_summary()
    assert read.schema.get_field("cu_ly").type == "number" and read.hash == table["hash"]


def test_a_package_of_which_a_file_is_missing_is_refused_before_anything_is_sent(client, site, sown):
    with site.writing() as session:
        session.scalars(select(Version).where(Version.number == 2)).one().table_sha256 = "0" * 64
    assert client.get(f"/dataset/tuyen-xe-buyt/resource/{sown.resource}/download/x.json").status_code >= 500
    with site.reading() as session:
        made = package_zip.Package(site=site, descriptor={"resources": [{}]}, members={0: package_zip.Member(
            path="data/x.csv", sha256="0" * 64, is_table=True, modified=session.get_one(Dataset, sown.dataset).metadata_created)})
    with pytest.raises(Trouble):
        made.pieces()


@pytest.mark.parametrize("change", [{"private": True}, {"state": "draft"}, {"state": "deleted"}])
def test_strangers_get_nothing_of_what_is_not_public(client, site, sown, addresses, change):
    for address in addresses:  # made before, so that what is kept is not handed out either
        client.get(address, headers={"Range": "bytes=0-1"})
    with site.writing() as session:
        dataset = session.get_one(Dataset, sown.dataset)
        for name, value in change.items():
            setattr(dataset, name, value)
    for address in addresses:
        answer = client.get(address, headers={"Range": "bytes=0-1"})
        assert answer.status_code in (404, 410) and CSV[:8] not in answer.data, address


def test_a_version_that_was_refused_is_in_no_form(client, addresses):
    for address in addresses[:-1]:
        assert client.get(f"{address.partition('?')[0]}?version=3&typed=1").status_code == 404
