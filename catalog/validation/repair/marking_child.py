"""The process that marks one workbook: `python marking_child.py BOOK OVERLAY TARGET MEMORY SECONDS BYTES`.

It imports nothing of the house, so that it starts fast and a fall takes nothing with it.

OVERLAY is a workbook whose first sheet is the list of causes; of the others, each of which stands for a worksheet of BOOK, it has nothing but
coloured cells and comments. TARGET becomes OVERLAY with the sheets of BOOK under those colours and comments. Of a sheet only what is known
to be harmless goes over: cells with their values and formats, widths, hidden rows and columns, merged cells, filters, views. Formulas leave their
last values. All else stays behind: macros, links, pictures, charts, comments, names, passwords.
Exit code 0, or another where BOOK is not one that can be taken over so.
"""

from __future__ import annotations

import posixpath
import resource
import sys
import zipfile
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

OTHER = 4
MOST_FORMATS = 64_000  # of the cells of a workbook of Excel
BATCH = 2**20  # bytes that are written at once
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_THEME, _TEXTS = "xl/theme/theme1.xml", "xl/sharedStrings.xml"
_TEXTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_FRAME = ("[Content_Types].xml", "xl/_rels/workbook.xml.rels", "xl/workbook.xml")
_M = f"{{{_MAIN}}}"
_ID = f"{{{_OFFICE}}}id"
_PARSING: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
_BEFORE = ("sheetPr", "sheetViews", "sheetFormatPr", "cols")  # of a sheet, before and after its rows, in the order of the standard
_AFTER = ("autoFilter", "mergeCells", "pageMargins")
_STYLES = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles", "colors", "extLst")
_LEAST = {"fonts": "<font/>", "fills": '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>', "borders": "<border/>",
          "cellStyleXfs": "<xf/>", "cellXfs": "<xf/>"}  # what a workbook has at least


class Unknown(Exception):
    """The workbook is written in a way that is not known here."""


def main(arguments: list[str]) -> int:
    """Write the target; the exit code says whether it could be done."""
    book, overlay, target, memory, seconds, size = arguments
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), int(size)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with zipfile.ZipFile(book) as source, zipfile.ZipFile(overlay) as marks, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as out:
            _Merging(source, marks, out).write()
    except Exception:  # noqa: BLE001 - whatever breaks here, the table is marked in a workbook of its values
        return OTHER
    return 0


def _tree(archive: zipfile.ZipFile, place: str) -> Any:
    """A small part as a tree; one with a document type is refused."""
    with archive.open(place) as file:
        root = etree.parse(file, etree.XMLParser(**_PARSING)).getroot()
    _refuse_types(root)
    return root


def _refuse_types(root: Any) -> None:
    if root.getroottree().docinfo.doctype:
        raise Unknown("document type")


