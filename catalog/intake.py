"""Takes a prepared record into the catalogue: the part of the pipeline that happens exactly once.

Everything here runs inside one transaction with the deletion of the staged record, so that after a crash a
record is either wholly in or wholly still to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from catalog import evidence
from catalog.actions.client import LocalCatalogue
from catalog.actions.context import Context
from catalog.issues import Issue, Severity
from catalog.models import Dataset, IssueRow, Known, Resource, Run, RunRecord, Source, Staged, Version, new_id
from catalog.names import slug, unique_name
from catalog.record import Distribution, Outcome, Record, StoredFile
from catalog.site import Site

GOOD = ("valid", "unchecked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """Where records are taken in: the site, an open transaction, the source and the run they came with."""

    site: Site
    session: Session
    source: Source
    run: Run

    @property
    def now(self) -> datetime:
        return self.site.clock.now()


def take_in(intake: Intake, records: Sequence[Record]) -> dict[str, int]:
    """Publish prepared records; returns how many had each outcome. Records already finished are left alone."""
    waiting = set(intake.session.scalars(
        select(Staged.identifier).where(Staged.run_id == intake.run.id, Staged.identifier.in_([r.identifier for r in records]))))
    records = [record for record in records if record.identifier in waiting]
    if not records:
        return {}
    existing = {d.identifier: d for d in intake.session.scalars(
        select(Dataset).where(Dataset.source_id == intake.source.id, Dataset.identifier.in_([r.identifier for r in records])))}
    counts: dict[str, int] = {}
    touched: list[str] = []
    rows: list[dict[str, Any]] = []
    for record in records:
        outcome, dataset_id = _take_in_one(intake, record, existing.get(record.identifier))
        counts[outcome] = counts.get(outcome, 0) + 1
        rows.append({"run_id": intake.run.id, "identifier": record.identifier, "outcome": str(outcome),
                     "dataset_id": dataset_id, "at": intake.now})
        if dataset_id and outcome is not Outcome.UNCHANGED:
            touched.append(dataset_id)
    intake.session.flush()
    _finish(intake, records, rows)
    evidence.record_datasets(intake.session, touched, intake.now)
    return counts


def _finish(intake: Intake, records: Sequence[Record], rows: list[dict[str, Any]]) -> None:
    """Write what became of the records, remember their hashes, and take them off the staging table."""
    session, identifiers = intake.session, [record.identifier for record in records]
    session.execute(RunRecord.__table__.insert(), rows)
    became = {row["identifier"]: row for row in rows}
    for record in records:
        session.execute(update(Known).where(Known.source_id == intake.source.id, Known.identifier == record.identifier).values(
            raw_hash=record.raw_hash if _settled(record) else "", dataset_id=became[record.identifier]["dataset_id"]))
    session.execute(delete(Staged).where(Staged.run_id == intake.run.id, Staged.identifier.in_(identifiers)))
    session.execute(update(Run).where(Run.id == intake.run.id).values(heartbeat_at=intake.now))


def _settled(record: Record) -> bool:
    """Whether an equal answer next time needs no new look; a fault of ours does."""
    return not any(issue.code in ("fault", "connection-broken") for issue in record.issues)


def _take_in_one(intake: Intake, record: Record, dataset: Dataset | None) -> tuple[Outcome, str | None]:
    if dataset is not None and _same(record, dataset):
        return Outcome.UNCHANGED, dataset.id
    if any(issue.severity is Severity.ERROR and not issue.place.url for issue in record.issues):
        outcome, dataset_id = Outcome.REJECTED, dataset.id if dataset else None  # the record itself, not one of its files
    else:
        outcome, dataset_id = _publish(intake, record, dataset)
    keep_issues(intake, record.issues, identifier=record.identifier, dataset_id=dataset_id)
    return outcome, dataset_id


def _same(record: Record, dataset: Dataset) -> bool:
    """Whether only the files were looked at again, and none of them changed."""
    return record.outcome is Outcome.UNCHANGED and dataset.state != "deleted"


def _publish(intake: Intake, record: Record, dataset: Dataset | None) -> tuple[Outcome, str | None]:
    now, session = intake.now, intake.session
    held = {resource.url: resource for resource in dataset.resources} if dataset else {}
    newest = _newest_versions(session, [r.id for r in held.values()])
    resources, fresh = [], []
    for draft in record.resources:
        old = held.get(draft.url)
        resource_id = old.id if old else new_id()
        version = _version(draft, resource_id, newest.get(resource_id), intake.run.id, now)
        if version is not None:
            fresh.append(version)
        live = version if version is not None and version.state == "published" else None
        resources.append(_resource(draft, resource_id, old, live))
    refused = [version for version in fresh if version.state != "published"]
    shown = [resource for resource in resources if resource["state"] == "active"]
    state = "active" if shown or not record.resources else "draft"
    if dataset is not None and dataset.state == "active" and state == "draft":
        state = "active"  # the last good version stays live
    client = LocalCatalogue(Context(site=intake.site, session=session, user="pipeline", may_write=True))
    package = {**_package(intake, record, dataset), "resources": resources, "state": state}
    if dataset is None:
        package["id"] = new_id()
        client.call_action("package_create", package)
    else:
        client.call_action("package_update", {**package, "id": dataset.id})
    session.flush()
    session.add_all(fresh)
    good_news = state == "active" and (not refused or len(refused) < len(record.resources))
    if not good_news:
        return Outcome.REJECTED, package["id"] if dataset is None else dataset.id
    return (Outcome.CREATED if dataset is None or dataset.state == "draft" else Outcome.UPDATED), package.get("id") or dataset.id


def _package(intake: Intake, record: Record, dataset: Dataset | None) -> dict[str, Any]:
    """The dataset in CKAN's words; its name is given once and never changes."""
    metadata = dict(record.metadata)
    name = dataset.name if dataset else unique_name(intake.session, slug(metadata.get("name") or metadata["title"]))
    return {
        **metadata,
        "name": name,
        "owner_org": intake.source.agency_id,
        "published_by": dataset.published_by if dataset else intake.source.agency_id,
        "source_id": intake.source.id,
        "identifier": record.identifier,
        "illustrative": bool(metadata.get("illustrative") or intake.source.illustrative),
    }


