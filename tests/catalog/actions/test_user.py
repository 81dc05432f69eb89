"""Users and their tokens: what is shown to whom, what is kept of a password."""

from __future__ import annotations

import unicodedata

import pytest
from sqlalchemy import select
from support.people import ask
from support.publishing import publish

from catalog import accounts
from catalog.errors import Invalid, NotAuthorized, NotFound
from catalog.models import Account
from catalog.tokens import caller_of


def refused(site, action, **data):
    with pytest.raises(Invalid) as caught:
        ask(site, "root", action, **data)
    return caught.value.errors


def test_an_address_is_shown_to_its_owner_and_to_system_administrators_only(peopled):
    keys = ["id", "name", "fullname", "created", "about", "last_active", "activity_streams_email_notifications", "sysadmin", "state", "image_url",
            "display_name", "email_hash", "number_created_packages", "image_display_url"]
    for who in (None, "nam"):
        assert list(ask(peopled, who, "user_show", id="jane")) == keys
    for who in ("jane", "root"):
        assert ask(peopled, who, "user_show", id="jane")["email"] == "jane@x.vn"
    assert "@" not in str(ask(peopled, None, "user_list")) + str(ask(peopled, None, "organization_show", id="so-y-te")["users"])
    assert ask(peopled, "jane", "user_show")["name"] == "jane"
    with pytest.raises(NotFound):
        ask(peopled, None, "user_show", id="ai-do")


def test_users_are_listed_and_suggested(peopled):
    assert ask(peopled, None, "user_list", all_fields=False) == ["jane", "lan", "minh", "nam", "root"]
    assert ask(peopled, None, "user_list", all_fields=False, q="AN") == ["jane", "lan"]
    assert ask(peopled, "jane", "user_autocomplete", q="mi") == [
        {"id": ask(peopled, None, "user_show", id="minh")["id"], "name": "minh", "fullname": None}]
    with pytest.raises(NotAuthorized):
        ask(peopled, None, "user_autocomplete", q="mi")
    ask(peopled, "jane", "package_create", name="cua-jane", owner_org="so-y-te")
    ask(peopled, "jane", "package_create", name="cua-jane-kin", owner_org="so-y-te", private=True)
    assert ask(peopled, None, "user_show", id="jane")["number_created_packages"] == 1
    assert [package["name"] for package in ask(peopled, None, "user_show", id="jane", include_datasets=True)["datasets"]] == ["cua-jane"]


def test_a_user_is_made_changed_and_closed(peopled):
    with pytest.raises(NotAuthorized, match="User  not authorized to create users via the API"):
        ask(peopled, None, "user_create", name="mallory", email="m@x.vn", password="mat-khau-dai")
    made = ask(peopled, "root", "user_create", name="hoa", email="hoa@x.vn", password="mật khẩu dài", fullname="Nguyễn Thị Hoa")
    assert (made["display_name"], made["sysadmin"]) == ("Nguyễn Thị Hoa", False)
    with peopled.reading() as session:
        account = session.scalar(select(Account).where(Account.name == "hoa"))
        assert "mật khẩu" not in account.password_hash
        assert (accounts.password_holds(account, "mật khẩu dài"), accounts.password_holds(account, "mat khau dai")) == (True, False)
        assert accounts.password_holds(account, unicodedata.normalize("NFD", "mật khẩu dài"))  # as some keyboards compose it
    assert ask(peopled, "root", "user_patch", id="hoa", about="Cán bộ")["fullname"] == "Nguyễn Thị Hoa"
    assert ask(peopled, "root", "user_update", id="hoa", about="Cán bộ")["fullname"] is None
    assert ask(peopled, "nam", "user_patch", id="nam", fullname="Nam", sysadmin=True)["sysadmin"] is False
    with pytest.raises(NotAuthorized):
        ask(peopled, "nam", "user_patch", id="hoa", fullname="x")
    token = ask(peopled, "root", "api_token_create", user="hoa", name="x")["token"]
    ask(peopled, "root", "user_delete", id="hoa")
    with pytest.raises(NotFound):
        ask(peopled, None, "user_show", id="hoa")
    with peopled.reading() as session:
        assert caller_of(session, token) is None


def test_no_account_takes_the_id_of_another_for_its_name(peopled):
    jane = ask(peopled, None, "user_show", id="jane")["id"]
    assert refused(peopled, "user_create", name=jane, email="m@x.vn", password="mat-khau-dai") == {"name": ["That name cannot be used"]}
    assert refused(peopled, "user_patch", id="nam", name=jane) == {"name": ["That name cannot be used"]}
    with peopled.writing() as session:  # as one may have been made before
        session.scalar(select(Account).where(Account.name == "nam")).name = jane
    assert ask(peopled, None, "user_show", id=jane)["name"] == "jane"


@pytest.mark.parametrize("action", ["user_patch", "user_update"])
def test_only_system_administrators_give_an_account_another_name(peopled, action):
    with pytest.raises(Invalid) as caught:
        ask(peopled, "nam", action, id="nam", name="nam-moi")
    assert caught.value.errors == {"name": ["That login name can not be modified."]}
    assert ask(peopled, "nam", action, id="nam", name="nam", about="x")["about"] == "x"
    assert ask(peopled, "root", action, id="nam", name="nam-moi")["name"] == "nam-moi"


@pytest.mark.parametrize(("data", "errors"), [
    ({}, {"name": ["Missing value"], "email": ["Missing value"], "password": ["Missing value"]}),
    ({"name": "jane", "email": "a@b", "password": "12345678"}, {"name": ["That login name is not available."]}),
    ({"name": "pipeline", "email": "a@b", "password": "12345678"}, {"name": ["That name cannot be used"]}),
    ({"name": "moi", "email": "ab", "password": "1"}, {
        "email": ["Email ab is not a valid format"], "password": ["Your password must be 8 characters or longer"]}),
])
def test_a_user_that_does_not_hold_is_refused(peopled, data, errors):
    assert refused(peopled, "user_create", **data) == errors


