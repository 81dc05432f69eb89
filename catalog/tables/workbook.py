"""A stored table as an Excel workbook: typed cells, the header frozen, further sheets past Excel's last row.

What Excel would change is written as text, so that nothing of it is lost: numbers of more than 15 digits, and days before March
1900. No text is ever a formula. Rows go to disk as they are written, so the memory needed does not grow with them.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from catalog.tables.export import BATCH, as_text

ROWS, COLUMNS, CELL = 1_048_576, 16_384, 32_767  # of a sheet, of a sheet, characters of a cell: Excel's limits
DIGITS = 15  # of a number that Excel keeps
WIDEST, SAMPLED = 50, 200  # characters of a column as it is shown; rows that its width is taken from
SHEET = "Dữ liệu"
_CREATED = datetime.datetime(2000, 1, 1)  # said of every workbook
_FIRST_DAY = datetime.date(1900, 3, 1)  # before it Excel counts a day that never was
_FORMATS = {datetime.date: "yyyy-mm-dd", datetime.datetime: "yyyy-mm-dd hh:mm:ss", datetime.time: "hh:mm:ss"}


def fits(columns: int) -> bool:
    """Whether a sheet has room for so many columns."""
    return columns <= COLUMNS


def write_workbook(source: Path, target: Path, *, rows: int = ROWS) -> None:
    """Write the table at `source` (Parquet) as XLSX; the same table gives the same bytes. `rows` is what a sheet holds, with its header."""
    workbook = xlsxwriter.Workbook(str(target), {"constant_memory": True, "tmpdir": str(target.parent), "strings_to_formulas": False})
    workbook.set_properties({"created": _CREATED})
    with pq.ParquetFile(source) as file:
        names = file.schema_arrow.names
        sheets = _Sheets(workbook, names, _widths(file, names))
        sheet, at = sheets.add(), 1
        for row in _rows(file):
            if at == rows:
                sheet, at = sheets.add(), 1
            sheets.write(sheet, at, row)
            at += 1
    workbook.close()


class _Sheets:
    """The sheets of one workbook, all with the same header."""

    def __init__(self, workbook: Workbook, names: list[str], widths: list[int]) -> None:
        self._workbook, self._names, self._widths = workbook, names, widths
        self._bold = workbook.add_format({"bold": True})
        self._formats = {kind: workbook.add_format({"num_format": words}) for kind, words in _FORMATS.items()}

    def add(self) -> Worksheet:
        """A further sheet with its header."""
        number = len(self._workbook.worksheets()) + 1
        sheet = self._workbook.add_worksheet(SHEET if number == 1 else f"{SHEET} {number}")
        sheet.freeze_panes(1, 0)
        for place, width in enumerate(self._widths):
            sheet.set_column(place, place, width)
        for place, name in enumerate(self._names):
            sheet.write_string(0, place, _cut(name), self._bold)
        return sheet

    def write(self, sheet: Worksheet, at: int, row: tuple[Any, ...]) -> None:
        """One row, each cell in its own type."""
        for place, value in enumerate(row):
            if value is not None:
                self._write_cell(sheet, at, place, value)

    def _write_cell(self, sheet: Worksheet, row: int, place: int, value: Any) -> None:
        kind = type(value)
        if kind is bool:
            sheet.write_boolean(row, place, value)
        elif kind in _NUMBERS and _NUMBERS[kind](value):
            sheet.write_number(row, place, value)
        elif kind in self._formats and _is_day_of_excel(value):
            sheet.write_datetime(row, place, value.replace(tzinfo=None) if kind is datetime.datetime else value, self._formats[kind])
        else:
            sheet.write_string(row, place, _cut(as_text(value)))


_NUMBERS: dict[type, Callable[[Any], bool]] = {
    int: lambda value: abs(value) < 10**DIGITS,
    float: math.isfinite,
    Decimal: lambda value: value.is_finite() and len(value.as_tuple().digits) <= DIGITS,
}


def _is_day_of_excel(value: datetime.date | datetime.time) -> bool:
    if isinstance(value, datetime.time):
        return True
    return (value.date() if isinstance(value, datetime.datetime) else value) >= _FIRST_DAY


def _cut(text: str) -> str:
    """The text as far as a cell holds it, with the number of characters that are left out."""
    if len(text) <= CELL:
        return text
    kept = CELL - 40
    return f"{text[:kept]}… (+{len(text) - kept})"


def _widths(file: pq.ParquetFile, names: list[str]) -> list[int]:
    """How wide each column is shown, by its name and its first cells."""
    widths = [len(name) for name in names]
    for row in islice(_rows(file), SAMPLED):
        widths = [max(width, len(as_text(value))) for width, value in zip(widths, row, strict=True)]
    return [min(width, WIDEST) + 2 for width in widths]


def _rows(file: pq.ParquetFile) -> Iterator[tuple[Any, ...]]:
    for batch in file.iter_batches(batch_size=BATCH):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
