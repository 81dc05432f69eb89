"""A CKAN portal of any size on loopback, for tests: real HTTP, made-up datasets, a few with a small CSV file."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

CSV = "ma,ten,so_luong\nA1,Chợ Vũng Tàu,12\nA2,Chợ Bà Rịa,7\n"


class Portal:
    """What the portal has; a test may change it between runs.

    `page` is the most records it gives at once; one that is `light` gives only the fields that it is asked for (`fl`), dates
    as Solr writes them, and finds datasets by their identifiers. `asked` are the actions asked for, with their parameters.
    """

    def __init__(self, count: int, *, file_every: int = 0, page: int = 1000, light: bool = False) -> None:
        self.count, self.file_every, self.page, self.light = count, file_every, page, light
        self.title_suffix = ""
        self.datasets: list[dict] | None = None  # instead of made-up ones
        self.replies: dict[str, tuple[int, str, bytes]] = {}  # path -> status, media type, body; before all else
        self.url = ""
        self.requests: list[str] = []
        self.asked: list[tuple[str, dict[str, str]]] = []

    def dataset(self, number: int) -> dict:
        has_file = self.file_every and number % self.file_every == 0
        resources = [{"id": f"r{number}", "name": "Bảng số liệu", "format": "CSV" if has_file else "PDF", "description": "",
                      "url": f"{self.url}/files/{number}.{'csv' if has_file else 'pdf'}"}]
        return {
            "id": f"dataset-{number:06}", "name": f"bo-du-lieu-{number:06}", "title": f"Bộ dữ liệu số {number}{self.title_suffix}",
            "notes": "Số liệu để kiểm thử.", "license_id": "cc-by", "tags": [{"name": "kiểm thử"}], "groups": [], "extras": [],
            "metadata_modified": "2024-09-01T00:00:00.000000", "state": "active", "resources": resources,
            "organization": {"name": "so-kiem-thu", "title": "Sở Kiểm thử"},
        }

    def with_files(self, **files: bytes) -> dict:
        """A dataset of its own with one CSV for each name; the bytes are served until the test changes them."""
        resources = []
        for name, body in files.items():
            self.replies[f"/files/{name}.csv"] = (200, "text/csv; charset=utf-8", body)
            resources.append({"id": name, "name": name, "format": "CSV", "url": f"{self.url}/files/{name}.csv"})
        return {**self.dataset(len(self.datasets or [])), "id": "-".join(files), "name": "-".join(files).replace("_", "-"), "resources": resources}

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, str, bytes]:
        if path in self.replies:
            return self.replies[path]
        if path.endswith("/package_search"):
            start, rows = int(query.get("start", ["0"])[0]), min(int(query.get("rows", ["10"])[0]), self.page)
            if self.light and query.get("fq", [""])[0].startswith("id:("):
                named = set(re.findall(r'"([^"]+)"', query["fq"][0]))
                return self._found([dataset for dataset in self._all() if dataset["id"] in named], len(named))
            count = self.count if self.datasets is None else len(self.datasets)
            numbers = range(start, min(start + rows, count))
            results = [self.dataset(n) if self.datasets is None else self.datasets[n] for n in numbers]
            if self.light and "fl" in query:
                results = [{key: _as_solr(dataset[key]) for key in query["fl"][0].split(",") if key in dataset} for dataset in results]
            return self._found(results, count)
        if path.endswith("/package_show") and self.light:
            for dataset in self._all():
                if dataset["id"] == query["id"][0]:
                    return 200, "application/json", json.dumps({"success": True, "result": dataset}).encode()
        if self.datasets is None and path.startswith("/files/") and path.endswith(".csv"):
            return 200, "text/csv; charset=utf-8", CSV.encode()
        return 404, "application/json", json.dumps({"success": False, "error": {"__type": "Not Found Error", "message": "Not found"}}).encode()


    def _all(self) -> list[dict]:
        return [self.dataset(n) for n in range(self.count)] if self.datasets is None else self.datasets

    def _found(self, results: list[dict], count: int) -> tuple[int, str, bytes]:
        return 200, "application/json", json.dumps({"success": True, "result": {"count": count, "results": results}}).encode()


def _as_solr(value: str) -> str:
    """A date as the search engine keeps it: milliseconds and a Z."""
    return re.sub(r"^(\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3})\d{3}$", r"\1Z", value)


@contextmanager
def serving(portal: Portal) -> Iterator[Portal]:
    """The portal on a free port of 127.0.0.1 while the `with` lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = parse_qs(parts.query)
            portal.requests.append(parts.path)
            if "/api/" in parts.path:
                portal.asked.append((parts.path.rpartition("/")[2], {key: values[-1] for key, values in query.items()}))
            status, kind, body = portal.answer(parts.path, query)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    portal.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield portal
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
