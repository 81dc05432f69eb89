"""ArcGIS Hub sites: their search and their older list, and the services that their items lead to."""

from __future__ import annotations

import json

import pytest
from support.arcgis_server import FAILED, LOCKED
from support.kinds.arcgis import LAYER, ROOT, SEARCH, hub_entry, item_of, serve_hub
from support.sources import code_of
from support.web_server import Handler, WebServer, reply

from catalog.net import Net
from harvesters.arcgis_hub import ArcgisHub
from harvesters.base import Gathered, SourceSpec, every_page

V3 = "/api/v3/datasets"


def hub(server: WebServer, net: Net, path: str = "/", **options) -> ArcgisHub:
    return ArcgisHub(SourceSpec(name="x", url=server.url(path), options=options), net)


def harvest(connector: ArcgisHub):
    pages = list(every_page(connector))
    said = [issue.code for page in pages for issue in (*page.issues, *([page.shortfall] if page.shortfall else ()))]
    return [item for page in pages for item in page.items], said, pages


def older(server: WebServer, rows, *, org: str | None = "abc", **meta) -> None:
    """The list of before the search; `org` is what the register of domains says."""
    def route(handler: Handler) -> None:
        number, size = int(handler.params["page[number]"]), int(handler.params["page[size]"])
        found = [row for row in rows if handler.params.get("filter[orgId]") in (None, row["attributes"].get("orgId"))]
        reply(json.dumps({"data": found[(number - 1) * size:number * size], "meta": {"stats": {"totalCount": len(found)}, **meta}}))(handler)

    server.routes[V3] = route
    if org:
        server.routes["/api/v3/domains/127.0.0.1"] = reply(json.dumps({"orgId": org}))


def dataset(server: WebServer, number: int, org: str = "abc") -> dict:
    said = {"name": f"Bộ {number}", "orgId": org, "url": server.url(f"{ROOT}/Bo/FeatureServer/{number}"), "geometryType": "esriGeometryPolygon",
            "structuredLicense": {"type": "CC-BY-4.0", "url": "https://creativecommons.org/licenses/by/4.0"}, "license": "CC-BY-4.0"}
    return {"id": f"{number:032x}_{number}", "type": "dataset", "attributes": said}


def describe(raw, **options):
    return ArcgisHub(SourceSpec(name="x", url="https://mo.example.vn/", options=options), Net()).describe(Gathered(identifier="x", raw=raw))


def extras(record) -> dict[str, str]:
    return {extra["key"]: extra["value"] for extra in record.metadata["extras"]}


def test_an_item_in_our_words(server: WebServer, net: Net):
    serve_hub(server, [hub_entry(3)])
    connector = hub(server, net)
    record = connector.describe(connector.page(None).items[0])
    metadata = record.metadata
    assert (metadata["title"], metadata["notes"], metadata["tags"], metadata["author"]) == ("Bộ dữ liệu 3", "Mô tả", ["chợ"], "SoYTe")
    assert (metadata["license_id"], metadata["groups"]) == ("cc-by", ["y-te"])
    assert metadata["url"] == server.url(f"/datasets/{3:032x}")
    assert extras(record) == {"origin_modified": "2024-09-01T00:00:00", "issued": "2024-09-01T00:00:00", "origin_type": "Feature Service", "owner": "SoYTe"}
    assert [(one.format, one.recipe["format"], one.name) for one in record.resources] == [("CSV", "csv", "Trạm"), ("GEOJSON", "geojson", "Trạm")]


def test_views_do_not_make_an_item_change(server: WebServer, net: Net):
    found = []
    for views in (1, 2):
        serve_hub(server, [{**hub_entry(0), "numViews": views}])
        found.append(hub(server, net).page(None).items[0].raw)
    assert found[0] == found[1]


def searching(server: WebServer, entries, *, per_page: int = 100, says: int | None = None, link: bool = True, repeats: bool = False) -> None:
    def route(handler: Handler) -> None:
        start = 1 if repeats else int(handler.params["startindex"])
        found = entries[start - 1:start - 1 + per_page]
        more = [{"rel": "next", "href": f"https://other.example{SEARCH}?limit=100&startindex={start + per_page}"}] if link and start - 1 + per_page < len(entries) else []
        reply(json.dumps({"features": [item_of(server, entry) for entry in found], "links": [7, {"rel": "self"}, *more],
                          **({} if says is None else {"numberMatched": says})}))(handler)

    server.routes[SEARCH] = route


