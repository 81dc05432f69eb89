"""A portal whose pages change while they are read, come twice, or never end: nothing is lost, nothing doubled, and it is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from support.seeding import add_source
from support.sites import ImpatientSite, site_on
from support.stepping import step_through
from support.web_server import Handler, WebServer, reply, web_server

from catalog.clock import FrozenClock
from catalog.models import Dataset, IssueRow, Known
from catalog.net import Limits

ROWS = 2  # of one page, whatever is asked for
NAMES = [f"bo-{n}" for n in range(7)]

Shape = Callable[[int, list[str]], tuple[list[str], int]]  # start, names in order -> names of the page, the total that is said


def right(start: int, names: list[str]) -> tuple[list[str], int]:
    return names[start:start + ROWS], len(names)


def with_one_more_in_front(start: int, names: list[str]) -> tuple[list[str], int]:
    """After the first page a record came in front: the last of each page is the first of the next."""
    return right(start, ["bo-moi", *names] if start else names)


def with_one_less_in_front(start: int, names: list[str]) -> tuple[list[str], int]:
    """After the first page its first record went: one record falls between two pages."""
    return right(start, names[1:] if start else names)


def always_the_first_page(start: int, names: list[str]) -> tuple[list[str], int]:
    return names[:ROWS], len(names)


def ends_early(start: int, names: list[str]) -> tuple[list[str], int]:
    """The third page is empty although the total says that there is more."""
    return (names[start:start + ROWS] if start < 2 * ROWS else []), len(names)


def says_too_many(start: int, names: list[str]) -> tuple[list[str], int]:
    return names[start:start + ROWS], len(names) + 1000


def two_pages_in_turn(start: int, names: list[str]) -> tuple[list[str], int]:
    """Pages that differ from the one before and still repeat, and a total that is never reached."""
    first = (start // ROWS % 2) * ROWS
    return names[first:first + ROWS], 40


def gives_one_page_twice(start: int, names: list[str]) -> tuple[list[str], int]:
    """The first page comes again in place of the third: as many rows as there are datasets, and two are not among them."""
    return names[:ROWS] if start == 2 * ROWS else names[start:start + ROWS], len(names)


# What is said of each.
SAID: dict[Shape, set[str]] = {
    with_one_more_in_front: {"duplicate-identifier"},
    with_one_less_in_front: {"listing-changed"},
    always_the_first_page: {"listing-incomplete"},
    ends_early: {"listing-incomplete"},
    says_too_many: {"listing-incomplete"},
    gives_one_page_twice: {"duplicate-identifier", "listing-incomplete"},
    two_pages_in_turn: {"duplicate-identifier", "listing-incomplete"},
}


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request, tmp_path) -> Iterator[ImpatientSite]:
    with site_on(request.param, request, tmp_path, Limits(interval=0, retries=0)) as site:
        yield site


def serve(server: WebServer, shape: Shape) -> None:
    def route(handler: Handler) -> None:
        names, total = shape(int(handler.params.get("start", 0)), NAMES)
        rows = [{"id": name, "title": f"Bộ {name}", "resources": [{"url": "https://a.example.vn/a.pdf", "format": "PDF"}]} for name in names]
        reply(json.dumps({"success": True, "result": {"count": total, "results": rows}}))(handler)

    server.routes["/api/3/action/package_search"] = route


def afterwards(site: ImpatientSite, days: int) -> ImpatientSite:
    return replace(site, clock=FrozenClock(site.clock.now() + timedelta(days=days)))


@pytest.mark.parametrize("shape", SAID, ids=lambda shape: shape.__name__)
def test_nothing_is_lost_or_doubled_and_the_next_good_run_heals(site, server, shape):
    serve(server, right)
    add_source(site, url=server.url())
    assert step_through(site)["counts"] == {"created": 7}
    serve(server, shape)
    for days in (1, 9, 20):  # beyond the grace after which what is gone is archived
        run = step_through(afterwards(site, days))
        assert run["status"] == "succeeded-with-issues" or {"listing-changed"} == SAID[shape]
        with site.reading() as session:
            assert set(session.scalars(select(IssueRow.code).where(IssueRow.run_id == run["run"]))) == SAID[shape]
            held = list(session.scalars(select(Dataset).where(Dataset.identifier.in_(NAMES))))
            assert [dataset.state for dataset in held] == ["active"] * 7
            assert list(session.scalars(select(Known.identifier).where(Known.missing_since.is_not(None)))) == []
    serve(server, right)
    run = step_through(afterwards(site, 21))
    with site.reading() as session:
        assert list(session.scalars(select(IssueRow.code).where(IssueRow.closed_at.is_(None)))) == []
        assert sorted(session.scalars(select(Dataset.identifier))) == NAMES
    assert (run["status"], run["records"]) == ("succeeded", 7)
