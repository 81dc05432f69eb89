"""Ways in which a file is shown: CKAN's resource views."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from catalog.actions import lookup, rights
from catalog.actions.context import Context
from catalog.errors import Invalid, NotFound
from catalog.metadata_fields import clean
from catalog.models import Dataset, Resource, ResourceView

MAX_VIEWS, MAX_CONFIG_KEYS = 50, 100
_OWN = {"id", "resource_id", "package_id", "title", "description", "view_type", "position"}
# What each kind of view knows beside its title, with what holds where nothing is said.
KINDS: dict[str, dict[str, Any]] = {
    "datatables_view": {"date_format": "llll", "ellipsis_length": 100, "filterable": True, "responsive": False},
    "image_view": {}, "text_view": {}, "video_view": {}, "audio_view": {}, "webpage_view": {}, "geojson_view": {}, "recline_view": {},
}


def _resource(context: Context, resource_id: str) -> Resource:
    resource = context.session.get(Resource, resource_id)
    if resource is None or resource.state != "active":
        raise NotFound
    return resource


def _view(context: Context, data: dict[str, Any]) -> ResourceView:
    view = context.session.get(ResourceView, lookup.required(data))
    if view is None:
        raise NotFound
    return view


def _readable(context: Context, resource: Resource) -> Resource:
    rights.require(context, rights.may_see(context, resource.dataset), f"read resource {resource.id}")
    return resource


def _shown(view: ResourceView, dataset_id: str) -> dict[str, Any]:
    return {"id": view.id, "resource_id": view.resource_id, "title": view.title, "description": view.description, "view_type": view.view_type,
            **KINDS.get(view.view_type, {}), **view.config, "package_id": dataset_id}


def _config(data: dict[str, Any]) -> dict[str, Any]:
    config = {clean(str(key)): value for key, value in data.items() if key not in _OWN and key != "upload"}
    if len(config) > MAX_CONFIG_KEYS:
        raise Invalid({"message": f"At most {MAX_CONFIG_KEYS} keys beside CKAN's own"})
    return config


def resource_view_show(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Show one view of a resource.

    :param id: the id of the view
    :rtype: dictionary
    """
    view = _view(context, data)
    return _shown(view, _readable(context, _resource(context, view.resource_id)).dataset_id)


def resource_view_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List the views of a resource in their order.

    :param id: the id of the resource
    :rtype: list of dictionaries
    """
    resource = _readable(context, _resource(context, lookup.required(data)))
    return [_shown(view, resource.dataset_id) for view in _views(context, resource.id)]


def _views(context: Context, resource_id: str) -> list[ResourceView]:
    return list(context.session.scalars(
        select(ResourceView).where(ResourceView.resource_id == resource_id).order_by(ResourceView.position, ResourceView.id)))


def resource_view_create(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Add a view to a resource.

    :param resource_id: the id of the resource
    :param title: what the view is called
    :param view_type: the kind of view, such as ``datatables_view``, ``image_view``, ``text_view``
    :param description: what it shows; any further keys are kept for the kind of view
    :rtype: dictionary
    """
    resource = _resource(context, lookup.required(data, "resource_id"))
    rights.require_edit(context, resource.dataset, f"edit resource {resource.id}")
    kind, title = lookup.required(data, "view_type"), lookup.required(data, "title")
    if kind not in KINDS:
        raise Invalid({"view_type": [f"No plugin found for view_type {clean(kind)[:100]}"]})
    views = _views(context, resource.id)
    if len(views) >= MAX_VIEWS:
        raise Invalid({"resource_id": [f"A resource may have at most {MAX_VIEWS} views"]})
    view = ResourceView(resource_id=resource.id, title=clean(title), description=_text(data), view_type=kind, position=len(views), config=_config(data))
    context.session.add(view)
    context.session.flush()
    return _shown(view, resource.dataset_id)


def resource_view_update(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Change a view of a resource; further keys that are not given are dropped.

    :param id: the id of the view
    :param: everything else as for resource_view_create
    :rtype: dictionary
    """
    view = _view(context, data)
    resource = _resource(context, view.resource_id)
    rights.require_edit(context, resource.dataset, f"edit resource {resource.id}")
    if data.get("title"):
        view.title = clean(lookup.required(data, "title"))
    view.description, view.config = _text(data), _config(data)
    return _shown(view, resource.dataset_id)


def resource_view_delete(context: Context, data: dict[str, Any]) -> dict[str, str]:
    """Take a view off a resource.

    :param id: the id of the view
    :rtype: dictionary with resource_id
    """
    view = _view(context, data)
    resource = _resource(context, view.resource_id)
    rights.require_edit(context, resource.dataset, f"edit resource {resource.id}")
    context.session.delete(view)
    return {"resource_id": resource.id}


def resource_view_reorder(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Put the views of a resource in another order.

    :param id: the id of the resource
    :param order: list of the ids of views; those that it does not name follow in the order that they had
    :rtype: dictionary with id and order
    """
    resource = _resource(context, lookup.required(data))
    rights.require_edit(context, resource.dataset, f"edit resource {resource.id}")
    order = data.get("order")
    views = {view.id: view for view in _views(context, resource.id)}
    if not isinstance(order, list) or not order or not all(isinstance(view_id, str) for view_id in order):
        raise Invalid({"order": ["Must supply order as a list"]})
    if len(set(order)) != len(order) or not set(order) <= set(views):
        raise Invalid({"order": ["views do not match"]})
    ordered = [*order, *(view_id for view_id in views if view_id not in order)]
    for position, view_id in enumerate(ordered):
        views[view_id].position = position
    return {"id": resource.id, "order": ordered}


def resource_create_default_resource_views(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """Make the views that a resource of its kind usually has; this site shows tables by itself, so there are none.

    :param resource: the resource, with its id
    :rtype: list of dictionaries
    """
    given = data.get("resource")
    resource = _resource(context, lookup.required(given if isinstance(given, dict) else data))
    rights.require_edit(context, resource.dataset, f"edit resource {resource.id}")
    return []


def package_create_default_resource_views(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """Make the views that the resources of a dataset usually have; this site shows tables by itself, so there are none.

    :param package: the dataset, with its id
    :rtype: list of dictionaries
    """
    given = data.get("package")
    dataset: Dataset | None = lookup.find_dataset(context.session, lookup.required(given if isinstance(given, dict) else data))
    if dataset is None:
        raise NotFound
    rights.require_edit(context, dataset)
    return []


def _text(data: dict[str, Any]) -> str | None:
    given = data.get("description")
    return None if given in (None, "") else clean(str(given))