def _resource(draft: Distribution, resource_id: str, old: Resource | None, live: Version | None) -> dict[str, Any]:
    """One resource in CKAN's words; `draft` while no version of its file was ever good."""
    version_id = live.id if live else (old.version_id if old else None)
    copied = draft.file is not None
    resource: dict[str, Any] = {
        "id": resource_id, "name": draft.name, "description": draft.description, "url": draft.url,
        "format": live.format if live else (draft.format or (old.format if old else "")),
        "mimetype": draft.media_type or (old.mimetype if old else None), "last_modified": draft.last_modified,
        "schema_name": (draft.checked.schema if draft.checked else None) or draft.schema or (old.schema_name if old else None),
        "state": "draft" if copied and version_id is None else "active",
        "url_type": "upload" if version_id else None, "version_id": version_id,
        "reachable": draft.reached,
        "etag": draft.file.etag if draft.file else None, "source_modified": draft.file.last_modified if draft.file else None,
        "extras": dict(draft.extras),
    }
    if live:
        resource |= {"size": live.size, "hash": live.sha256, "mimetype": live.media_type or resource["mimetype"]}
    elif old and version_id:
        resource |= {"size": old.size, "hash": old.hash}
    return resource


def _newest_versions(session: Session, resource_ids: Sequence[str]) -> dict[str, Version]:
    """The newest version of each resource, in whatever state."""
    if not resource_ids:
        return {}
    last = select(Version.resource_id, func.max(Version.number).label("number")).where(
        Version.resource_id.in_(resource_ids)).group_by(Version.resource_id).subquery()
    query = select(Version).join(last, (Version.resource_id == last.c.resource_id) & (Version.number == last.c.number))
    return {version.resource_id: version for version in session.scalars(query)}


