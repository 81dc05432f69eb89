"""A layer's rows made into files: every row once, whatever the server's habits, or no file at all."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from support.arcgis_server import FAILED, LOCKED, LayerOf, points
from support.web_server import WebServer, reply

from catalog.errors import Trouble
from catalog.issues import say
from catalog.net import Limits, Net
from harvesters.arcgis_rows import LayerFiles

EVERYTHING = ("count", "ids", "statistics", "order", "offset")


def made(net: Net, url: str, folder: Path, kind: str = "csv", mark: str | None = None):
    """What making the file says, and the file's text; no file where it says nothing."""
    target = folder / "tep"
    done = LayerFiles(net).make({"layer": url, "format": kind}, target, mark)
    return done, target.read_text("utf-8") if target.exists() else None


def table(net: Net, url: str, folder: Path) -> list[list[str]]:
    return list(csv.reader(made(net, url, folder)[1].splitlines()))


def trouble(net: Net, url: str, folder: Path, kind: str = "csv"):
    with pytest.raises(Trouble) as caught:
        made(net, url, folder, kind)
    assert list(folder.iterdir()) == [], "a file that lacks rows is never there"
    return caught.value.issue


def asked(server: WebServer) -> list[str]:
    return [path for _, path, _ in server.asked if "/query" in path]


@pytest.mark.parametrize(("habits", "expected"), [
    ({}, "returnIdsOnly"), ({"without": ["count"]}, "returnIdsOnly"), ({"cap": 7, "says_cap": False}, "returnIdsOnly"),
    ({"cap": 7, "shuffle": lambda rows: rows[::-1]}, "returnIdsOnly"),
    ({"without": ["ids"]}, "orderByFields"), ({"without": ["ids", "count"]}, "orderByFields"), ({"without": ["ids", "offset"], "cap": 7}, "orderByFields"),
    ({"without": ["ids"], "cap": 7, "says_cap": False}, "orderByFields"),
    ({"without": ["ids", "order"], "cap": 7}, "outStatistics"), ({"without": ["ids", "order", "statistics"], "cap": 7}, "resultOffset"),
    ({"without": ["ids", "order", "statistics", "count"], "cap": 7}, "resultOffset"), ({"without": EVERYTHING}, "1%3D1"),
    ({"without": [*EVERYTHING[1:]]}, "1%3D1")])
def test_every_row_comes_once_whatever_the_server_can_do(server: WebServer, net: Net, tmp_path, habits, expected):
    url = LayerOf(features=points(40), **habits).serve(server)
    rows = table(net, url, tmp_path)
    assert rows[0] == ["OBJECTID", "ten", "lon", "lat"]
    assert sorted(int(row[0]) for row in rows[1:]) == list(range(1, 41))
    assert rows[1:][4] == ["5", "Trạm 5", "106.000005", "20.5"]
    assert any(expected in path for path in asked(server))


def test_identifiers_far_apart_are_found_by_halving_ranges(server: WebServer, net: Net, tmp_path):
    features = points(30) + points(30, 1_000_000_007) + points(3, -5)
    url = LayerOf(features=features, cap=10, without=["ids", "order", "offset"]).serve(server)
    assert len(table(net, url, tmp_path)) == 64
    assert len(server.asked) < 200


def test_rows_come_in_the_order_of_their_identifiers_so_that_the_same_data_make_the_same_file(server: WebServer, net: Net, tmp_path):
    texts = []
    for shuffle in (list, lambda rows: rows[::-1]):
        url = LayerOf(features=points(25), cap=10, shuffle=shuffle).serve(server)
        texts.append(made(net, url, tmp_path)[1])
    assert texts[0] == texts[1]


@pytest.mark.parametrize(("habits", "found"), [
    ({"count": 41}, 40),                                                       # fewer than it counts, and its list is as short
    ({"count": 41, "without": ["ids"]}, 40), ({"count": 41, "without": ["ids", "order"]}, 40),
    ({"count": 41, "without": ["ids", "order", "statistics"]}, 40), ({"count": 41, "without": [*EVERYTHING[1:]]}, 40),
    ({"cap": 10, "without": [*EVERYTHING[1:]]}, 10), ({"cap": 10, "without": EVERYTHING}, 10),
    ({"cap": 10, "says_cap": False, "without": EVERYTHING, "beside": {"exceededTransferLimit": False}}, 10),  # nothing tells
    ({"cap": 10, "deaf": ["where"]}, 10), ({"cap": 10, "deaf": ["where"], "without": ["ids"]}, 10),           # the same page again and again
    ({"cap": 10, "deaf": ["where", "offset"], "without": ["ids", "order", "statistics"]}, 10),
    ({"cap": 10, "deaf": ["order"], "without": ["ids"], "shuffle": lambda rows: rows[::-1]}, 0)])
