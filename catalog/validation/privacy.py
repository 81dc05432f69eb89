"""Does the table hold personal data? Decided for each column, by its name and the share of its cells, never by one cell.

What counts: Decree 356/2025/NĐ-CP, article 3. A hit is held for a person's decision, it is not a refusal.
Landlines of offices and tax codes of firms are not personal. Evidence is masked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from catalog.reading.grid import letter
from catalog.reading.vietnamese import folded

BATCH = 2000
MASK = "•••"  # stands for a cell that a person decided to hide; nothing of the cell is left in it

# Province codes of birth registration, 001–096 (Circular 07/2016/TT-BCA, annex); not every number is in use.
_PROVINCES = frozenset(
    (1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44, 45, 46, 48, 49, 51, 52,
     54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96)
)
_SIGNS = dict.fromkeys(map(ord, " .-()\u00a0\t"))
_NINE = re.compile(r"\d{9}")
_MOBILE = re.compile(r"(?:\+?840?|0)[35789]\d{8}")
_MOBILE_CUT = re.compile(r"(?:\+?840?|0)?[35789]\d{8}")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}.*|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|(?:19|20)\d\d")
_NUMBERS = re.compile(r"^[ \t]*([+(]{0,2}\d[\d .\-()\u00a0]{4,24}\d)[ \t]*$", re.M)  # cells of a batch that could be any of the numbers
_MAILS = re.compile(r"^[ \t]*([^\s@]{1,64}@[^\s@]{1,255})[ \t]*$", re.M)
_ACCOUNT = re.compile(r"\d{6,19}")
_PLATE = re.compile(r"\d{2}[- ]?[A-Z][A-Z0-9]?[- .]?(?:\d{4}|\d{3}\.?\d{2})", re.I)
_PASSPORT = re.compile(r"[A-Z]\d{7,8}", re.I)
_INSURANCE = re.compile(r"(?:[A-Z]{2}\d)?\d{10}(?:\d{2})?|[A-Z]{2}[ -]?\d[\d -]{11,16}\d", re.I)
_HEALTH_CARD = re.compile(r"[A-Z]{2}[1-5]\d{12}")
_NEVER = re.compile(r"(?!)")
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
_OFFICE_MAIL = re.compile(r"@(?:[\w-]+\.)*(?:gov|edu)\.vn$", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A column that looks personal: column letter, label, kind, share of its filled cells, masked evidence."""

    column: str
    label: str
    kind: str
    share: float
    count: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of personal data: `telling` words in a header, tests of a cell, and the share that is enough.

    `matches` (given the bare number, or the address) is asked where the header tells, `alone` where it does not (None: then nothing is said); workbooks cut
    leading zeros, so `matches` knows those forms too. `told` and `bare` are the shares needed in the two cases.
    """

    name: str
    telling: re.Pattern[str]
    matches: Callable[[str], bool]
    alone: Callable[[str], bool] | None = None
    told: float = 0.3
    bare: float = 0.6
    said: str = ""  # the kind that it is told as, where it is another way to write that one
    different: int = 0  # so many different cells are needed where no header tells
    of: str = "number"  # what is tested: the bare number, the address, or the whole cell ("text")


def _is_cccd(number: str) -> bool:
    """Twelve digits: province, century with sex, year of birth, six more (Decree 137/2015/NĐ-CP, article 13)."""
    return len(number) == 12 and number.isdigit() and int(number[:3]) in _PROVINCES and number[3] in "0123"


def _is_cut_cccd(number: str) -> bool:
    return 10 <= len(number) <= 12 and _is_cccd(number.zfill(12))


def _is_cccd_without_nought(number: str) -> bool:
    return len(number) == 11 and _is_cccd(number.zfill(12))


def _is_mobile(number: str) -> bool:
    return 10 <= len(number) <= 14 and bool(_MOBILE.fullmatch(number))


def _is_email(address: str) -> bool:
    return bool(_EMAIL.fullmatch(address)) and not _OFFICE_MAIL.search(address)


def _bare(cell: str) -> str:
    """A number without the signs that people put between its digits."""
    return cell.translate(_SIGNS)


_KINDS = (
    _Kind(name="cccd", telling=re.compile(r"\b(cccd|can cuoc|so dinh danh|dinh danh ca nhan|cmnd|chung minh|giay to tuy than)\b"),
          matches=_is_cut_cccd, alone=_is_cccd, told=0.2),
    _Kind(name="cccd-cut", telling=_NEVER, matches=_is_cccd_without_nought, alone=_is_cccd_without_nought, bare=0.9, different=8,
          said="cccd"),
    _Kind(name="cmnd", telling=re.compile(r"\b(cmnd|cmtnd|cmt|chung minh|cccd|so giay to)\b"),
          matches=lambda number: bool(_NINE.fullmatch(number)), told=0.2),
    _Kind(name="mobile", telling=re.compile(r"\b(sdt|dtdd|dien thoai|di dong|so dt|phone|mobile|zalo)\b"),
          matches=lambda number: bool(_MOBILE_CUT.fullmatch(number)), alone=_is_mobile, bare=0.8),
    _Kind(name="email", telling=re.compile(r"\b(e ?mail|thu dien tu)\b"), matches=_is_email, alone=_is_email, of="address"),
    _Kind(name="bank-account", telling=re.compile(r"\b(so tai khoan|stk|tai khoan ngan hang|bank account)\b"),
          matches=lambda number: bool(_ACCOUNT.fullmatch(number))),
    _Kind(name="plate", telling=re.compile(r"\b(bien so|bien kiem soat|bks|so xe|license plate)\b"), matches=lambda cell: bool(_PLATE.fullmatch(cell)), of="text"),
    _Kind(name="passport", telling=re.compile(r"\b(ho chieu|passport)\b"), matches=lambda cell: bool(_PASSPORT.fullmatch(cell)), of="text"),
    _Kind(name="insurance", telling=re.compile(r"\b(bhxh|bhyt|bao hiem xa hoi|bao hiem y te|so the bao hiem|ma the bao hiem)\b"),
          matches=lambda cell: bool(_INSURANCE.fullmatch(cell)), alone=lambda cell: bool(_HEALTH_CARD.fullmatch(_bare(cell))), bare=0.8, different=3, of="text"),
    _Kind(name="home-address", telling=re.compile(r"\b(thuong tru|tam tru|cho o hien (nay|tai)|noi o hien (nay|tai)|ho khau|dia chi nha( rieng)?|home address)\b"),
          matches=lambda cell: len(cell) > 7 and " " in cell and sum(sign.isalpha() for sign in cell) > 5, of="text"),
)
NAMES = {
    "cccd": ("số căn cước công dân", "citizen ID numbers"), "cmnd": ("số chứng minh nhân dân", "old identity card numbers"),
    "mobile": ("số điện thoại di động", "mobile phone numbers"), "email": ("địa chỉ thư điện tử cá nhân", "personal e-mail addresses"),
    "bank-account": ("số tài khoản ngân hàng", "bank account numbers"),
    "plate": ("biển số xe", "vehicle plates"), "passport": ("số hộ chiếu", "passport numbers"),
    "insurance": ("số bảo hiểm xã hội hay y tế", "social or health insurance numbers"), "home-address": ("địa chỉ nơi ở", "home addresses"),
    "name-and-sensitive": ("họ tên kèm thông tin nhạy cảm", "names with sensitive facts"),
    "name-and-birth": ("họ tên kèm ngày sinh", "names with dates of birth"),
}
_SENSITIVE = re.compile(r"\b(dan toc|ton giao|chan doan|tien an|tien su benh|benh ly|tinh trang (suc khoe|hon nhan)|nhom mau|dang khuyet tat|ethnicity|religion|diagnosis)\b")
_PERSON = re.compile(r"\b(ho ten|ho va ten|ten nguoi|ten chu ho|chu ho|ho dem|benh nhan|ten hoc sinh|ten hoc vien|nguoi dai dien|full name)\b")
_BIRTH = re.compile(r"\b(ngay sinh|nam sinh|ngay thang nam sinh|sinh ngay|date of birth|dob)\b")
_ORGANISATION = re.compile(r"\b(co quan|don vi|doanh nghiep|cong ty|truong|truc so|tru so|van phong|duong day nong|tong dai|hotline|lien he co quan)\b")


def screen(labels: Sequence[str], rows: Iterable[Sequence[Any]], titles: Sequence[str] = ()) -> list[Hit]:
    """The columns that look personal. `titles` are the schema's words for the columns, where there are any."""
    tallies = _tallies(labels, titles)
    for batch in _batches(rows):
        for tally, cells in zip(tallies, _columns(batch, len(tallies)), strict=True):
            tally.add(cells)
    hits = [hit for position, tally in enumerate(tallies, start=1) if (hit := tally.hit(letter(position)))]
    return hits or _named_with(tallies)


