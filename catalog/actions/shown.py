"""How datasets, resources, agencies and themes leave: CKAN's dicts, with its keys in its order."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from catalog.actions import lookup
from catalog.actions.context import Context
from catalog.licences import LICENCES
from catalog.models import Account, Agency, Dataset, Relationship, Resource, Theme, Version
from catalog.names import slug

# Facts of ours that leave with a resource, after CKAN's own keys.
OWN_RESOURCE_KEYS = ("schema", "validation_status", "rows", "fields", "version", "encoding", "source_url")
# Facts of ours that leave among a dataset's extras and are not taken back from there.
FROM_ELSEWHERE = ("illustrative", "identifier", "harvest_source_id")
_RELATIONSHIPS = uuid.UUID("6a0e8c5e-6f0b-5d0e-8a54-2f1b7c9d3e02")
_TAGS = uuid.UUID("b0f0c0de-7a95-5c1e-9f5e-0a6d5e7a9c01")


def moment(value: datetime | None) -> str | None:
    """A moment as CKAN writes it: UTC, microseconds, no zone."""
    return value.replace(tzinfo=None).isoformat(timespec="microseconds") if value else None


def packages(context: Context, datasets: Sequence[Dataset]) -> list[dict[str, Any]]:
    """Package dicts of many datasets, with one question for each kind of thing they need."""
    lookup.agencies(context.session, (dataset.owner_org for dataset in datasets))
    versions, related = lookup.versions(context.session, datasets), lookup.relationships(context.session, datasets)
    return [package(context, dataset, versions, related) for dataset in datasets]


def package(context: Context, dataset: Dataset, versions: Mapping[str, Version], related: Sequence[Relationship]) -> dict[str, Any]:
    """One package dict; `versions` are the live ones, by id, `related` is how it stands to others, among more."""
    licence = LICENCES.get(dataset.license_id)
    agency = lookup.agency(context.session, dataset.owner_org) if dataset.owner_org else None
    resources = sorted((resource for resource in dataset.resources if resource.state == "active"), key=lambda resource: resource.position)
    tags = sorted(dataset.tags)
    shown: dict[str, Any] = {
        "author": dataset.author or None, "author_email": dataset.author_email or None,
        "creator_user_id": dataset.creator_user_id, "id": dataset.id, "isopen": licence.open if licence else False,
        "license_id": dataset.license_id or None, "license_title": licence.title if licence else dataset.license_id or None,
    }
    if licence and licence.url:
        shown["license_url"] = licence.url
    return shown | {
        "maintainer": dataset.maintainer or None, "maintainer_email": dataset.maintainer_email or None,
        "metadata_created": moment(dataset.metadata_created), "metadata_modified": moment(dataset.metadata_modified),
        "name": dataset.name, "notes": dataset.notes or None, "num_resources": len(resources), "num_tags": len(tags),
        "organization": owner(agency, context) if agency else None, "owner_org": dataset.owner_org,
        "private": dataset.private, "state": dataset.state, "title": dataset.title, "type": dataset.type,
        "url": dataset.url or None, "version": dataset.version or None, "extras": extras(dataset),
        "resources": [resource_dict(context, resource, versions.get(resource.version_id or "")) for resource in resources],
        "tags": [tag(name) for name in tags], "groups": _groups(context, dataset),
        "relationships_as_subject": [_relationship(row) for row in related if row.subject_id == dataset.id],
        "relationships_as_object": [_relationship(row) for row in related if row.object_id == dataset.id],
    }


def _relationship(row: Relationship) -> dict[str, Any]:
    return {"__extras": {"object_package_id": row.object_id, "subject_package_id": row.subject_id}, "comment": row.comment,
            "id": str(uuid.uuid5(_RELATIONSHIPS, f"{row.subject_id} {row.kind} {row.object_id}")), "type": row.kind}


def etag(package: Mapping[str, Any]) -> str:
    """32 hex digits that change whenever anything that a package dict shows does."""
    return hashlib.sha256(json.dumps(package, sort_keys=True).encode()).hexdigest()[:32]


def own_extras(dataset: Dataset) -> dict[str, str]:
    """What the catalogue itself knows of the dataset beyond CKAN's keys."""
    facts = {
        "title_en": dataset.title_en, "frequency": dataset.frequency, "illustrative": "true" if dataset.illustrative else "",
        "identifier": dataset.identifier, "harvest_source_id": dataset.source_id,
    }
    return {key: value for key, value in facts.items() if value}


