"""Units as headings and unit lines write them: which unit it is, and by what a value is multiplied to be in another.

Only units that are known here are taken for one; what else stands in brackets behind a heading is a remark.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal, Inexact, localcontext

_BASES = {  # dimension: unit, factor, spellings
    "money": (("đồng", "1", ("đồng", "vnđ", "vnd", "đ")),),
    "area": (("m²", "1", ("m²", "m2", "mét vuông")), ("ha", "10000", ("ha", "hecta", "héc ta")), ("km²", "1000000", ("km²", "km2"))),
    "mass": (("kg", "1", ("kg",)), ("tạ", "100", ("tạ",)), ("tấn", "1000", ("tấn",))),
    "length": (("m", "1", ("m", "mét")), ("km", "1000", ("km",))),
    "people": (("người", "1", ("người",)),),
    "share": (("%", "1", ("%", "phần trăm")),),
    "yield": (("tạ/ha", "1", ("tạ/ha",)), ("tấn/ha", "10", ("tấn/ha",)), ("kg/ha", "0.01", ("kg/ha",))),
    "minutes": (("phút", "1", ("phút",)), ("giờ", "60", ("giờ",))),
    "working days": (("ngày làm việc", "1", ("ngày làm việc",)),),
}
_MANY = (("", "1", ("",)), ("nghìn ", "1000", ("nghìn ", "ngàn ", "1000 ", "1.000 ", "1,000 ", "1 000 ")), ("triệu ", "1000000", ("triệu ", "tr. ", "tr.", "tr ", "tr")),
         ("tỷ ", "1000000000", ("tỷ ", "tỉ ")))
_COUNTED = ("money", "area", "mass", "people")  # dimensions of which thousands and millions are written
_IN_BRACKETS = re.compile(r"^(.*?)\s*[(\[]\s*(?:đvt|đơn vị(?: tính)?)?\s*:?\s*([^()\[\]]+?)\s*[)\]]\s*\*?$", re.IGNORECASE | re.DOTALL)
_BEHIND = re.compile(r"^(.*?)\s*[,–-]\s*(?:đvt|đơn vị(?: tính)?)?\s*:?\s*([^,–-]+)$", re.IGNORECASE | re.DOTALL)
_LONGEST = 300  # characters of a heading that is looked at


def _spellings() -> Iterator[tuple[str, tuple[str, str, Decimal]]]:
    for dimension, units in _BASES.items():
        for many, times, ways in _MANY if dimension in _COUNTED else _MANY[:1]:
            for unit, factor, spellings in units:
                for way in ways:
                    yield from ((f"{way}{spelling}", (f"{many}{unit}", dimension, Decimal(times) * Decimal(factor))) for spelling in spellings)


_UNITS = dict(_spellings())


def known(text: str) -> str | None:
    """The unit that a text names, as this house writes it; None for any other text."""
    found = _UNITS.get(_plain(text))
    return found[0] if found else None


def unit_of(heading: str) -> str | None:
    """The unit that a heading says in brackets at its end or behind a comma or dash: `Vốn (triệu đồng)`, `Vốn, triệu đồng`."""
    return _split(heading)[1]


def without_unit(heading: str) -> str:
    """The heading without its unit."""
    return _split(heading)[0]


def factor(given: str, wanted: str) -> Decimal | None:
    """By what a value in the unit `given` is exactly multiplied to be in `wanted`; None where there is no such number, or one is not known."""
    one, other = _UNITS.get(_plain(given)), _UNITS.get(_plain(wanted))
    if one is None or other is None or one[1] != other[1]:
        return None
    with localcontext() as context:
        context.traps[Inexact] = True
        try:
            return one[2] / other[2]
        except Inexact:
            return None


def _split(heading: str) -> tuple[str, str | None]:
    if len(heading) <= _LONGEST:
        for pattern in (_IN_BRACKETS, _BEHIND):
            if (found := pattern.match(heading.strip())) and found[1] and (unit := known(found[2])):
                return found[1], unit
    return heading, None


def _plain(text: str) -> str:
    spaced = re.sub(r"(\d)(?=[^\W\d])", r"\1 ", unicodedata.normalize("NFC", text).casefold())
    return " ".join(spaced.split()).rstrip(".:; ")
