"""A statistical table on its way to the catalogue: a part that fails takes nothing away, and what changed is published whole."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from support.harvesting import harvest
from support.px_server import PxServer
from support.seeding import add_source
from support.web_server import WebServer

from catalog.clock import FrozenClock
from catalog.models import IssueRow, Resource, Version
from catalog.site import Site, open_site


def published(site: Site) -> list[str]:
    """The bytes of every version of the one file, the oldest first."""
    with site.reading() as session:
        hashes = session.scalars(select(Version.sha256).order_by(Version.number)).all()
    return [site.files.path(sha256).read_text("utf-8") for sha256 in hashes]


def test_a_part_that_fails_takes_nothing_off_and_the_next_run_mends_it(site: Site, server: WebServer):
    px = PxServer(limit=18)
    px.serve(server)
    add_source(site, url=server.url("/api/v1/vi/dan-so"), connector="px-web")
    assert harvest(site)["counts"] == {"created": 1}
    assert harvest(site)["counts"] == {"unchanged": 1}
    before = published(site)
    assert (len(before), before[0].count("\n")) == (1, 55)
    assert sum(px.asked) == 54  # the second run asked for no cells

    px.updated = "2024-10-01T08:00:00Z"
    px.spoil = lambda dataset, number: {**dataset, "value": dataset["value"][:5]} if number > 4 else dataset
    px.serve(server)
    harvest(site)
    with site.reading() as session:
        assert list(session.scalars(select(IssueRow.code))) == ["cube-size"]
        assert [(resource.state, resource.reachable) for resource in session.scalars(select(Resource))] == [("active", False)]
    assert published(site) == before

    px.spoil = lambda dataset, number: {**dataset, "value": [0 if cell is None else cell for cell in dataset["value"]], "status": {}}
    later = open_site(site.settings, clock=FrozenClock(site.clock.now() + timedelta(hours=2)))
    try:
        harvest(later)
        after = published(later)
    finally:
        later.engine.dispose()
    assert after[0] == before[0]
    assert after[-1] == before[0].replace(",,..\n", ",0,\n")
