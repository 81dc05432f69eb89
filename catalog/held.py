"""What the catalogue holds of files: the newest version of each, and what a harvest compares its bytes with. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from catalog import rechecking
from catalog.decisions import keeping
from catalog.models import Dataset, FileCheck, Resource, Version
from catalog.pipeline import Before
from catalog.record import StoredFile


def newest_versions(session: Session, resource_ids: Sequence[str]) -> dict[str, Version]:
    """The newest version of each resource, in whatever state."""
    if not resource_ids:
        return {}
    last = select(Version.resource_id, func.max(Version.number).label("number")).where(
        Version.resource_id.in_(resource_ids)).group_by(Version.resource_id).subquery()
    query = select(Version).join(last, (Version.resource_id == last.c.resource_id) & (Version.number == last.c.number))
    return {version.resource_id: version for version in session.scalars(query)}


def original_of(version: Version) -> dict[str, Any]:
    """The file as its source has it: sha256, size, filename, media_type; not what a decision made of it."""
    return (version.released or {}).get("original") or {
        "sha256": version.sha256, "size": version.size, "filename": version.filename, "media_type": version.media_type}


def held_files(session: Session, source_id: str, identifiers: Sequence[str], now: datetime) -> dict[str, dict[str, Before]]:
    """By identifier and address: the newest bytes held of each file of a source's datasets, good or not."""
    last = select(Version.resource_id, func.max(Version.number).label("number")).join(
        Resource, Resource.id == Version.resource_id).join(Dataset, Dataset.id == Resource.dataset_id).where(
        Dataset.source_id == source_id, Dataset.identifier.in_(identifiers)).group_by(Version.resource_id).subquery()
    live = aliased(Version)
    rows = session.execute(
        select(Dataset.identifier, Resource, Version, live, FileCheck).join(Resource, Resource.dataset_id == Dataset.id)
        .join(Version, Version.resource_id == Resource.id).outerjoin(live, live.id == Resource.version_id)
        .outerjoin(FileCheck, FileCheck.resource_id == Resource.id)
        .join(last, (Version.resource_id == last.c.resource_id) & (Version.number == last.c.number)))
    rows = rows.all()
    decisions, taken_back = keeping.standing_and_gone(session, [row[1].id for row in rows])
    held: dict[str, dict[str, Before]] = {}
    for identifier, resource, version, shown, looked in rows:
        file = StoredFile(**original_of(version), etag=looked.etag if looked else resource.etag,
                          last_modified=looked.last_modified if looked else resource.source_modified)
        held.setdefault(identifier, {})[resource.url] = Before(
            file=file, reachable=resource.reachable is not False, due=rechecking.is_due(looked, now), believed=rechecking.believes(looked, now),
            columns=len(shown.fields) if shown and shown.table_sha256 else 0, decisions=decisions.get(resource.id, {}), taken_back=frozenset(taken_back.get(resource.id, ())))
    return held