@pytest.mark.parametrize(("habits", "expected"), [
    ({"says": 250}, (250, [])), ({"says": 250, "per_page": 30}, (250, [])), ({}, (250, [])), ({"says": 250, "link": False}, (250, [])),
    ({"says": 260}, (250, ["listing-incomplete"])), ({"says": 250, "repeats": True}, (100, ["listing-incomplete"])), ({"repeats": True}, (100, []))])
def test_the_search_is_paged_as_it_pages_itself(server: WebServer, net: Net, habits, expected):
    searching(server, [{"id": f"{n:032x}", "title": f"Bộ {n}", "type": "CSV"} for n in range(250)], **habits)
    items, said, _ = harvest(hub(server, net))
    assert (len({item.identifier for item in items}), said) == expected
    assert len(items) == expected[0]
    assert len(server.asked) < 12


def test_the_search_of_another_collection_is_taken_from_its_address(server: WebServer, net: Net):
    server.routes["/api/search/v1/collections/all/items"] = reply('{"features": [], "numberMatched": 0}')
    hub(server, net, "/api/search/v1/collections/all/items?filter=type%20IN%20(%27CSV%27)&limit=3").page(None)
    assert server.asked[0][1] == "/api/search/v1/collections/all/items?filter=type+IN+%28%27CSV%27%29&limit=100&startindex=1"


def test_where_there_is_no_search_the_older_list_is_read_for_the_sites_own_organisation(server: WebServer, net: Net):
    older(server, [*(dataset(server, n) for n in range(130)), *(dataset(server, n, "other") for n in range(130, 250))])
    items, said, pages = harvest(hub(server, net))
    assert (len(items), said, len(pages), pages[-1].total) == (130, [], 2, 130)
    record = hub(server, net).describe(items[7])
    assert (record.metadata["title"], record.metadata["license_id"], [one.format for one in record.resources]) == ("Bộ 7", "cc-by", ["CSV", "GEOJSON"])
    assert record.resources[0].recipe["layer"] == server.url(f"{ROOT}/Bo/FeatureServer/7")
    again = hub(server, net).page(json.loads(json.dumps(pages[0].cursor)))
    assert again == pages[1]


def test_the_catalogue_of_everyone_is_never_taken_for_one_agencys(server: WebServer, net: Net):
    rows = [dataset(server, n) for n in range(100)] + [dataset(server, n, "other") for n in range(100, 150)]
    older(server, rows, org=None)
    connector = hub(server, net)
    cursor = connector.page(None).cursor
    assert code_of(connector.page, cursor) == "hub-of-everyone"
    older(server, rows[::-1][:60], org=None)
    assert code_of(hub(server, net).page, None) == code_of(hub(server, net, V3).page, None) == "hub-of-everyone"
    older(server, rows, org=None)
    assert len(harvest(hub(server, net, V3 + "?filter%5BorgId%5D=abc&page%5Bsize%5D=3"))[0]) == 100


def test_where_neither_answers_the_searchs_refusal_is_told(server: WebServer, net: Net):
    server.routes[SEARCH] = reply("<h1>Private", status=401)
    with pytest.raises(Exception) as caught:  # noqa: B017, PT011
        hub(server, net).page(None)
    assert (caught.value.issue.code, caught.value.issue.facts["status"]) == ("http-status", 401)


def put(server: WebServer, path: str, answer, status: int = 200) -> None:
    server.routes[path] = reply(json.dumps(answer), status=status)


def item_with(server: WebServer, net: Net, path: str, **more):
    """What is gathered of one item whose service is at a path, and what is said of it."""
    searching(server, [{**hub_entry(0), "resources": [{"url": path}], **more}], says=1)
    page = hub(server, net).page(None)
    return page.items[0] if page.items else None, page.issues


