"""CKAN portals as they are: paging that does not page, searching that is refused, packages of every age."""

from __future__ import annotations

import json

import pytest
from support.sources import KINDS, code_of
from support.web_server import Handler, WebServer, reply

from catalog.net import Net
from harvesters.base import Gathered, SourceSpec, every_page
from harvesters.ckan import CkanPortal

ENTRY = KINDS["ckan"].entry


def searching(entries, *, cap: int = 1000, ignores_start: bool = False, count: object = ...):
    """A package_search with a habit."""
    def route(handler: Handler) -> None:
        start = 0 if ignores_start else int(handler.params["start"])
        rows = len(entries) if ignores_start else min(int(handler.params["rows"]), cap)
        result = {"count": len(entries) if count is ... else count, "results": entries[start:start + rows]}
        reply(json.dumps({"help": "", "success": True, "result": result}))(handler)
    return route


def harvest(server: WebServer, net: Net, route, **options):
    server.routes["/api/3/action/package_search"] = route
    pages = list(every_page(CkanPortal(SourceSpec(name="x", url=server.url(), options=options), net)))
    said = [issue.code for page in pages for issue in (*page.issues, *([page.shortfall] if page.shortfall else ()))]
    return [item.identifier for page in pages for item in page.items], said, pages


def test_a_portal_that_gives_fewer_rows_than_asked_is_read_whole(server: WebServer, net: Net):
    found, issues, pages = harvest(server, net, searching([ENTRY(n) for n in range(90)], cap=25))
    assert (len(set(found)), len(found), len(pages), issues) == (90, 90, 4, [])


def test_a_portal_that_gives_all_at_once_is_asked_once(server: WebServer, net: Net):
    found, issues, pages = harvest(server, net, searching([ENTRY(n) for n in range(300)], ignores_start=True))
    assert (len(found), len(pages), issues, len(server.asked)) == (300, 1, [], 1)


@pytest.mark.parametrize(("count", "issues"), [(13786, ["listing-incomplete"]), (None, []), ("many", [])])
def test_a_portal_that_repeats_its_page_neither_loops_nor_doubles(server: WebServer, net: Net, count, issues):
    found, said, pages = harvest(server, net, searching([ENTRY(n) for n in range(300)], ignores_start=True, count=count))
    assert (len(found), said, len(server.asked), pages[-1].total) == (300, issues, 2, 300)


def test_a_portal_that_counts_more_than_it_shows_is_told_so(server: WebServer, net: Net):
    found, issues, _ = harvest(server, net, searching([ENTRY(n) for n in range(30)], count=50))
    assert (len(found), issues) == (30, ["listing-incomplete"])


def test_a_repeated_page_is_recognised_after_a_restart_too(server: WebServer, net: Net):
    server.routes["/api/3/action/package_search"] = searching([ENTRY(n) for n in range(150)], ignores_start=True, count=900)
    source = SourceSpec(name="x", url=server.url())
    cursor = CkanPortal(source, net).page(None).cursor
    assert CkanPortal(source, net).page(cursor).items == ()


def test_the_portal_is_asked_as_ckans_own_harvester_asks(server: WebServer, net: Net):
    harvest(server, net, searching([ENTRY(0)]), fq="organization:so-y-te")
    assert server.asked[0][1] == "/api/3/action/package_search?rows=100&start=0&sort=id+asc&fq=organization%3Aso-y-te"


@pytest.mark.parametrize("path", ["", "/", "/api/3/", "/api/3/action/", "/api/3/action/package_search", "/api", "/dataset", "/dataset/", "/organization?q=1#a"])
def test_the_api_is_found_from_any_usual_address(server: WebServer, net: Net, path):
    for base in ("", "/du-lieu"):
        server.routes[base + "/api/3/action/package_search"] = searching([ENTRY(0)])
        assert len(CkanPortal(SourceSpec(name="x", url=server.url(base + path)), net).page(None).items) == 1


@pytest.mark.parametrize("refusal", [
    reply("no", status=403), reply("<h1>", status=404), reply('"Bad request: Action name not known"', status=400),
    reply('{"success": false, "error": {"__type": "Search Error"}}', status=409), reply('{"success": false, "error": {}}')])