def test_a_file_that_would_lack_rows_is_not_made(server: WebServer, net: Net, tmp_path, habits, found):
    url = LayerOf(features=points(40), **habits).serve(server)
    issue = trouble(net, url, tmp_path)
    assert (issue.code, issue.facts["found"]) == ("layer-rows-missing", found)
    assert len(server.asked) < 40
    assert str(found) in say(issue, "vi").what


def test_pages_of_rows_that_go_round_in_a_circle_make_no_file(server: WebServer, net: Net, tmp_path):
    layer = LayerOf(features=points(30), cap=10, without=["ids", "statistics", "count"], oid="")
    url, whole = layer.serve(server), layer.answer
    layer.answer = lambda params: whole({**params, "resultOffset": str(int(params.get("resultOffset", 0)) % 30)})
    assert trouble(net, url, tmp_path).code == "layer-rows-missing"
    assert len(server.asked) < 20


def test_a_row_that_is_deleted_while_it_is_read_ends_the_reading(server: WebServer, net: Net, tmp_path):
    layer = LayerOf(features=points(40), cap=10)
    url = layer.serve(server)
    whole = layer.answer
    layer.answer = lambda params: whole(params) if "returnIdsOnly" in params or "returnCountOnly" in params else {
        **whole(params), "features": [one for one in whole(params)["features"] if one["attributes"]["OBJECTID"] != 33]}
    issue = trouble(net, url, tmp_path)
    assert (issue.code, issue.facts) == ("layer-rows-missing", {"found": 32, "total": 40})


def test_a_page_that_is_too_much_for_the_server_is_asked_for_in_halves(server: WebServer, net: Net, tmp_path):
    layer = LayerOf(features=points(40))
    url, whole = layer.serve(server), layer.answer
    for without in ([], ["ids"], ["ids", "order"]):
        layer.without = without
        layer.answer = lambda params: FAILED if len((found := whole(params)).get("features", [])) > 6 else found
        assert len(table(net, url, tmp_path)) == 41


def test_an_object_id_that_several_rows_share_loses_none_of_them(server: WebServer, net: Net, tmp_path):
    """Joined tables repeat the identifier of the row that they were joined to."""
    features = [{"attributes": {"OBJECTID": n, "ten": f"{n}{half}"}} for n in range(1, 11) for half in "abc"]
    url = LayerOf(features=features, cap=7, said={"geometryType": None}).serve(server)
    assert [row[1] for row in table(net, url, tmp_path)[1:]] == [one["attributes"]["ten"] for one in features]


def test_a_table_without_object_ids_is_read_by_position(server: WebServer, net: Net, tmp_path):
    features = [{"attributes": {"ten": f"Chợ {n}"}} for n in range(25)]
    url = LayerOf(features=features, oid="", cap=10, said={"type": "Table", "geometryType": None}, without=["ids"]).serve(server)
    rows = table(net, url, tmp_path)
    assert (rows[0], len(rows), rows[-1]) == (["ten"], 26, ["Chợ 24"])


def test_an_empty_layer_is_its_header_and_one_that_miscounts_is_read(server: WebServer, net: Net, tmp_path):
    url = LayerOf(features=[]).serve(server)
    assert made(net, url, tmp_path)[1] == "OBJECTID,ten,lon,lat\n"
    assert json.loads(made(net, url, tmp_path, "geojson")[1]) == {"type": "FeatureCollection", "features": []}
    url = LayerOf(features=points(12), count=0, cap=5).serve(server)
    assert len(table(net, url, tmp_path)) == 13


def test_old_servers_write_object_ids_as_decimals_and_name_them_as_they_like(server: WebServer, net: Net, tmp_path):
    features = [{"attributes": {"SHAPE.fid": 6.4579816e7 + n, "ten": "a"}} for n in range(3)]
    url = LayerOf(features=features, oid="SHAPE.fid", said={"geometryType": None}).serve(server)
    assert [row[0] for row in table(net, url, tmp_path)] == ["SHAPE.fid", "64579816", "64579817", "64579818"]


