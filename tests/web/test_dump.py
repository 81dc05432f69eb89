"""A whole table as a file: four formats, sent as it is made, refused before anything is sent."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from support.published import sow

from catalog.actions.context import Context
from catalog.actions.performing import perform
from catalog.models import Resource
from catalog.tokens import add_token
from web import create_app

ROWS = [{"mã số": "<A>", "n": 1, "o": {"z": [1]}}, {"mã số": "đ,\"x\"", "n": None, "o": None}]


@pytest.fixture
def sown(site, tmp_path):
    return sow(site, tmp_path)


@pytest.fixture
def made(site, sown) -> str:
    with site.writing() as session:
        context = Context(site=site, session=session, user="jane", may_write=True)
        return perform(context, "datastore_create", {"resource": {"package_id": sown.dataset, "name": "Bảng"}, "records": ROWS})["resource_id"]


@pytest.fixture
def client(site):
    return create_app(site).test_client()


def text(client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert (answer.status_code, answer.content_type) == (200, "application/octet-stream")
    return answer.get_data(as_text=True)


def test_the_formats(client, made):
    at = f"/datastore/dump/{made}"
    assert text(client, at) == '_id,mã số,n,o\r\n1,<A>,1,"{""z"": [1]}"\n2,"đ,""x""",,null\n'
    assert text(client, f"{at}?format=tsv&fields=n,_id&bom=true") == "\ufeffn\t_id\r\n1\t1\n\t2\n"
    assert json.loads(text(client, f"{at}?format=json"))["records"] == [[1, "<A>", 1, {"z": [1]}], [2, 'đ,"x"', None, None]]
    rows = list(ElementTree.fromstring(text(client, f"{at}?format=xml")))
    assert [(row.get("_id"), row[0].get("name"), row[0].text) for row in rows] == [("1", "mã số", "<A>"), ("2", "mã số", 'đ,"x"')]
    assert client.get(at).headers["Content-Disposition"] == f'attachment; filename="{made}.csv"'


def test_what_is_asked_of_it(client, made):
    assert text(client, f'/datastore/dump/{made}?filters={{"n":1}}&fields=n') == "n\r\n1\n"
    assert text(client, f"/datastore/dump/{made}?sort=n+desc&fields=_id&limit=1") == "_id\r\n2\n"


@pytest.mark.parametrize(("query", "status"), [("fields=x", 400), ("format=xls", 400), ("filters={x", 400), ("sort=1;--", 400), ("limit=x", 400)])
def test_what_cannot_be_understood_is_refused(client, made, query, status):
    assert client.get(f"/datastore/dump/{made}?{query}").status_code == status


def test_a_private_table_is_there_for_who_may_see_it_only(site, sown, client):
    with site.writing() as session:
        session.get(Resource, sown.resource).dataset.private = True
        secret = add_token(session, "jane", site.clock.now()).secret
    assert client.get(f"/datastore/dump/{sown.resource}").status_code == 404
    assert text(client, f"/datastore/dump/{sown.resource}", Authorization=secret).startswith("_id,ma_tuyen")
    assert client.get("/datastore/dump/none").status_code == 404


def test_the_page_of_a_dataset_shows_a_table_that_was_written(client, sown, made):
    assert client.get("/dataset/tuyen-xe-buyt").status_code == 200
    assert client.get(f"/dataset/tuyen-xe-buyt/resource/{made}").status_code == 200
