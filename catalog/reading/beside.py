"""The words of a workbook that stand in none of its cells: comments, properties, headers and footers, names, shapes, what charts and pivot tables keep.

The file itself is published with all of them. Parts are read as text and their tags taken away, so that nothing in them is ever expanded.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

PARTS = 500  # of one file that are looked at
ENDING = 1 << 20  # bytes
LARGEST = 32 << 20  # bytes of a part; of a larger one the beginning
_CELLS = re.compile(r"xl/(worksheets/[^/]*\.xml|sharedStrings\.xml|styles\.xml|theme/.*|calcChain\.xml|printerSettings/.*|media/.*)|.*\.(rels|bin|png|jpe?g|emf|wmf|gif|vml)")
_PLACES = (
    (re.compile(r"docProps/|meta\.xml"), "properties"), (re.compile(r"xl/(comments|threadedComments|persons)"), "comments"), (re.compile(r"xl/workbook\.xml"), "names"),
    (re.compile(r"xl/(drawings|diagrams)/"), "shapes"), (re.compile(r"xl/(pivotCache|pivotTables|slicer)"), "pivot"), (re.compile(r"xl/charts"), "charts"),
)
# Tags within a run of text, across which a number may go on.
_WITHIN = re.compile(r"</?(?:\w+:)?(?:t|r|rPr|b|i|u|sz|color|rFont|family|charset|scheme|vertAlign|span|latin|solidFill|srgbClr|endParaRPr)(?:\s[^<>]*)?/?>")
_SAID = re.compile(r"\s(?:\w+:)?(?:v|name|descr|title|alt|displayName|author)=\"([^\"<>]*)\"")
_TAG = re.compile(r"<[^<>]*>")
_HEADERS = re.compile(rb"<(?:odd|even|first)(?:Header|Footer)>([^<]*)</")
_CODES = re.compile(r"&(?:\"[^\"]*\"|[LCRBIUESXYDTFAPNGZ]|\d{1,3}|K[0-9A-F]{6})")  # of fonts and fields in a header or footer
_NARROW = re.compile(rb"[ -~\x80-\xff]{9,2000}")
_WIDE = re.compile(rb"(?:[ -\xff][\x00\x01\x1e]){9,2000}")
_ODS_BESIDE = re.compile(r"<(office:annotation|draw:frame|draw:custom-shape|table:named-expressions)\b")


@dataclass(frozen=True, slots=True)
class Beside:
    """Texts of one kind of place: properties, comments, names, shapes, pivot, charts, header, other, or any."""

    place: str
    texts: tuple[str, ...]


def beside(path: Path, format: str) -> Iterator[Beside]:
    """What stands in a workbook beside its cells; nothing of a file of another kind, or of one that cannot be opened.

    Of an XLS file, whose parts are not told apart, every text with a long number: those of its cells too, under "any".
    """
    if format == "XLS":
        yield from filter(None, [_found("any", _of_bytes(path))])
    if format not in ("XLSX", "ODS"):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist()[:PARTS]:
                if found := _of_part(archive, info.filename):
                    yield found
    except (zipfile.BadZipFile, RuntimeError, zlib.error, EOFError, OSError, ValueError):
        return


def _of_part(archive: zipfile.ZipFile, name: str) -> Beside | None:
    if name.startswith("xl/worksheets/") and name.endswith(".xml"):
        return _found("header", [_CODES.sub(" ", unescape(unescape(match.decode(errors="replace")))) for match in _HEADERS.findall(_end(archive, name))])
    if name == "content.xml":
        text = _bytes(archive, name).decode(errors="replace")
        return _found("comments", [line for element in _ods_beside(text) for line in _texts(element)])
    if not name.endswith(".xml") or _CELLS.fullmatch(name) or name.startswith(("META-INF/", "[Content_Types]", "settings.xml")):
        return None
    place = next((place for pattern, place in _PLACES if pattern.match(name)), "header" if name == "styles.xml" else "other")
    return _found(place, _texts(_bytes(archive, name).decode(errors="replace")))


def _ods_beside(xml: str) -> Iterator[str]:
    """The elements of a sheet that are no cells, each with what is in it; the text is gone through once, however many are begun and never ended."""
    at, endless = 0, set()
    while begun := _ODS_BESIDE.search(xml, at):
        at, end = begun.end(), -1 if begun[1] in endless else xml.find(f"</{begun[1]}>", begun.end())
        if end < 0:
            endless.add(begun[1])
        else:
            yield xml[begun.start():end]
            at = end


def _of_bytes(path: Path) -> list[str]:
    """The runs of letters in a file, of one byte or two each, in which there are nine digits or more."""
    with path.open("rb") as file:
        data = file.read(LARGEST)
    runs = [run.decode("cp1252", "replace") for run in _NARROW.findall(data)] + [run.decode("utf-16-le", "replace") for run in _WIDE.findall(data)]
    return [run for run in runs if sum(sign.isdigit() for sign in run) >= 9]


def _found(place: str, texts: list[str]) -> Beside | None:
    kept = [text for text in texts if text.strip()]
    return Beside(place, tuple(kept)) if kept else None


def _bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(LARGEST)


def _end(archive: zipfile.ZipFile, name: str) -> bytes:
    """The last bytes of a part: a sheet's header and footer stand after all of its cells."""
    last = before = b""
    with archive.open(name) as part:
        while piece := part.read(ENDING):
            before, last = last, piece
    return before + last


def _texts(xml: str) -> list[str]:
    """The texts between the tags, and those of the attributes that people fill in."""
    said = [unescape(match) for match in _SAID.findall(xml)]
    lines = _TAG.sub("\n", _WITHIN.sub("", xml)).splitlines()
    return [*said, *(unescape(line).strip() for line in lines if line.strip())]
