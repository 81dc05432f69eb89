"""A source of every kind on loopback, so that what is true of all connectors is tested over all of them."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Callable, Mapping
from typing import Any

from catalog.errors import Trouble
from harvesters.base import SourceSpec
from support.kinds import Kind
from support.web_server import Handler, WebServer, reply


def _ckan_entry(number: int) -> dict[str, Any]:
    return {
        "id": f"id-{number:05}", "name": f"bo-{number}", "title": f"Bộ dữ liệu {number}", "notes": "Mô tả", "license_id": "cc-by",
        "tags": [{"name": "chợ"}], "groups": [{"name": "y-te", "title": "Y tế"}], "extras": [{"key": "frequency", "value": "monthly"}],
        "organization": {"name": "so-y-te", "title": "Sở Y tế"}, "metadata_modified": "2024-09-01T00:00:00.123456",
        "author": "Sở Y tế", "maintainer_email": "mo@example.vn", "state": "active",
        "resources": [{"id": "r", "name": "Bảng", "url": f"https://so-yte.example.vn/{number}.csv", "format": "csv", "mimetype": "text/csv",
                       "description": "", "last_modified": "2024-09-01T00:00:00", "schema": "truong-hoc"}],
    }


def _serve_ckan(server: WebServer, entries: list[dict[str, Any]]) -> SourceSpec:
    def route(handler: Handler) -> None:
        start, rows = int(handler.params.get("start", 0)), min(int(handler.params.get("rows", 10)), 1000)
        reply(json.dumps({"success": True, "result": {"count": len(entries), "results": entries[start:start + rows]}}))(handler)

    server.routes["/api/3/action/package_search"] = route
    return SourceSpec(name="nguon", url=server.url())


def _dcat_entry(number: int) -> dict[str, Any]:
    return {
        "@type": "dcat:Dataset", "identifier": f"https://example.vn/{number}", "title": f"Bộ dữ liệu {number}", "description": "Mô tả",
        "keyword": ["chợ", "siêu thị"], "modified": "2024-09-01", "accessLevel": "public", "accrualPeriodicity": "R/P1M",
        "license": "https://creativecommons.org/licenses/by/4.0/", "theme": ["Y tế"], "publisher": {"name": "Sở Y tế"},
        "contactPoint": {"fn": "Phòng Kế hoạch", "hasEmail": "mailto:mo@example.vn"},
        "distribution": [{"title": "Bảng", "downloadURL": f"https://so-yte.example.vn/{number}.csv", "mediaType": "text/csv",
                          "conformsTo": "https://mo.example.vn/schema/truong-hoc"}],
    }


def _serve_dcat(server: WebServer, entries: list[dict[str, Any]]) -> SourceSpec:
    server.routes["/data.json"] = reply(json.dumps({"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": entries}))
    return SourceSpec(name="nguon", url=server.url("/data.json"))


def _file_entry(number: int) -> dict[str, Any]:
    return {"name": f"bang-{number:05}.csv"}


def _serve_directory(server: WebServer, entries: list[dict[str, Any]]) -> SourceSpec:
    rows = "".join(f'<a href="{entry["name"]}">{entry["name"]}</a>  2024-09-30 10:00  12K\n' for entry in entries)
    server.routes["/files/"] = reply(f'<html><h1>Index of /files/</h1><pre><a href="../">../</a>\n{rows}</pre></html>')
    return SourceSpec(name="nguon", url=server.url("/files/"))


def _serve_file(server: WebServer, entries: list[dict[str, Any]]) -> SourceSpec:
    server.routes["/files/bang.csv"] = reply("a,b\n1,2\n", content_type="text/csv", etag='"1"')
    return SourceSpec(name="nguon", url=server.url("/files/bang.csv"), options={"title": "Bộ dữ liệu 0"})


def _others() -> dict[str, Kind]:
    """The kinds that modules of their own beside this one tell of: `support/kinds/<name>.py`, each with a `KINDS`."""
    import support.kinds

    names = sorted(module.name for module in pkgutil.iter_modules(support.kinds.__path__))
    return {kind: how for name in names for kind, how in importlib.import_module(f"support.kinds.{name}").KINDS.items()}


KINDS: Mapping[str, Kind] = {
    "ckan": Kind(many=255, listing="/api/3/action/package_search", entry=_ckan_entry, serve=_serve_ckan, identifier_key="id"),
    "dcat-us": Kind(many=1205, listing="/data.json", entry=_dcat_entry, serve=_serve_dcat, identifier_key="identifier"),
    "directory": Kind(many=255, listing="/files/", entry=_file_entry, serve=_serve_directory, says="says"),
    "file": Kind(many=1, listing="/files/bang.csv", entry=_file_entry, serve=_serve_file, says="says"),
    **_others(),
}


def code_of(call: Callable[..., Any], *args: Any) -> str:
    """The code of the Trouble that a call raises; an AssertionError when it raises none."""
    try:
        call(*args)
    except Trouble as trouble:
        return trouble.issue.code
    raise AssertionError("no Trouble")