@dataclass(slots=True)
class _Merging:
    """The book, the overlay and the target while it is written."""

    book: zipfile.ZipFile
    overlay: zipfile.ZipFile
    out: zipfile.ZipFile

    def write(self) -> None:
        """Write the target: the parts of the overlay, with the sheets, texts, formats and theme of the book in their places."""
        workbook, relations = _tree(self.book, "xl/workbook.xml"), {one.get("Id"): one for one in _tree(self.book, "xl/_rels/workbook.xml.rels")}
        parts = {_kind(relation): _place(relation) for relation in relations.values()}
        styles = Styles(_tree(self.book, parts["styles"]) if "styles" in parts else None, _tree(self.overlay, "xl/styles.xml"))
        sheets = [relations[sheet.get(_ID)] for sheet in workbook.iter(f"{_M}sheet")]
        places = {f"xl/worksheets/sheet{number}.xml": _place(sheet) for number, sheet in enumerate((sheet for sheet in sheets if _kind(sheet) == "worksheet"), start=2)}
        if len(places) + 1 != sum(name.startswith("xl/worksheets/sheet") for name in self.overlay.namelist()):
            raise Unknown("sheets")
        self._write_frame(workbook, with_texts="sharedStrings" in parts)
        for name in self.overlay.namelist():
            if name in places:
                marks, comments = self._marks(name, styles)
                with self.book.open(places[name]) as source, self.out.open(name, "w", force_zip64=True) as target:
                    Sheet(source, target, styles, marks, comments).write()
            elif name not in ("xl/styles.xml", _THEME, *_FRAME):
                self.out.writestr(name, self._causes(styles) if name == "xl/worksheets/sheet1.xml" else self.overlay.read(name))
        self.out.writestr("xl/styles.xml", styles.text())
        own = "theme" in parts and not any(name.startswith("xl/theme/_rels/") for name in self.book.namelist())
        self._copy(self.book if own else self.overlay, parts["theme"] if own else _THEME, _THEME)
        if "sharedStrings" in parts:
            self._copy(self.book, parts["sharedStrings"], _TEXTS)

    def _marks(self, name: str, styles: Styles) -> tuple[dict[int, dict[int, str]], str]:
        """The colours on a sheet of the overlay by row, from 1, and column, from 0; and by which name it has its comments, if any."""
        marks, comments = {}, ""
        with self.overlay.open(name) as file:
            for _, part in etree.iterparse(file, tag=(f"{_M}row", f"{_M}legacyDrawing"), **_PARSING):
                if part.tag == f"{_M}row":
                    marks[int(part.get("r"))] = {_at(cell.get("r"))[1]: styles.fill(int(cell.get("s", 0))) for cell in part}
                    _forget(part)
                else:
                    comments = part.get(_ID)
        return marks, comments

    def _causes(self, styles: Styles) -> bytes:
        """The first sheet, with its formats where they are now."""
        causes = _tree(self.overlay, "xl/worksheets/sheet1.xml")
        for cell in causes.iter(f"{_M}c"):
            cell.set("s", str(styles.first + int(cell.get("s", 0))))
        return _xml(causes)

    def _copy(self, archive: zipfile.ZipFile, place: str, name: str) -> None:
        with archive.open(place) as source, self.out.open(name, "w", force_zip64=True) as target:
            while block := source.read(BATCH):
                if b"<!DOCTYPE" in block:
                    raise Unknown("document type")
                target.write(block)

    def _write_frame(self, workbook: Any, *, with_texts: bool) -> None:
        """Write what names the parts: as in the overlay, and the texts of cells."""
        types, relations, sheets = (_tree(self.overlay, name) for name in _FRAME)
        if with_texts:
            etree.SubElement(types, types.tag.replace("Types", "Override"), PartName=f"/{_TEXTS}", ContentType=_TEXTS_TYPE)
            etree.SubElement(relations, relations.tag[:-1], Id="rIdTexts", Type=f"{_OFFICE}/sharedStrings", Target="sharedStrings.xml")
        properties = workbook.find(f"{_M}workbookPr")
        if properties is not None and properties.get("date1904") in ("1", "true"):
            sheets.find(f"{_M}workbookPr").set("date1904", "1")
        for name, tree in zip(_FRAME, (types, relations, sheets), strict=True):
            self.out.writestr(name, _xml(tree))


def _kind(relation: Any) -> str:
    return relation.get("Type").rpartition("/")[2]


def _place(relation: Any) -> str:
    """The name of the part that a relation of the workbook leads to."""
    return posixpath.normpath(posixpath.join("/xl", relation.get("Target")))[1:]


def _xml(tree: Any) -> bytes:
    return etree.tostring(tree, encoding="UTF-8", xml_declaration=True, standalone=True)


def _forget(element: Any) -> None:
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _at(address: str) -> tuple[int, int]:
    """The row from 1 and the column from 0 of a cell such as AB12."""
    letters, column = address.rstrip("0123456789"), 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(address[len(letters):]), column - 1


def _address(row: int, column: int) -> str:
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


