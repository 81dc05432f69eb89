"""Makes live what decisions allow, and takes it back: the last version that was good before is then live again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from catalog import evidence, validation
from catalog.decisions import keeping
from catalog.decisions.deriving import Release, release
from catalog.models import ColumnDecision, Dataset, IssueRow, Resource, Version, new_id
from catalog.search.log import note_change
from catalog.sign_ins import Person
from catalog.site import Site
from catalog.validation.screening import PERSONAL
from catalog.verdicts import KEPT


def perform(site: Site, version_id: str) -> None:
    """Do what follows from the decisions about a version, once all its columns are decided; done again, nothing more happens."""
    with site.reading() as session:
        version = session.get(Version, version_id)
        if version is None or version.state != "held" or not _is_newest(session, version):
            return
        standing = keeping.standing(session, [version.resource_id]).get(version.resource_id, {})
    verdict = validation.check(site.files.path(version.sha256), filename=version.filename, format=version.format, media_type=version.media_type,
                    schema=version.schema_name, encoding=version.encoding, keep=KEPT)
    made = release(verdict, version.filename, standing, site.files)
    if made is None:
        return
    with site.writing() as session:
        held = session.scalars(select(Version).where(Version.id == version.id).with_for_update().execution_options(populate_existing=True)).one_or_none()
        if held is not None and held.state == "held" and _is_newest(session, held) and keeping.stand(session, made.decisions):
            _apply(session, held, made, site.clock.now())


def released(version: Version, made: Mapping[str, Any], now: datetime) -> list[Version]:
    """The versions that a release (as `Release.to_dict` gives it) makes: that which was held, changed, and the one made of it."""
    said = {"decisions": made["decisions"], "changes": made["changes"]}
    if made["state"] == "held":
        version.released = {"also": made["also"]}
        return [version]
    file = made["made"]
    if file is None:
        version.state, version.released = made["state"], said
        version.checked = "valid" if made["state"] == "published" else version.checked
        return [version]
    checked = file["checked"]
    original = {"sha256": version.sha256, "size": version.size, "filename": version.filename, "media_type": version.media_type}
    return [version, Version(
        id=new_id(), resource_id=version.resource_id, number=version.number + 1, state=made["state"], created=now, sha256=file["sha256"],
        size=file["size"], filename=file["filename"], format=file["format"], media_type=file["media_type"], encoding=checked["encoding"],
        sheet=checked["sheet"], rows=checked["rows"], fields=list(checked["fields"]), errors=checked["errors"], schema_name=version.schema_name,
        checked=checked["state"], table_sha256=checked["table_sha256"], table_size=checked["table_size"], report_sha256=checked["report_sha256"],
        run_id=version.run_id, released={**said, "original": original})]


def _apply(session: Session, held: Version, made: Release, now: datetime) -> None:
    versions = released(held, made.to_dict(), now)
    session.add_all(versions)
    resource = session.get_one(Resource, held.resource_id)
    if versions[-1].state == "published":
        _go_live(resource, versions[-1], now)
        _say(session, resource, held, closed_at=now)
    _note(session, resource, now)


def take_back(site: Site, decision_id: str, person: Person) -> bool:
    """Take a decision back: what it let out is not public any more, and the version waits again. False where that was done already."""
    now = site.clock.now()
    with site.writing() as session:
        row = session.scalars(select(ColumnDecision).where(ColumnDecision.id == decision_id).with_for_update()).one_or_none()
        if row is None or row.taken_back_at is not None:
            return False
        row.taken_back_at, row.taken_back_by = now, person.name[:100]
        resource = session.get_one(Resource, row.resource_id)
        for version in session.scalars(select(Version).where(Version.resource_id == row.resource_id)).all():
            if decision_id not in (version.released or {}).get("decisions", ()):
                continue
            _say(session, resource, version, closed_at=None)
            if "original" in (version.released or {}):
                session.delete(version)
            else:
                version.state, version.checked, version.released = "held", "held", None
        session.flush()
        _stand_back(session, resource, now)
        _note(session, resource, now)
        return True


def _stand_back(session: Session, resource: Resource, now: datetime) -> None:
    """Make the newest version live that is public still; the resource is a draft where none is, and so may be its dataset."""
    live = session.scalar(select(Version).where(Version.resource_id == resource.id, Version.state == "published").order_by(Version.number.desc()).limit(1))
    if live is not None:
        if live.id != resource.version_id:
            _go_live(resource, live, now)
        return
    resource.state, resource.version_id, resource.url_type = "draft", None, None
    resource.size, resource.hash, resource.metadata_modified = None, "", now
    if resource.dataset.state == "active" and not any(other.state == "active" for other in resource.dataset.resources):
        resource.dataset.state = "draft"


def _go_live(resource: Resource, version: Version, now: datetime) -> None:
    resource.state, resource.version_id, resource.url_type = "active", version.id, "upload"
    resource.format, resource.size, resource.hash = version.format, version.size, version.sha256
    resource.mimetype, resource.metadata_modified = version.media_type or resource.mimetype, now
    if resource.dataset.state == "draft":
        resource.dataset.state = "active"


def _note(session: Session, resource: Resource, now: datetime) -> None:
    """Let the search and the evidence of participation follow."""
    dataset: Dataset = resource.dataset
    dataset.metadata_modified = now
    note_change(session, dataset.id, now)
    session.flush()
    evidence.record_datasets(session, [dataset.id], now)


def _say(session: Session, resource: Resource, held: Version, *, closed_at: datetime | None) -> None:
    """Close, or open again, what the run that brought the version said of its columns."""
    if held.run_id is None:
        return
    rows = session.scalars(select(IssueRow).where(IssueRow.run_id == held.run_id, IssueRow.dataset_id == resource.dataset_id, IssueRow.code.in_(PERSONAL)))
    ids = [row.id for row in rows if row.place.get("url") == resource.url]
    session.execute(update(IssueRow).where(IssueRow.id.in_(ids)).values(closed_at=closed_at))


def _is_newest(session: Session, version: Version) -> bool:
    return version.number == session.scalar(select(func.max(Version.number)).where(Version.resource_id == version.resource_id))
