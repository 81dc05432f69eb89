"""What is wrong with sources at this moment: down, shrunk, or with tables whose columns have changed. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session, aliased

from catalog.clock import day_and_hour
from catalog.issues import Issue, Place, Who, codes
from catalog.models import Dataset, Evidence, IssueRow, Resource, Run, Source, Version
from catalog.register import Heirs

SHRUNK = ("source-shrank", "source-below-minimum", "source-empty")
DRIFT = ("label-blank", "label-repeated", "label-missing", "label-extra", "label-incorrect", "label-other", "header-blank", "header-unmatched")
SLACK = timedelta(minutes=10)  # a run is seen by others later than the moment at which it says it ended
LONGEST_RUN = timedelta(days=7)
CHUNK = 500  # identifiers in one question


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something worth telling: the notice it would be.

    `agency_id` is who answers for it today; `quiet` stands, but is not told anew; `path` is the page that shows it, "" that of the agency.
    """

    kind: str
    subject: str
    episode: str
    agency_id: str
    audience: str = "contact"
    source_id: str | None = None
    dataset_id: str | None = None
    issue: Issue | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    path: str = ""
    quiet: bool = False


def holder_of(who: Heirs, agency_id: str) -> str:
    """Who answers today for what an agency held; the agency itself where nobody followed it."""
    return next(iter(who(agency_id)), agency_id)


def sources_down(session: Session, who: Heirs) -> list[Happening]:
    """Sources whose last finished harvest failed, each since the first failure after the last success."""
    rows = session.execute(
        select(Source.id, Source.name, Source.title, Source.agency_id, Source.state, Evidence.cause, Evidence.facts)
        .select_from(Source).join(Evidence, Evidence.source_id == Source.id)
        .where(Evidence.source_id.in_(select(Source.id).where(Source.state != "removed")),  # few sources, much evidence
               Evidence.kind == "harvest", Evidence.until.is_(None), Evidence.state == "bad")).all()
    since = _down_since(session, [row.id for row in rows])
    return [_down(row, since[row.id], holder_of(who, row.agency_id)) for row in rows]


def _down_since(session: Session, source_ids: Sequence[str]) -> dict[str, datetime]:
    if not source_ids:
        return {}
    harvests = (Evidence.kind == "harvest", Evidence.source_id.in_(source_ids))
    fine = select(Evidence.source_id, func.max(Evidence.id).label("id")).where(*harvests, Evidence.state != "bad").group_by(Evidence.source_id).subquery()
    rows: Any = session.execute(
        select(Evidence.source_id, func.min(Evidence.since)).select_from(Evidence).outerjoin(fine, fine.c.source_id == Evidence.source_id)
        .where(*harvests, Evidence.state == "bad", Evidence.id > func.coalesce(fine.c.id, 0)).group_by(Evidence.source_id))
    return dict(rows.all())


def _down(row: Any, since: datetime, agency_id: str) -> Happening:
    issue = Issue("harvest-failed", facts={"source": row.name})
    if row.cause in codes():
        issue = Issue(row.cause, Place(**row.facts.get("place", {})), row.facts.get("facts", {}))
    return Happening(
        kind="source-down", subject=f"source:{row.id}", episode=since.isoformat(), agency_id=agency_id, source_id=row.id, issue=issue,
        audience="contact" if issue.who is Who.AGENCY else "team", quiet=row.state != "active", path=f"/runs/{row.facts['run']}",
        facts={"source": row.title or row.name, "since": day_and_hour(since)})


def listings_shrunk(session: Session, who: Heirs) -> list[Happening]:
    """Sources whose listing lost so much that the guard takes nothing off the site, and asks."""
    rows = session.execute(
        select(IssueRow, Source.name, Source.title, Source.agency_id, Source.state).select_from(IssueRow).join(Source, Source.id == IssueRow.source_id)
        .where(IssueRow.code.in_(SHRUNK), IssueRow.closed_at.is_(None), Source.state != "removed").order_by(IssueRow.id)).all()
    return [
        Happening(kind="listing-shrunk", subject=f"source:{issue.source_id}", episode=issue.first_seen.isoformat(), audience="both",
                  agency_id=holder_of(who, agency_id), source_id=issue.source_id, issue=_issue(issue), quiet=state != "active",
                  path=f"/runs/{issue.run_id}", facts={"source": title or name})
        for issue, name, title, agency_id, state in rows
    ]


