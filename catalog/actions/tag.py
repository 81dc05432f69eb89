"""Read tags."""

from __future__ import annotations

from typing import Any

from catalog.actions import lookup, shown
from catalog.actions.context import Context
from catalog.errors import NotFound
from catalog.metadata import boolean
from catalog.names import fold, nfc
from catalog.search import Query


def _tags(context: Context) -> list[str]:
    found = context.site.search.search(Query(rows=0, facets=("tags",), facet_limit=-1), session=context.session)
    return [tag for tag, _ in found.facets["tags"]]


def tag_list(context: Context, data: dict[str, Any]) -> list[Any]:
    """List the tags of the public datasets.

    :param query: only tags with this text, with or without diacritics
    :param all_fields: true for dictionaries instead of names
    :rtype: list
    """
    wanted = fold(str(data.get("query") or ""))
    tags = [tag for tag in _tags(context) if wanted in fold(tag)]
    return [shown.tag_entry(tag) for tag in tags] if boolean(data.get("all_fields", False)) else tags


def tag_show(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Show a tag.

    :param id: the id or name of the tag
    :rtype: dictionary
    """
    wanted = nfc(lookup.required(data))
    for tag in _tags(context):
        entry = shown.tag_entry(tag)
        if wanted in (entry["id"], tag):
            return entry
    raise NotFound


def tag_autocomplete(context: Context, data: dict[str, Any]) -> list[str]:
    """Suggest tags with the text in them, with or without diacritics.

    :param query: what has been typed so far (or ``q``)
    :param limit: at most so many (default: 10)
    :rtype: list of strings
    """
    wanted = fold(str(data.get("query") or data.get("q") or ""))
    limit = lookup.natural(data, "limit", 10) or 10
    return sorted(tag for tag in _tags(context) if wanted in fold(tag))[:limit] if wanted else []
