"""One measurement, in a process of its own: `python -m benchmarks.validation_child '{"what": "fast", "path": …}'`.

Answers with a line of JSON: `cpu`, `wall` of the work itself, `whole_cpu` with start and imports, `peak` in MiB, `errors`.
"""

from __future__ import annotations

import http.server
import json
import resource
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

PIECE = 65_536


def fast(asked: dict[str, Any]) -> int:
    """Our way, as the pipeline goes it; how many errors there are."""
    from catalog.digests import Digests
    from catalog.validation.explaining import checklist, quickly

    with quickly():
        table = table_of(asked)
        if asked.get("digests"):
            table.digests = Digests(**asked["digests"])
        report = table.validate(checklist(), limit_errors=asked.get("limit", 1000))
    if table.used not in ("scanned", "keys"):
        raise RuntimeError(f"the fast way was not gone: {table.used}")
    return report.stats["errors"]


def frictionless(asked: dict[str, Any]) -> int:
    """Frictionless alone."""
    from frictionless import Schema
    from frictionless.resources import TableResource

    path = Path(asked["path"])
    table = TableResource(path=path.name, basepath=str(path.parent), schema=Schema.from_descriptor(schema_of(asked)))
    return table.validate(limit_errors=asked.get("limit", 1000)).stats["errors"]


def polars(asked: dict[str, Any]) -> int:
    """Polars' streaming parse of every column as text, and nothing else."""
    import polars as pl

    pl.scan_csv(asked["path"], infer_schema=False).select(pl.all().count()).collect(engine="streaming")
    return 0


def nothing(asked: dict[str, Any]) -> int:
    """The base line: what is imported, and what frictionless itself needs for ten rows."""
    return warm(frictionless)


def warm(engine: Callable[[dict[str, Any]], int]) -> int:
    """Validate ten rows, so that what happens once in the life of a worker is not measured."""
    from benchmarks import validation_data

    with tempfile.TemporaryDirectory() as folder:
        validation_data.write(Path(folder) / "t.csv", 10)
        return engine({"path": f"{folder}/t.csv"})


def download(asked: dict[str, Any]) -> int:
    """The body of an HTTP answer into a file."""
    from catalog.digests import Hashing

    hashing = Hashing()
    with tempfile.NamedTemporaryFile() as target, urllib.request.urlopen(asked["url"]) as answer:
        while piece := answer.read1(PIECE):
            target.write(piece)
            hashing.update(piece)
    return 0


def download_and_validate(asked: dict[str, Any]) -> int:
    """The same, while the rows that are there are validated: the way of `haidang validate URL`."""
    from catalog.net import Downloaded, Sink
    from catalog.validation.on_arrival import Arrival

    def fetch(sink: Sink) -> Downloaded:
        with urllib.request.urlopen(asked["url"]) as answer:
            head = Downloaded(status="new", url=asked["url"], media_type="text/csv")
            sink.begin(head)
            while piece := answer.read1(PIECE):
                sink.write(piece)
        return head

    with tempfile.TemporaryDirectory() as folder:
        verdict, _ = Arrival(fetch=fetch, path=Path(folder) / "body.csv", filename="body.csv", schema=schema_of(asked)).verdict()
    if verdict.state != "valid" or not verdict.rows:
        raise RuntimeError(f"not validated: {verdict.state}")
    return 0


def schema_of(asked: dict[str, Any]) -> dict[str, Any]:
    from benchmarks import validation_data

    return validation_data.KEYED if asked.get("keyed") else validation_data.SCHEMA


def table_of(asked: dict[str, Any]) -> Any:
    from frictionless import Schema

    from catalog.validation.fast_table import FastTable

    path = Path(asked["path"])
    return FastTable(path=path.name, basepath=str(path.parent), schema=Schema.from_descriptor(schema_of(asked)))


def serve_slowly(path: Path, megabytes: float) -> str:
    """The address of a server that gives the file at so many megabytes a second; it ends with its process."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802 - named by http.server
            self.send_response(200)
            self.send_header("Content-Length", str(path.stat().st_size))
            self.end_headers()
            started, sent = time.monotonic(), 0
            with path.open("rb") as file:
                while piece := file.read(PIECE):
                    time.sleep(max(0.0, started + sent / megabytes / 1e6 - time.monotonic()))
                    self.wfile.write(piece)
                    sent += len(piece)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


MEASURES: dict[str, Callable[[dict[str, Any]], int]] = {
    "fast": fast, "frictionless": frictionless, "polars": polars, "import": nothing, "download": download, "download_and_validate": download_and_validate,
}


def main() -> None:
    """Measure what is asked for."""
    asked = json.loads(sys.argv[1])
    what = MEASURES[asked["what"]]
    if asked["what"] == "polars":
        import polars  # noqa: F401 - what is imported is not measured
    else:
        import catalog.validation.explaining
        import catalog.validation.fast_table
        import catalog.validation.on_arrival  # noqa: F401
        warm(fast if asked["what"] == "fast" else frictionless)
    if "megabytes" in asked:
        asked["url"] = serve_slowly(Path(asked["path"]), asked["megabytes"])
    cpu, wall = used(), time.perf_counter()
    errors = what(asked)
    print(json.dumps({"cpu": used() - cpu, "wall": time.perf_counter() - wall, "whole_cpu": used(), "errors": errors,
                      "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def used() -> float:
    """CPU seconds of this process so far, of all its threads."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
