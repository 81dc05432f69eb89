"""A CKAN portal listed by identifier and date: portals that understand, portals that do not, and answers in full."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.sources import KINDS, code_of
from support.web_server import Handler, WebServer, reply

from catalog.net import Net
from harvesters.base import Detailing, Gathered, Page, SourceSpec, every_page
from harvesters.ckan import ADDRESS, CkanPortal
from harvesters.ckan_listing import At, mark_of

ENTRY = KINDS["ckan"].entry
DATED = "2024-09-01T00:00:00.123Z"


def rows_of(entry: dict[str, Any]) -> dict[str, Any]:
    return {"id": entry["id"], "name": entry["name"], "metadata_modified": DATED}


def portal(entries: list[Any], *, light: Callable[[Any], Any] = rows_of, cap: int = 1000, count: Callable[[int], Any] = len) -> Callable[[Handler], None]:
    """A package_search that understands `fl` and searches by identifier; `count` is what it says it has."""
    def route(handler: Handler) -> None:
        params = handler.params
        found = entries
        if "fq" in params:
            named = re.findall(r'"((?:[^"\\]|\\.)*)"', params["fq"])
            found = [entry for entry in entries if entry["id"] in {re.sub(r"\\(.)", r"\1", name) for name in named}]
        start, rows = int(params.get("start", 0)), min(int(params["rows"]), cap)
        results = found[start:start + rows]
        results = [light(entry) for entry in results] if "fl" in params else results
        reply(json.dumps({"success": True, "result": {"count": count(found), "results": results}}))(handler)
    return route


def connected(server: WebServer, net: Net, **options: str) -> CkanPortal:
    return CkanPortal(SourceSpec(name="x", url=server.url(), options=options), net)


def read(server: WebServer, net: Net, route, **options: str) -> tuple[list[Gathered], list[str], list[Page]]:
    server.routes["/api/3/action/package_search"] = route
    pages = list(every_page(connected(server, net, **options)))
    said = [issue.code for page in pages for issue in (*page.issues, *([page.shortfall] if page.shortfall else ()))]
    return [item for page in pages for item in page.items], said, pages


def asked(server: WebServer) -> Iterator[tuple[str, bool]]:
    """Of each search: how many rows were asked for, and whether only identifiers and dates."""
    for _, path, _ in server.asked:
        yield re.search(r"rows=(\d+)", path)[1], "fl=id%2Cmetadata_modified%2Cname" in path


def test_the_first_page_comes_in_full_the_second_tries_and_the_others_have_a_thousand_rows(server: WebServer, net: Net):
    items, said, pages = read(server, net, portal([ENTRY(n) for n in range(2500)]))
    assert (len({item.identifier for item in items}), len(items), said, pages[-1].total) == (2500, 2500, [], 2500)
    assert list(asked(server)) == [("100", False), ("100", True), ("1000", True), ("1000", True), ("1000", True)]
    assert [item.raw is None for item in items] == [False] * 100 + [True] * 2400
    assert {item.mark for item in items[100:]} == {"2024-09-01T00:00:00.123"}


def test_light_pages_go_on_from_any_cursor_after_a_restart(server: WebServer, net: Net):
    _, _, pages = read(server, net, portal([ENTRY(n) for n in range(2500)]))
    for page, following in zip(pages, pages[1:], strict=False):
        assert connected(server, net).page(json.loads(json.dumps(page.cursor))) == following


def test_cursors_of_before_are_understood():
    assert At.read("100:abc") == At(start=100, before="abc")
    assert At.read(str(At(way="light", start=7, before="x", total=9))) == At(way="light", start=7, before="x", total=9)


def test_switched_off_every_page_is_in_full(server: WebServer, net: Net):
    items, _, _ = read(server, net, portal([ENTRY(n) for n in range(250)]), incremental="no")
    assert list(asked(server)) == [("100", False)] * 3
    assert all(item.raw for item in items)


@pytest.mark.parametrize("light", [
    lambda entry: {"id": entry["id"], "name": entry["name"]}, lambda entry: {}, lambda entry: entry["id"],
    lambda entry: {"id": entry["id"], "metadata_modified": None}, lambda entry: {"id": entry["id"], "metadata_modified": "hôm qua"},
    lambda entry: None, lambda entry: {"id": 7, "metadata_modified": 7}])
def test_a_portal_that_gives_something_else_is_read_in_full(server: WebServer, net: Net, light):
    items, said, _ = read(server, net, portal([ENTRY(n) for n in range(250)], light=light))
    assert (len(items), said) == (250, [])
    assert all(item.raw["resources"] for item in items)
    assert [light for _, light in asked(server)] == [False, True, False, False], "tried once"


def test_a_portal_that_adds_to_the_short_form_is_understood(server: WebServer, net: Net):
    items, said, _ = read(server, net, portal([ENTRY(n) for n in range(250)], light=lambda entry: {**rows_of(entry), "score": 1.0, "index_id": "x"}))
    assert (len(items), said, [item.raw is None for item in items].count(True)) == (250, [], 150)


def test_a_portal_that_pays_no_heed_costs_no_request(server: WebServer, net: Net):
    items, said, _ = read(server, net, portal([ENTRY(n) for n in range(250)], light=lambda entry: entry))
    assert (len(items), said, len(server.asked)) == (250, [], 3)
    assert all(item.raw["resources"] for item in items)


def test_a_portal_that_refuses_the_short_form_is_read_in_full(server: WebServer, net: Net):
    understood = portal([ENTRY(n) for n in range(250)])

    def refusing(handler: Handler) -> None:
        return reply('"Bad request"', status=400)(handler) if "fl" in handler.params else understood(handler)

    items, said, _ = read(server, net, refusing)
    assert (len(items), said) == (250, [])
    assert all(item.raw for item in items)


def test_a_portal_that_repeats_light_pages_neither_loops_nor_doubles(server: WebServer, net: Net):
    entries = [ENTRY(n) for n in range(1500)]

    def stuck(handler: Handler) -> None:
        start = min(int(handler.params["start"]), 200)
        rows = entries[start:start + int(handler.params["rows"])]
        reply(json.dumps({"success": True, "result": {"count": 9000, "results": [rows_of(row) if "fl" in handler.params else row for row in rows]}}))(handler)

    items, said, _ = read(server, net, stuck)
    assert (len({item.identifier for item in items}), said) == (1200, ["listing-incomplete"])
    assert len(items) == 1200


def test_a_listing_that_shrinks_while_it_is_read_says_so(server: WebServer, net: Net):
    counts = iter([1300, 1300, 1250, 1250])
    _, said, pages = read(server, net, portal([ENTRY(n) for n in range(1250)], count=lambda _: next(counts)))
    assert (said, pages[-1].cursor) == (["listing-changed"], None)


def test_a_row_without_a_date_further_on_is_asked_for_in_full(server: WebServer, net: Net):
    def light(entry: dict[str, Any]) -> dict[str, Any]:
        return {"id": entry["id"]} if entry["id"] == "id-00250" else rows_of(entry)

    items, said, _ = read(server, net, portal([ENTRY(n) for n in range(400)], light=light))
    assert (len(items), said) == (400, [])
    assert next(item for item in items if item.identifier == "id-00250").raw is not None


def of(*identifiers: str) -> list[Gathered]:
    return [Gathered(identifier=identifier) for identifier in identifiers]


def test_details_are_searched_for_together(server: WebServer, net: Net):
    server.routes["/api/3/action/package_search"] = portal([ENTRY(n) for n in range(300)])
    connector = connected(server, net)
    assert isinstance(connector, Detailing)
    wanted = of(*(f"id-{n:05}" for n in range(250)))
    found = connector.detail(wanted)
    assert [item.identifier for item in found] == [item.identifier for item in wanted]
    assert all(item.raw == ENTRY(n) for n, item in enumerate(found))
    assert {item.mark for item in found} == {"2024-09-01T00:00:00.123"}
    assert len(server.asked) == 3


def test_long_and_odd_identifiers_fit_into_the_address_and_the_query(server: WebServer, net: Net):
    odd = ['a"b', "a\\", "(a OR b)", "chợ " * 100, *("x" * 490 + str(n) for n in range(20))]
    server.routes["/api/3/action/package_search"] = portal([{**ENTRY(0), "id": identifier} for identifier in odd])
    found = connected(server, net).detail(of(*odd))
    assert [item.raw["id"] for item in found] == odd
    assert all(len(path) < ADDRESS + 200 for _, path, _ in server.asked)


def showing(*numbers: int) -> Callable[[Handler], None]:
    entries = {ENTRY(n)["id"]: ENTRY(n) for n in numbers}

    def route(handler: Handler) -> None:
        entry = entries.get(handler.params["id"])
        reply(json.dumps({"success": entry is not None, "result": entry}), status=200 if entry else 404)(handler)
    return route


@pytest.mark.parametrize("search", [
    reply("no", status=400), reply('{"success": false}'), reply("<html>", content_type="text/html"), reply(""), reply('{"success": true, "result": 7}'),
    reply('{"success": true, "result": {"count": 0, "results": []}}'), reply('{"success": true, "result": {"results": [{"id": "id-00001"}, 7, null]}}')])
def test_where_searching_by_identifier_fails_they_are_asked_for_one_by_one(server: WebServer, net: Net, search):
    server.routes["/api/3/action/package_search"] = search
    server.routes["/api/3/action/package_show"] = showing(1, 3)
    one, two, three = connected(server, net).detail(of("id-00001", "id-00002", "id-00003"))
    assert (one.raw["name"], three.raw["name"], two.code) == ("bo-1", "bo-3", "ckan-dataset-refused")
    assert two.facts["identifier"] == "id-00002"


def test_another_dataset_than_the_one_asked_for_is_not_taken_for_it(server: WebServer, net: Net):
    server.routes["/api/3/action/package_search"] = reply(json.dumps({"success": True, "result": {"results": [ENTRY(5)]}}))
    server.routes["/api/3/action/package_show"] = reply(json.dumps({"success": True, "result": ENTRY(5)}))
    assert [answer.code for answer in connected(server, net).detail(of("id-00001"))] == ["ckan-dataset-refused"]


def test_one_broken_answer_costs_its_record_only(server: WebServer, net: Net):
    server.routes["/api/3/action/package_search"] = reply('{"success": true, "result": {"results": [{"id"')
    whole = showing(1, 2)
    server.routes["/api/3/action/package_show"] = lambda handler: (
        reply('{"success": tru')(handler) if handler.params["id"] == "id-00001" else whole(handler))
    broken, sound = connected(server, net).detail(of("id-00001", "id-00002"))
    assert (broken.code, sound.raw["name"]) == ("json-broken", "bo-2")


def test_a_portal_that_is_gone_is_not_asked_for_every_record(server: WebServer, net: Net):
    server.routes["/api/3/action/package_search"] = reply("", status=503)
    assert {answer.code for answer in connected(server, net).detail(of(*map(str, range(30))))} == {"host-busy"}
    assert len(server.asked) == 1


def test_what_was_found_before_the_portal_went_is_kept(server: WebServer, net: Net):
    server.routes["/api/3/action/package_search"] = portal([ENTRY(1)])
    server.routes["/api/3/action/package_show"] = reply("", status=503)
    one, two, three = connected(server, net).detail(of("id-00001", "id-00002", "id-00003"))
    assert (one.raw["name"], two.code, three.code) == ("bo-1", "host-busy", "host-busy")


@pytest.mark.parametrize(("written", "mark"), [
    ("2024-09-01T00:00:00.123456", "2024-09-01T00:00:00.123"), ("2024-09-01T00:00:00.123Z", "2024-09-01T00:00:00.123"),
    ("2024-09-01T00:00:00Z", "2024-09-01T00:00:00.000"), ("2024-09-01T07:00:00+07:00", "2024-09-01T00:00:00.000"),
    ("2024-09-01", "2024-09-01T00:00:00.000"), ("", None), (None, None), (20240901, None), ("hôm qua", None), (["2024-09-01"], None)])
def test_a_date_is_one_mark_however_it_is_written(written, mark):
    assert mark_of({"metadata_modified": written}) == mark


def test_a_portal_that_is_down_in_mid_listing_is_trouble(server: WebServer, net: Net):
    server.routes["/api/3/action/package_search"] = portal([ENTRY(n) for n in range(300)])
    cursor = connected(server, net).page(None).cursor
    server.routes["/api/3/action/package_search"] = reply("", status=503)
    assert code_of(connected(server, net).page, cursor) == "host-busy"
