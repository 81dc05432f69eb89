"""An OpenDataSoft portal on loopback: its catalogue by pages and as an export."""

from __future__ import annotations

import json
from typing import Any

from harvesters.base import SourceSpec
from support.kinds import Kind
from support.web_server import Handler, WebServer, reply

CATALOGUE = "/api/explore/v2.1/catalog"


def entry(number: int) -> dict[str, Any]:
    """A dataset as the Explore API 2.1 lists it, with a table."""
    return {
        "visibility": "domain", "dataset_id": f"bo-{number:05}", "has_records": True, "data_visible": True, "features": ["analyze"],
        "attachments": [], "alternative_exports": [], "fields": [{"name": "ma", "label": "Mã", "type": "text", "description": None, "annotations": {}}],
        "metas": {
            "default": {
                "title": f"Bộ dữ liệu {number}", "description": "<p>Mô tả</p>", "theme": ["Y tế"], "keyword": ["chợ", "siêu thị"], "license": "CC BY 4.0",
                "license_url": None, "language": "vi", "modified": "2024-09-01T00:00:00+00:00", "publisher": "Sở Y tế", "records_count": 2,
                "data_processed": "2024-09-01T01:02:03.456000+00:00", "metadata_processed": "2024-09-02T01:02:03+00:00", "update_frequency": "MONTHLY",
            },
            "dcat": {"contact_name": "Phòng Kế hoạch", "contact_email": "mo@example.vn", "issued": "2024-01-01T00:00:00+00:00"},
            "explore": {"download_count": number, "popularity_score": 1.5},
        },
    }


def serve(server: WebServer, entries: list[Any], *, reach: int = 10_000) -> SourceSpec:
    """Put a catalogue on the server; beyond `reach` it answers only as an export."""
    def pages(handler: Handler) -> None:
        limit, offset = int(handler.params["limit"]), int(handler.params["offset"])
        if limit > 100 or limit + offset > reach:
            return reply(json.dumps({"error_code": "InvalidRESTParameterError"}), status=400)(handler)
        return reply(json.dumps({"total_count": len(entries), "results": entries[offset:offset + limit]}))(handler)

    server.routes[f"{CATALOGUE}/datasets"] = pages
    server.routes[f"{CATALOGUE}/exports/json"] = lambda handler: reply(json.dumps(entries))(handler)
    return SourceSpec(name="nguon", url=server.url())


KINDS = {"opendatasoft": Kind(many=255, listing=f"{CATALOGUE}/datasets", entry=entry, serve=serve, identifier_key="dataset_id")}
