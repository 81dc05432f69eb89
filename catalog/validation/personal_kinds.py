"""The kinds of personal data that cells show: the words of a header that tell them, and the tests of a cell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from catalog.validation import identifiers as form

_NINE = re.compile(r"\d{9}")
_ACCOUNT = re.compile(r"\d{6,19}")
_PLATE = re.compile(r"\d{2}[- ]?[A-ZĐ][A-ZĐ0-9]{0,2}[- .]?(?:\d{4}|\d{3}\.?\d{2})", re.I)
_PASSPORT = re.compile(r"[A-Z]\d{7,8}", re.I)
_INSURANCE = re.compile(r"(?:[A-Z]{2}\d)?\d{10}(?:\d{2})?|[A-Z]{2}[ -]?\d[\d -]{11,16}\d", re.I)
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Kind:
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


KINDS = (
    Kind(name="cccd", telling=re.compile(r"\b(cccd|can cuoc|so dinh danh|dinh danh ca nhan|cmnd|chung minh|giay to tuy than)\b"),
         matches=form.is_cut_cccd, alone=form.is_cccd, told=0.2),
    Kind(name="cccd-cut", telling=_NEVER, matches=form.is_cccd_without_nought, alone=form.is_cccd_without_nought, bare=0.9, different=8,
         said="cccd"),
    Kind(name="cmnd", telling=re.compile(r"\b(cmnd|cmtnd|cmt|chung minh|cccd|so giay to)\b"),
         matches=lambda number: bool(_NINE.fullmatch(number)), told=0.2),
    Kind(name="mobile", telling=re.compile(r"\b(sdt|dtdd|dien thoai|di dong|so dt|phone|mobile|zalo)\b"),
         matches=form.may_be_cut_mobile, alone=form.is_mobile, bare=0.8),
    Kind(name="email", telling=re.compile(r"\b(e ?mail|thu dien tu)\b"), matches=form.is_email, alone=form.is_email, of="address"),
    Kind(name="bank-account", telling=re.compile(r"\b(so tai khoan|stk|so tk|tai khoan ngan hang|bank account)\b"),
         matches=lambda number: bool(_ACCOUNT.fullmatch(number))),
    Kind(name="plate", telling=re.compile(r"\b(bien so|bien kiem soat|bien dang ky|bien xe|bks|so xe|license plate)\b"), matches=lambda cell: bool(_PLATE.fullmatch(cell)), of="text"),
    Kind(name="passport", telling=re.compile(r"\b(ho chieu|so hc|passport)\b"), matches=lambda cell: bool(_PASSPORT.fullmatch(cell)), of="text"),
    Kind(name="insurance", telling=re.compile(r"\b(bhxh|bhyt|bao hiem xa hoi|bao hiem y te|so bao hiem|ma bao hiem|ma so bao hiem|so the bao hiem|ma the bao hiem)\b"),
         matches=lambda cell: bool(_INSURANCE.fullmatch(cell)), alone=form.is_health_card, bare=0.8, different=3, of="text"),
    Kind(name="home-address", telling=re.compile(r"\b(thuong tru|tam tru|cho o hien (nay|tai)|noi o hien (nay|tai)|ho khau|dia chi nha( rieng)?|home address)\b"),
         matches=lambda cell: len(cell) > 7 and " " in cell and sum(sign.isalpha() for sign in cell) > 5, of="text"),
)
