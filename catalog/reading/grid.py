"""What reading gives: grids of cells, addressed as a spreadsheet does."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from catalog.digests import Digests
from catalog.issues import Issue
from catalog.reading.encodings import Encoding
from catalog.reading.limits import Workspace
from catalog.reading.sheet_rows import Span

Rows = Callable[[], Iterator[list[Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a delimited file is written: the delimiter, and whether blanks after it belong to it."""

    delimiter: str
    skip_initial_space: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rows of cells; `rows()` starts again at row 1 each time. `sheet` is None outside workbooks.

    `padded` rows are cut and filled to the width of the header: in a workbook an empty cell is not a missing one.
    `merges` are its merged cells. `kinds()` tells, row by row and a letter a cell, what the cells of an XLS or ODS workbook were before they
    became text: n a number, d a date or a moment, b a boolean, t anything else.
    """

    rows: Rows
    sheet: str | None = None
    padded: bool = False
    hidden: bool = False
    merges: tuple[Span, ...] = ()
    kinds: Callable[[], Iterator[str]] | None = None


class Arriving(Protocol):
    """A file that is still on its way here; whoever reads it waits for what has not come yet."""

    def open(self) -> BinaryIO:
        """A stream of its own, at the first byte."""

    def digests(self) -> Digests:
        """Of the whole file; waits for its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An opened file. `file` is what may be given to a parser as it is (delimited text only).

    `source` is the file that was read: the file itself or the one found in the archive. While it is still `arriving`,
    it must be read through that. `others` opens the other tables of an archive, each until the next one is asked for, with its name.
    """

    format: str
    grids: tuple[Grid, ...]
    workspace: Workspace
    source: Path
    encoding: Encoding | None = None
    dialect: Dialect | None = None
    file: Path | None = None
    notes: tuple[Issue, ...] = ()
    arriving: Arriving | None = None
    others: Callable[[], Iterator[tuple[str, Reading]]] | None = None

    def open(self) -> BinaryIO:
        """`file` from its first byte."""
        if self.file is None:
            raise ValueError("no file that a parser could read")
        return self.arriving.open() if self.arriving else self.file.open("rb")


def is_blank(row: list[Any]) -> bool:
    """Whether a row has nothing but empty cells."""
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row)


def letter(number: int) -> str:
    """The letter of a column counted from 1: 1 → A, 27 → AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def same_label(label: str) -> str:
    """A label for comparing: composed, without outer and double blanks, without case."""
    return " ".join(unicodedata.normalize("NFC", str(label)).casefold().split())
