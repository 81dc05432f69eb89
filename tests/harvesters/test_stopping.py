"""A run that has to stop: called off in the middle of a wait, or over its time. What is finished stays."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

import pytest
from sqlalchemy import select
from support.harvesting import PATIENCE, order_run, wait
from support.portal import Portal, serving
from support.scheduling import change
from support.seeding import add_source
from support.web_server import Route, WebServer, reply, silent, streamed

from catalog import jobs
from catalog.clock import HANOI
from catalog.models import IssueRow, Run, Source, Staged
from catalog.net.ledger import OwnLedger
from catalog.runs import counters
from catalog.site import Site
from harvesters.harvest_command import results
from harvesters.stopping import must_stop
from harvesters.worker import working

SOON = 8  # seconds; each of these waits would go on for thirty or more
LISTING = "/api/3/action/package_search"
DRIP = streamed({"Content-Type": "text/csv"}, b"ma,ten\n", 900, 0.1)
BUSY = reply("", status=429, retry_after="29")


def listing_of(server: WebServer) -> Route:
    link = {"id": "r", "url": server.url("/lon.csv"), "format": "CSV"}
    return reply(json.dumps({"success": True, "result": {"count": 1, "results": [{"id": "bo", "title": "Bộ", "resources": [link]}]}}))


def until_asked(server: WebServer, path: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not any(asked.startswith(path) for _, asked, _ in server.asked):
        assert time.monotonic() < deadline, f"{path} was never asked for"
        time.sleep(0.02)


@dataclass(frozen=True)
class RestedSite(Site):
    """A site after the pause that a host has asked for: neither its way out nor its ledger remembers it."""

    @cached_property
    def ledger(self) -> OwnLedger:
        return OwnLedger(time.monotonic)


def call_off(site: Site, run_id: str) -> None:
    with site.writing() as session:
        assert jobs.cancel(session, run_id, site.clock.now())


@pytest.mark.parametrize(("path", "route"), [
    ("/lon.csv", DRIP), ("/lon.csv", silent(25)), ("/lon.csv", BUSY), (LISTING, DRIP), (LISTING, silent(25)), (LISTING, BUSY),
], ids=["dripping file", "silent file", "busy file", "dripping listing", "silent listing", "busy listing"])
def test_a_run_that_is_called_off_stops_within_seconds_whatever_it_waits_for(site, server, path, route):
    server.routes[LISTING] = listing_of(server)
    server.routes[path] = route
    add_source(site, url=server.url())
    run_id = order_run(site)
    with working(site):
        until_asked(server, path)
        call_off(site, run_id)
        begin = time.monotonic()
        assert wait(site, run_id) == "cancelled"
        assert time.monotonic() - begin < SOON
    assert results(site, [run_id])[0]["counts"] == {}
    server.routes[LISTING], server.routes["/lon.csv"] = listing_of(server), reply("ma,ten\n1,a\n")
    rested = RestedSite(settings=site.settings, engine=site.engine, files=site.files, clock=site.clock)
    again = order_run(rested)
    with working(rested):
        assert wait(rested, again) == "succeeded"
    assert results(site, [again])[0]["counts"] == {"created": 1}


def test_a_run_that_waits_for_its_turn_is_cancelled_at_once_and_stays_so(site, server):
    server.routes[LISTING] = listing_of(server)
    server.routes["/lon.csv"] = reply("ma,ten\n1,a\n")
    add_source(site, url=server.url())
    run_id = order_run(site)
    call_off(site, run_id)
    with site.reading() as session:
        assert session.get_one(Run, run_id).status == "cancelled"
    again = order_run(site)
    with working(site):
        assert wait(site, again) == "succeeded"
    with site.reading() as session:
        run = session.get_one(Run, run_id)
        assert (run.status, run.started_at) == ("cancelled", None)
        assert counters(session, [run_id])[run_id].done == 0


@dataclass
class MovedClock:
    """A clock that a test moves on."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment

    def today(self) -> date:
        return self.moment.astimezone(HANOI).date()


class SlowPortal(Portal):
    """A portal whose listing has two pages, of which the second comes when the test lets go."""

    def __init__(self) -> None:
        super().__init__(80, page=50)
        self.asked_for_more, self.let_go = threading.Event(), threading.Event()

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, str, bytes]:
        if query.get("start") == ["50"]:
            self.asked_for_more.set()
            self.let_go.wait(25)
        return super().answer(path, query)


@pytest.mark.parametrize(("own", "hours", "said"), [(None, 6, "6"), (0.5, 0.5, "0.5"), (20, 20, "20")])
def test_a_run_over_its_time_fails_and_keeps_what_is_finished(site, own, hours, said):
    there = replace(site, clock=MovedClock(site.clock.now()))
    with serving(SlowPortal()) as portal:
        source_id = add_source(there, url=portal.url)
        change(there, source_id, expectations={"hours": own} if own else {})
        run_id = order_run(there)
        with working(there):
            assert portal.asked_for_more.wait(PATIENCE)
            there.clock.moment += timedelta(hours=hours) - timedelta(seconds=1)
            with there.reading() as session:
                run, source = session.get_one(Run, run_id), session.get_one(Source, source_id)
            assert not must_stop(run, source, there)
            there.clock.moment += timedelta(seconds=1)
            assert wait(there, run_id) == "failed"
        assert results(there, [run_id])[0]["counts"] == {"created": 50}
        with there.reading() as session:
            issue = session.scalars(select(IssueRow).where(IssueRow.run_id == run_id, IssueRow.severity == "error")).one()
            assert (issue.code, issue.who, issue.facts) == ("run-deadline", "platform", {"hours": said})
            assert session.scalar(select(Staged.identifier)) is None
        portal.let_go.set()
        again = order_run(there)
        with working(there):
            assert wait(there, again) == "succeeded"
        assert results(there, [again])[0]["counts"] == {"unchanged": 50, "created": 30}
