"""Tables are asked and written as CKAN's DataStore is, by whoever may; what a writer sends is kept as versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from support.published import sow

from catalog.actions import ACTIONS
from catalog.actions.context import Context
from catalog.actions.performing import perform
from catalog.clock import FrozenClock
from catalog.errors import Invalid, NotAuthorized, NotFound
from catalog.models import Resource, Version

FIELDS = [{"id": "mã", "type": "text"}, {"id": "số", "type": "int", "info": {"label": "Số lượng"}}, {"id": "giá", "type": "numeric"}, {"id": "lúc", "type": "timestamp"}]
ROWS = [{"mã": "A", "số": 3, "giá": "1.50", "lúc": "2024-01-02T03:04:05"}, {"mã": "Đường Bờ", "số": None}, {"mã": "C", "số": "7", "giá": 2}]


@pytest.fixture
def sown(site, tmp_path):
    return sow(site, tmp_path)


def ask(site, action, /, *, may_write=True, **data):
    with site.writing() as session:
        return perform(Context(site=site, session=session, user="jane" if may_write else None, may_write=may_write), action, data)


@pytest.fixture
def made(site, sown) -> str:
    """A table that was written row by row, by the id of its resource."""
    return ask(site, "datastore_create", resource={"package_id": sown.dataset, "name": "Bảng"}, fields=FIELDS, records=ROWS, primary_key="mã")["resource_id"]


def search(site, resource_id, **data):
    return ask(site, "datastore_search", may_write=False, resource_id=resource_id, **data)


def test_a_checked_file_is_a_table_at_once(site, sown):
    found = search(site, sown.resource, fields=["_id", "ma_tuyen", "cu_ly"])
    assert found["records"] == [{"_id": 1, "ma_tuyen": "01", "cu_ly": 20.5}, {"_id": 2, "ma_tuyen": "02", "cu_ly": None}, {"_id": 3, "ma_tuyen": "03", "cu_ly": 3.25}]
    assert (found["total"], found["fields"][1]) == (3, {"id": "ma_tuyen", "type": "text", "info": {"label": "Mã tuyến"}})
    resources = ask(site, "package_show", id=sown.dataset)["resources"]
    assert [resource["datastore_active"] for resource in resources] == [True, False, False]


def test_words_need_no_accents_and_numbers_are_words(site, sown, made):
    assert [row["ma_tuyen"] for row in search(site, sown.resource, q="vung tau")["records"]] == ["01"]
    assert [row["mã"] for row in search(site, made, q="duong")["records"]] == ["Đường Bờ"]
    assert [row["mã"] for row in search(site, made, q="7")["records"]] == ["C"]
    assert [row["mã"] for row in search(site, made, q='{"mã": "ĐƯỜNG"}')["records"]] == ["Đường Bờ"]
    assert search(site, made, q="đườ")["total"] == 0


@pytest.mark.parametrize(("query", "found"), [("duo:*", 1), ("a | c", 2), ("!a & !c", 1), ("(a | c) & !7", 1), ("duong <-> bo", 1)])
def test_the_query_language_of_postgresql(site, made, query, found):
    assert search(site, made, q=query, plain=False)["total"] == found


@pytest.mark.parametrize("query", ["a &", "& a", "(a", "a)", "a b", "*", "a ! b"])
def test_a_query_that_cannot_be_read_is_refused(site, made, query):
    with pytest.raises(Invalid, match="Invalid query"):
        search(site, made, q=query, plain="false")


@pytest.mark.parametrize(("filters", "found"), [
    ({"mã": "A"}, [1]), ({"mã": ["A", "C"]}, [1, 3]), ({"mã": []}, []), ({"số": None}, [2]), ({"số": {"gte": 3, "lt": "7"}}, [1]), ({"số": {"ne": None}}, [1, 3]),
    ({"$or": [{"mã": "A"}, {"số": 7, "giá": 2}]}, [1, 3]), ({"mã": {"nin": ["A"]}}, [2, 3]), ({"giá": 1.5}, [1]), ({"số": [None, 7]}, [2, 3]), ("{}", [1, 2, 3]),
    ({"mã": "x' OR 1=1 --"}, []), ({"lúc": {"gt": "2024-01-02"}}, [1]),
])
def test_filters(site, made, filters, found):
    assert [row["_id"] for row in search(site, made, filters=filters)["records"]] == found


@pytest.mark.parametrize(("data", "field"), [
    ({"filters": {"x": 1}}, "filters"), ({"filters": "{x"}, "filters"), ({"filters": '{"mã":' * 5_000}, "filters"), ({"filters": {"mã": {"like": "A"}}}, "filters"), ({"filters": {"_words": "a"}}, "filters"),
    ({"filters": {"$or": 1}}, "filters"), ({"fields": "x"}, "fields"), ({"fields": 'mã" FROM kept; --'}, "fields"), ({"sort": "x desc"}, "sort"),
    ({"sort": "mã; DROP TABLE kept"}, "sort"), ({"sort": "mã sideways"}, "sort"), ({"records_format": "xml"}, "records_format"), ({"limit": "x"}, "limit"),
    ({"offset": -1}, "offset"), ({"foo": 1}, "__extras"), ({"filters": {"số": "abc"}}, "query"), ({"q": {"x": "a"}}, "q"),
    ({"distinct": True, "fields": "mã", "sort": "số"}, "sort"),
])
def test_what_does_not_hold_is_refused_by_its_name(site, made, data, field):
    with pytest.raises(Invalid) as refused:
        search(site, made, **data)
    assert field in refused.value.errors


def test_pages_orders_and_formats(site, made):
    page = search(site, made, limit=1, sort='"mã" desc', fields="mã,_id", include_next_page=True)
    assert (page["records"], page["total"], "next_page" in page) == ([{"mã": "Đường Bờ", "_id": 2}], 3, False)
    assert search(site, made, limit=2, include_next_page=True, fields="mã")["next_page"] == {"_id": {"gt": 2}}
    assert search(site, made, fields="số", distinct=True)["records"] == [{"số": 3}, {"số": 7}, {"số": None}]
    assert search(site, made, records_format="csv")["records"] == "1,A,3,1.50,2024-01-02T03:04:05.000\n2,Đường Bờ,,,\n3,C,7,2.00,\n"
    assert search(site, made, records_format="lists", offset=2)["records"] == [[3, "C", 7, 2.0, None]]
    assert search(site, made, limit=40_000)["limit"] == 32_000
    assert search(site, made, limit=0)["records"] == []


def test_each_write_is_a_version_and_numbers_are_never_given_twice(site, made):
    ask(site, "datastore_upsert", resource_id=made, records=[{"mã": "C", "số": 8}, {"mã": "D"}])
    ask(site, "datastore_records_delete", resource_id=made, filters={"mã": "D"})
    ask(site, "datastore_upsert", resource_id=made, method="insert", records=[{"mã": "E"}])
    assert [(row["_id"], row["mã"], row["số"]) for row in search(site, made)["records"]] == [(1, "A", 3), (2, "Đường Bờ", None), (3, "C", 8), (6, "E", None)]
    with site.reading() as session:
        assert list(session.scalars(select(Version.rows).where(Version.resource_id == made).order_by(Version.number))) == [3, 4, 3, 4]
    shown = ask(site, "resource_show", id=made)
    assert (shown["url"], shown["url_type"], shown["datastore_active"]) == (f"http://haidang.test/datastore/dump/{made}", "datastore", True)


def test_fields_come_and_go(site, made):
    ask(site, "datastore_create", resource_id=made, fields=[{"id": "mới", "type": "bool"}], records=[{"mã": "D", "mới": "yes"}])
    assert [row["mới"] for row in search(site, made)["records"]] == [None, None, None, True]
    ask(site, "datastore_create", resource_id=made, fields=[{"id": "mã"}], delete_fields=True)
    info = ask(site, "datastore_info", id=made)
    assert ([(field["id"], field["type"]) for field in info["fields"]], info["meta"]["count"]) == ([("mã", "text")], 4)


@pytest.mark.parametrize(("action", "data", "field"), [
    ("datastore_upsert", {"records": [{"mã": "A"}], "method": "insert"}, "records"), ("datastore_upsert", {"records": [{"số": 1}]}, "key"),
    ("datastore_upsert", {"records": [{"mã": "Z"}], "method": "update"}, "key"), ("datastore_upsert", {"records": [{"mã": "Z", "số": "abc"}]}, "records"),
    ("datastore_upsert", {"records": [{"mã": "Z", "số": 2**31}]}, "records"), ("datastore_upsert", {"records": [{"x": 1}]}, "records"),
    ("datastore_upsert", {"records": [1]}, "records"), ("datastore_upsert", {"records": [{"mã": "Z"}] * 32_001}, "records"),
    ("datastore_upsert", {"method": "merge"}, "method"), ("datastore_upsert", {"records": [{"mã": "Z", "giá": "1e99"}]}, "records"),
    ("datastore_create", {"fields": [{"id": "_x"}]}, "fields"), ("datastore_create", {"fields": [{"id": "y", "type": "nosuch"}]}, "fields"),
    ("datastore_create", {"fields": [{"id": "số", "type": "text"}]}, "fields"), ("datastore_create", {"primary_key": "x"}, "primary_key"),
    ("datastore_create", {"fields": [{"id": "a"}, {"id": "A"}]}, "fields"), ("datastore_records_delete", {}, "filters"),
    ("datastore_records_delete", {"filters": {"x": 1}}, "filters"),
])
def test_a_write_that_does_not_hold_changes_nothing(site, made, action, data, field):
    with pytest.raises(Invalid) as refused:
        ask(site, action, resource_id=made, **data)
    assert field in refused.value.errors
    assert search(site, made)["total"] == 3


def test_a_dry_run_changes_nothing(site, made):
    answer = ask(site, "datastore_upsert", resource_id=made, records=[{"mã": "A", "số": 9}], dry_run=True, include_records=True)
    assert (answer["records"][0]["số"], search(site, made)["records"][0]["số"]) == (9, 3)


def test_a_write_that_changes_nothing_makes_no_version(site, made):
    def state():
        with site.reading() as session:
            resource = session.get_one(Resource, made)
            return resource.metadata_modified, session.scalars(select(Version.number).where(Version.resource_id == made).order_by(Version.number)).all()

    before = state()
    later = replace(site, clock=FrozenClock(site.clock.now() + timedelta(hours=1)))
    ask(later, "datastore_upsert", resource_id=made, records=ROWS)
    ask(later, "datastore_upsert", resource_id=made, records=[])
    ask(later, "datastore_create", resource_id=made, fields=FIELDS, primary_key="mã")
    ask(later, "datastore_records_delete", resource_id=made, filters={"mã": "không có"})
    assert state() == before
    ask(later, "datastore_create", resource_id=made, aliases=["ten_khac"])
    assert len(state()[1]) == len(before[1]) + 1


def test_personal_data_are_not_taken(site, made):
    ask(site, "datastore_create", resource_id=made, fields=[{"id": "email", "type": "text"}])
    with pytest.raises(Invalid, match="personal e-mail"):
        ask(site, "datastore_upsert", resource_id=made, records=[{"mã": f"P{n}", "email": f"nguyen.van.{n}@gmail.com"} for n in range(30)])
    assert search(site, made)["total"] == 3


def test_a_table_of_a_file_is_changed_by_another_file_only(site, sown):
    for data in ({}, {"force": True}):
        with pytest.raises(Invalid) as refused:
            ask(site, "datastore_upsert", resource_id=sown.resource, records=[], **data)
        assert "read-only" in refused.value.errors


def test_other_names_lead_to_a_table_until_it_is_gone(site, sown, made):
    ask(site, "datastore_create", resource_id=made, aliases=["bang_gia"])
    assert (search(site, "bang_gia")["resource_id"], ask(site, "datastore_info", id="bang_gia")["meta"]["aliases"]) == (made, ["bang_gia"])
    with pytest.raises(Invalid, match="already exists"):
        ask(site, "datastore_create", resource={"package_id": sown.dataset}, records=[{"a": 1}], aliases=["bang_gia"])
    ask(site, "datastore_delete", resource_id=made)
    for name in ("bang_gia", made):
        with pytest.raises(NotFound):
            search(site, name)
    assert ask(site, "resource_show", id=made)["datastore_active"] is False


def test_the_other_names_of_tables_are_free_when_their_dataset_is_purged(site, sown, made):
    ask(site, "datastore_create", resource_id=made, aliases=["bang_gia"])
    other = ask(site, "package_create", name="bo-khac", owner_org="so-y-te")["id"]
    kept = ask(site, "datastore_create", resource={"package_id": other}, records=[{"a": 1}], aliases=["bang_khac"])["resource_id"]
    ask(site, "dataset_purge", id=sown.dataset)
    assert search(site, "bang_khac")["resource_id"] == kept
    again = ask(site, "datastore_create", resource={"package_id": other}, records=[{"a": 2}], aliases=["bang_gia"])["resource_id"]
    assert search(site, "bang_gia")["resource_id"] == again


def test_only_who_may_reads_and_writes(site, sown, made):
    for action in ("datastore_upsert", "datastore_create", "datastore_records_delete", "datastore_delete"):
        with pytest.raises(NotAuthorized):
            ask(site, action, may_write=False, resource_id=made, filters={}, records=[])
    with site.writing() as session:
        session.get(Resource, sown.resource).dataset.private = True
    for resource_id in (made, sown.resource):
        with pytest.raises(NotAuthorized):
            search(site, resource_id)
        assert ask(site, "datastore_search", resource_id=resource_id)["total"] == 3


def test_a_draft_or_a_resource_taken_away_has_no_table_for_the_public(site, sown, made):
    ask(site, "resource_delete", id=made)
    with pytest.raises(NotFound):
        ask(site, "datastore_search", resource_id=made)
    with site.writing() as session:
        session.get(Resource, sown.resource).dataset.state = "draft"
    with pytest.raises(NotFound):
        search(site, sown.resource)


def test_types_are_found_where_none_are_given(site, sown):
    given = [{"i": 1, "f": 1.5, "s": "t", "n": None, "o": {"a": 1}, "b": True}]
    made = ask(site, "datastore_create", resource={"package_id": sown.dataset, "name": "đoán"}, records=given)
    assert [field["type"] for field in made["fields"]] == ["int4", "numeric", "text", "text", "json", "bool"]
    assert search(site, made["resource_id"])["records"] == [{"_id": 1, **given[0]}]


def test_every_action_says_what_it_does():
    assert all(":rtype:" in ACTIONS[name].__doc__ for name in ACTIONS if name.startswith("datastore_"))


def test_a_link_has_no_table(site, sown):
    with pytest.raises(NotFound, match="was not found"):
        search(site, sown.link)


def test_personal_data_are_not_taken_row_by_row_either(site, made):
    def send(number: int) -> None:
        ask(site, "datastore_upsert", resource_id=made, method="insert", records=[{"mã": f"0790900{number:05}"}])

    with pytest.raises(Invalid, match="mã"):
        for number in range(200):
            send(number * 37)
    assert search(site, made)["total"] < 100
