"""Delimited text and rows of Python values without keys: one pass, in which the doubtful rows are shown to frictionless."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from frictionless.dialect import Dialect
from frictionless.formats.csv import CsvControl

from catalog.digests import Hashing
from catalog.reading.limits import RecordTooLong, RowTooWide
from catalog.validation.blocks import UndecodableBytes
from catalog.validation.judging import Judging
from catalog.validation.reopening import Opened
from catalog.validation.streams import BROKEN

if TYPE_CHECKING:
    from catalog.validation.fast_table import FastTable

Row = tuple[int, list[Any]]  # row number, cells
SAMPLED_LINES = 100  # frictionless/formats/csv/parser.py, SAMPLE_SIZE: lines from which the dialect is guessed
ROWS_BETWEEN_TICKS = 1000


def reference_rows(table: FastTable, cell_stream: Iterable[list[Any]]) -> Iterator[Row]:
    """The content rows as frictionless itself reads them, for which the table keeps its own stream."""
    return Dialect.read_enumerated_content_stream(table.dialect, cell_stream)


def cells_by(table: FastTable) -> Callable[[bytes], list[str]]:
    """What gives the cells of one record, by the reader that frictionless uses; for as long as the table's dialect is what it is."""
    dialect = CsvControl.from_dialect(table.dialect).to_python()
    return lambda raw: next(csv.reader(io.StringIO(raw.decode(), newline=""), dialect=dialect))


def within(table: FastTable, number: int, cells: list[Any]) -> Row:
    """A row that may be shown; RowTooWide where explaining it would take too long."""
    if table.widest is not None and len(cells) > table.widest:
        raise RowTooWide(number, len(cells), table.widest)
    return number, cells


@dataclass(kw_only=True)
class Reading:
    """How far a reading got. `upcoming` blocks have been checked to be UTF-8 before the one before them is scanned."""

    opened: Opened
    hashing: Hashing | None = None
    lines: int = 0
    ended: bool = False

    def pairs(self, scanner: Any) -> Iterator[tuple[bytes, bool]]:
        """Each block and whether it is the last. UndecodableBytes comes one block early: frictionless, which decodes in
        chunks of its own, may stumble over a bad byte before the last rows of the block in front of it."""
        current: bytes | None = None
        for block in self._blocks():
            if not scanner.valid(block, False):
                raise UndecodableBytes(0)
            if current is not None:
                yield current, False
            if scanner.left > self.opened.table.longest:
                raise RecordTooLong(scanner.records + 1, self.opened.table.longest)
            current = block
        if not scanner.valid(b"", True):
            raise UndecodableBytes(0)
        yield current or b"", True

    def _blocks(self) -> Iterator[bytes]:
        """What breaks the reading, such as a packed file that is damaged, is for frictionless to meet and to name."""
        try:
            yield from self.opened.blocks(self.hashing)
        except BROKEN:
            raise UndecodableBytes(0) from None


@dataclass
class Scanned:
    """Delimited text without keys: one pass."""

    opened: Opened
    judging: Judging
    way: str = field(default="scanned", init=False)

    def __post_init__(self) -> None:
        table = self.opened.table
        wanted = self.opened.plain and table.digests is None
        self.reading = Reading(opened=self.opened, hashing=Hashing() if wanted else None)
        self.scanner = self.judging.scanner(self.opened.options)
        self.cells_of = cells_by(table)
        self.handed_over = False
        self.shown = 0

    def rows(self, cell_stream: Iterable[list[Any]]) -> Iterator[Row]:
        """The doubtful rows of each block; where the text cannot be decoded, frictionless reads on by itself."""
        table, scanner = self.opened.table, self.scanner
        try:
            for block, final in self.reading.pairs(scanner):
                scanner.feed(block, final)
                yield from self._doubtful()
                if table.tick:
                    table.tick(scanner.rows)
        except UndecodableBytes:
            self.handed_over = True
            yield from continue_after(table, cell_stream, scanner.rows)
            return
        self.end()

    def _doubtful(self) -> Iterator[Row]:
        table, scanner = self.opened.table, self.scanner
        while doubts := scanner.scan():
            for number, row, lines, raw, cells in doubts:
                if cells is not None and self.judging.are_good(scanner, cells, lambda raw=raw: self.cells_of(raw), number):
                    continue
                self.reading.lines = lines
                table.stats.rows = row - 1  # frictionless adds this one
                yield within(table, number, self.cells_of(raw))
                self._tick_now_and_then()

    def _tick_now_and_then(self) -> None:
        """Rows that are shown take their time."""
        self.shown += 1
        if self.opened.table.tick and not self.shown % ROWS_BETWEEN_TICKS:
            self.opened.table.tick(self.opened.table.stats.rows)

    def end(self) -> None:
        """All is read: count and digests as frictionless has them at the end of a file."""
        self.reading.ended = True
        stats = self.opened.table.stats
        stats.rows = self.scanner.rows
        if self.opened.plain:
            digests = self.opened.table.digests or self.reading.hashing.digests()
            stats.md5, stats.sha256, stats.bytes = digests.md5, digests.sha256, digests.size

    def settle(self) -> None:
        """Read lines up to the row at which frictionless stopped, so that its statistics are of what it would have read."""
        if self.reading.ended or self.handed_over:
            return
        text = self.opened.table._TableResource__parser.loader.text_stream
        sampled = max(self.scanner.sampled_lines, SAMPLED_LINES)
        left = max(self.reading.lines - sampled, 0)
        next(islice(text, left, left), None)


def continue_after(table: FastTable, cell_stream: Iterable[list[Any]], seen: int) -> Iterator[Row]:
    """The rows after the first `seen`, all of them, by frictionless' own reading, with its own errors."""
    for count, row in enumerate(reference_rows(table, cell_stream), start=1):
        if count > seen:
            table.stats.rows = count - 1
            yield within(table, *row)
        else:
            table.stats.rows = count


@dataclass
class Objects:
    """Rows of Python values, as worksheets and documents give them."""

    table: FastTable
    judging: Judging
    way: str = field(default="objects", init=False)

    def rows(self, cell_stream: Iterable[list[Any]]) -> Iterator[Row]:
        """The doubtful rows of the table's own stream."""
        table, count = self.table, 0
        scanner = self.judging.scanner({})
        source = reference_rows(table, cell_stream)
        for count, (number, cells) in enumerate(source, start=1):
            table.stats.rows = count - 1
            columns = scanner.judge_row(cells) if count > 1 else None
            if columns is None or not self.judging.are_good_objects(scanner, cells, columns):
                yield within(table, number, cells)
            if table.tick and not count % ROWS_BETWEEN_TICKS:
                table.tick(count)
        table.stats.rows = count

    def settle(self) -> None:
        """Nothing was read elsewhere."""


@dataclass
class Unfiltered:
    """Every row, and a word on how far it is."""

    table: FastTable
    way: str = field(default="plain", init=False)

    def rows(self, cell_stream: Iterable[list[Any]]) -> Iterator[Row]:
        """The rows as frictionless reads them."""
        if self.table.verify:
            self.table.verify()
        for count, row in enumerate(reference_rows(self.table, cell_stream), start=1):
            yield within(self.table, *row)
            if not count % ROWS_BETWEEN_TICKS:
                self.table.tick(count)

    def settle(self) -> None:
        """Nothing was read elsewhere."""