def test_where_searching_is_refused_datasets_are_asked_one_by_one(server: WebServer, net: Net, refusal):
    def show(handler: Handler) -> None:
        number = int(handler.params["id"].removeprefix("bo-"))
        if number == 7:
            return reply('{"success": false, "error": {"__type": "Authorization Error"}}', status=403)(handler)
        return reply(json.dumps({"success": True, "result": ENTRY(number)}))(handler)

    server.routes["/api/3/action/package_list"] = reply(json.dumps({"success": True, "result": [f"bo-{n}" for n in range(120)]}))
    server.routes["/api/3/action/package_show"] = show
    found, issues, pages = harvest(server, net, refusal)
    assert (len(set(found)), issues, len(pages), pages[-1].total) == (119, ["ckan-dataset-refused"], 3, 120)
    again = CkanPortal(SourceSpec(name="x", url=server.url()), net).page(pages[0].cursor)
    assert again == pages[1]


def test_where_both_are_refused_the_first_refusal_is_told(server: WebServer, net: Net):
    server.routes["/api/3/action/package_search"] = reply('{"success": false, "error": {"message": "secret"}}')
    assert code_of(CkanPortal(SourceSpec(name="x", url=server.url()), net).page, None) == "ckan-refused"


def describe(package, **options):
    return CkanPortal(SourceSpec(name="x", url="https://mo.example.vn", options=options), Net()).describe(Gathered(identifier="x", raw=package))


def extras(record) -> dict[str, str]:
    return {extra["key"]: extra["value"] for extra in record.metadata["extras"]}


def test_a_package_in_our_words():
    record = describe(ENTRY(3))
    metadata, resource = record.metadata, record.resources[0]
    assert (metadata["name"], metadata["title"], metadata["notes"], metadata["tags"]) == ("bo-3", "Bộ dữ liệu 3", "Mô tả", ["chợ"])
    assert (metadata["license_id"], metadata["groups"], metadata["frequency"]) == ("cc-by", ["y-te"], "monthly")
    assert (metadata["author"], metadata["maintainer_email"]) == ("Sở Y tế", "mo@example.vn")
    assert extras(record) == {"frequency": "monthly", "origin_organization": "Sở Y tế", "origin_metadata_modified": "2024-09-01T00:00:00.123456"}
    assert (resource.name, resource.format, resource.media_type, resource.schema) == ("Bảng", "csv", "text/csv", "truong-hoc")
    assert (resource.last_modified, resource.extras) == ("2024-09-01T00:00:00", {"origin_id": "r"})


@pytest.mark.parametrize(("key", "value", "expected"), [
    ("frequency", "R/P1Y", "annual"), ("update_frequency", "Hằng quý", "quarterly"), ("Tần suất cập nhật", "hàng tháng", "monthly"),
    ("Frequência de atualização", "Mensal", "monthly"), ("Periodicidade", "Anual", "annual"), ("frequency_band", "5 GHz", "")])
def test_frequencies_are_found_in_extras(key, value, expected):
    record = describe({"title": "a", "extras": [{"key": key, "value": value}]})
    assert record.metadata["frequency"] == expected
    assert record.issues == ()


def test_a_frequency_or_licence_that_nobody_knows_is_said_and_kept():
    record = describe({"title": "a", "license_id": "house-rules", "extras": [{"key": "frequency", "value": "at full moon"}]}, license="cc-by")
    assert [issue.code for issue in record.issues] == ["frequency-unknown", "licence-unknown"]
    assert (record.metadata["license_id"], record.metadata["frequency"]) == ("", ""), "the operator's default is no licence to overrule the source"
    assert extras(record)["license_source"] == "house-rules"


def test_packages_of_long_ago_and_of_other_makers_are_read():
    record = describe({"title_translated": {"vi": "Chợ", "en": "Markets"}, "extras": {"a": "b", "n": 1}, "tags": ["chợ", "siêu thị"], "groups": ["y-te", "lạ"],
                       "resources": {"url": "https://x/a.csv"}, "license_url": "https://creativecommons.org/licenses/by/4.0/"})
    assert (record.metadata["title"], record.metadata["title_en"], record.metadata["tags"]) == ("Chợ", "Markets", ["chợ", "siêu thị"])
    assert (record.metadata["groups"], record.metadata["license_id"], len(record.resources)) == (["y-te"], "cc-by", 1)
    assert extras(record) == {"a": "b", "n": "1", "theme_source": "lạ"}


def test_a_file_without_address_is_left_out_and_said():
    record = describe({"title": "a", "resources": [{"name": "Bảng", "url": " "}, {"url": "https://x/a.csv"}]})
    assert ([issue.code for issue in record.issues], len(record.resources)) == (["file-without-address"], 1)


def test_counters_of_readers_do_not_make_a_dataset_change(server: WebServer, net: Net):
    found = [harvest(server, net, searching([{**ENTRY(0), "tracking_summary": {"total": n}}]))[2][0].items[0].raw for n in (1, 2)]
    assert found[0] == found[1]
