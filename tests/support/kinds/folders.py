"""A WebDAV and an SFTP folder, as the shared tests of all connectors see them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from harvesters.base import SourceSpec
from support.kinds import Kind
from support.sftp_server import PASSWORD, USER, sftp_server
from support.web_server import Handler, WebServer, reply

ROOT = "/dav/"


def entry(number: int) -> dict[str, Any]:
    """One file of a folder."""
    return {"name": f"bang-{number:05}.csv"}


def multistatus(*entries: tuple[str, str]) -> str:
    """An answer of a WebDAV server: paths and what stands in `prop`."""
    return '<?xml version="1.0" encoding="utf-8"?><D:multistatus xmlns:D="DAV:">' + "".join(
        f"<D:response><D:href>{href}</D:href><D:propstat><D:prop>{prop}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response>"
        for href, prop in entries) + "</D:multistatus>"


FOLDER = "<D:resourcetype><D:collection/></D:resourcetype>"
FILE = ("<D:resourcetype/><D:getcontentlength>12</D:getcontentlength><D:getlastmodified>Mon, 30 Sep 2024 05:00:00 GMT</D:getlastmodified>"
        '<D:getetag>"{tag}"</D:getetag>')


def serve_webdav(server: WebServer, entries: list[dict[str, Any]]) -> SourceSpec:
    """A folder whose files are these."""
    body = multistatus((ROOT, FOLDER), *((ROOT + quote(one["name"]), FILE.format(tag=number)) for number, one in enumerate(entries)))

    def route(handler: Handler) -> None:
        reply(body, status=207 if handler.command == "PROPFIND" else 405, content_type="application/xml")(handler)

    server.routes[ROOT] = route
    return SourceSpec(name="nguon", url=server.url(ROOT))


def serve_sftp(server: WebServer, entries: list[dict[str, Any]]) -> SourceSpec:
    """A server of its own with a folder whose files are these."""
    root = Path(server.beside.enter_context(tempfile.TemporaryDirectory(prefix="haidang-test-sftp-")))
    (root / "du-lieu").mkdir()
    for one in entries:
        (root / "du-lieu" / one["name"]).write_text("a,b\n1,2\n")
    sftp = server.beside.enter_context(sftp_server(root))
    return SourceSpec(name="nguon", url=sftp.url("/du-lieu"), options={"user": USER, "host_key": sftp.fingerprint}, secrets={"password": PASSWORD})


KINDS = {
    "webdav": Kind(many=255, listing=ROOT, entry=entry, serve=serve_webdav, says="says"),
    "sftp": Kind(many=255, listing=None, entry=entry, serve=serve_sftp, has_address=False, says="says",
                 required={"user": "mo", "host_key": "SHA256:" + "A" * 43}, refused=("http://example.vn/x", "sftp://10.0.0.1/", "sftp://0x7f.1/", "nothing")),
}
