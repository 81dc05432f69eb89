"""Every table is an API of its own: conditions, order, pages, groups, four formats; what is refused says where and how."""

from __future__ import annotations

from urllib.parse import urlencode

import pyarrow as pa
import pytest
from support.published import sow

from catalog.actions.context import Context
from catalog.actions.performing import perform
from catalog.models import Resource
from catalog.tables import profiles
from web import create_app

ROWS = [{"xã": "Đông", "n": 1, "giá": "1.50", "ngày": "2024-01-01"}, {"xã": "Tây", "n": 2, "giá": None, "ngày": None}, {"xã": "Đông", "n": None, "giá": 2, "ngày": "2024-03-01"},
        {"xã": None, "n": 2, "giá": 4, "ngày": "2024-02-01"}, {"xã": "a,b", "n": 5, "giá": 4, "ngày": "2024-02-01"}]
FIELDS = [{"id": "xã", "type": "text"}, {"id": "n", "type": "int"}, {"id": "giá", "type": "numeric"}, {"id": "ngày", "type": "date"}]


@pytest.fixture
def sown(site, tmp_path):
    return sow(site, tmp_path)


@pytest.fixture
def made(site, sown) -> str:
    with site.writing() as session:
        context = Context(site=site, session=session, user="jane", may_write=True)
        return perform(context, "datastore_create", {"resource": {"package_id": sown.dataset, "name": "Bảng"}, "fields": FIELDS, "records": ROWS})["resource_id"]


@pytest.fixture
def client(site):
    return create_app(site).test_client()


@pytest.fixture
def ask(client, made):
    return lambda **query: client.get(f"/api/v1/tables/{made}?{urlencode(query)}")


@pytest.mark.parametrize(("query", "found"), [
    ({}, [1, 2, 3, 4, 5]), ({"n__eq": 2}, [2, 4]), ({"n__ne": 2}, [1, 5]), ({"xã__in": "Tây,Đông"}, [1, 2, 3]), ({"n__lt": 2}, [1]), ({"giá__gte": "1.5"}, [1, 3, 4, 5]),
    ({"xã__contains": "DON"}, [1, 3]), ({"n__isnull": "true"}, [3]), ({"n__isnull": "false", "ngày__gt": "2024-01-15"}, [4, 5]), ({"xã__eq": "x' OR 1=1 --"}, []),
    ({"sort": "-n"}, [3, 5, 2, 4, 1]), ({"sort": "n,-giá"}, [1, 2, 4, 5, 3]),
])
def test_conditions_and_order(ask, query, found):
    assert [row["_id"] for row in ask(**query).json["rows"]] == found


@pytest.mark.parametrize("sort", ["", "n", "-n", "-giá,xã", "ngày", "-ngày,-_id", "xã,-n"])
@pytest.mark.parametrize("kind", ["json", "arrow"])
def test_pages_follow_each_other_without_a_gap(ask, client, sort, kind):
    wanted = [row["_id"] for row in ask(sort=sort).json["rows"]]
    answer, found = ask(sort=sort, limit=2, format=kind, select="_id"), []
    while True:
        found += [row["_id"] for row in (answer.json["rows"] if kind == "json" else pa.ipc.open_stream(answer.data).read_all().to_pylist())]
        if "Link" not in answer.headers:
            break
        answer = client.get(answer.headers["Link"].removeprefix("<http://haidang.test").partition(">")[0])
    assert found == wanted


def test_groups(ask):
    answer = ask(group="xã", aggregate="count,sum:n,avg:giá,max:ngày", sort="-count,xã").json
    assert answer["rows"][0] == {"xã": "Đông", "count": 2, "sum_n": 1, "avg_giá": 1.75, "max_ngày": "2024-03-01"}
    assert ask(aggregate="count").json["rows"] == [{"count": 5}]
    assert ask(group="xã", n__eq=2, total="true").json["total"] == 2


def test_the_formats(ask):
    assert ask(select="xã,n", n__isnull="false", format="csv").get_data(as_text=True) == 'xã,n\nĐông,1\nTây,2\n,2\n"a,b",5\n'
    assert ask(select="giá", limit=2, format="ndjson").get_data(as_text=True) == '{"giá":1.5}\n{"giá":null}\n'
    table = pa.ipc.open_stream(ask(select="n,ngày", format="arrow").data).read_all()
    assert (table.column_names, table.num_rows, table.schema.field("ngày").type) == (["n", "ngày"], 5, pa.date32())


@pytest.mark.parametrize(("query", "where"), [
    ({"x__eq": 1}, "x__eq"), ({"n__like": 1}, "n__like"), ({"n": 1}, "n"), ({"_words__eq": "a"}, "_words__eq"), ({"select": "x"}, "select"), ({"sort": "n desc"}, "sort"),
    ({"sort": 'n"; DROP TABLE kept'}, "sort"), ({"limit": 0}, "limit"), ({"limit": 10_001}, "limit"), ({"after": "x"}, "after"), ({"after": "W1tdXQ"}, "after"),
    ({"format": "xml"}, "format"), ({"group": "x"}, "group"), ({"aggregate": "sum"}, "aggregate"), ({"aggregate": "sum:xã"}, "aggregate"), ({"aggregate": "count,count"}, "aggregate"),
    ({"aggregate": "pg_sleep:n"}, "aggregate"), ({"group": "xã", "sort": "n"}, "sort"), ({"group": "xã", "select": "n"}, "select"), ({"n__isnull": "maybe"}, "n__isnull"),
    ({"n__eq": "abc"}, "query"), ({"xã__in": ",".join(map(str, range(1_001)))}, "xã__in"),
])
def test_what_is_refused_says_where_and_how_in_both_languages(ask, query, where):
    answer = ask(**query)
    assert (answer.status_code, answer.json["error"]["where"]) == (400, where)
    assert answer.json["error"]["vi"] and answer.json["error"]["en"] != answer.json["error"]["vi"]


def test_the_document_names_every_column(client, made):
    told = client.get(f"/api/v1/tables/{made}/openapi.json").json
    names = [parameter["name"] for parameter in told["paths"][f"/{made}"]["get"]["parameters"]]
    assert {"xã__contains", "n__gte", "select", "limit"} <= set(names)
    assert told["components"]["schemas"]["Row"]["properties"]["ngày"]["type"] == ["string", "null"]


def test_the_profile_is_computed_once(client, made, monkeypatch):
    told = client.get(f"/api/v1/tables/{made}/profile").json
    monkeypatch.setattr(profiles, "column_profiles", None)
    assert client.get(f"/api/v1/tables/{made}/profile").json == told
    xa = next(column for column in told["columns"] if column["name"] == "xã")
    assert [column["name"] for column in told["columns"]] == ["xã", "n", "giá", "ngày"]
    assert (told["rows"], xa["missing"], xa["distinct"], xa["top"][0]) == (5, 1, 3, {"value": "Đông", "count": 2})


def test_a_table_that_is_not_public_is_not_told(site, sown, client):
    assert client.get("/api/v1/tables/none").status_code == client.get(f"/api/v1/tables/{sown.link}").status_code == 404
    with site.writing() as session:
        session.get(Resource, sown.resource).dataset.private = True
    for address in ("", "/openapi.json", "/profile"):
        assert client.get(f"/api/v1/tables/{sown.resource}{address}").status_code == 403
