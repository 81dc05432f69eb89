"""The list of open data (danh mục dữ liệu mở): what each agency promised, when it is due, and what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

import schemas
from catalog import evidence
from catalog.clock import day_of, end_of
from catalog.freshness import due_on
from catalog.models import Agency, Commitment, Dataset, Evidence
from catalog.official_list import LoadResult, read_list
from catalog.register import Heirs, heirs

SCHEMA = "danh-muc-du-lieu-mo"
KEPT, DUE, OVERDUE, UNPUBLISHED = "kept", "due", "overdue", "unpublished"
STATES = (KEPT, DUE, OVERDUE, UNPUBLISHED)


def load_commitments(session: Session, path: Path | str, now: datetime) -> LoadResult:
    """Bring the commitments to what the list says; those that the list does not name stay as they are.

    Everything or nothing: Trouble when the file cannot be read, Invalid with every mistake named by row and column.
    Datasets on the list are judged anew against the promised frequency.
    """
    lines, mistakes = read_list(Path(path), SCHEMA)
    agencies = dict(session.execute(select(Agency.slug, Agency.id)).all())
    known_schemas = set(schemas.names())
    for line in lines:
        if line["co_quan"] not in agencies:
            mistakes.add("commitment-unknown-agency", line.row, "co_quan", value=line["co_quan"])
        if line.text("luoc_do") and line["luoc_do"] not in known_schemas:
            mistakes.add("commitment-unknown-schema", line.row, "luoc_do", value=line["luoc_do"])
    mistakes.raise_any()
    held = {(each.agency_id, each.dataset_key): each for each in session.scalars(select(Commitment))}
    added, changed = [], []
    for line in lines:
        key = (agencies[line["co_quan"]], line["bo_du_lieu"])
        values = {
            "title_vi": line["ten_vi"], "title_en": line.text("ten_en") or line["ten_vi"], "schema_name": line["luoc_do"] or None,
            "frequency": line["tan_suat"], "due": line["han"], "basis": line.text("can_cu"), "contact": line.text("lien_he"),
        }
        if key not in held:
            held[key] = Commitment(agency_id=key[0], dataset_key=key[1], **values)
            session.add(held[key])
            added.append(key[1])
        elif different := {name: value for name, value in values.items() if getattr(held[key], name) != value}:
            for name, value in different.items():
                setattr(held[key], name, value)
            changed.append(key[1])
    session.flush()
    touched = [*added, *changed]
    evidence.record_datasets(session, session.scalars(
        select(Dataset.id).where(or_(Dataset.name.in_(touched), Dataset.identifier.in_(touched)))).all(), now)
    return LoadResult(added=len(added), changed=len(changed), unchanged=len(lines) - len(added) - len(changed))


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentState:
    """What became of one promise on a day.

    `state`: `kept` (published and updated as promised), `due` (not published, and the day has not come), `overdue`
    (published, but behind its promised frequency), `unpublished` (the day has passed). `agency_id` is who
    holds the promise on that day; `good_until` the last day on which the published data is not overdue.
    """

    id: str
    agency_id: str
    dataset_key: str
    titles: Mapping[str, str]
    schema_name: str | None
    frequency: str
    due: date
    basis: str
    contact: str
    state: str
    dataset_id: str | None = None
    dataset_name: str | None = None
    published: date | None = None
    updated: date | None = None
    good_until: date | None = None

    @property
    def broken(self) -> bool:
        return self.state in (OVERDUE, UNPUBLISHED)

    @property
    def on_time(self) -> bool:
        """Whether it was first published by the promised day."""
        return self.published is not None and self.published <= self.due


def state_on(session: Session, day: date, *, agency_ids: Sequence[str] | None = None, who: Heirs | None = None) -> list[CommitmentState]:
    """What became of each promise on `day`, in the order of the agencies and the days due; from dated evidence.

    A promise passes to the successors with the datasets; after a split to the first of them.
    """
    who = who or heirs(session, day)
    promises = session.execute(
        select(Commitment.id, Commitment.agency_id, Commitment.dataset_key, Commitment.title_vi, Commitment.title_en,
               Commitment.schema_name, Commitment.frequency, Commitment.due, Commitment.basis, Commitment.contact)
        .join(Agency, Agency.id == Commitment.agency_id).order_by(Agency.position, Commitment.due, Commitment.dataset_key)).all()
    promises = [(promise, holders[0]) for promise in promises if (holders := who(promise.agency_id))
                and (agency_ids is None or holders[0] in agency_ids)]
    published = _published(session, {promise.dataset_key for promise, _ in promises}, day)
    found = []
    for promise, holder in promises:
        offers = [row for row in published.get(promise.dataset_key, ()) if holder in who(row.agency_id)]
        found.append(_state(promise, holder, offers, day))
    return found


def _published(session: Session, keys: set[str], day: date) -> dict[str, list[Any]]:
    """By key, the datasets that on `day` stood published in good order, with when their data was updated."""
    if not keys:
        return {}
    end = end_of(day)
    in_force = (Evidence.since < end, or_(Evidence.until.is_(None), Evidence.until >= end))
    standing = select(Evidence.dataset_id, Evidence.agency_id, Evidence.since).where(
        text("evidence.kind = 'standing'"), Evidence.state == "ok", *in_force).subquery()
    rows = session.execute(
        select(Dataset.id, Dataset.name, Dataset.identifier, Dataset.metadata_created, standing.c.agency_id, Evidence.facts)
        .join(standing, standing.c.dataset_id == Dataset.id)
        .join(Evidence, (Evidence.dataset_id == Dataset.id) & (Evidence.kind == "current"))
        .where(or_(Dataset.name.in_(keys), Dataset.identifier.in_(keys)), *in_force))
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        for key in {row.name, row.identifier} & keys:
            found[key].append(row)
    return found


def _state(promise: Any, holder: str, offers: Sequence[Any], day: date) -> CommitmentState:
    common = {
        "id": promise.id, "agency_id": holder, "dataset_key": promise.dataset_key, "schema_name": promise.schema_name,
        "titles": {"vi": promise.title_vi, "en": promise.title_en}, "frequency": promise.frequency, "due": promise.due,
        "basis": promise.basis, "contact": promise.contact,
    }
    if not offers:
        return CommitmentState(state=DUE if day <= promise.due else UNPUBLISHED, **common)
    newest = max(offers, key=lambda row: row.facts["updated"])
    updated = date.fromisoformat(newest.facts["updated"])
    good_until = due_on(updated, promise.frequency)
    return CommitmentState(
        state=OVERDUE if good_until is not None and day > good_until else KEPT, dataset_id=newest.id, dataset_name=newest.name,
        published=day_of(newest.metadata_created), updated=updated, good_until=good_until, **common)
