"""An ArcGIS Hub site and an ArcGIS server, as the shared tests of all connectors serve them."""

from __future__ import annotations

import json
from typing import Any

from harvesters.base import SourceSpec
from support.kinds import Kind
from support.web_server import Handler, WebServer, reply

SEARCH = "/api/search/v1/collections/dataset/items"
ROOT = "/arcgis/rest/services"
LAYER = {"id": 0, "name": "Trạm", "type": "Feature Layer", "geometryType": "esriGeometryPoint", "capabilities": "Query",
         "fields": [{"name": "OBJECTID", "type": "esriFieldTypeOID", "alias": "OBJECTID"}]}


def hub_entry(number: int) -> dict[str, Any]:
    """One item: what stands in its properties, and where its service is."""
    return {
        "id": f"{number:032x}", "title": f"Bộ dữ liệu {number}", "type": "Feature Service", "description": "<p>Mô tả</p>", "tags": ["chợ"],
        "categories": ["/Categories/Y tế"], "owner": "SoYTe", "modified": 1725148800000, "created": 1725148800000,
        "licenseInfo": '<a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>', "numViews": number,
        "resources": [{"url": f"{ROOT}/Bo{number}/FeatureServer/0"}],
    }


def item_of(server: WebServer, entry: Any) -> Any:
    """An item as the search answers it."""
    if not isinstance(entry, dict):
        return entry
    path = entry.get("resources", [{}])[0].get("url")
    said = {key: value for key, value in entry.items() if key not in ("id", "resources")}
    return {"type": "Feature", "id": entry.get("id"), "properties": {**said, "url": server.url(path) if path else None}, "geometry": None}


def serve_hub(server: WebServer, entries: list[dict[str, Any]]) -> SourceSpec:
    def route(handler: Handler) -> None:
        start, limit = int(handler.params.get("startindex", 1)), min(int(handler.params.get("limit", 10)), 100)
        found = entries[start - 1:start - 1 + limit]
        links = [{"rel": "next", "href": server.url(f"{SEARCH}?limit={limit}&startindex={start + limit}")}] if start - 1 + limit < len(entries) else []
        reply(json.dumps({"type": "FeatureCollection", "features": [item_of(server, entry) for entry in found], "numberMatched": len(entries),
                          "numberReturned": len(found), "links": links}))(handler)

    server.routes[SEARCH] = route
    for entry in entries:
        for part in entry.get("resources", []) if isinstance(entry, dict) else []:
            server.routes[part["url"]] = reply(json.dumps(LAYER))
    return SourceSpec(name="nguon", url=server.url("/"))


def server_entry(number: int) -> dict[str, Any]:
    """One service with one layer."""
    return {"name": f"Bộ dữ liệu {number}", "service": f"YTe/Bo{number:05}", "copyrightText": "https://creativecommons.org/licenses/by/4.0/"}


def serve_server(server: WebServer, entries: list[dict[str, Any]]) -> SourceSpec:
    names = [entry.get("service", "YTe/Bo") for entry in entries]
    server.routes[ROOT] = reply(json.dumps({"currentVersion": 11.2, "folders": ["YTe"], "services": []}))
    server.routes[ROOT + "/YTe"] = reply(json.dumps({"services": [{"name": name, "type": kind} for name in names for kind in ("MapServer", "FeatureServer")]}))
    for name, entry in zip(names, entries, strict=True):
        layer = {**LAYER, **{key: value for key, value in entry.items() if key != "service"}}
        path = f"{ROOT}/{name}/FeatureServer"
        server.routes[path] = reply(json.dumps({"layers": [{"id": 0, "name": layer["name"], "subLayerIds": None}], "tables": [],
                                                "documentInfo": {"Author": "Sở Y tế", "Keywords": "chợ,siêu thị"}}))
        server.routes[path + "/layers"] = reply(json.dumps({"layers": [layer], "tables": []}))
    return SourceSpec(name="nguon", url=server.url(ROOT))


KINDS = {
    "arcgis-hub": Kind(many=205, listing=SEARCH, entry=hub_entry, serve=serve_hub, identifier_key="id"),
    "arcgis-server": Kind(many=25, listing=ROOT, entry=server_entry, serve=serve_server),
}
