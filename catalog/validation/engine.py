"""The meaning of validity is frictionless'. The one module that runs it, so that a faster engine can take its place.

Delimited text is handed over as the file it is, with encoding, delimiter and header row already decided; sheets and
documents as rows whose numbers are those of the spreadsheet. Descriptors never bring paths or other resources.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import frictionless
from frictionless import errors
from frictionless.formats.csv import CsvControl
from frictionless.helpers import slugify
from frictionless.resources import TableResource

from catalog.errors import Trouble
from catalog.issues import Issue
from catalog.reading import Reading
from catalog.validation.layout import Layout

SNIFFED = 2**18  # frictionless sniffs the first hundred lines with expressions that long lines make slow
_UNUSABLE = (re.error, TypeError, ValueError, ArithmeticError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What to validate. `tick` is called with the number of rows so far and may raise to stop."""

    reading: Reading
    layout: Layout
    filename: str
    limit_errors: int = 1000
    tick: Callable[[int], None] = field(default=lambda rows: None)


def validate(task: Task) -> dict[str, Any]:
    """The descriptor of a frictionless Report; Trouble `schema-unusable` when the schema itself does not hold."""
    descriptor = task.layout.descriptor()
    try:
        schema = frictionless.Schema.from_descriptor(descriptor) if descriptor is not None else None
    except frictionless.FrictionlessException as error:
        raise _unusable(str(error)) from None
    resource = _resource(task, schema)
    count = 0

    def on_row(_row: Any) -> None:
        nonlocal count
        count += 1
        task.tick(count)

    try:
        report = resource.validate(limit_errors=task.limit_errors, on_row=on_row)
    except _UNUSABLE as error:  # a pattern or a bound of the schema that frictionless does not catch
        raise _unusable(f"{type(error).__name__}: {error}") from None
    return _completed(report.to_descriptor(), task)


def refused(note: str) -> dict[str, Any]:
    """The report of a file that could not be read: one source error."""
    report = frictionless.Report.from_validation(time=0.0, errors=[errors.SourceError(note=note)])
    return report.to_descriptor()


def error_types() -> dict[str, type[errors.DataError]]:
    """Every type of error that frictionless may put in a report, by name."""
    found: dict[str, type] = {}
    pending: list[type] = [frictionless.Error]
    while pending:
        kind = pending.pop()
        found[kind.type] = kind
        pending.extend(kind.__subclasses__())
    return found


def _resource(task: Task, schema: frictionless.Schema | None) -> TableResource:
    """The file itself where frictionless can take it, else its rows."""
    reading, layout = task.reading, task.layout
    options: dict[str, Any] = {"name": _name(task.filename), "schema": schema}
    if schema is None:
        options["detector"] = frictionless.Detector(field_type="any")
    if reading.file is None or reading.dialect is None or not _quick_to_sniff(reading.file):
        return TableResource(data=layout.rows, format="inline", dialect=frictionless.Dialect(header_rows=[layout.header_row]), **options)
    control = CsvControl(delimiter=reading.dialect.delimiter, skip_initial_space=reading.dialect.skip_initial_space)
    dialect = frictionless.Dialect(header_rows=[layout.header_row], controls=[control])
    encoding = reading.encoding.codec if reading.encoding and reading.file == reading.source else "utf-8"
    return TableResource(path=reading.file.name, basepath=str(reading.file.parent), scheme="file", format="csv",
                         encoding=encoding, dialect=dialect, **options)


def _quick_to_sniff(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(SNIFFED)
    return len(start) < SNIFFED or start.count(b"\n") >= 100


def _name(filename: str) -> str:
    """The name that frictionless gives a resource from its file name."""
    return slugify(Path(filename).stem, regex_pattern=r"[^-a-z0-9._/]") or "name"


def _completed(report: dict[str, Any], task: Task) -> dict[str, Any]:
    """The report with the file's own name and digests, and the fields' own names."""
    for entry in report["tasks"]:
        entry["place"] = task.filename
        stats = entry["stats"]
        complete = not entry["warnings"] and "rows" in stats
        if task.reading.file != task.reading.source and complete:
            stats.update(_digests(task.reading.source))
        for error in entry["errors"]:
            if error.get("fieldName") in task.layout.renamed:
                error["fieldName"] = task.layout.renamed[error["fieldName"]]
    return report


def _digests(path: Path) -> dict[str, Any]:
    md5, sha256, size = hashlib.md5(usedforsecurity=False), hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(2**20):
            md5.update(chunk)
            sha256.update(chunk)
            size += len(chunk)
    return {"md5": md5.hexdigest(), "sha256": sha256.hexdigest(), "bytes": size}


def all_errors(report: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Every error of a report, of the whole and of its tasks, in order."""
    yield from report.get("errors", [])
    for task in report.get("tasks", []):
        yield from task["errors"]


def is_partial(report: Mapping[str, Any]) -> bool:
    """Whether validation stopped at the limit of errors, so that there may be more."""
    return any(task["warnings"] for task in report.get("tasks", []))


def _unusable(why: str) -> Trouble:
    return Trouble(Issue("schema-unusable", facts={"why": why[:300]}))
