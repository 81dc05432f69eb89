"""A list of Data Packages, each under its own address."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from harvesters.base import SourceSpec
from support.kinds import Kind
from support.web_server import WebServer, reply


def _entry(number: int) -> dict[str, Any]:
    return {
        "name": f"bo-{number}", "title": f"Bộ dữ liệu {number}", "description": "Mô tả", "keywords": ["chợ", "siêu thị"], "version": "1.0",
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/", "title": "Ghi nguồn"}],
        "contributors": [{"title": "Sở Y tế", "email": "mo@example.vn", "roles": ["author"]}], "sources": [{"title": "Sổ bộ", "path": "https://a.vn"}],
        "homepage": "https://so-yte.example.vn", "created": "2024-09-01T00:00:00Z",
        "resources": [
            {"name": "bang", "title": "Bảng", "path": f"bang-{number}.csv", "format": "csv", "mediatype": "text/csv", "bytes": 12,
             "schema": "https://mo.example.vn/schema/truong-hoc.json", "dialect": {"delimiter": ","}},
            {"name": "kem-theo", "data": [{"ma": "A1", "so": 1}], "schema": {"name": "truong-hoc", "fields": [{"name": "ma", "type": "string"}]}},
            {"name": "tung-phan", "path": ["a.csv", "b.csv"]}],
    }


def _serve(server: WebServer, entries: list[dict[str, Any]]) -> SourceSpec:
    for number, entry in enumerate(entries):
        server.routes[f"/goi/{number}/datapackage.json"] = reply(json.dumps(entry), content_type="application/json")
    server.routes["/goi.json"] = reply(json.dumps([f"goi/{number}/datapackage.json" for number in range(len(entries))]))
    return SourceSpec(name="nguon", url=server.url("/goi.json"))


KINDS: Mapping[str, Kind] = {"data-package": Kind(many=45, listing="/goi.json", entry=_entry, serve=_serve)}
