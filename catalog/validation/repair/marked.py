"""The marked workbook: the person's own file, wrong cells coloured with what is wrong and what to write, causes first.

An XLSX file comes back with its own cells, types, formats and widths (`marking_child`); of every other, and of one that is written in a way
that is not known, its values do (`plain_book`).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.issues import say
from catalog.reading.kinds import WORKBOOKS
from catalog.reading.limits import Limits
from catalog.validation.faulty import Faulty
from catalog.validation.repair.marks import Marks, marks_of
from catalog.validation.repair.plain_book import LONGEST, MOST_COLUMNS, MOST_ROWS, write_plain
from catalog.validation.repair.proposals import Proposal
from catalog.validation.repair.table import Repair

MOST_MARKS = 100_000
MOST_NOTES = 10_000  # comments; more of them make a workbook slow to open
NOTE = 900  # characters of a comment
CHILD = Path(__file__).with_name("marking_child.py")  # never imported here
OWN_SECONDS = 3600  # for a workbook that was written here

_WORDS = {
    "vi": {"causes": "Lỗi cần sửa", "table": "Dữ liệu", "proposal": "Nên ghi: {}", "choices": "Chọn một cách đọc: {}", "empty": "để trống",
           "head": ("Cột", "Lỗi", "Cách sửa", "Ai xử lý", "Số ô", "Ô đầu tiên", "Ví dụ", "Nên ghi"),
           "more": "Chỉ đánh dấu {} ô đầu tiên; các ô còn lại xem bảng trên.",
           "notes": "Chỉ {} ô đầu tiên có ghi chú; các ô tô màu còn lại xem bảng trên.",
           "kept": "Các trang tính sau là tệp đã gửi, giữ nguyên giá trị, kiểu dữ liệu và định dạng; dòng, cột ẩn có ô sai được hiện ra. Công thức được thay bằng giá trị; macro, liên kết, hình, "
                   "biểu đồ, kiểu bảng, định dạng có điều kiện, danh sách chọn và ghi chú cũ không được giữ lại.",
           "lost": "Các trang tính sau chỉ có giá trị các ô của tệp đã gửi; định dạng, độ rộng cột, công thức, hình, biểu đồ và ghi chú cũ không được giữ lại.",
           "colours": "Ô đỏ: sai. Ô vàng: sai, đã biết cách ghi đúng (xem ghi chú của ô). Ô xanh: cần chọn một cách đọc."},
    "en": {"causes": "Errors to mend", "table": "Data", "proposal": "Write: {}", "choices": "Choose a reading: {}", "empty": "blank",
           "head": ("Column", "Error", "How to mend it", "Who acts", "Cells", "First cell", "Example", "Write"),
           "more": "Only the first {} cells are marked; for the others see the table above.",
           "notes": "Only the first {} cells have a comment; for the other coloured cells see the table above.",
           "kept": "The other sheets are the file as it was sent, with its values, types and formats; hidden rows and columns with wrong cells are shown. Formulas are replaced by their values; macros, links, "
                   "pictures, charts, table styles, conditional formats, lists of choices and earlier comments are not kept.",
           "lost": "The other sheets only have the values of the cells of the file; formats, widths, formulas, pictures, charts and earlier comments are not kept.",
           "colours": "Red: wrong. Yellow: wrong, and what to write is known (see the cell's comment). Blue: a reading has to be chosen."},
}
_COLOURS = {"wrong": "#f4c7c3", "certain": "#fff2b3", "asked": "#cfe2f3"}


def write_marked(faulty: Faulty, target: Path, lang: str) -> int:
    """Write the workbook to `target` in `lang` (vi or en); returns how many cells are marked, at most 100,000.

    All sheets, rows and columns stand where they stand in the file, so that every address holds; the file itself is never touched.
    """
    marks = marks_of(faulty, MOST_MARKS)
    with tempfile.TemporaryDirectory(prefix="haidang-marked-") as name:
        folder = Path(name)
        if faulty.reading.format == "XLSX":
            marked = _write_overlay(folder / "overlay.xlsx", faulty, marks, lang, way="kept")
            if _is_merged(faulty.reading.source, folder / "overlay.xlsx", target, Limits().workbook_seconds):
                return marked
        layout = faulty.layout
        marked = _write_overlay(folder / "overlay.xlsx", faulty, marks, lang, way="lost" if faulty.reading.format in WORKBOOKS else "")
        write_plain(folder / "plain.xlsx", faulty.reading.grids, faulty.grid, range(layout.header_first or layout.header_row, layout.header_row + 1))
        if not _is_merged(folder / "plain.xlsx", folder / "overlay.xlsx", target, OWN_SECONDS):
            raise RuntimeError("the workbook could not be marked")
        return marked


def _is_merged(book: Path, overlay: Path, target: Path, seconds: int) -> bool:
    """Whether the book could be written to `target` with the marks of the overlay, by a process with limits."""
    limits = Limits()
    command = [sys.executable, "-I", str(CHILD), str(book), str(overlay), str(target), str(limits.workbook_memory), str(seconds), str(limits.unpacked)]
    try:
        return subprocess.run(command, capture_output=True, timeout=seconds, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def _write_overlay(path: Path, faulty: Faulty, marks: Marks, lang: str, *, way: str) -> int:
    """Write the list of causes, and sheets with nothing but colours and comments where the file has its own; returns how many cells are marked."""
    import xlsxwriter

    words = _WORDS[lang]
    names = _sheet_names([grid.sheet or words["table"] for grid in faulty.reading.grids], words["causes"])
    table = next(name for name, grid in zip(names, faulty.reading.grids, strict=True) if grid is faulty.grid)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        formats = {"bold": book.add_format({"bold": True, "bottom": 1}), "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
                   "link": book.add_format({"font_color": "#0b57d0", "underline": 1, "valign": "top"}),
                   **{key: book.add_format({"bg_color": colour}) for key, colour in _COLOURS.items()}}
        causes = book.add_worksheet(words["causes"])
        row = _write_causes(causes, faulty, table, formats, lang)
        for name, grid in zip(names, faulty.reading.grids, strict=True):
            sheet = book.add_worksheet(name)
            if grid.hidden:
                sheet.hide()
            if grid is faulty.grid:
                mends = [say(issue, lang).mend for _, issue in faulty.causes]
                marked = _Table(sheet=sheet, faulty=faulty, marks=marks, formats=formats, lang=lang, mends=mends).write()
        remarks = [words["more"].format(_figure(MOST_MARKS))] if marks.cut else []
        remarks += [words["notes"].format(_figure(MOST_NOTES))] if marked > MOST_NOTES else []
        for line in [*remarks, words.get(way, "")]:
            causes.write_string(row, 1, line, formats["wrap"])
            row += 1
        return marked


def _figure(number: int) -> str:
    return f"{number:,}".replace(",", ".")


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


@dataclass(slots=True, kw_only=True)
class _Table:
    """The marks of the table while they are written; `marked` counts cells."""

    sheet: Any
    faulty: Faulty
    marks: Marks
    formats: Mapping[str, Any]
    lang: str
    mends: Sequence[str]  # of each cause
    marked: int = 0

    def write(self) -> int:
        """Write all marks where they stand; returns how many cells have one."""
        for at, proposals in self._rows():
            if at > MOST_ROWS or self.marked >= MOST_MARKS:
                break
            wrong = self.marks.rows.get(at, {})
            whole = wrong.get(None, [])  # what is wrong with the row as a whole stands at its first cell
            columns = {column for column in (*wrong, *proposals) if column is not None and column < MOST_COLUMNS} | ({0} if whole else set())
            for column in sorted(columns)[:MOST_MARKS - self.marked]:
                self._mark((at - 1, column), [*wrong.get(column, []), *(whole if column == 0 else [])], proposals.get(column))
        return self.marked

    def _rows(self) -> Iterator[tuple[int, Mapping[int, Proposal]]]:
        """The rows of the sheet that are to be marked, in order, with the proposals for their cells."""
        wrong = sorted(self.marks.rows, reverse=True)
        for at, _, proposals in Repair(self.faulty).rows():
            while wrong and wrong[-1] < at:
                yield wrong.pop(), {}
            if wrong and wrong[-1] == at:
                wrong.pop()
                yield at, proposals
            elif proposals:
                yield at, proposals
        yield from ((at, {}) for at in reversed(wrong))

    def _mark(self, place: tuple[int, int], causes: Sequence[int], proposal: Proposal | None) -> None:
        words = _WORDS[self.lang]
        note = list(dict.fromkeys(self.mends[cause] for cause in causes))
        colour = "wrong"
        if proposal is not None and proposal.after is not None:
            colour = "certain"
            note.append(words["proposal"].format(proposal.after or words["empty"]))
        elif proposal is not None:
            colour = "asked"
            note += [proposal.because[self.lang]] if proposal.because else []
            note.append(words["choices"].format(" | ".join(dict.fromkeys(reading.value or words["empty"] for reading in proposal.readings))))
        self.sheet.write_blank(*place, None, self.formats[colour])
        if self.marked < MOST_NOTES:
            self.sheet.write_comment(*place, "\n".join(note)[:NOTE], {"x_scale": 2.2, "y_scale": 1.4})
        self.marked += 1
