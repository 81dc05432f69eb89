"""Does the table hold personal data? Decided for each column, by its name and the share of its cells, never by one cell.

What counts: Decree 356/2025/NĐ-CP, article 3. A hit is held for a person's decision, it is not a refusal.
Landlines of offices and tax codes of firms are not personal. Evidence is masked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from catalog.reading.grid import letter
from catalog.reading.vietnamese import folded
from catalog.validation import identifiers as form
from catalog.validation import in_text
from catalog.validation.people import BIRTH, PERSON, has_persons
from catalog.validation.personal_kinds import KINDS
from catalog.validation.untold import Sample, has_digit, untold

BATCH = 2000
MASK = "•••"  # stands for a cell that a person decided to hide; nothing of the cell is left in it

_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}.*|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|(?:19|20)\d\d")
_NUMBERS = re.compile(r"^[ \t]*([+(]{0,2}\d[\d .\-()\u00a0]{4,24}\d)[ \t]*$", re.M)  # cells of a batch that could be any of the numbers
_MAILS = re.compile(r"^[ \t]*([^\s@]{1,64}@[^\s@]{1,255})[ \t]*$", re.M)
_SEVERAL = re.compile(r"\s*(?:[;/,]|\bhoặc\b|\bvà\b)\s*")  # between numbers in one cell
# Digits in a block of bytes: whatever may stand between or around those of one cell is left out, U is the first byte of a digit of another
# script (or of some other sign; more may be taken for digits than is), and a full stop is anything else, such as the end of a cell.
_DIGITS = b"0123456789U"
_FOREIGN = b"\xd9\xdb\xdf\xe0\xe1\xea\xef\xf0"  # the first bytes of all digits of Unicode beyond ASCII
_SHAPE = bytes(byte if byte in _DIGITS[:10] else _DIGITS[10] if byte in _FOREIGN else ord(".") for byte in range(256))
_NOT_OF_A_SHAPE = b' .-()"\xc2' + bytes(range(0x80, 0xC0))
_ONE_DIGIT = bytes(ord("0") if byte in _DIGITS else ord(".") for byte in range(256))
_TEN_DIGITS = b"0" * 10
_MOST_DIFFERENT = 8  # cells of a kind that are told apart
_LONGEST = 26  # digits in a cell that `_NUMBERS` takes
_PERSONAL_NUMBER = re.compile(rb"(?:0|840?)[35789][0-9U]{8}|[0-9U]{2,3}[0-3][0-9U]{8}|[1-5U][0-9U]{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A column that looks personal: column letter, label, kind, share of its filled cells, masked evidence."""

    column: str
    label: str
    kind: str
    share: float
    count: int
    evidence: tuple[str, ...]


NAMES = {
    "cccd": ("số căn cước công dân", "citizen ID numbers"), "cmnd": ("số chứng minh nhân dân", "old identity card numbers"),
    "mobile": ("số điện thoại di động", "mobile phone numbers"), "email": ("địa chỉ thư điện tử cá nhân", "personal e-mail addresses"),
    "bank-account": ("số tài khoản ngân hàng", "bank account numbers"),
    "plate": ("biển số xe", "vehicle plates"), "passport": ("số hộ chiếu", "passport numbers"),
    "insurance": ("số bảo hiểm xã hội hay y tế", "social or health insurance numbers"), "home-address": ("địa chỉ nơi ở", "home addresses"),
    "name-and-sensitive": ("họ tên kèm thông tin nhạy cảm", "names with sensitive facts"),
    "name-and-birth": ("họ tên kèm ngày sinh", "names with dates of birth"),
}
_OF_PERSONS = ("cccd", "cmnd", "insurance", "passport", "home-address")  # in a table with these all others are of persons too
_OF_OFFICES = ("mobile", "email")  # which offices have as well
_SHORTEST = 9  # signs of a text in which an identifier can stand
_SEVERAL_AMID, _SHARE_AMID = 3, 0.05
_SENSITIVE = re.compile(r"\b(dan toc|ton giao|chan doan|tien an|tien su benh|benh ly|tinh trang (suc khoe|hon nhan)|nhom mau|dang khuyet tat|ethnicity|religion|diagnosis)\b")
_ORGANISATION = re.compile(r"\b(co quan|don vi|doanh nghiep|cong ty|truong|truc so|tru so|van phong|duong day nong|tong dai|hotline|lien he co quan)\b")


