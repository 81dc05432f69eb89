"""Vocabularies and tags, views of files, relationships of datasets."""

from __future__ import annotations

import pytest
from support.people import ask
from support.publishing import publish

from catalog.errors import Invalid, NotAuthorized, NotFound


def refused(site, action, **data):
    with pytest.raises(Invalid) as caught:
        ask(site, "root", action, **data)
    return caught.value.errors


def test_a_vocabulary_is_a_closed_list_of_tags(peopled):
    made = ask(peopled, "root", "vocabulary_create", name="Lĩnh vực", tags=[{"name": "y tế"}, {"name": "giáo dục"}])
    assert [tag["name"] for tag in made["tags"]] == ["giáo dục", "y tế"]
    assert ask(peopled, None, "vocabulary_list") == [made] == [ask(peopled, None, "vocabulary_show", id="Lĩnh vực")]
    tag = ask(peopled, "root", "tag_create", name="du lịch", vocabulary_id=made["id"])
    assert ask(peopled, None, "tag_list", vocabulary_id="Lĩnh vực") == ["du lịch", "giáo dục", "y tế"]
    assert ask(peopled, None, "tag_show", id="du lịch", vocabulary_id="Lĩnh vực") == tag
    assert ask(peopled, None, "tag_list") == []
    ask(peopled, "root", "tag_delete", id=tag["id"], vocabulary_id=made["id"])
    assert refused(peopled, "vocabulary_delete", id=made["id"]) == {"message": "Cannot delete a vocabulary that has tags"}
    assert ask(peopled, "root", "vocabulary_update", id=made["id"], name="Khác", tags=[])["tags"] == []
    ask(peopled, "root", "vocabulary_delete", id="Khác")
    with pytest.raises(NotFound, match='Could not find vocabulary "Khác"'):
        ask(peopled, None, "vocabulary_show", id="Khác")
    for who in (None, "jane"):
        with pytest.raises(NotAuthorized):
            ask(peopled, who, "vocabulary_create", name="x y")


def test_tags_are_searched_with_or_without_diacritics(peopled):
    publish(peopled, name="bo", tags=[{"name": "đường bộ"}, {"name": "đường thủy"}])
    publish(peopled, name="kin", tags=[{"name": "đường kín"}], private=True)
    found = ask(peopled, None, "tag_search", query="duong")
    assert (found["count"], [tag["name"] for tag in found["results"]]) == (2, ["đường bộ", "đường thủy"])
    assert set(found["results"][0]) == {"id", "name", "vocabulary_id"}
    assert ask(peopled, None, "tag_search", query=["duong", "bo"], limit=5)["count"] == 1
    assert len(ask(peopled, None, "tag_search", query="duong", limit=1, offset=1)["results"]) == 1
    assert ask(peopled, None, "tag_search", query="") == {"count": 0, "results": []}
    assert ask(peopled, None, "tag_autocomplete", q="duong", limit=1) == ["đường bộ"]
    assert [package["name"] for package in ask(peopled, None, "tag_show", id="đường bộ", include_datasets=True)["packages"]] == ["bo"]


def test_views_of_a_file_are_made_ordered_and_taken_away(peopled):
    publish(peopled, name="bo", resources=[{"url": "http://x/a.csv"}])
    resource_id = ask(peopled, None, "package_show", id="bo")["resources"][0]["id"]
    made = ask(peopled, "jane", "resource_view_create", resource_id=resource_id, title="Bảng", view_type="datatables_view", cot=["a"])
    assert (made["description"], made["date_format"], made["ellipsis_length"], made["filterable"], made["responsive"], made["cot"]) == (
        None, "llll", 100, True, False, ["a"])
    other = ask(peopled, "jane", "resource_view_create", resource_id=resource_id, title="Chữ", view_type="text_view", description="d")
    assert ask(peopled, None, "resource_view_list", id=resource_id) == [made, other]
    assert ask(peopled, "jane", "resource_view_reorder", id=resource_id, order=[other["id"]])["order"] == [other["id"], made["id"]]
    assert ask(peopled, "jane", "resource_view_update", id=made["id"], title="Bảng 2")["title"] == "Bảng 2"
    assert "cot" not in ask(peopled, None, "resource_view_show", id=made["id"])
    assert ask(peopled, "jane", "resource_view_delete", id=made["id"]) == {"resource_id": resource_id}
    assert [view["id"] for view in ask(peopled, None, "resource_view_list", id=resource_id)] == [other["id"]]
    assert refused(peopled, "resource_view_create", resource_id=resource_id, title="x", view_type="nosuch") == {
        "view_type": ["No plugin found for view_type nosuch"]}
    with pytest.raises(NotAuthorized):
        ask(peopled, "nam", "resource_view_delete", id=other["id"])
    assert ask(peopled, "jane", "resource_create_default_resource_views", resource={"id": resource_id}) == []
    assert ask(peopled, "jane", "package_create_default_resource_views", package={"id": "bo"}) == []


def test_relationships_are_said_from_either_side(peopled):
    for name in ("goc", "suy-ra", "kin"):
        publish(peopled, name=name, private=name == "kin")
    ask(peopled, "jane", "package_relationship_create", subject="goc", object="suy-ra", type="has_derivation", comment="theo quý")
    ask(peopled, "jane", "package_relationship_create", subject="suy-ra", object="kin", type="links_to")
    assert ask(peopled, None, "package_relationships_list", id="goc") == [
        {"subject": "goc", "type": "has_derivation", "object": "suy-ra", "comment": "theo quý"}]
    assert ask(peopled, None, "package_relationships_list", id="suy-ra") == [
        {"subject": "suy-ra", "type": "derives_from", "object": "goc", "comment": "theo quý"}]
    assert len(ask(peopled, "jane", "package_relationships_list", id="suy-ra")) == 2
    assert ask(peopled, "jane", "package_relationships_list", id="suy-ra", id2="goc", rel="links_to") == []
    assert ask(peopled, "jane", "package_relationship_update", subject="goc", object="suy-ra", type="has_derivation", comment="mới")["comment"] == "mới"
    assert "already" in refused(peopled, "package_relationship_create", subject="suy-ra", object="goc", type="derives_from")["message"]
    ask(peopled, "jane", "package_relationship_delete", subject="goc", object="suy-ra", type="has_derivation")
    with pytest.raises(NotFound):
        ask(peopled, "jane", "package_relationship_delete", subject="goc", object="suy-ra", type="has_derivation")
    assert refused(peopled, "package_relationship_create", subject="goc", object="goc", type="links_to")


def test_a_dataset_says_how_it_stands_to_public_ones(peopled):
    one, other = (ask(peopled, None, "package_show", id=name)["id"] for name in ("zz-tieng-on-1", "zz-tieng-on-2"))
    publish(peopled, name="kin", owner_org="ubnd-huyen-con-dao", private=True)
    for object_ in ("zz-tieng-on-2", "kin"):
        ask(peopled, "root", "package_relationship_create", subject="zz-tieng-on-1", object=object_, type="depends_on", comment="x")
    for who in (None, "root"):
        shown = ask(peopled, who, "package_show", id="zz-tieng-on-1")
        (said,) = shown["relationships_as_subject"]
        assert (said["type"], said["comment"], shown["relationships_as_object"]) == ("depends_on", "x", [])
        assert said["__extras"] == {"subject_package_id": one, "object_package_id": other}
        assert ask(peopled, who, "package_show", id="zz-tieng-on-2")["relationships_as_object"] == [said]
        assert ask(peopled, "root", "package_show", id="kin")["relationships_as_object"] == []
