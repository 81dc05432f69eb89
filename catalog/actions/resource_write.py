"""Create, change, order and delete resources of a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.actions import activity, lookup, rights, shown, uploads
from catalog.actions.context import Context
from catalog.actions.package_resources import fill_resource, touched
from catalog.actions.package_write import editable, locked
from catalog.errors import Invalid, NotFound
from catalog.formats import MEDIA_TYPES, of_url
from catalog.metadata import MAX_RESOURCES, load_resource
from catalog.models import Dataset, Resource, Version, new_id
from catalog.search.log import note_change

TAKE_FILES = frozenset({"resource_create", "resource_update", "resource_patch"})  # the actions that know what to do with a sent file
_ADDS, _EDITS = "create resources on dataset {}", "edit resource {}"
_GIVEN = ("name", "description", "format", "mimetype", "resource_type", "hash", "size")


def resource_create(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Add a resource to a dataset and answer with it.

    :param package_id: the id or name of the dataset
    :param url: where the file is; or send the file itself as ``upload`` (multipart)
    :param name: what it is called
    :param description: what is in it; ``format``, ``mimetype``, ``hash``, ``size``, ``resource_type``
    :rtype: dictionary
    """
    dataset = editable(context, lookup.required(data, "package_id"), _ADDS.format(data["package_id"]))
    values = load_resource({key: value for key, value in data.items() if key not in ("package_id", "upload")})
    if sum(resource.state == "active" for resource in dataset.resources) >= MAX_RESOURCES:
        raise Invalid({"resources": [f"A dataset may have at most {MAX_RESOURCES} resources"]})
    resource_id = str(values["id"]) if "id" in values else new_id()
    if context.session.get(Resource, resource_id) is not None:
        raise Invalid({"id": ["Resource id already exists."]})
    resource = Resource(id=resource_id, dataset_id=dataset.id, created=context.now, metadata_modified=context.now, extras={}, state="active",
                        url="", hash="", url_type=None, position=sum(resource.state == "active" for resource in dataset.resources))
    dataset.resources.append(resource)
    return _put(context, dataset, resource, data, _guessed(values))


def resource_update(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Change a resource; a description and keys beside CKAN's own that are not given are dropped, the rest stays.

    :param id: the id of the resource
    :param: everything else as for resource_create; a file sent as ``upload`` becomes its new version
    :rtype: dictionary
    """
    resource = _living(context, data, "Resource was not found.")
    return _change(context, resource, data, {key: value for key, value in _as_given(resource).items()
                                             if key != "description" and key not in resource.extras})


def require_upload(context: Context, action: str, data: dict[str, Any]) -> None:
    """NotFound or NotAuthorized, as the action itself would say it, before the file that comes with its call is taken in."""
    if action == "resource_create":
        dataset = lookup.find_dataset(context.session, lookup.required(data, "package_id"))
        if dataset is None:
            raise NotFound
        rights.require_edit(context, dataset, _ADDS.format(data["package_id"]))
        return
    resource = _living(context, data, "Resource was not found." if action == "resource_update" else "")
    rights.require_edit(context, resource.dataset, _EDITS.format(resource.id))


def _change(context: Context, resource: Resource, data: dict[str, Any], kept: dict[str, Any]) -> dict[str, Any]:
    editable(context, resource.dataset_id, _EDITS.format(resource.id))
    values = load_resource({key: value for key, value in data.items() if key not in ("package_id", "upload", "id")})
    if values.get("url") and values["url"] != resource.url:
        values = _guessed(values)
    return _put(context, resource.dataset, resource, data, {**kept, **values})


def resource_patch(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Change what is given of a resource and keep the rest.

    :param id: the id of the resource
    :param: everything else as for resource_create
    :rtype: dictionary
    """
    resource = _living(context, data, "")
    return _change(context, resource, data, _as_given(resource))


def resource_delete(context: Context, data: dict[str, Any]) -> None:
    """Take a resource out of its dataset; its versions are kept.

    :param id: the id of the resource
    """
    resource = _found(context, data, "")
    rights.require_edit(context, resource.dataset, f"delete resource {resource.id}")
    if resource.state == "deleted":
        return
    locked(context, resource.dataset)
    resource.state = "deleted"
    _order(context, resource.dataset, [])
    _note(context, resource.dataset)


def package_resource_reorder(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Put the resources of a dataset in another order.

    :param id: the id or name of the dataset
    :param order: list of the ids of resources; those that it does not name follow in the order that they had
    :rtype: dictionary with id and order
    """
    dataset = editable(context, lookup.required(data))
    order = data.get("order")
    wanted = [order] if isinstance(order, str) else order
    own = {resource.id for resource in dataset.resources if resource.state == "active"}
    if not isinstance(wanted, list) or not wanted:
        raise Invalid({"order": ["Missing value"]})
    if not all(isinstance(resource_id, str) for resource_id in wanted) or len(set(wanted)) != len(wanted):
        raise Invalid({"order": ["Must supply unique resource_ids"]})
    if not set(wanted) <= own:
        raise Invalid({"order": ["resource_ids do not match"]})
    ordered = _order(context, dataset, wanted)
    _note(context, dataset)
    return {"id": data["id"], "order": ordered}


def _found(context: Context, data: dict[str, Any], otherwise: str) -> Resource:
    resource = context.session.get(Resource, lookup.required(data))
    if resource is None:
        raise NotFound(otherwise)
    return resource


def _living(context: Context, data: dict[str, Any], otherwise: str) -> Resource:
    """The resource that is to be changed, as `resource_show` has it; one that was deleted, or never was good, stays so."""
    resource = _found(context, data, otherwise)
    if resource.state != "active":
        raise NotFound(otherwise)
    return resource


def _guessed(values: dict[str, Any]) -> dict[str, Any]:
    """The values with the media type that the ending of the address names, where none was given."""
    kind = MEDIA_TYPES.get(of_url(values.get("url") or ""))
    return {**values, "mimetype": kind} if kind and not values.get("mimetype") else values


def _as_given(resource: Resource) -> dict[str, Any]:
    return {**resource.extras, **{key: getattr(resource, key) for key in _GIVEN}, "url": resource.url,
            "last_modified": resource.last_modified, "schema": resource.schema_name}


def _put(context: Context, dataset: Dataset, resource: Resource, data: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Make the resource what the values say, take in a sent file, and answer with it."""
    uploaded = data.get("upload")
    with context.session.no_autoflush:
        if not uploaded and resource.url_type == "upload" and values.get("url") and f"/resource/{resource.id}/download/" not in values["url"]:
            resource.url_type, resource.version_id = None, None  # a link takes the place of the file
        fill_resource(context, resource, values)
        context.session.add(resource)
        touched(context, resource)
    version = context.session.get(Version, resource.version_id) if resource.version_id else None
    if isinstance(uploaded, uploads.Uploaded):
        version = uploads.keep(context, resource, uploaded)
    _note(context, dataset)
    return shown.resource_dict(context, resource, version)


def _order(context: Context, dataset: Dataset, first: list[str]) -> list[str]:
    """Number the resources anew, these first; the ids in their order."""
    active = sorted((resource for resource in dataset.resources if resource.state == "active"), key=lambda resource: resource.position)
    named = {resource.id: resource for resource in active}
    ordered = [named[resource_id] for resource_id in first] + [resource for resource in active if resource.id not in first]
    for position, resource in enumerate(ordered):
        resource.position = position
    return [resource.id for resource in ordered]


def _note(context: Context, dataset: Dataset) -> None:
    dataset.metadata_modified = context.now
    note_change(context.session, dataset.id, context.now)
    activity.note(context, "changed package", dataset)
