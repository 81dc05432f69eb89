"""Resources added, changed, ordered and taken out; searching them; revising a dataset in parts."""

from __future__ import annotations

import pytest
from support.people import ask
from support.publishing import calling, publish

from catalog.actions import ACTIONS
from catalog.actions.resource_write import require_upload
from catalog.actions.uploads import file_name, take
from catalog.errors import Invalid, NotAuthorized, NotFound
from catalog.models import Resource, Version


@pytest.fixture
def one(peopled):
    publish(peopled, name="bo", resources=[{"url": "http://x/a.csv", "name": "a", "rieng": "giữ"}, {"url": "http://x/b.pdf", "name": "b"}])
    return peopled


def resources(site):
    return ask(site, "root", "package_show", id="bo")["resources"]


def refused(site, who, action, **data):
    with pytest.raises(Invalid) as caught:
        ask(site, who, action, **data)
    return caught.value.errors


def test_a_resource_is_added_changed_and_taken_out(one):
    made = ask(one, "jane", "resource_create", package_id="bo", url="http://x/c.geojson", name="c", description="d", nguon="x")
    assert (made["position"], made["format"], made["mimetype"], made["nguon"]) == (2, "GeoJSON", "application/geo+json", "x")
    assert resources(one)[2] == made == ask(one, None, "resource_show", id=made["id"])
    patched = ask(one, "jane", "resource_patch", id=made["id"], name="c2")
    assert (patched["name"], patched["description"], patched["nguon"], patched["url"]) == ("c2", "d", "x", "http://x/c.geojson")
    updated = ask(one, "jane", "resource_update", id=made["id"], url="http://x/c.csv")
    assert (updated["name"], updated["description"], updated.get("nguon"), updated["format"], updated["mimetype"]) == ("c2", None, None, "GeoJSON", "text/csv")
    ask(one, "jane", "resource_delete", id=resources(one)[0]["id"])
    assert [(resource["name"], resource["position"]) for resource in resources(one)] == [("b", 0), ("c2", 1)]
    with pytest.raises(NotFound):
        ask(one, "root", "resource_show", id=[*{resource["id"] for resource in resources(one)}][0] + "x")


@pytest.mark.parametrize("state", ["deleted", "draft"])
@pytest.mark.parametrize("action", ["resource_patch", "resource_update"])
def test_what_is_not_shown_is_not_changed(one, action, state):
    gone = resources(one)[0]["id"]
    with one.writing() as session:
        session.get_one(Resource, gone).state = state
    for call in (lambda context: ACTIONS[action](context, {"id": gone, "url": "http://x/y.csv"}),
                 lambda context: require_upload(context, action, {"id": gone})):
        with calling(one) as context, pytest.raises(NotFound):
            call(context)
    assert gone not in [resource["id"] for resource in resources(one)]


def test_resources_are_put_in_order(one):
    first, second = (resource["id"] for resource in resources(one))
    assert ask(one, "jane", "package_resource_reorder", id="bo", order=[second]) == {"id": "bo", "order": [second, first]}
    assert [resource["name"] for resource in resources(one)] == ["b", "a"]
    assert refused(one, "jane", "package_resource_reorder", id="bo", order=[first, first]) == {"order": ["Must supply unique resource_ids"]}
    assert refused(one, "jane", "package_resource_reorder", id="bo", order=["khac"]) == {"order": ["resource_ids do not match"]}


def test_words_of_refusals_are_ckans(one):
    assert refused(one, "jane", "resource_create", url="http://x") == {"package_id": ["Missing value"]}
    assert refused(one, "jane", "resource_create", package_id="bo", size="big") == {"size": ["Invalid integer"]}
    own = resources(one)[0]["id"]
    for who, action, data, what in ((None, "resource_create", {"package_id": "bo"}, "create resources on dataset bo"),
                                    ("nam", "resource_update", {"id": own}, f"edit resource {own}"),
                                    ("minh", "resource_delete", {"id": own}, f"delete resource {own}")):
        with pytest.raises(NotAuthorized, match=f"User {who or ''} not authorized to {what}"):
            ask(one, who, action, **data)
    with pytest.raises(NotFound, match="Resource was not found."):
        ask(one, "jane", "resource_update", id="khong-co")


def test_a_file_is_a_version_that_was_checked_first(one, tmp_path):
    (tmp_path / "file").write_bytes(b"a\n1\n")
    sent = take(one, tmp_path / "file", "Bảng kê.csv")
    made = ask(one, "jane", "resource_create", package_id="bo", name="tệp", upload=sent)
    assert (made["format"], made["url_type"], made["size"], made["validation_status"], made["version"], made["rows"],
            made["fields"]) == ("CSV", "upload", 4, "valid", 1, 1, ["a"])
    again = ask(one, "jane", "resource_patch", id=made["id"], description="chỉ đổi mô tả")
    assert (again["url"], again["version"], again["description"]) == (made["url"], 1, "chỉ đổi mô tả")
    kept = next(resource for resource in ask(one, "jane", "package_patch", id="bo", notes="x")["resources"] if resource["id"] == made["id"])
    assert kept["url"] == made["url"]
    with one.reading() as session:
        assert [version.state for version in session.query(Version).filter_by(resource_id=made["id"])] == ["published"]


