"""Make, change and take away groups; the rules that groups share with their like are in `holder_write`."""

from __future__ import annotations

from typing import Any

from catalog.actions import holder_write
from catalog.actions.context import Context


def group_create(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Make a new group, of which the caller becomes administrator.

    :param name: 2 to 100 lower-case letters, digits, - and _
    :param title: what it is called
    :param description: what it is, Markdown
    :param image_url: the address of its sign
    :param extras: list of ``{"key": …, "value": …}``
    :param users: list of ``{"name": …, "capacity": …}``
    :rtype: dictionary
    """
    return holder_write.create(context, data, organization=False)


def group_update(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Change a group; extras that are not given are dropped.

    :param id: the id or name of the group
    :param: everything else as for group_create
    :rtype: dictionary
    """
    return holder_write.change(context, data, organization=False, keep=False)


def group_patch(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Change what is given of a group and keep the rest.

    :param id: the id or name of the group
    :param: everything else as for group_create
    :rtype: dictionary
    """
    return holder_write.change(context, data, organization=False, keep=True)


def group_delete(context: Context, data: dict[str, Any]) -> None:
    """Mark a group as deleted: it leaves the lists, its datasets stay.

    :param id: the id or name of the group
    """
    holder_write.remove(context, data, organization=False)


def group_purge(context: Context, data: dict[str, Any]) -> None:
    """Take a group out of the store for ever; only for system administrators.

    :param id: the id or name of the group
    """
    holder_write.purge(context, data, organization=False)
