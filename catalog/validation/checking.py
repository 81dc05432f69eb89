"""The check of one file, from bytes to verdict: read, find the table, validate, look for personal data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from catalog.digests import Digests
from catalog.errors import Trouble
from catalog.issues import Issue, Place, Severity, say
from catalog.reading import READ, Kind, Limits, Reading, Request, Workspace, open_file, sniff
from catalog.reading.grid import letter, same_label
from catalog.reading.limits import RecordTooLong, RowTooWide
from catalog.tables.source import Column, TableSource
from catalog.validation import causes, engine, privacy
from catalog.validation.counting import rows_of
from catalog.validation.faulty import Faulty
from catalog.validation.layout import Layout, Schema, with_geometry, with_margin
from catalog.validation.measures import Measure, measures, to_be_said, unit_line
from catalog.validation.repair.examples import example_of
from catalog.validation.screening import PERSONAL, screened
from catalog.validation.small_counts import small_counts
from catalog.validation.surroundings import NOWHERE
from catalog.validation.told import Placed, Told, place
from catalog.validation.verdict import Cancelled, Seen, Verdict

_NOT_A_TABLE = {"json-without-table", "geojson-without-features", "archive-without-table", "html-instead-of-table", "format-mismatch"}
_KINDS = {"group": ("dòng tên nhóm", "group headings"), "subtotal": ("dòng cộng giữa bảng", "subtotals"), "total": ("dòng tổng", "totals"),
          "between": ("dòng giữa tên cột và số liệu", "rows between the header and the data"),
          "other-table": ("dòng của bảng khác trong cùng trang tính", "rows of another table in the same sheet"),
          "note": ("dòng sau bảng (nguồn, ghi chú, chữ ký)", "rows after the table (source, notes, signatures)")}
SHOWN = 200  # rows that are no data, as listed
STRETCHES = 25  # of such rows, as they are named in words
_CLAIMS = {"CSV", "TSV", "XLSX", "XLS", "ODS", "JSON", "GeoJSON", "Parquet"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a check, as the parameters of `check` say it; `tick` is told the rows so far and may raise to stop."""

    schema: str | Mapping[str, Any] | None = None
    limit_errors: int = 1000
    columns_before: int = 0
    keep: int | None = None
    digests: Digests | None = None
    told: Told = field(default_factory=Told)
    tick: Callable[[int], None] = field(default=lambda rows: None)


def check(
    path: Path, *, filename: str, format: str = "", media_type: str | None = None,
    schema: str | Mapping[str, Any] | None = None, encoding: str | None = None, limit_errors: int = 1000,
    cancelled: Callable[[], bool] | None = None, progress: Callable[[int], None] | None = None, limits: Limits | None = None,
    columns_before: int = 0, keep: int | None = None, digests: Digests | None = None, told: Told | None = None,
) -> Verdict:
    """Say whether the file is what its schema says, and what to mend where.

    `schema` is a name on the registry or a descriptor; None asks the registry by the header. `encoding` is what
    the source declared. `columns_before` is how many columns the version has that is live; what was a table must not
    be replaced by something that is none. With `keep`, all errors are counted and the first so many of each kind listed;
    without it, checking stops after `limit_errors`, as frictionless does. `digests` of the file, where its download has
    taken them, need not be taken again. `told` is what people have said of how the file is to be read. `progress` is told the number of rows validated so far. Raises Cancelled when
    `cancelled` says so; never Trouble, which becomes an issue of the verdict.
    """
    request = Request(path=Path(path), filename=filename, format=format, media_type=media_type, encoding=encoding, limits=limits or Limits())
    asked = Asked(schema=schema, limit_errors=limit_errors, columns_before=columns_before, keep=keep, digests=digests,
                  told=told or Told(), tick=partial(_tick, cancelled, progress))
    kind = sniff(request)
    if kind.format not in READ and not columns_before and not _claims_a_table(kind, schema):
        return Verdict(state="unchecked", format=kind.format)
    return judged(request, kind, asked, partial(open_file, request, kind))


