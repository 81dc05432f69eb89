"""Writes down, as dated facts, what participation is computed from.

A fact is added when the state of a dataset or a source differs from the fact that is open, which is closed at the
same moment; no fact is ever changed. Both moments are those at which the catalogue knew, so that what is learnt
later never changes an earlier day. Call it in the transaction in which the dataset, or the run, changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from catalog.conditions import Found, conditions
from catalog.models import Commitment, Dataset, Evidence, IssueRow, Resource, Run, Source, Version
from catalog.models.sight import ALL

DATASET_KINDS = ("published", "licence", "machine-readable", "valid", "reachable", "current", "standing")
SOURCE_KINDS = ("registered", "harvest")
CHUNK = 500  # identifiers in one question
GOOD_RUNS = ("succeeded", "succeeded-with-issues")
BAD_RUNS = ("failed", "lost")
# Facts of a harvest name the moment and the address of a failure; only another cause makes another fact.
SAME_WHATEVER_THE_FACTS = ("harvest", "registered")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What holds from now on: `kind` of a dataset or a source is `state`."""

    kind: str
    state: str
    agency_id: str
    dataset_id: str | None = None
    source_id: str | None = None
    cause: str | None = None
    good_until: date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def equals(self, row: Evidence) -> bool:
        return (
            (row.state, row.agency_id, row.source_id, row.cause, row.good_until)
            == (self.state, self.agency_id, self.source_id, self.cause, self.good_until)
            and (self.kind in SAME_WHATEVER_THE_FACTS or row.facts == dict(self.facts))
        )


def record_dataset(session: Session, dataset_id: str, now: datetime) -> None:
    """Note what holds of one dataset from `now` on; see `record_datasets`."""
    record_datasets(session, [dataset_id], now)


def record_datasets(session: Session, dataset_ids: Iterable[str], now: datetime) -> None:
    """Note what holds of each dataset from `now` on: six conditions, and its standing under rule version 1.

    Looks at the datasets, their resources, their live and newest versions, and their open issues, in six
    questions for each 500. A dataset that is gone, or belongs to nobody, leaves its open facts closed.
    """
    ids = list(dict.fromkeys(dataset_ids))
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start:start + CHUNK]
        found = _look(session, chunk, now)
        facts = [_fact(item, each) for item in found for each in conditions(item)]
        _write(session, facts, Evidence.dataset_id.in_(chunk), now)


def record_source(session: Session, source_id: str, now: datetime) -> None:
    """Note from `now` on whether a source is registered and how its last finished run ended.

    Call it when a source is added, paused, resumed or removed, and after each run with its issues written.
    """
    source = session.get(Source, source_id)
    facts = [] if source is None else [_registered(source), _harvest(session, source)]
    _write(session, facts, Evidence.source_id == source_id, now, kinds=SOURCE_KINDS)


def _registered(source: Source) -> Fact:
    return Fact(kind="registered", state="none" if source.state == "removed" else "ok", agency_id=source.agency_id,
                source_id=source.id, facts={"source": source.name})


def _harvest(session: Session, source: Source) -> Fact:
    """How the last finished run ended; a run that was cancelled says nothing of the source."""
    run = session.scalar(select(Run).where(Run.source_id == source.id, Run.status.in_((*GOOD_RUNS, *BAD_RUNS)))
                         .order_by(Run.finished_at.desc(), Run.queued_at.desc()).limit(1))
    fact = {"kind": "harvest", "agency_id": source.agency_id, "source_id": source.id}
    if run is None or source.state == "removed":
        return Fact(state="none", facts={"source": source.name}, **fact)
    if run.status in GOOD_RUNS:
        return Fact(state="ok", facts={"source": source.name, "run": run.id}, **fact)
    issue = session.scalar(
        select(IssueRow).where(IssueRow.run_id == run.id, IssueRow.severity == "error", IssueRow.seen_by == ALL)
        .order_by(IssueRow.identifier.is_not(None), IssueRow.id).limit(1))
    facts: dict[str, Any] = {"source": source.name, "run": run.id, "unreachable": issue is not None and issue.stage in ("gather", "fetch")}
    if issue is not None:
        facts |= {"place": dict(issue.place), "facts": dict(issue.facts)}
    return Fact(state="bad", cause=issue.code if issue is not None else None, facts=facts, **fact)


def _fact(found: Found, condition: Any) -> Fact:
    return Fact(
        kind=condition.kind, state=condition.state, cause=condition.cause, good_until=condition.good_until,
        facts=condition.facts, agency_id=found.dataset.owner_org, dataset_id=found.dataset.id, source_id=found.dataset.source_id)


