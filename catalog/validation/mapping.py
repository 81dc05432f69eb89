"""Which field of a schema each label of a file stands for, and by what it was known.

    confirmed   a person said so of a file of the same source
    name        the label is the field's name
    title       the field's title in either language
    alias       another way to write it that the schema lists (`aliases`, see docs/table-schemas.md)
    near        one word of it is misspelt, and it is near to no other field; only under a schema of the registry

Titles and aliases count with or without tone marks, large or small letters, signs, and the unit behind them. A field takes one label, a label that could be two
fields none. Names are taken as they are: what else looks like one is an error that frictionless has to see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from typing import Any

from catalog.reading.grid import same_label
from schemas import fold, words_of
from schemas.units import without_unit

ALIKE = 0.75  # of two spellings of one word
LONG = 4  # letters that a word must have to be taken for a misspelt one


@dataclass(frozen=True, slots=True)
class Known:
    """The field that a label stands for, and by what it is known."""

    field: str
    why: str


def mapped(labels: Sequence[str], entries: Sequence[Mapping[str, Any]], *, confirmed: Mapping[str, str] | None = None, near: bool = False) -> dict[str, Known]:
    """The field of each label that has one; `entries` are the schema's fields, `confirmed` the fields by `same_label` of labels."""
    names = {entry["name"] for entry in entries}
    found: dict[str, Known] = {}
    for label in labels:
        said = (confirmed or {}).get(same_label(label), "")
        if said in names and said not in _taken(found) and (label not in names or label == said):
            found[label] = Known(said, "confirmed")
    for label in labels:
        if label in names and label not in found and label not in _taken(found):
            found[label] = Known(label, "name")
    ways = [partial(_by, key, why) for why in ("title", "alias") for key in (same_label, fold, _unitless)] + ([_nearly] if near else [])
    for way in ways:
        free = [entry for entry in entries if entry["name"] not in _taken(found)]
        for label, known in way([label for label in labels if label not in found and label.strip()], free):
            if known.field not in _taken(found):
                found[label] = known
    return found


def _unitless(label: str) -> str:
    return fold(without_unit(label))


def _taken(found: Mapping[str, Known]) -> set[str]:
    return {known.field for known in found.values()}


def _by(key: Callable[[str], str], why: str, labels: Iterable[str], entries: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Known]]:
    """The labels that are a title, or an alias, by what the key makes of both."""
    known: dict[str, set[str]] = {}
    for entry in entries:
        for word, what in words_of(entry).items():
            if what == why and same_label(word) != same_label(entry["name"]):
                known.setdefault(key(word), set()).add(entry["name"])
    for label in labels:
        if len(found := known.get(key(label), set())) == 1:
            yield label, Known(min(found), why)


def _nearly(labels: Iterable[str], entries: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Known]]:
    """Titles and aliases of which one longer word is misspelt."""
    words = [(entry["name"], fold(word).split()) for entry in entries for word in words_of(entry)]
    for label in labels:
        given = fold(label).split()
        found = {name for name, wanted in words if _is_misspelt(given, wanted)}
        if len(found) == 1:
            yield label, Known(found.pop(), "near")


def _is_misspelt(given: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether exactly one word differs, is long enough, has no figures, and is spelt much like the other."""
    if len(given) != len(wanted) or len(given) < 2:
        return False
    odd = [(one, other) for one, other in zip(given, wanted, strict=True) if one != other]
    return len(odd) == 1 and all(len(word) >= LONG and word.isalpha() for word in odd[0]) and SequenceMatcher(None, *odd[0]).ratio() >= ALIKE