def _version(draft: Distribution, resource_id: str, newest: Version | None, run_id: str, now: datetime) -> Version | None:
    """A new version where the bytes, or what was found of them, differ from the newest one."""
    file, checked = draft.file, draft.checked
    if file is None or checked is None:
        return None
    state = "published" if checked.state in GOOD else "held" if checked.state == "held" else "refused"
    if newest is not None and (newest.sha256, newest.state, newest.schema_name) == (file.sha256, state, checked.schema):
        return None
    return Version(
        id=new_id(), resource_id=resource_id, number=newest.number + 1 if newest else 1, state=state, created=now,
        sha256=file.sha256, size=file.size, filename=file.filename, format=draft.format, media_type=file.media_type,
        encoding=checked.encoding, sheet=checked.sheet, rows=checked.rows, fields=list(checked.fields),
        errors=checked.errors, schema_name=checked.schema, checked=checked.state, table_sha256=checked.table_sha256,
        table_size=checked.table_size, report_sha256=checked.report_sha256, run_id=run_id,
    )


def held_files(session: Session, source_id: str, identifiers: Sequence[str]) -> dict[str, dict[str, StoredFile]]:
    """By identifier and address: the newest bytes held of each file of a source's datasets, good or not."""
    last = select(Version.resource_id, func.max(Version.number).label("number")).join(
        Resource, Resource.id == Version.resource_id).join(Dataset, Dataset.id == Resource.dataset_id).where(
        Dataset.source_id == source_id, Dataset.identifier.in_(identifiers)).group_by(Version.resource_id).subquery()
    rows = session.execute(
        select(Dataset.identifier, Resource, Version).join(Resource, Resource.dataset_id == Dataset.id)
        .join(Version, Version.resource_id == Resource.id)
        .join(last, (Version.resource_id == last.c.resource_id) & (Version.number == last.c.number)))
    held: dict[str, dict[str, StoredFile]] = {}
    for identifier, resource, version in rows:
        held.setdefault(identifier, {})[resource.url] = StoredFile(
            sha256=version.sha256, size=version.size, filename=version.filename, media_type=version.media_type,
            etag=resource.etag, last_modified=resource.source_modified)
    return held


def keep_issues(intake: Intake, issues: Sequence[Issue], *, identifier: str | None, dataset_id: str | None) -> None:
    """Close what earlier runs left open for this record (for the source itself, without an identifier); keep what is wrong now."""
    session, now = intake.session, intake.now
    same = (IssueRow.source_id == intake.source.id, IssueRow.closed_at.is_(None), IssueRow.run_id != intake.run.id,
            IssueRow.identifier == identifier if identifier is not None else IssueRow.identifier.is_(None))
    before: Mapping[str, datetime] = dict(session.execute(select(IssueRow.fingerprint, IssueRow.first_seen).where(*same)).tuples().all())
    if before:
        session.execute(update(IssueRow).where(*same).values(closed_at=now))
    rows = {}
    for issue in issues:
        fingerprint = issue.fingerprint(identifier)
        rows[fingerprint] = {
            "fingerprint": fingerprint, "run_id": intake.run.id, "source_id": intake.source.id, "identifier": identifier,
            "dataset_id": dataset_id, "code": issue.code, "stage": str(issue.stage), "severity": str(issue.severity),
            "who": str(issue.who), "place": issue.place.to_dict(), "facts": dict(issue.facts),
            "first_seen": before.get(fingerprint, now), "last_seen": now, "closed_at": None,
        }
    if rows:
        session.execute(IssueRow.__table__.insert(), list(rows.values()))


def close_lost_places(intake: Intake) -> None:
    """Close what earlier runs said of records that had no identity: this run has listed them anew."""
    intake.session.execute(update(IssueRow).where(
        IssueRow.source_id == intake.source.id, IssueRow.closed_at.is_(None), IssueRow.run_id != intake.run.id,
        IssueRow.identifier.startswith("#"), IssueRow.dataset_id.is_(None)).values(closed_at=intake.now))