def extras(dataset: Dataset) -> list[dict[str, str]]:
    """The dataset's further facts in the order given, and ours, which they cannot replace."""
    return extras_of(dataset.extras, own_extras(dataset))


def extras_of(given: Sequence[Mapping[str, str]], own: Mapping[str, str]) -> list[dict[str, str]]:
    """Further facts that were given, with ours in place of those of the same key."""
    facts = {extra["key"]: extra["value"] for extra in given} | own
    return [{"key": key, "value": value} for key, value in facts.items()]


def resource_dict(context: Context, resource: Resource, version: Version | None) -> dict[str, Any]:
    """One resource dict; where a copy is held, its facts are those of the live version."""
    file = None if version is None or version.sha256 == version.table_sha256 else version  # rows that a program wrote are no file
    ours = version is not None and resource.url_type == "upload"
    shown: dict[str, Any] = {
        "cache_last_updated": None, "cache_url": None, "created": moment(resource.created), "datastore_active": version is not None and version.table_sha256 is not None,
        "description": resource.description or None, "format": resource.format,
        "hash": file.sha256 if file else resource.hash, "id": resource.id,
        "last_modified": moment(file.created if file else resource.last_modified),
        "metadata_modified": moment(resource.metadata_modified),
        "mimetype": (file.media_type if file else None) or resource.mimetype, "mimetype_inner": None,
        "name": resource.name or None, "package_id": resource.dataset_id, "position": resource.position,
        "resource_type": resource.resource_type, "size": file.size if file else resource.size, "state": resource.state,
        "url": _url(context, resource, version), "url_type": resource.url_type,
    }
    if resource.schema_name:
        shown["schema"] = resource.schema_name
    if version:
        shown |= {"validation_status": version.checked, "rows": version.rows, "fields": list(version.fields),
                  "version": version.number, "encoding": version.encoding}
        if ours and resource.url:
            shown["source_url"] = resource.url
    return shown | {key: value for key, value in resource.extras.items() if key not in shown}


def _url(context: Context, resource: Resource, version: Version | None) -> str:
    if resource.url_type == "datastore":
        return f"{context.site_url}/datastore/dump/{resource.id}"
    return download_url(context, resource, version) if version and resource.url_type == "upload" else resource.url


def download_url(context: Context, resource: Resource, version: Version) -> str:
    """Where the file of the live version is downloaded; its name is kept, in any script."""
    name = quote(version.filename.replace("/", "-") or slug(resource.name or resource.id), safe="")
    return f"{context.site_url}/dataset/{resource.dataset_id}/resource/{resource.id}/download/{name}"


@lru_cache(maxsize=10_000)
def _tag_id(name: str) -> str:
    return str(uuid.uuid5(_TAGS, name))


def tag(name: str) -> dict[str, Any]:
    """A tag as a package dict has it; its id is made from its name."""
    return {"display_name": name, "id": _tag_id(name), "name": name, "state": "active", "vocabulary_id": None}


def tag_entry(name: str) -> dict[str, Any]:
    """A tag as the lists of tags have it."""
    return {"id": _tag_id(name), "name": name, "vocabulary_id": None, "display_name": name}


