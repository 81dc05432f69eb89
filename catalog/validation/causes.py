"""The errors of a report, grouped by cause: one issue for each kind of error in each column.

`TYPES` maps every type of error that frictionless knows to a code of ours; where the cells themselves show
what happened (a date written dd/mm/yyyy, a decimal comma) the code says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from catalog.issues import Issue, Place, say
from catalog.reading.grid import letter
from catalog.validation import engine
from catalog.validation.expected import expectation
from catalog.validation.layout import Layout

SHOWN = 5  # addresses in an issue
Key = tuple[str, int | None, str]  # code, number of the column where that matters, note where that matters

TYPES = {
    "type-error": "cell-type", "constraint-error": "cell-constraint", "unique-error": "cell-not-unique",
    "missing-cell": "cell-missing", "extra-cell": "cell-extra", "cell-error": "cell-other",
    "blank-row": "row-blank", "primary-key": "row-key-repeated", "foreign-key": "row-reference-unknown",
    "row-error": "row-other", "duplicate-row": "row-repeated", "row-constraint": "row-other",
    "blank-label": "label-blank", "duplicate-label": "label-repeated", "missing-label": "label-missing",
    "extra-label": "label-extra", "incorrect-label": "label-incorrect", "label-error": "label-other",
    "blank-header": "header-blank", "unmatched-header": "header-unmatched", "header-error": "label-other",
    "encoding-error": "encoding-broken", "source-error": "source-unreadable", "scheme-error": "source-unreadable",
    "format-error": "source-unreadable", "compression-error": "source-unreadable",
    "truncated-value": "cell-other", "forbidden-value": "cell-other", "sequential-value": "cell-other", "ascii-value": "cell-other",
    "deviated-value": "table-other", "deviated-cell": "table-other", "required-value": "table-other",
    "table-dimensions": "table-other", "field-count": "table-other", "row-count": "table-other", "table-error": "table-other",
    "hash-count": "source-changed", "byte-count": "source-changed", "file-error": "source-unreadable",
    "data-error": "table-other", "error": "table-other",
}
_SCHEMA_TYPES = re.compile(r"(metadata|catalog|dataset|checklist|check|detector|dialect|control|inquiry|inquiry-task|package|pipeline|"
                           r"step|report|report-task|schema|field|stats|resource)-error")
_CONSTRAINTS = {
    "required": "cell-required", "enum": "cell-not-in-list", "minimum": "cell-out-of-range", "maximum": "cell-out-of-range",
    "exclusiveMinimum": "cell-out-of-range", "exclusiveMaximum": "cell-out-of-range",
    "pattern": "cell-pattern", "minLength": "cell-length", "maxLength": "cell-length",
}
_TOLD_APART_BY_NOTE = ("cell-out", "cell-len", "cell-oth", "table-", "source-", "row-oth")
_ONE_REMEDY = ("cell-extra", "label-blank")  # for all such columns
_CONSTRAINT = re.compile(r'constraint "(\w+)" is "(.*)"', re.S)
_DAY = re.compile(r"\s*(\d{1,2})[/.\-](\d{1,2})[/.\-]\d{4}\s*")
_COMMA = re.compile(r"\s*[-+]?\d*,\d+\s*%?\s*")
_GROUPED = re.compile(r"\s*[-+]?\d{1,3}(?:(?:\.\d{3})+(?:,\d+)?|(?:,\d{3}){2,}(?:\.\d+)?|,\d{3}\.\d+|(?: \d{3})+(?:[.,]\d+)?)\s*")


@dataclass(slots=True, kw_only=True)
class Cause:
    """One kind of error in one column; `cells` are the first few addresses, `key` what its errors have in common."""

    code: str
    key: Key
    number: int | None = None
    name: str = ""
    count: int = 0
    cells: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    note: str = ""


@lru_cache(maxsize=256)
def code_of(error_type: str) -> str:
    """Our code for a type of error; KeyError for a type that nobody wrote down."""
    return "schema-unusable" if _SCHEMA_TYPES.fullmatch(error_type) else TYPES[error_type]


def find_causes(report: Mapping[str, Any], layout: Layout) -> list[Cause]:
    """The causes of a report's errors, those of the header first, then the most frequent."""
    causes = Causes(layout)
    for error in engine.all_errors(report):
        causes.add(error)
    return causes.in_order()