def judged(request: Request, kind: Kind, asked: Asked, opening: Callable[[Workspace], Reading]) -> Verdict:
    """The verdict on a file, once it is known what kind it is; `opening` opens it. Raises what `asked.tick` raises, never Trouble."""
    work = Workspace()
    try:
        wanted = _wanted(asked.schema, request.limits.columns, asked.told)
        return _Check(request=request, reading=opening(work), asked=asked).verdict(wanted)
    except (RecordTooLong, RowTooWide) as error:
        work.close()
        return _unreadable(kind, _too_big(error), request)
    except Trouble as trouble:
        work.close()
        if asked.schema is None and not asked.columns_before and _need_not_be_a_table(kind, trouble.issue):
            return Verdict(state="unchecked", format=kind.format)
        return _unreadable(kind, trouble.issue, request)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    """One check after the file has been opened."""

    request: Request
    reading: Reading
    asked: Asked

    def verdict(self, wanted: Schema | None) -> Verdict:
        """Find the table, validate it, screen every sheet, and put it together."""
        placed = place(self.reading.grids, self.asked.told, wanted, partial(_match, self.asked.told), filename=self.request.filename, widest=self.request.limits.columns)
        if placed.layout is None:
            raise Trouble(Issue("file-empty", Place(file=self.request.filename)))
        layout = with_margin(placed.layout)
        if self.reading.format == "GeoJSON":
            layout = with_geometry(layout)
        counted = causes.Causes(layout)
        with screened(self.reading, layout, self.request.filename) as screening:
            report = engine.validate(engine.Task(
                reading=self.reading, layout=layout, filename=self.request.filename, limit_errors=self.asked.limit_errors,
                keep=self.asked.keep, sink=counted.add, digests=self._own_digests(), tick=self.asked.tick, limits=self.request.limits))
            found = counted.in_order() if self.asked.keep is not None else causes.find_causes(report, layout)
            explained = [(cause, causes.issue_of(cause, layout, self.request.filename, example_of(cause, layout.entry(cause.name)))) for cause in found]
            hits = screening()
        rows = rows_of(report, self.reading, layout)
        units = measures(layout)
        issues = [*self._remarks(placed, layout, report, rows), *to_be_said(layout, units, self.request.filename, rows), *(issue for _, issue in explained), *self.reading.notes,
                  *(_personal(hit, sheet, self.request.filename) for sheet, hit in hits), *self._small(layout)]
        state = _state(report, issues)
        return Verdict(
            state=state, format=self.reading.format, encoding=self.reading.encoding and self.reading.encoding.name,
            sheet=layout.grid.sheet, schema=(layout.schema.name or None) if layout.schema else None,
            fields=tuple(column.name for column in _columns(layout)), rows=rows,
            errors=report["stats"]["errors"], report=report, issues=tuple(issues),
            table=self._table(layout, units) if state in ("valid", "held") and rows else None,
            faulty=None if report["valid"] and not any(unit.differs for unit in units) else Faulty(
                layout=layout, reading=self.reading, report=report, causes=tuple(explained), measures=units),
            details=self._details(layout, rows, explained, issues, hits, units), seen=Seen(reading=self.reading, layout=layout, kept=placed.used),
        )

    def _small(self, layout: Layout) -> Iterator[Issue]:
        """What is to be said of counts among which somebody could be recognised."""
        about = " ".join([self.request.filename, layout.grid.sheet or "", str(layout.schema.descriptor.get("title", "")) if layout.schema else ""])
        for small in small_counts(layout.labels, layout.body(), about):
            facts = {"title": small.label, "count": small.count, "at": ", ".join(small.cells) + (" …" if small.count > len(small.cells) else "")}
            yield Issue("small-counts", Place(file=self.request.filename, sheet=layout.grid.sheet, column=small.column), facts)

    def _own_digests(self) -> Digests | None:
        """Those of the download, unless what is read came out of an archive."""
        return self.asked.digests if self.reading.source == self.request.path else None

    def _remarks(self, placed: Placed, layout: Layout, report: Mapping[str, Any], rows: int | None) -> list[Issue]:
        """What is to be said of the table as a whole."""
        place = Place(file=self.request.filename, sheet=layout.grid.sheet)
        remarks = [placed.issue] if placed.issue else []
        expected = len(layout.schema.descriptor.get("fields", [])) if layout.schema else self.asked.columns_before
        if len(layout.labels) == 1 and expected > 1 and self.reading.dialect:
            remarks.append(Issue("delimiter-unknown", place, {"fields": expected, "header": layout.labels[0][:120]}))
        if layout.skipped_titles:
            first = layout.header_first or layout.header_row
            remarks.append(Issue("title-rows-skipped", place, {"header": first, "rows": first - 1}))
        if apart := Counter(kind for kind in layout.skipped.values() if kind not in ("blank", "numbering")):
            rows_vi = ", ".join(f"{count} {_KINDS[kind][0]}" for kind, count in sorted(apart.items()))
            rows_en = ", ".join(f"{count} {_KINDS[kind][1]}" for kind, count in sorted(apart.items()))
            at = _stretches(row for row, kind in layout.skipped.items() if kind in apart)
            remarks.append(Issue("rows-not-data", place, {"kinds": rows_vi, "kinds_en": rows_en, "rows": ", ".join(at[:STRETCHES]) + (" …" if at[STRETCHES:] else "")}))
        for code, ways in (("labels-are-titles", ("title", "alias")), ("labels-near", ("near",)), ("labels-confirmed", ("confirmed",))):
            pairs = [f"{label} → {known.field}" for label, known in layout.known.items() if known.why in ways and label != known.field]
            if pairs:
                remarks.append(Issue(code, place, {"count": len(pairs), "pairs": ", ".join(pairs[:5])}))
        if report["valid"] and rows == 0:
            remarks.append(Issue("header-only", place, {"header": layout.header_row}))
        if engine.is_partial(report):
            remarks.append(Issue("errors-limit-reached", place, {"limit": self.asked.limit_errors}))
        return remarks

    def _table(self, layout: Layout, units: tuple[Measure, ...]) -> TableSource:
        return TableSource(rows=lambda: (row[layout.margin:] for _, row in layout.body()), columns=_columns(layout, units), keeper=self.reading.workspace,
                           missing=tuple(layout.schema.descriptor.get("missingValues", [""])) if layout.schema else ("",))

    def _data_rows(self, layout: Layout, rows: int | None) -> list[int] | None:
        """The first and the last row of data; None where there is none, or nobody has counted them."""
        if not layout.skipped:
            return [layout.header_row + 1, layout.header_row + rows] if rows else None
        first = last = None
        for number, _ in layout.body():
            first, last = first or number, number
        return [first, last] if first else None

    def _details(self, layout: Layout, rows: int | None, explained: list, issues: list[Issue], hits: list, units: tuple[Measure, ...]) -> dict[str, Any]:
        """The key `haidang` of `haidang validate --json`."""
        encoding = self.reading.encoding
        return {
            "encoding": {"name": encoding.name, "decided_by": encoding.decided_by, "notes": list(encoding.notes)} if encoding else None,
            "layout": [{
                "sheet": layout.grid.sheet, "header": [layout.header_first or layout.header_row, layout.header_row],
                "skipped": [{"row": row, "kind": kind} for row, kind in list(layout.skipped.items())[:SHOWN]],
                "data": self._data_rows(layout, rows), "columns": [letter(_left(layout)), letter(max(len(layout.labels), 1))],
                "mapping": {letter(number): layout.field_name(label) for number, label in enumerate(layout.labels, start=1) if number >= _left(layout)},
                "unit": unit_line(layout), "units": {letter(unit.column + 1): unit.unit for unit in units},
            }],
            "causes": [causes.described(cause, issue) for cause, issue in explained],
            "remarks": [_remark(issue) for issue in issues if issue.stage == "read"],
            "repair": {"changes": []}, "questions": [],
            "privacy": [{"column": hit.column, "sheet": sheet, "label": hit.label, "kind": hit.kind, "hold": True, "share": hit.share,
                         "evidence": list(hit.evidence)} for sheet, hit in hits],
        }


