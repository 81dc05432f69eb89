"""From bytes to grids of cells: what kind of file, which encoding, which sheets; hostile files end as an issue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.reading.archives import other_tables, unpack
from catalog.reading.delimited import read_arriving, read_delimited
from catalog.reading.documents import read_document
from catalog.reading.grid import Arriving, Dialect, Grid, Reading
from catalog.reading.kinds import (
    DELIMITED,
    DOCUMENTS,
    PARQUET,
    READ,
    START,
    WORKBOOKS,
    Kind,
    is_told_by,
    sniff,
)
from catalog.reading.limits import Limits, RecordTooLong, Request, RowTooWide, Workspace
from catalog.reading.parquet import read_parquet
from catalog.reading.workbooks import read_workbook

__all__ = ["Arriving", "Dialect", "Grid", "Kind", "Limits", "Reading", "Request", "Workspace", "open_file", "read_arriving", "sniff",
           "sniff_arriving"]


def open_file(request: Request, kind: Kind, workspace: Workspace) -> Reading:
    """Open a file of a kind that is read here; Trouble says why it cannot be read."""
    place = Place(file=request.filename)
    size = request.path.stat().st_size
    if size == 0:
        raise Trouble(Issue("file-empty", place))
    if size > request.limits.file:
        raise Trouble(Issue("file-too-big", place, {"size_mb": size // 2**20, "limit_mb": request.limits.file // 2**20}))
    if kind.format == "ZIP":
        return _open_archive(request, workspace)
    if kind.format in WORKBOOKS:
        return read_workbook(request, workspace, kind.format)
    if kind.format in DOCUMENTS:
        return read_document(request, workspace, kind.format)
    if kind.format == PARQUET:
        return read_parquet(request, workspace)
    if kind.format in DELIMITED:
        return read_delimited(request, workspace, kind.format)
    code = "html-instead-of-table" if kind.format == "HTML" else "format-mismatch"
    raise Trouble(Issue(code, place, {"claimed": kind.claimed or "–", "seen": kind.format}))


def sniff_arriving(request: Request, arriving: Arriving) -> Kind | None:
    """The kind of a file that is on its way to `request.path`, if it is delimited text, which `read_arriving` opens at once; else None."""
    with arriving.open() as stream:
        start = stream.read(START)
    kind = sniff(request) if start and is_told_by(start) else None
    return kind if kind and kind.format in DELIMITED else None


def _open_archive(request: Request, workspace: Workspace) -> Reading:
    path, name, others = unpack(request, workspace)
    inner = replace(request, path=path, filename=name, format="", media_type=None)
    kind = sniff(inner)
    if kind.format not in READ or kind.format == "ZIP":
        raise Trouble(Issue("archive-nested" if kind.format == "ZIP" else "format-mismatch", Place(file=request.filename),
                            {"entry": name, "claimed": kind.claimed, "seen": kind.format}))
    reading = open_file(inner, kind, workspace)
    if others:
        note = Issue("archive-other-tables", Place(file=request.filename), {"read": name, "count": len(others), "names": ", ".join(others[:5])})
        reading = replace(reading, notes=(*reading.notes, note), others=partial(_others, request))
    return reading


def _others(request: Request) -> Iterator[tuple[str, Reading]]:
    """The other tables of a zip, opened one after the other; one that cannot be opened is left out."""
    with closing(Workspace()) as copies:
        for path, name in other_tables(request, copies):
            inner, work = replace(request, path=path, filename=name, format="", media_type=None), Workspace()
            try:
                kind = sniff(inner)
                if kind.format in READ and kind.format != "ZIP":
                    yield name, open_file(inner, kind, work)
            except (Trouble, RecordTooLong, RowTooWide):
                continue
            finally:
                work.close()
