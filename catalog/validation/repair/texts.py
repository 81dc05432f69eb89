"""Words: values of a list, yes and no, codes that only differ in case or blanks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from catalog.reading.vietnamese import folded
from catalog.validation.repair.proposals import Reading, plain

YES = frozenset({"có", "đúng", "phải", "yes", "y", "đạt", "rồi"})
NO = frozenset({"không", "sai", "no", "n", "chưa", "chưa có", "không có", "không đạt"})
CERTAIN_YES, CERTAIN_NO = frozenset({"có", "đúng", "yes"}), frozenset({"không", "sai", "no"})
NOT_COLLECTED = frozenset({"…", "...", "....", "n/a", "#n/a"})  # there is a value, but nobody has it
PERHAPS_NOT_COLLECTED = frozenset({"na", "nan", "null"})  # that, or a name or a word
INSIDE, ZEROS, OTHER_MARKS = "blanks-inside", "zeros-at-the-end", "list-other-marks"
ASKED = frozenset({INSIDE, ZEROS, OTHER_MARKS})  # rules that must be asked even where they leave one reading
_MARKS = "\u0300\u0301\u0303\u0309\u0323"
_TONED = re.compile(f"([aeouiyăâêôơư]+)([{_MARKS}])([aeiouy]*)")


def same_word(text: str) -> str:
    """A text for comparing: without regard to case, blanks, and where in a syllable the tone stands (hoà, hòa)."""
    apart = unicodedata.normalize("NFD", plain(text).casefold())
    out, tone = [], ""
    for sign in apart:
        if sign in _MARKS:
            tone = sign
            continue
        if tone and not (sign.isalpha() or unicodedata.combining(sign)):
            out.append(tone)
            tone = ""
        out.append(sign)
    return unicodedata.normalize("NFC", "".join(out) + tone)


def of_list(cell: str, allowed: Sequence[str]) -> Iterator[Reading]:
    """The values of a list that a cell may stand for: those that are the same word, and those that are the same without marks.

    A cell that has marks has not lost them: where they are others than those of the list, another word may be meant.
    """
    texts = [str(value) for value in allowed]
    same = [value for value in texts if same_word(value) == same_word(cell)]
    yield from (Reading(value, "list-spelling") for value in same)
    bare = same_word(cell) == folded(cell)
    if bare or not same:
        rule = "list-marks" if bare else OTHER_MARKS
        yield from (Reading(value, rule) for value in texts if value not in same and folded(value) and folded(value) == folded(cell))


def truth(cell: str, yes: str, no: str) -> Iterator[tuple[Reading, bool]]:
    """A word for yes or no as the schema writes it, and whether the word leaves no doubt."""
    word = cell.casefold()
    if word in YES | {"x"}:
        yield Reading(yes, "yes-no"), word in CERTAIN_YES
    elif word in NO:
        yield Reading(no, "yes-no"), word in CERTAIN_NO


def respelt(cell: str) -> Iterator[Reading]:
    """A code spelt otherwise: seen signs only, in capitals, in small letters, without the `.0` of a number.

    Blanks inside may stand for a sign that is missing, and zeros after a point may be thousands: what is made by leaving them out must be asked.
    """
    seen = plain(cell)
    tight = re.sub(r"\s*([-/.])\s*", r"\1", seen)
    forms = (("blanks", seen), ("case", seen.upper()), ("case", seen.lower()), ("blanks", tight), ("case", tight.upper()),
             ("code-as-number", re.sub(r"[.,]0$", "", seen)), (ZEROS, re.sub(r"[.,]00+$", "", seen)),
             (INSIDE, seen.replace(" ", "")), (INSIDE, seen.replace(" ", "").upper()))
    yield from (Reading(form, rule) for rule, form in forms if form != cell)
