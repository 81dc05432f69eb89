"""Datasets by CKAN's actions: keys, defaults, messages, and what is ours beside them."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from support.publishing import call, calling, publish, publish_with_file

from catalog.actions import ACTIONS
from catalog.actions.client import LocalCatalogue
from catalog.errors import Invalid, NotAuthorized, NotFound
from catalog.metadata import WrongShape
from catalog.models import Change, Dataset, Resource

PACKAGE_KEYS = ["author", "author_email", "creator_user_id", "id", "isopen", "license_id", "license_title", "maintainer",
                "maintainer_email", "metadata_created", "metadata_modified", "name", "notes", "num_resources", "num_tags", "organization",
                "owner_org", "private", "state", "title", "type", "url", "version", "extras", "resources", "tags", "groups",
                "relationships_as_subject", "relationships_as_object"]
RESOURCE_KEYS = ["cache_last_updated", "cache_url", "created", "datastore_active", "description", "format", "hash", "id", "last_modified",
                 "metadata_modified", "mimetype", "mimetype_inner", "name", "package_id", "position", "resource_type", "size", "state",
                 "url", "url_type"]
ORGANIZATION_KEYS = ["id", "name", "title", "type", "description", "image_url", "created", "is_organization", "approval_status", "state"]


def refusal(site, action, **data):
    with pytest.raises(Invalid) as caught:
        call(site, action, user="tester", **data)
    return caught.value.errors


def test_a_minimal_dataset_has_all_keys_in_order_with_the_defaults(furnished):
    made = publish(furnished, name="toi-thieu")
    assert list(made) == PACKAGE_KEYS
    assert list(made["organization"]) == ORGANIZATION_KEYS
    assert made["organization"]["title"] == "Sở Y tế"
    assert [key for key in PACKAGE_KEYS if made[key] is None] == [
        "author", "author_email", "license_id", "license_title", "maintainer", "maintainer_email", "notes", "url", "version"]
    assert (made["title"], made["isopen"], made["private"], made["state"], made["type"]) == ("toi-thieu", False, False, "active", "dataset")
    assert made["metadata_created"] == "2024-09-30T05:00:00.000000"
    assert call(furnished, "package_show", id="toi-thieu") == made


def test_a_resource_has_all_keys_in_order_and_keeps_what_is_further_given(furnished):
    made = publish(furnished, name="co-tep", resources=[{"url": "http://example.org/a.csv", "name": "a", "ghi_chu": {"x": 1}},
                                                        {"url": "http://example.org/noext", "format": "application/json"}])
    first, second = made["resources"]
    assert list(first) == [*RESOURCE_KEYS, "ghi_chu"]
    assert (first["format"], first["hash"], first["url_type"], first["position"], first["datastore_active"]) == ("CSV", "", None, 0, False)
    assert (second["format"], second["name"], second["position"]) == ("JSON", None, 1)


def test_the_licence_says_whether_it_is_open(furnished):
    made = publish(furnished, name="mo", license_id="cc-by")
    assert (made["isopen"], made["license_title"]) == (True, "Creative Commons Attribution")
    assert list(made).index("license_url") == list(made).index("license_title") + 1
    assert publish(furnished, name="viet-nam", license_id="VN-ND47-2020-D18")["isopen"] is True
    assert publish(furnished, name="khong-ro", license_id="la-la")["license_title"] == "la-la"


def test_tags_and_groups_are_shown_as_ckan_shows_them(furnished):
    made = publish(furnished, name="the", tags=[{"name": "t-one"}, {"name": "T two"}], groups=[{"name": "y-te"}, {"name": "no-such"}])
    assert [tag["name"] for tag in made["tags"]] == ["T two", "t-one"]
    assert list(made["tags"][0]) == ["display_name", "id", "name", "state", "vocabulary_id"]
    assert [(group["name"], group["title"]) for group in made["groups"]] == [("y-te", "Y tế")]
    assert [tag["name"] for tag in publish(furnished, name="chuoi", tag_string="a1,b two")["tags"]] == ["a1", "b two"]


def test_every_message_of_a_bad_dataset_is_ckans(furnished):
    assert refusal(furnished, "package_create", name="Bad Name!", owner_org="nope", tags=[{"name": "x"}], resources=[{"url": ""}],
                   extras=[{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]) == {
        "extras_validation": ['Duplicate key "a"'],
        "name": ["Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"],
        "owner_org": ["Organization does not exist"],
        "tags": ['Tag "x" length is less than minimum 2'],
    }


@pytest.mark.parametrize(("data", "errors"), [
    ({}, {"name": ["Missing value"], "owner_org": ["An organization must be provided"]}),
    ({"name": "zz-tieng-on-1", "owner_org": "so-y-te"}, {"name": ["That URL is already in use."]}),
    ({"name": "x", "owner_org": "so-y-te"}, {"name": ["Must be at least 2 characters long", 'Name "x" length is less than minimum 2']}),
    ({"name": "đường", "owner_org": "so-y-te"},
     {"name": ["Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"]}),
    ({"name": "e-mail", "owner_org": "so-y-te", "author_email": "not an address", "maintainer_email": "x@y"},
     {"author_email": ["Email not an address is not a valid format"]}),
    ({"name": "tags", "owner_org": "so-y-te", "tags": [{"name": "a/b"}]},
     {"tags": ['Tag "a/b" can only contain alphanumeric characters, spaces (" "), hyphens ("-"), underscores ("_") or dots (".")']}),
    ({"name": "size", "owner_org": "so-y-te", "resources": [{"url": "http://a"}, {"url": "http://b", "size": "big"}]},
     {"resources": [{}, {"size": ["Invalid integer"]}]}),
    ({"name": "long", "owner_org": "so-y-te", "title": "a" * 10_000}, {"title": ["Title must be a maximum of 1000 characters long"]}),
    ({"name": "script", "owner_org": "so-y-te", "resources": [{"url": "javascript:alert(1)"}]},
     {"resources": [{"url": ["Please provide a valid URL"]}]}),
    ({"name": "local", "owner_org": "so-y-te", "url": "file:///etc/passwd"}, {"url": ["Please provide a valid URL"]}),
    ({"name": "own-id", "owner_org": "so-y-te", "id": "../../x"}, {"id": ["Invalid id provided"]}),
])
def test_what_does_not_hold_is_refused_in_ckans_words(furnished, data, errors):
    assert refusal(furnished, "package_create", **data) == errors


def test_a_list_that_is_none_is_of_the_wrong_shape(furnished):
    with pytest.raises(WrongShape, match="Only lists of dicts can be placed against subschema"):
        publish(furnished, name="sai", tags="a,b")


def test_markup_and_unkeepable_characters_stay_text(furnished):
    made = publish(furnished, name="dau", title="<script>alert(1)</script>\x00\ud800", notes="<img src=x onerror=y>")
    assert (made["title"], made["notes"]) == ("<script>alert(1)</script>", "<img src=x onerror=y>")


def test_titles_are_kept_composed(furnished):
    assert publish(furnished, name="nfd", title="Đu\u031bo\u031b\u0300ng")["title"] == "Đường"


def test_an_own_id_is_kept_once(furnished):
    own = "11111111-2222-4333-8444-555555555555"
    assert publish(furnished, name="so-hieu", id=own)["id"] == own
    assert refusal(furnished, "package_create", name="so-hieu-2", owner_org="so-y-te", id=own) == {"id": ["Dataset id already exists"]}


def test_the_resource_of_another_dataset_cannot_be_taken(furnished):
    stolen = publish(furnished, name="chu", resources=[{"url": "http://x/a.csv"}])["resources"][0]["id"]
    assert refusal(furnished, "package_create", name="trom", owner_org="so-y-te", resources=[{"id": stolen, "url": "http://y"}]) == {
        "resources": [{"id": ["Resource id already exists."]}]}


def test_update_drops_tags_and_extras_and_keeps_resources(furnished):
    before = publish(furnished, name="thay", title="Trước", notes="x", tags=[{"name": "t1"}], extras=[{"key": "k", "value": "v"}],
                     resources=[{"url": "http://x/a.csv"}])
    after = call(furnished, "package_update", user="tester", name="thay", title="Sau", owner_org="so-y-te")
    assert (after["id"], after["title"], after["notes"], after["tags"], after["extras"]) == (before["id"], "Sau", None, [], [])
    assert after["resources"] == before["resources"]


def test_resources_given_with_their_ids_keep_them_and_the_rest_is_put_away(furnished):
    before = publish(furnished, name="tep", resources=[{"url": f"http://x/{n}.csv", "name": n} for n in "abc"])
    a, _, c = (resource["id"] for resource in before["resources"])
    after = call(furnished, "package_patch", user="tester", id="tep", resources=[
        {"id": c, "url": "http://x/c2.csv"}, {"url": "http://x/d.csv"}, {"id": a, "url": "http://x/a.csv", "name": "a"}])
    assert [resource["id"] for resource in after["resources"]][::2] == [c, a]
    assert [resource["position"] for resource in after["resources"]] == [0, 1, 2]
    with furnished.reading() as session:
        assert session.scalar(select(func.count()).where(Resource.dataset_id == before["id"], Resource.state == "deleted")) == 1


def test_patch_keeps_what_is_not_given(furnished):
    publish(furnished, name="va", title="Vá", notes="cũ", tags=[{"name": "t1"}], groups=[{"name": "y-te"}],
            extras=[{"key": "k", "value": "v"}, {"key": "frequency", "value": "monthly"}, {"key": "title_en", "value": "Patch"}])
    after = call(furnished, "package_patch", user="tester", id="va", notes="mới")
    assert (after["title"], after["notes"], after["tags"][0]["name"], after["groups"][0]["name"]) == ("Vá", "mới", "t1", "y-te")
    assert {extra["key"]: extra["value"] for extra in after["extras"]} == {"k": "v", "frequency": "monthly", "title_en": "Patch"}


def test_what_was_shown_can_be_sent_back_unchanged(furnished):
    publish_with_file(furnished, name="tra", title="Trả lại", frequency="annual", illustrative=True, identifier="x-1", title_en="Back",
                      tags=[{"name": "t1"}], extras=[{"key": "k", "value": "v"}])
    shown = call(furnished, "package_show", id="tra")
    with furnished.reading() as session:
        before = session.scalar(select(func.max(Change.seq)))
    assert call(furnished, "package_update", user="tester", **shown) == shown
    with furnished.reading() as session:
        assert session.scalar(select(func.max(Change.seq))) == before


def test_a_copy_that_we_hold_says_so(furnished):
    publish_with_file(furnished, name="ban-sao")
    package = call(furnished, "package_show", id="ban-sao")
    resource = package["resources"][0]
    assert resource["url"] == (f"http://haidang.test/dataset/{package['id']}/resource/{resource['id']}/download/"
                               "B%E1%BA%A3ng%20k%C3%AA.csv")
    assert (resource["hash"], resource["size"], resource["mimetype"], resource["format"]) == ("ab" * 32, 123, "text/csv", "CSV")
    assert list(resource)[: len(RESOURCE_KEYS)] == RESOURCE_KEYS
    assert (resource["schema"], resource["validation_status"], resource["rows"], resource["source_url"], resource["ghi_chu"]) == (
        "co-so-kham-chua-benh", "valid", 7, "https://soyte.example/bang ke.csv", "x")
    assert call(furnished, "resource_show", id=resource["id"]) == resource


def test_only_the_pipeline_says_where_a_dataset_comes_from(furnished):
    made = publish(furnished, name="ngoai", illustrative=True, identifier="x", frequency="annual")
    assert made["extras"] == []


def test_a_deleted_dataset_frees_its_name_and_is_hidden(furnished):
    made = publish(furnished, name="xoa")
    assert call(furnished, "package_delete", user="tester", id="xoa") is None
    assert call(furnished, "package_delete", user="tester", id=made["id"]) is None
    assert "xoa" not in call(furnished, "package_list")
    with pytest.raises(NotAuthorized, match=f"User  not authorized to read package {made['id']}"):
        call(furnished, "package_show", id="xoa")
    assert call(furnished, "package_show", user="tester", id="xoa")["state"] == "deleted"
    again = publish(furnished, name="xoa")
    assert again["id"] != made["id"]
    assert call(furnished, "package_show", id="xoa")["id"] == again["id"]


def test_a_deleted_dataset_comes_back_only_under_a_free_name(furnished):
    made = publish(furnished, name="ve")
    call(furnished, "package_delete", user="tester", id="ve")
    publish(furnished, name="ve")
    assert refusal(furnished, "package_patch", id=made["id"], state="active") == {"name": ["That URL is already in use."]}
    assert call(furnished, "package_patch", user="tester", id=made["id"], state="active", name="ve-2")["state"] == "active"
    assert "ve-2" in call(furnished, "package_list")


def test_a_draft_is_not_there_for_the_public(furnished):
    publish(furnished, name="nhap", state="draft")
    with pytest.raises(NotFound):
        call(furnished, "package_show", id="nhap")


def test_who_shows_no_token_cannot_write(furnished):
    made = publish(furnished, name="co")
    with pytest.raises(NotAuthorized, match="User  not authorized to create packages"):
        call(furnished, "package_create", name="x-noauth", owner_org="so-y-te")
    for action in ("package_update", "package_patch", "package_delete"):
        with pytest.raises(NotAuthorized, match=f"User  not authorized to edit package {made['id']}"):
            call(furnished, action, id="co", title="x")


@pytest.mark.parametrize(("action", "errors"), [
    ("package_show", {"name_or_id": ["Missing value"]}), ("package_update", {"id": "Missing value"}),
    ("package_patch", {"id": ["Missing value"]}), ("package_delete", {"id": ["Missing value"]}),
    ("resource_show", {"id": ["Missing value"]}), ("organization_show", {"id": ["Missing value"]}),
    ("package_autocomplete", {"q": ["Missing value"]}), ("help_show", {"name": ["Missing value"]}),
])
def test_a_missing_id_is_named_as_ckan_names_it(furnished, action, errors):
    assert refusal(furnished, action) == errors


@pytest.mark.parametrize("action", ["package_show", "package_update", "package_patch", "package_delete", "resource_show",
                                    "organization_show", "group_show", "tag_show"])
def test_what_is_not_there_is_not_found(furnished, action):
    with pytest.raises(NotFound):
        call(furnished, action, user="tester", id="khong-co")


def test_lists_page_and_bad_numbers_are_refused(furnished):
    publish(furnished, name="aaa")
    assert call(furnished, "package_list") == ["aaa", "zz-tieng-on-1", "zz-tieng-on-2"]
    assert call(furnished, "package_list", limit="1", offset=1) == ["zz-tieng-on-1"]
    assert call(furnished, "package_list", offset=1) == ["zz-tieng-on-1", "zz-tieng-on-2"]
    assert call(furnished, "package_list", limit=0) == call(furnished, "package_list")
    assert [package["name"] for package in call(furnished, "current_package_list_with_resources", limit=2)]
    assert refusal(furnished, "package_list", limit="x") == {"limit": ["Invalid integer", "Please enter an integer value"]}
    assert refusal(furnished, "package_list", limit=-1) == {"limit": ["Must be a natural number"]}


def test_a_whole_batch_is_written_together(furnished):
    with calling(furnished, "pipeline") as context:
        catalogue = LocalCatalogue(context)
        ids = [catalogue.action.package_create(name=f"lo-{n}", title=f"Lô {n}", owner_org="so-y-te") for n in range(50)]
        assert all(isinstance(dataset, Dataset) for dataset in context.session.new if not isinstance(dataset, Resource))
        assert len([new for new in context.session.new if isinstance(new, Dataset)]) == 50
        with pytest.raises(Invalid):
            catalogue.call_action("package_create", {"name": "lo-7", "owner_org": "so-y-te"})
    assert len(set(ids)) == 50
    assert len(call(furnished, "package_list")) == 52


def test_every_action_explains_itself(furnished):
    for name in ACTIONS:
        assert len(call(furnished, "help_show", name=name)) > 30, name
