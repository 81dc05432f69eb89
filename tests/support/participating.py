"""Puts agencies, datasets with versions, and dated evidence into a site."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.models import (
    Agency,
    AgencyName,
    Commitment,
    Dataset,
    Evidence,
    Resource,
    Source,
    Succession,
    Version,
)

START = date(2023, 10, 27)


def at(day: date, hour: int = 12) -> datetime:
    """An hour of a day in Vietnam."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour - 7)


def add_agency(session: Session, slug: str, *, begin: date = START, end: date | None = None, position: int = 0, counts: bool = True,
               level: str = "province") -> str:
    agency = Agency(slug=slug, level=level, valid_from=begin, valid_to=end, counts=counts, position=position, created=at(begin))
    agency.names.append(AgencyName(valid_from=begin, name_vi=f"Cơ quan {slug}", name_en=f"Agency {slug}"))
    session.add(agency)
    session.flush()
    return agency.id


def succeed(session: Session, before: str, after: str, day: date, kind: str = "merge") -> None:
    session.add(Succession(predecessor_id=before, successor_id=after, day=day, kind=kind))
    session.flush()


def add_source(session: Session, agency_id: str, name: str = "nguon", **values: Any) -> str:
    source = Source(name=name, agency_id=agency_id, connector="file", url="http://127.0.0.1/", created=at(START), **values)
    session.add(source)
    session.flush()
    return source.id


def add_dataset(session: Session, agency_id: str | None, name: str, day: date, **values: Any) -> str:
    """A dataset of one CSV whose version came on `day`, published and valid unless `values` say otherwise.

    `checked`, `version_state`, `format` and `reachable` are of its file; the rest is of the dataset.
    """
    file = {key: values.pop(key) for key in ("checked", "version_state", "format", "reachable") if key in values}
    dataset = Dataset(**{"name": name, "title": f"Bộ {name}", "license_id": "VN-ND47-2020-D18", "owner_org": agency_id,
                         "frequency": "monthly", "metadata_created": at(day), "metadata_modified": at(day), **values})
    dataset.resources.append(Resource(name="tệp", format=file.get("format", "CSV"), created=at(day), metadata_modified=at(day),
                                      reachable=file.get("reachable", True)))
    session.add(dataset)
    session.flush()
    add_version(session, dataset.id, day, **{key: file[key] for key in ("checked", "version_state") if key in file})
    return dataset.id


def add_version(session: Session, dataset_id: str, day: date, *, checked: str = "valid", version_state: str = "published") -> None:
    """Another version of the dataset's file; it goes live when it is published."""
    resource = session.scalar(select(Resource).where(Resource.dataset_id == dataset_id))
    number = len(session.scalars(select(Version.id).where(Version.resource_id == resource.id)).all()) + 1
    version = Version(resource_id=resource.id, number=number, state=version_state, created=at(day), sha256="0" * 64, size=10, filename="t.csv",
                      format=resource.format, checked=checked, errors=0 if checked == "valid" else 7)
    session.add(version)
    session.flush()
    if version_state == "published":
        resource.version_id = version.id
        session.flush()


def promise(session: Session, agency_id: str, key: str, due: date, frequency: str = "monthly") -> None:
    session.add(Commitment(agency_id=agency_id, dataset_key=key, title_vi=f"Cam kết {key}", title_en=f"Promise {key}", frequency=frequency, due=due))
    session.flush()


def evidence_of(session: Session, dataset_id: str) -> dict[str, Evidence]:
    """The open facts of a dataset by kind."""
    rows = session.scalars(select(Evidence).where(Evidence.dataset_id == dataset_id, Evidence.until.is_(None)))
    return {row.kind: row for row in rows}
