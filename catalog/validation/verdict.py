"""What a check says of a file: the `Verdict`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog.errors import HaidangError
from catalog.issues import Issue

if TYPE_CHECKING:
    from catalog.reading import Reading
    from catalog.tables.source import TableSource
    from catalog.validation.faulty import Faulty
    from catalog.validation.given_layout import KeptLayout
    from catalog.validation.layout import Layout


class Cancelled(HaidangError):
    """The check was asked to stop before it was done; nothing is decided about the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An opened file (whose copies live as long as this), where its table is, and what was kept of an earlier file and fitted."""

    reading: Reading
    layout: Layout
    kept: KeptLayout | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one file.

    state     `valid`, `invalid`, `held` (valid, but a person must decide first) or `unchecked` (not a table
              that is read here, such as a PDF)
    format    CSV, TSV, XLSX, XLS, ODS, JSON, GeoJSON; or the format that was seen in an unchecked file
    fields    names of the columns as they will be stored; `rows` counts data rows, None when not counted
    errors    how many errors the report knows; when the limit was reached there may be more
    report    descriptor of a frictionless Report, `{}` for a file that could not be read at all
    issues    grouped by cause, each with the first few cells
    table     handle for `catalog.tables.write_table`, or None when nothing should be written
    faulty    handle for `catalog.validation.repair`, of a table that did not pass; else None
    seen      handle on the whole file and the layout that was found in it; None of a file that could not be opened
    details   what the report does not say: encoding, layout, causes, questions, privacy
    """

    state: str
    format: str
    encoding: str | None = None
    sheet: str | None = None
    schema: str | None = None
    fields: tuple[str, ...] = ()
    rows: int | None = None
    errors: int = 0
    report: Mapping[str, Any] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()
    table: TableSource | None = None
    faulty: Faulty | None = None
    seen: Seen | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def left(self) -> int:
        """How many columns of its sheet stand to the left of the table."""
        return self.seen.layout.margin if self.seen is not None else 0
