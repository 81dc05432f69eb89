"""The marked workbook: the file as it was read, wrong cells coloured with what is wrong and what to write, causes first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.issues import say
from catalog.reading.grid import Grid
from catalog.validation.faulty import Faulty
from catalog.validation.repair.marks import Marks, marks_of
from catalog.validation.repair.proposals import Proposal
from catalog.validation.repair.table import Repair

MOST_MARKS = 100_000
MOST_ROWS, MOST_COLUMNS, LONGEST = 1_048_576, 16_384, 32_767  # of a worksheet and of a cell of Excel
NOTE = 900  # characters of a comment

_WORDS = {
    "vi": {"causes": "Lỗi cần sửa", "table": "Dữ liệu", "proposal": "Nên ghi: {}", "choices": "Chọn một cách đọc: {}", "empty": "để trống",
           "head": ("Cột", "Lỗi", "Cách sửa", "Ai xử lý", "Số ô", "Ô đầu tiên", "Ví dụ", "Nên ghi"),
           "more": "Chỉ đánh dấu {} ô đầu tiên; các ô còn lại xem bảng trên.",
           "colours": "Ô đỏ: sai. Ô vàng: sai, đã biết cách ghi đúng (xem ghi chú của ô). Ô xanh: cần chọn một cách đọc."},
    "en": {"causes": "Errors to mend", "table": "Data", "proposal": "Write: {}", "choices": "Choose a reading: {}", "empty": "blank",
           "head": ("Column", "Error", "How to mend it", "Who acts", "Cells", "First cell", "Example", "Write"),
           "more": "Only the first {} cells are marked; for the others see the table above.",
           "colours": "Red: wrong. Yellow: wrong, and what to write is known (see the cell's comment). Blue: a reading has to be chosen."},
}
_COLOURS = {"wrong": "#f4c7c3", "certain": "#fff2b3", "asked": "#cfe2f3"}


def write_marked(faulty: Faulty, target: Path, lang: str) -> int:
    """Write the workbook to `target` in `lang` (vi or en); returns how many cells are marked, at most 100,000.

    All sheets, rows and columns stand where they stand in the file, so that every address holds; the file itself is never touched.
    """
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    words, marks = _WORDS[lang], marks_of(faulty, MOST_MARKS)
    names = _sheet_names([grid.sheet or words["table"] for grid in faulty.reading.grids], words["causes"])
    table = next(name for name, grid in zip(names, faulty.reading.grids, strict=True) if grid is faulty.grid)
    with xlsxwriter.Workbook(str(target), options) as book:
        formats = {"bold": book.add_format({"bold": True, "bottom": 1}), "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
                   "link": book.add_format({"font_color": "#0b57d0", "underline": 1, "valign": "top"}),
                   **{key: book.add_format({"bg_color": colour}) for key, colour in _COLOURS.items()}}
        row = _write_causes(book.add_worksheet(words["causes"]), faulty, table, formats, lang)
        if marks.cut:
            book.worksheets()[0].write_string(row, 1, words["more"].format(f"{MOST_MARKS:,}".replace(",", ".")), formats["wrap"])
        marked = 0
        for name, grid in zip(names, faulty.reading.grids, strict=True):
            sheet = book.add_worksheet(name)
            if name == table:
                marked = _Table(sheet=sheet, faulty=faulty, marks=marks, formats=formats, lang=lang,
                                mends=[say(issue, lang).mend for _, issue in faulty.causes]).write()
            else:
                _write_grid(sheet, grid)
        return marked


def _sheet_names(wanted: Sequence[str], taken: str) -> list[str]:
    """Names that Excel takes: without signs of its own, of at most 31 characters, each another, none `taken`."""
    names: list[str] = []
    used = {taken.casefold()}
    for text in wanted:
        stem = name = re.sub(r"[\[\]:*?/\\'\x00-\x1f]", " ", text).strip()[:31].strip() or "1"
        number = 2
        while name.casefold() in used:
            name, number = f"{stem[:30 - len(str(number))].strip()} {number}", number + 1
        used.add(name.casefold())
        names.append(name)
    return names


def _write_causes(sheet: Any, faulty: Faulty, table: str, formats: Mapping[str, Any], lang: str) -> int:
    """Write the sheet of causes; returns the row, from 0, after the last one written."""
    words = _WORDS[lang]
    for column, width in enumerate((8, 60, 60, 16, 10, 12, 24, 24)):
        sheet.set_column(column, column, width)
    for column, title in enumerate(words["head"]):
        sheet.write_string(0, column, title, formats["bold"])
    sheet.freeze_panes(1, 0)
    row = 1
    for cause, issue in faulty.causes:
        said, facts = say(issue, lang), issue.facts
        texts = (issue.place.column or "", said.what, said.mend, said.who)
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text[:LONGEST], formats["wrap"])
        sheet.write_number(row, 4, cause.count)
        if facts.get("cells"):
            sheet.write_url(row, 5, f"internal:'{table}'!{_anchor(facts['cells'][0])}", formats["link"], facts["cells"][0])
        sheet.write_string(row, 6, str(facts.get("example") or ""), formats["wrap"])
        sheet.write_string(row, 7, str(facts.get("proposal") or ""), formats["wrap"])
        row += 1
    sheet.write_string(row + 1, 1, words["colours"], formats["wrap"])
    return row + 2


def _anchor(cell: str) -> str:
    """An address that Excel can go to; a row alone is its first cell."""
    return cell if cell[:1].isalpha() and cell[-1:].isdigit() else f"A{cell}" if cell.isdigit() else f"{cell}1"


@dataclass(slots=True)
class _Table:
    """The sheet of the table while it is written; `marked` counts cells."""

    sheet: Any
    faulty: Faulty
    marks: Marks
    formats: Mapping[str, Any]
    lang: str
    mends: Sequence[str]  # of each cause
    marked: int = 0

    def write(self) -> int:
        """Write all rows where they stand; returns how many cells are marked."""
        self.sheet.freeze_panes(min(self.faulty.layout.header_row, MOST_ROWS - 1), 0)
        for at, row, proposals in Repair(self.faulty).sheet():
            if at > MOST_ROWS:
                break
            wrong = self.marks.rows.get(at, {})
            whole = wrong.get(None, [])  # what is wrong with the row as a whole stands at its first cell
            farthest = max((column for column in wrong if column is not None), default=0 if whole else -1)
            cells = [*row, *[None] * (farthest + 1 - len(row))]  # cells that are missing are marked where they should be
            for column, cell in enumerate(cells[:MOST_COLUMNS]):
                causes = [*wrong.get(column, []), *(whole if column == 0 else [])]
                if (causes or column in proposals) and self.marked < MOST_MARKS:
                    self._mark((at - 1, column), cell, causes, proposals.get(column))
                else:
                    _write(self.sheet, (at - 1, column), cell, None)
        return self.marked

    def _mark(self, place: tuple[int, int], cell: Any, causes: Sequence[int], proposal: Proposal | None) -> None:
        words = _WORDS[self.lang]
        note = list(dict.fromkeys(self.mends[cause] for cause in causes))
        colour = "wrong"
        if proposal is not None and proposal.after is not None:
            colour = "certain"
            note.append(words["proposal"].format(proposal.after or words["empty"]))
        elif proposal is not None:
            colour = "asked"
            note.append(words["choices"].format(" | ".join(dict.fromkeys(reading.value or words["empty"] for reading in proposal.readings))))
        _write(self.sheet, place, cell, self.formats[colour])
        self.sheet.write_comment(*place, "\n".join(note)[:NOTE], {"x_scale": 2.2, "y_scale": 1.4})
        self.marked += 1


def _write_grid(sheet: Any, grid: Grid) -> None:
    """A sheet of the file that is not the table's, as far as a worksheet reaches."""
    for at, row in zip(range(MOST_ROWS), grid.rows(), strict=False):
        for column, cell in enumerate(row[:MOST_COLUMNS]):
            _write(sheet, (at, column), cell, None)
    if grid.hidden:
        sheet.hide()


def _write(sheet: Any, place: tuple[int, int], cell: Any, form: Any) -> None:
    """A cell as text, as it was read; what looks like a formula stays text."""
    if cell in ("", None):
        if form is not None:
            sheet.write_blank(*place, None, form)
        return
    sheet.write_string(*place, str(cell)[:LONGEST], form)