@pytest.mark.parametrize(("given", "name"), [
    ("Bảng kê số 1.CSV", "bang-ke-so-1.csv"), ("my file.csv", "my-file.csv"), ("C:\\thư mục\\Đường.xlsx", "duong.xlsx"), ("../../x", "x"),
    ("...", "data"), ("統計.csv", "data.csv"), ("a" * 300 + ".csv", "a" * 96 + ".csv"), ('x";\r\n.csv', "x.csv"),
])
def test_names_of_files_are_safe_in_an_address(given, name):
    assert file_name(given) == name


def test_resources_are_searched_by_what_their_fields_say(one):
    def found(**data):
        answer = ask(one, None, "resource_search", **data)
        assert answer["count"] >= len(answer["results"])
        return [resource["name"] for resource in answer["results"]]

    publish(one, name="kin", private=True, resources=[{"url": "http://x/a.csv", "name": "a kín"}])
    assert found(query="name:A") == ["a"]
    assert found(query=["format:pdf", "url:http"]) == ["b"]
    assert found(query="url:http://x", order_by="name", limit=1, offset=1) == ["b"]
    assert found(query="name:%") == []
    assert refused(one, None, "resource_search") == {"query": "Missing value"}
    assert refused(one, None, "resource_search", query="nofield:x") == {"query": 'Field "nofield" not recognised in resource_search.'}
    assert refused(one, None, "resource_search", query="x") == {"query": "Must be <field>:<value> pair(s)"}
    assert ask(one, None, "format_autocomplete", q="c") == ["csv"]
    assert refused(one, None, "resource_search", query=["name:a"] * 21) == {"query": "At most 20 terms"}


def test_a_dataset_is_revised_where_it_matches(one):
    first, second = (resource["id"] for resource in resources(one))
    revised = ask(one, "jane", "package_revise", match={"name": "bo"}, update={"title": "Sửa"})["package"]
    assert (revised["title"], len(revised["resources"])) == ("Sửa", 2)
    assert refused(one, "jane", "package_revise", match={"name": "bo", "title": "khác"}, update={"title": "z"}) == {"match": ["title"]}
    changed = {"match__name": "bo", f"update__resources__{first[:8]}": {"description": "mới"}, "update__resources__1__name": "b2"}
    revised = ask(one, "jane", "package_revise", **changed)["package"]
    assert [(r["name"], r["description"], r.get("rieng")) for r in revised["resources"]] == [("a", "mới", "giữ"), ("b2", None, None)]
    revised = ask(one, "jane", "package_revise", match='{"name": "bo"}', filter=[f"+resources__{second[:8]}", "-resources"])["package"]
    assert [resource["id"] for resource in revised["resources"]] == [second]
    revised = ask(one, "jane", "package_revise", match={"name": "bo"}, update__resources__extend=[{"url": "http://x/d.csv"}])["package"]
    assert [resource["url"] for resource in revised["resources"]] == ["http://x/b.pdf", "http://x/d.csv"]
    with pytest.raises(NotAuthorized):
        ask(one, "nam", "package_revise", match={"name": "bo"}, update={"title": "z"})
    assert refused(one, "jane", "package_revise", match={"name": "bo"}, update__resources__9__name="x") == {"update__resources__9__name": ["Unable to set this key"]}


@pytest.mark.parametrize(("data", "field"), [
    ({"update": '{"a":' * 100_000}, "update"), ({"update": '{"a":' * 33 + "1" + "}" * 33}, "update"), ({"filter": "[" * 100_000}, "filter"),
    ({"update__notes": "[" * 100_000}, "update__notes"), ({"update__resources__0__" + "a__" * 40 + "b": "x"}, None),
])
def test_nothing_without_end_is_put_into_a_dataset(one, data, field):
    (wrong,) = refused(one, "jane", "package_revise", match={"name": "bo"}, **data).items()
    assert wrong[1] == ["Nested deeper than 32"] and field in (None, wrong[0])


@pytest.mark.parametrize("action", ["package_update", "package_revise"])
def test_a_draft_that_the_caller_could_not_see_stays_one(one, action):
    shown, hidden = (resource["id"] for resource in resources(one))
    with one.writing() as session:
        session.get_one(Resource, hidden).state = "draft"
    package = ask(one, "jane", "package_show", id="bo")
    assert [resource["id"] for resource in package["resources"]] == [shown]
    if action == "package_update":
        ask(one, "jane", action, **package)
    else:
        ask(one, "jane", action, match={"name": "bo"}, update={"resources": package["resources"]})
    with one.reading() as session:
        assert [session.get_one(Resource, each).state for each in (shown, hidden)] == ["active", "draft"]
