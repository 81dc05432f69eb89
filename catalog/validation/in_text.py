"""Identifiers amid other words: a note that reads "CCCD 077…, ĐT 0903…", a list of persons in one cell, a comment, a title.

A number that its own word goes before (`told`) is taken for what the word says; one that only its form tells, for less.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from catalog.validation import identifiers as form

_GAP = r"[\s:：.,;#\-–()]{0,6}(?:số|so|no|cấp|mới|cũ|là|la)?[\s:：.,;#\-–()]{0,4}"
_DIGITS = r"\d(?:[ .\-]?\d){%s}(?![\d])"
# The word before the number, composed and in small letters, and the number itself.
_TOLD: tuple[tuple[str, str, str, Callable[[str], bool]], ...] = (
    ("cccd", r"cccd|cmnd|căn cước(?: công dân)?|can cuoc(?: cong dan)?|định danh(?: cá nhân)?|dinh danh(?: ca nhan)?", _DIGITS % 11, form.is_cccd),
    ("cmnd", r"cmnd|cmtnd|cmt|cccd|chứng minh(?: nhân dân| thư)?|chung minh(?: nhan dan| thu)?|giấy tờ tùy thân", _DIGITS % 8, lambda number: len(number) == 9),
    ("mobile", r"đt|sđt|sdt|dt|đtdđ|dtdd|tel|điện thoại|dien thoai|di động|phone|mobile|zalo|liên hệ|lh", r"(?:\+?84|0|\(\+84\))[ .\-]?[35789](?:[ .\-]?\d){8}(?!\d)", form.is_mobile),
    ("bank-account", r"stk|số tk|so tk|tài khoản|tai khoan", _DIGITS % "7,18", lambda number: 8 <= len(number) <= 19),
    ("insurance", r"bhxh|bhyt|bảo hiểm(?: xã hội| y tế)?|bao hiem(?: xa hoi| y te)?", r"(?:[a-z]{2}[ \-]?\d[ \-]?)?\d(?:[ \-]?\d){9,12}(?!\d)",
     lambda number: len(number) == 10 or form.is_health_card(number.upper())),
    ("passport", r"hộ chiếu|ho chieu|passport", r"[a-z]{1,2}\d{6,8}(?!\w)", lambda number: True),
    ("plate", r"biển số|bien so|biển kiểm soát|bien kiem soat|bks|xe", r"\d{2}[- ]?[a-zđ][a-zđ0-9]?[- .]?(?:\d{3}\.?\d{2}|\d{4})(?!\d)", lambda number: form.is_plate(number.upper())),
)
_BY_WORD = tuple((kind, re.compile(rf"(?<!\w)(?:{words}){_GAP}({number})"), test) for kind, words, number, test in _TOLD)
_BEFORE, _AFTER = r"(?<![\w/=%#@+])(?<!\d[.,\-])(?<!\d )", r"(?![\w/@])(?![.,\-]\d)(?! \d)"
_PLATE_AMID = re.compile(r"(?<![\w/.\-])(\d{2}[- ]?[a-zđ][a-zđ0-9]?[- ]\d{3}\.\d{2})(?![\w.])")
_ALONE: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("cccd", re.compile(rf"{_BEFORE}(\d{{3}}[ .]?\d{{3}}[ .]?\d{{3}}[ .]?\d{{3}}){_AFTER}"), form.is_cccd),
    ("mobile", re.compile(rf"{_BEFORE}((?:\+84|\(\+84\)|0)[ .\-]?[35789](?:[ .\-]?\d){{8}}){_AFTER}"), form.is_mobile),
    ("plate", _PLATE_AMID, lambda number: form.is_plate(number.upper())),
    ("email", re.compile(r"(?<![\w.+\-])([\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,5})"), form.is_email),
)
# What a text must hold for a number of less than ten digits in it to be told: few words, since every byte of every file is looked at for them.
_WORDS = tuple(word.encode() for word in (
    "cmnd", "cmt", "stk", "bhxh", "bhyt", "ài khoản", "ộ chiếu", "hứng minh nh", "biển số"))
LONGEST_WORD = max(map(len, _WORDS))  # bytes


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier in a text, as it is written there, and whether a word tells it."""

    kind: str
    value: str
    is_told: bool


def identifiers_in(text: str) -> Iterator[Identifier]:
    """Every identifier in a text once, those that a word tells first."""
    plain = unicodedata.normalize("NFC", text).lower()
    seen: set[str] = set()
    for patterns, told in ((_BY_WORD, True), (_ALONE, False)):
        for kind, pattern, test in patterns:
            for match in pattern.finditer(plain):
                value = match[1]
                bare = form.bare(value)
                if bare not in seen and test(value if kind in ("plate", "email") else bare):
                    seen.add(bare)
                    yield Identifier(kind, value, told)


def plates_in(text: str) -> Iterator[str]:
    """The plates in a text that are written as plates are: 72A-123.45."""
    return (match[1] for match in _PLATE_AMID.finditer(text.lower()) if form.is_plate(match[1].upper()))


def without_identifiers(text: str) -> str:
    """The text with every identifier in it taken out."""
    for found in identifiers_in(text):
        text = re.sub(re.escape(found.value), "", unicodedata.normalize("NFC", text), flags=re.I)
    return text


def may_hold(data: bytes) -> bool:
    """Whether the words stand in a UTF-8 text that tell of a number which is too short to be told by itself."""
    small = data.lower()  # of ASCII alone
    return any(word in small for word in _WORDS)


def has_letters(cell: str) -> bool:
    """Whether a cell is more than a number."""
    return any(sign.isalpha() for sign in cell)
