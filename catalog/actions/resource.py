"""Read resources."""

from __future__ import annotations

from typing import Any

from catalog.actions import lookup, shown
from catalog.actions.context import Context
from catalog.errors import NotAuthorized, NotFound
from catalog.models import Resource, Version


def resource_show(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Show a resource.

    :param id: the id of the resource
    :rtype: dictionary
    """
    resource = context.session.get(Resource, lookup.required(data))
    if resource is None or resource.state != "active" or resource.dataset.state == "draft" and not context.may_write:
        raise NotFound
    if not lookup.may_read(context, resource.dataset):
        raise NotAuthorized(f"User {context.user or ''} not authorized to read resource {resource.id}")
    version = context.session.get(Version, resource.version_id) if resource.version_id else None
    return shown.resource_dict(context, resource, version)
