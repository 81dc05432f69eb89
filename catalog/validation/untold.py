"""Columns that hold identifiers though no header says so, told by the shape of many cells, how they are spread, and the persons beside them.

Which rule tells what, and what is left because nothing honest tells it, stands in docs/decisions/0026-columns-that-no-header-tells.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from catalog.validation import identifiers as form

SAMPLED = 1_000  # cells of a column that are looked at
LEAST = 8  # different cells, below which nothing is told
MANY = 12  # different cells, where no person stands in the table
NEARLY_ALL, MOST = 0.95, 0.8
_MOMENT = re.compile(r"(?:199|20[0-3])\d{7,14}|1[4-9]\d{8}(?:\d{3})?")
_DIGIT = re.compile(r"\d")
_LETTERS = re.compile(r"\D")
GAP = 10  # between numbers of a series, at most
_VAGUE = re.compile(r"(?:(?:cot|column|col|field|truong|unnamed|thong tin|ghi chu|noi dung|mo ta|dien giai|chi tiet|gia tri|du lieu|note|notes|info|value|data|khac)"
                    r"(?: (?:khac|bo sung|them|chung))?|ma|so|ma so|so hieu|code|id|no|ref)?(?: ?\d{1,3})?")
_OTHER = re.compile(
    r"\b(tien|von|kinh phi|gia tri|don gia|gia|doanh thu|thu|chi|ngan sach|vnd|usd|dong|muc|tong|so luong|san luong|dien tich|dan so|m2|ha|kg|tan|toa do|kinh do|vi do"
    r"|ma so thue|mst|tax|ma vach|barcode|van ban|quyet dinh|giay phep|giay chung nhan|ma hang|san pham|doanh nghiep|co quan|hop dong|hoa don|thua|to ban do|serial|isbn"
    r"|issn|siren|siret|insee|osm|objectid|geo|lat|lon|area|price|amount|total|population|count|budget|cost|ngay|thang|nam|date|time|thoi gian|url|uri|version|ty le)\b")


@dataclass(slots=True)
class Sample:
    """A part of a column's filled cells, spread evenly over all of it; at most twice `SAMPLED`."""

    cells: list[str] = field(default_factory=list)
    _stride: int = 1
    _skip: int = 0

    def add(self, cells: Sequence[str]) -> None:
        taken = cells[self._skip::self._stride]
        self._skip += len(taken) * self._stride - len(cells)
        self.cells += taken
        while len(self.cells) > 2 * SAMPLED:
            self.cells, self._stride = self.cells[::2], self._stride * 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """What a column seems to hold: the kind, and the cells of the sample that look so."""

    kind: str
    cells: tuple[str, ...]


def untold(sample: Sequence[str], words: str, *, persons: bool) -> Untold | None:
    """What a column holds that its header, folded to `words`, does not tell; `persons`: whether the table is about persons."""
    cells = list(filter(has_digit, map(str.strip, sample)))  # the others say that there is no number, or why
    if _OTHER.search(words) or len(set(cells)) < LEAST / 2:
        return None
    vague = _VAGUE.fullmatch(words) is not None
    return _with_letters(cells, persons=persons) or (_of_digits(cells, persons=persons) if persons or vague else None)


def has_digit(cell: str) -> bool:
    """Whether a cell has a number in it."""
    return _DIGIT.search(cell) is not None


def _with_letters(cells: Sequence[str], *, persons: bool) -> Untold | None:
    """Plates and passports."""
    found = _matching(cells, form.is_plate, MOST)
    if len(set(found)) >= LEAST / 2 and (
            persons or _share(found, form.is_plate_as_written) >= 0.5 or _are_spread([_LETTERS.sub("", cell) for cell in found])):
        return Untold(kind="plate", cells=tuple(found))
    found = _matching(cells, form.is_passport if persons else form.is_own_passport, NEARLY_ALL)
    if found and _are_spread([_LETTERS.sub("", cell) for cell in found]):
        return Untold(kind="passport", cells=tuple(found))
    return None


