"""Organizations and groups made by the API, their members, and the register that stands above them."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select
from support.people import ask
from support.publishing import publish

from catalog.errors import Invalid, NotAuthorized, NotFound
from catalog.models import Agency, Change, Source
from catalog.participation import summary


def refused(site, who, action, **data):
    with pytest.raises(Invalid) as caught:
        ask(site, who, action, **data)
    return caught.value.errors


def test_an_organization_is_made_shown_changed_and_taken_away(peopled):
    made = ask(peopled, "nam", "organization_create", name="hoi-nha-bao", title="Hội Nhà báo", description="*x*", image_url="https://x.vn/a.png",
               extras=[{"key": "b", "value": "1"}, {"key": "a", "value": "2"}])
    assert {key: made[key] for key in ("name", "title", "display_name", "description", "image_display_url", "type", "is_organization", "state",
                                       "approval_status", "package_count", "num_followers")} == {
        "name": "hoi-nha-bao", "title": "Hội Nhà báo", "display_name": "Hội Nhà báo", "description": "*x*", "image_display_url": "https://x.vn/a.png",
        "type": "organization", "is_organization": True, "state": "active", "approval_status": "approved", "package_count": 0, "num_followers": 0}
    assert [(user["name"], user["capacity"]) for user in made["users"]] == [("nam", "admin")]
    assert ask(peopled, None, "organization_show", id="hoi-nha-bao")["extras"] == [{"key": "a", "value": "2"}, {"key": "b", "value": "1"}]
    assert "hoi-nha-bao" in ask(peopled, None, "organization_list")

    patched = ask(peopled, "nam", "organization_patch", id="hoi-nha-bao", title="Hội Nhà báo tỉnh")
    assert (patched["title"], patched["description"], len(patched["extras"])) == ("Hội Nhà báo tỉnh", "*x*", 2)
    assert ask(peopled, "nam", "organization_update", id="hoi-nha-bao", description="y")["extras"] == []
    with pytest.raises(NotAuthorized, match="User jane not authorized to edit organization"):
        ask(peopled, "jane", "organization_patch", id="hoi-nha-bao", title="x")

    ask(peopled, "nam", "organization_delete", id="hoi-nha-bao")
    assert "hoi-nha-bao" not in ask(peopled, None, "organization_list")
    with pytest.raises(NotAuthorized, match="not authorized to read group"):
        ask(peopled, None, "organization_show", id="hoi-nha-bao")
    with pytest.raises(NotAuthorized):
        ask(peopled, "nam", "organization_purge", id="hoi-nha-bao")
    ask(peopled, "root", "organization_purge", id="hoi-nha-bao")
    with pytest.raises(NotFound):
        ask(peopled, "root", "organization_show", id="hoi-nha-bao")


@pytest.mark.parametrize(("data", "errors"), [
    ({}, {"name": ["Missing value"]}), ({"name": "so-y-te"}, {"name": ["Group name already exists in database"]}),
    ({"name": "y-te"}, {"name": ["Group name already exists in database"]}),
    ({"name": "A B"}, {"name": ["Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"]}),
    ({"name": "moi", "image_url": "javascript:alert(1)"}, {"image_url": ["Please provide a valid URL"]}),
    ({"name": "moi", "extras": "x"}, {"extras": ["Only lists of dicts with a key can be used"]}),
    ({"name": "moi", "users": [{"name": "khong-co"}]}, {"users": ["User not found"]}),
])
def test_what_does_not_hold_is_refused_in_ckans_words(peopled, data, errors):
    assert refused(peopled, "root", "organization_create", **data) == errors


@pytest.mark.parametrize("given", ["x" * 200, "so-y-te", "AAAAAAAA-2222-4333-8444-555555555555", "11111111-2222-4333-8444-55555555555\n"])
@pytest.mark.parametrize("kind", ["organization", "group"])
def test_an_id_has_the_form_of_one(peopled, kind, given):
    assert refused(peopled, "root", f"{kind}_create", id=given, name="moi") == {"id": ["Invalid id provided"]}


def test_an_organization_and_a_group_do_not_share_an_id(peopled):
    taken = ask(peopled, None, "group_show", id="y-te")["id"]
    assert refused(peopled, "root", "organization_create", id=taken, name="moi") == {"id": ["Id already exists"]}
    own = "11111111-2222-4333-8444-555555555555"
    assert ask(peopled, "root", "organization_create", id=own, name="moi")["id"] == own


def test_an_organization_with_a_source_is_not_purged(peopled):
    made = ask(peopled, "root", "organization_create", name="co-nguon")["id"]
    with peopled.writing() as session:
        session.add(Source(name="nguon-1", agency_id=made, connector="file", url="http://x.test/a.csv", created=peopled.clock.now()))
    assert "(nguon-1)" in refused(peopled, "root", "organization_purge", id="co-nguon")["message"]
    with peopled.writing() as session:
        session.execute(delete(Source))
    ask(peopled, "root", "organization_purge", id="co-nguon")


def test_datasets_are_noted_only_where_something_that_they_repeat_changed(peopled):
    def changes():
        with peopled.reading() as session:
            return session.scalar(select(func.count()).select_from(Change).where(Change.dataset_id == dataset_id))

    ask(peopled, "root", "organization_create", name="hoi", title="Hội")
    ask(peopled, "root", "group_create", name="nhom", title="Nhóm")
    dataset_id = publish(peopled, name="bo-1", owner_org="hoi", groups=[{"name": "nhom"}])["id"]
    before = changes()
    ask(peopled, "root", "organization_patch", id="hoi", name="hoi", title="Hội")
    ask(peopled, "root", "group_patch", id="nhom", state="active")
    assert changes() == before
    ask(peopled, "root", "organization_patch", id="hoi", description="x")
    ask(peopled, "root", "group_patch", id="nhom", description="x")
    shown = ask(peopled, None, "package_show", id="bo-1")
    assert (shown["organization"]["description"], shown["groups"][0]["description"], changes()) == ("x", "x", before + 2)
    before += 2
    for number, (action, data) in enumerate([("organization_patch", {"id": "hoi", "title": "Hội mới"}), ("group_patch", {"id": "nhom", "title": "Nhóm mới"}),
                                             ("organization_patch", {"id": "hoi", "name": "hoi-moi"}), ("group_delete", {"id": "nhom"})], start=1):
        ask(peopled, "root", action, **data)
        assert changes() == before + number
    assert ask(peopled, None, "package_search", q="mới", fq="organization:hoi-moi")["count"] == 1


def test_nobody_makes_an_organization_without_an_account(peopled):
    with pytest.raises(NotAuthorized, match="User None not authorized to create organizations"):
        ask(peopled, None, "organization_create", name="moi")


def test_what_the_api_makes_counts_in_no_percentage(peopled):
    with peopled.reading() as session:
        before = summary(session, peopled.clock.today()).total
    ask(peopled, "root", "organization_create", name="ben-ngoai")
    with peopled.reading() as session:
        assert summary(session, peopled.clock.today()).total == before
        assert not session.query(Agency).filter_by(slug="ben-ngoai").one().registered


def test_the_register_names_an_agency_and_ends_it(peopled):
    for data in ({"title": "Sở khác"}, {"name": "so-khac"}, {"state": "deleted"}):
        assert list(refused(peopled, "lan", "organization_patch", id="so-y-te", **data)) == list(data)
    for who, action in (("lan", "organization_delete"), ("root", "organization_purge")):
        assert "danh mục chính thức" in refused(peopled, who, action, id="so-y-te")["message"]
    changed = ask(peopled, "lan", "organization_patch", id="so-y-te", title="Sở Y tế", description="Giới thiệu", extras=[{"key": "dien_thoai", "value": "x"}])
    assert (changed["title"], changed["description"]) == ("Sở Y tế", "Giới thiệu")
    assert {"dien_thoai", "code", "level"} <= {extra["key"] for extra in changed["extras"]}


def test_members_come_change_and_go(peopled):
    made = ask(peopled, "lan", "organization_member_create", id="so-y-te", username="nam", role="member")
    assert (made["table_name"], made["capacity"], made["state"]) == ("user", "member", "active")
    assert ask(peopled, "lan", "organization_member_create", id="so-y-te", username="nam", role="editor")["id"] == made["id"]
    users = ask(peopled, None, "member_list", id="so-y-te", object_type="user")
    assert sorted(row[2] for row in users) == ["Admin", "Editor", "Editor", "Member"]
    assert [row[0] for row in ask(peopled, None, "member_list", id="so-y-te", capacity="member")] == [ask(peopled, None, "user_show", id="minh")["id"]]
    assert refused(peopled, "lan", "organization_member_create", id="so-y-te", username="nam", role="king") == {"role": ["role does not exist."]}
    assert refused(peopled, "lan", "organization_member_create", id="so-y-te", username="ai-do", role="editor") == {"username": ["User not found"]}
    with pytest.raises(NotAuthorized, match="User jane not authorized to add members"):
        ask(peopled, "jane", "organization_member_create", id="so-y-te", username="nam", role="admin")
    ask(peopled, "lan", "organization_member_delete", id="so-y-te", username="nam")
    assert ask(peopled, "nam", "organization_list_for_user", permission="read") == []
    assert [role["value"] for role in ask(peopled, None, "member_roles_list")] == ["admin", "editor", "member"]


def test_a_closed_account_joins_nothing(peopled):
    ask(peopled, "root", "user_delete", id="nam")
    with pytest.raises(NotFound, match="User was not found"):
        ask(peopled, "lan", "member_create", id="so-y-te", object="nam", object_type="user", capacity="editor")
    assert refused(peopled, "lan", "organization_patch", id="so-y-te", users=[{"name": "nam"}]) == {"users": ["User not found"]}


def test_who_may_do_what_where(peopled):
    def where(who, **data):
        return [(entry["name"], entry["capacity"]) for entry in ask(peopled, who, "organization_list_for_user", **data)]

    assert where(None) == []
    assert where("minh") == []
    assert where("minh", permission="read") == [("so-y-te", "member")]
    assert where("jane", permission="create_dataset") == [("so-y-te", "editor")]
    assert where("jane", permission="update") == []
    assert where("lan", permission="update") == [("so-y-te", "admin")]
    assert [name for name, _ in where("root")] == ["so-du-lich", "so-y-te", "ubnd-huyen-con-dao"]


def test_a_group_holds_datasets_and_its_new_name_goes_with_them(peopled):
    publish(peopled, name="bo-1")
    made = ask(peopled, "root", "group_create", name="chuyen_doi", title="")
    assert (made["title"], made["display_name"], made["is_organization"], made["type"]) == ("", "chuyen_doi", False, "group")
    ask(peopled, "root", "member_create", id="chuyen_doi", object="bo-1", object_type="package", capacity="public")
    assert [package["name"] for package in ask(peopled, None, "group_package_show", id="chuyen_doi")] == ["bo-1"]
    ask(peopled, "root", "group_patch", id="chuyen_doi", name="chuyen-doi-so", title="Chuyển đổi số")
    assert [group["display_name"] for group in ask(peopled, None, "package_show", id="bo-1")["groups"]] == ["Chuyển đổi số"]
    assert ask(peopled, None, "group_show", id="chuyen-doi-so", include_datasets=True)["package_count"] == 1
    ask(peopled, "root", "member_delete", id="chuyen-doi-so", object="bo-1", object_type="package")
    assert ask(peopled, None, "package_search", fq="groups:chuyen-doi-so")["count"] == 0
    ask(peopled, "root", "member_create", id="chuyen-doi-so", object="bo-1", object_type="package", capacity="public")
    ask(peopled, "root", "group_purge", id="chuyen-doi-so")
    assert ask(peopled, None, "package_show", id="bo-1")["groups"] == []
    assert ask(peopled, "jane", "group_list_authz") == []
