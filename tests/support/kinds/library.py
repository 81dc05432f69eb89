"""Repositories and map catalogues, as the shared tests of all connectors serve them: OAI-PMH, CSW, a folder of ISO 19139."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from harvesters.base import SourceSpec
from support.kinds import Kind
from support.library_answers import csw_answer, dublin_core, iso_19139, oai_answer, oai_record, oai_refusal
from support.web_server import Handler, WebServer, reply

PAGE = 50


def entry(number: int) -> dict[str, Any]:
    """One record; `distribution` are its files."""
    return {"identifier": f"oai:mo.example.vn:{number:05}", "title": f"Bộ dữ liệu {number}", "rights": "https://creativecommons.org/licenses/by/4.0/",
            "distribution": [{"url": f"https://so-yte.example.vn/{number}.csv"}]}


def text_of(value: Any) -> str:
    """An identifier as XML can carry it: what is no text and no number is an empty element."""
    return escape(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _of_oai(one: Any) -> str:
    if not isinstance(one, dict):
        return f"<record>{escape(str(one))}</record>"
    core = dublin_core(title=one.get("title"), rights=one.get("rights"), identifier=[file["url"] for file in one.get("distribution", ())])
    return oai_record(text_of(one.get("identifier")), core)


def serve_oai(server: WebServer, entries: list[Any]) -> SourceSpec:
    """A repository that gives 50 records a page; its tokens are the number of the next record."""

    def route(handler: Handler) -> None:
        start = int(handler.params.get("resumptionToken", 0))
        found = entries[start:start + PAGE]
        token = str(start + PAGE) if start + PAGE < len(entries) else ""
        body = oai_answer(map(_of_oai, found), token, len(entries)) if found else oai_refusal("noRecordsMatch")
        reply(body, content_type="text/xml")(handler)

    server.routes["/oai"] = route
    return SourceSpec(name="nguon", url=server.url("/oai?verb=Identify"))


def of_iso(one: Any) -> str:
    """An entry as a document of ISO 19139, or as what is no metadata at all."""
    if not isinstance(one, dict):
        return f"<note>{escape(str(one))}</note>"
    links = [file["url"] for file in one.get("distribution", ())]
    return iso_19139(text_of(one.get("identifier")), one.get("title"), constraint=one.get("rights"), links=links)


def serve_csw(server: WebServer, entries: list[Any]) -> SourceSpec:
    """A catalogue service that counts from 1 and gives as many records as it is asked for."""

    def route(handler: Handler) -> None:
        start, rows = int(handler.params["startPosition"]), int(handler.params["maxRecords"])
        found = entries[start - 1:start - 1 + rows]
        following = start + len(found) if start - 1 + len(found) < len(entries) else 0
        reply(csw_answer(map(of_iso, found), len(entries), following), content_type="application/xml")(handler)

    server.routes["/csw"] = route
    return SourceSpec(name="nguon", url=server.url("/csw"))


def serve_folder(server: WebServer, entries: list[Any]) -> SourceSpec:
    """A web folder with a document an entry."""
    rows = []
    for number, one in enumerate(entries):
        rows.append(f'<a href="{number:05}.xml">{number:05}.xml</a>  2024-09-30 10:00  12K\n')
        server.routes[f"/waf/{number:05}.xml"] = reply(of_iso(one), content_type="text/xml")
    server.routes["/waf/"] = reply(f'<html><h1>Index of /waf/</h1><pre><a href="../">../</a>\n{"".join(rows)}</pre></html>')
    return SourceSpec(name="nguon", url=server.url("/waf/"))


KINDS = {
    "oai-pmh": Kind(many=105, listing="/oai", entry=entry, serve=serve_oai, identifier_key="identifier"),
    "csw": Kind(many=105, listing="/csw", entry=entry, serve=serve_csw, identifier_key="identifier"),
    "iso-folder": Kind(many=205, listing="/waf/", entry=entry, serve=serve_folder),
}
