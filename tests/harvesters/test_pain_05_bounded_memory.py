"""Pain 5: harvests whose memory grows with the catalogue."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator

import pytest
from support.seeding import add_agency, add_source
from support.stepping import step_through
from support.web_server import Handler, WebServer, reply, web_server

from catalog.models import Source
from catalog.site import Site

PAD = "x" * 60_000  # characters in each record that nobody needs; a page of a hundred has 6 MB
SMALL, LARGE = 200, 600


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


def serve(server: WebServer, path: str, count: int) -> None:
    """A CKAN portal of so many datasets that gives a hundred rows at a time."""

    def route(handler: Handler) -> None:
        start = int(handler.params.get("start", 0))
        rows = [{"id": f"{path}-{n}", "title": f"Bộ {path} {n}", "padding": PAD, "resources": [{"url": "https://a.example.vn/a.pdf", "format": "PDF"}]}
                for n in range(start, min(start + 100, count))]
        reply(json.dumps({"success": True, "result": {"count": count, "results": rows}}))(handler)

    server.routes[f"/{path}/api/3/action/package_search"] = route


def peak(site: Site, name: str) -> float:
    """The most memory that a harvest holds beyond what was there before, in MiB."""
    tracemalloc.start(1)
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        assert step_through(site, name)["status"] == "succeeded"
        return (tracemalloc.get_traced_memory()[1] - before) / (1 << 20)
    finally:
        tracemalloc.stop()


def test_three_times_the_catalogue_takes_no_more_memory(site, server):
    """What the peak grows by over what the catalogue grows by: 1 or more if the catalogue were held, 0 if pages pass through."""
    serve(server, "nho", SMALL)
    serve(server, "lon", LARGE)
    add_source(site, url=server.url("/nho"), name="nho", incremental="no")
    with site.writing() as session:
        agency = add_agency(site, session, "so-khac")
        session.add(Source(name="lon", agency_id=agency.id, connector="ckan", url=server.url("/lon"), options={"incremental": "no"}, created=site.clock.now()))
    small, large = peak(site, "nho"), peak(site, "lon")
    grown = (LARGE - SMALL) * len(PAD) / (1 << 20)
    assert (large - small) / grown < 0.25, f"{small:.1f} MiB for {SMALL} records, {large:.1f} MiB for {LARGE}, {grown:.1f} MiB apart"