def _of_digits(cells: Sequence[str], *, persons: bool) -> Untold | None:
    """Numbers of nine to sixteen digits, with or without blanks between them; full stops stand in sums and measures."""
    numbers = [number for cell in cells if "," not in cell and "." not in cell and (number := form.bare(cell)).isdecimal() and number.isascii()]
    if len(numbers) < MOST * len(cells) or not _are_spread(numbers):
        return None
    cards = [number for number in numbers if form.is_cccd(number) or form.is_cmnd(number)]
    if len(cards) >= NEARLY_ALL * len(numbers) and _share(cards, form.is_cccd) >= 0.2:
        return Untold(kind="cccd", cells=tuple(cards))
    if _share(numbers, _is_moment) > MOST or _share(numbers, form.is_landline) > MOST:
        return None
    for kind, look in _KINDS:
        found = look(numbers, persons)
        if len(found) >= NEARLY_ALL * len(numbers):
            return Untold(kind=kind, cells=tuple(found))
    return None


def _matching(cells: Sequence[str], is_one: Callable[[str], bool], share: float) -> list[str]:
    """The cells that are of a form, where they are enough."""
    found = list(filter(is_one, cells))
    return found if found and len(found) >= share * len(cells) else []


def _are_spread(numbers: Sequence[str]) -> bool:
    """Whether the numbers are given to many at random: nearly all differ, hardly one is round or padded, and they neither follow each other nor
    lie close together."""
    different = set(numbers)
    if len(different) < LEAST or len(different) < MOST * len(numbers):
        return False
    if _share(numbers, lambda number: number.endswith("00")) > 0.2 or _share(numbers, lambda number: number.startswith("000")) > 0.1:
        return False
    ordered = sorted(map(int, different))
    gaps = [right - left for left, right in zip(ordered, ordered[1:], strict=False)]
    inner = ordered[len(ordered) * 9 // 10] - ordered[len(ordered) // 10]
    return median(gaps) > GAP and inner >= 10 ** (min(max(map(len, different)), 9) - 4)


def _share(numbers: Sequence[str], is_one: Callable[[str], bool]) -> float:
    return sum(map(is_one, numbers)) / len(numbers)


def _is_moment(number: str) -> bool:
    """Whether digits begin with one of our years (20240131…), or are seconds or milliseconds since 1970."""
    return bool(_MOMENT.fullmatch(number))


def _of_one_province(numbers: Sequence[str]) -> bool:
    """Whether half of the numbers or more begin with the same two digits, as those of one province's people do."""
    return Counter(number[:2] for number in numbers).most_common(1)[0][1] >= len(numbers) / 2


def _old_cards(numbers: list[str], persons: bool) -> list[str]:
    found = list(filter(form.is_cmnd, numbers))
    if len(set(found)) < (LEAST if persons else MANY) or not persons and (not _of_one_province(found) or _share(found, form.passes_luhn) > MOST):
        return []
    return found


def _cut_mobiles(numbers: list[str], persons: bool) -> list[str]:
    return list(filter(form.is_cut_mobile, numbers)) if persons else []


def _insured(numbers: list[str], persons: bool) -> list[str]:
    """Ten digits that begin with a province's two, of which no more have the check digit of a tax code than by chance."""
    found = list(filter(form.may_be_insured, numbers))
    if not found or _share(found, form.is_tax_code) > 0.5:
        return []
    return found if persons or len(set(found)) >= MANY and _of_one_province(found) else []


def _accounts(numbers: list[str], persons: bool) -> list[str]:
    """Of a bank, or, in a table of persons, of one length or two; bar codes, tax codes and moments are none."""
    if not persons:
        return list(filter(form.is_account_of_a_bank, numbers))
    lengths = Counter(map(len, numbers))
    usual = {length for length, _ in lengths.most_common(2)} & set(range(10, 17))
    if _share(numbers, form.is_article_number) > MOST or _share(numbers, form.is_tax_code) > 0.5:
        return []
    return [number for number in numbers if len(number) in usual]


_KINDS: tuple[tuple[str, Callable[[list[str], bool], list[str]]], ...] = (
    ("cmnd", _old_cards), ("mobile", _cut_mobiles), ("insurance", _insured), ("bank-account", _accounts))
