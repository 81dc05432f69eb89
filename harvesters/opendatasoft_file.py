"""Files that a portal exports, and whether they are whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from catalog.errors import Trouble
from catalog.issues import Issue, Place

PIECE = 1 << 20


def require_rows(path: Path, expected: int | None, count: Callable[[], int | None], url: str) -> None:
    """Trouble `export-short` where a table has fewer rows than the portal counts.

    The catalogue's figure may be older than the export, so that `count` is asked where they differ; a table without any row
    where the catalogue has some is one that is kept from us.
    """
    found = rows_of(path)
    if expected is None or found >= expected:
        return
    total = count()
    if total is None or found < total or found <= 0:
        raise Trouble(Issue("export-short", Place(url=url), {"found": max(found, 0), "total": max(total or 0, expected)}))


def rows_of(path: Path) -> int:
    """The rows below the header of a table in CSV; a line break between quotes ends no row."""
    lines, quoted, last = 0, False, b"\n"
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            for number, part in enumerate(piece.split(b'"')):
                quoted ^= number > 0
                lines += 0 if quoted else part.count(b"\n")
            last = piece[-1:]
    return lines + (last != b"\n") - 1


def require_end(path: Path, url: str) -> None:
    """Trouble `export-cut` where a JSON object does not end."""
    with path.open("rb") as file:
        begins = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        file.seek(max(path.stat().st_size - 64, 0))
        ends = file.read().rstrip().endswith(b"}")
    if not (begins and ends):
        raise Trouble(Issue("export-cut", Place(url=url)))
