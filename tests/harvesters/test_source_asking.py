"""`haidang source add` asks for what a connector needs and was not given; where nobody can answer, it names what is missing."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from support.harvesting import environment
from support.seeding import add_source
from support.sftp_server import PASSWORD, USER
from support.terminal import at_terminal

from catalog.cli import build
from catalog.errors import UsageError
from catalog.models import Source
from harvesters.asking import Request, ask
from harvesters.base import Option, SourceSpec
from harvesters.connectors import connect, kinds, missing
from harvesters.describing import DEFAULTS

KEY = "SHA256:" + "A" * 43
ADD = ("source", "add", "moi", "--agency", "so-y-te", "--connector", "sftp", "--url", "sftp://127.0.0.1/du-lieu")


def saved(site) -> list[dict]:
    with site.reading() as session:
        return list(session.scalars(select(Source.options).where(Source.name == "moi")))


def test_on_a_terminal_each_missing_option_is_asked_for_in_both_languages(site):
    add_source(site, url="http://127.0.0.1:9/")
    code, screen = at_terminal(site, ADD, [USER, KEY])
    assert code == 0, screen
    for words in ("Tên đăng nhập", "User name", "Dấu vân tay khóa", "Fingerprint of the server"):
        assert words in screen
    assert saved(site) == [{"user": USER, "host_key": KEY}]


def test_what_was_given_is_not_asked_for(site):
    add_source(site, url="http://127.0.0.1:9/")
    code, screen = at_terminal(site, [*ADD, "--option", f"user={USER}", "--secret", "password"], [PASSWORD, KEY])
    assert code == 0, screen
    assert "Tên đăng nhập" not in screen
    assert PASSWORD not in screen
    assert saved(site) == [{"user": USER, "host_key": KEY}]


def test_where_nobody_can_answer_each_missing_option_is_named(site):
    add_source(site, url="http://127.0.0.1:9/")
    said = subprocess.run([sys.executable, "-m", "catalog", *ADD], env=environment(site.settings), cwd=site.settings.var, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == 2
    for words in ("user (Tên đăng nhập)", "user (User name)", "--option user=…", "--option host_key=…", "host_key (Fingerprint"):
        assert words in said.stderr
    with site.reading() as session:
        assert session.scalar(select(func.count()).select_from(Source).where(Source.name == "moi")) == 0


def test_an_option_that_is_there_but_empty_is_missing():
    assert [option.name for option in missing("sftp", {"user": " ", "host_key": ""}, {})] == ["user", "host_key"]
    assert missing("sftp", {"user": "a", "host_key": KEY}, {}) == []


def test_a_run_of_a_source_that_lacks_an_option_is_refused_by_name(site):
    with pytest.raises(UsageError, match="host_key"):
        connect("sftp", SourceSpec(name="x", url="sftp://127.0.0.1/", options={"user": "a"}), site.net)


def test_a_connector_that_does_not_exist_is_named_before_anything_is_asked(site):
    with pytest.raises(UsageError, match="khong-co"):
        ask(Request(connector="khong-co", url="x", options={}), None, site.settings)


def test_every_connector_is_shown_with_what_it_needs_and_what_it_hides(site):
    rows = {row["kind"]: row for row in json.loads(CliRunner().invoke(build(), ["source", "kinds", "--json"]).stdout)}
    assert set(rows) == set(kinds())
    marks = {option["name"]: (option["required"], option["secret"]) for option in rows["sftp"]["options"]}
    assert (marks["host_key"], marks["password"], marks["theme"]) == ((True, False), (False, True), (False, False))
    shown = CliRunner().invoke(build(), ["source", "kinds"]).stdout
    assert "(bắt buộc · required)" in shown
    assert "(bí mật · secret)" in shown


def test_an_option_that_is_required_has_no_default():
    """One that has a default is never missing."""
    wrong = [option.name for connector in kinds().values() for option in connector.options if option.required and option.default is not None]
    assert wrong == []
    assert all(isinstance(option, Option) and not option.required and not option.secret for option in DEFAULTS)
