"""A frictionless TableResource that is given only the rows that may have errors.

Opening, detecting, header, checks, limits, rows, errors and report are frictionless' own. Replaced is one thing: the
stream of content rows from which frictionless makes its rows, by one that leaves out what is proven clean and counts it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, BinaryIO, Self

import frictionless
from frictionless import system
from frictionless.resources import TableResource

from catalog.digests import Digests, LaterDigests
from catalog.validation.filtering import Filter, Unfiltered, filter_of
from catalog.validation.patient import PatientLoader
from catalog.validation.pattern_guard import Guard

LONGEST = 2**28  # frictionless itself reads on until the memory ends


class FastTable(TableResource):
    """A table whose `validate` reads at the speed of the machine and reports what frictionless reports.

    `used` tells afterwards which way was taken: "scanned", "keys" (two passes), "objects" (rows of Python values) or
    "plain" (every row was shown to frictionless). Set before `validate`, where wanted: `digests` of the file, known from
    its download; `tick`, told the number of rows now and then, which may raise to stop; `opener`, which gives the bytes of
    the file from its start where they are still coming to `path`, and waits for them; `guard`, which watches over its patterns;
    `longest`, the bytes of a record beyond which RecordTooLong is raised, and `widest`, the cells of a row that is shown beyond
    which RowTooWide is; `verify`, called before frictionless reads all rows itself, to raise what a filter would have raised.
    """

    digests: Digests | LaterDigests | None = None
    tick: Callable[[int], None] | None = None
    opener: Callable[[], BinaryIO] | None = None
    guard: Guard | None = None
    longest: int = LONGEST
    widest: int | None = None
    verify: Callable[[], None] | None = None
    used = "plain"
    _wanted = False
    _filter: Filter | None = None

    def validate(self, checklist: frictionless.Checklist | None = None, **options: Any) -> frictionless.Report:
        """As TableResource.validate; extra checks, a callback or a limit of rows need every row and get it."""
        every = bool(checklist and checklist.checks) or options.get("on_row") or options.get("limit_rows")
        with nullcontext() if every else self.filtered():
            return super().validate(checklist, **options)

    @contextmanager
    def filtered(self) -> Iterator[None]:
        """When opened inside this, the table's row stream leaves out what is proven clean."""
        self._wanted = True
        try:
            yield
        finally:
            self._wanted = False
            self._filter = None

    def to_copy(self, **options: Any) -> Self:
        """As TableResource.to_copy; the copy's schema, made anew, gets the same guard over its patterns."""
        copy = super().to_copy(**options)
        copy.opener = self.opener
        if self.guard and copy.schema:
            self.guard.add(copy.schema)
        return copy

    def close(self) -> None:
        """Close as TableResource does; before, read as far as frictionless would have read when it stopped."""
        if self._filter:
            self._filter.settle()
        super().close()

    def _TableResource__open_parser(self) -> None:  # noqa: N802 - the step of `open` that meets the bytes first
        if self.opener is None:
            super()._TableResource__open_parser()
            return
        parser = self._TableResource__parser = system.create_parser(self)
        parser.read_loader = PatientLoader(self, self.opener).open
        parser.open()

    def _TableResource__open_row_stream(self) -> None:  # noqa: N802 - the step of `open` that is extended
        # The copies that frictionless makes of a table to look keys up in it are not validated: they show every row.
        found = filter_of(self) if self._wanted else None
        if found is None and self.tick:
            found = Unfiltered(self)
        self.used = found.way if found else "plain"
        self._filter = found
        if found is None:
            super()._TableResource__open_row_stream()
            return
        dialect = self.dialect
        object.__setattr__(dialect, "read_enumerated_content_stream", found.rows)
        try:
            super()._TableResource__open_row_stream()
        finally:
            object.__delattr__(dialect, "read_enumerated_content_stream")