def _stretches(rows: Iterable[int]) -> list[str]:
    """Numbers in order, those that follow each other as one: 4, 6–9."""
    found: list[list[int]] = []
    for row in rows:
        if found and found[-1][1] == row - 1:
            found[-1][1] = row
        else:
            found.append([row, row])
    return [str(first) if first == last else f"{first}–{last}" for first, last in found]


def _left(layout: Layout) -> int:
    """The number of the first column that has a label, from 1."""
    return next((number for number, label in enumerate(layout.labels, start=1) if label.strip()), 1)


def _tick(cancelled: Callable[[], bool] | None, progress: Callable[[int], None] | None, rows: int) -> None:
    if cancelled and cancelled():
        raise Cancelled
    if progress:
        progress(rows)


def _claims_a_table(kind: Kind, schema: Any) -> bool:
    """Whether a file that is no table was offered as one, so that the agency must hear of it."""
    return schema is not None or kind.claimed in _CLAIMS


def _need_not_be_a_table(kind: Kind, issue: Issue) -> bool:
    """Whether a file that holds no table is all right: one that was not offered as one, or JSON of another shape."""
    return issue.code in _NOT_A_TABLE and (kind.claimed not in _CLAIMS or (kind.claimed, issue.code) == ("JSON", "json-without-table"))


