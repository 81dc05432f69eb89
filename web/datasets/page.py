"""What a dataset's page shows, gathered in one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

import schemas
from catalog import attention, versions
from catalog.actions import lookup
from catalog.clock import day_of
from catalog.comparison import first_comparable
from catalog.errors import Trouble
from catalog.freshness import due_on, expected_on, is_due_soon, is_overdue
from catalog.models import Agency, Dataset, Evidence, Resource, Theme, Version
from catalog.site import Site
from catalog.versions import Standing
from schemas import TableSchema
from web.datasets import downloads, words
from web.datasets.table_view import TableView, table_view
from web.dictionary import Line, in_words
from web.words import language

VERSIONS_SHOWN = 6
FILES_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """When the data was last updated, when the next is promised, and the state sign that follows."""

    updated: date | None
    expected: date | None
    good_until: date | None
    sign: str
    frequency: str


def of_dataset(site: Site, session: Session, dataset: Dataset, chosen: Resource | None = None) -> dict[str, Any]:
    """Everything that the page of a dataset says; of one of its files when `chosen`."""
    shown = [resource for resource in dataset.resources if resource.state != "deleted"]
    standings = versions.standings(session, shown[:FILES_SHOWN] if chosen is None else [chosen])
    focus = _focus(standings)
    live = focus.live if focus else None
    schema = schema_of((live.schema_name if live else None) or (focus.resource.schema_name if focus else None))
    table, broken = _look(site, live)
    today = site.clock.today()
    return {
        "dataset": dataset, "resource": chosen, "today": today, "site_url": site.settings.site_url.rstrip("/"),
        "agency": agency_of(session, dataset), "first_agency": _first_publisher(session, dataset), "themes": themes_of(session, dataset),
        "standings": standings, "hidden_files": max(0, len(shown) - len(standings)) if chosen is None else 0,
        "focus": focus, "live": live, "waiting": _waiting(standings), "table": table, "table_broken": broken,
        "schema": schema, "dictionary": _dictionary(schema, table), "freshness": _freshness(session, dataset, standings, today),
        "snippet": _snippet(dataset, focus, live),
        "licence": words.licence(dataset.license_id), "frequency_words": words.frequency, "downloads": downloads,
        **_history(session, focus),
        "issues": attention.open_issues(session, dataset_id=dataset.id, limit=20),
    }


def _history(session: Session, focus: Standing | None) -> dict[str, Any]:
    """The public versions of the file, those that the page lists, how many there are, and the first that a later one can be compared with."""
    if focus is None or not focus.newest:
        return {"versions": [], "versions_total": 0, "first_comparable": None}
    limit = None if downloads.asked("versions") == "all" else VERSIONS_SHOWN
    listed = versions.published(session, focus.resource.id, limit=limit)
    if limit is None or len(listed) < limit:
        return {"versions": listed, "versions_total": len(listed),
                "first_comparable": min((version.number for version in listed if version.table_sha256 is not None), default=None)}
    return {"versions": listed, "versions_total": versions.count_published(session, focus.resource.id),
            "first_comparable": first_comparable(session, focus.resource.id)}


def _snippet(dataset: Dataset, focus: Standing | None, live: Version | None) -> dict[str, str] | None:
    """The address that the examples of the API download; made of the dataset's own name, never of a file's."""
    if focus is None or live is None:
        return None
    given = downloads.extension(live.filename)
    extension = "csv" if live.table_sha256 else given if given in downloads.MEDIA_TYPES else ""
    if not extension:
        return None
    typed = "1" if live.table_sha256 and given == "csv" else None
    return {"extension": extension, "url": url_for("datasets.download", name=dataset.name, resource_id=focus.resource.id,
                                                   filename=f"{dataset.name}.{extension}", typed=typed)}


def agency_of(session: Session, dataset: Dataset) -> Agency | None:
    """Who publishes the dataset now; None where that was deleted."""
    return _living(session, dataset.owner_org)


def _first_publisher(session: Session, dataset: Dataset) -> Agency | None:
    """Who published it first, where that is another agency than today's."""
    if not dataset.published_by or dataset.published_by == dataset.owner_org:
        return None
    return _living(session, dataset.published_by)


def _living(session: Session, agency_id: str | None) -> Agency | None:
    found = lookup.agency(session, agency_id) if agency_id else None
    return found if found and found.state == "active" else None


def themes_of(session: Session, dataset: Dataset) -> list[Theme]:
    """The themes of the dataset, in the order of all themes."""
    if not dataset.groups:
        return []
    return [theme for theme in lookup.themes(session).values() if theme.name in dataset.groups and theme.state == "active"]


def schema_of(name: str | None) -> TableSchema | None:
    """The schema of that name, if it is on the registry."""
    return schemas.load(name) if name and name in schemas.names() else None


def _focus(standings: Sequence[Standing]) -> Standing | None:
    """The file that the page is about: the first table, else the first file, else the first of all."""
    for wanted in (lambda s: s.live is not None and s.live.table_sha256, lambda s: s.live is not None, lambda s: s.resource.state == "active",
                   lambda s: True):
        for standing in standings:
            if wanted(standing):
                return standing
    return None


def _waiting(standings: Sequence[Standing]) -> Standing | None:
    """The first file of which a newer version was refused or is held."""
    return next((standing for standing in standings if standing.waiting is not None), None)


def _look(site: Site, live: Version | None) -> tuple[TableView | None, bool]:
    """The look into the live table, and whether there should be one but the store cannot give it."""
    if live is None or live.table_sha256 is None:
        return None, False
    try:
        return table_view(site, live.table_sha256), False
    except Trouble:
        return None, True


def _dictionary(schema: TableSchema | None, table: TableView | None) -> list[Line]:
    """The schema in words; where there is none, the columns as they were read."""
    if schema is not None:
        return in_words(schema.descriptor, language())
    if table is None:
        return []
    return in_words({"fields": [{"name": column.name, "title": column.title, "type": column.type, "unit": column.unit} for column in table.columns]}, language())


def _freshness(session: Session, dataset: Dataset, standings: Sequence[Standing], today: date) -> Freshness:
    """As participation sees it where it has looked at the dataset, else from the newest live version."""
    fact = session.scalar(select(Evidence).where(Evidence.dataset_id == dataset.id, Evidence.kind == "current", Evidence.until.is_(None)))
    frequency = (fact.facts.get("frequency") if fact else "") or dataset.frequency
    created: list[datetime] = [standing.live.created for standing in standings if standing.live]
    updated = day_of(max(created)) if created else None
    if fact is not None and fact.facts.get("updated"):
        updated = date.fromisoformat(fact.facts["updated"])
    good_until = fact.good_until if fact else due_on(updated, frequency) if updated else None
    expected = expected_on(updated, frequency) if updated else None
    sign = "na" if updated is None or good_until is None else "ok"
    if is_overdue(good_until, today):
        sign = "lapse"
    elif is_due_soon(good_until, frequency, today):
        sign = "due"
    return Freshness(updated=updated, expected=expected, good_until=good_until, sign=sign, frequency=frequency)
