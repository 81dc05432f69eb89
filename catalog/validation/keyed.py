"""Delimited text with unique fields or a primary key: two passes, eight bytes a row and key between them.

The first pass hashes the value of each key in each row. Rows that share a hash, and rows in doubt, are candidates;
only they are read again and shown to frictionless, which remembers them and finds the equal ones. Equal values have
equal hashes, so no clash is missed; a chance one costs a look.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from frictionless import FrictionlessException, errors

from catalog.validation.blocks import UndecodableBytes
from catalog.validation.scanned import Reading, Row, Scanned, continue_after, within
from catalog.validation.value_hash import hash_value

MEMORY = 2**28  # bytes that the hashes of all keys take together; beyond, they go to the disk


@dataclass
class Keyed(Scanned):
    """The filter for a table with keys."""

    way: str = field(default="keys", init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        native = self.judging.native
        self.stores = [native.KeyStore(memory=MEMORY // len(self.judging.keys)) for _ in self.judging.keys]
        keys = [(store, key.columns, key.primary) for store, key in zip(self.stores, self.judging.keys, strict=True)]
        self.scanner = self.judging.scanner({**self.opened.options, "keys": keys})
        self.doubted = array("Q", [1])  # numbers of rows, from 1; the first is always shown

    def rows(self, cell_stream: Iterable[list[Any]]) -> Iterator[Row]:
        """The candidates and the rows in doubt."""
        table = self.opened.table
        try:
            self._first_pass()
        except UndecodableBytes:
            self.handed_over = True
            yield from continue_after(table, cell_stream, 0)
            return
        wanted = heapq.merge(self.doubted, *([row + 1 for row in store.candidates()] for store in self.stores))
        picker = self.judging.scanner({**self.opened.options, "pick": (number for number, _ in groupby(wanted))})
        for block, final in self._again(picker):
            picker.feed(block, final)
            while picked := picker.scan():
                for number, row, lines, raw, _ in picked:
                    self.reading.lines = lines
                    table.stats.rows = row - 1
                    yield within(table, number, self.cells_of(raw))
                    self._tick_now_and_then()
        self.end()

    def _first_pass(self) -> None:
        table, scanner = self.opened.table, self.scanner
        for block, final in self.reading.pairs(scanner):
            scanner.feed(block, final)
            while doubts := scanner.scan():
                for number, row, _, raw, doubtful in doubts:
                    self._weigh(number, row, raw, doubtful)
            for store in self.stores:
                store.commit()
            if table.tick:
                table.tick(scanner.rows)

    def _weigh(self, number: int, row: int, raw: bytes, doubtful: list[Any] | None) -> None:
        """Give the stores the keys of a row that the scanner could not hash; note the row unless it is good."""
        _, cells = within(self.opened.table, number, self.cells_of(raw))
        good = doubtful is None or self.judging.are_good(self.scanner, doubtful, lambda: cells, number)
        try:
            values, valid = self.judging.read(cells, number)
            good = good and valid
            hashes = [self._hash(key, values) for key in self.judging.keys]
        except Exception:  # noqa: BLE001 - whatever frictionless raises, it shall raise itself
            hashes = [None]
        if None in hashes:
            good = False
        if not good and row > 1:
            self.doubted.append(row)
        for store, hash in zip(self.stores, hashes, strict=False):
            if hash is not None:
                store.set(row - 1, hash)

    def _hash(self, key: Any, values: list[Any]) -> int | None:
        """The hash of a row's key: 0 where it takes no part, None where frictionless has to see the row."""
        parts = [0 if values[column] is None else hash_value(values[column]) for column in key.columns]
        if None in parts:
            return None
        if not key.primary:
            return parts[0]
        total = 0
        for part in parts:
            total = self.judging.native.hash_combine(total, part)
        return total if any(parts) else None

    def _again(self, picker: Any) -> Iterator[tuple[bytes, bool]]:
        """The blocks of the second pass; nothing is hashed twice. What was UTF-8 before still is, unless somebody writes."""
        try:
            yield from Reading(opened=self.opened).pairs(picker)
        except UndecodableBytes:
            raise FrictionlessException(errors.SourceError(note="the file changed while it was read")) from None
