"""Rates of the API and the pages as a real server gives them: 2 processes, 4 connections, 5,000 datasets, a table of 100,000 rows.

Rates drift with the machine and with whoever else uses it, so beside each stands the processor time of the server for one request,
and both beside those of a bare Flask that says hello under the same server, measured in the same run.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlencode

from benchmarks.serving_child import Server, environment, started
from benchmarks.serving_client import Connection
from benchmarks.serving_data import COUNT, WORDS, fill, name_of, token
from benchmarks.tables import table_of_rows
from catalog.site import Site

CONNECTIONS, SECONDS, CORES = 4, 4.0, 2
AGAIN = 100  # datasets that are asked for again and again
FACETS = ("organization", "tags", "res_format")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One kind of request: what it is called, the rate that is wanted, and the request of a number."""

    name: str
    wanted: int
    of: Callable[[int], tuple[str, bytes | None]]  # the address, and what is posted


def bench(site: Site, kind: str, *, quick: bool = False) -> None:
    """Print for each kind of request its rate, the server's processor time, the median, and what is wanted."""
    began = time.perf_counter()
    fill(site)
    resource_id, secret = table_of_rows(site), token(site)
    print(f"{kind:12} serving: {COUNT:,} datasets and a table of 100,000 rows written in {time.perf_counter() - began:.0f} s", flush=True)
    seconds = SECONDS / 4 if quick else SECONDS
    with started("hello", {}) as hello, started("site", environment(site)) as served:
        for asked in _hello(), *_asked(resource_id), _hello():
            server = hello if asked.name == "bare Flask hello" else served
            _print(kind, asked, _measure(server, asked, secret, seconds), seconds)


def _hello() -> Asked:
    return Asked(name="bare Flask hello", wanted=0, of=lambda n: ("/", None))


def _asked(resource_id: str) -> Iterator[Asked]:
    action, own = "/api/3/action/", f"/api/v1/tables/{resource_id}?"
    rows, new = f"{action}datastore_search?resource_id={resource_id}&", count()
    search = urlencode({"facet.field": json.dumps(FACETS), "rows": 10})

    def reading(name: str, wanted: int, address: Callable[[int], str]) -> Asked:
        return Asked(name=name, wanted=wanted, of=lambda n: (address(n), None))

    yield reading("package_show", 2000, lambda n: f"{action}package_show?id={name_of(n % AGAIN)}")
    yield reading("  for the first time", 0, lambda n: f"{action}package_show?id={name_of(AGAIN + n % (COUNT - AGAIN))}")
    yield reading("package_search", 1000, lambda n: f"{action}package_search?{search}&" + urlencode(
        {"q": WORDS[n % len(WORDS)], "fq": f"organization:co-quan-{n % 29} res_format:CSV"}))
    yield reading("organization_list", 2000, lambda n: f"{action}organization_list?all_fields=true")
    yield reading("datastore_search", 800, lambda n: f"{rows}limit=100&offset={n * 100 % 90_000}")
    yield reading("  filtered", 600, lambda n: rows + urlencode({"limit": 100, "filters": json.dumps({"vung": "Bắc", "so": {"gte": n * 37 % 900}})}))
    yield reading("  q", 200, lambda n: rows + urlencode({"limit": 100, "q": ("truong cau", "cho", "benh vien", "duong nha may")[n % 4]}))
    yield reading("group by", 300, lambda n: own + urlencode({"group": "vung,loai", "aggregate": "count,sum:so", "so__gte": n % 500}))
    yield reading("page of search", 300, lambda n: f"/dataset?{urlencode({'q': WORDS[n % len(WORDS)], 'page': 1 + n // 8 % 5})}")
    yield reading("  for the first time", 0, lambda n: f"/dataset?{urlencode({'q': f'{WORDS[n % len(WORDS)]} {n}'})}")
    yield reading("page of a dataset", 300, lambda n: f"/dataset/{name_of(n % AGAIN)}")
    yield reading("  for the first time", 0, lambda n: f"/dataset/{name_of(AGAIN + n % (COUNT - AGAIN))}")
    yield Asked(name="package_create", wanted=0, of=lambda n: (f"{action}package_create", json.dumps({
        "name": f"moi-{next(new)}", "title": "Bộ dữ liệu mới", "owner_org": "co-quan-1", "notes": "Số liệu theo quý. " * 20, "tags": [{"name": "số liệu"}],
        "resources": [{"name": "CSV", "format": "CSV", "url": "https://example.org/a.csv"}]}).encode()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was seen of one kind of request: how many were answered in how many seconds, and the processor seconds of the server."""

    answered: int
    seconds: float
    processor: float
    times: list[float]


def _measure(server: Server, asked: Asked, secret: str, seconds: float) -> Measured:
    numbers, times = count(), []
    secret = secret if asked.name == "package_create" else ""
    for _ in range(4 * AGAIN if asked.wanted else 10):  # what is kept between requests is filled in both processes
        with Connection(server.port, secret) as connection:  # a connection each, so that both are asked
            connection.ask(*asked.of(next(numbers)))
    with _together(CONNECTIONS) as run:
        before, began = server.processor(), time.perf_counter()
        run(lambda: times.extend(_ask_until(server.port, secret, asked, numbers, began + seconds)))
        took, used = time.perf_counter() - began, server.processor() - before
    return Measured(answered=len(times), seconds=took, processor=used, times=sorted(times))


def _ask_until(port: int, secret: str, asked: Asked, numbers: Iterator[int], end: float) -> list[float]:
    times = []
    with Connection(port, secret) as connection:
        while (began := time.perf_counter()) < end:
            connection.ask(*asked.of(next(numbers)))
            times.append(time.perf_counter() - began)
    return times


@contextmanager
def _together(hands: int) -> Iterator[Callable[[Callable[[], None]], None]]:
    def run(work: Callable[[], None]) -> None:
        threads = [threading.Thread(target=work) for _ in range(hands)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    yield run


def _print(kind: str, asked: Asked, found: Measured, seconds: float) -> None:
    each = found.processor / found.answered
    wanted = f"   wanted {asked.wanted:5,}/s" if asked.wanted else ""
    print(f"{kind:12} {asked.name:18} {found.answered / found.seconds:7,.0f}/s   server {each * 1000:6.2f} ms a request: {CORES / each:7,.0f}/s on {CORES} idle cores"
          f"   median {found.times[len(found.times) // 2] * 1000:6.1f} ms   p95 {found.times[int(len(found.times) * 0.95)] * 1000:6.1f} ms"
          f"   load {os.getloadavg()[0]:.1f}{wanted}", flush=True)
