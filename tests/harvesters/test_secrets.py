"""A source's secret reaches the server it is for, and nobody and nothing else."""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Sequence
from contextlib import chdir

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, inspect, select, text
from support.commands import haidang as haidang_apart
from support.harvesting import environment, harvest
from support.seeding import add_source
from support.sources import KINDS
from support.terminal import at_terminal
from support.web_server import reply

from catalog.cli import build
from catalog.issues import say
from catalog.models import IssueRow, Source
from catalog.site import Site, open_site, site_here

SECRET = "M4t-khau/b1+mat=cua'nguon"
PARTS = (SECRET.encode(), json.dumps(SECRET).strip('"').encode())


@pytest.fixture
def portal(server):
    """A portal that answers its users only, and what the source of it is called with."""
    source = KINDS["opendatasoft"].serve(server, [KINDS["opendatasoft"].entry(n) for n in range(3)])
    return server, source.url


def haidang(site, *words: str, typed: str = "") -> Result:
    """Type a command in the site's folder and environment, in this process, whose log is the test's."""
    opened: list[Site] = []

    def open_here() -> Site:
        opened.append(site_here())
        return opened[-1]

    with chdir(site.settings.var), pytest.MonkeyPatch.context() as patch:
        patch.setattr("harvesters.source_commands.site_here", open_here)
        try:
            return CliRunner(env=environment(site.settings)).invoke(build(), words, input=typed, catch_exceptions=False)
        finally:
            for one in opened:
                one.engine.dispose()


def adding(url: str, *more: str) -> Sequence[str]:
    return ("source", "add", "moi", "--agency", "so-y-te", "--connector", "opendatasoft", "--url", url, *more)


def add(site, url: str, *more: str, typed: str = SECRET + "\n") -> Result:
    return haidang(site, *adding(url, *more), typed=typed)


def stored(site) -> Source:
    with site.reading() as session:
        return session.scalars(select(Source).where(Source.name == "moi")).one()


def everything_kept(site) -> list[bytes]:
    """All that the site keeps anywhere: every file below its folder, every row of every table of its database."""
    folder = site.settings.var.parent
    kept = [path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "mat-khau"]
    with site.engine.connect() as connection:
        for schema in inspect(connection).get_schema_names():
            if schema not in ("information_schema", "pg_catalog"):
                kept += [repr(tuple(row)).encode() for table in inspect(connection).get_table_names(schema)
                         for row in connection.execute(text(f'SELECT * FROM "{schema}"."{table}"'))]
    return kept


def expect_untold(*told: bytes | str) -> None:
    for one in told:
        data = one.encode() if isinstance(one, str) else one
        assert not any(part in data for part in PARTS)


def sent(server) -> set[str | None]:
    return {headers.get("authorization") for _, path, headers in server.asked if "/api/explore" in path}


def test_a_secret_goes_to_its_server_and_stands_nowhere_else(site, portal, caplog):
    caplog.set_level(logging.DEBUG)
    add_source(site, url="http://127.0.0.1:9/")
    server, url = portal
    added = haidang_apart(site, *adding(url, "--secret", "api_key"), typed=SECRET + "\n")
    assert added.returncode == 0, added.stderr
    run = harvest(site, "moi")
    assert run["counts"] == {"created": 3}
    assert sent(server) == {f"Apikey {SECRET}"}
    outputs = [haidang(site, *words) for words in (
        ("source", "show", "moi"), ("source", "show", "moi", "--json"), ("source", "list"), ("source", "list", "--json"),
        ("source", "preview", "moi"), ("source", "preview", "moi", "--json"), ("source", "pause", "moi"))]
    assert all(output.stdout or output.stderr for output in outputs)
    expect_untold(added.stdout, added.stderr, json.dumps(run), caplog.text, repr(stored(site)), *(said for output in outputs for said in (output.stdout, output.stderr)))
    expect_untold(*everything_kept(site))
    assert list(stored(site).secrets) == ["api_key"]


def test_a_source_that_fails_tells_nothing_of_its_secret(site, portal, caplog):
    caplog.set_level(logging.DEBUG)
    add_source(site, url="http://127.0.0.1:9/")
    server, url = portal
    add(site, url, "--secret", "api_key")
    for path in list(server.routes):
        server.routes[path] = reply(f"<p>Apikey {SECRET} không đúng", status=401)
    run = harvest(site, "moi")
    shown = haidang(site, "source", "preview", "moi", "--json")
    assert (run["status"], shown.exit_code) == ("failed", 1)
    expect_untold(json.dumps(run), caplog.text, shown.stdout, shown.stderr, *everything_kept(site))


def test_a_secret_stays_when_the_source_is_changed_and_it_is_not_given_again(site, portal):
    add_source(site, url="http://127.0.0.1:9/")
    server, url = portal
    add(site, url, "--secret", "api_key")
    assert add(site, url + "?a=b", "--title", "Tên khác", typed="").exit_code == 0
    harvest(site, "moi")
    assert sent(server) == {f"Apikey {SECRET}"}


