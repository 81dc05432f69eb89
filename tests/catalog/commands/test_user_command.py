"""Accounts by the command line: made with a token and a place, and listed."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from support.publishing import furnish

from catalog.commands import user
from catalog.errors import Invalid, NotFound
from catalog.tokens import caller_of


@pytest.fixture
def run(site, monkeypatch):
    furnish(site)
    monkeypatch.setattr(user, "site_here", lambda: site)
    return lambda *arguments: CliRunner().invoke(user.user, arguments)


def test_an_account_is_made_with_a_token_and_a_place(run, site):
    made = json.loads(run("add", "jane", "--email", "jane@x.vn", "--agency", "so-y-te", "--agency", "so-du-lich:member", "--json").stdout)
    secret = run("add", "root", "--sysadmin").stdout.strip()
    with site.reading() as session:
        assert (caller_of(session, made["token"]).name, caller_of(session, made["token"]).may_all) == ("jane", False)
        assert caller_of(session, secret).may_all
    listed = json.loads(run("list", "--json").stdout)
    assert [(row["name"], row["sysadmin"], row["agencies"]) for row in listed] == [
        ("jane", False, {"so-du-lich": "member", "so-y-te": "editor"}), ("root", True, {})]
    assert "so-y-te (editor)" in run("list").stdout


@pytest.mark.parametrize(("arguments", "error"), [
    (("A B",), Invalid), (("jane", "--agency", "khong-co"), NotFound), (("jane", "--agency", "so-y-te:king"), Invalid)])
def test_what_does_not_hold_makes_nothing(run, arguments, error):
    assert isinstance(run("add", *arguments).exception, error)
    assert json.loads(run("list", "--json").stdout) == []
