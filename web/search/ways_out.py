"""Three ways on for a search that found nothing: fewer filters, other words, a whole theme."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from catalog.search import Query
from catalog.site import Site
from web.addresses import at
from web.search.asked import Asked
from web.search.facets import TITLES
from web.search.labels import Labels

MAX_WORDS, MAX_THEMES = 8, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A question that finds something: its words, how many datasets, its address; `facet` when a filter is left out."""

    title: str
    count: int
    href: str
    facet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """The ways on; `searched` is how many datasets were searched."""

    searched: int
    spelling: Way | None
    filters: tuple[Way, ...]
    words: tuple[Way, ...]
    themes: tuple[Way, ...]


def look(site: Site, session: Session, asked: Asked, labels: Labels) -> Ways:
    """Tries what could have been meant; every way that is shown finds something."""
    def count(text: str = "", filters=None) -> int:
        return site.search.search(Query(text=text, filters=filters or {}, rows=0), session=session).count

    everything = site.search.search(Query(rows=0, facets=("groups",)), session=session)
    better = site.search.did_you_mean(asked.text, session=session) if asked.text else None
    filters = [
        Way(facet=str(TITLES.get(name, name)), title=", ".join(labels.of(name, value) for value in values), href=asked.without(name),
            count=count(asked.text, {key: kept for key, kept in asked.filters.items() if key != name}))
        for name, values in asked.filters.items()
    ]
    words = asked.text.split()
    single = [Way(title=word, count=count(word), href=at("/dataset", q=word)) for word in dict.fromkeys(words[:MAX_WORDS])] if len(words) > 1 else []
    themes = [Way(title=labels.of("groups", name), count=number, href=at("/dataset", groups=name))
              for name, number in everything.facets.get("groups", ())[:MAX_THEMES]]
    return Ways(
        searched=everything.count,
        spelling=Way(title=better, count=count(better, asked.filters), href=replace(asked, text=better, page=1).href()) if better else None,
        filters=tuple(way for way in filters if way.count), words=tuple(way for way in single if way.count), themes=tuple(themes),
    )
