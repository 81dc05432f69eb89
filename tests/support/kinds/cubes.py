"""Sources of statistical tables on loopback: PX-Web, JSON-stat, a PC-Axis file, SDMX."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from harvesters.base import SourceSpec
from support.kinds import Kind
from support.web_server import Handler, WebServer, reply

FOLDER = "/api/v1/vi/dan-so"
PX = """CHARSET="ANSI";
AXIS-VERSION="2013";
CODEPAGE="utf-8";
LANGUAGE="vi";
LAST-UPDATED="20240930 08:00";
SOURCE="Chi cục Thống kê";
MATRIX="V02.01";
SUBJECT-AREA="Dân số";
UNITS="Nghìn người";
TITLE="Bộ dữ liệu 0";
STUB="Địa phương";
HEADING="Năm";
VALUES("Địa phương")="Vũng Tàu",
"Bà Rịa";
CODES("Địa phương")="747","748";
VALUES("Năm")="2022","2023";
DATA=
357.1 ".."
118.5 120.25;
"""


def _px_web_entry(number: int) -> dict[str, Any]:
    return {"id": f"V{number:05}.px", "type": "t", "text": f"Bộ dữ liệu {number}", "updated": "2024-09-30T08:00:00"}


def _serve_px_web(server: WebServer, entries: list[dict[str, Any]]) -> SourceSpec:
    """Up to 100 tables in the folder, the others in folders below it."""
    entries = [{"type": "t", "text": "", **entry} if isinstance(entry, dict) else entry for entry in entries]
    rest = [entries[n:n + 100] for n in range(100, len(entries), 100)]
    folders = [{"id": f"Thư mục {n}", "type": "l", "text": f"Nhóm {n}"} for n in range(len(rest))]
    server.routes[FOLDER] = reply(json.dumps([*entries[:100], *folders]))
    for folder, tables in zip(folders, rest, strict=True):
        server.routes[f"{FOLDER}/{quote(folder['id'])}"] = reply(json.dumps(tables))
    return SourceSpec(name="nguon", url=server.url(FOLDER))


def _json_stat_entry(number: int) -> dict[str, Any]:
    return {"class": "dataset", "href": f"tables/{number:05}.json", "label": f"Bộ dữ liệu {number}"}


def _serve_json_stat(server: WebServer, entries: list[dict[str, Any]]) -> SourceSpec:
    entries = [entry if "href" in entry else {**entry, "href": "tables/x.json"} for entry in entries]
    server.routes["/stat/all.json"] = reply(json.dumps({"version": "2.0", "class": "collection", "link": {"item": entries}}))
    return SourceSpec(name="nguon", url=server.url("/stat/all.json"))


def _serve_px_file(server: WebServer, entries: list[dict[str, Any]]) -> SourceSpec:
    server.routes["/V02.01.px"] = reply(PX, content_type="text/plain")
    return SourceSpec(name="nguon", url=server.url("/V02.01.px"))


def _sdmx_entry(number: int) -> dict[str, Any]:
    return {"id": f"DF_{number:05}", "names": {"vi": f"Bộ dữ liệu {number}", "en": f"Dataset {number}"}}


def dataflow(entry: Mapping[str, Any]) -> str:
    """A dataflow as a structure message has it."""
    names = "".join(f'<com:Name xml:lang="{language}">{escape(name)}</com:Name>' for language,
        name in entry.get("names", {}).items())
    return (f'<str:Dataflow id={quoteattr(entry.get("id", "DF"))} agencyID={quoteattr(entry.get("agency", "CTK"))} '
            f'version={quoteattr(entry.get("version", "1.0"))}>{names}'
            f'<str:Structure><Ref id="DSD_CHO" agencyID="CTK" version="1.0" class="DataStructure"/>'
            "</str:Structure></str:Dataflow>")


def structures(inner: str) -> str:
    """A structure message of SDMX-ML 2.1."""
    return ('<?xml version="1.0" encoding="UTF-8"?><mes:Structure '
            'xmlns:mes="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message" '
            'xmlns:str="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure" '
            'xmlns:com="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common">'
            f"<mes:Header><mes:ID>1</mes:ID></mes:Header><mes:Structures>{inner}</mes:Structures></mes:Structure>")


def _serve_sdmx(server: WebServer, entries: list[dict[str, Any]]) -> SourceSpec:
    listing = structures(f"<str:Dataflows>{''.join(dataflow(entry) for entry in entries)}</str:Dataflows>")
    server.routes["/rest/dataflow/all/all/latest"] = reply(listing, content_type="application/vnd.sdmx.structure+xml;version=2.1")
    return SourceSpec(name="nguon", url=server.url("/rest"))


def posted(handler: Handler) -> Any:
    """The question that was posted."""
    return json.loads(handler.posted)


KINDS: Mapping[str, Kind] = {
    "px-web": Kind(many=255, listing=FOLDER, entry=_px_web_entry, serve=_serve_px_web, identifier_key="id"),
    "json-stat": Kind(many=255, listing="/stat/all.json", entry=_json_stat_entry, serve=_serve_json_stat),
    "px-file": Kind(many=1, listing="/V02.01.px", entry=_json_stat_entry, serve=_serve_px_file),
    "sdmx": Kind(many=455, listing="/rest/dataflow/all/all/latest", entry=_sdmx_entry, serve=_serve_sdmx),
}