def test_a_service_of_several_layers_is_one_dataset_with_the_files_of_all(server: WebServer, net: Net):
    put(server, ROOT + "/A/FeatureServer", {"capabilities": "Query", "layers": [{"id": 0, "name": "Trạm", "geometryType": "esriGeometryPoint"}, {"id": 1, "name": "Cũ"}, {"id": 2, "subLayerIds": [0]}],
                                            "tables": [{"id": 5, "name": "Bảng"}]})
    put(server, ROOT + "/A/FeatureServer/1", {**LAYER, "name": "Cũ", "geometryType": "esriGeometryPolygon"})
    item, issues = item_with(server, net, ROOT + "/A/FeatureServer")
    record = hub(server, net).describe(item)
    assert (issues, record.issues) == ((), ())
    assert [(one.name, one.format) for one in record.resources] == [("Trạm", "CSV"), ("Trạm", "GEOJSON"), ("Cũ", "CSV"), ("Cũ", "GEOJSON"), ("Bảng", "CSV")]
    assert len({one.url for one in record.resources}) == 5


def test_the_layer_in_an_identifier_is_the_one_that_is_meant(server: WebServer, net: Net):
    put(server, ROOT + "/A/FeatureServer/3", LAYER)
    item, _ = item_with(server, net, ROOT + "/A/FeatureServer", id="a" * 32 + "_3")
    assert [layer["url"] for layer in item.raw["layers"]] == [server.url(ROOT + "/A/FeatureServer/3")]


@pytest.mark.parametrize(("answer", "status", "reason"), [
    (LOCKED, 200, "arcgis-locked"), (FAILED, 200, "arcgis-refused"), ({}, 404, "http-status"), ({"x": 1}, 200, "listing-of-another-kind"),
    ({"capabilities": "Map", "layers": [{"id": 0, "geometryType": "esriGeometryPoint"}]}, 200, "layer-without-query")])
def test_an_item_whose_service_refuses_is_listed_with_a_link_and_a_reason(server: WebServer, net: Net, answer, status, reason):
    put(server, ROOT + "/A/FeatureServer", answer, status)
    item, issues = item_with(server, net, ROOT + "/A/FeatureServer")
    record = hub(server, net).describe(item)
    assert issues == ()
    assert [(issue.code, issue.facts["reason"]) for issue in record.issues] == [("layer-refused", reason)]
    assert [one.recipe for one in record.resources] == [None]


@pytest.mark.parametrize("status", [500, 503])
def test_an_item_whose_server_is_down_just_now_stays_as_it_was(server: WebServer, net: Net, status):
    put(server, ROOT + "/A/FeatureServer", {}, status)
    item, issues = item_with(server, net, ROOT + "/A/FeatureServer")
    assert item is None
    assert [issue.facts["identifier"] for issue in issues] == ["0" * 32]


@pytest.mark.parametrize(("raw", "expected"), [
    ({"id": "ab", "type": "CSV"}, ("https://www.arcgis.com/sharing/rest/content/items/ab/data", "CSV")),
    ({"id": "ab", "type": "Document Link", "url": "https://so.example.vn/a.pdf"}, ("https://so.example.vn/a.pdf", "Document Link")),
    ({"id": "a/b", "type": "Web Map"}, ("https://mo.example.vn/datasets/a%2Fb", "HTML")),
    ({"id": "ab", "type": "Feature Service", "layers": []}, ("https://mo.example.vn/datasets/ab", "HTML"))])
def test_items_that_are_no_layers(raw, expected):
    assert [(one.url, one.format) for one in describe(raw).resources] == [expected]
    assert describe({"id": "ab", "type": "CSV"}, portal="https://gis.example.vn/portal/").resources[0].url.startswith("https://gis.example.vn/portal/sharing/")


@pytest.mark.parametrize(("said", "expected"), [
    ({"licenseInfo": "<a href='https://opendatacommons.org/licenses/odbl/1-0/'>ODbL</a>"}, ("odc-odbl", [])), ({"license": "none"}, ("", [])),
    ({"licenseInfo": "<p>Chỉ dùng tham khảo</p>"}, ("", ["licence-unknown"])), ({"license": "CC-BY-SA-4.0", "licenseInfo": "Xem trang"}, ("cc-by-sa", [])),
    ({"structuredLicense": {"type": "none"}}, ("", []))])
def test_licences_are_found_where_hub_writes_them(said, expected):
    record = describe({"id": "a", "title": "a", **said})
    assert (record.metadata["license_id"], [issue.code for issue in record.issues]) == expected