def _write(session: Session, facts: Sequence[Fact], whose: Any, now: datetime, kinds: Sequence[str] = DATASET_KINDS) -> None:
    """Close the open facts that no longer hold and add those that hold now."""
    open_rows: dict[tuple[str, str | None], Evidence] = {}
    stale: list[int] = []
    wanted = {(fact.kind, fact.dataset_id or fact.source_id): fact for fact in facts}
    for row in session.scalars(select(Evidence).where(whose, Evidence.kind.in_(kinds), Evidence.until.is_(None))):
        key = (row.kind, row.dataset_id or row.source_id)
        fact = wanted.get(key)
        if fact is not None and key not in open_rows and fact.equals(row):
            open_rows[key] = row
        else:
            stale.append(row.id)
    if stale:
        session.execute(update(Evidence).where(Evidence.id.in_(stale)).values(until=now),
                        execution_options={"synchronize_session": False})
    fresh = [{
        "kind": fact.kind, "state": fact.state, "since": now, "until": None, "agency_id": fact.agency_id,
        "dataset_id": fact.dataset_id, "source_id": fact.source_id, "cause": fact.cause, "good_until": fact.good_until,
        "facts": dict(fact.facts),
    } for key, fact in wanted.items() if key not in open_rows]
    if fresh:
        session.execute(insert(Evidence.__table__), fresh)  # past the mapper, which costs more than the store


_IDS = bindparam("ids", expanding=True)
_DATASETS = select(
    Dataset.id, Dataset.name, Dataset.identifier, Dataset.state, Dataset.private, Dataset.license_id, Dataset.owner_org, Dataset.frequency, Dataset.extras,
    Dataset.source_id).where(Dataset.id.in_(_IDS), Dataset.owner_org.is_not(None))
_RESOURCES = select(
    Resource.id, Resource.dataset_id, Resource.state, Resource.format, Resource.reachable, Resource.version_id, Resource.last_modified
).where(Resource.dataset_id.in_(_IDS))
_ISSUES = select(IssueRow.dataset_id, IssueRow.code, IssueRow.stage, IssueRow.place, IssueRow.facts).where(
    IssueRow.dataset_id.in_(_IDS), IssueRow.closed_at.is_(None), IssueRow.severity == "error").order_by(IssueRow.id)


def _versions() -> Select[Any]:
    """The live and the newest version of each resource."""
    newest = (select(Version.resource_id, func.max(Version.number).label("number")).join(Resource, Resource.id == Version.resource_id)
              .where(Resource.dataset_id.in_(_IDS)).group_by(Version.resource_id).subquery())
    return (
        select(Resource.dataset_id, Version.id, Version.resource_id, Version.number, Version.state, Version.checked, Version.format,
               Version.created, Version.errors, Version.table_sha256)
        .join(Resource, Resource.id == Version.resource_id).join(newest, newest.c.resource_id == Version.resource_id)
        .where(or_(Version.number == newest.c.number, Version.id == Resource.version_id))
    )


_VERSIONS = _versions()


def _look(session: Session, ids: Sequence[str], now: datetime) -> list[Found]:
    """Everything that the conditions need to know of the datasets, as it stands."""
    those = {"ids": list(ids)}
    datasets = session.execute(_DATASETS, those).all()
    resources, versions, issues = (_by(session.execute(asked, those), "dataset_id") for asked in (_RESOURCES, _VERSIONS, _ISSUES))
    promised = _promised(session, datasets)
    return [
        Found(dataset=row, resources=resources[row.id], versions=versions[row.id], issues=issues[row.id], today=now,
              frequency=promised.get(row.id) or row.frequency)
        for row in datasets
    ]


def _promised(session: Session, datasets: Sequence[Any]) -> dict[str, str]:
    """The frequency that the list of open data promises for a dataset, where it is on the list of its agency."""
    keys = {key for row in datasets for key in (row.name, row.identifier) if key}
    promises = {(agency_id, key): frequency for agency_id, key, frequency in session.execute(
        select(Commitment.agency_id, Commitment.dataset_key, Commitment.frequency).where(Commitment.dataset_key.in_(keys)))}
    found = {row.id: promises.get((row.owner_org, row.name)) or promises.get((row.owner_org, row.identifier)) for row in datasets}
    return {dataset_id: frequency for dataset_id, frequency in found.items() if frequency}


def _by(rows: Iterable[Any], name: str) -> dict[str, list[Any]]:
    grouped: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[getattr(row, name)].append(row)
    return grouped
