"""The search for personal data in all of a file, beside its validation where the file is still on its way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

from catalog.digests import BLOCK
from catalog.reading import Reading
from catalog.validation import privacy
from catalog.validation.layout import Layout
from catalog.validation.surroundings import around
from catalog.validation.table_finding import find_table

PERSONAL = ("personal-data", "personal-data-beside")  # the codes of what it finds
Hits = list[tuple[str | None, privacy.Hit]]
T = TypeVar("T")


@contextmanager
def screened(reading: Reading, layout: Layout, filename: str) -> Iterator[Callable[[], Hits]]:
    """What gives the hits when asked, with the sheet of each. A file that is still arriving is screened meanwhile, by a thread."""
    if reading.arriving is None:
        yield lambda: _screen(reading, layout, filename, lambda: None)
        return
    meanwhile = _Meanwhile(lambda go_on: _screen(reading, layout, filename, go_on))
    try:
        yield meanwhile.result
    finally:
        meanwhile.stop()


class _Stopped(Exception):
    """Nobody wants the result any more."""


class _Meanwhile:
    """A piece of work in a thread of its own; the work calls what it is given now and then, which ends it when it was stopped."""

    def __init__(self, work: Callable[[Callable[[], None]], Hits]) -> None:
        self._work = work
        self._stopped = threading.Event()
        self._hits: Hits = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="screening", daemon=True)
        self._thread.start()

    def result(self) -> Hits:
        """What the work gives; waits for it, and raises what it raises."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._hits

    def stop(self) -> None:
        """Let the work end by itself, soon."""
        self._stopped.set()

    def _run(self) -> None:
        try:
            self._hits = self._work(self._go_on)
        except BaseException as error:  # noqa: BLE001 - carried to whoever asks for the result
            self._error = error

    def _go_on(self) -> None:
        if self._stopped.is_set():
            raise _Stopped


def _screen(reading: Reading, layout: Layout, filename: str, go_on: Callable[[], None]) -> Hits:
    """Personal data in the table and, since the original file is offered too, in every other sheet, around the tables, and in
    the other tables of an archive."""
    titles = _titles(layout)
    rows = _watched((row for _, row in layout.body()), go_on)
    if reading.file is not None and privacy.nothing_to_find(layout.labels, _watched(_blocks(reading), go_on), titles):
        rows = islice(rows, privacy.BATCH)  # of which enough is told where a column is of one form
    hits: Hits = [(layout.grid.sheet, hit) for hit in privacy.screen(layout.labels, rows, titles)]
    layouts = [layout]
    for grid in reading.grids:
        if grid is not layout.grid and (other := find_table((grid,), None, lambda labels: None)):
            known = {(sheet, hit.column, hit.kind) for sheet, hit in hits}
            found = privacy.screen(other.labels, (row for _, row in other.body()))
            hits += [(grid.sheet, hit) for hit in found if (grid.sheet, hit.column, hit.kind) not in known]
            layouts.append(other)
    hits += around(reading, layouts, filename)
    for name, other_file in reading.others() if reading.others else ():
        go_on()
        if other := find_table(other_file.grids, None, lambda labels: None):
            hits += [(f"{name} {sheet}" if sheet else name, hit) for sheet, hit in _screen(other_file, other, name, go_on)]
    return hits


def _blocks(reading: Reading) -> Iterator[bytes]:
    with reading.open() as file:
        while block := file.read(BLOCK):
            yield block


def _watched(items: Iterable[T], go_on: Callable[[], None]) -> Iterator[T]:
    for item in items:
        go_on()
        yield item


def _titles(layout: Layout) -> list[str]:
    entries = {entry["name"]: entry for entry in layout.schema.descriptor.get("fields", [])} if layout.schema else {}
    return [str(entries.get(layout.field_name(label), {}).get("title", "")) for label in layout.labels]
