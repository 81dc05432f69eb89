"""What stands around the table and goes public with the file: rows above and below it, comments, properties, names of sheets and of the file.

There are no columns here, so that a share cannot decide: one identifier that a word tells, or that can be nothing else, is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from catalog.reading import Reading
from catalog.reading.beside import beside
from catalog.reading.grid import Grid
from catalog.validation import identifiers as form
from catalog.validation import in_text, privacy
from catalog.validation.layout import Layout
from catalog.validation.privacy import Hit

NOWHERE = "–"  # stands for the letter of a column
SEVERAL = 3  # numbers without words that are needed in places where sums stand too
OF_SUMS = ("rows", "pivot", "charts", "other")
PLACES: Mapping[str, str] = {
    "properties": "thuộc tính tệp (file properties)", "comments": "lời bình (comments)", "names": "tên vùng, tên trang tính (names)", "shapes": "hình, hộp chữ (shapes)",
    "pivot": "bộ nhớ của bảng xoay (pivot tables)", "charts": "biểu đồ (charts)", "header": "đầu trang, chân trang (headers, footers)", "other": "phần khác của tệp (other parts)",
    "any": "lời bình, thuộc tính (comments, properties)", "rows": "dòng ngoài bảng (rows outside the table)", "file": "tên tệp (file name)"}


def around(reading: Reading, layouts: Sequence[Layout], filename: str) -> list[tuple[str | None, Hit]]:
    """What looks personal around the tables of a file: the sheet, and a hit without a column that is called after its place. An identifier is
    told where it is found first."""
    seen: set[str] = set()
    hits: list[tuple[str | None, Hit]] = [(layout.grid.sheet, hit) for layout in layouts for hit in _hits("rows", _outside(layout), seen)]
    hits += [(None, hit) for hit in _hits("file", [filename.rsplit(".", 1)[0]], seen)]
    hits += [(None, hit) for hit in _hits("names", [grid.sheet for grid in reading.grids if grid.sheet], seen)]
    parts: dict[str, list[str]] = {}
    for part in beside(reading.source, reading.format):
        parts.setdefault(part.place, []).extend(_not_in_cells(part.texts, reading.grids) if part.place == "any" else part.texts)
    return hits + [(None, hit) for place, texts in parts.items() for hit in _hits(place, texts, seen)]


def _hits(place: str, texts: Iterable[str], seen: set[str]) -> Iterator[Hit]:
    """A hit for each kind of identifier in texts that was not `seen` before, and for numbers without words as in a column without a header."""
    found: dict[str, dict[str, None]] = {}
    numbers: dict[int, list[list[str]]] = {}  # by how many signs they have: what charts and pivot tables keep is of many columns
    for text in texts:
        if in_text.has_letters(text):
            for one in in_text.identifiers_in(text):
                if (plain := form.bare(one.value)) not in seen:
                    seen.add(plain)
                    found.setdefault(one.kind, {})[privacy.masked(one.value)] = None
        elif (plain := form.bare(text)) not in seen:
            numbers.setdefault(len(plain), []).append([text])
    for hit in (hit for alike in numbers.values() if len(alike) >= (SEVERAL if place in OF_SUMS else 1) for hit in privacy.screen([""], alike)):
        found.setdefault(hit.kind, {}).update(dict.fromkeys(hit.evidence))
    for kind, values in found.items():
        yield Hit(column=NOWHERE, label=PLACES[place], kind=kind, share=1.0, count=len(values), evidence=tuple(islice(values, 3)))


def _outside(layout: Layout) -> Iterator[str]:
    """The cells of the rows that are no data: titles, the header, notes, signatures, rows of other tables."""
    last = max(layout.skipped, default=0)
    for number, row in enumerate(islice(layout.unlabelled(), max(layout.header_row, last)), start=1):
        if number <= layout.header_row or number in layout.skipped:
            yield from (str(cell) for cell in row if cell not in (None, ""))


def _not_in_cells(texts: Iterable[str], grids: Iterable[Grid]) -> list[str]:
    """The texts with an identifier that stands in no cell."""
    wanted: dict[str, str] = {form.bare(one.value): text for text in texts for one in in_text.identifiers_in(text)}
    lengths = sorted(set(map(len, wanted)))
    for cell in _cells(grids) if wanted else ():
        plain = form.bare(cell).lower()
        for length in lengths:  # not each that is wanted: an old list of persons has as many of them as cells
            for start in range(len(plain) - length + 1):
                wanted.pop(plain[start:start + length], None)
    return list(dict.fromkeys(wanted.values()))


def _cells(grids: Iterable[Grid]) -> Iterator[str]:
    return (str(cell) for grid in grids for row in grid.rows() for cell in row if _may_hold(cell))


def _may_hold(cell: Any) -> bool:
    return len(str(cell)) >= 8
