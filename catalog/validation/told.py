"""What people have said of how a file is to be read, and the table that this gives; where it fits no more, that is asked, not guessed."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from catalog.issues import Issue, Place
from catalog.reading.grid import Grid, same_label
from catalog.validation.given_layout import (
    GivenLayout,
    KeptLayout,
    Match,
    given_table,
    header_texts,
    kept_table,
    sheet_named,
)
from catalog.validation.layout import Layout, Schema
from catalog.validation.table_finding import find_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """`layout` is said of this very file. `kept` was said of an earlier one; where it fits no more, a person is asked.

    `perhaps` was said of other files of the same source, and holds where exactly one of it fits. `columns` are the fields that labels
    were confirmed to be, by schema and label.
    """

    layout: GivenLayout | None = None
    kept: KeptLayout | None = None
    perhaps: tuple[KeptLayout, ...] = ()
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def of_one_sheet(self) -> Told:
        """The same, said of the sheet alone, written as a file of its own."""
        return replace(self, layout=replace(self.layout, sheet=None)) if self.layout is not None else self

    def to_dict(self) -> dict[str, Any]:
        """For the store: what holds of one file for ever."""
        return {"layout": self.layout.to_dict() if self.layout else None, "kept": self.kept.to_dict() if self.kept else None,
                "columns": {schema: dict(columns) for schema, columns in self.columns.items()}}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Told:
        layout, kept = value.get("layout"), value.get("kept")
        return cls(layout=GivenLayout.from_dict(layout) if layout else None, kept=KeptLayout.from_dict(kept) if kept else None,
                   columns=value.get("columns") or {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The table that was found. `used` is what was kept and fitted, `issue` what has to be asked."""

    layout: Layout | None
    used: KeptLayout | None = None
    issue: Issue | None = None


def place(grids: tuple[Grid, ...], told: Told, schema: Schema | None, match: Match, *, filename: str, widest: int = sys.maxsize) -> Placed:
    """The table of a file by what was said of it, else as `find_table` finds it.

    Trouble `layout-sheet-unknown`, `layout-impossible` for what was said of this very file; RowTooWide as `find_table`.
    """
    if told.layout is not None and told.layout.header is not None:
        return Placed(layout=given_table(grids, told.layout, schema, match))
    if told.layout is not None:
        grids = (sheet_named(grids, told.layout.sheet),)
        return Placed(layout=find_table(grids, schema, match, widest=widest))
    if told.kept is not None and (fitting := kept_table(grids, told.kept, schema, match)):
        return Placed(layout=fitting, used=told.kept)
    found = find_table(grids, schema, match, widest=widest)
    if told.kept is not None:
        return Placed(layout=found, issue=_changed(told.kept, found, filename))
    fitting_ones = _fitting(grids, told.perhaps, schema, match)
    if len(fitting_ones) == 1:
        kept, layout = fitting_ones[0]
        return Placed(layout=layout, used=kept)
    return Placed(layout=found)


def _fitting(grids: Sequence[Grid], kept: Sequence[KeptLayout], schema: Schema | None, match: Match) -> list[tuple[KeptLayout, Layout]]:
    return [(one, layout) for one in kept if (layout := kept_table(grids, one, schema, match))]


def _changed(kept: KeptLayout, found: Layout | None, filename: str) -> Issue:
    """The question that a file asks whose header is not where, or not what, it was."""
    texts = header_texts(found) if found else ()
    gone, new = _without(kept.labels, texts), _without(texts, kept.labels)
    where = f"{kept.header[0]}–{kept.header[1]}" if kept.header[0] != kept.header[1] else str(kept.header[0])
    return Issue("layout-changed", Place(file=filename, sheet=found.grid.sheet if found else None), {
        "rows": where, "gone": _listed(gone), "new": _listed(new), "header": found.header_row if found else "–"})


def _without(texts: Sequence[str], others: Sequence[str]) -> list[str]:
    known = {same_label(text) for text in others}
    return [text for text in texts if same_label(text) not in known]


def _listed(labels: Sequence[str]) -> str:
    return ", ".join(labels[:5])[:200] + (" …" if len(labels) > 5 else "") if labels else "–"
