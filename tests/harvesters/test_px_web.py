"""PX-Web: its folders, its tables, its limits; Vietnam's statistics office runs version 1."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from support.calling_off import ends_soon, patient
from support.px_server import HEADER, PxServer, table
from support.sources import code_of
from support.web_server import Handler, WebServer, reply, silent

from catalog.net import Net
from catalog.net.limits import World
from harvesters.base import SourceSpec, every_page
from harvesters.px_api import PxApi, version_1, version_2
from harvesters.px_web import PxWeb

V1, V2 = "/api/v1/vi/dan-so", "/api/v2"


def connector(server: WebServer, net: Net, path: str = V1, **options) -> PxWeb:
    return PxWeb(SourceSpec(name="nguon", url=server.url(path), options=options), net)


def recipe_of(connector: PxWeb) -> dict:
    record = connector.describe(connector.page(None).items[0])
    return json.loads(json.dumps(record.resources[0].recipe))


def made(connector: PxWeb, recipe: dict, folder: Path, mark: str | None = None) -> list[list[str]]:
    target = folder / "table.csv"
    assert connector.make(recipe, target, mark) is not None
    with target.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def recipe_2(server: WebServer, updated: str = "") -> dict:
    return {"url": server.url(V2 + "/tables/TAB1"), "version": 2, "updated": updated}


def folder(*entries) -> str:
    return json.dumps([{"id": name, "type": kind, "text": f"Nhóm {name}"} for name, kind in entries])


@pytest.mark.parametrize(("seen", "asked"), [
    ("https://pxweb.nso.gov.vn/pxweb/vi/", "https://pxweb.nso.gov.vn/api/v1/vi"),
    ("https://a.vn/pxweb/vi/D%C3%A2n%20s%E1%BB%91/D%C3%A2n%20s%E1%BB%91/V02.01.px/?rxid=1",
    "https://a.vn/api/v1/vi/D%C3%A2n%20s%E1%BB%91/V02.01.px"),
    ("https://a.fi/PXWeb/pxweb/fi/StatFin/StatFin__asu__asas/x.px", "https://a.fi/PXWeb/api/v1/fi/StatFin/asu/asas/x.px"),
    ("https://a.se/pxweb/sv/ssd/START__BE__BE0101/Folk/", "https://a.se/api/v1/sv/ssd/BE/BE0101/Folk"),
    ("https://a.vn/api/v1/vi/Dân số/", "https://a.vn/api/v1/vi/Dân số"),
    ("https://api.scb.se/OV0104/v1/doris/sv/ssd", "https://api.scb.se/OV0104/v1/doris/sv/ssd")])
def test_the_address_that_people_see_leads_to_the_interface(seen, asked):
    assert version_1(seen) == asked


@pytest.mark.parametrize(("url", "root"), [
    ("https://a.se/api/v2", "https://a.se/api/v2"), ("https://a.no/api/pxwebapi/v2/tables?x=1", "https://a.no/api/pxwebapi/v2"),
    ("https://a.se/OV0104/v2beta/api/v2/tables/TAB1/data", "https://a.se/OV0104/v2beta/api/v2"),
    ("https://a.se/api/v1/sv", None), ("https://a.vn/", None)])
def test_version_2_is_told_by_its_address(url, root):
    assert version_2(url) == root


def test_folders_are_walked_breadth_first_and_each_table_has_its_path(server: WebServer, net: Net):
    server.routes |= {
        "/api/v1/vi": reply(json.dumps([{"dbid": "Dân số", "text": "Dân số và lao động"}])),
        "/api/v1/vi/D%C3%A2n%20s%E1%BB%91": reply(folder(("a", "l"), ("T0.px", "t"), ("tiêu đề", "h"), ("b", "l"))),
        "/api/v1/vi/D%C3%A2n%20s%E1%BB%91/a": reply(folder(("c", "l"), ("T.px", "t"))),
        "/api/v1/vi/D%C3%A2n%20s%E1%BB%91/b": reply(folder(("T.px", "t"))),
        "/api/v1/vi/D%C3%A2n%20s%E1%BB%91/a/c": reply(folder(("T/1.px", "t"))),
    }
    pages = list(every_page(connector(server, net, "/api/v1/vi/")))
    items = [item for page in pages for item in page.items]
    assert [item.identifier for item in items] == ["Dân số/T0.px", "Dân số/a/T.px", "Dân số/b/T.px", "Dân số/a/c/T/1.px"]
    assert items[1].raw["subject"] == "Dân số và lao động / Nhóm a"
    assert items[3].raw["url"] == server.url("/api/v1/vi/D%C3%A2n%20s%E1%BB%91/a/c/T%2F1.px")
    assert (pages[-1].total, pages[-1].shortfall) == (4, None)


@pytest.mark.parametrize(("answer", "code"), [
    (reply("", status=404), "http-status"), (reply('{"error": "x"}'), "listing-of-another-kind"), (reply("<html>"), "not-json")])
def test_a_folder_that_cannot_be_read_is_a_shortfall_and_stops_nothing(server: WebServer, net: Net, answer, code):
    server.routes |= {V1: reply(folder(("a", "l"), ("b", "l"))), V1 + "/a": answer, V1 + "/b": reply(folder(("T.px", "t")))}
    page = connector(server, net).page(None)
    assert [item.identifier for item in page.items] == ["b/T.px"]
    assert page.shortfall.code == code


def test_a_host_that_goes_away_ends_the_walk(server: WebServer, net: Net):
    server.routes |= {V1: reply(folder(("a", "l"))), V1 + "/a": reply("", status=503)}
    assert code_of(connector(server, net).page, None) == "host-busy"


def test_a_walk_of_many_folders_goes_on_after_a_restart(server: WebServer, net: Net):
    server.routes[V1] = reply(folder(*((f"Nhóm {n:02}", "l") for n in range(50))))
    for n in range(50):
        server.routes[f"{V1}/Nh%C3%B3m%20{n:02}"] = reply(folder(("T.px", "t")))
    pages, cursor = [], None
    while not pages or cursor is not None:
        pages.append(connector(server, net).page(cursor))
        cursor = pages[-1].cursor
    assert len(pages) == 3
    assert [item.identifier for page in pages for item in page.items] == [f"Nhóm {n:02}/T.px" for n in range(50)]


def test_a_server_that_shows_the_first_folder_everywhere_ends(server: WebServer, net: Net):
    same = reply(folder(("a", "l"), ("T.px", "t")))
    server.routes |= {V1: same, V1 + "/a": same, V1 + "/a/a": same}
    page = connector(server, net).page(None)
    assert [item.identifier for item in page.items] == ["T.px"]
    assert page.shortfall.code == "listing-cut"
    assert page.cursor is None


def test_a_tree_without_end_ends(server: WebServer, net: Net):
    for depth in range(20):
        path = V1 + "".join(f"/{n}" for n in range(depth))
        server.routes[path] = reply(folder((str(depth), "l"), ("T.px", "t")))
    pages = list(every_page(connector(server, net)))
    assert sum(len(page.items) for page in pages) == 13
    assert [page.shortfall.code for page in pages if page.shortfall] == ["listing-cut"]


def test_the_address_of_a_table_is_a_source_of_one(server: WebServer, net: Net, tmp_path):
    PxServer().serve(server)
    one = connector(server, net, V1 + "/V02.01.px")
    page = one.page(None)
    assert ([item.identifier for item in page.items], page.total) == (["V02.01.px"], 1)
    assert one.describe(page.items[0]).metadata["title"] == "Dân số theo Địa phương, Năm, Chỉ tiêu"
    assert made(one, recipe_of(one), tmp_path) == [HEADER, *table()]


@pytest.mark.parametrize("extra", [{}, {"order": ("Chỉ tiêu", "Địa phương", "Năm")}])
@pytest.mark.parametrize("limit", [1000, 54, 53, 18, 7, 2, 1])
@pytest.mark.parametrize("version", [1, 2])
def test_a_table_is_the_same_whatever_the_server_gives_at_a_time(server: WebServer, net: Net, tmp_path, version, limit, extra):
    px = PxServer(limit=limit, **extra)
    px.serve(server)
    one = connector(server, net, V1 if version == 1 else V2)
    assert made(one, recipe_of(one) if version == 1 else recipe_2(server), tmp_path) == [HEADER, *table()]
    assert max(px.asked) <= limit
    assert sum(px.asked) == 54


def test_a_limit_that_is_not_told_is_found_by_asking(server: WebServer, net: Net, tmp_path, monkeypatch):
    monkeypatch.setattr("harvesters.px_join.SMALL", 5)
    px = PxServer(limit=10, says=False)
    px.serve(server)
    one = connector(server, net)
    assert made(one, recipe_of(one), tmp_path) == [HEADER, *table()]
    assert px.asked[:3] == [54, 18, 8]
    assert all(asked <= 10 for asked in px.asked[2:])


def test_who_refuses_a_few_cells_refuses_the_table(server: WebServer, net: Net, tmp_path):
    px = PxServer(limit=0)
    px.serve(server)
    one = connector(server, net)
    assert code_of(one.make, recipe_of(one), tmp_path / "t", None) == "http-status"
    assert px.asked == [54]


def test_an_older_server_is_asked_in_the_older_format(server: WebServer, net: Net, tmp_path):
    px = PxServer(limit=18, formats=("json-stat",))
    px.serve(server)
    one = connector(server, net)
    assert made(one, recipe_of(one), tmp_path) == [HEADER, *table()]
    assert px.asked == [18] * 4  # the newer one is tried once


def test_a_variable_that_was_not_asked_for_keeps_its_unit(server: WebServer, net: Net, tmp_path):
    PxServer(limit=18, extra=True).serve(server)
    one = connector(server, net)
    rows = made(one, recipe_of(one), tmp_path)
    assert rows[0] == [*HEADER[:-2], "ContentsCode", "ContentsCode_label", "ContentsCode_unit", "value", "status"]
    assert [[*row[:6], *row[9:]] for row in rows[1:]] == table()
    assert {tuple(row[6:9]) for row in rows[1:]} == {("EliminatedValue", "Dân số", "người")}


def spoilt(**changes):
    return lambda dataset, number: {**dataset, **changes} if number == 2 else dataset


def without_a_place(dataset, number):
    """The second answer has two years fewer than were asked for, as if they had been summed away."""
    if number < 2:
        return dataset
    year = dataset["dimension"]["Năm"]["category"]["index"]
    kept = dict(list(year.items())[:1])
    return {**dataset, "size": [1, 1, 2], "value": [1, 2], "status": {},
            "dimension": {**dataset["dimension"], "Năm": {"category": {"index": kept}}}}


@pytest.mark.parametrize(("spoil", "expected"), [
    (spoilt(value=[1, 2]), "cube-size"), (spoilt(value={"99": 1}), "cube-position"), (spoilt(value=[{}] * 18), "cube-value-odd"),
    (spoilt(value="x"), "cube-of-another-kind"), (spoilt(updated="2024-10-01T00:00:00Z"), "cube-answer-differs"),
    (spoilt(dimension={}), "cube-dimension-broken"), (spoilt(size=[3, 1, 2]), "cube-dimension-broken"),
    (lambda dataset, number: {"error": "Parameter error"} if number > 1 else dataset, "cube-of-another-kind"),
    (lambda dataset, number: [] if number > 1 else dataset, "cube-of-another-kind"),
    (without_a_place, "cube-answer-differs")])
@pytest.mark.parametrize("version", [1, 2])
def test_a_part_that_is_not_what_was_asked_for_makes_no_table(server: WebServer, net: Net, tmp_path, version, spoil, expected):
    PxServer(limit=18, spoil=spoil).serve(server)
    one = connector(server, net)
    recipe = recipe_of(one) if version == 1 else recipe_2(server)
    assert code_of(one.make, recipe, tmp_path / "t", None) == expected


def test_a_table_without_known_codes_is_refused(server: WebServer, net: Net, tmp_path):
    PxServer().serve(server)
    recipe = recipe_of(connector(server, net))
    for odd in ({"variables": [{"code": "A", "values": None}]}, {"variables": [{"code": "A", "values": ["1", "1"]}]},
        {"variables": [7]},
                {"variables": [{"code": "A", "values": ["1"]}, {"code": "A", "values": ["1"]}]}):
        server.routes[V1 + "/V02.01.px"] = reply(json.dumps(odd))
        assert code_of(connector(server, net).make, recipe, tmp_path / "t", None) == "cube-dimension-broken"
    server.routes[V1 + "/V02.01.px"] = reply("{}")
    assert code_of(connector(server, net).make, recipe, tmp_path / "t", None) == "cube-of-another-kind"


def test_a_table_beyond_all_measure_is_not_asked_for(server: WebServer, net: Net, tmp_path):
    px = PxServer()
    px.serve(server)
    recipe = recipe_of(connector(server, net))
    many = [{"code": name, "values": [str(n) for n in range(1000)]} for name in "ABC"]
    server.routes[V1 + "/V02.01.px"] = reply(json.dumps({"variables": many}))
    assert code_of(connector(server, net).make, recipe, tmp_path / "t", None) == "cube-too-large"
    server.routes[V1 + "/V02.01.px"] = reply(json.dumps({"variables": many[:2]}))
    server.routes["/api/v1/vi"] = reply('{"maxCells": 2}')
    assert code_of(connector(server, net).make, recipe, tmp_path / "t", None) == "cube-parts-many"
    assert px.asked == []


def test_a_table_in_the_state_of_the_mark_is_not_asked_for(server: WebServer, net: Net, tmp_path):
    px = PxServer()
    px.serve(server)
    one = connector(server, net)
    recipe = recipe_of(one)
    mark = one.make(recipe, tmp_path / "t", None).mark
    asked = len(server.asked)
    assert one.make(recipe, tmp_path / "t", mark) is None
    assert len(server.asked) == asked
    assert one.make({**recipe, "updated": "2024-10-01"}, tmp_path / "t", mark).mark != mark
    assert connector(server, net, language="en").make(recipe, tmp_path / "t", mark) is not None
    assert one.make({**recipe, "updated": ""}, tmp_path / "t", mark).mark is None


@pytest.mark.parametrize(("config", "pause"), [
    ('{"maxCalls": 10, "timeWindow": 1}', 0.1), ('{"maxCallsPerTimeWindow": 30, "timeWindow": 60}', 2.0),
    ('{"maxCalls": 0, "timeWindow": 0}', 0.0),
    ('{"maxCalls": 1, "timeWindow": 99999}', 10.0), ('{"maxCalls": "x", "timeWindow": null}', 0.0), ("[]", 0.0), ("<html>", 0.0)])
def test_a_server_is_asked_no_more_often_than_it_allows(server: WebServer, net: Net, config, pause):
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))
        now[0] += seconds

    server.routes |= {"/api/v1/vi": reply(config), "/t": reply("[]")}
    api = PxApi(net, "", World(monotonic=lambda: now[0], sleep=sleep))
    assert api.cells(server.url("/api/v1/vi?config")) == 100_000
    for _ in range(4):
        api.get(server.url("/t"))
    assert slept == [pause] * 3 * bool(pause)


def tables_2(server: WebServer, count: int, *, same: bool = False, total: int | None = None) -> None:
    def route(handler: Handler) -> None:
        number, size = int(handler.params["pageNumber"]), int(handler.params["pageSize"])
        first = 0 if same else (number - 1) * size
        tables = [{"id": f"TAB{n}", "label": f"Bảng {n}", "description": "Mô tả", "updated": "2024-09-30T06:00:00Z",
            "source": "Cục Thống kê",
                   "timeUnit": "Quarterly", "firstPeriod": "2015K1", "lastPeriod": "2024K2", "discontinued": n == 1,
                   "variableNames": ["tỉnh", "quý"],
                   "paths": [[{"id": "DS", "label": "Dân số"}, {"id": "X", "label": "Lao động"}]],
                   "links": [{"rel": "self", "href": "x"}]} for n in range(first, min(first + size, count))]
        said = {"totalElements": count if total is None else total, "pageNumber": number, "pageSize": size}
        reply(json.dumps({"language": "vi", "tables": tables, "page": said}))(handler)

    server.routes |= {V2 + "/tables": route,
        V2 + "/config": reply('{"license": "https://creativecommons.org/share-your-work/public-domain/cc0/"}')}


def test_version_2_lists_its_tables_page_by_page(server: WebServer, net: Net):
    tables_2(server, 230)
    one = connector(server, net, V2, language="vi")
    pages = list(every_page(one))
    assert [len(page.items) for page in pages] == [100, 100, 30]
    assert (pages[-1].total, pages[-1].shortfall) == (230, None)
    assert connector(server, net, V2, language="vi").page(pages[0].cursor) == pages[1]
    record = one.describe(pages[0].items[1])
    extras = {extra["key"]: extra["value"] for extra in record.metadata["extras"]}
    assert (record.metadata["title"], record.metadata["frequency"], record.metadata["license_id"]) == ("Bảng 1", "quarterly",
        "cc-zero")
    assert (record.metadata["author"], record.metadata["notes"]) == ("Cục Thống kê", "Mô tả")
    assert (extras["subject"], extras["temporal"], extras["discontinued"]) == ("Dân số / Lao động", "2015K1 – 2024K2", "true")
    assert record.resources[0].last_modified == "2024-09-30T06:00:00"
    assert all("lang=vi" in path for _, path, _ in server.asked if "/tables" in path)


@pytest.mark.parametrize("how", [{"same": True}, {"total": 500}])
def test_a_listing_that_gives_less_than_it_says_ends_as_a_shortfall(server: WebServer, net: Net, how):
    tables_2(server, 250, **how)
    pages = list(every_page(connector(server, net, V2)))
    assert pages[-1].shortfall.code == "listing-incomplete"
    assert len({item.identifier for page in pages for item in page.items}) == sum(len(page.items) for page in pages)


def test_a_bare_site_is_asked_for_the_newer_interface_first(server: WebServer, net: Net):
    server.routes["/api/v1/vi"] = reply(json.dumps([{"dbid": "ds", "text": "Dân số"}]))
    server.routes["/api/v1/vi/ds"] = reply(folder(("T.px", "t")))
    assert [item.identifier for page in every_page(connector(server, net, "/")) for item in page.items] == ["ds/T.px"]
    tables_2(server, 1)
    assert [item.identifier for page in every_page(connector(server, net, "/")) for item in page.items] == ["TAB0"]


def test_a_walk_through_folders_that_is_called_off_ends_within_seconds(server: WebServer):
    server.routes |= {V1: reply(folder(("a", "l"), ("b", "l"))), V1 + "/a": silent(25)}
    net = patient()
    assert ends_soon(net, lambda: any(path == V1 + "/a" for _, path, _ in server.asked), connector(server, net).page, None)


def test_a_table_that_is_called_off_is_left_while_its_server_wants_a_pause(server: WebServer, tmp_path):
    PxServer(limit=10).serve(server)
    server.routes["/api/v1/vi"] = reply('{"maxCalls": 1, "timeWindow": 10}')
    net = patient()
    one = connector(server, net)
    recipe = recipe_of(one)
    asked = len(server.asked)
    assert ends_soon(net, lambda: len(server.asked) > asked + 1, one.make, recipe, tmp_path / "t", None)
