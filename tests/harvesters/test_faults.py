"""Good, then faulty, then good again: every fault of a server, in the listing and in the files, of seven ways of access.

Whatever the fault, the run ends as it should and says so, nothing that was live is lost, and the next good run heals it.

CKAN, DCAT-US, folders and single files are tried on both databases. OAI-PMH, CSW and DCAT-AP list in two pages: what these protocols
get wrong in their own ways, and the faults of a body, which each of them reads with a parser of its own, are tried on the first page and
on the second; of the faults that are common to all one for each way in which they end, on the second page, when half of the listing has
come. All of this on SQLite, and on PostgreSQL what is wrong in the protocols' own ways on the second page.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from support.fault_server import FAULTS, SLOW, Fault
from support.paged_ways import OWN_FAULTS, Told, by_page, two_pages
from support.saying import as_issue, assert_nothing_half_done, assert_said_in_both_languages
from support.seeding import add_agency
from support.sites import ImpatientSite, site_on
from support.stepping import step_through
from support.web_server import reply, web_server

from catalog.clock import FrozenClock
from catalog.models import Dataset, IssueRow, Known, Resource, Source, Version
from catalog.net import Limits, World
from catalog.site import Site

LIMITS = Limits(connect=2, read=2, total=5, total_download=5, retries=1, backoff=0.01, max_bytes=1 << 20, max_download=1 << 20,
                interval=0, rest=0, max_wait=5, per_host=16)
PATIENT = replace(LIMITS, read=10, total=30, total_download=30)  # while nothing is wrong, so that a busy machine is no fault
CSV = "mã,tên\n1,Dữ liệu\n2,Chợ\n".encode()
DATASETS = 3  # of a catalogue the first has a file, the others link to a page; in a folder each is a file
WELL, PARTLY, FAILED = "succeeded", "succeeded-with-issues", "failed"

# What is said of each fault when the listing has it, by kind of source where that differs; None: it does no harm.
LISTING: Mapping[str, Mapping[str, str | None] | str | None] = {
    "never-answers": "time-out", "drips": "too-slow", "slow-headers": "too-slow", "resets-in-the-body": "cut-short", "resets-at-once": "cut-short",
    "closes-at-once": "cut-short", "shorter-than-declared": "cut-short", "longer-than-declared": "length-wrong", "chunks-without-end": "cut-short",
    "chunk-of-no-size": "cut-short", "no-http": "cut-short", "gigantic-header": "cut-short", "a-thousand-headers": "cut-short",
    "gzip-that-is-none": "undecodable", "gzip-cut": "cut-short",
    "gzip-bomb": {"": "too-large", "dcat-us": "json-broken"}, "endless": {"": "too-large", "dcat-us": "json-broken"},  # its limit is 256 MB
    "gigabytes-declared": "too-large",
    "redirects-to-itself": "redirect-loop", "redirects-without-end": "redirect-many", "redirects-inside": "redirect-private",
    "redirects-to-a-file": "redirect-broken", "gone": "http-status", "locked": "http-status", "broken": "http-status", "bad-gateway": "http-status",
    "found-by-head-only": "http-status", "busy": "host-busy", "busy-for-hours": "host-busy-long", "busy-for-a-second": None, "busy-until-a-date": None,
    "hiccup": None, "interim-answers": None, "interim-without-end": "cut-short", "another-media-type": None, "no-media-type": None,
    "empty": {"": "answer-empty", "directory": "listing-of-another-kind"},
    "an-error-page": {"": "not-json", "directory": "listing-of-another-kind"},
    "a-sign-in-page": {"": "not-json", "directory": "source-empty"},
    "an-error-in-json": {"ckan": "ckan-refused", "": "listing-of-another-kind"},
    "utf-16": {"": None, "directory": "listing-of-another-kind"},
    "latin-1": {"": "json-broken", "directory": None},
    "cut-in-the-middle": {"": "json-broken", "directory": "source-shrank"},
}
# The same where the files have it: the record is there, its file is not, and the last good version stays.
FILES: Mapping[str, str | None] = {
    **{name: said for name, said in LISTING.items() if not isinstance(said, Mapping)},
    "gzip-bomb": "too-large", "endless": "too-large", "empty": "file-empty", "an-error-page": "html-instead-of-table", "a-sign-in-page": "html-instead-of-table",
}
# What differs where the listing comes in two pages, on either page: of faults of a body, and of those that are the protocol's own.
PAGED: Mapping[str, Mapping[str, str | None]] = {
    "gzip-bomb": {"dcat-ap": "rdf-broken", "": "listing-of-another-kind"}, "endless": {"dcat-ap": None, "": "xml-broken"},
    "empty": {"": "answer-empty"}, "an-error-page": {"": "listing-of-another-kind"}, "a-sign-in-page": {"": "listing-of-another-kind"},
    "an-error-in-json": {"": "listing-of-another-kind"}, "utf-16": {"": "xml-broken", "dcat-ap": "rdf-broken"},
    "latin-1": {"": "xml-broken", "dcat-ap": "rdf-broken"}, "cut-in-the-middle": {"": "xml-broken", "dcat-ap": "rdf-broken"},
}
COMMON = {said: fault for fault, said in LISTING.items() if fault not in PAGED}.values()  # one for each way in which they end
OWN: Mapping[tuple[str, str], tuple[str, str]] = {  # all that is said when it is on the first page, and when on the second
    ("oai-pmh", "refuses"): ("oai-refused", "oai-token-expired"), ("oai-pmh", "has-no-match"): ("source-empty", "listing-incomplete"),
    ("oai-pmh", "lists-nothing"): ("source-empty", "listing-incomplete"), ("oai-pmh", "leads-to-itself"): ("listing-incomplete", "listing-incomplete"),
    ("csw", "refuses"): ("csw-refused", "csw-refused"), ("csw", "has-no-match"): ("source-empty", "listing-changed"),
    ("csw", "lists-nothing"): ("listing-incomplete source-empty", "listing-incomplete"), ("csw", "leads-to-itself"): ("", ""),
    ("dcat-ap", "says-nothing"): ("listing-of-another-kind", "listing-of-another-kind"), ("dcat-ap", "lists-nothing"): ("source-empty", "listing-incomplete"),
    ("dcat-ap", "leads-to-itself"): ("listing-incomplete", ""), ("dcat-ap", "leads-inside"): ("address-private", "address-private"),
}
SHORT = {"source-empty", "source-shrank", "listing-incomplete", "oai-token-expired"}  # what came is taken in, what did not come stays


@dataclass(frozen=True, kw_only=True)
class Case:
    """One source: how it is accessed, what fails (`listing`, its `second` page, or `files`), and how."""

    kind: str
    part: str
    fault: str

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.part}-{self.fault}"

    @property
    def make(self) -> Fault:
        """What spoils the right answer."""
        return OWN_FAULTS.get(self.kind, {}).get(self.fault) or FAULTS[self.fault]

    @property
    def codes(self) -> set[str]:
        """What is to be said of it."""
        if (self.kind, self.fault) in OWN:
            return set(OWN[self.kind, self.fault][self.part == "second"].split())
        said = FILES[self.fault] if self.part == "files" else LISTING[self.fault]
        said = PAGED.get(self.fault, said) if self.kind in OWN_FAULTS else said
        return {said.get(self.kind, said.get("")) if isinstance(said, Mapping) else said} - {None}

    @property
    def status(self) -> str:
        if self.codes <= {"listing-changed"}:
            return WELL
        return PARTLY if self.part == "files" or self.codes <= SHORT else FAILED


CASES = [*(Case(kind=kind, part="listing", fault=fault) for fault in LISTING for kind in ("ckan", "dcat-us", "directory")),
         *(Case(kind=kind, part="files", fault=fault) for fault in FILES for kind in ("ckan",)),
         *(Case(kind="file", part="listing", fault=fault) for fault in FILES if FILES[fault] not in (None, "file-empty", "html-instead-of-table"))]
OWN_CASES = [Case(kind=kind, part=part, fault=fault) for kind, fault in OWN for part in ("second", "listing")]
PAGED_CASES = [*OWN_CASES, *(Case(kind=kind, part=part, fault=fault) for kind in OWN_FAULTS for fault in PAGED for part in ("second", "listing")),
               *(Case(kind=kind, part="second", fault=fault) for kind in OWN_FAULTS for fault in COMMON)]


class Afternoon:
    """Every case as a source, harvested three times: well, badly, well."""

    def __init__(self, site: ImpatientSite, skipped: list[float], cases: Sequence[Case], stack: ExitStack) -> None:
        self.site, self.skipped, self.cases = site, skipped, cases
        shared = stack.enter_context(web_server())
        self.servers = {case.name: stack.enter_context(web_server()) if case.fault in SLOW else shared for case in cases}
        for case in self.cases:
            self._register(case)
        self.first = self._harvest(replace(site, limits=PATIENT))
        with site.reading() as session:
            self.live = self._live(session)
        for case in self.cases:
            self._spoil(case)
        self.second = self._harvest(site)
        with site.reading() as session:
            self.kept = self._live(session)
            self.missing = list(session.scalars(select(Known.identifier).where(Known.missing_since.is_not(None))))
            self.said: dict[str, list[IssueRow]] = {}
            by_id = {source.id: source.name for source in session.scalars(select(Source))}
            for row in session.scalars(select(IssueRow).where(IssueRow.run_id.in_([run["run"] for run in self.second.values()]))):
                self.said.setdefault(by_id[row.source_id], []).append(row)
        for case in self.cases:
            self._mend(case)
        self.skipped[0] += 7_201  # seconds; who asked for two hours has had them
        self.site = replace(site, limits=PATIENT, clock=FrozenClock(site.clock.now() + timedelta(hours=3)))  # and a file that failed is tried again
        self.third = self._harvest(self.site)

    def _harvest(self, site: Site) -> dict[str, dict[str, Any]]:
        with ThreadPoolExecutor(6) as pool:
            return dict(zip((case.name for case in self.cases), pool.map(lambda case: step_through(site, case.name), self.cases), strict=True))

    def _live(self, session: Any) -> dict[str, list[tuple[Any, ...]]]:
        """Of each source: its datasets, their files, and the bytes that are live."""
        rows = session.execute(
            select(Source.name, Dataset.identifier, Dataset.name, Dataset.title, Dataset.state, Resource.url, Resource.state, Version.state, Version.sha256)
            .join(Dataset, Dataset.source_id == Source.id).join(Resource, Resource.dataset_id == Dataset.id)
            .outerjoin(Version, Version.id == Resource.version_id).order_by(Source.name, Dataset.identifier)).all()
        found: dict[str, list[tuple[Any, ...]]] = {}
        for name, *rest in rows:
            found.setdefault(name, []).append(tuple(rest))
        return found

    def _register(self, case: Case) -> None:
        self._mend(case)
        routes = self.servers[case.name].routes
        routes[f"/{case.name}/list"] = by_page(routes, f"/{case.name}/list")
        address = {"ckan": "", "dcat-us": "/data.json", "directory": "/", "file": f"/{case.name}-0.csv", "dcat-ap": "/list/1"}.get(case.kind, "/list")
        with self.site.writing() as session:
            agency = add_agency(self.site, session, case.name)
            session.add(Source(name=case.name, agency_id=agency.id, connector=case.kind, options={}, created=self.site.clock.now(),
                               url=self.servers[case.name].url(f"/{case.name}{address}")))

    def _mend(self, case: Case) -> None:
        routes = self.servers[case.name].routes
        for path, (body, media) in self._answers(case).items():
            routes[path] = reply(body, content_type=media)  # without an ETag, so that every harvest fetches the files

    def _spoil(self, case: Case) -> None:
        routes = self.servers[case.name].routes
        for path, (body, media) in self._answers(case).items():
            part = "files" if path.endswith(".csv") else "second" if path.endswith("/list/2") else "listing"
            if part == case.part or case.kind == "file":
                routes[path] = case.make(body, media)

    def _answers(self, case: Case) -> dict[str, tuple[bytes, str]]:
        """The right answers by path."""
        server, top = self.servers[case.name], f"/{case.name}"
        numbers = range(1 if case.kind == "file" else DATASETS)
        files = {f"{top}/{case.name}-{n}.csv": (CSV + f"3,{case.name} {n}\n".encode(), "text/csv") for n in (numbers if case.kind == "directory" else [0])}
        titles = [f"Dữ liệu {case.name} {n}" for n in numbers]
        links = [server.url(f"{top}/{case.name}-{n}.{'csv' if n == 0 else 'pdf'}") for n in numbers]
        formats = ["CSV", *["PDF"] * (DATASETS - 1)]
        if case.kind in OWN_FAULTS:
            told = [Told(identifier=f"{case.name}-{n}", title=titles[n], link=links[n], format=formats[n]) for n in numbers]
            first, second, media = two_pages(case.kind, told, server.url(f"{top}/list/2"))
            return files | {f"{top}/list/1": (first, media), f"{top}/list/2": (second, media)}
        if case.kind == "ckan":
            entries = [{"id": f"{case.name}-{n}", "title": titles[n], "resources": [{"url": links[n], "format": formats[n]}]} for n in numbers]
            said = {"success": True, "result": {"count": DATASETS, "results": entries}}
            return files | {f"{top}/api/3/action/package_{what}": (_json(said), "application/json") for what in ("search", "list")}
        if case.kind == "dcat-us":
            entries = [{"identifier": f"{case.name}-{n}", "title": titles[n], "distribution": [{"downloadURL": links[n], "format": formats[n]}]} for n in numbers]
            return files | {f"{top}/data.json": (_json({"dataset": entries}), "application/json")}
        if case.kind == "directory":
            rows = "".join(f'<a href="{case.name}-{n}.csv">{n}.csv</a>  2024-09-30 10:00  1K\n' for n in numbers)
            return files | {f"{top}/": (f"<html><h1>Dữ liệu</h1><pre>{rows}</pre></html>".encode(), "text/html")}
        return files


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def afternoon(request, tmp_path_factory) -> Iterator[Afternoon]:
    with ExitStack() as stack:
        skipped = [0.0]
        world = World(monotonic=lambda: time.monotonic() + skipped[0])
        site = stack.enter_context(site_on(request.param, request, tmp_path_factory.mktemp("faults"), LIMITS, world))
        paged = PAGED_CASES if request.param == "sqlite" else [case for case in OWN_CASES if case.part == "second"]
        yield Afternoon(site, skipped, [*CASES, *paged], stack)


def test_every_fault_is_tried_in_the_listing_and_in_the_files():
    assert set(LISTING) == set(FAULTS)
    assert set(OWN) == {(kind, fault) for kind, faults in OWN_FAULTS.items() for fault in faults}
    assert set(FAULTS) - set(FILES) == {"an-error-in-json", "utf-16", "latin-1", "cut-in-the-middle"}, "these are a matter of reading files, not of fetching"


def test_every_run_ends_in_the_right_state_with_the_right_issue(afternoon: Afternoon):
    assert {name: run["status"] for name, run in afternoon.first.items() if run["status"] != WELL} == {}
    expected = {case.name: (case.status, case.codes) for case in afternoon.cases}
    found = {name: (run["status"], {row.code for row in afternoon.said.get(name, [])}) for name, run in afternoon.second.items()}
    assert {name: found[name] for name in found if found[name] != expected[name]} == {}


def test_nothing_that_was_live_is_lost(afternoon: Afternoon):
    assert {name: len(rows) for name, rows in afternoon.live.items()} == {case.name: 1 if case.kind == "file" else DATASETS for case in afternoon.cases}
    assert afternoon.kept == afternoon.live
    assert afternoon.missing == []


def test_every_issue_has_place_remedy_and_who_must_act(afternoon: Afternoon):
    rows = [row for said in afternoon.said.values() for row in said]
    assert len(rows) > len(afternoon.cases) / 2
    for row in rows:
        assert_said_in_both_languages(as_issue(row))
        assert (row.who, bool(row.place.get("url"))) == ("agency", True), row.code


def test_the_next_good_run_heals_everything(afternoon: Afternoon):
    assert {name: run["status"] for name, run in afternoon.third.items() if run["status"] != WELL} == {}
    with afternoon.site.reading() as session:
        assert list(session.scalars(select(IssueRow.code).where(IssueRow.closed_at.is_(None)))) == []
        assert afternoon._live(session) == afternoon.live
    assert_nothing_half_done(afternoon.site, [*afternoon.first.values(), *afternoon.second.values(), *afternoon.third.values()])
