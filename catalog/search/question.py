"""What is asked of the index, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from catalog.search.lucene import Node
from catalog.search.places import Box

FACETS = ("organization", "groups", "tags", "res_format", "license_id", "frequency", "illustrative", "validation", "schema")
SORTS = {
    "relevance": (("score", True), ("metadata_modified", True)),
    "modified": (("metadata_modified", True), ("id", False)),
    "modified-asc": (("metadata_modified", False), ("id", False)),
    "title": (("title_string", False), ("id", False)),
    "newest": (("metadata_created", True), ("id", False)),
}
MAX_ROWS = 1000
MAX_START = 1_000_000
MAX_FACET = 65_000  # values of one facet


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for.

    text     words; each must be there (`every_word`), or most of them as CKAN has it
    filters  facet to values, of which any will do; a facet's own filter does not narrow its counts
    where    further conditions, parsed by `lucene.parse`; how well they hold counts for the relevance
    narrowed further conditions that only leave out what does not hold
    order    fields with "descending", instead of `sort`, one of SORTS
    facets   facets to be counted, at most `facet_limit` values each (all for a negative one)
    box      only datasets whose place touches this one (see places)
    labels   what may be found beside what is public, None for everything (see documents); drafts, too
    now      what NOW means in conditions on dates
    """

    text: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    where: Sequence[Node] = ()
    narrowed: Sequence[Node] = ()
    sort: str = "relevance"
    order: Sequence[tuple[str, bool]] = ()
    start: int = 0
    rows: int = 20
    facets: Sequence[str] = ()
    facet_limit: int = 50
    every_word: bool = True
    box: Box | None = None
    labels: Sequence[str] | None = ()
    drafts: bool = False
    now: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One dataset found."""

    id: str
    name: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer: how many in all, one page of hits, and each facet's values with counts, most first."""

    count: int
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, Sequence[tuple[str, int]]] = field(default_factory=dict)

    @property
    def ids(self) -> list[str]:
        return [hit.id for hit in self.hits]


Suggestion = Hit
