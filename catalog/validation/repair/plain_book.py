"""A workbook of nothing but the cells of grids, row by row: what is marked where the file itself is none that could be."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from catalog.reading.grid import Grid, letter

MOST_ROWS, MOST_COLUMNS, LONGEST = 1_048_576, 16_384, 32_767  # of a worksheet and of a cell of Excel
LOOKED_AT = 100  # rows that tell how wide the columns are
NARROWEST, WIDEST = 8, 50  # characters
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf numFmtId="49" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" applyNumberFormat="1" '
    'applyFont="1"/><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_TEXT, _BOLD, _GENERAL, _DAY, _MOMENT = range(5)  # formats
_EPOCH, _FIRST = datetime(1899, 12, 30), datetime(1900, 3, 1)  # day 0, and the day from which all programs count alike
_ODD = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_x[0-9A-Fa-f]{4}_")
_NO_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)")


def write_plain(target: Path, grids: Sequence[Grid], table: Grid, header: range) -> None:
    """Write the grids as sheets, in order, as far as a worksheet reaches; the rows of `header`, from 1, are those of the `table`'s labels."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
        listed = "".join(f'<sheet name="{number}" sheetId="{number}" r:id="rId{number}"/>' for number in range(1, len(grids) + 1))
        out.writestr("xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>')
        parts = [("styles", "styles"), *(("worksheet", f"worksheets/sheet{number}") for number in range(1, len(grids) + 1))]
        relations = "".join(f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{place}.xml"/>' for number, (kind, place) in enumerate(parts))
        out.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relations}</Relationships>')
        out.writestr("xl/styles.xml", _STYLES)
        for number, grid in enumerate(grids, start=1):
            with out.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as sheet:
                above = header if grid is table else range(0)
                for part in chain(_start(grid, above), _rows(grid, above), _end(grid)):
                    sheet.write(part.encode("utf-8", "replace"))


def _start(grid: Grid, header: range) -> Iterator[str]:
    """A sheet up to its rows: the header stays in sight, the columns are as wide as their first cells."""
    yield f'<worksheet xmlns="{_MAIN}">'
    if header:
        yield (f'<sheetViews><sheetView workbookViewId="0"><pane ySplit="{header[-1]}" topLeftCell="A{header[-1] + 1}" activePane="bottomLeft" state="frozen"/>'
               '</sheetView></sheetViews>')
    widths: dict[int, int] = {}
    for row in islice(grid.rows(), LOOKED_AT):
        for column, cell in enumerate(row[:MOST_COLUMNS], start=1) if sum(cell not in ("", None) for cell in row) > 1 else ():  # else a title
            widths[column] = max(widths.get(column, NARROWEST), min(len(str(cell or "")) + 2, WIDEST))
    if widths:
        yield "<cols>" + "".join(f'<col min="{column}" max="{column}" width="{width}" customWidth="1"/>' for column, width in sorted(widths.items())) + "</cols>"
    yield "<sheetData>"


def _rows(grid: Grid, header: range) -> Iterator[str]:
    letters: list[str] = []
    kinds = chain(grid.kinds(), repeat("")) if grid.kinds else repeat("")
    for number, row, told in zip(range(1, MOST_ROWS + 1), grid.rows(), kinds, strict=False):
        letters += map(letter, range(len(letters) + 1, min(len(row), MOST_COLUMNS) + 1))
        cells = [(f"{column}{number}", cell) for column, cell in zip(letters, row, strict=False)]
        if number in header or "n" not in told and "d" not in told and "b" not in told:
            form = _BOLD if number in header else _TEXT
            parts = [_text(address, cell, form) for address, cell in cells if cell not in ("", None)]
        else:
            parts = [_typed(address, cell, kind) for (address, cell), kind in zip(cells, told.ljust(len(cells), "t"), strict=False) if cell not in ("", None)]
        yield f'<row r="{number}">{"".join(parts)}</row>'


def _end(grid: Grid) -> Iterator[str]:
    yield "</sheetData>"
    if grid.merges:
        spans = (f"{letter(span.left + 1)}{span.top}:{letter(span.right + 1)}{span.bottom}" for span in grid.merges)
        yield "<mergeCells>" + "".join(f'<mergeCell ref="{span}"/>' for span in spans) + "</mergeCells>"
    yield "</worksheet>"


def _typed(address: str, cell: str, kind: str) -> str:
    """A cell of the kind that it was."""
    if kind == "n" and cell[-1].isdigit():  # neither nan nor inf
        return f'<c r="{address}" s="{_GENERAL}"><v>{cell}</v></c>'
    if kind == "b":
        return f'<c r="{address}" s="{_GENERAL}" t="b"><v>{int(cell == "true")}</v></c>'
    if kind == "d" and (moment := datetime.fromisoformat(cell)) >= _FIRST:
        apart = moment - _EPOCH
        form = _MOMENT if apart.seconds else _DAY
        return f'<c r="{address}" s="{form}"><v>{apart.days + apart.seconds / 86_400:.12g}</v></c>'
    return _text(address, cell, _TEXT)


def _text(address: str, cell: Any, form: int) -> str:
    """A cell as text, as it was read; what looks like a formula stays text."""
    text = str(cell)[:LONGEST]
    if _ODD.search(text):
        text = escape(_NO_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text))
    return f'<c r="{address}" s="{form}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
