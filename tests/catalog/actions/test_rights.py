"""Who may see and change what: by membership, by collaboration, by being a system administrator."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from support.people import ask
from support.publishing import publish

from catalog.actions import rights
from catalog.actions.context import Context
from catalog.clock import FrozenClock
from catalog.errors import Invalid, NotAuthorized, NotFound
from catalog.models import Account, Dataset


@pytest.fixture
def held(peopled):
    """A private and an archived dataset of Sở Y tế, and a private one of Sở Du lịch."""
    publish(peopled, name="kin", private=True)
    publish(peopled, name="cu")
    ask(peopled, "root", "package_delete", id="cu")
    publish(peopled, name="kin-du-lich", owner_org="so-du-lich", private=True)
    return peopled


@pytest.mark.parametrize(("who", "seen"), [
    (None, set()), ("nam", set()), ("minh", {"kin"}), ("jane", {"kin", "cu"}), ("lan", {"kin", "cu"}), ("root", {"kin", "cu", "kin-du-lich"}),
])
def test_what_is_not_public_is_seen_by_those_who_belong_to_it(held, who, seen):
    for name in ("kin", "cu", "kin-du-lich"):
        if name in seen:
            assert ask(held, who, "package_show", id=name)["name"] == name
        else:
            with pytest.raises(NotAuthorized, match=f"User {who or ''} not authorized to read package"):
                ask(held, who, "package_show", id=name)


@pytest.mark.parametrize(("who", "found"), [(None, set()), ("nam", set()), ("minh", {"kin"}), ("jane", {"kin"}), ("root", {"kin", "kin-du-lich"})])
def test_a_search_finds_what_the_asker_may_see_and_only_when_asked_for(held, who, found):
    public = {"zz-tieng-on-1", "zz-tieng-on-2"}
    assert {package["name"] for package in ask(held, who, "package_search")["results"]} == public
    everything = ask(held, who, "package_search", include_private=True, **{"facet.field": ["organization"]})
    assert {package["name"] for package in everything["results"]} == public | found
    assert sum(everything["facets"]["organization"].values()) == everything["count"] == 2 + len(found)
    assert ask(held, who, "package_search", include_private=True, fq="capacity:private", rows=0)["count"] == len(found)
    assert "kin" not in ask(held, who, "package_list")
    assert held.search.suggest("kin") == []


@pytest.mark.parametrize(("who", "found"), [(None, set()), ("minh", set()), ("nam", {"nhap"}), ("jane", {"nhap", "nhap-kin"}), ("root", {"nhap", "nhap-kin"})])
def test_drafts_are_found_by_those_who_may_change_them(peopled, who, found):
    publish(peopled, name="nhap", state="draft")
    publish(peopled, name="nhap-kin", state="draft", private=True)
    ask(peopled, "root", "package_collaborator_create", id="nhap", user_id="nam", capacity="editor")
    ask(peopled, "root", "package_collaborator_create", id="nhap-kin", user_id="nam", capacity="member")
    drafts = ask(peopled, who, "package_search", include_private=True, include_drafts=True, fq="state:draft")
    assert ({package["name"] for package in drafts["results"]}, drafts["count"]) == (found, len(found))
    assert ask(peopled, who, "package_search", include_private=True, fq="state:draft")["count"] == 0


@pytest.mark.parametrize("who", [None, "nam", "minh", "jane", "lan", "root"])
def test_what_may_be_seen_is_the_same_for_one_and_for_many(held, who):
    publish(held, name="nhap", state="draft")
    ask(held, "root", "package_collaborator_create", id="kin-du-lich", user_id="nam", capacity="member")
    with held.reading() as session:
        account = session.scalar(select(Account).where(Account.name == who)) if who else None
        context = Context(site=held, session=session, user=who, account=account, may_write=who == "root")
        one_by_one = {dataset.name for dataset in session.scalars(select(Dataset)) if rights.may_see(context, dataset)}
        assert set(session.scalars(select(Dataset.name).where(rights.visible(context)))) == one_by_one


def test_counts_of_an_organization_are_those_of_who_asks(held):
    assert {who: ask(held, who, "organization_show", id="so-y-te")["package_count"] for who in (None, "jane", "root")} == {None: 0, "jane": 1, "root": 1}
    listed = ask(held, "jane", "organization_list", all_fields=True)
    assert {entry["name"]: entry["package_count"] for entry in listed} == {"so-du-lich": 0, "so-y-te": 1, "ubnd-huyen-con-dao": 2}


@pytest.mark.parametrize(("who", "message"), [
    (None, "User  not authorized to create packages"), ("nam", "User nam not authorized to create packages"),
    ("minh", "User minh not authorized to create packages"), ("jane", "User jane not authorized to add dataset to this organization"),
])
def test_only_editors_of_an_organization_add_datasets_to_it(peopled, who, message):
    with pytest.raises(NotAuthorized) as caught:
        ask(peopled, who, "package_create", name="moi", owner_org="so-du-lich")
    assert caught.value.message == message


def test_an_editor_changes_what_is_its_organizations_and_cannot_give_it_away(held):
    made = ask(held, "jane", "package_create", name="moi", owner_org="so-y-te")
    assert made["creator_user_id"] == ask(held, "jane", "user_show", id="jane")["id"]
    assert ask(held, "jane", "package_patch", id="moi", notes="x")["notes"] == "x"
    with pytest.raises(Invalid) as caught:
        ask(held, "jane", "package_patch", id="moi", owner_org="so-du-lich")
    assert caught.value.errors == {"owner_org": ["You cannot add a dataset to this organization"]}
    with pytest.raises(NotAuthorized, match="not authorized to edit package"):
        ask(held, "jane", "package_delete", id="kin-du-lich")
    with pytest.raises(NotAuthorized):
        ask(held, "jane", "dataset_purge", id="moi")
    with pytest.raises(Invalid, match="not expected"):
        ask(held, "jane", "package_create", id="11111111-2222-4333-8444-555555555555", name="so-rieng", owner_org="so-y-te")


def test_a_collaborator_works_on_one_dataset_of_others(held):
    with pytest.raises(NotAuthorized):
        ask(held, "jane", "package_collaborator_create", id="kin-du-lich", user_id="nam", capacity="editor")
    made = ask(held, "root", "package_collaborator_create", id="kin-du-lich", user_id="nam", capacity="member")
    assert (made["capacity"], ask(held, "nam", "package_show", id="kin-du-lich")["name"]) == ("member", "kin-du-lich")
    assert ask(held, "nam", "package_search", include_private=True, q="name:kin-du-lich")["count"] == 1
    with pytest.raises(NotAuthorized):
        ask(held, "nam", "package_patch", id="kin-du-lich", notes="x")
    ask(held, "root", "package_collaborator_create", id="kin-du-lich", user_id="nam", capacity="editor")
    assert ask(held, "nam", "package_patch", id="kin-du-lich", notes="x")["notes"] == "x"
    assert [row["capacity"] for row in ask(held, "nam", "package_collaborator_list_for_user", id="nam")] == ["editor"]
    assert len(ask(held, "root", "package_collaborator_list", id="kin-du-lich", capacity="member")) == 0
    ask(held, "root", "package_collaborator_delete", id="kin-du-lich", user_id="nam")
    with pytest.raises(NotAuthorized):
        ask(held, "nam", "package_show", id="kin-du-lich")
    with pytest.raises(NotFound):
        ask(held, "root", "package_collaborator_delete", id="kin-du-lich", user_id="nam")


@pytest.mark.parametrize(("action", "data"), [
    ("package_patch", {"id": "kin-du-lich", "owner_org": "so-y-te"}),
    ("package_owner_org_update", {"id": "kin-du-lich", "organization_id": "so-y-te"}),
    ("member_create", {"id": "so-y-te", "object": "kin-du-lich", "object_type": "package", "capacity": "public"}),
])
def test_a_collaborator_carries_off_no_dataset(held, action, data):
    ask(held, "root", "package_collaborator_create", id="kin-du-lich", user_id="jane", capacity="editor")
    with pytest.raises(NotAuthorized, match="to another organization"):
        ask(held, "jane", action, **data)
    assert ask(held, "jane", "package_show", id="kin-du-lich")["organization"]["name"] == "so-du-lich"
    ask(held, "root", "organization_member_create", id="so-du-lich", username="jane", role="editor")
    ask(held, "jane", action, **data)
    assert ask(held, "jane", "package_show", id="kin-du-lich")["organization"]["name"] == "so-y-te"


def test_a_dataset_given_by_its_membership_says_that_it_changed(held):
    before = ask(held, "root", "package_show", id="kin")["metadata_modified"]
    later = replace(held, clock=FrozenClock(held.clock.now() + timedelta(minutes=1)))
    ask(later, "root", "member_create", id="so-du-lich", object="kin", object_type="package", capacity="public")
    after = ask(held, "root", "package_show", id="kin")
    assert (after["organization"]["name"], after["metadata_modified"] > before) == ("so-du-lich", True)
    assert [entry["activity_type"] for entry in ask(held, "root", "package_activity_list", id="kin")][0] == "changed package"


def test_datasets_change_hands_and_change_together(held):
    first = ask(held, "jane", "package_create", name="moi", owner_org="so-y-te")["id"]
    with pytest.raises(Invalid):
        ask(held, "jane", "package_owner_org_update", id="moi", organization_id="so-du-lich")
    ask(held, "root", "package_owner_org_update", id="moi", organization_id="so-du-lich")
    assert ask(held, None, "package_show", id="moi")["organization"]["name"] == "so-du-lich"
    ask(held, "root", "package_owner_org_update", id="moi", organization_id="so-y-te")
    ask(held, "jane", "bulk_update_private", datasets=[first], org_id="so-y-te")
    assert ask(held, "jane", "package_show", id="moi")["private"] is True
    ask(held, "jane", "bulk_update_public", datasets=[first], org_id="so-y-te")
    ask(held, "jane", "bulk_update_delete", datasets=[first], org_id="so-y-te")
    assert ask(held, "jane", "package_show", id="moi")["state"] == "deleted"
    with pytest.raises(NotAuthorized):
        ask(held, "minh", "bulk_update_delete", datasets=[first], org_id="so-y-te")
