"""A Socrata site, as the shared tests of all connectors serve it."""

from __future__ import annotations

import json
from typing import Any

from harvesters.base import SourceSpec
from support.kinds import Kind
from support.web_server import Handler, WebServer, reply

CATALOGUE = "/api/catalog/v1"


def entry(number: int) -> dict[str, Any]:
    """One asset: its resource, and what stands beside it."""
    return {
        "id": f"{number:04}-aaaa", "title": f"Bộ dữ liệu {number}", "description": "Mô tả", "type": "dataset", "attribution": "Sở Y tế",
        "contact_email": "mailto:mo@example.vn", "data_updated_at": "2024-09-01T00:00:00.000Z", "page_views": {"page_views_total": number},
        "columns_name": ["Tên", "Vùng"], "columns_field_name": ["ten", ":@computed_region_1"],
        "beside": {"classification": {"domain_category": "Y tế", "domain_tags": ["chợ"], "tags": [], "categories": ["health"],
                                      "domain_metadata": [{"key": "Refresh-Frequency_Frequency", "value": "Monthly"}]},
                   "metadata": {"domain": "127.0.0.1", "license": "Creative Commons Attribution 4.0 International Public License"},
                   "permalink": f"https://mo.example.vn/d/{number:04}-aaaa", "owner": {"id": "x", "display_name": "Sở Y tế"}},
    }


def asset_of(given: Any) -> Any:
    """An asset as the catalogue answers it."""
    if not isinstance(given, dict):
        return given
    resource = {("name" if key == "title" else key): value for key, value in given.items() if key not in ("beside", "name")}
    return {"resource": resource, **given.get("beside", {})}


def serve(server: WebServer, entries: list[dict[str, Any]]) -> SourceSpec:
    def route(handler: Handler) -> None:
        names = [one.get("id") if isinstance(one, dict) else None for one in entries]
        after = handler.params.get("scroll_id", "")
        start = names.index(after) + 1 if after else int(handler.params.get("offset", 0))
        found = entries[start:start + int(handler.params.get("limit", 100))]
        reply(json.dumps({"results": [asset_of(one) for one in found], "resultSetSize": len(entries)}))(handler)

    server.routes[CATALOGUE] = route
    return SourceSpec(name="nguon", url=server.url("/"))


KINDS = {"socrata": Kind(many=205, listing=CATALOGUE, entry=entry, serve=serve, identifier_key="id")}
