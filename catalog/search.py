"""Search over the published datasets: stub, being written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

FACETS = ("organization", "groups", "tags", "res_format", "license_id", "frequency", "illustrative", "validation")
SORTS = ("relevance", "modified", "modified-asc", "title", "newest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for. `filters`: field to the values of which any will do; `facets`: fields to be counted."""

    text: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = "relevance"
    start: int = 0
    rows: int = 20
    facets: Sequence[str] = ()
    facet_limit: int = 50
    highlight: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One dataset found; `snippets` are HTML-escaped texts with `<b>` around what was looked for."""

    id: str
    score: float = 0.0
    snippets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer: how many in all, one page of hits, and the counts of each facet."""

    count: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, Sequence[tuple[str, int]]]

    @property
    def ids(self) -> list[str]:
        return [hit.id for hit in self.hits]


class SearchIndex:
    """The index of one node, in a folder of its own; the database is the truth."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self._folder = folder
        self._engine = engine

    def search(self, query: Query) -> Found:
        """Find datasets."""
        raise NotImplementedError

    def suggest(self, text: str, limit: int = 8) -> list[tuple[str, str]]:
        """Name and title of datasets whose title has a word that begins so."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Apply what the change log has and the index lacks."""

    def rebuild(self) -> None:
        """Make the index anew from the database."""
