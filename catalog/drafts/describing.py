"""A verdict as the pages of a draft need it, in JSON: columns with samples, causes, what is certain to mend, an excerpt, a preview."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from catalog.drafts import asking
from catalog.models import RememberedColumn
from catalog.reading.grid import letter
from catalog.remembered import plain_label
from catalog.validation import Verdict, engine
from catalog.validation.faulty import Faulty
from catalog.validation.repair import Repair
from catalog.validation.repair.table import Summary

SAMPLES, SAMPLED = 2, 20  # values of a column that are shown, and rows in which they are looked for
SHOWN = 3  # rows of the preview
EXCERPT = 8  # rows with errors
COLUMNS = 60  # of the excerpt and the preview
LONGEST = 80  # characters of a cell
HIDDEN = "•••••"


def describe(verdict: Verdict, remembered: Mapping[str, Mapping[str, RememberedColumn]] | None = None,
             answers: Mapping[str, Collection[str]] | None = None) -> dict[str, Any]:
    """The verdict without its handles; `remembered` are the labels by schema that are remembered of the source, `answers` what a person said by
    column. Cells of columns that are held are hidden in all of it."""
    details = verdict.details
    held = [hit for hit in details.get("privacy", []) if hit["sheet"] == verdict.sheet]
    hidden = {hit["column"] for hit in held}
    layout = (details.get("layout") or [{}])[0]
    answer = {
        "state": verdict.state, "format": verdict.format, "encoding": verdict.encoding, "sheet": verdict.sheet, "schema": verdict.schema,
        "rows": verdict.rows, "errors": verdict.errors, "partial": bool(verdict.report) and engine.is_partial(verdict.report),
        "issues": [{**issue.to_dict(), "severity": str(issue.severity), "who": str(issue.who)} for issue in verdict.issues],
        "header": layout.get("header"), "data": layout.get("data"), "skipped": len(layout.get("skipped", [])),
        "privacy": list(details.get("privacy", [])), "columns": _columns(verdict, hidden, (remembered or {}).get(verdict.schema or "", {})), "preview": _preview(verdict, hidden),
        "unit": layout.get("unit", ""), "certain": {}, "asked": {}, "questions": [], "excerpt": None,
    }
    if verdict.faulty is not None:
        repair = Repair(verdict.faulty, answers)
        summary = repair.summary(0)
        titles = {column["letter"]: column["label"] for column in answer["columns"]}
        answer |= {
            "certain": dict(summary.certain), "asked": {column: asked.count for column, asked in summary.asked.items()},
            "questions": asking.questions(verdict, answers or {}, titles), "answered": asking.repaired(repair, hidden) if answers else None,
            "excerpt": _excerpt(verdict.faulty, repair, hidden)}
        answer["errors"] += _in_another_unit(verdict.faulty, verdict, summary)
        answer["questions"] = [question for question in answer["questions"] if question["where"] not in hidden]
    return answer


def _in_another_unit(faulty: Faulty, verdict: Verdict, summary: Summary) -> int:
    """How many cells are to be converted that no error was found in."""
    letters = {letter(measure.column + 1) for measure in faulty.measures if measure.differs}
    cells = sum(summary.certain[column] + (summary.asked[column].count if column in summary.asked else 0) for column in letters)
    wrong = sum(issue.facts.get("count", 1) for issue in verdict.issues if issue.place.column in letters and issue.code != "unit-differs")
    return max(0, cells - wrong)


def _columns(verdict: Verdict, hidden: set[str], remembered: Mapping[str, RememberedColumn]) -> list[dict[str, Any]]:
    """Each column of the file: letter, label, the field that it was taken for and by what (and who said so, when), two values."""
    if verdict.faulty is not None:
        layout = verdict.faulty.layout
        named, rows = [(label, layout.field_name(label)) for label in layout.labels], (row for _, row in layout.body())
        left = 0
    elif verdict.table is not None:
        named, rows = [(column.title, column.name) for column in verdict.table.columns], verdict.table.rows()
        left = verdict.left
    else:
        return []
    first = list(islice(rows, SAMPLED))
    units = (verdict.details.get("layout") or [{}])[0].get("units", {})
    after = Repair(verdict.faulty).headings() if verdict.faulty is not None else {}
    return [{"letter": letter(number + left), "label": label, "field": field, **_why(verdict, label, field, remembered), "unit": units.get(letter(number + left), ""),
             **({"after": after[number - 1]} if number - 1 in after else {}),
             "samples": [HIDDEN] if letter(number + left) in hidden else _samples(first, number - 1)}
            for number, (label, field) in enumerate(named, start=1)]


def _why(verdict: Verdict, label: str, field: str, remembered: Mapping[str, RememberedColumn]) -> dict[str, Any]:
    """By what a column was known: see `catalog.validation.mapping`; "" where it is no field."""
    known = verdict.seen.layout.known.get(label) if verdict.seen is not None else None
    row = remembered.get(plain_label(label))
    said = {"who": row.by_name, "at": row.at.isoformat()} if row is not None and row.field == field else {}
    return {"why": known.why, **(said if known.why == "confirmed" else {})} if known is not None else {"why": ""}


def _samples(rows: Iterable[list[Any]], number: int) -> list[str]:
    cells = (_text(row[number]) for row in rows if number < len(row))
    return list(dict.fromkeys(cell for cell in cells if cell))[:SAMPLES]


def _text(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return text if len(text) <= LONGEST else text[:LONGEST - 1] + "…"


def _preview(verdict: Verdict, hidden: set[str]) -> dict[str, Any] | None:
    """The first rows of what would be public."""
    if verdict.table is None:
        return None
    fields = [column.name for column in verdict.table.columns][:COLUMNS]
    rows = [[HIDDEN if letter(number) in hidden else _text(cell) for number, cell in enumerate(row[:COLUMNS], start=1 + verdict.left)]
            for row in islice(verdict.table.rows(), SHOWN)]
    return {"fields": fields, "rows": rows}


def _excerpt(faulty: Faulty, repair: Repair, hidden: set[str]) -> dict[str, Any] | None:
    """A few rows with errors as the file has them: each cell with its proposal, or marked for a person."""
    wrong: dict[int, set[int | None]] = {}
    for error in engine.all_errors(faulty.report):
        if row := error.get("rowNumber"):
            wrong.setdefault(row, set()).add(error.get("fieldNumber"))
    chosen = set(islice(_telling_rows(wrong), EXCERPT))
    if not chosen:
        return None
    rows = []
    for at, row, found in repair.rows():
        if at in chosen:
            rows.append({"row": at, "whole": None in wrong[at], "cells": [
                _cell(letter(number + 1) in hidden, cell, found.get(number), number + 1 in wrong[at]) for number, cell in enumerate(row[:COLUMNS])]})
        if len(rows) == len(chosen):
            break
    labels = [{"letter": letter(number), "label": label} for number, label in enumerate(faulty.layout.labels[:COLUMNS], start=1)]
    return {"labels": labels, "header": faulty.layout.header_row, "rows": rows, "of": len(wrong)}


def _telling_rows(wrong: Mapping[int, set[int | None]]) -> Iterator[int]:
    """First a row for each column with errors, then the others in order."""
    seen: set[int | None] = set()
    for row, columns in wrong.items():
        if not columns <= seen:
            seen |= columns
            yield row
    yield from wrong


def _cell(hides: bool, cell: Any, proposal: Any, is_wrong: bool) -> dict[str, Any]:
    text = _text(cell)
    if hides:
        return {"text": HIDDEN if text else ""}
    if proposal is not None and proposal.after is not None:
        return {"text": text, "after": _text(proposal.after)}
    return {"text": text, "ask": True} if is_wrong or proposal is not None else {"text": text}
