"""Writes a table as the file that an agency would send: CSV in several dialects, XLSX, JSON, GeoJSON, zip.

The same table gives the same bytes on every machine and every day: archives carry a fixed time, and nothing is
asked of the clock.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

MOMENT = (2024, 9, 30, 0, 0, 0)  # the time written into archives
EXCEL_DAY_0 = date(1899, 12, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Labels and rows of Python values: str, int, float, bool, date, None, and in a GeoJSON column a dict.

    `title` stands above the table in a workbook with title rows, and names its sheet.
    """

    labels: Sequence[str]
    rows: Sequence[Sequence[Any]]
    title: str = ""


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def csv_bytes(table: Table, *, delimiter: str = ",", encoding: str = "utf-8", write: Callable[[Any], str] = _text) -> bytes:
    """The table as CSV with CR LF line ends (RFC 4180)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(table.labels)
    writer.writerows([write(value) for value in row] for row in table.rows)
    return _windows_1258(out.getvalue()) if encoding == "windows-1258" else out.getvalue().encode(encoding)


_TONES = "\u0300\u0309\u0303\u0301\u0323"


def _windows_1258(text: str) -> bytes:
    """Text in the old Vietnamese code page: the tone follows the letter as a mark of its own."""
    pieces = []
    for letter in unicodedata.normalize("NFC", text):
        apart = unicodedata.normalize("NFD", letter)
        tones = [mark for mark in apart if mark in _TONES]
        base = unicodedata.normalize("NFC", "".join(mark for mark in apart if mark not in _TONES))
        pieces.append(base + "".join(tones))
    return "".join(pieces).encode("cp1258")


def _decimal_comma(value: Any) -> str:
    return str(value).replace(".", ",") if isinstance(value, float) else _text(value)


def _day_first(value: Any) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else _text(value)


def json_bytes(table: Table) -> bytes:
    """The table as a JSON list of objects, as most services of agencies answer."""
    rows = [{label: value.isoformat() if isinstance(value, date) else value
             for label, value in zip(table.labels, row, strict=True)} for row in table.rows]
    return json.dumps(rows, ensure_ascii=False, indent=1).encode()


def geojson_bytes(table: Table) -> bytes:
    """The table as points (RFC 7946), from its columns `kinh_do` and `vi_do`, which stay among the properties."""
    east, north = table.labels.index("kinh_do"), table.labels.index("vi_do")
    features = [{
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [row[east], row[north]]},
        "properties": {label: value.isoformat() if isinstance(value, date) else value
                       for label, value in zip(table.labels, row, strict=True)},
    } for row in table.rows]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1).encode()


def zip_bytes(members: dict[str, bytes]) -> bytes:
    """A zip of named members with a fixed time, so that it is the same every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, MOMENT)
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            archive.writestr(info, data, compresslevel=6)
    return out.getvalue()


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_PARTS = {
    "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    + "".join(f'<Override PartName="/xl/{part}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
              for part, kind in (("workbook", "sheet.main"), ("styles", "styles"), ("worksheets/sheet1", "worksheet"))) + "</Types>",
    "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


def column_letters(index: int) -> str:
    """The letters of a column as a spreadsheet shows them; 0 is A."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _cell(address: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f'<c r="{address}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, date):
        return f'<c r="{address}" s="1"><v>{(value - EXCEL_DAY_0).days}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{address}"><v>{value!r}</v></c>'
    return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def xlsx_bytes(table: Table, *, above: Sequence[str] = ()) -> bytes:
    """The table as a workbook of one sheet; `above` are the lines that officials put over the header."""
    lines: list[Sequence[Any]] = [*([line] for line in above), table.labels, *table.rows]
    rows = "".join(
        f'<row r="{number}">' + "".join(_cell(f"{column_letters(place)}{number}", value) for place, value in enumerate(line)) + "</row>"
        for number, line in enumerate(lines, start=1))
    return zip_bytes({name: part.encode() for name, part in {
        **_PARTS,
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="Dữ liệu" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
    }.items()})


def _titled_workbook(table: Table) -> bytes:
    return xlsx_bytes(table, above=("ỦY BAN NHÂN DÂN TỈNH BÀ RỊA – VŨNG TÀU", table.title.upper(), "(Kèm theo công văn minh hoạ, số liệu minh hoạ)"))


@dataclass(frozen=True, slots=True)
class Form:
    """One form of file: its extension, the word for it in a catalogue, its media type, and who writes it."""

    extension: str
    word: str
    media_type: str
    write: Callable[[Table], bytes]


_CSV, _XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS: dict[str, Form] = {
    "csv": Form("csv", "CSV", _CSV, csv_bytes),
    "csv-excel": Form("csv", "CSV", _CSV, lambda table: csv_bytes(table, delimiter=";", encoding="utf-8-sig")),
    "csv-1258": Form("csv", "CSV", _CSV, lambda table: csv_bytes(table, encoding="windows-1258")),
    "csv-decimal-comma": Form("csv", "CSV", _CSV, lambda table: csv_bytes(table, delimiter=";", write=_decimal_comma)),
    "csv-day-first": Form("csv", "CSV", _CSV, lambda table: csv_bytes(table, write=_day_first)),
    "tsv": Form("tsv", "TSV", "text/tab-separated-values", lambda table: csv_bytes(table, delimiter="\t")),
    "xlsx": Form("xlsx", "XLSX", _XLSX, xlsx_bytes),
    "xlsx-titled": Form("xlsx", "XLSX", _XLSX, _titled_workbook),
    "json": Form("json", "JSON", "application/json", json_bytes),
    "geojson": Form("geojson", "GeoJSON", "application/geo+json", geojson_bytes),
    "zip": Form("zip", "ZIP", "application/zip", lambda table: zip_bytes({"du-lieu.csv": csv_bytes(table)})),
}