class Styles:
    """The formats of the book with those of the overlay behind them, and those that marked cells need."""

    def __init__(self, book: Any | None, overlay: Any) -> None:
        self._root = etree.Element(f"{_M}styleSheet", nsmap={None: _MAIN}) if book is None else book
        added = {name: len(self._section(name)) for name in ("fonts", "fills", "borders", "cellXfs")}  # how many there were before
        self.first = added["cellXfs"]  # the first format of the overlay
        self._formats, self._overlay = self._section("cellXfs"), list(overlay.find(f"{_M}cellXfs"))
        self._marked: dict[tuple[int, str], str] = {}
        for name in ("fonts", "fills", "borders"):
            self._section(name).extend(list(overlay.find(f"{_M}{name}")))
        for form in self._overlay:
            for key, name in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
                form.set(key, str(int(form.get(key, 0)) + added[name]))
            form.set("xfId", "0")
            self._formats.append(form)

    def _section(self, name: str) -> Any:
        """A list of the style sheet, with at least what every workbook has."""
        found = self._root.find(f"{_M}{name}")
        if found is None:
            found = etree.Element(f"{_M}{name}")
            place = _STYLES.index(name)
            self._root.insert(sum(etree.QName(one).localname in _STYLES[:place] for one in self._root), found)
        if not len(found):
            found.extend(list(etree.fromstring(f'<a xmlns="{_MAIN}">{_LEAST[name]}</a>')))
        return found

    def fill(self, number: int) -> str:
        """The colour of a format of the overlay."""
        return self._overlay[number].get("fillId")

    def marked(self, number: int, fill: str) -> str:
        """A format of the book in a colour."""
        if (number, fill) not in self._marked:
            form = deepcopy(self._formats[number if number < self.first else 0])
            form.set("fillId", fill)
            form.set("applyFill", "1")
            self._formats.append(form)
            if len(self._formats) > MOST_FORMATS:
                raise Unknown("formats")
            self._marked[number, fill] = str(len(self._formats) - 1)
        return self._marked[number, fill]

    def text(self) -> bytes:
        """The whole style sheet."""
        for section in map(self._section, _LEAST):
            section.set("count", str(len(section)))
        return _xml(self._root)


