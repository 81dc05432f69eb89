"""Time and memory of the command line on an office's workbook of 100,000 × 30 cells: the report, and the workbook with wrong cells marked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import xlsxwriter

ROWS, COLUMNS = 100_000, 30
WRONG = 50  # every so many rows have two cells that are wrong


def bench(*, quick: bool = False) -> None:
    """Print seconds, those of the processor (of child processes too) and peak MiB of each; a process of its own each."""
    rows = ROWS // 10 if quick else ROWS
    with tempfile.TemporaryDirectory(prefix="haidang-bench-") as folder:
        book, schema = Path(folder) / "bang.xlsx", Path(folder) / "schema.json"
        schema.write_text(json.dumps({"fields": [{"name": f"c{n}", "type": _kind(n)} for n in range(COLUMNS)]}), "utf-8")
        _write(book, rows)
        for name, options in (("report", ()), ("marked workbook", ("--workbook", f"{folder}/marked.xlsx")), ("corrected file", ("--corrected", f"{folder}/corrected.csv"))):
            print(f"workbook {rows:,} × {COLUMNS:<3} {name:16} {_figures([str(book), '--schema', str(schema), *options])}", flush=True)


def _kind(column: int) -> str:
    return ("string", "integer", "number", "date")[column % 4]


def _write(path: Path, rows: int) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Số liệu")
        sheet.write_row(0, 0, [f"c{n}" for n in range(COLUMNS)])
        for row in range(1, rows + 1):
            cells: list[str | int | float] = [(f"Địa điểm {row}", row * (n + 1), row / 4, f"2024-{row % 12 + 1:02}-{n % 28 + 1:02}")[n % 4] for n in range(COLUMNS)]
            if row % WRONG == 0:
                cells[3], cells[5] = f"{row % 28 + 1:02}/{row % 12 + 1:02}/2024", "không rõ"
            sheet.write_row(row, 0, cells)


def _figures(arguments: list[str]) -> str:
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "catalog", "validate", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        raise RuntimeError(f"haidang validate ended with {code}")
    return f"{time.perf_counter() - began:6.1f} s   {used.ru_utime + used.ru_stime:6.1f} s of processor   peak {used.ru_maxrss // 1024:5} MiB"
