"""What may be written instead of a cell, and how sure that is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a cell: the value as a Table Schema writes it, and the rule that reads so."""

    value: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What to do about one cell: `after` is what is certainly meant, None where `readings` have to be asked about.

    `repeats` says that it would repeat the value of a key, which no answer mends; `because` why it is asked, in `vi` and `en`, where more
    than the readings is to be said.
    """

    before: str
    after: str | None
    rule: str
    readings: tuple[Reading, ...]
    repeats: bool = False
    because: Mapping[str, str] | None = None

    @property
    def certain(self) -> bool:
        return self.after is not None


def decided(before: str, readings: Iterable[Reading], *, ask: bool = False) -> Proposal | None:
    """The proposal that readings make: certain where all give one value (unless it must be asked), None where there is none."""
    found = tuple(dict.fromkeys(readings))
    if not found:
        return None
    values = {reading.value for reading in found}
    certain = len(values) == 1 and not ask
    return Proposal(before=before, after=found[0].value if certain else None, rule=found[0].rule, readings=found)


def plain(cell: str) -> str:
    """A cell without what nobody sees: composed letters, no invisible signs, single blanks, none at the ends."""
    if cell.isascii() and cell.isprintable() and "  " not in cell:
        return cell.strip()
    return _BLANKS.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", cell))).strip()
