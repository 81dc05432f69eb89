"""The ways to write the names of administrative units: with or without the rank, in any case, with any signs between words, without marks.

A name is looked up as it is written, never by likeness. A text without any mark may stand for every name that it is without marks; one with
other marks than a name's may mean another word, and is no sure reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from catalog.reading.vietnamese import folded
from catalog.validation.repair.texts import same_word
from schemas.dated_codes import Unit

_SIGNS = re.compile("[^\\w\u0300\u0301\u0303\u0309\u0323]+|_+")  # all but letters, digits and tone marks
_NOUGHTS = re.compile(r"\b0+(?=\d)")
_BEFORE = {"Tỉnh": ("tỉnh",), "Thành phố": ("thành phố", "tp"), "Quận": ("quận", "q"), "Huyện": ("huyện", "h"), "Thị xã": ("thị xã", "tx"),
           "Phường": ("phường", "p"), "Xã": ("xã", "x"), "Thị trấn": ("thị trấn", "tt"), "Đặc khu": ("đặc khu", "đk")}  # what may stand before a name, by rank


class Spellings:
    """Units by the ways to write their names: all ways, or those with the rank, or those without it."""

    def __init__(self, units: Iterable[Unit], *, ranked: bool = True, plain: bool = True) -> None:
        self._marked: dict[str, list[Unit]] = {}
        self._bare: dict[str, list[Unit]] = {}
        for unit in units:
            for index, key in ((self._marked, _marked), (self._bare, _unmarked)):
                for text in dict.fromkeys(_written(unit, key, ranked, plain)):
                    index.setdefault(text, []).append(unit)

    def find(self, text: str) -> tuple[list[Unit], bool]:
        """The units that a text names, and whether its marks leave no doubt of that."""
        marked, bare = _marked(text), _unmarked(text)
        if marked == bare:
            return self._bare.get(bare, []), True
        exact = self._marked.get(marked, [])
        return (exact, True) if exact else (self._bare.get(bare, []), False)


def is_blank(text: str) -> bool:
    """Whether a text has neither letters nor digits."""
    return not _marked(text)


def _written(unit: Unit, key: Callable[[str], str], ranked: bool, plain: bool) -> Iterator[str]:
    for name in (unit.name, *unit.also):
        own = key(name)
        if plain and not own.isdigit():
            yield own
        for rank in _BEFORE[unit.rank] if ranked else ():
            yield f"{key(rank)} {own}"
            if own.isdigit():
                yield f"{key(rank)}{own}"


def _marked(text: str) -> str:
    """A text for comparing with its marks: small letters, the tone at the end of its syllable, signs as single blanks, no noughts before a number."""
    return _NOUGHTS.sub("", _SIGNS.sub(" ", same_word(text)).strip())


def _unmarked(text: str) -> str:
    return _NOUGHTS.sub("", folded(text))