CODED = {
    "typeIdField": "loai", "types": [{"id": 1, "name": "Trạm xã", "domains": {"hang": {"type": "inherited"}}},
                                     {"id": 2, "name": "Bệnh viện", "domains": {"hang": {"type": "codedValue", "codedValues": [{"code": "A", "name": "Hạng đặc biệt"}]}}}],
    "fields": [{"name": "OBJECTID", "type": "esriFieldTypeOID"}, {"name": "loai", "type": "esriFieldTypeInteger"},
               {"name": "hang", "type": "esriFieldTypeString", "domain": {"type": "codedValue", "codedValues": [{"code": "A", "name": "Hạng nhất"}]}},
               {"name": "hang_name", "type": "esriFieldTypeString"}, {"name": "ngay", "type": "esriFieldTypeDate"},
               {"name": "giuong", "type": "esriFieldTypeDouble"}, {"name": "Shape", "type": "esriFieldTypeGeometry"},
               {"name": "muc", "type": "esriFieldTypeInteger", "domain": {"type": "range", "range": [0, 9]}}],
}


def test_codes_get_their_names_dates_their_days_and_nothing_is_lost(server: WebServer, net: Net, tmp_path):
    rows = [{"OBJECTID": 1, "loai": 1, "hang": "A", "hang_name": "x", "ngay": 1725148800000, "giuong": 5.0, "muc": 3.0, "them": "y"},
            {"OBJECTID": 2, "loai": 2, "hang": "A", "hang_name": None, "ngay": -1, "giuong": 0.1, "muc": None},
            {"OBJECTID": 3, "loai": 9, "hang": "B", "hang_name": 'a"b,\nc', "ngay": None, "giuong": None, "muc": 1},
            {"OBJECTID": 4, "loai": None, "hang": None, "hang_name": None, "ngay": 1e20, "giuong": 1, "muc": 1}]
    url = LayerOf(features=[{"attributes": row} for row in rows], said={**CODED, "geometryType": None}).serve(server)
    found = list(csv.DictReader(made(net, url, tmp_path)[1].splitlines(keepends=True)))
    assert list(found[0]) == ["OBJECTID", "loai", "loai_name", "hang", "hang_name_2", "hang_name", "ngay", "giuong", "muc", "them"]
    assert [row["loai_name"] for row in found] == ["Trạm xã", "Bệnh viện", "", ""]
    assert [row["hang_name_2"] for row in found] == ["Hạng nhất", "Hạng đặc biệt", "", ""]
    assert [row["ngay"] for row in found] == ["2024-09-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "", "1e+20"]
    assert ([row["giuong"] for row in found], [row["muc"] for row in found]) == (["5.0", "0.1", "", "1"], ["3", "", "1", "1"])
    assert (found[2]["hang_name"], found[0]["them"]) == ('a"b,\nc', "y")


def test_moments_of_an_unknown_zone_are_not_called_utc(server: WebServer, net: Net, tmp_path):
    said = {"datesInUnknownTimezone": True, "geometryType": None, "fields": [{"name": "OBJECTID", "type": "esriFieldTypeOID"}, {"name": "d", "type": "esriFieldTypeDate"}]}
    url = LayerOf(features=[{"attributes": {"OBJECTID": 1, "d": 0}}], said=said).serve(server)
    assert table(net, url, tmp_path)[1] == ["1", date(1970, 1, 1).isoformat() + "T00:00:00"]


def test_columns_for_coordinates_take_names_that_are_free(server: WebServer, net: Net, tmp_path):
    said = {"fields": [{"name": "OBJECTID", "type": "esriFieldTypeOID"}, {"name": "LON", "type": "esriFieldTypeDouble"}]}
    features = [{"attributes": {"OBJECTID": 1, "LON": 5}, "geometry": {"x": 106.5, "y": 20.5}}, {"attributes": {"OBJECTID": 2, "LON": 6}, "geometry": {"x": "NaN", "y": "NaN"}},
                {"attributes": {"OBJECTID": 3, "LON": 6}}]
    url = LayerOf(features=features, said=said).serve(server)
    assert table(net, url, tmp_path) == [["OBJECTID", "LON", "lon_2", "lat"], ["1", "5", "106.5", "20.5"], ["2", "6", "", ""], ["3", "6", "", ""]]


@pytest.mark.parametrize("formats", ["JSON, AMF", "JSON, geoJSON"])
@pytest.mark.parametrize("without", [[], ["geojson"]])
def test_geojson_is_the_same_from_esris_json_and_from_the_servers_own(server: WebServer, net: Net, tmp_path, formats, without):
    url = LayerOf(features=points(25), cap=10, said={"supportedQueryFormats": formats}, without=without).serve(server)
    done, text = made(net, url, tmp_path, "geojson")
    found = json.loads(text)["features"]
    assert (done.filename, done.media_type, len(found)) == ("Trạm y tế.geojson", "application/geo+json", 25)
    assert found[6] == {"type": "Feature", "geometry": {"type": "Point", "coordinates": [106.000007, 20.5]}, "properties": {"OBJECTID": 7, "ten": "Trạm 7"}}
    assert any("f=geojson" in path for path in asked(server)) is ("geoJSON" in formats)


@pytest.mark.parametrize("beside", [{}, {"spatialReference": {"wkid": 3405, "latestWkid": 3405}}, {"spatialReference": {"wkt": 'PROJCS["VN_2000"]'}}])
def test_coordinates_that_are_no_degrees_are_never_called_so(server: WebServer, net: Net, tmp_path, beside):
    shape = {"x": 15596.3, "y": 18466.2} if not beside else {"x": 15.5, "y": 18.4}
    url = LayerOf(features=[{"attributes": {"OBJECTID": 1, "ten": "a"}, "geometry": shape}], beside=beside).serve(server)
    assert table(net, url, tmp_path) == [["OBJECTID", "ten", "x", "y"], ["1", "a", str(shape["x"]), str(shape["y"])]]
    (tmp_path / "tep").unlink()
    assert trouble(net, url, tmp_path, "geojson").code == "layer-not-in-degrees"


def test_coordinates_that_leave_degrees_on_a_later_page_end_the_reading(server: WebServer, net: Net, tmp_path):
    features = [*points(10), {"attributes": {"OBJECTID": 11, "ten": "a"}, "geometry": {"x": 15596, "y": 18466}}]
    url = LayerOf(features=features, cap=10).serve(server)
    assert trouble(net, url, tmp_path).code == "layer-not-in-degrees"


def test_a_layer_that_has_not_changed_is_not_read_again(server: WebServer, net: Net, tmp_path):
    layer = LayerOf(features=points(25), said={"editingInfo": {"lastEditDate": 1725148800000}})
    url = layer.serve(server)
    first, _ = made(net, url, tmp_path)
    assert first.mark.isascii()
    (tmp_path / "tep").unlink()
    server.asked.clear()
    assert made(net, url, tmp_path, mark=first.mark) == (None, None)
    assert len(server.asked) == 2
    for change in ({"features": points(24)}, {"said": {"editingInfo": {"lastEditDate": 1725148800001}}},
                   {"said": {**layer.said, "fields": [{"name": "OBJECTID", "type": "esriFieldTypeOID"}]}}):
        for name, value in change.items():
            setattr(layer, name, value)
        again, _ = made(net, url, tmp_path, mark=first.mark)
        assert again.mark != first.mark
        first = again


def test_a_layer_that_tells_no_time_of_change_is_read_every_time(server: WebServer, net: Net, tmp_path):
    for info in (None, {"lastEditDate": None}, {"lastEditDate": "hôm qua"}, 7):
        url = LayerOf(features=points(2), said={"editingInfo": info}).serve(server)
        assert made(net, url, tmp_path)[0].mark is None


@pytest.mark.parametrize(("answer", "code"), [
    (LOCKED, "arcgis-locked"), (FAILED, "arcgis-refused"), ({"error": {"code": "499"}}, "arcgis-refused"), ({"error": "no"}, "arcgis-refused"),
    ({"status": "error", "code": 499, "messages": ["Token Required"]}, "arcgis-locked"), ([], "listing-of-another-kind"), (None, "listing-of-another-kind")])
def test_an_error_that_comes_as_success_is_told_in_words(server: WebServer, net: Net, tmp_path, answer, code):
    url = LayerOf(features=points(2)).serve(server)
    server.routes[url.removeprefix(server.url("")) + "/query"] = reply(json.dumps(answer))
    assert trouble(net, url, tmp_path).code == code
    server.routes[url.removeprefix(server.url(""))] = reply(json.dumps(answer))
    assert trouble(net, url, tmp_path).code == code


def test_a_layer_that_only_shows_pictures_says_so(server: WebServer, net: Net, tmp_path):
    url = LayerOf(features=points(2), said={"capabilities": "Map"}).serve(server)
    assert trouble(net, url, tmp_path).code == "layer-without-query"


@pytest.mark.parametrize("features", [
    7, {}, [7], [None], [{"attributes": 7}], [{"attributes": {"OBJECTID": "a"}}], [{}], [{"attributes": {"OBJECTID": True}}]])
def test_rows_that_are_none_make_no_file(server: WebServer, net: Net, tmp_path, features):
    layer = LayerOf(features=points(2))
    url, whole = layer.serve(server), layer.answer
    layer.answer = lambda params: whole(params) if "outFields" not in params else {"features": features}
    assert trouble(net, url, tmp_path).code in ("layer-rows-missing", "listing-of-another-kind")


@pytest.mark.parametrize("shape", [{"curveRings": []}, {"x": 1}, {"x": "a", "y": 1}, {"rings": 7}, {"rings": [[["a", "b"]]]}, {"paths": [7]}, 7])
def test_shapes_that_are_none_make_no_file(server: WebServer, net: Net, tmp_path, shape):
    url = LayerOf(features=[{"attributes": {"OBJECTID": 1}, "geometry": shape}]).serve(server)
    issue = trouble(net, url, tmp_path, "geojson")
    assert issue.code in ("layer-geometry-unreadable", "layer-not-in-degrees")


@pytest.mark.parametrize("said", [
    {"fields": 7}, {"fields": [7, {"name": 7}, {"name": "a", "type": 7, "domain": {"codedValues": [7, {"code": [1]}]}}]}, {"types": [7, {"id": None, "domains": 7}]},
    {"geometryType": {}}, {"maxRecordCount": "x"}, {"maxRecordCount": -5}, {"advancedQueryCapabilities": []}, {"typeIdField": 9}, {"name": None},
    {"objectIdField": {}, "supportedQueryFormats": 7, "capabilities": 7}])
def test_an_odd_description_still_leads_to_the_rows(server: WebServer, net: Net, tmp_path, said):
    url = LayerOf(features=points(5), said=said).serve(server)
    rows = table(net, url, tmp_path)
    assert (len(rows), "Trạm 3" in rows[3]) == (6, True)


def test_a_file_grows_to_its_limit_and_no_further(server: WebServer, tmp_path):
    net = Net(("127.0.0.1",), limits=Limits(retries=0, max_download=2000))
    url = LayerOf(features=points(400), cap=100).serve(server)
    assert trouble(net, url, tmp_path).code == "too-large"


def test_a_server_that_never_ends_is_left_after_a_while(server: WebServer, tmp_path):
    """Every answer has new rows, and the count is as large as it likes."""
    layer = LayerOf(features=[], said={"advancedQueryCapabilities": {"supportsOrderBy": True}})
    url = layer.serve(server)

    def answer(params):
        if "returnCountOnly" in params:
            return {"count": 10**12}
        start = int(params["where"].rpartition(">")[2]) if ">" in params["where"] else 0
        return {"features": points(10, start + 1)}

    layer.answer = answer
    net = Net(("127.0.0.1",), limits=Limits(retries=0, total_download=0.1))
    assert trouble(net, url, tmp_path).code == "too-slow"


def test_rows_are_written_as_they_come(server: WebServer, net: Net, tmp_path):
    """The file grows with every page."""
    sizes = []
    layer = LayerOf(features=points(30_000), cap=1000)
    url, whole = layer.serve(server), layer.answer

    def watch(params):
        if "outFields" in params:
            sizes.append((tmp_path / "tep").stat().st_size)
        return whole(params)

    layer.answer = watch
    assert len(table(net, url, tmp_path)) == 30_001
    assert sizes == sorted(sizes)
    assert sizes[-1] > sizes[5] > 0


def test_the_questions_are_those_that_the_interface_knows(server: WebServer, net: Net, tmp_path):
    url = LayerOf(features=points(3)).serve(server)
    made(net, url, tmp_path)
    assert asked(server)[-1].partition("?")[2] == (
        "where=OBJECTID%3E%3D1+AND+OBJECTID%3C%3D3&outFields=%2A&returnGeometry=true&outSR=4326&returnZ=false&returnM=false&returnTrueCurves=false&f=json")
