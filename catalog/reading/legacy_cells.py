"""Restores the text of a workbook's cells that were typed with fonts of an older Vietnamese code page.

Only a workbook whose texts do not read as they stand costs a second look, in which a process of its own tells the fonts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from catalog.issues import Issue, Place
from catalog.reading import font_child
from catalog.reading.encodings import Encoding
from catalog.reading.grid import letter
from catalog.reading.legacy import DECODERS, Decisions, Evidence, Run, decoded, is_suspicious, may_be_legacy
from catalog.reading.limits import Request

LONGEST = 60  # letters of an example
LONGEST_FONT = 100  # letters of a font's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """The rows of each sheet (one JSON line a row), and what was found of their text; `encoding` is None where nothing was changed."""

    sheets: Sequence[Path]
    encoding: Encoding | None = None
    notes: tuple[Issue, ...] = ()


@dataclass(slots=True)
class _Tally:
    """Cells restored, by code page, and cells that read as nothing, with the first of them."""

    restored: Counter[str] = field(default_factory=Counter)
    doubtful: int = 0
    example: tuple[str, str, str] | None = None  # sheet, cell, text


def restore(book: Path, folder: Path, names: Sequence[str], request: Request) -> Restored:
    """The sheets of `folder` with old fonts' text as it was meant; the same files where there is none."""
    sheets = [folder / f"{number}.jsonl" for number in range(len(names))]
    if not is_suspicious(json.loads((folder / "samples.json").read_text("utf-8"))):
        return Restored(sheets=sheets)
    _tell_fonts(book, folder, request)
    evidence = Evidence()
    for number in range(len(names)):
        for _, _, runs in _lines(folder, number):
            for run in runs:
                evidence.add(run)
    decisions, tally = evidence.decided(), _Tally()
    if not any(decisions.pages.values()) and not decisions.doubtful:
        return Restored(sheets=sheets)
    read = [_rewritten(folder, number, name, decisions, tally) for number, name in enumerate(names)]
    return Restored(sheets=read, encoding=_encoding(tally), notes=tuple(_notes(tally, request.filename)))


def _tell_fonts(book: Path, folder: Path, request: Request) -> None:
    """Have the fonts written beside the sheets; where they cannot be had, each text counts as of a font without a name."""
    limits = request.limits
    command = [sys.executable, "-I", font_child.__file__, str(book), str(folder), str(limits.workbook_memory),
               str(limits.workbook_seconds), str(limits.unpacked)]
    try:
        done = book.suffix in (".xls", ".xlsx") and subprocess.run(command, capture_output=True, timeout=limits.workbook_seconds, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        done = False
    if not done:
        for path in folder.glob("*.fonts.jsonl"):
            path.unlink()


def _lines(folder: Path, number: int) -> Iterator[tuple[int, int, list[Run]]]:
    """The cells of a sheet that matter, row by row: row and column from 0, and their runs."""
    told = folder / f"{number}.fonts.jsonl"
    if told.exists():
        with told.open("rb") as file:
            for line in file:
                row, column, runs = orjson.loads(line)
                yield row, column, [Run(text, font[:LONGEST_FONT]) for text, font in runs]
        return
    with (folder / f"{number}.jsonl").open("rb") as file:
        for row, line in enumerate(file):
            for column, text in enumerate(orjson.loads(line)):
                if may_be_legacy(text):
                    yield row, column, [Run(text)]


def _rewritten(folder: Path, number: int, name: str, decisions: Decisions, tally: _Tally) -> Path:
    """The sheet with its cells read; rows that have none stay as they are, byte for byte."""
    target = folder / f"{number}.read.jsonl"
    cells = _lines(folder, number)
    pending = next(cells, None)
    with (folder / f"{number}.jsonl").open("rb") as rows, target.open("wb") as out:
        for at, line in enumerate(rows):
            if pending is None or pending[0] > at:
                out.write(line)
                continue
            row = orjson.loads(line)
            while pending is not None and pending[0] <= at:
                if pending[0] == at:
                    _restore_cell(row, pending, name, decisions, tally)
                pending = next(cells, None)
            out.write(orjson.dumps(row) + b"\n")
    return target


def _restore_cell(row: list[str], cell: tuple[int, int, list[Run]], sheet: str, decisions: Decisions, tally: _Tally) -> None:
    at, column, runs = cell
    if column >= len(row):
        return
    if unicodedata.normalize("NFC", "".join(run.text for run in runs)) != row[column]:
        if not may_be_legacy(row[column]):
            return
        runs = [Run(row[column], runs[0].font)]  # what was read of the cell counts, not what the fonts were told of
    read = [decisions.read(run) for run in runs]
    pages = {page for _, page in read if page}
    if pages:
        row[column] = "".join(text for text, _ in read)
        tally.restored.update(pages)
    elif any(run.font.lower() in decisions.doubtful and any(sign.isalpha() for sign in run.text) for run in runs):
        tally.doubtful += 1
        tally.example = tally.example or (sheet, f"{letter(column + 1)}{at + 1}", row[column])


def _encoding(tally: _Tally) -> Encoding | None:
    if not tally.restored:
        return None
    pages = [page for page, _ in tally.restored.most_common()]
    return Encoding(name="+".join(pages), codec="utf-8", decided_by="syllables, font by font",
                    notes=tuple(f"{count} cells read as {page}" for page, count in tally.restored.most_common()))


def _notes(tally: _Tally, filename: str) -> Iterator[Issue]:
    if tally.restored:
        yield Issue("cells-restored", Place(file=filename), {
            "cells": sum(tally.restored.values()), "encoding": ", ".join(page.upper() for page, _ in tally.restored.most_common())})
    if tally.doubtful and tally.example:
        sheet, cell, text = tally.example
        readings = {page: read for page in DECODERS if (read := decoded(text, page)) is not None}
        yield Issue("cells-doubtful", Place(file=filename, sheet=sheet), {
            "cells": tally.doubtful, "cell": cell, "text": text[:LONGEST],
            "readings": " · ".join(f"{page.upper()}: {read[:LONGEST]}" for page, read in readings.items()) or "–"})
