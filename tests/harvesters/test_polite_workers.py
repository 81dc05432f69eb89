"""Three workers on one PostgreSQL harvest the same host: it never sees more calls at once, or more often, than was set."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from support.fault_server import Meter
from support.harvesting import order_run, start_worker, wait
from support.seeding import add_agency
from support.sites import site_on
from support.web_server import WebServer, reply, web_server

from catalog.models import Dataset, Run, Source
from catalog.net import Limits
from catalog.settings import load
from catalog.site import Site

SOURCES, FILES = 6, 10
CALLS = 3  # at once, by setting
PAUSE = 0.05  # seconds between calls, by the sources' option


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


@pytest.fixture
def site(request, tmp_path) -> Iterator[Site]:
    with site_on("postgresql", request, tmp_path, Limits()) as site:
        yield site


def sow(site: Site, server: WebServer, meter: Meter, options: dict[str, Any]) -> None:
    """Sources of agencies of their own, so that the workers may take them side by side; all at one host."""
    for n in range(SOURCES):
        entries = []
        for f in range(FILES):
            path = f"/{n}/{f}.csv"
            server.routes[path] = meter.measured(reply(f"a,b\n{n},{f}\n", content_type="text/csv"))
            entries.append({"identifier": f"{n}-{f}", "title": f"Bộ {n} {f}", "distribution": [{"downloadURL": server.url(path), "format": "CSV"}]})
        server.routes[f"/{n}/data.json"] = meter.measured(reply(json.dumps({"dataset": entries})))
        with site.writing() as session:
            agency = add_agency(site, session, f"co-quan-{n}")
            session.add(Source(name=f"nguon-{n}", agency_id=agency.id, connector="dcat-us", url=server.url(f"/{n}/data.json"), options=options,
                               created=site.clock.now()))


def harvest_by_three(site: Site, tmp_path: Path) -> None:
    """Order every source, start three workers, wait for the runs to end."""
    run_ids = [order_run(site, f"nguon-{n}") for n in range(SOURCES)]
    workers = [start_worker(site.settings, tmp_path / f"worker-{n}.log", HAIDANG_EXECUTOR_ID=f"worker-{n}", HAIDANG_HOST_CALLS=str(CALLS)) for n in range(3)]
    try:
        assert {wait(site, run_id) for run_id in run_ids} == {"succeeded"}
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(20)
    with site.reading() as session:
        assert len(list(session.scalars(select(Dataset.id)))) == SOURCES * FILES
        assert {run.status for run in session.scalars(select(Run))} == {"succeeded"}


def test_never_more_calls_at_once_than_the_setting_says(site, server, tmp_path):
    meter = Meter(hold=0.05)
    sow(site, server, meter, {})
    harvest_by_three(site, tmp_path)
    assert meter.most == CALLS, "all places are used, and no more"
    assert len(meter.came) == SOURCES * (FILES + 1)


def test_never_more_often_than_the_source_allows_and_one_call_at_a_time(site, server, tmp_path):
    meter = Meter(hold=0.01)
    sow(site, server, meter, {"pause": str(PAUSE)})
    harvest_by_three(site, tmp_path)
    came = sorted(meter.came)
    assert (meter.most, len(came)) == (1, SOURCES * (FILES + 1))
    assert came[-1] - came[0] >= (len(came) - 1) * PAUSE - PAUSE, "over the whole the rate holds to the call"
    assert meter.most_within(20 * PAUSE) <= 21, "and over any stretch of it"


def test_the_settings_are_numbers_within_reason(tmp_path):
    from catalog.errors import UsageError

    given = {"HAIDANG_VAR": str(tmp_path), "HAIDANG_HOST_CALLS": "2", "HAIDANG_HOST_INTERVAL": "1.5"}
    settings = load(given, tmp_path)
    assert (settings.host_calls, settings.host_interval) == (2, 1.5)
    for name, value in (("HAIDANG_HOST_CALLS", "0"), ("HAIDANG_HOST_CALLS", "many"), ("HAIDANG_HOST_INTERVAL", "-1"), ("HAIDANG_HOST_INTERVAL", "nan")):
        with pytest.raises(UsageError):
            load({**given, name: value}, tmp_path)
