"""Numbers in Vietnamese and in English writing: `1.234.567,89` and `1,234,567.89`.

A column proves a writing when all its cells can be read so and not all the other way. `1.234` and `1,234` alone prove nothing:
such a cell is certain only where other cells prove the very role of its sign, as `1.234.567` does for points between
thousands and `12,5` for a decimal comma. That other cells are written as the schema wants proves nothing about it.
`(5)` may be a footnote and `- 5` an item of a list: they are negative for certain where other cells in brackets are amounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from catalog.validation.repair.proposals import Reading

VIETNAMESE, ENGLISH = "number-vietnamese", "number-english"
ENOUGH_ALONE = 3  # so many different whole numbers, each with three digits after the sign, are not decimals
WRITINGS = (VIETNAMESE, ENGLISH)
_GROUPED = r"[1-9]\d{{0,2}}(?:{group}\d{{3}})+|\d+"
_FORMS = {
    VIETNAMESE: re.compile(rf"({_GROUPED.format(group='[.]')})(?:,(\d+))?"),
    ENGLISH: re.compile(rf"({_GROUPED.format(group=',')})(?:\.(\d+))?"),
}
_SPACED = re.compile(r"\d{1,3}(?:[ '’\u202f]\d{3})+(?:[.,]\d+)?")
_ONE_GROUP = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_NEGATIVE = re.compile(r"\((.+)\)")
_SIGN = re.compile(r"([+\-−–])(\s?)(.+)")


@dataclass(frozen=True, slots=True)
class Amount:
    """The parts of a written number: its digits, whether it is negative and by what sign, whether it is a percentage.

    `apart` says that a blank stands between the sign and the digits.
    """

    digits: str
    negative: bool = False
    bracketed: bool = False
    percent: bool = False
    apart: bool = False

    @property
    def is_marker(self) -> bool:
        """Whether it may be a footnote or a running number instead: a whole number without groups, in brackets."""
        return self.bracketed and self.digits.isdigit()


def parts(cell: str) -> Amount | None:
    """The parts of a cell that looks like a number; None for one that does not."""
    text, percent = cell, cell.endswith("%")
    text = text.removesuffix("%").rstrip()
    bracketed = _NEGATIVE.fullmatch(text)
    sign = None if bracketed else _SIGN.fullmatch(text)
    digits = bracketed[1].strip() if bracketed else sign[3] if sign else text
    if not re.fullmatch(r"[\d.,'’\u202f ]*\d", digits) or not digits[0].isdigit() or not digits.isascii() and not _SPACED.fullmatch(digits):
        return None
    return Amount(digits=digits, negative=bool(bracketed) or (sign is not None and sign[1] != "+"), bracketed=bool(bracketed), percent=percent,
                  apart=sign is not None and bool(sign[2]))


def as_written(digits: str, writing: str) -> str | None:
    """Digits in one writing as a Table Schema wants them; None where they are not written so."""
    if _SPACED.fullmatch(digits):
        whole, mark, rest = re.sub(r"[ '’\u202f]", "", digits).replace(",", ".").partition(".")
        return whole + mark + rest if (writing == VIETNAMESE) == ("," in digits) or not mark else None
    found = _FORMS[writing].fullmatch(digits)
    if not found:
        return None
    whole = re.sub(r"[.,]", "", found[1])
    return whole + (f".{found[2]}" if found[2] is not None else "")


@dataclass(slots=True)
class NumberEvidence:
    """Which writings all the numbers of a column could be in, and which roles of a sign some of them prove.

    `whole` says that the field takes integers only, so that a reading with decimals is none.
    """

    whole: bool = False
    vietnamese: bool = True
    english: bool = True
    proofs: set[tuple[str, str]] = field(default_factory=set)  # sign and role: (".", "group"), (",", "decimal") …
    alone: dict[str, set[str]] = field(default_factory=dict)  # by sign: different numbers with one group of three digits after it
    bracketed: bool = False  # some amount in brackets that is no footnote

    def look(self, cell: str) -> None:
        """Learn from a cell; what is no number says nothing, nor does one of digits alone."""
        if cell.isascii() and cell.isdigit():
            return
        amount = parts(cell)
        if amount is None:
            return
        self.bracketed |= amount.bracketed and not amount.is_marker
        read = [self._read(amount.digits, writing) for writing in WRITINGS]
        if any(value is not None for value in read):
            self.vietnamese &= read[0] is not None
            self.english &= read[1] is not None
        if _ONE_GROUP.fullmatch(amount.digits):
            self.alone.setdefault("." if "." in amount.digits else ",", set()).add(amount.digits)
        elif (read[0] is None) != (read[1] is None):
            group, decimal = (".", ",") if read[0] is not None else (",", ".")
            self.proofs |= {(sign, role) for sign, role in ((group, "group"), (decimal, "decimal")) if sign in amount.digits}

    def _read(self, digits: str, writing: str) -> str | None:
        value = as_written(digits, writing)
        return value if value is None or not self.whole or as_whole(value) is not None else None

    def writings(self) -> tuple[str, ...]:
        """The writings that the column still allows; both where it contradicts itself."""
        allowed = tuple(writing for writing, possible in zip(WRITINGS, (self.vietnamese, self.english), strict=True) if possible)
        return allowed or WRITINGS

    def is_proven(self, digits: str) -> bool:
        """Whether the column proves how a number is to be read that has one sign before three digits; true for any other number."""
        if not _ONE_GROUP.fullmatch(digits):
            return True
        sign = "." if "." in digits else ","
        allowed = self.writings()
        role = "group" if (allowed[0] == VIETNAMESE) == (sign == ".") else "decimal"
        by_type = self.whole and role == "group" and len(self.alone.get(sign, ())) >= ENOUGH_ALONE
        return len(allowed) == 1 and (by_type or ((sign, role) in self.proofs and not (self.whole and role == "decimal")))

    def is_signed(self, amount: Amount) -> bool:
        """Whether the column proves that a number is negative where its sign may stand for something else; true for any other number."""
        return not amount.apart and (not amount.is_marker or self.bracketed)

    def readings(self, cell: str) -> Iterator[tuple[Reading, Amount]]:
        """The ways to read a cell as a number, with its parts; a percentage as the number before its sign.

        Where the column proves nothing about this very number, it is read in every writing.
        """
        amount = parts(cell)
        if amount is None:
            return
        for writing in self.writings() if self.is_proven(amount.digits) else WRITINGS:
            value = as_written(amount.digits, writing)
            if value is not None:
                yield Reading(("-" if amount.negative else "") + value, writing), amount


def hundredth(value: str) -> str:
    """A hundredth of a number, written without an exponent."""
    return format(Decimal(value).scaleb(-2).normalize(), "f")


def as_whole(value: str) -> str | None:
    """A number as an integer is written; None where it is none."""
    whole, _, rest = value.partition(".")
    return whole if not rest.strip("0") else None
