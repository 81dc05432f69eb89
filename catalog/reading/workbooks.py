"""XLSX, XLS and ODS: a child process with limits turns the workbook into plain rows; its fall is only an issue.

A sheet is laid out in memory by its farthest cell, so a tiny file can ask for terabytes. The child has a cap on
memory and time; what it writes (one JSON line a row) is read back row by row.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.reading import archives, workbook_child
from catalog.reading.grid import Grid, Reading
from catalog.reading.limits import Request, Workspace

_CODES = {workbook_child.PASSWORD: "workbook-password", workbook_child.BROKEN: "workbook-broken"}


def read_workbook(request: Request, workspace: Workspace, format: str) -> Reading:
    """Open a workbook; Trouble when it has a password, is broken or asks for too much memory or time."""
    if format != "XLS":
        archives.measure(request.path, request.filename, request.limits)
    folder = workspace.file("sheets")
    folder.mkdir()
    limits = request.limits
    command = [sys.executable, "-I", workbook_child.__file__, str(request.path.absolute()), str(folder),
               str(limits.workbook_memory), str(limits.workbook_seconds), str(limits.unpacked)]
    place = Place(file=request.filename)
    try:
        done = subprocess.run(command, capture_output=True, timeout=limits.workbook_seconds, check=False)
    except subprocess.TimeoutExpired:
        raise Trouble(Issue("workbook-too-big", place, {"limit_mb": limits.workbook_memory // 2**20})) from None
    if done.returncode:
        code = _CODES.get(done.returncode, "workbook-too-big")
        raise Trouble(Issue(code, place, {"limit_mb": limits.workbook_memory // 2**20}))
    sheets = json.loads((folder / "sheets.json").read_text("utf-8"))
    grids = tuple(_grid(folder / f"{number}.jsonl", sheet) for number, sheet in enumerate(sheets))
    return Reading(format=format, grids=grids, workspace=workspace, source=request.path)


def _grid(path: Path, sheet: dict) -> Grid:
    def rows() -> Iterator[list[str]]:
        with path.open("rb") as file:
            for line in file:
                yield orjson.loads(line)

    return Grid(rows=rows, sheet=sheet["name"], padded=True, hidden=sheet["hidden"])
