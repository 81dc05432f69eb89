"""Following datasets, groups, organizations and users."""

from __future__ import annotations

import pytest
from support.people import ask

from catalog.errors import Invalid, NotAuthorized, NotFound


@pytest.mark.parametrize(("kind", "name"), [("dataset", "zz-tieng-on-1"), ("group", "y-te"), ("group", "so-y-te"), ("user", "lan")])
def test_one_follows_is_counted_and_stops(peopled, kind, name):
    assert ask(peopled, "jane", f"am_following_{kind}", id=name) is False
    made = ask(peopled, "jane", f"follow_{kind}", id=name)
    assert set(made) == {"follower_id", "object_id", "datetime"}
    assert ask(peopled, "jane", f"am_following_{kind}", id=name) is True
    assert ask(peopled, None, f"{kind}_follower_count", id=name) == 1
    assert ask(peopled, "jane", f"{kind}_followee_count", id="jane") == 1
    assert [entry["id"] for entry in ask(peopled, "jane", f"{kind}_followee_list", id="jane")] == [made["object_id"]]
    assert [user["name"] for user in ask(peopled, "root", f"{kind}_follower_list", id=name)] == ["jane"]
    assert [entry["dict"]["id"] for entry in ask(peopled, "jane", "followee_list", id="jane")] == [made["object_id"]]
    assert ask(peopled, "jane", "followee_count", id="jane") == 1
    with pytest.raises(Invalid, match="already following"):
        ask(peopled, "jane", f"follow_{kind}", id=name)
    ask(peopled, "jane", f"unfollow_{kind}", id=name)
    assert ask(peopled, None, f"{kind}_follower_count", id=name) == 0
    with pytest.raises(NotFound):
        ask(peopled, "jane", f"unfollow_{kind}", id=name)


def test_followers_show_where_their_number_is_shown(peopled):
    ask(peopled, "jane", "follow_group", id="so-y-te")
    assert ask(peopled, None, "organization_show", id="so-y-te")["num_followers"] == 1
    assert ask(peopled, None, "organization_follower_count", id="so-y-te") == 1
    assert [user["name"] for user in ask(peopled, "root", "organization_follower_list", id="so-y-te")] == ["jane"]
    assert {entry["name"]: entry["num_followers"] for entry in ask(peopled, None, "organization_list", all_fields=True)}["so-y-te"] == 1


def test_who_follows_what_is_its_own_business(peopled):
    for who in (None, "nam"):
        with pytest.raises(NotAuthorized):
            ask(peopled, who, "followee_list", id="jane")
        with pytest.raises(NotAuthorized):
            ask(peopled, who, "dataset_follower_list", id="zz-tieng-on-1")
    with pytest.raises(NotAuthorized, match="You must be logged in"):
        ask(peopled, None, "follow_dataset", id="zz-tieng-on-1")
    with pytest.raises(Invalid, match="You cannot follow yourself"):
        ask(peopled, "jane", "follow_user", id="jane")


def test_a_closed_account_follows_nothing_and_is_not_shown(peopled):
    ask(peopled, "jane", "follow_group", id="so-y-te")
    ask(peopled, "lan", "follow_user", id="jane")
    ask(peopled, "root", "user_delete", id="jane")
    assert ask(peopled, None, "group_follower_count", id="so-y-te") == len(ask(peopled, "root", "group_follower_list", id="so-y-te")) == 0
    assert ask(peopled, "lan", "user_followee_list", id="lan") == []


def test_what_is_purged_is_followed_no_longer(peopled):
    ask(peopled, "jane", "follow_dataset", id="zz-tieng-on-1")
    ask(peopled, "root", "dataset_purge", id="zz-tieng-on-1")
    assert (ask(peopled, "jane", "followee_count", id="jane"), ask(peopled, "jane", "dataset_followee_list", id="jane")) == (0, [])


def test_what_is_no_longer_seen_is_not_followed_but_may_be_let_go(peopled):
    ask(peopled, "nam", "follow_dataset", id="zz-tieng-on-1")
    for who in ("nam", "jane"):
        ask(peopled, "root", "package_patch", id="zz-tieng-on-1", private=True)
        with pytest.raises(NotAuthorized):
            ask(peopled, who, "follow_dataset", id="zz-tieng-on-1")
    assert ask(peopled, "nam", "dataset_followee_list", id="nam") == []
    with pytest.raises(NotAuthorized):  # whoever does not follow it learns nothing of it
        ask(peopled, "jane", "unfollow_dataset", id="zz-tieng-on-1")
    ask(peopled, "nam", "unfollow_dataset", id="zz-tieng-on-1")
    assert ask(peopled, "nam", "followee_count", id="nam") == 0


def test_a_deleted_group_is_followed_by_nobody_new(peopled):
    ask(peopled, "root", "group_create", name="nhom")
    ask(peopled, "jane", "follow_group", id="nhom")
    ask(peopled, "root", "group_delete", id="nhom")
    with pytest.raises(NotFound):
        ask(peopled, "nam", "follow_group", id="nhom")
    assert ask(peopled, "jane", "followee_list", id="jane") == []
    ask(peopled, "jane", "unfollow_group", id="nhom")


def test_what_is_followed_is_shown_as_its_own_action_shows_it(peopled):
    for kind, name in (("group", "so-y-te"), ("group", "y-te"), ("user", "lan"), ("dataset", "zz-tieng-on-2"), ("group", "ubnd-huyen-con-dao")):
        ask(peopled, "jane", f"follow_{kind}", id=name)
    listed = {entry["dict"]["name"]: entry for entry in ask(peopled, "jane", "followee_list", id="jane")}
    assert {name: entry["type"] for name, entry in listed.items()} == {
        "so-y-te": "organization", "y-te": "group", "lan": "user", "zz-tieng-on-2": "dataset", "ubnd-huyen-con-dao": "organization"}
    assert (listed["ubnd-huyen-con-dao"]["dict"]["package_count"], listed["so-y-te"]["dict"]["num_followers"]) == (2, 1)
