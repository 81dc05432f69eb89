"""ArcGIS servers: directories, folders, services, layers, and those that do not let themselves be read."""

from __future__ import annotations

import json

import pytest
from support.arcgis_server import FAILED, LOCKED, LayerOf, points
from support.kinds.arcgis import LAYER, ROOT
from support.sources import KINDS, code_of
from support.web_server import WebServer, reply

from catalog.net import Net
from harvesters.arcgis_server import ArcgisServer
from harvesters.base import Gathered, Maker, SourceSpec, every_page


def put(server: WebServer, path: str, answer) -> None:
    server.routes[path] = reply(json.dumps(answer))


def source(server: WebServer, path: str = ROOT) -> SourceSpec:
    return SourceSpec(name="x", url=server.url(path))


def harvest(server: WebServer, net: Net, path: str = ROOT):
    pages = list(every_page(ArcgisServer(source(server, path), net)))
    return [item.identifier for page in pages for item in page.items], [issue for page in pages for issue in page.issues], pages


def service(server: WebServer, path: str, *layers, **more) -> None:
    """A service that tells its layers briefly and all at once."""
    put(server, path, {"layers": [{key: one[key] for key in ("id", "name") if key in one} for one in layers], "tables": [], **more})
    put(server, path + "/layers", {"layers": list(layers), "tables": []})


def extras(record) -> dict[str, str]:
    return {extra["key"]: extra["value"] for extra in record.metadata["extras"]}


def test_a_directory_leads_through_its_folders_to_layers_and_tables(server: WebServer, net: Net):
    put(server, ROOT, {"folders": ["Y tế"], "services": [{"name": "Cho", "type": "MapServer"}, {"name": "In", "type": "GPServer"}, 7, {"name": 7}]})
    put(server, ROOT + "/Y%20t%E1%BA%BF", {"services": [{"name": "Y tế/Trạm", "type": kind} for kind in ("MapServer", "FeatureServer", "WFSServer")]})
    put(server, ROOT + "/Cho/MapServer", {"layers": [{"id": 0, "name": "Nhóm", "subLayerIds": [1, 2]}, {"id": 1}, {"id": 2}], "tables": [{"id": 3}]})
    put(server, ROOT + "/Cho/MapServer/layers", {"layers": [{**LAYER, "id": 0, "type": "Group Layer"}, {**LAYER, "id": 1}, {**LAYER, "id": 2, "type": "Raster Layer"}],
                                                 "tables": [{**LAYER, "id": 3, "type": "Table", "geometryType": None}]})
    service(server, ROOT + "/Y%20t%E1%BA%BF/Tr%E1%BA%A1m/FeatureServer", {**LAYER, "id": 4})
    found, issues, pages = harvest(server, net)
    assert (found, issues, pages[-1].total) == (["Cho/MapServer/1", "Cho/MapServer/3", "Y tế/Trạm/FeatureServer/4"], [], 3)
    describe = ArcgisServer(source(server), net).describe
    table, layer = (describe(item) for item in pages[0].items[1:])
    assert [resource.format for resource in table.resources] == ["CSV"]
    assert [resource.recipe["format"] for resource in layer.resources] == ["csv", "geojson"]
    assert layer.resources[0].recipe["layer"] == server.url(ROOT + "/Y%20t%E1%BA%BF/Tr%E1%BA%A1m/FeatureServer/4")


def test_a_folder_is_read_from_its_own_address_too(server: WebServer, net: Net):
    put(server, ROOT + "/YTe", {"services": [{"name": "YTe/Tram", "type": "FeatureServer"}]})
    service(server, ROOT + "/YTe/Tram/FeatureServer", LAYER)
    assert harvest(server, net, ROOT + "/YTe/?f=pjson")[0] == ["YTe/Tram/FeatureServer/0"]


@pytest.mark.parametrize("path", ["/YTe/Tram/FeatureServer", "/YTe/Tram/FeatureServer/", "/YTe/Tram/FeatureServer/0", "/YTe/Tram/FeatureServer/0?f=json#x"])
def test_a_service_or_a_layer_is_a_source_under_the_same_identifiers(server: WebServer, net: Net, path):
    service(server, ROOT + "/YTe/Tram/FeatureServer", LAYER)
    put(server, ROOT + "/YTe/Tram/FeatureServer/0", LAYER)
    assert harvest(server, net, ROOT + path)[:2] == (["YTe/Tram/FeatureServer/0"], [])


def test_a_service_of_before_it_could_tell_all_is_asked_layer_by_layer(server: WebServer, net: Net):
    put(server, ROOT, {"services": [{"name": "A", "type": "MapServer"}]})
    put(server, ROOT + "/A/MapServer", {"layers": [{"id": 0}, {"id": 1}, {"id": "x"}, 7]})
    put(server, ROOT + "/A/MapServer/layers", FAILED)
    put(server, ROOT + "/A/MapServer/0", {key: value for key, value in LAYER.items() if key != "type"})
    put(server, ROOT + "/A/MapServer/1", LOCKED)
    found, issues, _ = harvest(server, net)
    assert found == ["A/MapServer/0"]
    assert [(issue.code, issue.facts["identifier"]) for issue in issues] == [("arcgis-locked", "A/MapServer/1")]


