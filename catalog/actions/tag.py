"""Read tags: the free ones, which the public datasets carry, and those of vocabularies."""

from __future__ import annotations

from typing import Any

from catalog.actions import lookup, rights, shown, vocabulary
from catalog.actions.context import Context
from catalog.errors import Invalid, NotFound
from catalog.metadata_fields import boolean
from catalog.names import fold, nfc
from catalog.search import Query

MAX_DATASETS = 1000


def _tags(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """The tags that somebody uses, or those of the vocabulary that is named."""
    named = data.get("vocabulary_id")
    if named:
        return vocabulary.tags_of(context, lookup.required(data, "vocabulary_id"))
    found = context.site.search.search(Query(rows=0, facets=("tags",), facet_limit=-1), session=context.session)
    return [shown.tag_entry(tag) for tag, _ in found.facets["tags"]]


def _with(tags: list[dict[str, Any]], text: Any) -> list[dict[str, Any]]:
    """Those of the tags that have the text, or each of several texts, with or without diacritics."""
    wanted = [fold(str(word)) for word in (text if isinstance(text, list) else [text]) if word]
    if len(wanted) > lookup.MAX_TERMS:
        raise Invalid({"query": [f"At most {lookup.MAX_TERMS} terms"]})
    return [tag for tag in tags if all(word in fold(tag["name"]) for word in wanted)]


def tag_list(context: Context, data: dict[str, Any]) -> list[Any]:
    """List the tags of the public datasets.

    :param query: only tags with this text, with or without diacritics
    :param vocabulary_id: the tags of this vocabulary instead
    :param all_fields: true for dictionaries instead of names
    :rtype: list
    """
    tags = _with(_tags(context, data), data.get("query") or data.get("q"))
    return tags if boolean(data.get("all_fields", False)) else [tag["name"] for tag in tags]


def tag_show(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Show a tag.

    :param id: the id or name of the tag
    :param vocabulary_id: the vocabulary in which it is
    :param include_datasets: true adds the public datasets that carry it
    :rtype: dictionary
    """
    wanted = nfc(lookup.required(data))
    tag = next((tag for tag in _tags(context, data) if wanted in (tag["id"], tag["name"])), None)
    if tag is None:
        raise NotFound
    if not boolean(data.get("include_datasets", False)):
        return tag
    query = Query(filters={"tags": [tag["name"]]}, rows=MAX_DATASETS, sort="modified")
    ids = context.site.search.search(query, session=context.session).ids
    return tag | {"packages": shown.packages(context, lookup.datasets(context.session, ids, rights.visible(context)))}


def tag_search(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Search tags, with or without diacritics.

    :param query: the text, or a list of texts of which each must be there
    :param vocabulary_id: the tags of this vocabulary instead
    :param limit: at most so many; ``offset``
    :rtype: dictionary with count and results
    """
    query = data.get("query") or data.get("q")
    found = sorted(_with(_tags(context, data), query), key=lambda tag: tag["name"]) if query else []
    limit, offset = lookup.natural(data, "limit", None), lookup.natural(data, "offset", 0) or 0
    page = found[offset:] if limit is None else found[offset : offset + limit]
    return {"count": len(found), "results": [{key: tag[key] for key in ("id", "name", "vocabulary_id")} for tag in page]}


def tag_autocomplete(context: Context, data: dict[str, Any]) -> list[str]:
    """Suggest tags with the text in them, with or without diacritics.

    :param query: what has been typed so far (or ``q``)
    :param vocabulary_id: the tags of this vocabulary instead
    :param limit: at most so many (default: 10)
    :rtype: list of strings
    """
    query = data.get("query") or data.get("q")
    limit = lookup.natural(data, "limit", 10) or 10
    return sorted(tag["name"] for tag in _with(_tags(context, data), query))[:limit] if query else []