def screen(labels: Sequence[str], rows: Iterable[Sequence[Any]], titles: Sequence[str] = ()) -> list[Hit]:
    """The columns that look personal. `titles` are the schema's words for the columns, where there are any."""
    tallies = _tallies(labels, titles)
    for batch in _batches(rows):
        for tally, cells in zip(tallies, _columns(batch, len(tallies)), strict=True):
            tally.add(cells)
    hits = {position: hit for position, tally in enumerate(tallies, start=1) if (hit := tally.hit(letter(position)))}
    persons = any(hit.kind in _OF_PERSONS for hit in hits.values()) or has_persons([tally.words for tally in tallies], [tally.sample.cells for tally in tallies])
    for position, tally in enumerate(tallies, start=1):
        if position not in hits and (hit := tally.untold(letter(position), persons=persons) or tally.in_text(letter(position))):
            hits[position] = hit
    return [hits[position] for position in sorted(hits)] or _named_with(tallies)


def nothing_to_find(labels: Sequence[str], blocks: Iterable[bytes], titles: Sequence[str] = ()) -> bool:
    """Whether `screen` would certainly find nothing in this delimited UTF-8 text, told from its bytes without parting them into cells.

    Proven only where no header tells of anything: then a hit needs an e-mail address, a number of the length and beginning of a mobile
    or a citizen's one, a word that tells of a shorter number, or a column of which nearly all cells are numbers of one form: of those, the
    first rows have to be screened as well.
    """
    tallies = _tallies(labels, titles)
    if any(tally.is_told for tally in tallies) or (_persons(tallies) and any(tally.tells_birth or tally.is_sensitive for tally in tallies)):
        return False
    digits = b""  # in which the last block ended
    words = b""
    for block in blocks:
        if b"@" in block or in_text.may_hold(words + block):
            return False
        words = block[-in_text.LONGEST_WORD:]
        shape = digits + block.translate(_SHAPE, _NOT_OF_A_SHAPE)
        if _has_number(shape):
            return False
        digits = shape[len(shape.rstrip(_DIGITS)) :][-_LONGEST:]
    return True


def _has_number(shape: bytes) -> bool:
    """Whether there is a number of the length and beginning of a mobile or a citizen's one, in a text of which only digits are left."""
    digits = shape.translate(_ONE_DIGIT)
    start = digits.find(_TEN_DIGITS)
    while start >= 0:
        end = digits.find(b".", start)
        end = len(digits) if end < 0 else end
        if _PERSONAL_NUMBER.fullmatch(shape, start, end):
            return True
        start = digits.find(_TEN_DIGITS, end)
    return False


def masked(value: str) -> str:
    """Evidence that shows the form and hides the person: 0901234512 → 090•••••12."""
    text = value.strip()
    if "@" in text:
        name, host = text.split("@", 1)
        return f"{name[:1]}•••@{host}"
    digits = form.bare(text)
    return f"{digits[:3]}{'•' * max(len(digits) - 5, 3)}{digits[-2:]}" if len(digits) > 5 else "•••"


