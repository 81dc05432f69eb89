"""An organization or group that was deleted is on no page and in no document any more; its datasets are."""

from __future__ import annotations

import pytest
from support.people import ask, people
from support.publishing import furnish, publish

from web import create_app

DATASETS = ("/dataset", "/dataset/bo-1", "/catalog.ttl", "/data.json", "/data-3.0.json", "/dataset/bo-1.ttl", "/dataset/bo-1/schema.jsonld",
            "/dataset/bo-1/croissant.json", "/dataset/bo-1/datapackage.json", "/feeds/dataset.atom", "/oai?verb=ListRecords&metadataPrefix=oai_dc",
            "/oai?verb=ListRecords&metadataPrefix=dcat", "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc")
LISTS = ("/organization", "/group", "/sitemap-pages.xml", "/oai?verb=ListSets", "/")
GONE = ("/organization/{}", "/group/{}", "/feeds/organization/{}.atom", "/feeds/group/{}.atom")


@pytest.fixture
def client(site):
    furnish(site)
    people(site)
    ask(site, "root", "organization_create", name="hoi-bi-xoa", title="Hội bị xóa")
    ask(site, "root", "group_create", name="nhom-bi-xoa", title="Nhóm bị xóa")
    publish(site, name="bo-1", title="Bộ còn lại", owner_org="hoi-bi-xoa", groups=[{"name": "nhom-bi-xoa"}],
            resources=[{"url": "http://x.test/a.csv", "format": "CSV"}])
    return create_app(site).test_client()


def said(client, address: str) -> str:
    with client.get(address) as answer:
        assert answer.status_code == 200, address
        return answer.get_data(as_text=True)


def test_what_was_deleted_is_shown_nowhere(site, client):
    marks = ("hoi-bi-xoa", "nhom-bi-xoa", "Hội bị xóa", "Nhóm bị xóa")
    assert {address for address in (*DATASETS, *LISTS) if any(mark in said(client, address) for mark in marks)} >= set(DATASETS)
    ids = {ask(site, None, f"{kind}_show", id=name)["id"] for kind, name in (("organization", "hoi-bi-xoa"), ("group", "nhom-bi-xoa"))}
    ask(site, "root", "organization_delete", id="hoi-bi-xoa")
    ask(site, "root", "group_delete", id="nhom-bi-xoa")
    client = create_app(site).test_client()
    for address in (*DATASETS, *LISTS):
        assert [mark for mark in marks if mark in said(client, address)] == [], address
    for address in DATASETS:
        assert "bo-1" in said(client, address) or ask(site, None, "package_show", id="bo-1")["id"] in said(client, address)
    for address in GONE:
        for name in ("hoi-bi-xoa", "nhom-bi-xoa", *ids):
            assert client.get(address.format(name)).status_code == 404


def test_what_comes_back_is_shown_again(site, client):
    ask(site, "root", "group_delete", id="nhom-bi-xoa")
    assert ask(site, None, "package_search", fq="groups:nhom-bi-xoa")["count"] == 0
    ask(site, "root", "group_patch", id="nhom-bi-xoa", state="active")
    assert ask(site, None, "package_search", fq="groups:nhom-bi-xoa")["count"] == 1
    assert "Nhóm bị xóa" in said(client, "/group")