def test_what_is_locked_is_said_once_and_the_rest_is_read(server: WebServer, net: Net):
    put(server, ROOT, {"folders": ["Kin", "Mo"], "services": [{"name": f"S{n:02}", "type": "FeatureServer"} for n in range(25)]})
    put(server, ROOT + "/Kin", LOCKED)
    put(server, ROOT + "/Mo", {"services": []})
    for n in range(25):
        service(server, f"{ROOT}/S{n:02}/FeatureServer", LAYER)
    put(server, ROOT + "/S07/FeatureServer", LOCKED)
    put(server, ROOT + "/S20/FeatureServer", {"hello": 1})
    found, issues, pages = harvest(server, net)
    assert (len(found), len(pages), pages[-1].total) == (23, 3, 23)
    assert [(issue.code, issue.facts["identifier"]) for issue in issues] == [
        ("arcgis-locked", "Kin"), ("arcgis-locked", "S07/FeatureServer"), ("listing-of-another-kind", "S20/FeatureServer")]


@pytest.mark.parametrize("path", [ROOT, ROOT + "/A/FeatureServer", ROOT + "/A/FeatureServer/0"])
@pytest.mark.parametrize(("answer", "code"), [(LOCKED, "arcgis-locked"), (FAILED, "arcgis-refused"), ({"a": 1}, "listing-of-another-kind")])
def test_a_source_that_cannot_be_read_at_all_is_trouble(server: WebServer, net: Net, path, answer, code):
    put(server, path, answer)
    assert code_of(ArcgisServer(source(server, path), net).page, None) == code


def test_a_server_that_falls_silent_in_the_middle_is_trouble_and_loses_nothing(server: WebServer, net: Net):
    spec = KINDS["arcgis-server"].serve(server, [KINDS["arcgis-server"].entry(n) for n in range(25)])
    cursor = ArcgisServer(spec, net).page(None).cursor
    server.routes[ROOT + "/YTe/Bo00012/FeatureServer"] = reply("", status=503)
    assert code_of(ArcgisServer(spec, net).page, cursor) == "host-busy"


def test_a_layer_in_our_words(server: WebServer, net: Net):
    layer = {**LAYER, "description": "<p>Các trạm y tế &amp; bệnh viện</p>", "copyrightText": "Sở Y tế, CC-BY-4.0", "editingInfo": {"lastEditDate": 1725148800000},
             "fields": [{"name": "OBJECTID", "alias": "OBJECTID"}, {"name": "ten", "alias": "Tên trạm"}], "drawingInfo": {"x": 1}, "currentVersion": 11}
    put(server, ROOT, {"services": [{"name": "A", "type": "FeatureServer"}]})
    service(server, ROOT + "/A/FeatureServer", layer, documentInfo={"Author": "Phòng Nghiệp vụ", "Keywords": "y tế, trạm"})
    connector = ArcgisServer(source(server), net)
    item = connector.page(None).items[0]
    assert not {"drawingInfo", "currentVersion"} & set(item.raw)
    record = connector.describe(item)
    assert (record.metadata["title"], record.metadata["notes"], record.metadata["author"]) == ("Trạm", "Các trạm y tế & bệnh viện", "Phòng Nghiệp vụ")
    assert (record.metadata["tags"], record.metadata["license_id"]) == (["y tế", "trạm"], "")
    assert extras(record) == {"copyright": "Sở Y tế, CC-BY-4.0", "origin_modified": "2024-09-01T00:00:00", "columns": "OBJECTID, Tên trạm (ten)"}
    linked = connector.describe(Gathered(identifier="x", raw={**item.raw, "copyrightText": '<a href="https://creativecommons.org/licenses/by/4.0/">x</a>'}))
    assert linked.metadata["license_id"] == "cc-by"


def test_a_layer_that_only_shows_pictures_is_listed_with_a_link(server: WebServer, net: Net):
    put(server, ROOT + "/A/MapServer/0", {**LAYER, "capabilities": "Map"})
    connector = ArcgisServer(source(server, ROOT + "/A/MapServer/0"), net)
    record = connector.describe(connector.page(None).items[0])
    assert ([issue.code for issue in record.issues], record.resources[0].recipe, len(record.resources)) == (["layer-without-query"], None, 1)


def test_what_describing_offers_can_be_made(server: WebServer, net: Net, tmp_path):
    url = LayerOf(features=points(12), cap=5).serve(server)
    connector = ArcgisServer(SourceSpec(name="x", url=url), net)
    assert isinstance(connector, Maker)
    record = connector.describe(connector.page(None).items[0])
    for resource in record.resources:
        recipe = json.loads(json.dumps(resource.recipe))
        made = connector.make(recipe, tmp_path / "tep", None)
        assert made.filename == f"Trạm y tế.{resource.format.lower()}"
        assert (tmp_path / "tep").read_text("utf-8").count("Trạm") == 12
