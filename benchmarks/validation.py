"""What validation costs against frictionless and against Polars' bare parse, each measured in a process of its own.

`PYTHONPATH=. python -m benchmarks.validation [--quick] [--only TEXT]` prints every line; `make bench` does too.
A line is a ratio of medians of the same run, its target beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import validation_data as data
from catalog.digests import Hashing

MIB = 2**20
OF_FRICTIONLESS, OF_POLARS = "x frictionless' CPU", "x Polars' CPU"
FIVE_TIMES = "frictionless: its time for 1M rows of the same run, five times, for it grows with the rows"


@dataclass
class Bench:
    """Files made on demand in a folder, measurements kept by what was measured."""

    folder: Path
    scale: float = 1.0
    runs: int = 5
    seen: dict[str, dict[str, float]] = field(default_factory=dict)

    def file(self, rows: int, bad_every: float = 0) -> Path:
        """A table of so many rows at full scale."""
        path = self.folder / f"t{rows}-{bad_every:g}.csv"
        if not path.exists():
            data.write(path, int(rows * self.scale), bad_every)
        return path

    def drop(self, *paths: Path) -> None:
        """Give their room back."""
        for path in paths:
            path.unlink(missing_ok=True)

    def measure(self, what: str, path: Path | None, runs: int | None = None, **options: Any) -> dict[str, float]:
        """Medians of what a child process says of itself: cpu and wall seconds in process, those of the whole, peak MiB."""
        asked = json.dumps({"what": what, "path": str(path) if path else None, **options}, sort_keys=True)
        if asked not in self.seen:
            answers = [child(asked) for _ in range(runs or self.runs)]
            self.seen[asked] = {name: statistics.median(answer[name] for answer in answers) for name in answers[0]}
        return self.seen[asked]


def child(asked: str) -> dict[str, float]:
    """Run one measurement in a process of its own."""
    done = subprocess.run([sys.executable, "-m", "benchmarks.validation_child", asked], capture_output=True, text=True, check=False,
                          env={**os.environ, "POLARS_MAX_THREADS": "2"})
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1])


def digests(path: Path) -> dict[str, Any]:
    """What a downloader would hand on."""
    hashing = Hashing()
    with path.open("rb") as file:
        while block := file.read(MIB):
            hashing.update(block)
    found = hashing.digests()
    return {"md5": found.md5, "sha256": found.sha256, "size": found.size}


def clean_million(bench: Bench) -> None:
    path = bench.file(1_000_000)
    theirs = bench.measure("frictionless", path, runs=1)
    ours, hashing = bench.measure("fast", path, digests=digests(path)), bench.measure("fast", path)
    say("clean 1M rows, digests supplied", theirs["cpu"] / ours["cpu"], OF_FRICTIONLESS, 150,
        f"{ours['cpu']:.3f} s against {theirs['cpu']:.1f} s; wall {ours['wall']:.3f} s")
    say("the same, digests computed", theirs["cpu"] / hashing["cpu"], OF_FRICTIONLESS, 75,
        f"{hashing['cpu']:.3f} s; wall {hashing['wall']:.3f} s, {theirs['wall'] / hashing['wall']:.0f} x")


def clean_hundred_thousand(bench: Bench) -> None:
    path = bench.file(100_000)
    theirs = bench.measure("frictionless", path, runs=3)
    ours = bench.measure("fast", path, digests=digests(path))
    say("clean 100k rows, digests supplied", theirs["cpu"] / ours["cpu"], OF_FRICTIONLESS, 100,
        f"{ours['cpu'] * 1000:.0f} ms against {theirs['cpu']:.2f} s")


def against_polars(bench: Bench) -> None:
    path = bench.file(5_000_000)
    polars = bench.measure("polars", path)
    ours = bench.measure("fast", path, digests=digests(path))
    say("clean 5M rows against Polars' bare parse", ours["cpu"] / polars["cpu"], OF_POLARS, -0.6,
        f"{ours['cpu']:.2f} s against {polars['cpu']:.2f} s; wall {ours['wall']:.2f} s against {polars['wall']:.2f} s")
    say("the same, whole processes with imports", ours["whole_cpu"] / polars["whole_cpu"], OF_POLARS, None,
        f"{ours['whole_cpu']:.2f} s against {polars['whole_cpu']:.2f} s")


def few_bad_cells(bench: Bench) -> None:
    few, path = bench.file(1_000_000, 833), bench.file(5_000_000, 833)
    theirs = bench.measure("frictionless", few, runs=1, limit=0)
    ours = bench.measure("fast", path, digests=digests(path), limit=0)
    say("0.01 % bad cells, 5M rows, no limit", 5 * theirs["cpu"] / ours["cpu"], OF_FRICTIONLESS, 50,
        f"{ours['cpu']:.2f} s, {ours['errors']:.0f} errors, peak {ours['peak']:.0f} MiB; {FIVE_TIMES}")
    bench.drop(few, path)


def many_bad_cells(bench: Bench) -> None:
    path = bench.file(1_000_000, 8.33)
    ours = bench.measure("fast", path, runs=3, digests=digests(path), limit=0)
    say("1 % bad cells, 1M rows, no limit", ours["errors"] / ours["wall"], "errors/s", 15_000,
        f"{ours['errors']:.0f} errors in {ours['wall']:.1f} s, peak {ours['peak']:.0f} MiB")
    bench.drop(path)


def keys(bench: Bench) -> None:
    theirs = bench.measure("frictionless", bench.file(1_000_000), runs=1, keyed=True)
    path = bench.file(5_000_000)
    ours = bench.measure("fast", path, digests=digests(path), keyed=True)
    say("primary key + unique, 5M rows", 5 * theirs["cpu"] / ours["cpu"], OF_FRICTIONLESS, 50,
        f"{ours['cpu']:.2f} s; wall {ours['wall']:.2f} s; {FIVE_TIMES}")
    say("primary key + unique, 5M rows", ours["peak"], "MiB peak", -300, f"base line {bench.measure('import', None)['peak']:.0f} MiB")


def memory(bench: Bench) -> None:
    base = bench.measure("import", None)["peak"]
    for rows in (1_000_000, 20_000_000):
        path = bench.file(rows)
        for what, extra in (("digests supplied", {"digests": digests(path)}), ("digests computed", {})):
            ours = bench.measure("fast", path, runs=3 if rows < 2_000_000 else 1, **extra)
            say(f"peak memory, {rows // 1_000_000}M rows, {what}", ours["peak"] - base, "MiB above the base line", -32,
                f"base line {base:.0f} MiB, peak {ours['peak']:.0f} MiB")
        if rows > 5_000_000:
            bench.drop(path)


def slow_server(bench: Bench) -> None:
    path = bench.file(700_000)
    alone = bench.measure("download", path, runs=3, megabytes=20)
    both = bench.measure("download_and_validate", path, runs=3, megabytes=20)
    say(f"{path.stat().st_size / 1e6:.0f} MB over HTTP from a slow server", both["wall"] / alone["wall"], "x the download alone", -1.02,
        f"{both['wall']:.2f} s against {alone['wall']:.2f} s at 20 MB/s; CPU {both['cpu']:.2f} s")
    bench.drop(path)


def say(what: str, figure: float, unit: str, target: float | None, more: str) -> None:
    """Print one line; a negative target is an upper limit."""
    wanted = "" if target is None else f"{'<=' if target < 0 else '>='} {abs(target):g}"
    met = "" if target is None else ("met" if (figure <= -target if target < 0 else figure >= target) else "MISSED")
    print(f"{what:46} {figure:10.2f} {unit:24} {wanted:>9} {met:6}  {more}", flush=True)


LINES: tuple[Callable[[Bench], None], ...] = (
    clean_hundred_thousand, clean_million, many_bad_cells, few_bad_cells, against_polars, keys, slow_server, memory)


def bench(*, quick: bool = False, only: str = "", folder: Path | None = None) -> None:
    """Print all lines, or those whose name holds a text. A tenth of the size where quick."""
    with tempfile.TemporaryDirectory(prefix="haidang-bench-", dir=folder) as name:
        made = Bench(Path(name), scale=0.1 if quick else 1.0, runs=3 if quick else 5)
        for line in LINES:
            if only in line.__name__:
                line(made)


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows; the ratios are then only near")
    names = ", ".join(line.__name__ for line in LINES)
    parser.add_argument("--only", default="", help=f"only lines whose name holds this: {names}")
    parser.add_argument("--folder", type=Path, help="where 5 GB of files may lie for a while")
    asked = parser.parse_args()
    bench(quick=asked.quick, only=asked.only, folder=asked.folder)


if __name__ == "__main__":
    main()
