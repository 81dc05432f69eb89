"""The meaning of validity is frictionless'. The one module that runs it, with what makes it fast and keeps it safe.

Delimited text is handed over as the file it is, with encoding, delimiter and header row already decided; sheets and
documents as rows whose numbers are those of the spreadsheet. Descriptors never bring paths or other resources.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import frictionless
from frictionless import errors
from frictionless.formats.csv import CsvControl
from frictionless.helpers import slugify

from catalog.digests import Digests, LaterDigests, digest_file
from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.reading import Limits, Reading
from catalog.validation.explaining import checklist, descriptor_of, quickly
from catalog.validation.fast_table import FastTable
from catalog.validation.layout import Layout
from catalog.validation.pattern_guard import PatternTooSlow, guard
from catalog.validation.quick_schemas import remembering
from catalog.validation.tally import Tally, count_errors

SNIFFED = 2**18  # frictionless sniffs the first hundred lines with expressions that long lines make slow
NONE_WANTED = Digests(md5="", sha256="", size=0)  # of a converted copy, which nobody asks about
_UNUSABLE = (re.error, TypeError, ValueError, ArithmeticError, OverflowError, RecursionError)


SAMPLED_ROWS = 102  # that frictionless reads before any of our code sees one: frictionless/settings.py, DEFAULT_SAMPLE_SIZE, and a header
_MOST_REPEATS = 2**24  # pairs of columns of one name; frictionless names them all
SLOWEST = 2.0  # seconds that a pattern may take on one cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What to validate. `tick` is called with the number of rows so far and may raise to stop.

    `digests` of the file as it was received, where its download has taken them. With `keep`, all errors are counted, the
    first so many of each kind kept, and `sink` is handed each; without it, the limit of frictionless ends the validation.
    """

    reading: Reading
    layout: Layout
    filename: str
    limit_errors: int = 1000
    keep: int | None = None
    sink: Callable[[dict[str, Any]], None] = field(default=lambda error: None)
    digests: Digests | None = None
    tick: Callable[[int], None] = field(default=lambda rows: None)
    limits: Limits = field(default_factory=Limits)


def validate(task: Task) -> dict[str, Any]:
    """The descriptor of a frictionless Report; Trouble `schema-unusable` when the schema itself does not hold,
    `pattern-too-slow` when it would hold up the process; RecordTooLong when a quote swallows the file, RowTooWide."""
    descriptor = _descriptor(task)
    try:
        with remembering():
            schema = frictionless.Schema.from_descriptor(descriptor) if descriptor is not None else None
    except frictionless.FrictionlessException as error:
        raise _unusable(str(error)) from None
    failures: list[Exception] = []
    table = _table(task, schema, failures)
    with _in_our_words(task):
        report = _report(table, schema, task)
        if failures:  # which frictionless has taken for a fault of the source
            raise failures[0]
        return _completed(report, task)


def _descriptor(task: Task) -> dict[str, Any] | None:
    """The schema's descriptor; Trouble where frictionless would fill the memory with what it says of the header."""
    repeats = Counter(task.layout.labels)
    if sum(count * (count - 1) for count in repeats.values()) > _MOST_REPEATS:
        label, count = repeats.most_common(1)[0]
        facts = {"count": count, "label": label[:120], "header": task.layout.header_row}
        raise Trouble(Issue("header-repeats", Place(file=task.filename, sheet=task.layout.grid.sheet, row=task.layout.header_row), facts))
    return task.layout.descriptor()


def _report(table: FastTable, schema: frictionless.Schema | None, task: Task) -> dict[str, Any]:
    with quickly(), guard(schema, seconds=SLOWEST) if schema else nullcontext() as watching:
        table.guard = watching
        if task.keep is None:
            return descriptor_of(table.validate(checklist(), limit_errors=task.limit_errors))
        with table.filtered():
            return count_errors(table, Tally(keep=task.keep, sink=partial(_named, task)), tick=lambda rows: None)


def _named(task: Task, error: dict[str, Any]) -> None:
    """Hand on an error under the field's own name; what is kept of it in the report is the same dictionary."""
    _rename(error, task.layout)
    task.sink(error)


def _rename(error: dict[str, Any], layout: Layout) -> None:
    """Give an error the field's own name and the number of its column in the sheet."""
    if error.get("fieldName") in layout.renamed:
        error["fieldName"] = layout.renamed[error["fieldName"]]
    if layout.margin and error.get("fieldNumber"):
        number = error["fieldNumber"]
        error["fieldNumber"] = number + layout.margin
        error["message"] = error["message"].replace(f'at position "{number}"', f'at position "{number + layout.margin}"')