def owner(agency: Agency, context: Context) -> dict[str, Any]:
    """An agency as a package dict has it."""
    return {
        "id": agency.id, "name": agency.slug, "title": title(agency, context), "type": "organization", "description": agency.description,
        "image_url": agency.image_url, "created": moment(agency.created), "is_organization": True, "approval_status": "approved",
        "state": agency.state,
    }


def _groups(context: Context, dataset: Dataset) -> list[dict[str, Any]]:
    themes = lookup.themes(context.session) if dataset.groups else {}
    return [
        {"description": themes[name].description, "display_name": themes[name].title_vi or name, "id": themes[name].id,
         "image_display_url": themes[name].image_url, "name": name, "title": themes[name].title_vi}
        for name in dataset.groups if name in themes and themes[name].state == "active"
    ]


def name_of(holder: Agency | Theme) -> str:
    """The name in addresses of an agency or a theme."""
    return holder.slug if isinstance(holder, Agency) else holder.name


def title(holder: Agency | Theme, context: Context) -> str:
    """What the agency is called today, or the theme, in Vietnamese; empty where it has no other name than the one in addresses."""
    if not isinstance(holder, Agency):
        return holder.title_vi
    called = holder.name_on(context.site.clock.today())
    return "" if called.name_vi == holder.slug and not called.name_en else called.name_vi


def holder_extras(holder: Agency | Theme, context: Context) -> list[dict[str, str]]:
    """The further facts of an agency or theme, in the order of their keys, and what is known of it in other columns."""
    if isinstance(holder, Agency):
        own = organization_extras(holder, context) if holder.registered else []
    else:
        own = [{"key": "title_en", "value": holder.title_en}] if holder.title_en else []
    taken = {extra["key"] for extra in own}
    return [extra for extra in sorted(holder.extras, key=lambda extra: extra["key"]) if extra["key"] not in taken] + own


def organization_extras(agency: Agency, context: Context) -> list[dict[str, str]]:
    """What the register says of the agency beyond CKAN's keys."""
    name = agency.name_on(context.site.clock.today())
    facts = {
        "title_en": name.name_en, "code": name.code, "code_status": name.code_status if name.code else "", "abbreviation": agency.abbreviation,
        "level": agency.level, "parent": agency.parent_slug, "valid_from": agency.valid_from.isoformat(),
        "valid_to": agency.valid_to.isoformat() if agency.valid_to else "", "contact": agency.contact,
        "provisional": "true" if agency.provisional else "",
    }
    return [{"key": key, "value": value} for key, value in facts.items() if value]


def holder(holder: Agency | Theme, context: Context, count: int) -> dict[str, Any]:
    """An agency as CKAN's organization or a theme as its group, with the number of its datasets."""
    called, is_agency = title(holder, context), isinstance(holder, Agency)
    return {
        "approval_status": "approved", "created": moment(holder.created), "description": holder.description,
        "display_name": called or name_of(holder), "id": holder.id, "image_display_url": holder.image_url, "image_url": holder.image_url,
        "is_organization": is_agency, "name": name_of(holder), "num_followers": 0, "package_count": count, "state": holder.state,
        "title": called, "type": "organization" if is_agency else "group",
    }


def email_hash(context: Context, account: Account) -> str:
    """What stands for an address in CKAN's shapes; made with the site's secret, so that no address can be guessed from it."""
    return hmac.new(context.site.settings.secret_key.encode(), account.email.lower().encode(), "sha256").hexdigest()[:32]


def user(context: Context, account: Account, number: int) -> dict[str, Any]:
    """An account as everybody may see it, with the number of public datasets that it made."""
    return {
        "id": account.id, "name": account.name, "fullname": account.fullname, "created": moment(account.created), "about": account.about,
        "last_active": moment(account.last_active), "activity_streams_email_notifications": False, "sysadmin": account.sysadmin,
        "state": account.state, "image_url": account.image_url, "display_name": account.fullname or account.name,
        "email_hash": email_hash(context, account), "number_created_packages": number, "image_display_url": account.image_url,
    }
