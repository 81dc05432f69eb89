"""A folder that robots.txt closes: the run says so to the agency, nothing that was live goes, and opening it heals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from support.saying import as_issue, assert_said_in_both_languages
from support.seeding import add_source
from support.sites import ImpatientSite, site_on
from support.stepping import step_through
from support.web_server import WebServer, reply, web_server

from catalog.clock import FrozenClock
from catalog.models import Dataset, IssueRow, Known
from catalog.net import Limits

LISTING = "".join(f'<a href="{name}">{name}</a>  2024-09-30 10:00  1K\n' for name in ("a.csv", "b.csv", "c.csv"))


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as server:
        server.routes |= {f"/so-lieu/{name}.csv": reply("a,b\n1,2\n", content_type="text/csv") for name in "abc"}
        server.routes["/so-lieu/"] = reply(f"<html><pre>{LISTING}</pre></html>")
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request, tmp_path) -> Iterator[ImpatientSite]:
    with site_on(request.param, request, tmp_path, Limits(interval=0, retries=0)) as site:
        yield site


def afterwards(site: ImpatientSite, days: int) -> ImpatientSite:
    """The same site some days later, with rules that are read anew."""
    return replace(site, clock=FrozenClock(site.clock.now() + timedelta(days=days)))


@pytest.mark.parametrize(("robots", "status", "code"), [
    (reply("User-agent: HaiDang\nDisallow: /so-lieu/"), "failed", "robots-disallowed"),
    (reply("User-agent: *\nDisallow: /so-lieu/b"), "succeeded-with-issues", "robots-disallowed"),
    (reply("", status=500), "failed", "robots-unreadable")])
def test_what_is_closed_stays_as_it_was_and_the_agency_learns_how_to_open_it(site, server, robots, status, code):
    add_source(site, url=server.url("/so-lieu/"), connector="directory")
    assert step_through(site)["counts"] == {"created": 3}
    server.routes["/robots.txt"] = robots
    for days in (1, 9, 20):  # beyond the grace after which what is gone is archived
        run = step_through(afterwards(site, days))
        assert run["status"] == status
        with site.reading() as session:
            row = session.scalars(select(IssueRow).where(IssueRow.run_id == run["run"])).one()
            assert (row.code, row.who) == (code, "agency")
            assert_said_in_both_languages(as_issue(row))
            assert [dataset.state for dataset in session.scalars(select(Dataset))] == ["active"] * 3
            assert set(session.scalars(select(Known.missing_since))) == {None}
    del server.routes["/robots.txt"]
    assert step_through(afterwards(site, 21))["status"] == "succeeded"
    with site.reading() as session:
        assert list(session.scalars(select(IssueRow.code).where(IssueRow.closed_at.is_(None)))) == []


def test_an_address_that_an_agency_registered_is_no_crawling(site, server):
    server.routes["/robots.txt"] = reply("User-agent: *\nDisallow: /")
    add_source(site, url=server.url("/so-lieu/a.csv"), connector="file")
    assert step_through(site)["counts"] == {"created": 1}
    assert "/robots.txt" not in [path for _, path, _ in server.asked]
