"""What the numbers look like by which Vietnam tells its people, vehicles and accounts apart; none of them but the tax code has a check digit.

`bare` takes away the signs that people put between digits. Sources: Decree 137/2015/NĐ-CP, article 13, and Circular 07/2016/TT-BCA (citizens'
numbers), Circular 15/2014/TT-BCA and 24/2023/TT-BCA (plates), Decision 595/QĐ-BHXH (insurance), Circular 105/2020/TT-BTC (tax codes).
"""

from __future__ import annotations

import re

# Province codes of birth registration, 001–096 (Circular 07/2016/TT-BCA, annex); not every number is in use.
PROVINCES = frozenset(
    (1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44, 45, 46, 48, 49, 51, 52,
     54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96)
)
_OLD_PROVINCES = range(1, 39)  # the first two digits of an old identity card, 01 Hà Nội to 38 Cà Mau
_PLATE_PROVINCES = frozenset({*range(11, 100)} - {13, 42, 44, 45, 46, 87, 91, 96})
_SIGNS = dict.fromkeys(map(ord, " .-()\u00a0\t"))
_MOBILE = re.compile(r"(?:\+?840?|0)[35789]\d{8}")
_MOBILE_CUT = re.compile(r"(?:\+?840?|0)?[35789]\d{8}")
_CUT_ALONE = re.compile(r"(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)\d{7}")  # the beginnings that are given out
_LANDLINE = re.compile(r"0?2[0-9]{9}")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_OFFICE_MAIL = re.compile(r"@(?:[\w-]+\.)*(?:gov|edu)\.vn$", re.I)
_PLATE = re.compile(r"(\d{2})[- ]?(?:MĐ[0-9]?|LD|DA|NN|NG|QT|CD|KT|TĐ|HC|[A-HK-NPR-VXYZ][A-HK-NPR-VXYZ0-9]?)[- .]?(?:\d{4}|\d{3}\.?\d{2})", re.I)
_WRITTEN_SO = re.compile(r"\d{2}[- ]?[A-ZĐ][A-ZĐ0-9]?[- .](?:\d{4}|\d{3}\.?\d{2})|\d{2}[A-Z][A-Z0-9]?\d{3}\.\d{2}", re.I)
_PASSPORT = re.compile(r"[A-Z]{1,2}\d{6,8}")
_OWN_PASSPORT = re.compile(r"[BCENP]\d{7,8}")
_HEALTH_CARD = re.compile(r"[A-Z]{2}[1-5]\d{12}")
_BANKS = re.compile(r"0\d{2}[01]00\d{7}|\d{4}20[0-9]\d{6}|\d{3}10000\d{6}")  # Vietcombank, Agribank, BIDV
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def bare(cell: str) -> str:
    """A number without the signs that people put between its digits."""
    return cell.translate(_SIGNS)


def is_cccd(number: str) -> bool:
    """Twelve digits: province, century with sex, year of birth, six more (Decree 137/2015/NĐ-CP, article 13)."""
    return len(number) == 12 and number.isdigit() and int(number[:3]) in PROVINCES and number[3] in "0123"


def is_cut_cccd(number: str) -> bool:
    """A citizen's number of which a workbook may have cut the first noughts."""
    return 10 <= len(number) <= 12 and is_cccd(number.zfill(12))


def is_cccd_without_nought(number: str) -> bool:
    """A citizen's number of which a workbook has cut one nought."""
    return len(number) == 11 and is_cccd(number.zfill(12))


def is_cmnd(number: str) -> bool:
    """Nine digits that begin with an old province's two."""
    return len(number) == 9 and number.isdecimal() and int(number[:2]) in _OLD_PROVINCES


def is_mobile(number: str) -> bool:
    """A mobile number with its nought or the country's code."""
    return 10 <= len(number) <= 14 and bool(_MOBILE.fullmatch(number))


def may_be_cut_mobile(number: str) -> bool:
    """A mobile number with or without its nought."""
    return bool(_MOBILE_CUT.fullmatch(number))


def is_cut_mobile(number: str) -> bool:
    """Nine digits that begin as a mobile number does after its nought."""
    return len(number) == 9 and bool(_CUT_ALONE.fullmatch(number))


def is_email(address: str) -> bool:
    """A mail address that is not an office's or a school's."""
    return bool(_EMAIL.fullmatch(address)) and not _OFFICE_MAIL.search(address)


def is_plate(cell: str) -> bool:
    """A vehicle's plate, old or new, with or without the signs in it: 51F-123.45, 72A1 12345, 72-C1 1234."""
    found = _PLATE.fullmatch(cell)
    return found is not None and int(found[1]) in _PLATE_PROVINCES


def is_plate_as_written(cell: str) -> bool:
    """A plate with the sign before its number, or the full stop in it, that codes do not have."""
    return is_plate(cell) and bool(_WRITTEN_SO.fullmatch(cell))


def is_passport(cell: str) -> bool:
    """A passport of whatever country that has letters first."""
    return bool(_PASSPORT.fullmatch(cell))


def is_own_passport(cell: str) -> bool:
    """A passport of one of the series of Vietnam."""
    return bool(_OWN_PASSPORT.fullmatch(cell))


def is_health_card(cell: str) -> bool:
    """The two letters and thirteen digits of a card of health insurance."""
    return bool(_HEALTH_CARD.fullmatch(bare(cell)))


def may_be_insured(number: str) -> bool:
    """Ten digits that begin with a province's two, as numbers of social insurance do; tax codes do too."""
    return len(number) == 10 and number.isdecimal() and int(number[:2]) in PROVINCES


def is_landline(number: str) -> bool:
    """A number of a telephone in a house, with or without its nought: 0254 3727444."""
    return bool(_LANDLINE.fullmatch(number))


def is_account_of_a_bank(number: str) -> bool:
    """An account as one of the large banks builds its numbers: branch, kind of account, number."""
    return bool(_BANKS.fullmatch(number))


def is_tax_code(number: str) -> bool:
    """Ten digits of which the last is the check digit of a tax code."""
    if len(number) != 10 or not number.isdecimal():
        return False
    return 10 - sum(int(digit) * weight for digit, weight in zip(number, _TAX_WEIGHTS, strict=False)) % 11 == int(number[9])


def is_article_number(number: str) -> bool:
    """Thirteen digits of which the last is the check digit of a bar code."""
    digits = [int(digit) for digit in number] if len(number) == 13 and number.isdecimal() else []
    return bool(digits) and (sum(digits[0:12:2]) + 3 * sum(digits[1:12:2]) + digits[12]) % 10 == 0


def passes_luhn(number: str) -> bool:
    """Whether the last digit is that of Luhn's formula, as in the French SIREN and in card numbers."""
    digits = [int(digit) for digit in reversed(number)] if number.isdecimal() else []
    return bool(digits) and (sum(digits[0::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])) % 10 == 0
