"""Read themes in CKAN's words: a theme is a group."""

from __future__ import annotations

from typing import Any

from catalog.actions import lookup, shown
from catalog.actions.context import Context
from catalog.actions.listing import chosen, listed
from catalog.errors import NotFound
from catalog.metadata import boolean
from catalog.names import fold
from catalog.search import Query


def _counts(context: Context) -> dict[str, int]:
    found = context.site.search.search(Query(rows=0, facets=("groups",), facet_limit=-1), session=context.session)
    return dict(found.facets["groups"])


def group_list(context: Context, data: dict[str, Any]) -> list[Any]:
    """List the themes: their names, or with ``all_fields`` what is known of each.

    :param sort: ``title asc`` (default), ``name``, ``package_count``, with asc or desc
    :param groups: only these
    :param all_fields: true for dictionaries instead of names
    :param limit: at most so many (1000; 25 with all_fields); ``offset``
    :rtype: list
    """
    counts = _counts(context)
    entries = [shown.group(theme, counts.get(theme.name, 0)) for theme in lookup.themes(context.session).values()]
    return listed(chosen(entries, data.get("groups"), data.get("q")), data)


def group_show(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Show a theme.

    :param id: the id or name of the theme
    :param include_datasets: true adds its first 10 public datasets
    :rtype: dictionary
    """
    wanted = lookup.required(data)
    theme = next((theme for theme in lookup.themes(context.session).values() if wanted in (theme.id, theme.name)), None)
    if theme is None:
        raise NotFound
    entry = shown.group(theme, _counts(context).get(theme.name, 0))
    if boolean(data.get("include_datasets", False)):
        query = Query(filters={"groups": [theme.name]}, rows=10, sort="modified")
        found = context.site.search.search(query, session=context.session)
        datasets = (lookup.find_dataset(context.session, dataset_id) for dataset_id in found.ids)
        entry["packages"] = shown.packages(context, [dataset for dataset in datasets if dataset])
    if boolean(data.get("include_users", True)):
        entry["users"] = []
    return entry | {"extras": [{"key": "title_en", "value": theme.title_en}], "tags": [], "groups": []}


def group_autocomplete(context: Context, data: dict[str, Any]) -> list[dict[str, str]]:
    """Suggest themes whose name or title has the text, with or without diacritics.

    :param q: what has been typed so far
    :param limit: at most so many (default: 20)
    :rtype: list of dictionaries with id, name and title
    """
    wanted, limit = fold(lookup.required(data, "q")), lookup.natural(data, "limit", 20) or 20
    entries = ({"id": theme.id, "name": theme.name, "title": theme.title_vi} for theme in lookup.themes(context.session).values())
    return [entry for entry in entries if wanted in entry["name"] or wanted in fold(entry["title"])][:limit]
