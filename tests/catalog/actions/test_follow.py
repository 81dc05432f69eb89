"""Following datasets, groups, organizations and users."""

from __future__ import annotations

import pytest

from catalog.errors import Invalid, NotAuthorized, NotFound
from tests.support.people import ask


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
