"""Tables with the files of the site on a real S3 server: the page, the filter, the dump, the exports and the difference of two versions."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace

import pytest
from python_calamine import CalamineWorkbook
from support.s3_server import KEYS
from support.two_versions import two_versions
from support.visiting import visitor

from catalog.site import open_site


@pytest.fixture
def remote(site, s3_endpoint, monkeypatch, tmp_path):
    """The site with its files on S3."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS[0])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS[1])
    remote = open_site(replace(site.settings, storage_url=f"s3://kho/{tmp_path.name}?endpoint={s3_endpoint}"), clock=site.clock)
    yield remote
    remote.tables.close()
    remote.engine.dispose()


def test_a_table_is_shown_filtered_dumped_exported_and_compared(remote, tmp_path):
    made = two_versions(remote, tmp_path)
    assert not (remote.settings.var / "files").exists() or not any((remote.settings.var / "files").rglob("*/*/*"))  # nothing of it lies in a folder
    client = visitor(remote)
    here = f"/dataset/tuyen-xe-buyt/resource/{made.resource}"
    page = client.get(here)
    assert page.status_code == 200 and "Chợ B mới" in page.text
    found = client.get("/api/3/action/datastore_search", query_string={"resource_id": made.resource, "filters": json.dumps({"ma_dia_diem": "04"})}).json
    assert [(record["_id"], record["ten"]) for record in found["result"]["records"]] == [(3, "=Chợ D")]
    assert client.get(f"/api/v1/tables/{made.resource}?dien_tich__gt=8&select=ten").json["rows"] == [{"ten": "Chợ A"}]
    assert client.get(f"/datastore/dump/{made.resource}").text.splitlines()[1:] == ["1,01,Chợ A,10.5,2024", "2,02,Chợ B mới,,2024", "3,04,=Chợ D,7,2024"]
    assert client.get(f"{here}/download/cho.csv").data == b"2\n"
    workbook = client.get(f"{here}/download/x.xlsx")
    assert CalamineWorkbook.from_filelike(io.BytesIO(workbook.data)).get_sheet_by_index(0).to_python()[3] == ["04", "=Chợ D", 7, 2024]
    package = zipfile.ZipFile(io.BytesIO(client.get("/dataset/tuyen-xe-buyt/datapackage.zip").data))
    assert package.testzip() is None and len(package.namelist()) == 3
    assert client.get(f"/api/v1/tables/{made.resource}/diff?key=ma_dia_diem").json["counts"] == {"added": 1, "removed": 1, "changed": 1, "unchanged": 1}
