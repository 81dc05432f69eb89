"""Pain 20: parallel edits lose resources. Edits wait for each other, say what they are based on, and lose nothing they never saw."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import select
from support.keeping import days_later
from support.publishing import calling, furnish, publish

from catalog.actions import ACTIONS
from catalog.errors import Invalid, NotAuthorized, NotFound, Stale
from catalog.models import Change, Dataset, Resource
from catalog.tokens import add_token
from web.api import ckan


@pytest.fixture
def furnished(site):
    furnish(site)
    return site


@pytest.fixture
def later():
    with days_later() as later:
        yield later


@pytest.fixture
def client(furnished):
    app = Flask("door")
    app.extensions["haidang"] = furnished
    app.register_blueprint(ckan.bp)
    return app.test_client()


@pytest.fixture
def headers(furnished):
    with furnished.writing() as session:
        return {"Authorization": add_token(session, "jane", furnished.clock.now()).secret}


FILES = [{"url": "https://so.example.vn/a.csv", "name": "a", "format": "CSV"}, {"url": "https://so.example.vn/b.csv", "name": "b", "format": "CSV"}]


def act(site, action, **data):
    with calling(site) as context:
        return ACTIONS[action](context, data)


def shown(site, name="cho"):
    return act(site, "package_show", id=name)


def names(package) -> list[str]:
    return [resource["name"] for resource in package["resources"]]


def refused(site, action, **data):
    with pytest.raises(Invalid) as refusal:
        act(site, action, **data)
    return refusal.value.errors


# --- edits at the same moment ---


def test_two_edits_at_once_of_different_fields_are_both_kept(furnished):
    publish(furnished, name="cho", title="Chợ", resources=FILES)
    ready, failed = threading.Barrier(8), []

    def edit(number: int) -> None:
        ready.wait()
        try:
            act(furnished, "package_revise", match={"name": "cho"}, update__resources__extend=[{"url": f"https://so.example.vn/{number}.csv", "name": str(number)}])
        except Exception as error:  # noqa: BLE001 - told by the assertion below
            failed.append(error)

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert sorted(names(shown(furnished))) == sorted(["a", "b", *map(str, range(8))])
    assert sorted(resource["position"] for resource in shown(furnished)["resources"]) == list(range(10))


def test_patches_at_once_wait_for_each_other(furnished):
    publish(furnished, name="cho", title="Chợ", notes="cũ", resources=FILES)
    ready = threading.Barrier(2)

    def patch(**values) -> None:
        ready.wait()
        act(furnished, "package_patch", id="cho", **values)

    threads = [threading.Thread(target=patch, kwargs=values) for values in ({"notes": "mới"}, {"tags": [{"name": "chợ"}]})]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = shown(furnished)
    assert (after["notes"], [tag["name"] for tag in after["tags"]], names(after)) == ("mới", ["chợ"], ["a", "b"])


def test_an_old_package_dict_takes_away_no_resource_that_its_editor_never_saw(furnished, later):
    publish(furnished, name="cho", title="Chợ", resources=FILES)
    read = shown(furnished)
    tomorrow, day_after = later(furnished, 1), later(furnished, 2)
    act(tomorrow, "package_revise", match={"name": "cho"}, update__resources__extend=[{"url": "https://so.example.vn/c.csv", "name": "c"}])
    act(day_after, "package_update", **{**read, "title": "Chợ đầu mối", "resources": read["resources"][:1]})
    after = shown(day_after)
    assert (after["title"], names(after)) == ("Chợ đầu mối", ["a", "c"])


def test_a_package_dict_that_is_up_to_date_takes_away_what_it_leaves_out_as_ckan_does(furnished, later):
    publish(furnished, name="cho", title="Chợ", resources=FILES)
    tomorrow = later(furnished, 1)
    read = shown(tomorrow)
    act(tomorrow, "package_update", **{**read, "resources": read["resources"][:1]})
    assert names(shown(tomorrow)) == ["a"]


def test_a_package_dict_of_another_portal_replaces_as_ckan_does(furnished, later):
    made = publish(furnished, name="cho", title="Chợ", resources=FILES)
    tomorrow = later(furnished, 1)
    foreign = {"id": made["id"], "name": "cho", "owner_org": "so-y-te", "resources": FILES[:1],
               "metadata_created": "2019-01-01T00:00:00.000000", "metadata_modified": "2020-01-01T00:00:00.000000"}
    assert len(act(tomorrow, "package_update", **foreign)["resources"]) == 1


# --- saying what an edit is based on ---


def test_the_door_names_the_state_and_refuses_a_change_of_another_one(client, headers, furnished):
    publish(furnished, name="cho", title="Chợ", resources=FILES)
    mark = client.get("/api/3/action/package_show?id=cho").headers["ETag"]
    first = client.post("/api/3/action/package_patch", json={"id": "cho", "notes": "một"}, headers={**headers, "If-Match": mark})
    assert first.status_code == 200
    second = client.post("/api/3/action/package_patch", json={"id": "cho", "notes": "hai"}, headers={**headers, "If-Match": mark})
    assert (second.status_code, second.get_json()["error"]["__type"]) == (409, "Conflict Error")
    assert shown(furnished)["notes"] == "một"
    fresh = first.headers["ETag"]
    assert client.post("/api/3/action/package_patch", json={"id": "cho", "notes": "hai"}, headers={**headers, "If-Match": fresh}).status_code == 200


@pytest.mark.parametrize(("action", "data"), [("package_update", {"name": "cho", "owner_org": "so-y-te"}), ("package_delete", {"id": "cho"}),
                                              ("package_revise", {"match__name": "cho", "update__title": "x"})])
def test_every_change_takes_if_match(client, headers, furnished, action, data):
    publish(furnished, name="cho", title="Chợ", resources=FILES)
    before = shown(furnished)
    answer = client.post(f"/api/3/action/{action}", json=data, headers={**headers, "If-Match": '"0123"'})
    assert answer.status_code == 409
    assert shown(furnished) == before
    assert client.post(f"/api/3/action/{action}", json=data, headers={**headers, "If-Match": "*"}).status_code == 200


def test_without_if_match_a_change_is_made_as_ckan_makes_it(client, headers, furnished):
    publish(furnished, name="cho", title="Chợ", resources=FILES)
    old = shown(furnished)
    for title in ("một", "hai"):
        assert client.post("/api/3/action/package_update", json={**old, "title": title}, headers=headers).status_code == 200
    assert shown(furnished)["title"] == "hai"


def test_a_change_that_is_refused_leaves_nothing_behind(furnished):
    publish(furnished, name="cho", title="Chợ", resources=FILES)
    with furnished.reading() as session:
        before = len(session.scalars(select(Change)).all())
    with pytest.raises(Stale), calling(furnished) as context:
        from dataclasses import replace
        ACTIONS["package_update"](replace(context, if_match='"cũ"'), {"id": "cho", "owner_org": "so-y-te", "title": "khác", "resources": []})
    with furnished.reading() as session:
        assert len(session.scalars(select(Change)).all()) == before
        assert {resource.state for resource in session.scalars(select(Resource))} == {"active"}
        assert session.scalar(select(Dataset.title).where(Dataset.name == "cho")) == "Chợ"


# --- package_revise ---


def test_revise_changes_what_matches_and_answers_with_the_package(furnished):
    made = publish(furnished, name="cho", title="Chợ", resources=FILES)
    answer = act(furnished, "package_revise", match={"id": made["id"], "title": "Chợ"}, update={"notes": "mới"})
    assert (answer["package"]["notes"], names(answer["package"])) == ("mới", ["a", "b"])


def test_revise_refuses_what_does_not_match_and_names_it(furnished):
    publish(furnished, name="cho", title="Chợ", resources=FILES)
    assert refused(furnished, "package_revise", match={"name": "cho", "metadata_modified": "2020-01-01T00:00:00.000000"}, update={"title": "x"}) == {
        "match": ["metadata_modified"]}
    assert refused(furnished, "package_revise", match={"name": "cho"}, match__resources__0__name="z", update={"title": "x"}) == {
        "match": ["resources__0__name"]}
    assert shown(furnished)["title"] == "Chợ"


def test_revise_names_a_resource_by_the_start_of_its_id_or_its_place(furnished):
    made = publish(furnished, name="cho", title="Chợ", resources=FILES)
    first = made["resources"][0]["id"]
    act(furnished, "package_revise", match={"name": "cho"}, **{f"update__resources__{first[:5]}__name": "một", "update__resources__-1__description": "cuối"})
    after = shown(furnished)
    assert (names(after), after["resources"][1]["description"]) == (["một", "b"], "cuối")
    assert [resource["id"] for resource in after["resources"]] == [resource["id"] for resource in made["resources"]]


def test_revise_filters_what_is_to_go_but_keeps_what_a_pattern_before_keeps(furnished):
    made = publish(furnished, name="cho", title="Chợ", notes="x", resources=FILES)
    second = made["resources"][1]["id"]
    after = act(furnished, "package_revise", match={"name": "cho"}, filter=[f"+resources__{second[:6]}", "-resources__*", "-notes"])["package"]
    assert (names(after), after["notes"], after["resources"][0]["id"]) == (["b"], None, second)


def test_revise_answers_only_with_what_is_asked_for(furnished):
    made = publish(furnished, name="cho", title="Chợ", resources=FILES)
    assert act(furnished, "package_revise", match={"name": "cho"}, update={"notes": "x"}, include=["+package__id", "-*"]) == {"package": {"id": made["id"]}}


@pytest.mark.parametrize(("data", "field"), [
    ({}, "match__id"), ({"match": "cho"}, "match"), ({"match": {"name": "cho"}, "update": []}, "update"),
    ({"match": {"name": "cho"}, "filter": ["resources"]}, "filter"), ({"match": {"name": "cho"}, "update__resources__9__name": "x"}, "update__resources__9__name"),
    ({"match": {"name": "cho"}, "update__title__x": "x"}, "update__title__x"), ({"match": {"name": "cho"}, "update": {"name": "!"}}, "name"),
])
def test_revise_says_what_cannot_be_understood(furnished, data, field):
    publish(furnished, name="cho", title="Chợ", resources=FILES)
    before = shown(furnished)
    assert field in refused(furnished, "package_revise", **data)
    assert shown(furnished) == before


def test_revise_needs_a_dataset_and_the_right_to_change_it(furnished):
    publish(furnished, name="cho", title="Chợ")
    with pytest.raises(NotFound):
        act(furnished, "package_revise", match={"name": "khong-co"})
    with pytest.raises(NotAuthorized), calling(furnished, None) as context:
        ACTIONS["package_revise"](context, {"match": {"name": "cho"}, "update": {"title": "x"}})


def test_revise_cannot_make_a_dataset_another_one(furnished):
    made = publish(furnished, name="cho", title="Chợ")
    after = act(furnished, "package_revise", match={"name": "cho"}, update={"id": "0" * 36, "title": "x"})["package"]
    assert (after["id"], after["title"]) == (made["id"], "x")
