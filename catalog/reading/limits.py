"""How much of a hostile file is opened before it is refused."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import weakref
from dataclasses import dataclass, field
from pathlib import Path

from catalog.errors import HaidangError

MIB = 2**20


class RecordTooLong(HaidangError):
    """The record that starts in row `row` has more than `size` bytes, most likely because a quote is never closed."""

    def __init__(self, row: int, size: int) -> None:
        super().__init__(f"the record in row {row} is longer than {size} bytes")
        self.row, self.size = row, size


class RowTooWide(HaidangError):
    """Row `row` has `cells` cells, which are more than `widest`."""

    def __init__(self, row: int, cells: int, widest: int) -> None:
        super().__init__(f"row {row} has {cells} cells, more than {widest}")
        self.row, self.cells, self.widest = row, cells, widest


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps in bytes, entries and cells; `ratio` is unpacked size over packed size of one entry."""

    file: int = 1024 * MIB
    entries: int = 2_000
    entry: int = 1024 * MIB
    unpacked: int = 1024 * MIB
    ratio: int = 250
    ratio_from: int = 16 * MIB  # small entries of few different bytes may well shrink more
    document: int = 256 * MIB  # JSON is held in memory
    line: int = 16 * MIB  # also of a record, whose quoted cells may hold many lines; a parser takes eight times as much memory
    columns: int = 16_384  # of a worksheet of Excel; what explains a row takes the square of its cells
    workbook_memory: int = 2048 * MIB
    workbook_seconds: int = 180


class Workspace:
    """A folder for the copies that reading makes; gone when it is closed or forgotten."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.gettempdir()) / f"haidang-read-{secrets.token_hex(12)}"
        self._end = weakref.finalize(self, _remove, self.folder)  # first, so that no interrupt falls between making and minding
        self.folder.mkdir(mode=0o700)

    def file(self, name: str) -> Path:
        """A path in the folder; `name` is always ours, never taken from a file."""
        return self.folder / name

    def close(self) -> None:
        self._end()


def _remove(folder: Path) -> None:
    """Remove the folder with all in it, also where Ctrl+C falls into the removing."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        raise


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is known of a file before it is opened."""

    path: Path
    filename: str
    format: str = ""
    media_type: str | None = None
    encoding: str | None = None
    limits: Limits = field(default_factory=Limits)
