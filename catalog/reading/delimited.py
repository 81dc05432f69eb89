"""CSV, TSV and their like: which sign separates the cells, and the rows as Python's csv module splits them."""

from __future__ import annotations

import codecs
import csv
import io
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.reading import encodings
from catalog.reading.grid import Arriving, Dialect, Grid, Reading
from catalog.reading.limits import RecordTooLong, Request, Workspace
from catalog.reading.survey import survey

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_LINES = 100
SAMPLE = 2**16


def read_delimited(request: Request, workspace: Workspace, format: str) -> Reading:
    """Open delimited text: its encoding over the whole file, then its delimiter; a file that is plain is read once for that."""
    path, notes = request.path, []
    found = survey(path, request.limits.line)
    if found.plain:
        encoding = encodings.utf8(marked=found.marked)
    else:
        encoding = encodings.decide(path, request.encoding, request.filename)
        if not encoding.is_plain:
            path = workspace.file("text.csv")
            encodings.transcode(request.path, encoding, path)
            notes.append(Issue("encoding-converted", Place(file=request.filename), {"encoding": encoding.name}))
        _refuse_endless_lines(path, request)
    opened = partial(path.open, "rb")
    dialect = guess_dialect(_sample(opened), format)
    return Reading(format=_format(dialect, format), grids=_grids(opened, dialect, request), workspace=workspace, source=request.path,
                   encoding=encoding, dialect=dialect, file=path, notes=tuple(notes))


def read_arriving(request: Request, workspace: Workspace, format: str, arriving: Arriving) -> Reading:
    """What `read_delimited` gives for a file that is plain, before its last byte is here; it stands if the file's survey then says so.

    Raises UnicodeDecodeError where already the beginning is not UTF-8.
    """
    with arriving.open() as stream:
        marked = stream.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
    dialect = guess_dialect(_sample(arriving.open), format)
    return Reading(format=_format(dialect, format), grids=_grids(arriving.open, dialect, request), workspace=workspace, source=request.path,
                   encoding=encodings.utf8(marked=marked), dialect=dialect, file=request.path, arriving=arriving)


def read_rows(opened: Callable[[], BinaryIO], dialect: Dialect, longest: int = sys.maxsize) -> Iterator[list[str]]:
    """The rows of UTF-8 text, blank lines as empty rows; RecordTooLong where one has more than `longest` signs."""
    csv.field_size_limit(sys.maxsize)  # the length of a line has been limited before
    room, number = longest, 0

    def lines(file: Iterable[str]) -> Iterator[str]:
        nonlocal room
        for line in file:
            room -= len(line)
            if room < 0:
                raise RecordTooLong(number + 1, longest)
            yield line

    with io.TextIOWrapper(opened(), encoding="utf-8-sig", newline="") as file:
        for row in csv.reader(lines(file), delimiter=dialect.delimiter, skipinitialspace=dialect.skip_initial_space):
            room, number = longest, number + 1
            yield row


def _format(dialect: Dialect, format: str) -> str:
    return "TSV" if dialect.delimiter == "\t" else format


def _grids(opened: Callable[[], BinaryIO], dialect: Dialect, request: Request) -> tuple[Grid, ...]:
    return (Grid(rows=partial(read_rows, opened, dialect, request.limits.line)),)


def guess_dialect(sample: str, format: str) -> Dialect:
    """The delimiter that gives most rows the same width of two or more; `,` (TSV: tab) when none does."""
    usual = "\t" if format == "TSV" else ","
    best, best_score = usual, (0.0, 0)
    for delimiter in sorted(DELIMITERS, key=lambda sign: sign != usual):
        score = _score(sample, delimiter)
        if score > best_score:
            best, best_score = delimiter, score
    return Dialect(delimiter=best, skip_initial_space=_spaces_follow(sample, best))


def _score(sample: str, delimiter: str) -> tuple[float, int]:
    try:
        widths = [len(row) for row in csv.reader(sample.splitlines(keepends=True), delimiter=delimiter) if row]
    except csv.Error:
        return 0.0, 0
    wide = Counter(width for width in widths if width > 1)
    if not wide:
        return 0.0, 0
    width, count = wide.most_common(1)[0]
    return round(count / len(widths), 1), width


def _spaces_follow(sample: str, delimiter: str) -> bool:
    """Whether a blank follows every delimiter of the first line; then it belongs to it (csv.Sniffer's rule)."""
    first = sample.splitlines()[0] if sample else ""
    return delimiter in first and first.count(delimiter) == first.count(delimiter + " ")


def _sample(opened: Callable[[], BinaryIO]) -> str:
    """The first hundred lines, at most 64 KiB, without a last line that was cut off."""
    with io.TextIOWrapper(opened(), encoding="utf-8-sig", newline="") as file:
        text = file.read(SAMPLE)
    lines = text.splitlines(keepends=True)[:SAMPLE_LINES]
    if len(lines) > 1 and len(text) == SAMPLE and not lines[-1].endswith(("\n", "\r")):
        lines.pop()
    return "".join(lines)


def _refuse_endless_lines(path: Path, request: Request) -> None:
    """Trouble when a line is too long to be a row of a table."""
    length, row = 0, 1
    with path.open("rb") as file:
        while chunk := file.read(2**20):
            for number, piece in enumerate(chunk.replace(b"\r", b"\n").split(b"\n")):
                length = len(piece) if number else length + len(piece)
                if length > request.limits.line:
                    raise Trouble(Issue("line-too-long", Place(file=request.filename, row=row), {"limit": request.limits.line}))
            row += chunk.count(b"\n")
