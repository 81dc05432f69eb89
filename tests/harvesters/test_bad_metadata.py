"""What a source says of its datasets is hostile too: everything odd at once, end to end, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from support.harvesting import harvest_all
from support.saying import as_issue, assert_nothing_half_done, assert_said_in_both_languages
from support.seeding import add_agency
from support.sites import site_on
from support.web_server import WebServer, reply, web_server

from catalog.models import Dataset, IssueRow, RunRecord, Source
from catalog.net import Limits
from catalog.search import Query
from catalog.site import Site

LIMITS = Limits(connect=2, read=2, total=5, total_download=5, retries=0, interval=0, rest=0)
PDF = "https://so-yte.example.vn/bao-cao.pdf"
CSV = "ma,ten\nA1,Chợ\n".encode()


def deep(levels: int) -> Any:
    value: Any = "đáy"
    for _ in range(levels):
        value = [value]
    return value


# What is odd about each record of a CKAN portal, beside its id; and a code that must be among what is said of it.
ODD: dict[str, tuple[dict[str, Any], str | None]] = {
    "script": ({"title": "<script>alert(1)</script>", "notes": "<img src=x onerror=alert(1)>"}, None),
    "braces": ({"title": "{title} {0} %s {{ 7*7 }}", "tags": [{"name": "{count}"}]}, "tags-dropped"),
    "long-title": ({"title": "dài " * 2_500}, "title-too-long"),
    "long-notes": ({"notes": "dài " * 50_000}, "notes-too-long"),
    "collides-1": ({"name": None, "title": "Đường bộ"}, None),
    "collides-2": ({"name": None, "title": "Dương bò"}, None),
    "collides-3": ({"name": None, "title": "DUONG--BO"}, None),
    "composed": ({"name": None, "title": "Du\u031bo\u031b\u0300ng bo\u0323\u0302"}, None),
    "no-letters": ({"name": None, "title": "!!! ☃ ???"}, None),
    "bad-name": ({"name": "../../etc/passwd", "title": "Tên lạ"}, None),
    "long-name": ({"name": "a" * 5_000, "title": "Tên dài"}, None),
    "no-title": ({"title": ""}, "title-missing"),
    "control": ({"title": "a\x01b\x1bc\x7f\u0085d", "notes": "x\x00y", "author": "a\x00"}, None),
    "nul": ({"title": "trước\x00sau", "tags": [{"name": "a\x00b"}], "extras": [{"key": "k\x00", "value": "v\x00"}]}, None),
    "half-sign": ({"title": "nửa \ud800 chữ", "extras": [{"key": "\udfff", "value": "\ud83d"}]}, None),
    "right-to-left": ({"title": "abc\u202egnp.exe"}, None),
    "deep": ({"extras": [{"key": "sâu", "value": deep(200)}]}, None),
    "too-deep": ({"extras": [{"key": "sâu", "value": deep(300)}]}, "record-too-deep"),
    "bottomless": ({"title": deep(600)}, "record-too-deep"),
    "big-number": ({"version": 10**30, "extras": [{"key": "n", "value": 10**400}, {"key": "e", "value": 1e308}]}, None),
    "many-tags": ({"tags": [{"name": f"từ khóa {number}"} for number in range(5_000)]}, "too-many-tags"),
    "odd-kinds": ({"title": ["a", {"vi": "b"}], "notes": {"vi": "Mô tả"}, "tags": "y tế", "extras": 5, "groups": {"a": 1}, "organization": "x"},
                  "value-of-another-kind"),
    "odd-files": ({"resources": {"url": PDF}}, None),
    "files-no-objects": ({"resources": ["a", 5, None, {"url": PDF}]}, "value-of-another-kind"),
    "many-files": ({"resources": [{"url": f"{PDF}?{number}", "format": "PDF"} for number in range(1_200)]}, "too-many-resources"),
    "same-file-twice": ({"resources": [{"url": PDF, "name": "1"}, {"url": PDF, "name": "2"}]}, None),
    "odd-dates": ({"resources": [{"url": PDF, "last_modified": "99999-13-45"}, {"url": PDF + "#", "last_modified": 5}]}, None),
    "long-format": ({"resources": [{"url": PDF, "format": "ß" * 5_000, "mimetype": "x/" + "y" * 5_000, "name": "n" * 50_000}]}, None),
    "javascript": ({"resources": [{"url": "javascript:alert(1)"}, {"url": PDF}], "url": "javascript:alert(2)"}, "link-dropped"),
    "hidden-javascript": ({"resources": [{"url": " java\nscript:alert(1)"}, {"url": "\x01javascript:alert(1)"}, {"url": PDF}]}, "link-dropped"),
    "data-url": ({"resources": [{"url": "data:text/csv,a%2Cb", "format": "CSV"}, {"url": PDF}]}, "link-dropped"),
    "file-url": ({"resources": [{"url": "file:///etc/passwd", "format": "CSV"}, {"url": PDF}]}, "link-dropped"),
    "local-path": ({"resources": [{"url": "/etc/passwd", "format": "CSV"}, {"url": PDF}]}, "url-broken"),
    "windows-path": ({"resources": [{"url": "C:\\so lieu\\cho.csv", "format": "CSV"}, {"url": PDF}]}, "link-dropped"),
    "ftp-url": ({"resources": [{"url": "ftp://so-yte.example.vn/cho.csv", "format": "CSV"}]}, "url-not-http"),
    "long-url": ({"resources": [{"url": PDF + "?" + "a" * 10_000, "format": "CSV"}, {"url": PDF}]}, "link-dropped"),
    "broken-url": ({"resources": [{"url": "http://[::1/cho.csv", "format": "CSV"}, {"url": PDF}]}, "url-broken"),
    "odd-port": ({"resources": [{"url": "http://so-yte.example.vn:99999/cho.csv", "format": "CSV"}, {"url": PDF}]}, "url-broken"),
    "no-url": ({"resources": [{"name": "không có địa chỉ"}, {"url": PDF}]}, "file-without-address"),
    "url-with-spaces": ({"resources": [{"url": "{server}/so lieu.csv", "format": "CSV"}]}, None),
    "url-in-vietnamese": ({"resources": [{"url": "{server}/Số liệu chợ.csv", "format": "CSV"}]}, None),
    "odd-headers": ({"resources": [{"url": "{server}/headers.csv", "format": "CSV"}]}, None),
}
LOST = {"too-deep", "bottomless"}  # cannot even be kept as they were given


def packages(server: WebServer) -> list[dict[str, Any]]:
    def here(resources: Any) -> Any:
        return [{**r, "url": r["url"].replace("{server}", server.url()[:-1])} if isinstance(r, dict) and isinstance(r.get("url"), str) else r
                for r in resources] if isinstance(resources, list) else resources

    found = [{"id": name, "name": name, "title": f"Bộ {name}", "resources": [{"url": PDF}], **odd} for name, (odd, _) in ODD.items()]
    return [{**package, "resources": here(package["resources"])} for package in found]


def entries() -> list[dict[str, Any]]:
    """The same oddities in the words of a data.json, and some that only it can have."""
    found = [{"identifier": name, "title": odd.get("title", f"Bộ {name}"), "description": odd.get("notes", ""), "keyword": odd.get("tags"),
              "landingPage": odd.get("url"), "distribution": odd.get("resources", [{"downloadURL": PDF}])} for name, (odd, _) in ODD.items()]
    found += [{"identifier": "x" * 10_000, "title": "Mã quá dài"}, {"identifier": deep(600), "title": "Mã là danh sách"},
              {"title": deep(600)}, {"identifier": "\x00", "title": "Mã là NUL"}, {"identifier": "a\ud800", "title": "Mã nửa chữ"},
              {"identifier": 10**30, "title": "Mã là số"}, {"identifier": "sign", "publisher": deep(200), "contactPoint": 5, "license": {"a": deep(100)},
               "theme": deep(50), "accrualPeriodicity": [], "distribution": [{"downloadURL": PDF, "conformsTo": "http://[", "mediaType": 5}]}]
    return found


class Morning:
    """A CKAN portal and a data.json, harvested twice."""

    def __init__(self, site: Site, server: WebServer) -> None:
        self.site = site
        listed = packages(server)
        server.routes["/api/3/action/package_search"] = reply(json.dumps({"success": True, "result": {"count": len(listed), "results": listed}}))
        server.routes["/data.json"] = reply(json.dumps({"dataset": entries()}))
        for path in ("/so%20lieu.csv", "/S%E1%BB%91%20li%E1%BB%87u%20ch%E1%BB%A3.csv"):
            server.routes[path] = reply(CSV)
        server.routes["/headers.csv"] = reply(CSV, content_type="text/csv; x=" + "y" * 500, etag='"a\x00b\x80"', last_modified="hôm qua".encode().decode("latin-1"),
                                              content_disposition='attachment; filename="../\x00a\x1b.csv"')
        for kind, url in (("ckan", server.url()[:-1]), ("dcat-us", server.url("/data.json"))):
            with site.writing() as session:
                session.add(Source(name=kind, agency_id=add_agency(site, session, kind).id, connector=kind, url=url, options={},
                                   created=site.clock.now()))
        self.first = harvest_all(site)
        with site.reading() as session:
            self.datasets = {(d.owner_org, d.identifier): d for d in session.scalars(select(Dataset))}
            self.ckan = {d.identifier: d for d in session.scalars(select(Dataset).join(Source, Source.id == Dataset.source_id).where(Source.name == "ckan"))}
            self.rows = list(session.scalars(select(IssueRow).order_by(IssueRow.id)))
            self.records = {run["source"]: dict(session.execute(select(RunRecord.identifier, RunRecord.outcome).where(
                RunRecord.run_id == run["run"])).all()) for run in self.first.values()}
        self.second = harvest_all(site)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def morning(request, tmp_path_factory) -> Iterator[Morning]:
    with site_on(request.param, request, tmp_path_factory.mktemp("bad-metadata"), LIMITS) as site, web_server() as server:
        yield Morning(site, server)


@pytest.mark.parametrize("name", ODD)
def test_every_record_is_published_or_said_why_not(morning: Morning, name: str):
    codes = {row.code for row in morning.rows if row.run_id == morning.first["ckan"]["run"]
             and (row.identifier == name or row.facts.get("identifier") == name)}
    assert "fault" not in codes
    if ODD[name][1] is not None:
        assert ODD[name][1] in codes
    if name in LOST:
        assert name not in morning.ckan
    else:
        assert morning.ckan[name].state == "active"
        assert morning.records["ckan"][name] == "created"


def test_no_fault_is_ours_and_every_issue_is_said_in_both_languages(morning: Morning):
    assert {row.code for row in morning.rows} & {"fault", "run-fault", "metadata-refused"} == set()
    for row in morning.rows:
        assert_said_in_both_languages(as_issue(row))


def test_both_runs_end_and_the_second_finds_nothing_new(morning: Morning):
    assert {run["status"] for run in [*morning.first.values(), *morning.second.values()]} == {"succeeded-with-issues"}
    with morning.site.reading() as session:
        again = session.execute(select(RunRecord.identifier, RunRecord.outcome).where(
            RunRecord.run_id == morning.second["ckan"]["run"], RunRecord.outcome.not_in(["unchanged", "skipped"]))).all()
    assert again == []
    for source, run in morning.second.items():
        assert set(run["counts"]) <= {"unchanged", "skipped"}, source
        assert sum(run["counts"].values()) == sum(morning.first[source]["counts"].values())
    assert_nothing_half_done(morning.site, [*morning.first.values(), *morning.second.values()])


def test_what_is_kept_is_text_that_can_be_shown(morning: Morning):
    for dataset in morning.datasets.values():
        kept = json.dumps([dataset.title, dataset.notes, dataset.author, dataset.tags, dataset.extras, dataset.name, dataset.identifier,
                           [[r.url, r.name, r.format, r.mimetype, r.etag] for r in dataset.resources]])
        assert "\\u0000" not in kept
        json.loads(kept).__repr__().encode("utf-8")
        assert len(dataset.title) <= 1_000
        for link in (dataset.url, *(resource.url for resource in dataset.resources)):
            assert "script:" not in link
            assert not link.lower().strip().startswith(("data:", "file:"))
            assert len(link) <= 4_000


def test_names_are_unique_and_fit_into_an_address(morning: Morning):
    names = [dataset.name for dataset in morning.datasets.values()]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 100 and name.replace("-", "").replace("_", "").isalnum() and name.isascii() for name in names)
    folded = sorted(morning.ckan[name].name for name in ("collides-1", "collides-2", "collides-3", "composed"))
    assert len(folded) == 4
    assert all(name.startswith("duong-bo") for name in folded)


def test_files_at_odd_addresses_are_fetched(morning: Morning):
    for name in ("url-with-spaces", "url-in-vietnamese", "odd-headers"):
        resource = morning.ckan[name].resources[0]
        assert (resource.reachable, resource.size) == (True, len(CSV))


def test_everything_that_was_published_is_found(morning: Morning):
    assert morning.site.search.search(Query()).count == len(morning.datasets)
