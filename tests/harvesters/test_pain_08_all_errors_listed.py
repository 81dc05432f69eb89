"""Pain 8: errors that cannot be read, of which only twenty are shown, and old ones that come back."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from support.seeding import add_source
from support.stepping import step_through
from support.visiting import visitor
from support.web_server import WebServer, reply, web_server

from catalog import runs
from catalog.clock import FrozenClock
from catalog.models import IssueRow
from catalog.site import Site

RECORDS = 120


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


def entry(number: int, broken: bool) -> dict[str, Any]:
    """Every second record is broken, in one of three ways."""
    title, licence = f"Bộ {number}", "https://creativecommons.org/licenses/by/4.0/"
    if broken and number % 2:
        title, licence = ("", licence) if number % 3 == 0 else (title, "giấy phép riêng") if number % 3 == 1 else (title, 7)
    return {"identifier": f"={number}", "title": title, "license": licence, "distribution": [{"downloadURL": "https://a.example.vn/a.pdf", "format": "PDF"}]}


def serve(server: WebServer, *, broken: bool) -> None:
    server.routes["/data.json"] = reply(json.dumps({"dataset": [entry(number, broken) for number in range(RECORDS)]}))


def table(site: Site, run_id: str) -> list[dict[str, str]]:
    answer = visitor(site).get(f"/runs/{run_id}/issues.csv")
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8")
    assert answer.data.startswith(b"\xef\xbb\xbf"), "Excel must read the letters"
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"), newline="")))


def test_every_error_is_listed_grouped_by_cause_and_in_both_languages(site, server):
    add_source(site, url=server.url("/data.json"), connector="dcat-us")
    serve(server, broken=True)
    run = step_through(site)
    rows = table(site, run["run"])
    assert len(rows) == sum(run["issues"].values()) >= RECORDS / 2, "all of them, not the first twenty"
    assert {row["identifier"] for row in rows} == {f"'={number}" for number in range(1, RECORDS, 2)}, "and no cell runs as a formula"
    for row in rows:
        assert row["vi"] and row["vi_mend"] and row["en"] and row["en_mend"] and row["who"], row
    with site.reading() as session:
        causes = runs.causes(session, run["run"])
    assert {cause.code: cause.count for cause in causes} == Counter(row["code"] for row in rows)
    assert 2 <= len(causes) <= 4
    page = visitor(site).get(f"/runs/{run['run']}").get_data(as_text=True)
    assert f"/runs/{run['run']}/issues.csv" in page


def test_what_was_mended_is_closed_and_never_comes_back(site, server):
    add_source(site, url=server.url("/data.json"), connector="dcat-us")
    serve(server, broken=True)
    first = step_through(site)
    serve(server, broken=False)
    for days in (1, 2):
        run = step_through(replace(site, clock=FrozenClock(site.clock.now() + timedelta(days=days))))
        assert (run["status"], run["issues"], table(site, run["run"])) == ("succeeded", {}, [])
    assert {row["closed_at"][:10] for row in table(site, first["run"])} == {"2024-10-01"}
    with site.reading() as session:
        assert list(session.scalars(select(IssueRow.code).where(IssueRow.closed_at.is_(None)))) == []


def test_one_that_stays_keeps_the_day_on_which_it_was_first_seen(site, server):
    add_source(site, url=server.url("/data.json"), connector="dcat-us")
    serve(server, broken=True)
    step_through(site)
    run = step_through(replace(site, clock=FrozenClock(site.clock.now() + timedelta(days=3))), forced=True)
    rows = table(site, run["run"])
    assert {(row["first_seen"][:10], row["last_seen"][:10]) for row in rows} == {("2024-09-30", "2024-10-03")}
    with site.reading() as session:
        still = list(session.scalars(select(IssueRow).where(IssueRow.closed_at.is_(None))))
    assert len(still) == len(rows), "the same trouble is open once"


def test_a_run_that_is_none_has_no_table(site):
    assert visitor(site).get("/runs/00000000-0000-4000-8000-000000000000/issues.csv").status_code == 404
