"""What a person says of cells that can be read in several ways: one word for a column and a cause, never for a single cell.

    dmy, mdy             the day first, the month first; with the century where the year has two digits (dmy-19, dmy-20 …)
    vietnamese, english  1.234,5 or 1,234.5
    missing, zero        what `-` stands for; `not-collected` for `na` and `null`
    percent, share       12% is 12, or 0.12
    former, current      of a name whose row has no date: the code of then, or the one that holds since
    successor            of a unit that is no more: the code of the one that followed
    in-77                of names that repeat: the units of that province
    yes                  the one reading that there is, which is not beyond doubt

An answer decides only what the column does not: where that proves a reading, the proof holds.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from catalog.validation.repair.dates import DMY, MDY
from catalog.validation.repair.numbers import ENGLISH, VIETNAMESE
from catalog.validation.repair.placed_names import CONTRADICTED, IN
from catalog.validation.repair.proposals import Proposal, Reading
from catalog.validation.repair.unit_names import CURRENT, FORMER, SUCCESSOR

if TYPE_CHECKING:
    from catalog.validation.repair.column import Column

Answers = Mapping[str, Collection[str]]  # by the letter of a column
ANSWERED = "answered"  # the rule of what a person decided
MISSING, ZERO, YES = "missing", "zero", "yes"
_OF_RULES = {DMY: "dmy", MDY: "mdy", VIETNAMESE: "vietnamese", ENGLISH: "english", "no-value": MISSING, "not-collected": "not-collected",
             "percent": "percent", "percent-of-one": "share", FORMER: "former", CURRENT: "current", SUCCESSOR: "successor"}
_SHORT_YEAR = re.compile(r"\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{2}(?!\d)")
_OF_PROVINCE = re.compile(r"in-(\d\d)")
WORDS = (*_OF_RULES.values(), ZERO, YES, *(f"{order}-{century}" for order in ("dmy", "mdy") for century in ("19", "20")))


def province_of(word: str) -> str:
    """The code of the province that an answer names; "" where it names none."""
    found = _OF_PROVINCE.fullmatch(word)
    return found[1] if found else ""


def cause(words: Collection[str]) -> tuple[str, ...]:
    """What a question is, by its answers: one of names that repeat is the same question whatever provinces have each of them."""
    return tuple(dict.fromkeys("in" if province_of(word) else word for word in words))


def options(proposal: Proposal, column: Column) -> dict[str, str]:
    """The answers that a question leaves, each with what is then written; none where it is certain, or no one word decides it."""
    if proposal.certain or proposal.repeats or proposal.rule == CONTRADICTED:
        return {}
    found: dict[str, str] = {}
    for reading in proposal.readings:
        word = _word(reading, proposal.before)
        if word is None or found.setdefault(word, reading.value) != reading.value:
            found = {}
            break
    if list(found) == [MISSING] and column.counts and column.is_valid("0"):
        return {**found, ZERO: "0"}
    values = {reading.value for reading in proposal.readings}
    if len(values) == 1 and not {MISSING, "not-collected", "successor", "in"} & {*cause(found)}:
        return {YES: values.pop()}
    return found


def answered(proposal: Proposal, column: Column, given: Collection[str]) -> Proposal:
    """The proposal as a person decided it; as it is where no answer, or more than one, is given to it."""
    chosen = [value for word, value in options(proposal, column).items() if word in given]
    if len(chosen) != 1:
        return proposal
    return Proposal(before=proposal.before, after=chosen[0], rule=ANSWERED, readings=proposal.readings)


def _word(reading: Reading, cell: str) -> str | None:
    if reading.rule.startswith(IN):
        return f"in-{reading.rule.removeprefix(IN)}"
    word = _OF_RULES.get(reading.rule)
    return f"{word}-{reading.value[:2]}" if word in ("dmy", "mdy") and _SHORT_YEAR.search(cell) else word
