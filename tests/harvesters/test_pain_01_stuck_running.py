"""Pain 1: harvests that stand at "running" for ever and cannot be started anew."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from support.harvesting import PATIENCE, harvest, order_run, start_worker, wait
from support.seeding import add_source
from support.web_server import Handler, WebServer, reply, silent, web_server

from catalog import jobs
from catalog.models import IssueRow, Run, Source, Staged
from harvesters.connectors import kinds
from harvesters.dcat_us import DcatUs
from harvesters.worker import working


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


def listing(count: int = 3) -> str:
    return json.dumps({"dataset": [{"identifier": f"bo-{n}", "title": f"Bộ {n}", "distribution": [{"downloadURL": "https://a.example.vn/a.pdf", "format": "PDF"}]}
                                   for n in range(count)]})


def test_a_run_whose_worker_was_killed_is_ended_by_the_next_worker_and_a_new_one_may_begin(site, server, tmp_path):
    arrived = []

    def hang(handler: Handler) -> None:
        arrived.append(handler.path)
        (silent(20) if len(arrived) == 1 else reply(listing()))(handler)

    server.routes["/data.json"] = hang
    add_source(site, url=server.url("/data.json"), connector="dcat-us")
    run_id = order_run(site)
    worker, deadline = start_worker(site.settings, tmp_path / "worker.log"), time.monotonic() + PATIENCE
    try:
        while not arrived and worker.poll() is None:
            assert time.monotonic() < deadline, "the worker never asked for the listing"
            time.sleep(0.02)
    finally:
        worker.kill()
        worker.wait()
    with site.reading() as session:
        assert session.get_one(Run, run_id).status == "running", "killed in mid-run"
    with working(site):
        assert wait(site, run_id) == "succeeded"
    assert harvest(site)["counts"] == {"unchanged": 3}


def test_while_a_run_goes_on_another_is_refused_in_words_that_name_it(site, server):
    server.routes["/data.json"] = reply(listing())
    add_source(site, url=server.url("/data.json"), connector="dcat-us")
    run_id = order_run(site)
    with pytest.raises(jobs.Busy) as refused:
        orderer = jobs.Jobs(site)
        try:
            with site.writing() as session:
                orderer.order(session, session.scalars(select(Source)).one())
        finally:
            orderer.close()
    assert run_id in refused.value.vi and run_id in refused.value.en
    with working(site):
        assert wait(site, run_id) == "succeeded"


class Broken(DcatUs):
    """A connector with a fault of ours in one of its stages."""

    kind = "broken"
    stage = ""

    def page(self, cursor: str | None) -> Any:
        if self.stage == "page":
            raise ZeroDivisionError("a fault of ours")
        return super().page(cursor)

    def describe(self, item: Any) -> Any:
        if self.stage == "describe":
            raise ZeroDivisionError("a fault of ours")
        return super().describe(item)


@pytest.mark.parametrize(("stage", "status", "code"), [("page", "failed", "run-fault"), ("describe", "succeeded-with-issues", "fault")])
def test_a_fault_of_ours_ends_the_run_with_a_reference_and_the_next_one_is_well(site, server, monkeypatch, stage, status, code):
    server.routes["/data.json"] = reply(listing())
    monkeypatch.setitem(kinds(), "broken", Broken)
    monkeypatch.setattr(Broken, "stage", stage)
    add_source(site, url=server.url("/data.json"), connector="broken")
    run = harvest(site)
    assert run["status"] == status
    with site.reading() as session:
        found = list(session.scalars(select(IssueRow).where(IssueRow.run_id == run["run"], IssueRow.severity == "error")))
        assert {(row.code, row.who) for row in found} == {(code, "platform")}
        assert all(row.facts["reference"] for row in found)
        assert list(session.scalars(select(Staged))) == []
    monkeypatch.setattr(Broken, "stage", "")
    assert harvest(site)["counts"] == {"created": 3}
    with site.reading() as session:
        assert {run.status for run in session.scalars(select(Run).where(Run.finished_at.is_(None)))} == set()
        assert list(session.scalars(select(IssueRow.code).where(IssueRow.closed_at.is_(None)))) == []
