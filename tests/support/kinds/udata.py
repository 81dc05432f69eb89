"""A udata portal on loopback: its datasets by pages."""

from __future__ import annotations

import json
from typing import Any

from harvesters.base import SourceSpec
from support.kinds import Kind
from support.web_server import Handler, WebServer, reply

DATASETS = "/api/1/datasets/"


def entry(number: int) -> dict[str, Any]:
    """A dataset as the API lists it, with a file."""
    return {
        "id": f"5369{number:020x}", "slug": f"bo-du-lieu-{number}", "title": f"Bộ dữ liệu {number}", "acronym": None, "description": "Mô tả",
        "tags": ["chợ", "siêu thị"], "license": "cc-by", "frequency": "monthly", "badges": [], "featured": False, "private": False,
        "archived": None, "deleted": None, "created_at": "2024-01-01T00:00:00+00:00", "last_modified": "2024-09-01T00:00:00+00:00",
        "last_update": "2024-09-01T00:00:00+00:00", "metrics": {"views": number}, "quality": {"score": 0.5}, "extras": {}, "owner": None,
        "organization": {"id": "534f", "name": "Sở Y tế", "slug": "so-y-te"}, "page": f"https://so-yte.example.vn/datasets/bo-du-lieu-{number}/",
        "spatial": {"zones": ["vn:province:77"], "granularity": "vn:commune", "geom": None},
        "temporal_coverage": {"start": "2024-01-01T00:00:00+00:00", "end": "2024-12-31T00:00:00+00:00"},
        "resources": [{
            "id": "r-1", "title": "Bảng", "description": "", "filetype": "remote", "type": "main", "format": "csv", "mime": "text/csv", "filesize": 120,
            "url": f"https://so-yte.example.vn/{number}.csv", "latest": f"https://so-yte.example.vn/r/{number}", "metrics": {"views": 3},
            "checksum": {"type": "sha1", "value": "ab" * 20}, "last_modified": "2024-09-01T00:00:00+00:00", "schema": {"name": "truong-hoc", "version": "1.0"},
            "extras": {"check:available": True, "check:date": "2024-09-01T00:00:00"}, "preview_url": None}],
    }


def serve(server: WebServer, entries: list[Any]) -> SourceSpec:
    """Put the datasets on the server, a hundred on a page; a page that is none is not found."""
    def route(handler: Handler) -> None:
        page, size = int(handler.params["page"]), int(handler.params["page_size"])
        rows = entries[(page - 1) * size:page * size]
        if not rows and page > 1:
            return reply('{"message": "Not found"}', status=404)(handler)
        following = server.url(f"{DATASETS}?page={page + 1}&page_size={size}") if page * size < len(entries) else None
        return reply(json.dumps({"data": rows, "next_page": following, "previous_page": None, "page": page, "page_size": size, "total": len(entries)}))(handler)

    server.routes[DATASETS] = route
    return SourceSpec(name="nguon", url=server.url())


KINDS = {"udata": Kind(many=255, listing=DATASETS, entry=entry, serve=serve, identifier_key="id")}
