"""What the first page shows of the catalogue, made anew only when something has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.models import AgencyName, Change, Evidence, Exemption, Succession
from catalog.participation import Summary, summary, trend
from catalog.participation.trend import first_day
from catalog.search import Query
from catalog.site import Site
from web.home import chart
from web.identity import Target
from web.search.labels import read_labels
from web.search.shown import Row, read_rows
from web.words import language

NEWEST = 6
HISTORY = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeCount:
    """A theme with datasets in it."""

    name: str
    title: str
    icon: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything on the first page that has to be counted.

    `month` and `half_year` are how many agencies more (or fewer) take part than a month and six months ago; None
    where there is no evidence that old.
    """

    datasets: int
    figure: Summary
    month: int | None
    half_year: int | None
    drawing: chart.Drawing | None
    themes: Sequence[ThemeCount]
    newest: Sequence[Row]


class Remembered:
    """The last overview in each language, good as long as no dataset, no evidence, no agency and not the day has changed."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[object, Overview]] = {}

    def read(self, site: Site, session: Session, target: Target | None) -> Overview:
        """The overview as of now."""
        mark = (*session.execute(select(*(
            select(func.max(column)).scalar_subquery() for column in (Change.seq, Evidence.id, AgencyName.id, Succession.id, Exemption.id)
        ))).one(), site.clock.today(), target)
        kept = self._kept.get(language())
        if kept is None or kept[0] != mark:
            kept = (mark, look(site, session, target))
            self._kept[language()] = kept
        return kept[1]


def look(site: Site, session: Session, target: Target | None) -> Overview:
    """Count it all."""
    today = site.clock.today()
    labels = read_labels(session, today)
    found = site.search.search(Query(sort="modified", rows=NEWEST, facets=("groups",)), session=session)
    counts = dict(found.facets.get("groups", ()))
    figure = summary(session, today)
    begin = first_day(session)
    points = trend(session, max(begin, today - HISTORY), today) if begin and figure.total else []
    return Overview(
        datasets=found.count,
        figure=figure,
        month=_moved(session, begin, today - timedelta(days=30), figure),
        half_year=_moved(session, begin, today - timedelta(days=182), figure),
        drawing=chart.draw(points, target) if len(points) > 1 else None,
        themes=[ThemeCount(name=name, title=theme.title, icon=theme.icon, count=counts[name])
                for name, theme in labels.themes.items() if counts.get(name)],
        newest=read_rows(session, found.ids, labels=labels, today=today),
    )


def _moved(session: Session, begin: date | None, day: date, figure: Summary) -> int | None:
    if begin is None or day < begin:
        return None
    return figure.counted - summary(session, day).counted
