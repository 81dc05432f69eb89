"""Which rows frictionless has to see: all that are not certainly clean, and all that may share a key with another.

A filter stands in for frictionless' Dialect.read_enumerated_content_stream: it yields (row number, cells), and sets
`stats.rows` so that frictionless' own counting comes out right.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from frictionless.formats.inline import InlineParser

from catalog.validation.judging import Judging
from catalog.validation.keyed import Keyed
from catalog.validation.native import extension
from catalog.validation.reopening import reopening
from catalog.validation.scanned import Objects, Row, Scanned, Unfiltered

if TYPE_CHECKING:
    from catalog.validation.fast_table import FastTable


class Filter(Protocol):
    """What stands in for the content stream of an opened table."""

    way: str

    def rows(self, cell_stream: Iterable[list[Any]]) -> Iterator[Row]:
        """The rows that frictionless has to see, in order."""

    def settle(self) -> None:
        """Before the table is closed: leave its stream where frictionless would have left it."""


def filter_of(table: FastTable) -> Filter | None:
    """The filter for an opened table; None where every row must be seen."""
    native = extension()
    if native is None:
        return None
    judging = Judging.of(table, native)
    if judging is None:
        return None
    if opened := reopening(table):
        return Keyed(opened, judging) if judging.keys else Scanned(opened, judging)
    if type(table._TableResource__parser) is InlineParser and not judging.keys and not judging.groups:
        return Objects(table, judging)
    return None


__all__ = ["Filter", "Unfiltered", "filter_of"]
