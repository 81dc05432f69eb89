"""Sheets as offices lay them out, each with what is to be found in it: made from titles, headers, groups, totals, notes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.reading.sheet_rows import Span

Cells = list[list[object]]


@dataclass(frozen=True, slots=True)
class Expected:
    """What is right: rows of the header, of the body, and columns, all inclusive; rows from 1, columns from 0."""

    header: tuple[int, int]
    body: tuple[int, int]
    columns: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet by its name, its cells, its merged cells and its tables."""

    name: str
    cells: Cells
    merges: tuple[Span, ...]
    tables: tuple[Expected, ...]


TITLES = [[], [["BÁO CÁO TÌNH HÌNH CHĂN NUÔI"]], [["ỦY BAN NHÂN DÂN", "", "", "Biểu số 02"], ["SỞ NÔNG NGHIỆP"], [], ["Năm 2023"], ["", "", "", "Đơn vị tính: triệu đồng"]]]
PLACES = ["Vũng Tàu", "Bà Rịa", "Phú Mỹ", "Long Điền", "Đất Đỏ", "Xuyên Mộc", "Châu Đức", "Côn Đảo"]
NOTES = [["Nguồn: Chi cục Thống kê"], [], ["", "", "", "Ngày 15 tháng 8 năm 2023"], ["Người lập biểu", "", "", "Thủ trưởng đơn vị"]]


def one_row_header(counter: bool) -> tuple[Cells, list[tuple[int, int, int, int]]]:
    return [[*(["STT"] if counter else []), "Đơn vị", "Tổng vốn", "Đã giải ngân", "Ghi chú"]], []


def two_row_header(counter: bool) -> tuple[Cells, list[tuple[int, int, int, int]]]:
    start = [["STT"], [""]] if counter else [[], []]
    left = len(start[0])
    rows: Cells = [[*start[0], "Đơn vị", "Kế hoạch vốn", "", "Ghi chú"], [*start[1], "", "Trung ương", "Địa phương", ""]]
    return rows, [(0, 1, left, left), (0, 0, left + 1, left + 2), (0, 1, left + 3, left + 3)]


def three_row_header(counter: bool) -> tuple[Cells, list[tuple[int, int, int, int]]]:
    start = [["TT"], [""], [""]] if counter else [[], [], []]
    left = len(start[0])
    rows: Cells = [[*start[0], "Đơn vị", "Chia theo nguồn", "", "Ghi chú"], [*start[1], "", "Ngân sách", "", ""], [*start[2], "", "Tỉnh", "Huyện", ""]]
    return rows, [(0, 2, left, left), (0, 0, left + 1, left + 2), (1, 1, left + 1, left + 2), (0, 2, left + 3, left + 3)]


HEADERS = (one_row_header, two_row_header, three_row_header)


def numbering(counter: bool) -> list[object]:
    return ["A", "B", "1", "2", "3"] if counter else ["A", "1", "2", "3"]


def body(counter: bool, groups: bool, total: bool) -> Cells:
    rows: Cells = []
    for number, place in enumerate(PLACES, start=1):
        if groups and number in (1, 5):
            rows.append([*(["I" if number == 1 else "II"] if counter else []), "Khu vực thành thị" if number == 1 else "Khu vực nông thôn"])
        rows.append([*([number] if counter else []), place, str(1000 * number + 5), str(700 * number), "" if number % 3 else "Điều chỉnh"])
    return [*rows, [*([""] if counter else []), "Tổng số", "36040", "25200"]] if total else rows


def one_table(titles: Cells, depth: int, *, counter: bool, numbered: bool, groups: bool, total: bool, notes: bool, at: int = 0) -> tuple[Cells, list[Span], Expected]:
    """The rows of one table that begins at row `at` + 1, its merged cells, and what is to be found."""
    header, spans = HEADERS[depth](counter)
    first = at + len(titles) + 1
    filled = body(counter, groups, total)
    start = first + len(header) + numbered
    last = start + len(filled) - 1 - total
    merges = [Span(first + top, first + bottom, left, right) for top, bottom, left, right in spans]
    cells = [*titles, *header, *([numbering(counter)] if numbered else []), *filled, *(NOTES if notes else [])]
    return cells, merges, Expected((first, first + len(header) - 1), (start, last), (0, 3 + counter))


def sheets() -> Iterator[Sheet]:
    """One sheet of every combination that offices write."""
    for titles, depth, counter, numbered, extra, merged in itertools.product(range(3), range(3), (True, False), (True, False), (True, False), (True, False)):
        if depth == 0 and merged:
            continue
        cells, merges, expected = one_table(TITLES[titles], depth, counter=counter, numbered=numbered, groups=extra, total=extra, notes=extra)
        name = f"{titles} titles, {depth + 1} rows of header, {'STT' if counter else 'no STT'}, {numbered=}, groups and notes {extra}, {merged=}"
        yield Sheet(name, cells, tuple(merges) if merged else (), (expected,))
    for counter, depth in itertools.product((True, False), range(3)):
        above, first_merges, first = one_table(TITLES[1], depth, counter=counter, numbered=False, groups=False, total=True, notes=True)
        below, second_merges, second = one_table(TITLES[1], depth, counter=counter, numbered=False, groups=False, total=True, notes=False, at=len(above) + 1)
        yield Sheet(f"two tables, {depth + 1} rows of header, {counter=}", [*above, [], *below], (*first_merges, *second_merges), (first, second))
