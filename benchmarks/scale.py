"""A catalogue of a million datasets and a table of 20 million rows: how long the index takes, what a question takes, how much memory."""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.serving_child import environment
from benchmarks.serving_data import WORDS, fill, id_of
from catalog.search import Query
from catalog.search.log import note_change
from catalog.site import Site, site_here
from catalog.tables.serving import Tables
from catalog.tables.shelf import Shelf

DATASETS, ROWS, CHANGED, ROUNDS = 1_000_000, 20_000_000, 1_000, 100
FACETS = ("organization", "tags", "res_format")
COLUMNS = "_id, so, vung, loai, ghi_chu"


def bench(site: Site, kind: str, *, share: float = 1.0) -> None:
    """Print the figures of a catalogue, `share` of it; each part in a process of its own, so that its peak of memory is its own."""
    began = time.perf_counter()
    fill(site, int(DATASETS * share))
    print(f"{kind:12} scale: {int(DATASETS * share):,} datasets written in {time.perf_counter() - began:.0f} s", flush=True)
    _child(kind, "catalogue", int(DATASETS * share), environment(site))


def bench_table(*, share: float = 1.0) -> None:
    """Print the figures of one large table."""
    _child("table", "table", int(ROWS * share), {})


def _child(kind: str, what: str, count: int, variables: dict[str, str]) -> None:
    answer = subprocess.run([sys.executable, "-m", "benchmarks.scale", what, str(count)], env={**os.environ, **variables}, check=True, capture_output=True)
    for line in answer.stdout.decode().splitlines():
        print(f"{kind:12} scale {line}", flush=True)


def _catalogue(datasets: int) -> None:
    site, chance = site_here(), random.Random(7)
    _say(f"index of {datasets:,} datasets made anew (wanted 180 s for a million)", _timed(site.search.rebuild))
    with site.writing() as session:
        for number in chance.sample(range(datasets), min(CHANGED, datasets)):
            note_change(session, id_of(number), site.clock.now())
    _say(f"index after {CHANGED:,} changes (wanted 1 s)", _timed(site.search.refresh))

    def ask(number: int) -> Query:
        return Query(text=f"{WORDS[number % len(WORDS)]} {chance.randrange(datasets)}" if number % 2 else WORDS[number % len(WORDS)], facets=FACETS,
                     filters={"organization": [f"co-quan-{number % 29}"]} if number % 3 else {}, rows=10, every_word=False)

    _spread("search with three facets (wanted p95 20 ms)", lambda number: site.search.search(ask(number)))
    _say("memory at its peak", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    site.engine.dispose()


def _table(rows: int) -> None:
    with tempfile.TemporaryDirectory(prefix="haidang-bench-") as folder:
        source = Path(folder) / "t.parquet"
        subprocess.run([sys.executable, "-c", _MAKE.format(rows=rows, path=json.dumps(str(source)))], check=True, stdout=subprocess.DEVNULL)
        tables = Tables(Shelf(Path(folder) / "tables", 10**12), lambda sha256: source)
        _say(f"table of {rows:,} rows made ready", _timed(lambda: tables.path("t")))
        table, chance = tables.open("t"), random.Random(7)

        def page(number: int) -> None:
            start = chance.randrange(rows - 100)
            table.ask(f"SELECT {COLUMNS} FROM kept WHERE _id > {start} AND _id <= {start + 100} ORDER BY _id")

        _spread("page of 100 rows anywhere (wanted 20 ms)", page)
        _spread("filtered, 100 rows", lambda number: table.ask(f"SELECT {COLUMNS} FROM kept WHERE vung = ? AND so >= ? ORDER BY _id LIMIT 100", ("Bắc", number)))
        _spread("grouped (wanted 500 ms)", lambda number: table.ask(
            "SELECT vung, loai, count(*), sum(so) FROM kept WHERE so >= ? GROUP BY vung, loai ORDER BY vung, loai", (number,)), rounds=10)
        _say("memory at its peak (wanted 1,024 MB)", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
        tables.close()


_MAKE = """
import duckdb
words = "['trạm', 'đường', 'chợ', 'trường', 'bệnh viện', 'cầu', 'bến xe', 'nhà máy', 'hồ', 'xã']"
duckdb.connect(config={{"memory_limit": "600MB"}}).execute(f"COPY (SELECT i * 7919 % 1000 AS so, ['Bắc', 'Nam', 'Đông', 'Tây'][1 + i % 4] AS vung, "
    f"{{words}}[1 + i * 31 % 10] AS loai, {{words}}[1 + i * 13 % 10] || ' ' || {{words}}[1 + i * 17 % 10] || ' ' || i % 100000 AS ghi_chu "
    "FROM range({rows}) t(i)) TO " + repr({path}) + " (FORMAT parquet, COMPRESSION zstd)")
"""


def _timed(work: Callable[[], object]) -> str:
    began, used = time.perf_counter(), time.process_time()
    work()
    return f"{time.perf_counter() - began:8.1f} s   processor {time.process_time() - used:8.1f} s"


def _spread(what: str, work: Callable[[int], object], rounds: int = ROUNDS) -> None:
    times, used = [], []
    for number in range(rounds):
        began, before = time.perf_counter(), time.process_time()
        work(number)
        times.append((time.perf_counter() - began) * 1000)
        used.append((time.process_time() - before) * 1000)
    last = min(rounds - 1, int(rounds * 0.95))
    _say(what, f"median {sorted(times)[rounds // 2]:7.1f} ms   p95 {sorted(times)[last]:7.1f} ms   processor p95 {sorted(used)[last]:7.1f} ms")


def _say(what: str, figure: str) -> None:
    print(f"{what:60} {figure}", flush=True)


if __name__ == "__main__":
    {"catalogue": _catalogue, "table": _table}[sys.argv[1]](int(sys.argv[2]))
