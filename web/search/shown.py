"""Datasets as a list shows them: title, agency, a line of words, the state of content and time, files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row as Fetched
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.freshness import is_due_soon, is_overdue
from catalog.models import Dataset, Evidence, Resource, Version
from catalog.search import marked
from web.formats import day as day_words
from web.markup import to_line
from web.search.asked import Asked
from web.search.labels import Labels, Named
from web.words import either, language

Pieces = Sequence[tuple[str, bool]]  # text, and whether it was looked for
State = tuple[str, str]  # key of a state of the design, words
TITLE_LENGTH, LINE_LENGTH = 180, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One dataset in a list; `valid` and `fresh` are None where nothing is known or promised."""

    name: str
    title: Pieces
    in_english: bool  # whether the title is in English; the line of words never is
    line: Pieces
    agency: Named | None
    updated: date | datetime
    valid: State | None
    fresh: State | None
    rows: int | None
    formats: tuple[str, ...]
    illustrative: bool


@dataclass(slots=True)
class _Found:
    """What the tables hold of the datasets of one page."""

    resources: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    versions: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))


def read_rows(session: Session, ids: Sequence[str], *, labels: Labels, asked: Asked | None = None, today: date) -> list[Row]:
    """The datasets with these ids in this order; those that are gone meanwhile are left out."""
    if not ids:
        return []
    datasets = {row.id: row for row in session.execute(
        select(Dataset.id, Dataset.state, Dataset.name, Dataset.title, Dataset.title_en, Dataset.notes, Dataset.owner_org,
               Dataset.frequency, Dataset.illustrative, Dataset.metadata_modified).where(Dataset.id.in_(ids)))}
    found = _look(session, ids)
    words = asked.text if asked else ""
    return [_row(datasets[id], found, labels, words, today) for id in ids if id in datasets and datasets[id].state == "active"]


def _look(session: Session, ids: Sequence[str]) -> _Found:
    found = _Found()
    for resource in session.execute(select(Resource.dataset_id, Resource.format, Resource.version_id)
                                    .where(Resource.dataset_id.in_(ids), Resource.state == "active").order_by(Resource.position)):
        found.resources[resource.dataset_id].append(resource)
    live = [resource.version_id for resources in found.resources.values() for resource in resources if resource.version_id]
    found.versions = {row.id: row for row in session.execute(
        select(Version.id, Version.rows, Version.created, Version.format).where(Version.id.in_(live), Version.state == "published"))}
    for fact in session.execute(
            select(Evidence.dataset_id, Evidence.kind, Evidence.state, Evidence.good_until, Evidence.facts)
            .where(Evidence.dataset_id.in_(ids), Evidence.kind.in_(("valid", "current")), Evidence.until.is_(None))):
        found.evidence[fact.dataset_id][fact.kind] = fact
    return found


def _row(dataset: Fetched, found: _Found, labels: Labels, words: str, today: date) -> Row:
    resources, facts = found.resources[dataset.id], found.evidence[dataset.id]
    live = [found.versions[resource.version_id] for resource in resources if resource.version_id in found.versions]
    formats = (resource.format or (found.versions[resource.version_id].format if resource.version_id in found.versions else "") for resource in resources)
    return Row(
        name=dataset.name,
        title=marked(either(dataset.title, dataset.title_en), words, length=TITLE_LENGTH),
        in_english=language() == "en" and bool(dataset.title_en),
        line=marked(to_line(dataset.notes, 2 * LINE_LENGTH), words, length=LINE_LENGTH),
        agency=labels.agencies.get(dataset.owner_org or ""),
        updated=_updated(facts, live) or dataset.metadata_modified,
        valid=_valid(facts, live),
        fresh=_fresh(facts, dataset.frequency, today),
        rows=next((version.rows for version in live if version.rows is not None), None),
        formats=tuple(dict.fromkeys(each[:20] for each in formats if each))[:6],
        illustrative=dataset.illustrative,
    )


def _updated(facts: Mapping[str, Any], live: Sequence[Any]) -> date | datetime | None:
    """The day of the data itself, as participation knows it; else when its newest live file came."""
    stated = facts["current"].facts.get("updated") if "current" in facts else None
    return date.fromisoformat(stated[:10]) if stated else max((version.created for version in live), default=None)


def _valid(facts: Mapping[str, Any], live: Sequence[Any]) -> State | None:
    state = facts["valid"].state if "valid" in facts else "none"
    if state == "ok":
        return "ok", _("Hợp lệ")
    if state == "none":
        return None
    if live:  # a newer version waits or was refused; the last good one is what is downloaded
        return "hold", _("Đang dùng bản %(day)s", day=day_words(max(version.created for version in live)))
    return ("hold", _("Đang giữ lại")) if state == "hold" else ("bad", _("Chưa hợp lệ"))


def _fresh(facts: Mapping[str, Any], frequency: str, today: date) -> State | None:
    good_until = facts["current"].good_until if "current" in facts else None
    if good_until is None:
        return None
    frequency = facts["current"].facts.get("frequency", frequency)
    if is_overdue(good_until, today):
        return "lapse", _("Quá hạn từ %(day)s", day=day_words(good_until + timedelta(days=1)))
    if is_due_soon(good_until, frequency, today):
        return "due", _("Sắp đến hạn %(day)s", day=day_words(good_until))
    return "ok", _("Đúng hạn")
