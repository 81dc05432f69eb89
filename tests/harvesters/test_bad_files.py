"""Good files turn bad: every way in which a file can fail, end to end, on both databases.

Every case is a dataset of one portal, harvested well, then badly, beside three that have nothing to do with it.
"""

from __future__ import annotations

import gc
import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from support.harvesting import harvest
from support.hostile import BAD_FILES, CSV, good_file
from support.saying import as_issue, assert_nothing_half_done, assert_said_in_both_languages
from support.seeding import add_source
from support.sites import site_on
from support.web_server import WebServer, reply, web_server

from catalog.models import Dataset, IssueRow, Resource, RunRecord, Version
from catalog.net import Limits
from catalog.site import Site

LIMITS = Limits(connect=2, read=1.5, total=10, total_download=3, retries=1, backoff=0.01, max_download=24 << 20, interval=0, rest=0)
LONGER = CSV + "A3,Chợ Long Điền,5\n".encode()


class Afternoon:
    """A portal with every case as a dataset; `first` and `second` are its two runs."""

    def __init__(self, site: Site, servers: dict[str, WebServer]) -> None:
        self.site, self.servers, self.portal = site, servers, servers[""]
        self.good = {name: good_file(bad) for name, bad in BAD_FILES.items()}
        for name, body in self.good.items():
            self.server(name).routes[f"/{self.file(name)}"] = reply(body)
        self.portal.routes |= {f"/{name}.csv": reply(CSV) for name in ("steady", "growing", "new")}
        packages = [self.package(name, self.server(name).url(f"/{self.file(name)}"), bad.schema) for name, bad in BAD_FILES.items()]
        packages += [self.package(name, self.portal.url(f"/{name}.csv"), None) for name in ("steady", "growing")]
        self.list(packages)
        self.source = add_source(site, url=self.portal.url()[:-1])
        self.first = harvest(site)
        for name, bad in BAD_FILES.items():
            self.server(name).routes[f"/{self.file(name)}"] = bad.route()
        self.portal.routes["/growing.csv"] = reply(LONGER)
        self.list([*packages, self.package("new", self.portal.url("/new.csv"), None)])
        self.second = harvest(site)

    def server(self, name: str) -> WebServer:
        return self.servers.get(name, self.portal)

    def file(self, name: str) -> str:
        return f"{name}.{BAD_FILES[name].ending}"

    def package(self, name: str, url: str, schema: str | None) -> dict[str, Any]:
        return {"id": name, "name": name, "title": f"Bộ {name}", "license_id": "cc-by",
                "resources": [{"url": url, "name": name, "format": url.rsplit(".", 1)[1].upper(), "schema": schema or ""}]}

    def list(self, packages: list[dict[str, Any]]) -> None:
        body = json.dumps({"success": True, "result": {"count": len(packages), "results": packages}})
        self.portal.routes["/api/3/action/package_search"] = reply(body, content_type="application/json")

    def issues(self, name: str, run: dict[str, Any]) -> list[IssueRow]:
        with self.site.reading() as session:
            return list(session.scalars(select(IssueRow).where(IssueRow.run_id == run["run"], IssueRow.identifier == name).order_by(IssueRow.id)))

    def held(self, name: str) -> tuple[Dataset, Resource, list[Version]]:
        with self.site.reading() as session:
            dataset = session.scalars(select(Dataset).where(Dataset.identifier == name)).one()
            versions = list(session.scalars(select(Version).where(Version.resource_id == dataset.resources[0].id).order_by(Version.number)))
            return dataset, dataset.resources[0], versions


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def afternoon(request, tmp_path_factory) -> Iterator[Afternoon]:
    with ExitStack() as stack:
        site = stack.enter_context(site_on(request.param, request, tmp_path_factory.mktemp("bad-files"), LIMITS))
        alone = [name for name, bad in BAD_FILES.items() if bad.own_server]
        yield Afternoon(site, {name: stack.enter_context(web_server()) for name in ("", *alone)})


files = pytest.mark.parametrize("name", BAD_FILES)


@files
def test_the_file_was_good_and_is_refused_with_its_reason(afternoon: Afternoon, name: str):
    assert [row.code for row in afternoon.issues(name, afternoon.first) if row.severity != "info"] == []
    assert BAD_FILES[name].code in {row.code for row in afternoon.issues(name, afternoon.second)}


@files
def test_the_issue_names_the_file_the_remedy_and_who_must_act(afternoon: Afternoon, name: str):
    for row in afternoon.issues(name, afternoon.second):
        assert_said_in_both_languages(as_issue(row))
        assert name in row.place["url"]
        if BAD_FILES[name].kept:
            assert row.place["file"] == afternoon.file(name)


@files
def test_the_last_good_version_stays_live_with_its_bytes(afternoon: Afternoon, name: str):
    dataset, resource, versions = afternoon.held(name)
    assert (dataset.state, resource.state, resource.version_id) == ("active", "active", versions[0].id)
    assert [version.state for version in versions] == ["published", "refused"] if BAD_FILES[name].kept else ["published"]
    assert afternoon.site.files.get(versions[0].sha256) == afternoon.good[name]
    assert resource.hash == versions[0].sha256
    assert resource.reachable is BAD_FILES[name].kept


@files
def test_what_was_refused_is_kept_with_a_report_that_says_why(afternoon: Afternoon, name: str):
    for version in afternoon.held(name)[2][1:]:
        assert afternoon.site.files.size(version.sha256) == version.size
        report = json.loads(afternoon.site.files.get(version.report_sha256))
        assert BAD_FILES[name].code in {issue["code"] for issue in report["haidang"]["issues"]}
        assert version.table_sha256 is None


def test_the_runs_end_well_and_the_other_datasets_are_published(afternoon: Afternoon):
    assert afternoon.first["status"] == "succeeded", afternoon.first
    assert afternoon.first["counts"] == {"created": len(BAD_FILES) + 2}
    assert afternoon.second["status"] == "succeeded-with-issues"
    with afternoon.site.reading() as session:
        outcomes = dict(session.execute(select(RunRecord.identifier, RunRecord.outcome).where(RunRecord.run_id == afternoon.second["run"])).all())
    assert {name: outcomes.pop(name) for name in ("steady", "growing", "new")} == {"steady": "unchanged", "growing": "updated", "new": "created"}
    assert {outcomes[name] for name, bad in BAD_FILES.items() if bad.kept} == {"rejected"}
    assert set(outcomes) == set(BAD_FILES)
    assert afternoon.site.files.get(afternoon.held("growing")[2][-1].sha256) == LONGER


def test_nothing_is_half_done(afternoon: Afternoon):
    gc.collect()
    assert [path.name for path in Path(tempfile.gettempdir()).iterdir()] == []
    assert_nothing_half_done(afternoon.site, [afternoon.first, afternoon.second])
