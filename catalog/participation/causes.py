"""Why a step is not met: the facts of the dataset that shows it, made into an issue that can be said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from catalog.clock import end_of
from catalog.freshness import WORDS, is_due_soon
from catalog.issues import Issue, Place, codes
from catalog.models import Dataset, Evidence
from catalog.participation.ledger import STANDING
from catalog.participation.steps import Step

# The trouble of a dataset -> the kind of evidence that knows why, and what to say when that knows nothing.
KNOWN_BY = {
    "held": ("valid", "data-held"), "valid": ("valid", "data-not-valid"), "reachable": ("reachable", "file-unreachable"),
    "licence": ("licence", "licence-not-open"), "machine-readable": ("machine-readable", "format-not-open"),
    "unpublished": ("published", "dataset-not-published"), "data-overdue": ("current", "data-overdue"),
    "data-due-soon": ("current", "data-due-soon"),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """One dataset that shows a trouble, with what was known of it on the day, by kind of evidence."""

    name: str
    titles: Mapping[str, str]
    evidence: Mapping[str, Any]


def point_out(session: Session, steps: Mapping[str, Sequence[Step]], owners: Mapping[str, Sequence[str]], day: date) -> dict[str, tuple[Step, ...]]:
    """The steps of each agency, where a step knows only the day on which a dataset becomes overdue, with that dataset.

    `owners` are, by agency, those under whose name its evidence was written: itself and its predecessors.
    """
    days = {step.sample_day for each in steps.values() for step in each if step.sample_day is not None}
    if not days:
        return {agency_id: tuple(each) for agency_id, each in steps.items()}
    end = end_of(day)
    first = {(agency_id, good_until): dataset_id for agency_id, good_until, dataset_id in session.execute(
        select(Evidence.agency_id, Evidence.good_until, func.min(Evidence.dataset_id))
        .where(STANDING, Evidence.state == "ok", Evidence.good_until.in_(days), Evidence.since < end,
               or_(Evidence.until.is_(None), Evidence.until >= end)).group_by(Evidence.agency_id, Evidence.good_until))}

    def pointed(agency_id: str, step: Step) -> Step:
        found = [first[owner, step.sample_day] for owner in owners[agency_id] if (owner, step.sample_day) in first]
        return replace(step, sample=min(found)) if found else step

    return {agency_id: tuple(pointed(agency_id, step) for step in each) for agency_id, each in steps.items()}


def read_samples(session: Session, steps: Iterable[Step], day: date) -> dict[str, Sample]:
    """The datasets that the steps point to, in two questions; one that is private, or was purged, is not talked of."""
    ids = sorted({step.sample for step in steps if step.sample})
    rows = session.execute(select(Dataset.id, Dataset.name, Dataset.title, Dataset.title_en).where(Dataset.id.in_(ids), ~Dataset.private)).all()
    if not rows:
        return {}
    end = end_of(day)
    evidence: dict[str, dict[str, Any]] = {}
    for row in session.execute(
        select(Evidence.dataset_id, Evidence.kind, Evidence.cause, Evidence.good_until, Evidence.facts)
        .where(Evidence.dataset_id.in_([row.id for row in rows]), Evidence.since < end, or_(Evidence.until.is_(None), Evidence.until >= end))
    ):
        evidence.setdefault(row.dataset_id, {})[row.kind] = row
    return {row.id: Sample(row.name, {"vi": row.title, "en": row.title_en or row.title}, evidence.get(row.id, {})) for row in rows}


def explain(step: Step, samples: Mapping[str, Sample], day: date) -> Step:
    """The step with its cause; data that is due soon only by a short period is simply up to date."""
    if step.code is None:
        return step
    sample = samples.get(step.sample or "")
    kind, fallback = KNOWN_BY.get(step.code, ("", step.code if step.code in codes() else "harvest-failed"))
    row = sample.evidence.get(kind) if sample is not None else None
    if step.code == "data-due-soon" and row is not None and not is_due_soon(row.good_until, row.facts.get("frequency", ""), day):
        return replace(step, state="ok", code=None, sample=None)
    facts = dict(step.facts)
    code, place = fallback, Place()
    if row is not None:
        code = row.cause if row.cause in codes() else fallback
        facts |= _dates(row) if kind == "current" else row.facts
    if "facts" in facts:  # an issue of a run or of a record, kept whole
        place = Place(**facts.pop("place", {}))
        facts |= facts.pop("facts")
    dataset = {"name": sample.name, **sample.titles} if sample is not None else None
    return replace(step, cause=Issue(code, place, facts), dataset=dataset)


def _dates(row: Any) -> dict[str, str]:
    vi, en = WORDS.get(row.facts.get("frequency", ""), WORDS[""])
    good_until: date = row.good_until
    return {
        "updated": date.fromisoformat(row.facts["updated"]).strftime("%d/%m/%Y"), "frequency_vi": vi, "frequency_en": en,
        "due": good_until.strftime("%d/%m/%Y"), "overdue": (good_until + timedelta(days=1)).strftime("%d/%m/%Y"),
    }
