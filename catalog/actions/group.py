"""Read themes in CKAN's words: a theme is a group."""

from __future__ import annotations

from typing import Any

from catalog.actions import holders, lookup, rights, shown
from catalog.actions.context import Context
from catalog.actions.listing import listed
from catalog.metadata_fields import boolean
from catalog.models import Theme
from catalog.names import fold


def _current(context: Context) -> list[Theme]:
    return [theme for theme in lookup.themes(context.session).values() if theme.state == "active"]


def group_list(context: Context, data: dict[str, Any]) -> list[Any]:
    """List the themes: their names, or with ``all_fields`` what is known of each.

    :param sort: ``title asc`` (default), ``name``, ``package_count``, with asc or desc
    :param groups: only these
    :param all_fields: true for dictionaries instead of names; with ``include_extras``, ``include_users``
    :param limit: at most so many (1000; 25 with all_fields); ``offset``
    :rtype: list
    """
    return listed(lambda wanted: holders.listing(context, lambda: _current(context), wanted, organization=False), data, data.get("groups"))


def group_show(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Show a theme.

    :param id: the id or name of the theme
    :param include_datasets: true adds its first 10 datasets
    :param include_users: false leaves out who belongs to it
    :rtype: dictionary
    """
    return holders.show(context, holders.find(context, lookup.required(data), organization=False), data)


def group_autocomplete(context: Context, data: dict[str, Any]) -> list[dict[str, str]]:
    """Suggest themes whose name or title has the text, with or without diacritics.

    :param q: what has been typed so far
    :param limit: at most so many (default: 20)
    :rtype: list of dictionaries with id, name and title
    """
    wanted, limit = fold(lookup.required(data, "q")), lookup.natural(data, "limit", 20) or 20
    entries = ({"id": theme.id, "name": theme.name, "title": theme.title_vi} for theme in _current(context))
    return [entry for entry in entries if wanted in entry["name"] or wanted in fold(entry["title"])][:limit]


def group_package_show(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List the datasets of a theme, the last changed first.

    :param id: the id or name of the theme
    :param limit: at most so many (default and at most: 1000)
    :rtype: list of dictionaries
    """
    theme = holders.find(context, lookup.required(data), organization=False)
    return holders.packages(context, theme, min(lookup.natural(data, "limit", 1000) or 1000, 1000))


def group_list_authz(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List the themes that the caller may change.

    :param available_only: true leaves out those in which the caller is a member
    :param am_member: true lists only those
    :rtype: list of dictionaries
    """
    own = rights.memberships(context)
    am_member, available = boolean(data.get("am_member", False)), boolean(data.get("available_only", False))
    chosen = [theme for theme in _current(context) if rights.may_in(context, theme.id)
              and (not am_member or theme.id in own) and not (available and theme.id in own)]
    return [shown.holder(theme, context, 0) for theme in chosen]
