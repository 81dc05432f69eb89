"""The versions of a file: which one is live, which ones are public, and which newer one waits with its report. Reads only.

The bytes of a published version are public for ever. Those of a refused or held one never are; its report is,
in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from catalog.models import Resource, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A resource as it stands: the live version, and a newer one that was refused or is held, if there is one; `newest` is 0 where there never was any."""

    resource: Resource
    live: Version | None
    waiting: Version | None
    newest: int


_any = aliased(Version)
_STANDING = select(Version).where(
    Version.resource_id.in_(bindparam("resources", expanding=True)),
    Version.id.in_(bindparam("live", expanding=True))
    | (Version.number == select(func.max(_any.number)).where(_any.resource_id == Version.resource_id).scalar_subquery()))


def standings(session: Session, resources: Sequence[Resource]) -> list[Standing]:
    """How each resource stands, in the order given; one question for all."""
    rows = session.scalars(_STANDING, {"resources": [resource.id for resource in resources],
                                       "live": [resource.version_id for resource in resources if resource.version_id]}).all()
    by_id = {version.id: version for version in rows}
    last: dict[str, Version] = {}
    for version in rows:
        if version.resource_id not in last or version.number > last[version.resource_id].number:
            last[version.resource_id] = version
    return [_standing(resource, by_id.get(resource.version_id or ""), last.get(resource.id)) for resource in resources]


def _standing(resource: Resource, live: Version | None, newest: Version | None) -> Standing:
    if live is not None and live.state != "published":
        live = None
    waiting = newest if newest is not None and newest.state != "published" and (live is None or newest.number > live.number) else None
    return Standing(resource=resource, live=live, waiting=waiting, newest=newest.number if newest is not None else 0)


def standing(session: Session, resource: Resource) -> Standing:
    """How one resource stands."""
    return standings(session, [resource])[0]


def published(session: Session, resource_id: str, *, limit: int | None = None) -> list[Version]:
    """The public versions of a resource, newest first."""
    return list(session.scalars(
        select(Version).where(Version.resource_id == resource_id, Version.state == "published")
        .order_by(Version.number.desc()).limit(limit)))


def count_published(session: Session, resource_id: str) -> int:
    """How many public versions a resource has."""
    return session.scalar(select(func.count()).select_from(Version).where(
        Version.resource_id == resource_id, Version.state == "published")) or 0


def numbered(session: Session, resource_id: str, number: int) -> Version | None:
    """One version of a resource by its number, whatever its state."""
    return session.scalar(select(Version).where(Version.resource_id == resource_id, Version.number == number))


def checked(session: Session, resource_id: str, *, limit: int = 20) -> list[Version]:
    """The versions of a resource that have a report, newest first, whatever their state."""
    return list(session.scalars(
        select(Version).where(Version.resource_id == resource_id, Version.report_sha256.is_not(None))
        .order_by(Version.number.desc()).limit(limit)))
