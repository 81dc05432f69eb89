"""An ArcGIS server on loopback that answers a layer's questions from rows, with the habits that real ones have."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from support.web_server import Handler, WebServer, reply

LOCKED = {"error": {"code": 499, "message": "Token Required", "details": []}}
FAILED = {"error": {"code": 400, "message": "Failed to execute query.", "details": []}}
_WHERE = re.compile(r"(\S+?)(>=|=|>)(-?\d+)(?: AND \S+<=(-?\d+))?")


@dataclass(kw_only=True)
class LayerOf:
    """A layer that has `features` (Esri's JSON); the rest are its habits.

    `cap` is how many rows it gives at once, said in its description where `says_cap`; `without` are the questions that it refuses
    (count, ids, statistics, order, offset, geojson); `deaf` are those it answers as if nothing had been asked (where, order, offset).
    """

    features: Sequence[Mapping[str, Any]]
    said: Mapping[str, Any] = field(default_factory=dict)
    oid: str = "OBJECTID"
    cap: int = 1000
    says_cap: bool = True
    count: int | None = None
    without: Sequence[str] = ()
    deaf: Sequence[str] = ()
    beside: Mapping[str, Any] = field(default_factory=dict)
    shuffle: Callable[[list], list] = list

    def describe(self) -> dict[str, Any]:
        oid = [{"name": self.oid, "type": "esriFieldTypeOID", "alias": self.oid}] if self.oid else []
        return {
            "id": 0, "name": "Trạm y tế", "type": "Feature Layer", "geometryType": "esriGeometryPoint", "capabilities": "Map,Query,Data",
            "fields": [*oid, {"name": "ten", "type": "esriFieldTypeString", "alias": "Tên"}],
            "advancedQueryCapabilities": {"supportsOrderBy": "order" not in self.without, "supportsPagination": "offset" not in self.without},
            **({"maxRecordCount": self.cap} if self.says_cap else {}), **self.said,
        }

    def answer(self, asked: Mapping[str, str]) -> dict[str, Any]:
        """The answer to one query."""
        key = lambda feature: feature["attributes"][self.oid]  # noqa: E731
        if asked.get("returnCountOnly") == "true":
            return FAILED if "count" in self.without else {"count": len(self.features) if self.count is None else self.count}
        if asked.get("returnIdsOnly") == "true":
            return FAILED if "ids" in self.without else {"objectIdFieldName": self.oid, "objectIds": [key(one) for one in self.features]}
        if "outStatistics" in asked:
            if "statistics" in self.without:
                return FAILED
            numbers = [key(one) for one in self.features]
            return {"features": [{"attributes": {"THE_MIN": min(numbers), "THE_MAX": max(numbers)}}]}
        if asked["f"] == "geojson" and "geojson" in self.without:
            return FAILED
        found = list(self.features)
        if asked["where"] != "1=1" and "where" not in self.deaf and (where := _WHERE.fullmatch(asked["where"])):
            low, high = int(where[3]), int(where[4]) if where[4] else None
            found = [one for one in found if key(one) >= low and (where[2] != ">" or key(one) > low)
                     and (where[2] != "=" or key(one) == low) and (high is None or key(one) <= high)]
        if "orderByFields" in asked and "order" not in self.deaf:
            found.sort(key=key)
        if "offset" not in self.deaf:
            found = found[int(asked.get("resultOffset", 0)):]
        limit = min(int(asked.get("resultRecordCount", self.cap)), self.cap)
        more, found = len(found) > limit, self.shuffle(found[:limit])
        if asked["f"] == "geojson":
            return {"type": "FeatureCollection", "features": [as_geojson(one) for one in found], "properties": {"exceededTransferLimit": more}}
        return {"spatialReference": {"wkid": 4326}, "features": found, **({"exceededTransferLimit": True} if more else {}), **self.beside}

    def serve(self, server: WebServer, path: str = "/arcgis/rest/services/YTe/Tram/FeatureServer/0") -> str:
        """Put the layer on a server; returns its address."""
        server.routes[path] = lambda handler: reply(json.dumps(self.describe()))(handler)
        server.routes[path + "/query"] = lambda handler: reply(json.dumps(self.answer(_asked(handler))))(handler)
        return server.url(path)


def points(number: int, first: int = 1) -> list[dict[str, Any]]:
    """So many rows, one after the other."""
    return [{"attributes": {"OBJECTID": n, "ten": f"Trạm {n}"}, "geometry": {"x": 106 + n % 1000 / 1e6, "y": 20.5}} for n in range(first, first + number)]


def as_geojson(feature: Mapping[str, Any]) -> dict[str, Any]:
    """A point of Esri's JSON as the server's own GeoJSON has it."""
    shape = feature.get("geometry")
    geometry = {"type": "Point", "coordinates": [shape["x"], shape["y"], 7.0]} if shape else None
    return {"type": "Feature", "geometry": geometry, "properties": feature["attributes"]}


def _asked(handler: Handler) -> dict[str, str]:
    return handler.params
