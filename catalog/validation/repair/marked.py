"""The marked workbook: the table as it was read, wrong cells coloured with what is wrong and what to write, causes first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.issues import say
from catalog.validation import engine
from catalog.validation.causes import Causes
from catalog.validation.faulty import Faulty
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


@dataclass(frozen=True, slots=True)
class _Marks:
    """What is wrong in cells, by row (from 1) and column (from 0; None is the row as a whole), as the number of a cause; `cut` says there was more."""

    cells: Mapping[int, Mapping[int | None, int]]
    cut: bool


def write_marked(faulty: Faulty, target: Path, lang: str) -> int:
    """Write the workbook to `target` in `lang` (vi or en); returns how many cells are marked, at most 100,000.

    Rows and columns stand where they stand in the file, so that every address holds; the file itself is never touched.
    """
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    words, marks = _WORDS[lang], _marks(faulty)
    name = _sheet_name(faulty.layout.grid.sheet or words["table"], words["causes"])
    with xlsxwriter.Workbook(str(target), options) as book:
        formats = {"bold": book.add_format({"bold": True, "bottom": 1}), "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
                   "link": book.add_format({"font_color": "#0b57d0", "underline": 1, "valign": "top"}),
                   **{key: book.add_format({"bg_color": colour}) for key, colour in _COLOURS.items()}}
        row = _write_causes(book.add_worksheet(words["causes"]), faulty, name, formats, lang)
        if marks.cut:
            book.worksheets()[0].write_string(row, 1, words["more"].format(f"{MOST_MARKS:,}".replace(",", ".")), formats["wrap"])
        return _Table(sheet=book.add_worksheet(name), faulty=faulty, marks=marks, formats=formats, lang=lang,
                      mends=[say(issue, lang).mend for _, issue in faulty.causes]).write()


def _sheet_name(wanted: str, taken: str) -> str:
    """A name that Excel takes: no signs of its own, at most 31 characters, not the other sheet's."""
    name = re.sub(r"[\[\]:*?/\\']", " ", wanted).strip()[:31] or "1"
    return name if name.casefold() != taken.casefold() else f"{name[:29]} 2"


def _marks(faulty: Faulty) -> _Marks:
    """The cells that the report names, each with its cause."""
    grouped = Causes(faulty.layout)
    numbers = {cause_key: number for number, (cause, _) in enumerate(faulty.causes) for cause_key in [(cause.code, cause.number)]}
    cells: dict[int, dict[int | None, int]] = {}
    count = 0
    for error in engine.all_errors(faulty.report):
        if count == MOST_MARKS:
            return _Marks(cells, cut=True)
        row = error.get("rowNumber") or (faulty.layout.header_row if error.get("fieldNumber") else None)
        if row is None:
            continue
        code, column = grouped.key_of(error)
        number = error.get("fieldNumber")
        cells.setdefault(row, {}).setdefault(number - 1 if number else None, numbers.get((code, column), 0))
        count += 1
    return _Marks(cells, cut=engine.is_partial(faulty.report))


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
    marks: _Marks
    formats: Mapping[str, Any]
    lang: str
    mends: Sequence[str]  # of each cause
    marked: int = 0

    def write(self) -> int:
        """Write all rows where they stand; returns how many cells are marked."""
        self.sheet.freeze_panes(min(self.faulty.layout.header_row, MOST_ROWS - 1), 0)
        for at, row, proposals in _all_rows(self.faulty):
            if at > MOST_ROWS:
                break
            wrong = self.marks.cells.get(at, {})
            for column, cell in enumerate(row[:MOST_COLUMNS]):
                cause = wrong.get(column, wrong.get(None) if column == 0 else None)
                if (cause is None and column not in proposals) or self.marked == MOST_MARKS:
                    _write(self.sheet, (at - 1, column), cell, None)
                else:
                    self._mark((at - 1, column), cell, cause, proposals.get(column))
        return self.marked

    def _mark(self, place: tuple[int, int], cell: Any, cause: int | None, proposal: Proposal | None) -> None:
        words = _WORDS[self.lang]
        note = [] if cause is None else [self.mends[cause]]
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


def _all_rows(faulty: Faulty) -> Iterator[tuple[int, list[Any], dict[int, Proposal]]]:
    """Every row of the sheet: those above the body as they are, those of the body with their proposals."""
    for at, row in enumerate(faulty.layout.rows(), start=1):
        if at > faulty.layout.header_row:
            break
        yield at, row, {}
    yield from Repair(faulty).rows()


def _write(sheet: Any, place: tuple[int, int], cell: Any, form: Any) -> None:
    """A cell as text, as it was read; what looks like a formula stays text."""
    if cell in ("", None):
        if form is not None:
            sheet.write_blank(*place, None, form)
        return
    sheet.write_string(*place, str(cell)[:LONGEST], form)
