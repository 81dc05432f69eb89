"""What changed between two versions of a table as a page shows it: counts, columns, and a page of rows with each cell before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from catalog.comparison import Compared, chosen, comparable_versions, compared
from catalog.errors import Invalid
from catalog.models import Resource, Version
from catalog.site import Site
from catalog.tables.asking import NotUnderstood
from catalog.tables.columns import Served
from catalog.tables.comparing import KINDS, Difference, RowChange
from catalog.tables.kinds import TABLE_SCHEMA
from web.datasets.table_view import CELL, NUMERIC, text_of
from web.dictionary import cell_words
from web.words import either

ROWS = 50
VERSIONS = 100  # that may be chosen from
BEFORE = 60  # characters shown before the first one that differs, of texts too long to be shown whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A column of the picture; `state` is "added", "removed" or ""."""

    name: str
    title: str
    type: str
    state: str

    @property
    def numeric(self) -> bool:
        return self.type in NUMERIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell as it was and as it is; None is an empty one. `changed` says that the two differ, else both are one."""

    before: str | None
    after: str | None
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the picture."""

    kind: str
    old_number: int | None
    new_number: int | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the page shows; `wrong` says what could not be understood, and `found` is None then, or where there are no two versions."""

    versions: list[Version]
    old: Version | None = None
    new: Version | None = None
    key: tuple[str, ...] = ()
    kinds: tuple[str, ...] = KINDS
    found: Compared | None = None
    headings: tuple[Heading, ...] = ()
    lines: tuple[Line, ...] = ()
    next: int | None = None
    first: bool = True
    wrong: str = ""


def asked_page(site: Site, session: Session, resource: Resource) -> Page:
    """The page for this request's versions, key, kinds of change, and mark of the page before."""
    shown = Page(versions=comparable_versions(session, resource.id, limit=VERSIONS))
    if len(shown.versions) < 2:
        return shown
    given = request.args
    kinds = tuple(kind for kind in given.getlist("change") if kind in KINDS) or KINDS
    after = int(given["after"]) if given.get("after", "").isdecimal() and len(given["after"]) < 13 else 0
    key = [name for name in given.getlist("key") if name]
    old = new = None
    try:
        old, new = chosen(session, resource, given.get("from", ""), given.get("to", ""))
        found = compared(site, resource, (old, new), key, by_content=given.get("by") == "content" and not key)
        rows = found.difference.rows(kinds, after=after, limit=ROWS + 1)
    except (NotUnderstood, Invalid) as refusal:
        return Page(versions=shown.versions, old=old, new=new, key=tuple(key), wrong=_words(refusal))
    return Page(versions=shown.versions, old=old, new=new, key=found.difference.key, kinds=kinds, found=found, headings=_headings(found.difference),
                lines=tuple(_line(found.difference, row) for row in rows[:ROWS]), next=rows[ROWS - 1].number if len(rows) > ROWS else None, first=not after)


def _words(refusal: NotUnderstood | Invalid) -> str:
    if isinstance(refusal, NotUnderstood):
        return either(refusal.vi, refusal.en)
    vi, _, en = str(next(iter(refusal.errors.values()))[0]).partition(" / ")
    return either(vi, en or vi)


def _headings(found: Difference) -> tuple[Heading, ...]:
    """The columns of the newer table, then those that were removed."""
    columns = found.columns
    added, removed = ({column.name for column in side} for side in (columns.added, columns.removed))
    return (*(_heading(column, "added" if column.name in added else "") for column in columns.new),
            *(_heading(column, "removed") for column in columns.old if column.name in removed))


def _heading(column: Served, state: str) -> Heading:
    return Heading(name=column.name, title=column.title or column.name, type=type_of(column), state=state)


def type_of(column: Served) -> str:
    """A column's type in the words of Table Schema."""
    return TABLE_SCHEMA.get(column.kind, "string")


def _line(found: Difference, row: RowChange) -> Line:
    columns = found.columns
    old_of, changed = {pair.new: pair.old for pair in columns.pairs}, {columns.pairs[place].new for place in row.changed}
    cells = [_cell(row, old_of.get(place), place, changed=place in changed and row.kind == "changed", type=type_of(column)) for place, column in enumerate(columns.new)]
    gone = [place for place in range(len(columns.old)) if place not in set(old_of.values())]
    cells += [_cell(row, place, None, changed=False, type=type_of(columns.old[place])) for place in gone]
    return Line(kind=row.kind, old_number=row.old_number, new_number=row.new_number, cells=tuple(cells))


def _cell(row: RowChange, old: int | None, new: int | None, *, changed: bool, type: str) -> Cell:
    before = row.old[old] if row.old is not None and old is not None else None
    after = row.new[new] if row.new is not None and new is not None else None
    if not changed:
        one = _text(after if after is not None else before, type)
        return Cell(before=one, after=one, changed=False)
    texts = _text(before, type), _text(after, type)
    if texts[0] == texts[1] and isinstance(before, str) and isinstance(after, str):
        start = max(next((place for place, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after))) - BEFORE, 0)
        texts = f"…{before[start : start + CELL]}", f"…{after[start : start + CELL]}"
    return Cell(before=texts[0], after=texts[1], changed=True)


def _text(value: Any, type: str) -> str | None:
    text = text_of(value)
    return None if text is None else cell_words(text, type)
