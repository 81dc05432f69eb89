"""Pain 6: harvests that hang on slow servers."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from support.seeding import add_source
from support.sites import ImpatientSite, site_on
from support.stepping import step_through
from support.web_server import Handler, Route, WebServer, reply, silent, streamed, web_server

from catalog.models import IssueRow
from catalog.net import Limits

FILES = 60
LIMITS = Limits(connect=1, read=0.4, total=2, total_download=2, retries=1, backoff=0.01, failures=3, rest=300, interval=0)


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request, tmp_path) -> Iterator[ImpatientSite]:
    with site_on(request.param, request, tmp_path, LIMITS) as site:
        yield site


def timed(site: ImpatientSite) -> tuple[dict, float]:
    began = time.monotonic()
    return step_through(site), time.monotonic() - began


@pytest.mark.parametrize(("route", "code"), [(silent(2), "time-out"), (streamed({}, b" ", 100, 0.05), "too-slow")])
def test_a_listing_that_does_not_come_ends_the_run(site, server, route: Route, code: str):
    server.routes["/data.json"] = route
    add_source(site, url=server.url("/data.json"), connector="dcat-us")
    run, seconds = timed(site)
    assert (run["status"], run["issues"]) == ("failed", {"error": 1})
    assert seconds < 10
    with site.reading() as session:
        assert session.scalars(select(IssueRow.code)).one() == code


def test_a_server_that_is_silent_on_every_file_is_asked_a_few_times_not_once_a_file(site, server):
    """Sixty files of a server that never answers would take a minute at these limits, and hours at the real ones."""
    asked = []

    def never(handler: Handler) -> None:
        asked.append(handler.path)
        silent(1.2)(handler)

    entries = []
    for n in range(FILES):
        server.routes[f"/{n}.csv"] = never
        entries.append({"identifier": f"bo-{n}", "title": f"Bộ {n}", "distribution": [{"downloadURL": server.url(f"/{n}.csv"), "format": "CSV"}]})
    server.routes["/data.json"] = reply(json.dumps({"dataset": entries}))
    add_source(site, url=server.url("/data.json"), connector="dcat-us")
    run, seconds = timed(site)
    assert (run["status"], run["counts"], run["issues"]) == ("succeeded-with-issues", {"created": FILES}, {"error": FILES})
    assert len(asked) <= LIMITS.failures + LIMITS.per_host
    assert seconds < 15
