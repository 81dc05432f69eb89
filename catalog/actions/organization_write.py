"""Make, change and take away organizations; the rules that organizations share with their like are in `holder_write`."""

from __future__ import annotations

from typing import Any

from catalog.actions import holder_write
from catalog.actions.context import Context


def organization_create(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Make a new organization, of which the caller becomes administrator.

    :param name: 2 to 100 lower-case letters, digits, - and _
    :param title: what it is called
    :param description: what it is, Markdown
    :param image_url: the address of its sign
    :param extras: list of ``{"key": …, "value": …}``
    :param users: list of ``{"name": …, "capacity": …}``
    :rtype: dictionary
    """
    return holder_write.create(context, data, organization=True)


def organization_update(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Change an organization; extras that are not given are dropped.

    :param id: the id or name of the organization
    :param: everything else as for organization_create
    :rtype: dictionary
    """
    return holder_write.change(context, data, organization=True, keep=False)


def organization_patch(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Change what is given of an organization and keep the rest.

    :param id: the id or name of the organization
    :param: everything else as for organization_create
    :rtype: dictionary
    """
    return holder_write.change(context, data, organization=True, keep=True)


def organization_delete(context: Context, data: dict[str, Any]) -> None:
    """Mark an organization as deleted: it leaves the lists, its datasets stay.

    :param id: the id or name of the organization
    """
    holder_write.remove(context, data, organization=True)


def organization_purge(context: Context, data: dict[str, Any]) -> None:
    """Take an organization out of the store for ever; only for system administrators.

    :param id: the id or name of the organization
    """
    holder_write.purge(context, data, organization=True)
