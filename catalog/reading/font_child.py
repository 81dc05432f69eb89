"""The process that tells the fonts of one workbook: `python font_child.py FILE FOLDER MEMORY SECONDS BYTES`.

It imports nothing of the house. For each sheet that `sheets.json` in FOLDER names, it writes `0.fonts.jsonl` … into
FOLDER: one line `[row, column, [[text, font], …]]`, from 0, in the order of the rows, for each cell whose text has a letter that a byte
of an old code page could have been. Exit code 0, or another where the fonts cannot be had.
"""

from __future__ import annotations

import json
import posixpath
import re
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

NO_FONTS = 4
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_TARGET = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_HIGH = re.compile("[\x80-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")

Line = tuple[int, int, list[tuple[str, str]]]


def main(arguments: list[str]) -> int:
    """Write the lines of every sheet."""
    path, folder, memory, seconds, size = arguments
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), int(size)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    wanted = [sheet["name"] for sheet in json.loads((Path(folder) / "sheets.json").read_text("utf-8"))]
    try:
        for number, lines in enumerate(_of_xls(path, wanted) if path.endswith(".xls") else _of_xlsx(path, wanted)):
            with (Path(folder) / f"{number}.fonts.jsonl").open("w", encoding="utf-8") as out:
                out.writelines(json.dumps(line) + "\n" for line in lines if any(_HIGH.search(text) for text, _ in line[2]))
    except Exception:  # noqa: BLE001 - whatever breaks here, the text is read without its fonts
        return NO_FONTS
    return 0


def _of_xls(path: str, names: list[str]) -> Iterator[Iterator[Line]]:
    import xlrd

    with open("/dev/null", "w") as nowhere:
        book = xlrd.open_workbook(path, formatting_info=True, on_demand=True, logfile=nowhere)
        fonts = [font.name for font in book.font_list]
        for name in names:
            yield _xls_lines(book, book.sheet_by_name(name), fonts)
            book.unload_sheet(name)


def _xls_lines(book: Any, sheet: Any, fonts: list[str]) -> Iterator[Line]:
    for row in range(sheet.nrows):
        for column in range(sheet.row_len(row)):
            text = sheet.cell_value(row, column)
            if not isinstance(text, str) or text.isascii():
                continue
            first = book.xf_list[sheet.cell_xf_index(row, column)].font_index
            yield row, column, _cut(text, first, sheet.rich_text_runlist_map.get((row, column)) or [], fonts)


def _cut(text: str, first: int, changes: Iterable[tuple[int, int]], fonts: list[str]) -> list[tuple[str, str]]:
    """A text cut where its font changes; a font's number that is not listed is no font."""
    cuts = [(0, first), *changes, (len(text), first)]
    named = [(text[start:end], fonts[font] if font < len(fonts) else "") for (start, font), (end, _) in zip(cuts, cuts[1:], strict=False)]
    return [(part, font) for part, font in named if part]


def _of_xlsx(path: str, names: list[str]) -> Iterator[Iterator[Line]]:
    with zipfile.ZipFile(path) as archive:
        places = dict(_sheet_places(archive))
        fonts = _style_fonts(archive)
        strings = _shared_strings(archive)
        for name in names:
            yield _xlsx_lines(archive, places[name], fonts, strings)


def _elements(archive: zipfile.ZipFile, place: str, *tags: str) -> Iterator[Any]:
    """The elements of a part as they end, each emptied afterwards; nothing outside the part is ever read."""
    from lxml import etree

    with archive.open(place) as file:
        for _, element in etree.iterparse(file, events=("end",), tag=tags, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False):
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _sheet_places(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    targets = {one.get("Id"): one.get("Target") for one in _elements(archive, "xl/_rels/workbook.xml.rels", _TARGET)}
    for sheet in _elements(archive, "xl/workbook.xml", f"{_MAIN}sheet"):
        target = targets[sheet.get(_RELATION)]
        yield sheet.get("name"), target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _style_fonts(archive: zipfile.ZipFile) -> list[str]:
    """The font of each cell format, by the format's number."""
    if "xl/styles.xml" not in archive.namelist():
        return []
    fonts: list[str] = []
    formats: list[int] = []
    for element in _elements(archive, "xl/styles.xml", f"{_MAIN}fonts", f"{_MAIN}cellXfs"):
        if element.tag == f"{_MAIN}fonts":
            fonts = [font.find(f"{_MAIN}name").get("val", "") if font.find(f"{_MAIN}name") is not None else "" for font in element.findall(f"{_MAIN}font")]
        else:
            formats = [int(form.get("fontId", 0)) for form in element.findall(f"{_MAIN}xf")]
    return [fonts[number] if number < len(fonts) else "" for number in formats]


def _runs(item: Any) -> list[tuple[str, str | None]]:
    """The runs of a string; None is the font of the cell."""
    whole = item.find(f"{_MAIN}t")
    if whole is not None:
        return [(whole.text or "", None)]
    runs = []
    for run in item.findall(f"{_MAIN}r"):
        text, font = run.find(f"{_MAIN}t"), run.find(f"{_MAIN}rPr/{_MAIN}rFont")
        runs.append((text.text or "" if text is not None else "", font.get("val") if font is not None else None))
    return runs


def _shared_strings(archive: zipfile.ZipFile) -> list[list[tuple[str, str | None]] | None]:
    """Each shared string in runs; None for one without a letter that matters."""
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    found: list[list[tuple[str, str | None]] | None] = []
    for item in _elements(archive, "xl/sharedStrings.xml", f"{_MAIN}si"):
        runs = _runs(item)
        found.append(runs if any(_HIGH.search(text) for text, _ in runs) else None)
    return found


def _xlsx_lines(archive: zipfile.ZipFile, place: str, fonts: list[str], strings: list[list[tuple[str, str | None]] | None]) -> Iterator[Line]:
    for cell in _elements(archive, place, f"{_MAIN}c", f"{_MAIN}row"):  # rows only to be emptied
        runs = _cell_runs(cell, strings) if cell.tag == f"{_MAIN}c" else None
        if runs:
            style = int(cell.get("s", 0))
            own = fonts[style] if style < len(fonts) else ""
            row, column = _place(cell.get("r"))
            yield row, column, [(text, own if font is None else font) for text, font in runs]


def _cell_runs(cell: Any, strings: list[list[tuple[str, str | None]] | None]) -> list[tuple[str, str | None]] | None:
    kind, value = cell.get("t"), cell.find(f"{_MAIN}v")
    if kind == "s" and value is not None:
        return strings[int(value.text)]
    if kind == "inlineStr" and cell.find(f"{_MAIN}is") is not None:
        return _runs(cell.find(f"{_MAIN}is"))
    return [(value.text or "", None)] if kind == "str" and value is not None else None


def _place(name: str) -> tuple[int, int]:
    """Row and column from 0 of a cell such as AB12."""
    letters = name.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(name[len(letters):]) - 1, column - 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
