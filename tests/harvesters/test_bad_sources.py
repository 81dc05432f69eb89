"""A source that was good turns bad: every way in which a listing can fail, end to end, on both databases.

Every case is a source of its own, a CKAN portal, a data.json or one of each; all are harvested well, then badly.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from support.harvesting import harvest_all
from support.saying import as_issue, assert_nothing_half_done, assert_said_in_both_languages
from support.seeding import add_agency
from support.sites import site_on
from support.web_server import Route, WebServer, redirect, reply, silent, streamed, web_server

from catalog.models import Dataset, IssueRow, Known, Source
from catalog.net import Limits
from catalog.site import Site

LIMITS = Limits(connect=2, read=1.5, total=3, total_download=3, retries=1, backoff=0.01, max_bytes=1 << 20, max_download=1 << 20, interval=0, rest=0)
ZEROS = b"0" * (1 << 16)
PAGE = "<!DOCTYPE html><html><body>Bảo trì</body></html>"
KINDS = ("ckan", "dcat-us")
Body = Callable[[str, str], Any]  # connector, case -> the listing's JSON


def entry(kind: str, case: str, number: int) -> dict[str, Any]:
    """One record, with a link that is not fetched."""
    link = "https://so-yte.example.vn/bao-cao.pdf"
    if kind == "ckan":
        return {"id": f"{case}-{number}", "title": f"{case} {number}", "resources": [{"url": link, "format": "PDF"}]}
    return {"identifier": f"{case}-{number}", "title": f"{case} {number}", "distribution": [{"downloadURL": link, "format": "PDF"}]}


def listing(kind: str, entries: list[Any]) -> Any:
    return {"success": True, "result": {"count": len(entries), "results": entries}} if kind == "ckan" else {"dataset": entries}


def good(kind: str, case: str) -> Any:
    return listing(kind, [entry(kind, case, number) for number in range(3)])


def nameless(kind: str, case: str) -> Any:
    return listing(kind, [entry(kind, case, 0), {"title": "Không mã"}, entry(kind, case, 1), {"notes": "không tên"}, entry(kind, case, 2)])


def twice(kind: str, case: str) -> Any:
    return listing(kind, [*(entry(kind, case, number) for number in range(3)), {**entry(kind, case, 1), "title": "Lần thứ hai"}])


def no_objects(kind: str, case: str) -> Any:
    return listing(kind, [*(entry(kind, case, number) for number in range(3)), "chữ", 7, None, ["a"]])


def says(body: Body) -> Callable[[str, str], Route]:
    return lambda kind, case: reply(json.dumps(body(kind, case)), content_type="application/json")


def always(route: Route) -> Callable[[str, str], Route]:
    return lambda kind, case: route


@dataclass(frozen=True, kw_only=True)
class Case:
    """What the source does in its second run, or the address that it then has; and what is to be said of it."""

    code: str
    route: Callable[[str, str], Route] | None = None
    url: str | None = None
    status: str = "failed"
    own_server: bool = False  # one that is slow must not keep the others waiting for their turn at the host
    kinds: tuple[str, ...] = KINDS


PARTLY = "succeeded-with-issues"
CASES: dict[str, Case] = {
    "not-http": Case(code="url-not-http", url="ftp://127.0.0.1/data.json", kinds=("dcat-us",)),
    "a-file": Case(code="url-not-http", url="file:///etc/passwd", kinds=("dcat-us",)),
    "no-scheme": Case(code="url-broken", url="so-yte.example.vn/data.json", kinds=("dcat-us",)),
    "broken-address": Case(code="url-broken", url="http://[::1/data.json", kinds=("ckan",)),
    "private": Case(code="address-private", url="http://10.1.2.3/data.json", kinds=("dcat-us",)),
    "metadata-service": Case(code="address-private", url="http://169.254.169.254/latest", kinds=("dcat-us",)),
    "odd-address": Case(code="address-odd", url="http://0x7f000001/data.json", kinds=("dcat-us",)),
    "endless-address": Case(code="http-status", url="{server}/" + "a" * 9_000, kinds=("dcat-us",)),
    "redirect-private": Case(code="redirect-private", route=always(redirect("http://10.1.2.3/data.json"))),
    "redirect-file": Case(code="redirect-broken", route=always(redirect("file:///etc/passwd")), kinds=("ckan",)),
    "never-answers": Case(code="time-out", route=always(silent(4)), own_server=True),
    "drips": Case(code="too-slow", route=always(streamed({"Content-Type": "application/json"}, b" ", 100, 0.05)), own_server=True),
    "shorter": Case(code="cut-short", route=always(streamed({"Content-Length": "1000"}, b'{"success": true', 1))),
    "longer": Case(code="length-wrong", route=always(streamed({"Content-Length": "16"}, b'{"success": true, "result": {"count": 0}}', 1))),
    "gigabyte": Case(code="too-large", route=always(streamed({}, ZEROS, 1 << 14))),
    "declared-gigabyte": Case(code="too-large", route=always(streamed({"Content-Length": str(1 << 30)}, b"{", 1)), kinds=("ckan",)),
    "html": Case(code="not-json", route=always(reply(PAGE, content_type="text/html"))),
    "broken": Case(code="json-broken", route=always(reply('{"success": true, "dataset": [{"identifier"', content_type="application/json"))),
    "bottomless": Case(code="json-broken", route=always(reply("[" * 200_000 + "]" * 200_000))),
    "nothing": Case(code="answer-empty", route=always(reply("")), kinds=("ckan",)),
    "another-kind": Case(code="listing-of-another-kind", route=always(reply('{"hello": "world"}')), kinds=("ckan",)),
    "gone": Case(code="http-status", route=always(reply("", status=404))),
    "server-error": Case(code="http-status", route=always(reply("x", status=500)), kinds=("ckan",)),
    "empty": Case(code="source-empty", route=says(lambda kind, case: listing(kind, [])), status=PARTLY),
    "twice": Case(code="duplicate-identifier", route=says(twice), status=PARTLY),
    "nameless": Case(code="identifier-missing", route=says(nameless), status=PARTLY),
    "no-objects": Case(code="record-not-an-object", route=says(no_objects), status=PARTLY),
}


class Afternoon:
    """Every case as a source, harvested twice: `first` and `second` are the runs by the name of the source."""

    def __init__(self, site: Site, servers: dict[str, WebServer]) -> None:
        self.site, self.servers = site, servers
        for case, told in CASES.items():
            for kind in told.kinds:
                self._register(kind, case)
        self.first = harvest_all(site)
        with site.reading() as session:
            self.before = {dataset.identifier: dataset for dataset in session.scalars(select(Dataset))}
        self._spoil()
        self.second = harvest_all(site)

    def _register(self, kind: str, case: str) -> None:
        server, name = self.servers[case], f"{case}-{kind}"
        self._answer(kind, case, says(good)(kind, name))
        with self.site.writing() as session:
            agency = add_agency(self.site, session, name)
            session.add(Source(name=name, agency_id=agency.id, connector=kind, url=server.url(f"/{name}/data.json" if kind == "dcat-us" else f"/{name}"),
                               options={}, created=self.site.clock.now()))

    def _answer(self, kind: str, case: str, route: Route) -> None:
        name = f"{case}-{kind}"
        paths = [f"/{name}/data.json"] if kind == "dcat-us" else [f"/{name}/api/3/action/package_search", f"/{name}/api/3/action/package_list"]
        for path in paths:
            self.servers[case].routes[path] = route

    def _spoil(self) -> None:
        for case, told in CASES.items():
            for kind in told.kinds:
                if told.route is not None:
                    self._answer(kind, case, told.route(kind, f"{case}-{kind}"))
                if told.url is not None:
                    with self.site.writing() as session:
                        source = session.scalars(select(Source).where(Source.name == f"{case}-{kind}")).one()
                        source.url = told.url.format(server=self.servers[case].url()[:-1])

    def issues(self, name: str) -> list[IssueRow]:
        """What the second run of a source has to say."""
        with self.site.reading() as session:
            return list(session.scalars(select(IssueRow).where(IssueRow.run_id == self.second[name]["run"]).order_by(IssueRow.id)))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def afternoon(request, tmp_path_factory) -> Iterator[Afternoon]:
    folder = tmp_path_factory.mktemp("bad-sources")
    with ExitStack() as stack:
        site = stack.enter_context(site_on(request.param, request, folder, LIMITS))
        shared = stack.enter_context(web_server())
        servers = {case: stack.enter_context(web_server()) if told.own_server else shared for case, told in CASES.items()}
        yield Afternoon(site, servers)


sources = pytest.mark.parametrize("name", [f"{case}-{kind}" for case, told in CASES.items() for kind in told.kinds])


def case_of(name: str) -> Case:
    return CASES[name.removesuffix("-ckan").removesuffix("-dcat-us")]


@sources
def test_the_run_ends_and_says_what_is_wrong(afternoon: Afternoon, name: str):
    case = case_of(name)
    assert afternoon.first[name]["counts"] == {"created": 3}
    assert afternoon.second[name]["status"] == case.status
    assert {row.code for row in afternoon.issues(name)} == {case.code}


@sources
def test_the_issue_names_place_cause_remedy_and_who_must_act(afternoon: Afternoon, name: str):
    for row in afternoon.issues(name):
        assert_said_in_both_languages(as_issue(row))
        assert row.place.get("url") or row.facts.get("identifier"), row.place
        assert row.who == "agency"


@sources
def test_what_was_live_stays_live_and_untouched(afternoon: Afternoon, name: str):
    with afternoon.site.reading() as session:
        held = list(session.scalars(select(Dataset).where(Dataset.identifier.startswith(name))))
        missing = [known.identifier for known in session.scalars(select(Known)) if known.missing_since is not None]
    assert len(held) == 3
    for dataset in held:
        before = afternoon.before[dataset.identifier]
        assert (dataset.state, dataset.name, dataset.title) == ("active", before.name, before.title)
    assert missing == []


def test_nothing_is_half_done(afternoon: Afternoon):
    assert_nothing_half_done(afternoon.site, [*afternoon.first.values(), *afternoon.second.values()])


def test_everything_is_well_again_when_the_sources_are(afternoon: Afternoon):
    """The last test of the module: it mends the sources."""
    with afternoon.site.writing() as session:
        for source in session.scalars(select(Source)):
            case = source.name.removesuffix("-ckan").removesuffix("-dcat-us")
            source.url = afternoon.servers[case].url(f"/{source.name}/data.json" if source.connector == "dcat-us" else f"/{source.name}")
            afternoon._answer(source.connector, case, says(good)(source.connector, source.name))
    third = harvest_all(afternoon.site)
    assert {run["status"] for run in third.values()} == {"succeeded"}
    with afternoon.site.reading() as session:
        assert list(session.scalars(select(IssueRow.code).where(IssueRow.closed_at.is_(None)))) == []
