"""What changed between two versions by the API: three formats, pages, keys, and the same rights as the versions have."""

from __future__ import annotations

import csv
import json
from urllib.parse import urlencode

import pytest
from support.two_versions import two_versions

from catalog.actions.context import Context
from catalog.actions.performing import perform
from catalog.models import Dataset, Resource, Version
from catalog.tokens import add_token
from web import create_app


@pytest.fixture
def made(site, tmp_path):
    return two_versions(site, tmp_path)


@pytest.fixture
def client(site):
    return create_app(site).test_client()


@pytest.fixture
def ask(client, made):
    return lambda headers=None, **query: client.get(f"/api/v1/tables/{made.resource}/diff?{urlencode(query)}", headers=headers)


def test_rows_by_key_with_the_cells_that_changed(ask):
    answer = ask(**{"from": 1, "to": 2, "key": "ma_dia_diem"}).json
    assert (answer["from"]["number"], answer["to"]["number"], answer["by"], answer["key"], answer["next"]) == (1, 2, "key", ["ma_dia_diem"], None)
    assert answer["counts"] == {"added": 1, "removed": 1, "changed": 1, "unchanged": 1}
    assert answer["columns"] == {"added": ["nam"], "removed": ["ghi_chu"], "renamed": [], "retyped": []}
    assert answer["rows"] == [
        {"change": "changed", "from_row": 2, "to_row": 2, "key": {"ma_dia_diem": "02"},
         "cells": {"ten": {"from": "Chợ B <script>", "to": "Chợ B mới"}, "dien_tich": {"from": 20.0, "to": None}}},
        {"change": "removed", "from_row": 3, "to_row": None, "row": {"ma_dia_diem": "03", "ten": "Chợ C", "dien_tich": None, "ghi_chu": "z"}},
        {"change": "added", "from_row": None, "to_row": 3, "row": {"ma_dia_diem": "04", "ten": "=Chợ D", "dien_tich": 7.0, "nam": 2024}},
    ]


def test_the_live_version_and_the_one_before_it_unless_others_are_asked_for(ask):
    answer = ask().json
    assert (answer["from"]["number"], answer["to"]["number"], answer["by"]) == (1, 2, "content")
    assert answer["counts"] == {"added": 2, "removed": 2, "changed": 0, "unchanged": 1}
    assert ask(**{"from": 2, "to": 1, "key": "ma_dia_diem"}).json["counts"]["changed"] == 1


def test_the_key_of_the_schema_is_taken_unless_another_is_asked_for(ask, site, made):
    with site.writing() as session:
        session.get_one(Resource, made.resource).schema_name = "cho-sieu-thi"
    assert ask().json["key"] == ["ma_dia_diem"]
    assert ask(key="ten").json["key"] == ["ten"]
    assert ask(by="content").json["by"] == "content"


def test_a_table_written_row_by_row_has_its_own_key(site, made, client):
    with site.writing() as session:
        context = Context(site=site, session=session, user="jane", may_write=True)
        resource = perform(context, "datastore_create", {"resource": {"package_id": made.dataset, "name": "Bảng"}, "primary_key": "k",
                                                         "records": [{"k": "a", "v": "1.50"}], "fields": [{"id": "k", "type": "text"}, {"id": "v", "type": "numeric"}]})["resource_id"]
        perform(context, "datastore_upsert", {"resource_id": resource, "records": [{"k": "a", "v": 2}, {"k": "b", "v": 3}]})
    answer = client.get(f"/api/v1/tables/{resource}/diff").json
    assert (answer["key"], [row["change"] for row in answer["rows"]]) == (["k"], ["changed", "added"])
    assert answer["rows"][0]["cells"] == {"v": {"from": 1.5, "to": 2}}