class Causes:
    """The causes of errors that come one by one, as descriptors, so that no report has to hold them all."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._fields = {entry["name"]: entry for entry in layout.schema.descriptor.get("fields", [])} if layout.schema else {}
        self._causes: dict[Key, Cause] = {}

    def add(self, error: Mapping[str, Any]) -> None:
        """Count the error to its cause; remember its address and its cell while there are few."""
        name, number = error.get("fieldName", ""), error.get("fieldNumber")
        key = self.key_of(error)
        cause = self._causes.get(key)
        if cause is None:
            cause = self._causes[key] = Cause(code=key[0], key=key, number=number, name=name or error.get("label", ""), note=error.get("note", ""))
        cause.count += 1
        if len(cause.cells) < SHOWN:
            cause.cells.append(_address(error, self._layout))
        if len(cause.examples) < 1000:
            cause.examples.append(str(error.get("cell", error.get("label", ""))))

    def key_of(self, error: Mapping[str, Any]) -> Key:
        """What an error has in common with the others of its cause; the number is None where all columns have one remedy."""
        code = _refined(error, self._fields.get(error.get("fieldName", ""), {}))
        return (code, None if code in _ONE_REMEDY else error.get("fieldNumber"),
                error.get("note", "") if code.startswith(_TOLD_APART_BY_NOTE) else "")

    def in_order(self) -> list[Cause]:
        """Those of the header first, then the most frequent."""
        return sorted(self._causes.values(), key=lambda cause: (not cause.code.startswith(("header", "label")), -cause.count))


def issue_of(cause: Cause, layout: Layout, filename: str, shown: tuple[str, str]) -> Issue:
    """The issue of a cause, with everything its words need; `shown` are a cell of it and what is to be written there ("" where nobody can say)."""
    entry = layout.entry(cause.name)
    column = letter(cause.number) if cause.number else None
    titles = entry.get("titles") or {}
    label = cause.name or (layout.labels[cause.number - 1] if cause.number and cause.number <= len(layout.labels) else "") or (column or "")
    title = titles.get("vi") or entry.get("title") or label
    example, proposed = shown
    expected_vi, expected_en = expectation(entry, cause.code, cause.note)
    facts = {
        "field": cause.name or label, "title": title, "title_en": titles.get("en") or title, "count": cause.count, "example": _short(example),
        "cells": [cell for cell in cause.cells if cell], "at": ", ".join(cell for cell in cause.cells if cell) + (" …" if cause.count > len(cause.cells) else ""),
        "expected": expected_vi, "expected_en": expected_en, "note": cause.note[:300],
        "header": layout.header_row,
    }
    if proposed:
        facts["proposal"] = proposed
    return Issue(cause.code, Place(file=filename, sheet=layout.grid.sheet, column=column, field=cause.name or None), facts)


def described(cause: Cause, issue: Issue) -> dict[str, Any]:
    """A cause for `haidang validate --json`."""
    words = {language: say(issue, language) for language in ("vi", "en")}
    return {
        "code": cause.code, "column": issue.place.column, "field": cause.name or None, "count": cause.count, "cells": issue.facts["cells"],
        "who": issue.who.value, "example": issue.facts["example"], "proposal": issue.facts.get("proposal"),
        **{language: f"{said.what} {said.mend}" for language, said in words.items()},
    }


def _refined(error: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    """The code of an error, made finer by the constraint that failed or by how the cell is written."""
    code = code_of(error["type"])
    if code == "cell-constraint":
        found = _CONSTRAINT.search(error.get("note", ""))
        return _CONSTRAINTS.get(found[1], code) if found else code
    cell = str(error.get("cell", ""))
    kind = entry.get("type", "")
    if code == "cell-type" and kind in ("date", "datetime") and (day := _DAY.fullmatch(cell)) and _is_day(int(day[1]), int(day[2])):
        return "date-format"
    if code == "cell-type" and kind in ("number", "integer"):
        if _GROUPED.fullmatch(cell):
            return "number-grouping"
        if kind == "number" and _COMMA.fullmatch(cell):
            return "decimal-comma"
    return code


def _address(error: Mapping[str, Any], layout: Layout) -> str:
    number, row = error.get("fieldNumber"), error.get("rowNumber")
    if row is None and number:
        row = layout.header_row
    return f"{letter(number) if number else ''}{row or ''}"


def _is_day(first: int, second: int) -> bool:
    """Whether two numbers are a day and a month, in any order."""
    return 1 <= min(first, second) <= 12 and max(first, second) <= 31


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:119] + "…"
