"""Catalogues that describe themselves (DCAT-AP, DCAT-US 3.0, Data Package), harvested from end to end: files are had or made, nothing comes twice."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from support.harvesting import harvest
from support.seeding import add_source
from support.web_server import WebServer, reply

from catalog.models import Dataset, IssueRow, Version
from catalog.site import Site

CSV = "ma,ten\nA1,Chợ Vũng Tàu\nA2,Chợ Bà Rịa\n"


def serve(server: WebServer, kind: str) -> str:
    """A catalogue of one dataset with files of two rows; the URL of its listing."""
    server.routes["/cho.csv"] = reply(CSV, content_type="text/csv")
    url = server.url("/cho.csv")
    bodies = {
        "dcat-ap": f"""@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
            <https://so.example.vn/cho> a dcat:Dataset ; dct:title "Chợ"@vi ; dcat:distribution [ dcat:downloadURL <{url}> ; dct:format "CSV" ] .""",
        "dcat-us": json.dumps({"@type": "Catalog", "conformsTo": "https://resources.data.gov/dcat-us/3.0", "dataset": [
            {"@type": "Dataset", "identifier": "cho", "title": "Chợ", "distribution": [{"downloadURL": url, "mediaType": "text/csv"}]}]}),
        "data-package": json.dumps({"name": "cho", "title": "Chợ", "resources": [
            {"name": "tep", "path": "cho.csv"}, {"name": "ghi-san", "data": [{"ma": "A1", "ten": "a"}, {"ma": "A2", "ten": "b"}]},
            {"name": "phan", "path": ["cho.csv", "cho.csv"]}]})}
    server.routes["/danh-muc"] = reply(bodies[kind])
    return server.url("/danh-muc")


def rows(site: Site) -> list[int | None]:
    with site.reading() as session:
        return sorted(session.scalars(select(Version.rows)))


@pytest.mark.parametrize(("kind", "expected"), [("dcat-ap", [2]), ("dcat-us", [2]), ("data-package", [2, 2, 4])])
def test_a_catalogue_is_published_with_its_files_once(site: Site, server: WebServer, kind, expected):
    add_source(site, url=serve(server, kind), connector=kind)
    first, second = harvest(site), harvest(site)
    assert (first["counts"], second["counts"]) == ({"created": 1}, {"unchanged": 1})
    assert rows(site) == expected
    with site.reading() as session:
        assert [dataset.title for dataset in session.scalars(select(Dataset))] == ["Chợ"]
        assert [code for code in session.scalars(select(IssueRow.code).where(IssueRow.closed_at.is_(None))) if code.startswith(("rdf", "package", "run", "fault"))] == []