def nothing_to_find(labels: Sequence[str], blocks: Iterable[bytes], titles: Sequence[str] = ()) -> bool:
    """Whether `screen` would certainly find nothing in this delimited UTF-8 text, told from its bytes without parting them into cells.

    Proven only where no header tells of anything: then a hit needs an e-mail address, or a number of the length and
    beginning of a mobile or a citizen's one.
    """
    tallies = _tallies(labels, titles)
    if any(tally.is_told for tally in tallies) or (_persons(tallies) and any(tally.tells_birth or tally.is_sensitive for tally in tallies)):
        return False
    digits = b""  # in which the last block ended
    for block in blocks:
        if b"@" in block:
            return False
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
    digits = _bare(text)
    return f"{digits[:3]}{'•' * max(len(digits) - 5, 3)}{digits[-2:]}" if len(digits) > 5 else "•••"


class _Tally:
    """Counts for one column."""

    def __init__(self, label: str, words: str) -> None:
        self.label = label
        self.words = folded(words)
        self.filled = 0
        self.dates = 0
        self.tells_birth = bool(_BIRTH.search(self.words))
        self.is_sensitive = bool(_SENSITIVE.search(self.words))
        office = bool(_ORGANISATION.search(self.words))
        told = {kind.name for kind in _KINDS if kind.telling.search(self.words) and not (office and kind.name in ("mobile", "email"))}
        self.is_told = bool(told)
        self._tests = [(kind, kind.matches, kind.told, 1) if kind.name in told else (kind, kind.alone, kind.bare, kind.different)
                       for kind in _KINDS if kind.name in told or kind.alone]
        self._counts = dict.fromkeys((kind.name for kind in _KINDS), 0)
        self._evidence: dict[str, list[str]] = {kind.name: [] for kind in _KINDS}
        self._different: dict[str, set[str]] = {kind.name: set() for kind in _KINDS}

    def add(self, cells: list[str]) -> None:
        """Count a batch of filled cells; one expression over all of them finds those worth a test."""
        cells = [cell for cell in cells if cell != MASK] if MASK in cells else cells
        self.filled += len(cells)
        if self.tells_birth:
            self.dates += sum(1 for cell in cells if _DATE.fullmatch(cell.strip()))
        text = "\n".join(cells)
        if not self.is_told and "@" not in text and not _has_number(text.encode(errors="surrogatepass").translate(_SHAPE, _NOT_OF_A_SHAPE)):
            return  # as `nothing_to_find` would say of this text
        if self.is_told:
            text = _SEVERAL.sub("\n", text)
        candidates = {"number": [_bare(cell) for cell in _NUMBERS.findall(text)], "address": _MAILS.findall(text) if "@" in text else [],
                      "text": [cell.strip() for cell in cells]}
        for kind, test, _, _ in self._tests:
            for cell in filter(test, candidates[kind.of]):
                self._counts[kind.name] += 1
                if len(self._different[kind.name]) < _MOST_DIFFERENT:
                    self._different[kind.name].add(cell)
                if len(self._evidence[kind.name]) < 3:
                    self._evidence[kind.name].append(masked(cell))

    def hit(self, column: str) -> Hit | None:
        """The first kind whose share of the filled cells is enough."""
        for kind, _, enough, different in self._tests:
            count = self._counts[kind.name]
            if count and count >= enough * self.filled and len(self._different[kind.name]) >= different:
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
    return [position for position, tally in enumerate(tallies, start=1) if _PERSON.search(tally.words)]


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
