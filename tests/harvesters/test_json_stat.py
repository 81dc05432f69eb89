"""JSON-stat by its address: datasets, collections, bundles."""

from __future__ import annotations

import csv
import json

import pytest
from support.sources import code_of
from support.web_server import WebServer, reply

from catalog.net import Net
from harvesters.base import SourceSpec, every_page
from harvesters.json_stat import JsonStat

DATASET = {
    "version": "2.0", "class": "dataset", "label": "Dân số theo nơi ở", "source": "Cục Thống kê",
    "updated": "2024-09-30T00:00:00Z",
    "note": ["Số sơ bộ.", "Không kể Côn Đảo."], "id": ["noi", "nam"], "size": [2, 1], "value": [1.5, None], "status": {"1": "x"},
    "dimension": {"noi": {"label": "Nơi ở", "category": {"index": ["a", "b"]}}, "nam": {"category": {"index": {"2023": 0}}}},
}
BUNDLE = {name: {"label": f"Bảng {name}", "value": values, "dimension": {**DATASET["dimension"], "id": ["noi", "nam"],
    "size": [2, 1]}}
          for name, values in (("một", [1, 2]), ("hai", [3, 4]))}


def connector(server: WebServer, net: Net, document, path: str = "/s/a.json") -> JsonStat:
    server.routes[path] = reply(document if isinstance(document, str) else json.dumps(document))
    return JsonStat(SourceSpec(name="nguon", url=server.url(path)), net)


def collection(*items) -> dict:
    return {"version": "2.0", "class": "collection", "label": "Tất cả", "link": {"item": list(items)}}


def table(one: JsonStat, item, folder) -> list[list[str]]:
    recipe = json.loads(json.dumps(one.describe(item).resources[0].recipe))
    assert one.make(recipe, folder / "t.csv", None).media_type == "text/csv"
    with (folder / "t.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_a_dataset_is_one_record_with_its_own_words(server: WebServer, net: Net, tmp_path):
    one = connector(server, net, DATASET)
    page = one.page(None)
    record = one.describe(page.items[0])
    extras = {extra["key"]: extra["value"] for extra in record.metadata["extras"]}
    assert (page.items[0].identifier, page.total, page.cursor) == (server.url("/s/a.json"), 1, None)
    assert (record.metadata["title"], record.metadata["author"]) == ("Dân số theo nơi ở", "Cục Thống kê")
    assert record.metadata["notes"] == "Số sơ bộ.\n\nKhông kể Côn Đảo."
    assert (extras["dimensions"], extras["origin_modified"]) == ("noi (Nơi ở); nam", "2024-09-30T00:00:00")
    assert (record.resources[0].format, record.resources[0].url) == ("CSV", server.url("/s/a.json"))
    assert table(one, page.items[0], tmp_path) == [["noi", "nam", "value", "status"], ["a", "2023", "1.5", ""],
        ["b", "2023", "", "x"]]


def test_a_bundle_of_version_1_is_a_record_for_each_dataset(server: WebServer, net: Net, tmp_path):
    one = connector(server, net, BUNDLE)
    items = {item.identifier: item for item in one.page(None).items}
    assert set(items) == {server.url("/s/a.json#một"), server.url("/s/a.json#hai")}
    asked = len(server.asked)
    assert [row[2] for row in table(one, items[server.url("/s/a.json#hai")], tmp_path)] == ["value", "3", "4"]
    assert [row[2] for row in table(one, items[server.url("/s/a.json#một")], tmp_path)] == ["value", "1", "2"]
    assert len(server.asked) == asked + 1


def test_a_collection_lists_what_it_links_to_and_what_it_holds(server: WebServer, net: Net, tmp_path):
    server.routes |= {"/s/b.json": reply(json.dumps(DATASET)), "/s/more.json": reply(json.dumps(collection(
        {"class": "dataset", "href": "/other/c.json", "label": "C"}, {"class": "collection", "href": "a.json"},
        {"class": "dataset", "href": "b.json#x"})))}
    one = connector(server, net, collection(
        {"class": "dataset", "href": "b.json", "label": "B", "updated": "2024-01-01"},
        {"class": "collection", "href": "more.json"},
        {**DATASET, "label": "Ở trong"}, {"class": "dimension", "href": "d.json"}, 7))
    page = one.page(None)
    items = {item.identifier: item for item in page.items}
    assert sorted(items) == sorted(map(server.url, ("/other/c.json", "/s/a.json#Ở trong", "/s/b.json")))
    assert (page.total, page.issues, page.shortfall) == (3, (), None)
    for identifier in (server.url("/s/b.json"), server.url("/s/a.json#Ở trong")):
        assert table(one, items[identifier], tmp_path)[1] == ["a", "2023", "1.5", ""]
    assert one.describe(items[server.url("/s/b.json")]).metadata["title"] == "B"


def test_what_has_no_address_and_no_name_is_said(server: WebServer, net: Net):
    page = connector(server, net, collection({**DATASET, "label": ""}, {"class": "dataset", "label": "X"}, DATASET,
        DATASET)).page(None)
    assert [issue.code for issue in page.issues] == ["identifier-missing", "identifier-missing", "duplicate-identifier"]
    assert len(page.items) == 1


def test_a_collection_below_that_cannot_be_read_is_a_shortfall(server: WebServer, net: Net):
    page = connector(server, net, collection({"class": "collection", "href": "x.json"},
        {"class": "dataset", "href": "b.json"})).page(None)
    assert len(page.items) == 1
    assert page.shortfall.code == "http-status"


def test_collections_without_end_end(server: WebServer, net: Net):
    for depth in range(10):
        server.routes[f"/s/{depth}.json"] = reply(json.dumps(collection({"class": "collection", "href": f"{depth + 1}.json"})))
    pages = list(every_page(connector(server, net, collection({"class": "collection", "href": "0.json"}))))
    assert pages[-1].shortfall.code == "listing-cut"
    assert len(server.asked) == 7


@pytest.mark.parametrize(("now", "code"), [
    ("<html>", "not-json"), ("[]", "cube-of-another-kind"), ('{"class": "collection", "link": {"item": []}}',
    "cube-of-another-kind"),
    (json.dumps({**DATASET, "value": [1]}), "cube-size"), (json.dumps({**DATASET, "value": {}, "status": None}), "cube-empty")])
def test_a_dataset_that_turns_into_something_else_makes_no_table(server: WebServer, net: Net, tmp_path, now, code):
    one = connector(server, net, DATASET)
    recipe = one.describe(one.page(None).items[0]).resources[0].recipe
    server.routes["/s/a.json"] = reply(now)
    assert code_of(one.make, recipe, tmp_path / "t", None) == code


def test_a_dataset_that_left_its_bundle_makes_no_table(server: WebServer, net: Net, tmp_path):
    one = connector(server, net, {"một": BUNDLE["một"]})
    assert code_of(one.make, {"url": server.url("/s/a.json"), "key": "hai"}, tmp_path / "t", None) == "cube-of-another-kind"


def test_corrected_cells_make_a_new_table_even_under_the_same_date(server: WebServer, net: Net, tmp_path):
    one = connector(server, net, DATASET)
    item = one.page(None).items[0]
    recipe = one.describe(item).resources[0].recipe
    mark = one.make(recipe, tmp_path / "t", None).mark
    server.routes["/s/a.json"] = reply(json.dumps({**DATASET, "value": [2.5, None]}))
    assert one.make(recipe, tmp_path / "t", mark) is not None
    assert "2.5" in (tmp_path / "t").read_text("utf-8")