def test_tokens_are_ones_own(peopled):
    made = ask(peopled, "jane", "api_token_create", user="jane", name="máy trạm")
    with peopled.reading() as session:
        assert caller_of(session, made["token"]).name == "jane"
    listed = ask(peopled, "jane", "api_token_list", user_id="jane")
    assert [(row["id"], row["name"], row["last_access"]) for row in listed] == [(made["id"], "máy trạm", None)]
    assert made["token"] not in str(listed)
    for action, data in (("api_token_create", {"user": "jane", "name": "x"}), ("api_token_list", {"user_id": "jane"}),
                         ("api_token_revoke", {"jti": made["id"]}), ("api_token_create", {"user": "ai-do", "name": "x"})):
        for who in (None, "nam"):
            with pytest.raises(NotAuthorized):
                ask(peopled, who, action, **data)
    ask(peopled, "jane", "api_token_revoke", token=made["token"])
    assert ask(peopled, "root", "api_token_list", user_id="jane") == []
    with pytest.raises(NotFound):
        ask(peopled, "jane", "api_token_revoke", jti="khong-co")


def test_the_site_says_what_may_be_set_to_system_administrators(peopled):
    for who in (None, "jane"):
        for action, data in (("config_option_list", {}), ("config_option_show", {"key": "ckan.site_title"}),
                             ("config_option_update", {"ckan.site_title": "x"}), ("job_list", {})):
            with pytest.raises(NotAuthorized):
                ask(peopled, who, action, **data)
    assert ask(peopled, "root", "config_option_update", **{"ckan.site_title": "Cổng dữ liệu"}) == {"ckan.site_title": "Cổng dữ liệu"}
    assert ask(peopled, None, "status_show")["site_title"] == "Cổng dữ liệu"
    assert ask(peopled, "root", "config_option_show", key="ckan.site_title") == "Cổng dữ liệu"
    assert "ckan.site_title" in ask(peopled, "root", "config_option_list")
    assert "can not be updated" in refused(peopled, "config_option_update", secret_key="x")["message"]


def test_what_was_done_is_told_to_those_who_may_see_it(peopled):
    publish(peopled, name="kin", private=True)
    ask(peopled, "jane", "package_create", name="moi", owner_org="so-y-te")
    ask(peopled, "jane", "package_patch", id="moi", notes="x")
    ask(peopled, "jane", "package_patch", id="kin", notes="x")
    told = ask(peopled, None, "package_activity_list", id="moi")
    assert {row["activity_type"] for row in told} == {"new package", "changed package"}
    assert told[0]["data"]["package"]["name"] == "moi"
    assert "kin" not in str(ask(peopled, None, "recently_changed_packages_activity_list"))
    assert "kin" in str(ask(peopled, "root", "recently_changed_packages_activity_list"))
    assert len(ask(peopled, None, "user_activity_list", id="jane")) == 2
    assert len(ask(peopled, None, "organization_activity_list", id="so-y-te", limit=1)) == 1
    with pytest.raises(NotAuthorized, match="You must be logged in to access your dashboard."):
        ask(peopled, None, "dashboard_activity_list")
    assert len(ask(peopled, "jane", "dashboard_activity_list")) == 3
    assert ask(peopled, None, "activity_show", id=told[0]["id"]) == told[0]
    with pytest.raises(NotFound):
        ask(peopled, None, "activity_show", id="khong-co")


LISTS = {"package_activity_list": {"id": "moi"}, "organization_activity_list": {"id": "so-y-te"}, "user_activity_list": {"id": "jane"},
         "recently_changed_packages_activity_list": {}}


@pytest.mark.parametrize("hidden", [{"private": True}, {"state": "draft"}])
def test_what_a_dataset_was_called_before_it_was_public_is_told_to_nobody(peopled, hidden):
    ask(peopled, "jane", "package_create", name="ten-cu", title="Tiêu đề cũ", owner_org="so-y-te", **hidden)
    assert [row["data"]["package"]["title"] for row in ask(peopled, "jane", "package_activity_list", id="ten-cu")] == ["Tiêu đề cũ"]
    ask(peopled, "jane", "package_patch", id="ten-cu", name="moi", title="Tiêu đề mới", private=False, state="active")
    for action, data in LISTS.items():
        told = [row for row in ask(peopled, None, action, **data) if "zz-" not in row["data"]["package"]["name"]]
        assert [(row["data"]["package"]["name"], row["data"]["package"]["title"]) for row in told] == [("moi", "Tiêu đề mới")] * 2
        assert ask(peopled, None, "activity_show", id=told[0]["id"]) == told[0]


def test_nothing_is_told_of_deleted_organizations_groups_and_users(peopled):
    for kind in ("organization", "group"):
        ask(peopled, "root", f"{kind}_create", name=f"{kind}-bi-xoa")
        ask(peopled, "root", f"{kind}_delete", id=f"{kind}-bi-xoa")
        with pytest.raises(NotAuthorized):
            ask(peopled, None, f"{kind}_activity_list", id=f"{kind}-bi-xoa")
    assert "bi-xoa" not in str(ask(peopled, None, "user_activity_list", id="root"))
    assert "bi-xoa" in str(ask(peopled, "root", "user_activity_list", id="root"))
    ask(peopled, "root", "user_delete", id="jane")
    with pytest.raises(NotFound):
        ask(peopled, None, "user_activity_list", id="jane")
