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
_DMY = re.compile(r"\s*(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})\s*")
_COMMA = re.compile(r"\s*[-+]?\d*,\d+\s*%?\s*")
_GROUPED = re.compile(r"\s*[-+]?\d{1,3}(?:(?:\.\d{3})+(?:,\d+)?|(?:,\d{3}){2,}(?:\.\d+)?|,\d{3}\.\d+|(?: \d{3})+(?:[.,]\d+)?)\s*")


@dataclass(slots=True, kw_only=True)
class Cause:
    """One kind of error in one column; `cells` are the first few addresses, `certain` that the proposal is the only reading."""

    code: str
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
        self._causes: dict[tuple[str, int | None, str], Cause] = {}

    def add(self, error: Mapping[str, Any]) -> None:
        """Count the error to its cause; remember its address and its cell while there are few."""
        name, number = error.get("fieldName", ""), error.get("fieldNumber")
        code, together = self.key_of(error)
        rule = error.get("note", "") if code.startswith(_TOLD_APART_BY_NOTE) else ""
        cause = self._causes.get((code, together, rule))
        if cause is None:
            cause = Cause(code=code, number=number, name=name or error.get("label", ""), note=error.get("note", ""))
            self._causes[code, together, rule] = cause
        cause.count += 1
        if len(cause.cells) < SHOWN:
            cause.cells.append(_address(error, self._layout))
        if len(cause.examples) < 1000:
            cause.examples.append(str(error.get("cell", error.get("label", ""))))

    def key_of(self, error: Mapping[str, Any]) -> tuple[str, int | None]:
        """Our code for an error, and the number of its column, None where all columns have one remedy."""
        code = _refined(error, self._fields.get(error.get("fieldName", ""), {}))
        return code, None if code in _ONE_REMEDY else error.get("fieldNumber")

    def in_order(self) -> list[Cause]:
        """Those of the header first, then the most frequent."""
        return sorted(self._causes.values(), key=lambda cause: (not cause.code.startswith(("header", "label")), -cause.count))


def issue_of(cause: Cause, layout: Layout, filename: str) -> Issue:
    """The issue of a cause, with everything its words need."""
    entry = _field(layout, cause.name)
    column = letter(cause.number) if cause.number else None
    titles = entry.get("titles") or {}
    label = cause.name or (layout.labels[cause.number - 1] if cause.number and cause.number <= len(layout.labels) else "") or (column or "")
    title = titles.get("vi") or entry.get("title") or label
    example = cause.examples[0] if cause.examples else ""
    proposed = proposal(cause.code, example)
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
        "certain": is_certain(cause), "who": issue.who.value, "example": issue.facts["example"], "proposal": issue.facts.get("proposal"),
        **{language: f"{said.what} {said.mend}" for language, said in words.items()},
    }


def proposal(code: str, example: str) -> str:
    """What to write instead of a cell, where its form leaves no doubt that this is meant; else nothing."""
    if code == "date-format" and (found := _DMY.match(example)):
        first, second, year = (int(part) for part in found.groups())
        day, month = (second, first) if second > 12 >= first else (first, second)
        return f"{year:04}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else ""
    if code == "decimal-comma":
        return example.strip().rstrip("% ").replace(",", ".")
    if code == "number-grouping":
        return _ungrouped(example.strip())
    return ""


def _ungrouped(number: str) -> str:
    """A number without separators of thousands and with a point for decimals: 1.234,5 → 1234.5."""
    signs = [sign for sign in number if sign in ".,"]
    if signs and (" " in number or signs[-1] != signs[0]):
        whole, _, decimals = number.rpartition(signs[-1])
        return re.sub(r"[ .,]", "", whole) + "." + decimals
    return re.sub(r"[ .,]", "", number)


def is_certain(cause: Cause) -> bool:
    """Whether the cells seen leave one reading only: days above 12 and no month above 12; digits not in threes."""
    if cause.code == "date-format":
        pairs = [(int(found[1]), int(found[2])) for example in cause.examples if (found := _DMY.match(example))]
        return any(first > 12 for first, _ in pairs) and all(second <= 12 for _, second in pairs)
    if cause.code == "decimal-comma":
        return any(len(example.strip().rsplit(",", 1)[-1]) != 3 for example in cause.examples)
    return False


def _refined(error: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    """The code of an error, made finer by the constraint that failed or by how the cell is written."""
    code = code_of(error["type"])
    if code == "cell-constraint":
        found = _CONSTRAINT.search(error.get("note", ""))
        return _CONSTRAINTS.get(found[1], code) if found else code
    cell = str(error.get("cell", ""))
    kind = entry.get("type", "")
    if code == "cell-type" and kind in ("date", "datetime") and proposal("date-format", cell):
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


def _field(layout: Layout, name: str) -> Mapping[str, Any]:
    entries = layout.schema.descriptor.get("fields", []) if layout.schema else []
    return next((entry for entry in entries if entry["name"] == name), {})


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:119] + "…"
