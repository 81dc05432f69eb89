"""Reads an official list (the register of agencies, the list of commitments) from CSV, whole or not at all.

The list is checked by frictionless against its own Table Schema. What is wrong is said for each cell in Vietnamese
and English, with row and column as a spreadsheet shows them, and nothing is loaded.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import schemas
from catalog.errors import Invalid, Trouble
from catalog.issues import Issue, Place, say

MOST_MENTIONED = 50  # mistakes said at once
COLUMN_ERRORS = frozenset(("missing-label", "extra-label", "incorrect-label", "duplicate-label", "blank-label", "schema-error"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """What loading a list changed: how many of its entries were added, changed, or as they were."""

    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the list: `row` as a spreadsheet counts (the header is row 1), `cells` typed by the schema."""

    row: int
    cells: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.cells[name]

    def text(self, name: str) -> str:
        """The cell, with nothing for a blank one."""
        return self.cells.get(name) or ""


class Mistakes:
    """Collects what is wrong with a list; `raise_any` refuses the list when there is anything."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.file = path.name
        self.columns = list(columns)
        self.issues: list[Issue] = []

    def add(self, code: str, row: int | None = None, column: str | None = None, **facts: Any) -> None:
        letter = _letter(self.columns.index(column)) if column in self.columns else None
        self.issues.append(Issue(code, Place(file=self.file, row=row, column=letter, field=column), facts))

    def raise_any(self) -> None:
        """Invalid whose keys are places and whose messages are the words in Vietnamese and English."""
        if not self.issues:
            return
        said: dict[str, list[str]] = {}
        for issue in self.issues[:MOST_MENTIONED]:
            vi, en = say(issue, "vi"), say(issue, "en")
            said.setdefault(vi.where, []).append(f"{vi.what} {vi.mend} / {en.what} {en.mend}")
        if len(self.issues) > MOST_MENTIONED:
            count = len(self.issues) - MOST_MENTIONED
            said[self.file] = [f"Còn {count} chỗ khác. / {count} more."]
        raise Invalid({where: " ".join(messages) for where, messages in said.items()})


def read_list(path: Path, schema: str, optional: Collection[str] = ()) -> tuple[list[Line], Mistakes]:
    """The typed lines of a CSV file, and the place to note further mistakes of theirs.

    Columns that are `optional` may be missing from the file; its lines then have no such cell. Raises Trouble when the file cannot be read as a table, Invalid when cells do not fit the schema.
    """
    from frictionless import Resource, Schema

    table = _rows(path)
    header = [label.strip() for label in table[0]]
    mistakes = Mistakes(path, header)
    descriptor = {key: value for key, value in schemas.load(schema).descriptor.items() if key in ("fields", "missingValues", "primaryKey")}
    descriptor["fields"] = [field for field in descriptor["fields"] if field["name"] in header or field["name"] not in optional]
    resource = Resource(data=[header, *table[1:]], schema=Schema.from_descriptor(descriptor))
    for error in resource.validate().flatten(["type", "rowNumber", "fieldName", "cell", "note"]):
        _note(mistakes, error)
    mistakes.raise_any()
    with resource:
        lines = [Line(row=row.row_number, cells=dict(row.to_dict())) for row in resource.row_stream]
    return lines, mistakes


def _note(mistakes: Mistakes, error: Sequence[Any]) -> None:
    """Note an error of frictionless: type, row, field, cell, and its own remark."""
    kind, row, field, cell, note = error
    if kind in COLUMN_ERRORS:
        mistakes.add("list-column", 1, field, columns=", ".join(mistakes.columns), note=note or field or "")
    elif kind == "primary-key":
        mistakes.add("list-duplicate", row)
    elif kind == "constraint-error" and "required" in note:
        mistakes.add("list-cell-empty", row, field)
    elif field is None:
        mistakes.add("list-row", row, note=note)
    else:
        mistakes.add("list-cell", row, field, value=str(cell), note=note)


def _rows(path: Path) -> list[list[str]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Trouble(Issue("list-unreadable", Place(file=path.name), {"reason": error.strerror or ""})) from error
    except UnicodeDecodeError as error:
        raise Trouble(Issue("list-not-utf8", Place(file=path.name), {"byte": error.start + 1})) from error
    if "\0" in text:
        raise Trouble(Issue("list-unreadable", Place(file=path.name), {"reason": "NUL"}))
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Trouble(Issue("list-unreadable", Place(file=path.name), {"reason": str(error)})) from error
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    if not rows or not any(cell.strip() for cell in rows[0]):
        raise Trouble(Issue("list-empty", Place(file=path.name)))
    return rows


def _letter(index: int) -> str:
    """The letters of a spreadsheet's column; 0 is A."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
