"""The resources of a dataset as they are given: which are new, changed, or no longer there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from catalog.actions import shown
from catalog.actions.context import Context
from catalog.metadata import resource_format
from catalog.models import Dataset, Resource, new_id

PIPELINE = "pipeline"  # the caller who may say more than others; see `package_write`
_RESOURCE_STANDARD = {
    "id", "url", "name", "description", "format", "mimetype", "resource_type", "hash", "size", "last_modified", "state", "url_type",
    "version_id", "reachable", "etag", "source_modified", "checked_at", "schema_name", "extras",
    "cache_last_updated", "cache_url", "created", "datastore_active", "metadata_modified", "mimetype_inner", "package_id", "position",
    "upload", "clear_upload", *shown.OWN_RESOURCE_KEYS,
}


def put_resources(context: Context, dataset: Dataset, given: Iterable[Mapping[str, Any]], read_at: datetime | None = None) -> bool:
    """Make the dataset's resources those given, in that order; True when anything changed.

    One that is no longer given is marked deleted and keeps its versions, unless the caller cannot have meant it: it came after the
    dataset was read (`read_at`), or is a draft, which only the pipeline sees.
    """
    held = {resource.id: resource for resource in dataset.resources}
    changed, position = False, 0
    for values in given:
        resource_id = str(values["id"]) if "id" in values else new_id()
        resource = held.pop(resource_id, None)
        if resource is None:
            resource = Resource(id=resource_id, dataset_id=dataset.id, created=context.now, metadata_modified=context.now, extras={},
                                state="active", url="", hash="", url_type=None)
            dataset.resources.append(resource)
            changed = True
        fill_resource(context, resource, values)
        resource.position = position
        position += 1
        changed |= touched(context, resource)
    for resource in held.values():
        unseen = resource.state == "draft" and context.user != PIPELINE
        unknown = unseen or read_at is not None and resource.state == "active" and resource.created > read_at
        resource.state, resource.position = resource.state if unknown else "deleted", position
        position += 1
        changed |= touched(context, resource)
    return changed


def touched(context: Context, resource: Resource) -> bool:
    """Whether the resource was changed in this transaction; if so, it now says when."""
    if resource not in context.session or not context.session.is_modified(resource):
        return False
    resource.metadata_modified = context.now
    return True


def fill_resource(context: Context, resource: Resource, values: Mapping[str, Any]) -> None:
    """Make the resource say what the (cleaned) values say."""
    from_pipeline = context.user == PIPELINE
    url = values.get("url") or ""
    if from_pipeline or f"/resource/{resource.id}/download/" not in url:
        resource.url = url  # the address of our own copy is not the source's
    resource.name, resource.description = values.get("name") or "", values.get("description") or ""
    resource.format = resource_format(values.get("format"), url)
    resource.resource_type = (values.get("resource_type") or "")[:50] or None
    if not resource.version_id or from_pipeline:
        resource.hash, resource.size = values.get("hash") or "", values.get("size")
        resource.last_modified = values.get("last_modified")
        resource.mimetype = (values.get("mimetype") or "")[:200] or None
    schema = values.get("schema_name") if from_pipeline else values.get("schema")
    resource.schema_name = str(schema)[:100] if schema else None
    resource.extras = {key: value for key, value in values.items() if key not in _RESOURCE_STANDARD}
    resource.state = "active"
    if from_pipeline:
        _fill_from_pipeline(context.now, resource, values)


def _fill_from_pipeline(now: datetime, resource: Resource, values: Mapping[str, Any]) -> None:
    resource.extras = {**resource.extras, **(values.get("extras") or {})}
    resource.state = values.get("state") or "active"
    for field in ("url_type", "version_id", "etag", "source_modified"):
        if field in values:
            setattr(resource, field, values[field])
    if values.get("reachable") is not None:
        resource.reachable, resource.checked_at = values["reachable"], values.get("checked_at") or now
