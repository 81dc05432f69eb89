"""The agencies' own endpoints, served on loopback: what the connectors of the demonstration talk to.

    python -m demo.serve --port 8801 --folder var/demo

Each agency has a folder. A folder with `ckan.json` answers as a CKAN portal under `/<agency>/api/3/action/…`; a
folder with a file `503` is a server that is down; all the rest are files and listings, with ETag, Last-Modified
and conditional requests. `{base}` in metadata stands for the address of this server.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

MEDIA_TYPES = {
    ".csv": "text/csv", ".tsv": "text/tab-separated-values", ".json": "application/json", ".geojson": "application/geo+json",
    ".zip": "application/zip", ".pdf": "application/pdf", ".html": "text/html; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WITH_ADDRESS = {"data.json", "ckan.json"}  # files in which {base} is replaced


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: `modified` is None where the server does not know when the content changed."""

    body: bytes
    media_type: str = "application/json"
    status: int = 200
    modified: datetime | None = None


def answer(folder: Path, path: str, query: str, base: str) -> Reply:
    """What the agencies' servers say to GET `path`; `base` is the address they are reached at."""
    parts = [part for part in unquote(path).split("/") if part]
    if ".." in parts:
        return _missing()
    agency = folder / parts[0] if parts else folder
    if parts and (agency / "503").exists():
        return Reply("Hệ thống đang bảo trì.".encode(), "text/plain; charset=utf-8", 503)
    if parts[1:4] == ["api", "3", "action"] and len(parts) == 5 and (agency / "ckan.json").is_file():
        return _ckan(agency / "ckan.json", parts[4], query, base)
    target = folder.joinpath(*parts)
    if target.is_dir():
        return _listing(target, parts)
    if not target.is_file() or target.name == "ckan.json":
        return _missing()
    modified = datetime.fromtimestamp(int(target.stat().st_mtime), UTC)
    body = target.read_bytes()
    if target.name in WITH_ADDRESS and body[:1] == b"{":
        body = body.replace(b"{base}", base.encode())
    media_type = "text/html; charset=utf-8" if body[:1] == b"<" else MEDIA_TYPES.get(target.suffix, "application/octet-stream")
    return Reply(body, media_type, 200, modified)


def _missing() -> Reply:
    return Reply("<!doctype html><title>404</title><p>Không tìm thấy trang.</p>".encode(), MEDIA_TYPES[".html"], 404)


def _listing(folder: Path, parts: list[str]) -> Reply:
    """A page of links as a common web server makes it."""
    rows = [f'<tr><td><a href="{quote(entry.name)}{"/" if entry.is_dir() else ""}">{html.escape(entry.name)}</a></td>'
            f'<td>{datetime.fromtimestamp(entry.stat().st_mtime, UTC):%Y-%m-%d %H:%M}</td><td>{entry.stat().st_size}</td></tr>'
            for entry in sorted(folder.iterdir()) if entry.name != "ckan.json"]
    title = html.escape("/" + "/".join(parts))
    page = (f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Thư mục {title}</title></head><body><h1>Thư mục {title}</h1>'
            f'<table><tr><td><a href="../">../</a></td><td></td><td></td></tr>{"".join(rows)}</table></body></html>')
    return Reply(page.encode(), MEDIA_TYPES[".html"])


def _ckan(path: Path, action: str, query: str, base: str) -> Reply:
    """A small read-only CKAN: package_search (rows, start, sort), package_show, package_list and status_show."""
    packages = json.loads(path.read_text("utf-8").replace("{base}", base))["packages"]
    asked = {key: values[-1] for key, values in parse_qs(query).items()}
    if action == "package_search":
        return _search(packages, asked)
    if action == "package_list":
        return _success([package["name"] for package in sorted(packages, key=lambda package: package["name"])])
    if action == "status_show":
        return _success({"ckan_version": "2.10.4", "site_url": base})
    if action == "package_show":
        for package in packages:
            if asked.get("id") in (package["id"], package["name"]):
                return _success(package)
        return _refusal(404, "Not Found Error", "Not found")
    return _refusal(400, "Bad Request", f"Action name not known: {action}")


def _search(packages: list[dict], asked: dict[str, str]) -> Reply:
    try:
        start, rows = int(asked.get("start", 0)), min(int(asked.get("rows", 10)), 1000)
    except ValueError:
        return _refusal(409, "Validation Error", "Invalid integer")
    field, _, direction = asked.get("sort", "metadata_modified desc").split(",")[0].strip().partition(" ")
    packages = sorted(packages, key=lambda package: str(package.get(field, "")), reverse=direction.strip() == "desc")
    return _success({"count": len(packages), "results": packages[start:start + rows], "sort": asked.get("sort", "metadata_modified desc"),
                     "facets": {}, "search_facets": {}})


def _success(result: object) -> Reply:
    return Reply(json.dumps({"help": "", "success": True, "result": result}, ensure_ascii=False).encode())


def _refusal(status: int, kind: str, message: str) -> Reply:
    return Reply(json.dumps({"help": "", "success": False, "error": {"__type": kind, "message": message}}).encode(), status=status)


class Handler(BaseHTTPRequestHandler):
    """Turns one HTTP request into an answer; reads only."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body leave together; two small packets would wait 40 ms for each other
    disable_nagle_algorithm = True
    timeout = 60  # seconds that an idle connection is kept
    server: Endpoints

    def do_GET(self) -> None:
        self._send(with_body=True)

    def do_HEAD(self) -> None:
        self._send(with_body=False)

    def _send(self, *, with_body: bool) -> None:
        asked = urlsplit(self.path)
        reply = answer(self.server.folder, asked.path, asked.query, self.server.base)
        etag = f'"{hashlib.sha256(reply.body).hexdigest()[:32]}"'
        fresh = reply.status == 200 and self._has(etag, reply.modified)
        self.send_response(304 if fresh else reply.status)
        if reply.status == 200:
            self.send_header("ETag", etag)
            if reply.modified:
                self.send_header("Last-Modified", format_datetime(reply.modified, usegmt=True))
        if not fresh:
            self.send_header("Content-Type", reply.media_type)
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if with_body and not fresh:
            self.wfile.write(reply.body)

    def _has(self, etag: str, modified: datetime | None) -> bool:
        """Whether the asker already holds this content (RFC 9110, 13.1)."""
        if held := self.headers.get("If-None-Match"):
            return etag in [tag.strip() for tag in held.split(",")]
        since = self.headers.get("If-Modified-Since")
        if not since or modified is None:
            return False
        try:
            return modified <= parsedate_to_datetime(since)
        except (TypeError, ValueError):
            return False

    def log_message(self, *_: object) -> None:
        """Nothing: only errors are worth a line."""

    def log_error(self, format: str, *values: object) -> None:
        if any(isinstance(value, TimeoutError) for value in values):
            return  # a caller that keeps its connection and asks no more is no error
        sys.stderr.write(f"demo.serve: {format % values}\n")


class Endpoints(ThreadingHTTPServer):
    """All agencies' servers behind one loopback port; port 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, folder: Path, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.folder = folder.resolve()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no error of ours."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


def main() -> None:
    """Serve the endpoints of a folder until stopped."""
    parser = argparse.ArgumentParser(prog="python -m demo.serve", description="Serve the demonstration's agencies on loopback.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    given = parser.parse_args()
    try:
        Endpoints(given.folder, given.port).serve_forever()
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