def test_pages_in_every_format(ask, client):
    query = {"key": "ma_dia_diem", "limit": 2}
    for kind, count in (("json", lambda answer: len(answer.json["rows"])), ("ndjson", lambda answer: len(answer.text.splitlines())),
                        ("csv", lambda answer: len([row for row in csv.reader(answer.text.splitlines()[1:]) if row[0] != "changed_from"]))):
        first = ask(**query, format=kind)
        following = client.get(first.headers["Link"].partition(">")[0].removeprefix("<http://haidang.test"))
        assert (count(first), count(following), "Link" in following.headers) == (2, 1, False)
        assert following.headers["X-Content-Type-Options"] == "nosniff"
    assert json.loads(ask(**query, format="ndjson", change="added").text)["to_row"] == 3


def test_the_csv_has_a_line_for_a_row_and_two_for_one_that_changed(ask):
    rows = list(csv.DictReader(ask(key="ma_dia_diem", format="csv").text.splitlines()))
    assert [(row["_change"], row["_from_row"], row["_to_row"], row["_changed"], row["ten"], row["nam"], row["ghi_chu"]) for row in rows] == [
        ("changed_from", "2", "2", "ten;dien_tich", "Chợ B <script>", "", "y"), ("changed_to", "2", "2", "ten;dien_tich", "Chợ B mới", "2024", ""),
        ("removed", "3", "", "", "Chợ C", "", "z"), ("added", "", "3", "", "=Chợ D", "2024", "")]


@pytest.mark.parametrize(("query", "where"), [
    ({"from": "3"}, "from"), ({"to": "3"}, "to"), ({"to": "4"}, "to"), ({"from": "99"}, "from"), ({"from": "-1"}, "from"), ({"from": "1' OR 1=1"}, "from"), ({"to": "1"}, "from"),
    ({"key": "nam"}, "key"), ({"key": "ten,khong_co"}, "key"), ({"key": 'x"; DROP'}, "key"), ({"by": "x"}, "by"), ({"change": "moved"}, "change"), ({"limit": "0"}, "limit"),
    ({"limit": "10001"}, "limit"), ({"after": "x"}, "after"), ({"format": "xml"}, "format"), ({"fron": "1"}, "fron"), ({"from": "9" * 400}, "from"),
])
def test_what_is_refused_says_where_and_how_in_both_languages_and_tells_nothing_of_a_refused_version(ask, query, where):
    answer = ask(**query)
    assert (answer.status_code, answer.json["error"]["where"]) == (400, where)
    assert answer.json["error"]["vi"] != answer.json["error"]["en"]
    assert "bi-mat" not in answer.text


@pytest.mark.parametrize("change", [{"private": True}, {"state": "draft"}, {"state": "deleted"}])
def test_strangers_are_told_nothing_of_what_is_not_public(ask, site, made, change):
    assert ask().status_code == 200  # so that what is kept is not handed out either
    with site.writing() as session:
        dataset = session.get_one(Dataset, made.dataset)
        for name, value in change.items():
            setattr(dataset, name, value)
        secret = add_token(session, "jane", site.clock.now()).secret
    answer = ask()
    assert answer.status_code in (403, 404) and "Chợ" not in answer.text
    assert ask(headers={"Authorization": secret}).status_code == 200


def test_there_is_nothing_where_there_is_no_table(client, site, made):
    assert client.get("/api/v1/tables/none/diff").status_code == 404
    assert client.get(f"/api/v1/tables/{made.other}/diff").json["error"]["where"] == "from"
    with site.writing() as session:
        session.query(Version).filter_by(resource_id=made.resource, number=2).one().state = "held"
    assert client.get(f"/api/v1/tables/{made.resource}/diff").status_code == 404


def test_the_table_s_document_describes_it(client, made):
    told = client.get(f"/api/v1/tables/{made.resource}/openapi.json").json["paths"][f"/{made.resource}/diff"]["get"]
    assert {parameter["name"] for parameter in told["parameters"]} == {"from", "to", "key", "by", "change", "limit", "after", "format"}
    answer = client.get(f"/api/v1/tables/{made.resource}/diff").json
    assert set(answer) == set(told["responses"]["200"]["content"]["application/json"]["schema"]["properties"])