@dataclass(slots=True)
class Sheet:
    """One sheet on its way from the book to the target; `marks` are the colours of cells by row and column."""

    source: Any
    target: Any
    styles: Styles
    marks: dict[int, dict[int, str]]
    comments: str
    _before: dict[str, bytes] = field(default_factory=dict)
    _after: dict[str, bytes] = field(default_factory=dict)
    _pending: list[bytes] = field(default_factory=list)
    _size: int = 0
    _open: bool = False
    _prefix: bytes = b""
    _declared: bytes = b""  # the names of namespaces, which every row would repeat

    def write(self) -> None:
        """Copy it row by row."""
        last, marked = 0, sorted(self.marks, reverse=True)
        for _, part in etree.iterparse(self.source, tag=[f"{_M}{name}" for name in ("row", *_BEFORE, *_AFTER, "sheetData")], **_PARSING):
            name = etree.QName(part).localname
            if name == "sheetData":
                self._start(part.getparent())
                self._put(*(self._new_row(part, number) for number in reversed(marked)), b"</" + self._prefix + b"sheetData>")
            elif name != "row":
                self._keep(name, part)
            else:
                number = int(part.get("r", last + 1))
                if number <= last:
                    raise Unknown("rows out of order")
                self._start(part.getparent().getparent())
                while marked and marked[-1] < number:
                    self._put(self._new_row(part, marked.pop()))
                if marked and marked[-1] == number:
                    self._mark(part, marked.pop())
                self._put(self._text(part))
                last = number
                _forget(part)
        self._end()

    def _keep(self, name: str, part: Any) -> None:
        part.attrib.pop("count", None)
        marked = {column + 1 for row in self.marks.values() for column in row} if name == "cols" else set()
        for one in list(part.iter(f"{_M}sheetView", f"{_M}pivotSelection", f"{_M}mergeCell", f"{_M}col")):
            one.attrib.pop("tabSelected", None)
            if any(int(one.get("min")) <= column <= int(one.get("max")) for column in marked):
                one.attrib.pop("hidden", None)
            if one.tag == f"{_M}pivotSelection" or one.tag == f"{_M}mergeCell" and self._covers(one.get("ref")):
                one.getparent().remove(one)
        if name == "mergeCells" and not len(part):
            return
        (self._before if name in _BEFORE else self._after)[name] = etree.tostring(part, with_tail=False)

    def _covers(self, merged: str) -> bool:
        """Whether a merged cell such as A1:B2 hides a colour: then its cells are to be seen one by one."""
        first, _, last = merged.partition(":")
        (top, left), (bottom, right) = _at(first), _at(last or first)
        rows = self.marks.keys() & range(top, bottom + 1) if bottom - top < len(self.marks) else [row for row in self.marks if top <= row <= bottom]
        return any((row, column) != (top, left) for row in rows for column in self.marks[row] if left <= column <= right)

    def _start(self, root: Any) -> None:
        """Begin the sheet, once."""
        if self._open:
            return
        _refuse_types(root)
        probe = etree.SubElement(root, f"{_M}row")
        self._declared, self._open = etree.tostring(probe).partition(b"row")[2][:-2], True
        root.remove(probe)
        self._prefix = f"{root.prefix}:".encode() if root.prefix else b""
        opening = etree.tostring(etree.Element(root.tag, root.attrib, root.nsmap))
        self._put(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + opening[:-2] + b">")
        self._put(*(self._before[name] for name in _BEFORE if name in self._before), b"<" + self._prefix + b"sheetData>")

    def _new_row(self, beside: Any, number: int) -> bytes:
        row = beside.makeelement(f"{_M}row", {"r": str(number)}, beside.nsmap)
        self._mark(row, number)
        return etree.tostring(row)

    def _mark(self, row: Any, number: int) -> None:
        """Colour the cells of a row, also those that it does not have; a hidden row comes to light, as hidden columns do."""
        row.attrib.pop("hidden", None)
        fills, at = dict(self.marks[number]), -1
        for cell in list(row):
            at = _at(cell.get("r"))[1] if cell.get("r") else at + 1
            for column in sorted(column for column in fills if column < at):
                cell.addprevious(self._cell(row, number, column, fills.pop(column)))
            if at in fills:
                cell.set("s", self.styles.marked(int(cell.get("s", 0)), fills.pop(at)))
        for column in sorted(fills):
            row.append(self._cell(row, number, column, fills[column]))

    def _cell(self, row: Any, number: int, column: int, fill: str) -> Any:
        return row.makeelement(f"{_M}c", {"r": _address(number, column), "s": self.styles.marked(int(row.get("s", 0)), fill)})

    def _text(self, row: Any) -> bytes:
        """A row as it goes over: the last values of its formulas in their place."""
        etree.strip_elements(row, f"{_M}f", with_tail=False)
        etree.strip_attributes(row, "cm", "vm")  # they lead to a part that is left behind
        return etree.tostring(row, encoding="utf-8", with_tail=False).replace(self._declared, b"", 1)

    def _end(self) -> None:
        """Write what stands below the rows."""
        if not self._open:
            raise Unknown("no rows")
        self._put(*(self._after[name] for name in _AFTER if name in self._after))
        if self.comments:
            self._put(f'<{self._prefix.decode()}legacyDrawing xmlns:r="{_OFFICE}" r:id="{self.comments}"/>'.encode())
        self._put(b"</" + self._prefix + b"worksheet>")
        self.target.write(b"".join(self._pending))

    def _put(self, *parts: bytes) -> None:
        self._pending += parts
        self._size += sum(map(len, parts))
        if self._size > BATCH:
            self.target.write(b"".join(self._pending))
            self._pending, self._size = [], 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
