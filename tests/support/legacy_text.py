"""Vietnamese as it was typed with old fonts: text in an older code page, and workbooks that hold it."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter
import xlwt

from catalog.reading import tcvn3, viscii, vni

Cell = list[tuple[str, str]]  # runs: text as it stands in the file, and its font

_TABLES = {
    tcvn3.NAME: {letter: bytes([byte]) for byte, letter in enumerate(tcvn3._MAP)},
    viscii.NAME: {letter: bytes([byte]) for byte, letter in enumerate(viscii._MAP)},
    vni.NAME: {**{letter: bytes([byte]) for byte, letter in vni._LETTERS.items()},
               **{whole: letter.encode() if letter.isascii() else b"" for (letter, _), whole in vni._PAIRS.items()}},
}


def in_bytes(text: str, page: str) -> bytes:
    """Composed text as bytes of an older code page; KeyError for a letter that it does not have."""
    if page != vni.NAME:
        return b"".join(_TABLES[page][letter] for letter in text)
    return b"".join(_vni(letter) for letter in text)


def _vni(letter: str) -> bytes:
    if letter in _TABLES[vni.NAME] and letter not in vni._PAIRS.values():
        return _TABLES[vni.NAME][letter]
    base, sign = next(pair for pair, whole in vni._PAIRS.items() if whole == letter)
    return _TABLES[vni.NAME][base] + bytes([sign - 0x20 if base.isupper() else sign])


def as_it_stands(text: str, page: str) -> str:
    """What such text looks like in a workbook: each byte as the letter of windows-1252."""
    return "".join(bytes([byte]).decode("cp1252") if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(byte) for byte in in_bytes(text, page))


def xls(rows: Sequence[Sequence[Cell]]) -> bytes:
    """An old XLS of one sheet with these cells; the first run's font is the cell's."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Bieu 1")
    for at, row in enumerate(rows):
        for column, runs in enumerate(row):
            fonts = [_xls_font(name) for _, name in runs]
            style = xlwt.XFStyle()
            style.font = fonts[0]
            if len(runs) == 1:
                sheet.write(at, column, runs[0][0], style)
            else:
                sheet.write_rich_text(at, column, [(text, font) for (text, _), font in zip(runs, fonts, strict=True)], style)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xls_font(name: str) -> xlwt.Font:
    font = xlwt.Font()
    font.name = name
    return font


def xlsx(rows: Sequence[Sequence[Cell]]) -> bytes:
    """An XLSX of one sheet with these cells; the first run's font is the cell's."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Bieu 1")
        for at, row in enumerate(rows):
            for column, runs in enumerate(row):
                formats = [book.add_format({"font_name": name}) for _, name in runs]
                if len(runs) == 1:
                    sheet.write_string(at, column, runs[0][0], formats[0])
                else:
                    sheet.write_rich_string(at, column, *(part for (text, _), form in zip(runs, formats, strict=True) for part in (form, text)), formats[0])
    return out.getvalue()
