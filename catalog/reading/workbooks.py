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
from catalog.reading.legacy_cells import restore
from catalog.reading.limits import Request, Workspace
from catalog.reading.sheet_rows import Span

_CODES = {workbook_child.PASSWORD: "workbook-password", workbook_child.BROKEN: "workbook-broken"}


def read_workbook(request: Request, workspace: Workspace, format: str) -> Reading:
    """Open a workbook; Trouble when it has a password, is broken or asks for too much memory or time."""
    place = Place(file=request.filename)
    if format == "XLS" and _is_encrypted(request.path):
        raise Trouble(Issue("workbook-password", place))
    if format != "XLS":
        archives.measure(request.path, request.filename, request.limits)
    folder = workspace.file("sheets")
    folder.mkdir()
    limits = request.limits
    named = workspace.file(f"book.{format.lower()}")  # the reader goes by the ending, which stored files do not have
    named.symlink_to(request.path.absolute())
    command = [sys.executable, "-I", workbook_child.__file__, str(named), str(folder),
               str(limits.workbook_memory), str(limits.workbook_seconds), str(limits.unpacked)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=limits.workbook_seconds, check=False)
    except subprocess.TimeoutExpired:
        raise Trouble(Issue("workbook-too-big", place, {"limit_mb": limits.workbook_memory // 2**20})) from None
    if done.returncode:
        code = _CODES.get(done.returncode, "workbook-too-big")
        raise Trouble(Issue(code, place, {"limit_mb": limits.workbook_memory // 2**20}))
    sheets = json.loads((folder / "sheets.json").read_text("utf-8"))
    found = restore(named, folder, [sheet["name"] for sheet in sheets], request)
    grids = tuple(_grid(path, sheet) for path, sheet in zip(found.sheets, sheets, strict=True))
    return Reading(format=format, grids=grids, workspace=workspace, source=request.path, encoding=found.encoding, notes=found.notes)


def _is_encrypted(path: Path) -> bool:
    """Whether this is the OLE file that Office wraps around a workbook with a password."""
    with path.open("rb") as file:
        start = file.read(2**23)
    return "EncryptedPackage".encode("utf-16-le") in start


def _grid(path: Path, sheet: dict) -> Grid:
    def rows() -> Iterator[list[str]]:
        with path.open("rb") as file:
            yield from map(orjson.loads, file)

    def kinds() -> Iterator[str]:
        with told.open(encoding="ascii") as file:
            yield from (line.rstrip("\n") for line in file)

    told = path.with_name(f"{path.name.partition('.')[0]}.kinds")
    return Grid(rows=rows, sheet=sheet["name"], padded=True, hidden=sheet["hidden"],
                merges=tuple(Span(*span) for span in sheet["merges"]), kinds=kinds if told.exists() else None)