class _Tally:
    """Counts for one column."""

    def __init__(self, label: str, words: str) -> None:
        self.label = label
        self.words = folded(words)
        self.filled = 0
        self.dates = 0
        self.sample = Sample()
        self.tells_birth = bool(BIRTH.search(self.words))
        self.is_sensitive = bool(_SENSITIVE.search(self.words))
        self._of_office = bool(_ORGANISATION.search(self.words))
        told = {kind.name for kind in KINDS if kind.telling.search(self.words) and not (self._of_office and kind.name in _OF_OFFICES)}
        self._told, self.is_told = told, bool(told)
        self._tests = [(kind, kind.matches, kind.told, 1) if kind.name in told else (kind, kind.alone, kind.bare, kind.different)
                       for kind in KINDS if kind.name in told or kind.alone]
        self._counts = dict.fromkeys((kind.name for kind in KINDS), 0)
        self._evidence: dict[str, list[str]] = {kind.name: [] for kind in KINDS}
        self._different: dict[str, set[str]] = {kind.name: set() for kind in KINDS}
        self._amid: dict[tuple[str, bool], Counter[str]] = {}  # by kind, and whether a word tells it

    def add(self, cells: list[str]) -> None:
        """Count a batch of filled cells; one expression over all of them finds those worth a test."""
        cells = [cell for cell in cells if cell != MASK] if MASK in cells else cells
        self.filled += len(cells)
        self.sample.add(cells)
        if self.tells_birth:
            self.dates += sum(1 for cell in cells if _DATE.fullmatch(cell.strip()))
        text = "\n".join(cells)
        data = text.encode(errors="surrogatepass")
        if not self.is_told and b"@" not in data and not _has_number(data.translate(_SHAPE, _NOT_OF_A_SHAPE)) and not in_text.may_hold(data):
            return  # as `nothing_to_find` would say of this text
        self._look_amid(cells)
        if self.is_told:
            text = _SEVERAL.sub("\n", text)
        candidates = {"number": [form.bare(cell) for cell in _NUMBERS.findall(text)], "address": _MAILS.findall(text) if "@" in text else [],
                      "text": [cell.strip() for cell in cells]}
        for kind, test, _, _ in self._tests:
            for cell in filter(test, candidates[kind.of]):
                self._counts[kind.name] += 1
                if len(self._different[kind.name]) < _MOST_DIFFERENT:
                    self._different[kind.name].add(cell)
                if len(self._evidence[kind.name]) < 3:
                    self._evidence[kind.name].append(masked(cell))

    def _look_amid(self, cells: Sequence[str]) -> None:
        for cell in cells:
            if len(cell) > _SHORTEST and in_text.has_letters(cell):
                for found in in_text.identifiers_in(cell):
                    if not (self._of_office and found.kind in _OF_OFFICES):
                        self._amid.setdefault((found.kind, found.is_told), Counter())[found.value] += 1

    def untold(self, column: str, *, persons: bool) -> Hit | None:
        """What nearly all cells of a sample look like, though no header tells it."""
        found = None if self.is_told else untold(self.sample.cells, self.words, persons=persons)
        if found is None:
            return None
        share = len(found.cells) / len(self.sample.cells)
        return Hit(column=column, label=self.label, kind=found.kind, share=round(share, 3), count=round(share * self.filled), evidence=tuple(map(masked, found.cells[:3])))

    def in_text(self, column: str) -> Hit | None:
        """The kind of identifiers that stand amid other words: two different persons' or three of another kind that their words tell, or three in
        one cell of twenty."""
        looked_at = self.filled
        if not self._amid and (plates := Counter(plate for cell in self.sample.cells if len(cell) > _SHORTEST for plate in in_text.plates_in(cell))):
            self._amid["plate", False], looked_at = plates, len(self.sample.cells)
        for (kind, is_told), values in sorted(self._amid.items(), key=lambda item: (not item[0][1], -item[1].total())):
            count = values.total()
            if len(values) >= (2 if is_told and kind in _OF_PERSONS else _SEVERAL_AMID) and (is_told or count >= _SHARE_AMID * looked_at):
                return Hit(column=column, label=self.label, kind=kind, share=round(min(count / looked_at, 1.0), 3), count=count, evidence=tuple(map(masked, list(values)[:3])))
        return None

    def hit(self, column: str) -> Hit | None:
        """The first kind whose share is enough: of the filled cells, or, where no header tells, of those that have a digit, if several differ."""
        numbered = sum(map(has_digit, self.sample.cells)) / max(len(self.sample.cells), 1)
        for kind, _, enough, different in self._tests:
            count, told = self._counts[kind.name], kind.name in self._told or kind.of == "address"
            least = different if told or count >= enough * self.filled else max(different, _SEVERAL_AMID)
            if count and count >= enough * self.filled * (1 if told else numbered) and len(self._different[kind.name]) >= least:
                return Hit(column=column, label=self.label, kind=kind.said or kind.name, share=round(min(count / self.filled, 1.0), 3), count=count,
                           evidence=tuple(self._evidence[kind.name]))
        return None


def _named_with(tallies: list[_Tally]) -> list[Hit]:
    """Names beside dates of birth or sensitive facts: neither says much alone, together they are a person."""
    people = [position for position in _persons(tallies) if tallies[position - 1].filled]
    births = [position for position, tally in enumerate(tallies, start=1) if tally.dates and tally.dates >= tally.filled / 2]
    facts = [position for position, tally in enumerate(tallies, start=1) if tally.is_sensitive and tally.filled and position not in people]
    if not people or not (births or facts):
        return []
    tally = tallies[people[0] - 1]
    return [Hit(column=letter(people[0]), label=tally.label, kind="name-and-birth" if births else "name-and-sensitive", share=1.0, count=tally.filled,
                evidence=(f"{letter(people[0])} + {letter((births or facts)[0])}",))]


def _tallies(labels: Sequence[str], titles: Sequence[str]) -> list[_Tally]:
    return [_Tally(label, f"{label} {title}") for label, title in zip(labels, [*titles, *[""] * len(labels)], strict=False)]


def _persons(tallies: list[_Tally]) -> list[int]:
    """The positions, from 1, of the columns whose words are those of a person's name."""
    return [position for position, tally in enumerate(tallies, start=1) if PERSON.search(tally.words)]


def _batches(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _columns(batch: list[Sequence[Any]], width: int) -> Iterator[list[str]]:
    """The filled cells of each column as text, `width` lists of them."""
    even = min(map(len, batch)) >= width
    columns = islice(zip(*batch, strict=False), width) if even else ([row[at] for row in batch if len(row) > at] for at in range(width))
    for cells in columns:
        if set(map(type, cells)) <= {str}:
            yield list(filter(None, cells))
        else:
            yield [str(cell) for cell in cells if cell not in (None, "")]