def tables_drifted(session: Session, who: Heirs) -> list[Happening]:
    """Published datasets whose newest table no longer has the columns of its schema; one of its issues as the example."""
    first = (select(func.min(IssueRow.id).label("id"), func.min(IssueRow.first_seen).label("first_seen"))
             .where(IssueRow.code.in_(DRIFT), IssueRow.closed_at.is_(None), IssueRow.dataset_id.is_not(None))
             .group_by(IssueRow.dataset_id).subquery())
    rows = session.execute(
        select(IssueRow, first.c.first_seen, *_DATASET).select_from(IssueRow).join(first, first.c.id == IssueRow.id).join(Dataset, Dataset.id == IssueRow.dataset_id)
        .where(*_PUBLIC)).all()
    return [_of_dataset("schema-drift", row, who, episode=row.first_seen.isoformat(), issue=_issue(row.IssueRow)) for row in rows]


def columns_changed(session: Session, who: Heirs, since: datetime) -> list[Happening]:
    """New versions, from runs that ended since a moment, whose columns are not those of the version before: they were published all the same."""
    before, older = aliased(Version), aliased(Version)
    last = (select(func.max(older.number)).where(older.resource_id == Version.resource_id, older.number < Version.number, older.state == "published")
            .correlate(Version).scalar_subquery())
    ended = session.scalars(select(Run.id).where(Run.queued_at >= since - LONGEST_RUN, Run.finished_at >= since - SLACK)).all()
    changed = {}
    for start in range(0, len(ended), CHUNK):
        for row in session.execute(
            select(Version.id, Version.resource_id, Version.filename, Version.fields, before.fields.label("fields_before")).select_from(Version)
            .join(before, (before.resource_id == Version.resource_id) & (before.number == last))
            .where(Version.run_id.in_(ended[start:start + CHUNK]), Version.number > 1, Version.state == "published",
                   cast(Version.fields, Text) != cast(before.fields, Text))):
            added, gone = _missing(row.fields, row.fields_before), _missing(row.fields_before, row.fields)
            if row.fields and row.fields_before and (added or gone):
                changed[row.resource_id] = (row.id, Issue("columns-changed", Place(file=row.filename), {"added": _named(added), "gone": _named(gone)}))
    found, resource_ids = [], list(changed)
    for start in range(0, len(resource_ids), CHUNK):
        for row in session.execute(
            select(Resource.id, *_DATASET).select_from(Resource).join(Dataset, Dataset.id == Resource.dataset_id)
            .where(Resource.id.in_(resource_ids[start:start + CHUNK]), *_PUBLIC)):
            version_id, issue = changed[row.id]
            found.append(_of_dataset("schema-drift", row, who, episode=version_id, issue=issue))
    return found


_DATASET = (Dataset.id.label("dataset_id"), Dataset.name, Dataset.title, Dataset.title_en, Dataset.owner_org, Dataset.source_id)
_PUBLIC = (Dataset.state == "active", ~Dataset.private, Dataset.owner_org.is_not(None))


def _of_dataset(kind: str, row: Any, who: Heirs, *, episode: str, issue: Issue) -> Happening:
    return Happening(
        kind=kind, subject=f"dataset:{row.dataset_id}", episode=episode, agency_id=holder_of(who, row.owner_org), source_id=row.source_id,
        dataset_id=row.dataset_id, issue=issue, path=f"/dataset/{row.name}", facts={"title": {"vi": row.title, "en": row.title_en or row.title}})


def _issue(row: IssueRow) -> Issue:
    return Issue(row.code, Place(**row.place), row.facts)


def _missing(names: Sequence[str], others: Collection[str]) -> list[str]:
    return [name for name in names if name not in set(others)]


def _named(names: Sequence[str]) -> str:
    return ", ".join(str(name)[:60] for name in names[:5]) + (f" (+{len(names) - 5})" if len(names) > 5 else "") if names else "–"