def _wanted(schema: str | Mapping[str, Any] | None, most: int, told: Told) -> Schema | None:
    """The schema asked for, with the columns that were confirmed under it; Trouble where it is none, or has more than `most` fields, for which frictionless takes milliseconds each."""
    if schema is None or isinstance(schema, Mapping):
        if why := _no_schema(schema, most):
            raise Trouble(Issue("schema-unusable", facts={"why": why}))
        return None if schema is None else Schema(name="", descriptor=schema)
    import schemas

    try:
        return Schema(name=schema, descriptor=schemas.load(schema).descriptor, confirmed=told.columns.get(schema, {}))
    except KeyError:
        raise Trouble(Issue("schema-unknown", facts={"schema": schema})) from None


def _no_schema(descriptor: Mapping[str, Any] | None, most: int) -> str:
    """Why a descriptor cannot even be looked at; what else is wrong with it, frictionless says."""
    fields = [] if descriptor is None else descriptor.get("fields", [])
    if not isinstance(fields, list):
        return '"fields" is not a list'
    if len(fields) > most:
        return f"{len(fields)} fields, more than {most}"
    odd = next((number for number, entry in enumerate(fields, start=1) if not _is_named(entry)), None)
    return f"field {odd} is not an object with a name" if odd else ""


def _is_named(entry: Any) -> bool:
    return isinstance(entry, Mapping) and isinstance(entry.get("name"), str)


def _match(told: Told, labels: list[str]) -> Schema | None:
    """The registry's schema for a header, if there is one; by what its labels were confirmed to be where that names it."""
    import schemas

    name = schemas.match(labels)
    for schema, confirmed in told.columns.items():
        if name is None and schemas.match([confirmed.get(same_label(label), label) for label in labels]) == schema:
            name = schema
    return Schema(name=name, descriptor=schemas.load(name).descriptor, confirmed=told.columns.get(name, {})) if name else None


def _state(report: Mapping[str, Any], issues: list[Issue]) -> str:
    if not report["valid"] or any(issue.severity is Severity.ERROR and issue.code not in PERSONAL for issue in issues):
        return "invalid"
    return "held" if any(issue.code in (*PERSONAL, "header-only", "layout-changed", "unit-unclear") for issue in issues) else "valid"


def _personal(hit: privacy.Hit, sheet: str | None, filename: str) -> Issue:
    facts = {"title": hit.label, "kind": hit.kind, "share": hit.share, "percent": f"{hit.share:.0%}", "count": hit.count,
             "evidence": ", ".join(hit.evidence), "kind_vi": privacy.NAMES[hit.kind][0], "kind_en": privacy.NAMES[hit.kind][1]}
    code = "personal-data-beside" if hit.column == NOWHERE else "personal-data"
    return Issue(code, Place(file=filename, sheet=sheet, column=hit.column), facts)


def _remark(issue: Issue) -> dict[str, Any]:
    words = {language: say(issue, language) for language in ("vi", "en")}
    return {"code": issue.code, **{language: f"{said.what} {said.mend}" for language, said in words.items()}}


def _columns(layout: Layout, units: tuple[Measure, ...] = ()) -> tuple[Column, ...]:
    """The columns in the order of the file; labels that are blank or repeated get a name of their own."""
    entries = {entry["name"]: entry for entry in layout.schema.descriptor.get("fields", [])} if layout.schema else {}
    said = {unit.column: unit.unit for unit in units}
    taken: set[str] = set()
    columns = []
    for number, label in enumerate(layout.labels[layout.margin:], start=layout.margin + 1):
        stem = name = layout.field_name(label).strip() or f"column_{number}"
        suffix = 2
        while name in taken:
            name, suffix = f"{stem}_{suffix}", suffix + 1
        taken.add(name)
        columns.append(Column(name=name, title=label, descriptor=entries.get(layout.field_name(label)), unit=said.get(number - 1, "")))
    return tuple(columns)


def _too_big(error: RecordTooLong | RowTooWide) -> Issue:
    place = Place(row=error.row)
    if isinstance(error, RecordTooLong):
        return Issue("record-too-long", place, {"row": error.row, "limit_mb": error.size // 2**20})
    return Issue("row-too-wide", place, {"row": error.row, "cells": error.cells, "limit": error.widest})


def _unreadable(kind: Kind, issue: Issue, request: Request) -> Verdict:
    """The verdict on a file that could not be opened; the report says so in one error."""
    if issue.place.file is None:
        issue = Issue(issue.code, replace(issue.place, file=request.filename), issue.facts)
    words = _remark(issue)
    return Verdict(state="invalid", format=kind.format, errors=1, issues=(issue,), report=engine.refused(say(issue, "en").what),
                   details={"encoding": None, "layout": [], "remarks": [],  "repair": {"changes": []}, "questions": [], "privacy": [],
                            "causes": [{**words, "column": issue.place.column, "field": None, "count": 1, "cells": [], "certain": False,
                                        "who": issue.who.value}]})
