"""Small workbooks made by hand, byte by byte, so that no test needs a file or a writer of workbooks."""

from __future__ import annotations

import io
import struct
import zipfile
from xml.sax.saxutils import escape

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_REL = '<Relationship Id="{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/>'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_STYLES = f'<styleSheet {_MAIN}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'


class Day(int):
    """A serial day number, to be written as a date cell."""


def column_letter(number: int) -> str:
    return "" if number == 0 else column_letter((number - 1) // 26) + chr(65 + (number - 1) % 26)


def xlsx(sheets: dict[str, list[list]], *, prolog: str = "") -> bytes:
    """A workbook with these sheets; cells are text, numbers, booleans, `Day` or None."""
    listed = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(sheets, start=1))
    relations = "".join(_REL.format(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1))
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELS.format(_REL.format("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _RELS.format(relations + _REL.format("rIdS", "styles", "styles.xml")),
        "xl/styles.xml": _STYLES,
        **{f"xl/worksheets/sheet{n}.xml": prolog + _sheet(rows) for n, rows in enumerate(sheets.values(), start=1)},
    }
    return zipped(parts)


def _sheet(rows: list[list]) -> str:
    body = "".join(
        f'<row r="{r}">{"".join(_cell(f"{column_letter(c)}{r}", value) for c, value in enumerate(row, start=1))}</row>' for r, row in enumerate(rows, start=1)
    )
    return f"<worksheet {_MAIN}><sheetData>{body}</sheetData></worksheet>"


def _cell(address: str, value: object) -> str:
    if value is None:
        return f'<c r="{address}"/>'
    if isinstance(value, Day):
        return f'<c r="{address}" s="1"><v>{int(value)}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{address}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{address}"><v>{value}</v></c>'
    text = value if str(value).startswith("&") else escape(str(value))  # an entity is written as it is
    return f'<c r="{address}" t="inlineStr"><is><t>{text}</t></is></c>'


def ods(rows: list[list]) -> bytes:
    """An OpenDocument spreadsheet with one sheet."""
    cells = "".join(
        "<table:table-row>" + "".join(f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>' for cell in row)
        + "</table:table-row>" for row in rows
    )
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text"))
    content = f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="S1">{cells}</table:table></office:spreadsheet></office:body></office:document-content>'
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content, "META-INF/manifest.xml": manifest})


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """A zip of these entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def xls(rows: list[list], *, password: bool = False) -> bytes:
    """A BIFF8 workbook (Excel 97) with one sheet of text and numbers; `password` only marks it as encrypted."""
    cells = b"".join(
        _record(0x0204, struct.pack("<HHHHB", r, c, 0, len(value), 1) + value.encode("utf-16-le")) if isinstance(value, str)
        else _record(0x0203, struct.pack("<HHHd", r, c, 0, value))
        for r, row in enumerate(rows) for c, value in enumerate(row) if value is not None
    )
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + cells + _record(0x0A, b"")
    opening = _record(0x0809, struct.pack("<HHHHII", 0x600, 0x05, 0, 0, 0, 0)) + (_record(0x2F, b"\x01" + bytes(53)) if password else b"")
    start = len(opening) + len(_record(0x85, bytes(4 + 2 + 2 + 6))) + len(_record(0x0A, b""))
    bound = _record(0x85, struct.pack("<IBBBB", start, 0, 0, 3, 1) + "S_1".encode("utf-16-le"))
    return ole({"Workbook": opening + bound + _record(0x0A, b"") + sheet})


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def locked() -> bytes:
    """What Office writes for a workbook with a password: an OLE file with an encrypted package."""
    return ole({"EncryptionInfo": b"\x04\x00\x04\x00", "EncryptedPackage": bytes(64)})


def ole(streams: dict[str, bytes]) -> bytes:
    """An OLE compound file of at most a few small streams, each padded to 4,096 bytes so that no mini stream is needed."""
    contents = [content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0") for content in streams.values()]
    fat, chains, sector = [0xFFFFFFFD, 0xFFFFFFFE], [], 2
    for content in contents:
        count = len(content) // 512
        chains.append(sector)
        fat += [*range(sector + 1, sector + count), 0xFFFFFFFE]
        sector += count
    names = list(streams)
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    entries += [_entry(name, 2, start, len(content), right=n + 2 if n + 1 < len(names) else 0xFFFFFFFF)
                for n, (name, start, content) in enumerate(zip(names, chains, contents, strict=True))]
    directory = b"".join(entries).ljust(512, b"\0")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0) + b"\xff" * 4 * 108
    return header + struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff") + directory + b"".join(contents)


def _entry(name: str, kind: int, start: int, size: int, *, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, right, child) + bytes(36) + struct.pack("<IQ", start, size)
