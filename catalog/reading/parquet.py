"""Parquet: a child process with limits turns it into a plain Arrow stream, of which the rows are read batch by batch.

Cells are what they are in the file: whole numbers stay whole beside empty cells, which are None. A small file can ask for
terabytes (one long text, repeated by a number), so memory, time and what is unpacked have their caps, as for workbooks.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.reading import parquet_child
from catalog.reading.grid import Grid, Reading
from catalog.reading.limits import Request, Workspace

if TYPE_CHECKING:
    import pyarrow as pa

_LARGE = 2**26  # bytes of a batch beyond which its rows are made a few at a time
_FEW = 32


def read_parquet(request: Request, workspace: Workspace) -> Reading:
    """Open a Parquet file; Trouble when it is broken or asks for too much memory, room or time."""
    place = Place(file=request.filename)
    folder = workspace.file("columns")
    folder.mkdir()
    limits = request.limits
    command = [sys.executable, "-I", parquet_child.__file__, str(request.path.absolute()), str(folder), str(limits.workbook_memory),
               str(limits.workbook_seconds), str(limits.unpacked)]
    try:
        code = subprocess.run(command, capture_output=True, timeout=limits.workbook_seconds, check=False).returncode
    except subprocess.TimeoutExpired:
        code = parquet_child.TOO_BIG
    if code == parquet_child.BROKEN and not _is_full(folder / "table.arrow", limits.unpacked):
        raise Trouble(Issue("parquet-broken", place))
    if code:
        raise Trouble(Issue("parquet-too-big", place, {"limit_mb": limits.workbook_memory // 2**20}))
    return Reading(format="Parquet", grids=(_grid(folder / "table.arrow"),), workspace=workspace, source=request.path)


def _is_full(path: Path, limit: int) -> bool:
    """Whether the child stopped because it had written all that it may."""
    return path.exists() and path.stat().st_size >= limit


def _grid(path: Path) -> Grid:
    def rows() -> Iterator[list[Any]]:
        import pyarrow as pa

        with pa.OSFile(str(path), "rb") as file, pa.ipc.open_stream(file) as stream:
            yield json.loads(stream.schema.metadata[b"names"])
            for batch in stream:
                step = _FEW if batch.nbytes > _LARGE else max(batch.num_rows, 1)
                for start in range(0, batch.num_rows, step):
                    yield from map(list, zip(*map(_values, batch.slice(start, step).columns), strict=True))

    return Grid(rows=rows)


def _values(column: pa.Array) -> list[Any]:
    """The values as Python has them; a column with a date before the year 1 or after 9999 as text."""
    try:
        return column.to_pylist()
    except (OverflowError, ValueError):
        return column.cast("string").to_pylist()