@contextmanager
def _in_our_words(task: Task) -> Iterator[None]:
    place = Place(file=task.filename, sheet=task.layout.grid.sheet)
    try:
        yield
    except PatternTooSlow as error:
        facts = {"field": task.layout.field_name(error.field_name), "pattern": error.pattern[:120], "seconds": f"{SLOWEST:g}"}
        raise Trouble(Issue("pattern-too-slow", place, facts)) from None
    except _UNUSABLE as error:  # a pattern or a bound of the schema that frictionless does not catch
        raise _unusable(f"{type(error).__name__}: {error}") from None


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
        if kind.__module__.startswith("frictionless."):
            found[kind.type] = kind
        pending.extend(kind.__subclasses__())
    return found


def _table(task: Task, schema: frictionless.Schema | None, failures: list[Exception]) -> FastTable:
    """The file itself where frictionless can take it, else its rows; what then breaks their reading is put among the failures."""
    reading, layout = task.reading, task.layout
    options: dict[str, Any] = {"name": _name(task.filename), "schema": schema}
    if schema is None:
        options["detector"] = frictionless.Detector(field_type="any")
    if reading.file is None or reading.dialect is None or layout.by_rows or not _quick_to_sniff(reading):
        table = FastTable(data=partial(_noting, layout.table_rows, failures), format="inline",
                          dialect=frictionless.Dialect(header_rows=[layout.header_row], comment_rows=_Rows(layout.skipped)), **options)
    else:
        for _ in islice(layout.rows(), SAMPLED_ROWS):  # frictionless would read on until the memory ends
            pass
        control = CsvControl(delimiter=reading.dialect.delimiter, skip_initial_space=reading.dialect.skip_initial_space)
        dialect = frictionless.Dialect(header_rows=[layout.header_row], controls=[control])
        encoding = reading.encoding.codec if reading.encoding and reading.file == reading.source else "utf-8"
        table = FastTable(path=reading.file.name, basepath=str(reading.file.parent), scheme="file", format="csv",
                          encoding=encoding, dialect=dialect, **options)
        table.digests = task.digests if reading.file == reading.source else NONE_WANTED
        if reading.arriving:
            table.opener, table.digests = reading.arriving.open, LaterDigests(reading.arriving.digests)
        table.longest, table.verify = task.limits.line, partial(_read_through, layout)
    table.tick, table.widest = task.tick, task.limits.columns
    return table


class _Rows(list):
    """Row numbers in order; frictionless asks of each row of the table whether it is among them."""

    def __init__(self, rows: Iterable[int]) -> None:
        super().__init__(sorted(rows))
        self._known = frozenset(self)

    def __contains__(self, row: object) -> bool:
        return row in self._known


def _noting(rows: Callable[[], Iterator[list[Any]]], failures: list[Exception]) -> Iterator[list[Any]]:
    try:
        yield from rows()
    except Exception as error:  # noqa: BLE001 - raised again when frictionless is done
        failures.append(error)
        raise


def _read_through(layout: Layout) -> None:
    for _ in layout.rows():
        pass


def _quick_to_sniff(reading: Reading) -> bool:
    with reading.open() as file:
        start = file.read(SNIFFED)
    return len(start) < SNIFFED or start.count(b"\n") + start.count(b"\r") - start.count(b"\r\n") >= 100


def _name(filename: str) -> str:
    """The name that frictionless gives a resource from its file name."""
    return slugify(Path(filename).stem, regex_pattern=r"[^-a-z0-9._/]") or "name"


def _completed(report: dict[str, Any], task: Task) -> dict[str, Any]:
    """The report with the file's own name and digests, and the fields' own names."""
    for entry in report["tasks"]:
        entry["place"] = task.filename
        stats = entry["stats"]
        complete = not _stopped(entry) and "rows" in stats
        if task.reading.file != task.reading.source and complete:
            digests = task.digests or digest_file(task.reading.source)
            stats.update(md5=digests.md5, sha256=digests.sha256, bytes=digests.size)
        for error in entry["errors"] if task.keep is None else ():  # else each was named as it came
            _rename(error, task.layout)
    return report


def all_errors(report: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Every error of a report, of the whole and of its tasks, in order."""
    yield from report.get("errors", [])
    for task in report.get("tasks", []):
        yield from task["errors"]


def is_partial(report: Mapping[str, Any]) -> bool:
    """Whether validation stopped at the limit of errors, so that there may be more."""
    return any(_stopped(task) for task in report.get("tasks", []))


def _stopped(task: Mapping[str, Any]) -> bool:
    return any(warning.startswith("reached error limit") for warning in task["warnings"])


def _unusable(why: str) -> Trouble:
    return Trouble(Issue("schema-unusable", facts={"why": why[:300]}))