def test_a_secret_never_moves_to_another_server(site, portal):
    add_source(site, url="http://127.0.0.1:9/")
    add(site, portal[1], "--secret", "api_key")
    moved = add(site, "http://localhost:9/", typed="")
    assert moved.exit_code == 2
    assert "máy chủ khác" in moved.stderr
    assert "another server" in moved.stderr
    assert stored(site).url == portal[1]
    assert add(site, "http://localhost:9/", "--forget", "api_key", typed="").exit_code == 0
    assert stored(site).secrets == {}


def test_a_removed_source_keeps_no_secret(site, portal):
    add_source(site, url="http://127.0.0.1:9/")
    add(site, portal[1], "--secret", "api_key")
    assert haidang(site, "source", "remove", "moi").exit_code == 0
    assert stored(site).secrets == {}


def test_a_secret_may_come_from_a_file(site, portal, tmp_path):
    add_source(site, url="http://127.0.0.1:9/")
    (tmp_path / "mat-khau").write_text(SECRET + "\n")
    assert add(site, portal[1], "--secret", f"api_key=@{tmp_path / 'mat-khau'}", typed="").exit_code == 0
    harvest(site, "moi")
    assert sent(portal[0]) == {f"Apikey {SECRET}"}


@pytest.mark.parametrize(("words", "vi", "en"), [
    (("--option", f"api_key={SECRET}"), "là thông tin bí mật", "is secret"),
    (("--secret", f"api_key={SECRET}"), "trên dòng lệnh", "on the command line"),
    (("--secret", "api_key=@/khong/co"), "Không đọc được", "cannot be read"),
    (("--secret", "where"), "không phải thông tin bí mật", "is not secret"),
    (("--secret", "khong-co"), "không có tùy chọn", "has no option"),
    (("--secret", "api_key"), "Chưa có giá trị", "There is no value"),
])
def test_a_secret_given_in_the_wrong_way_is_refused_without_repeating_it(site, words, vi, en, caplog):
    caplog.set_level(logging.DEBUG)
    add_source(site, url="http://127.0.0.1:9/")
    refused = add(site, "http://127.0.0.1:9/", *words, typed="")
    assert refused.exit_code == 2
    assert vi in refused.stderr
    assert en in refused.stderr
    expect_untold(refused.stdout, refused.stderr, caplog.text)
    with site.reading() as session:
        assert session.scalar(select(func.count()).select_from(Source).where(Source.name == "moi")) == 0


def test_a_changed_secret_key_is_an_issue_for_the_platform_and_nothing_is_lost(site, portal):
    add_source(site, url="http://127.0.0.1:9/")
    add(site, portal[1], "--secret", "api_key")
    harvest(site, "moi")
    changed = open_site(dataclasses.replace(site.settings, secret_key="another-key-of-the-same-site-0123456789"), clock=site.clock)
    portal[0].asked.clear()
    try:
        run = harvest(changed, "moi")
        with changed.reading() as session:
            issue = session.scalars(select(IssueRow).where(IssueRow.closed_at.is_(None), IssueRow.identifier.is_(None))).one()
        shown = haidang(changed, "source", "preview", "moi")
        again = add(changed, portal[1], "--secret", "api_key")
        mended = harvest(changed, "moi")
    finally:
        changed.engine.dispose()
    assert (run["status"], issue.code, issue.who) == ("failed", "source-secret-unreadable", "platform")
    assert shown.exit_code == 1
    assert "HAIDANG_SECRET_KEY" in shown.stderr
    assert again.exit_code == 0
    assert mended["counts"] == {"unchanged": 3}
    assert sent(portal[0]) == {f"Apikey {SECRET}"}


def test_a_sealed_value_copied_to_another_source_does_not_open(site, portal):
    other = add_source(site, url=portal[1], connector="opendatasoft")
    add(site, portal[1], "--secret", "api_key")
    with site.writing() as session:
        session.get_one(Source, other).secrets = dict(stored(site).secrets)
    assert harvest(site)["status"] == "failed"
    assert sent(portal[0]) == set()


def test_on_a_terminal_a_secret_is_typed_unseen(site, portal):
    """A real terminal: what is typed at the hidden question is not echoed."""
    add_source(site, url="http://127.0.0.1:9/")
    code, told = at_terminal(site, adding(portal[1], "--secret", "api_key"), [SECRET])
    assert code == 0, told
    assert "Khóa API" in told
    assert "API key" in told
    expect_untold(told)
    harvest(site, "moi")
    assert sent(portal[0]) == {f"Apikey {SECRET}"}


def test_the_words_of_the_issue_name_the_option_and_no_value():
    from catalog.issues import Issue

    said = say(Issue("source-secret-unreadable", facts={"names": "api_key"}), "vi")
    assert "api_key" in said.what
