"""The filters beside a list: which, with how many datasets each, and which are chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from catalog.search import Found
from web import identity
from web.formats import number
from web.search.asked import Asked
from web.search.labels import Labels

TITLES = {
    "organization": _l("Cơ quan"),
    "groups": _l("Chủ đề"),
    "validation": _l("Tình trạng"),
    "res_format": _l("Định dạng"),
    "frequency": _l("Tần suất"),
    "license_id": _l("Giấy phép"),
    "tags": _l("Từ khóa"),
    "illustrative": _l("Loại số liệu"),
}
COUNTED = tuple(TITLES)
OPEN = ("organization", "groups", "validation", "res_format")
FIRST = 7  # values shown before "more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of a facet and how many datasets it would leave, as a number is written."""

    value: str
    title: str
    count: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """One filter with its values, of which the `first` are shown at once."""

    name: str
    title: str
    open: bool
    first: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Active:
    """A chosen value and the address of the same list without it."""

    facet: str
    title: str
    href: str


def shown(found: Found, asked: Asked, labels: Labels) -> list[Facet]:
    """Facets with something to choose; a value that would leave nothing is hidden unless it is chosen."""
    facets = []
    for name, title in TITLES.items():
        if name == "illustrative" and not identity.current().demo:
            continue
        chosen, counts = asked.filters.get(name, ()), dict(found.facets.get(name, ()))
        if not chosen and (not counts or list(counts.values()) == [found.count]):
            continue  # nothing to choose
        facets.append(Facet(name=name, title=str(title), open=name in OPEN or bool(chosen), first=max(FIRST, len(chosen)),
                            choices=tuple(_choices(name, chosen, counts, labels))))
    return facets


def _choices(name: str, chosen: Sequence[str], counts: Mapping[str, int], labels: Labels) -> Iterator[Choice]:
    """Chosen values first, then the commonest."""
    for value in (*chosen, *(value for value in counts if value not in chosen)):
        yield Choice(value=value, title=labels.of(name, value), count=number(counts.get(value, 0)), chosen=value in chosen)


def active(asked: Asked, labels: Labels) -> list[Active]:
    """Every chosen value with the way out of it."""
    return [
        Active(facet=str(TITLES.get(name, name)), title=labels.of(name, value), href=asked.without(name, value))
        for name, values in asked.filters.items() for value in values
    ]
