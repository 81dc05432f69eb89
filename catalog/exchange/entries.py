"""What is published, as every format needs it: datasets with their agency, themes, files and live versions.

Datasets are read in batches, with one question for each kind of thing that they need, never one for each dataset.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from catalog.actions import lookup, shown
from catalog.actions.context import Context
from catalog.exchange import vocabulary
from catalog.exchange.portal import PUBLIC
from catalog.exchange.wording import mailto, period, plain, uri
from catalog.formats import canonical
from catalog.models import Agency, Dataset, Resource, Theme, Version
from catalog.site import Site

BATCH = 200  # datasets read at once by a listing of everything


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """An agency as others see it."""

    uri: str
    name: tuple[str, str]
    level: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file or link. `access` always leads somewhere; `download` only where it leads to the file itself."""

    uri: str
    access: str
    download: str | None
    name: str
    description: str
    format: str
    media_type: str | None
    size: int | None
    sha256: str | None
    issued: datetime
    modified: datetime
    schema: str | None
    resource: Resource
    version: Version | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One published dataset. `uri` names it for ever, `page` is where people read it; texts are fit for any format."""

    id: str
    name: str
    uri: str
    page: str
    title: str
    title_en: str
    notes: str
    tags: tuple[str, ...]
    publisher: Publisher | None
    themes: tuple[Theme, ...]
    files: tuple[File, ...]
    licence: str
    licence_uri: str | None  # in the EU's register, where it has the licence
    licence_text: str | None
    frequency: str
    illustrative: bool
    issued: datetime
    modified: datetime
    version: str
    contact: tuple[str, str | None]
    author: str
    homepage: str | None
    spatial: str
    temporal: tuple[str | None, str | None] | None
    rights: str


def public(*, since: datetime | None = None) -> Select[tuple[Dataset]]:
    """The published datasets in the order of their ids; those changed at or after `since`, where it is given."""
    query = select(Dataset).where(*PUBLIC).order_by(Dataset.id)
    return query if since is None else query.where(Dataset.metadata_modified >= since)


def count(session: Session, *, since: datetime | None = None) -> int:
    """How many datasets `public` has."""
    query = select(func.count()).select_from(Dataset).where(*PUBLIC)
    return session.scalar(query if since is None else query.where(Dataset.metadata_modified >= since)) or 0


def page(context: Context, number: int, size: int, *, since: datetime | None = None) -> list[Entry]:
    """One page of `public`, counted from 1."""
    return entries(context, context.session.scalars(public(since=since).offset((number - 1) * size).limit(size)).all())


def everything(site: Site, asked_at: str) -> Iterator[list[Entry]]:
    """Every published dataset in batches, each in a transaction of its own, so that a slow reader holds none open."""
    last = ""
    while True:
        with site.reading() as session:
            datasets = session.scalars(public().where(Dataset.id > last).limit(BATCH)).all()
            batch = entries(Context(site=site, session=session, asked_at=asked_at), datasets)
        if batch:
            yield batch
        if len(datasets) < BATCH:
            return
        last = datasets[-1].id


def entries(context: Context, datasets: Sequence[Dataset]) -> list[Entry]:
    """The entries of datasets, in their order."""
    lookup.agencies(context.session, (dataset.owner_org for dataset in datasets))
    versions = lookup.versions(context.session, datasets)
    themes = lookup.themes(context.session) if any(dataset.groups for dataset in datasets) else {}
    return [_entry(context, dataset, versions, themes) for dataset in datasets]


def _entry(context: Context, dataset: Dataset, versions: Mapping[str, Version], themes: Mapping[str, Theme]) -> Entry:
    base, extras = context.site_url, _extras(dataset)
    owner = lookup.agency(context.session, dataset.owner_org) if dataset.owner_org else None
    agency = owner if owner and owner.state == "active" else None
    files = tuple(_file(context, dataset, resource, versions.get(resource.version_id or ""))
                  for resource in sorted(dataset.resources, key=lambda resource: (resource.position, resource.id)) if resource.state == "active")
    live = [file.version for file in files if file.version]
    version = plain(dataset.version) or (str(live[0].number) if len(files) == 1 and live else "")
    maintainer = plain(dataset.maintainer) or plain(agency.contact if agency else "")
    return Entry(
        id=dataset.id, name=dataset.name, uri=f"{base}/dataset/{dataset.id}", page=f"{base}/dataset/{dataset.name}",
        title=plain(dataset.title) or dataset.name, title_en=plain(dataset.title_en), notes=plain(dataset.notes),
        tags=tuple(dict.fromkeys(filter(None, map(plain, dataset.tags)))), publisher=_publisher(context, agency) if agency else None,
        themes=tuple(themes[name] for name in dataset.groups if name in themes and themes[name].state == "active"), files=files,
        licence=dataset.license_id, licence_uri=uri(vocabulary.licence(dataset.license_id, base)),
        licence_text=uri(vocabulary.licence_text(dataset.license_id, base)), frequency=dataset.frequency,
        illustrative=dataset.illustrative, issued=dataset.metadata_created,
        modified=max([dataset.metadata_modified, *(one.created for one in live)]), version=version,
        contact=(maintainer, mailto(dataset.maintainer_email) or mailto(dataset.author_email)), author=plain(dataset.author),
        homepage=uri(dataset.url), spatial=plain(extras.get("spatial")), temporal=period(extras.get("temporal")), rights=plain(extras.get("rights")))


def _extras(dataset: Dataset) -> dict[str, str]:
    return {extra["key"]: str(extra["value"]) for extra in dataset.extras if isinstance(extra, dict) and extra.get("value")}


def _publisher(context: Context, agency: Agency) -> Publisher:
    name = agency.name_on(context.site.clock.today())
    return Publisher(uri=f"{context.site_url}/organization/{agency.slug}", name=(plain(name.name_vi), plain(name.name_en)), level=agency.level,
                     contact=plain(agency.contact))


def _file(context: Context, dataset: Dataset, resource: Resource, version: Version | None) -> File:
    """A file as it is had: from here where a copy is held, else from its own address."""
    if version is not None and version.state != "published":
        version = None
    here = f"{context.site_url}/dataset/{dataset.name}/resource/{resource.id}"
    ours = version is not None and resource.url_type in ("upload", "datastore")
    address = uri(shown.download_url(context, resource, version)) if version and ours else uri(resource.url)
    form = canonical(plain(version.format if version else "") or plain(resource.format))
    known: dict[str, Any] = {"size": resource.size, "sha256": None, "modified": resource.last_modified or resource.metadata_modified}
    if version:
        known = {"size": version.size, "sha256": version.sha256, "modified": version.created}
    return File(
        uri=f"{context.site_url}/dataset/{dataset.id}/resource/{resource.id}", access=here if ours or address is None else address,
        download=address if ours or form not in vocabulary.SERVICES else None, name=plain(resource.name) or plain(version.filename if version else ""),
        description=plain(resource.description), format=form, media_type=vocabulary.media_type(resource.mimetype, form), issued=resource.created,
        schema=resource.schema_name, resource=resource, version=version, **known)
