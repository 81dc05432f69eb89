"""Search datasets in CKAN's words: its parameters, its query language, its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from catalog.actions import lookup, ready, rights, shown
from catalog.actions.context import Context
from catalog.errors import Invalid, SearchRefused
from catalog.licences import LICENCES
from catalog.metadata_fields import boolean
from catalog.nesting import read_json
from catalog.public_texts import Ready
from catalog.search import Found, Query
from catalog.search.lucene import Everything, Node, SearchSyntax, parse
from catalog.search.places import Box, asked_box
from catalog.search.question import MAX_ROWS

DEFAULT_SORT = "score desc, metadata_modified desc"
KNOWN = {
    "q", "fq", "fq_list", "rows", "start", "sort", "facet", "facet.field", "facet.limit", "facet.mincount", "fl", "include_private",
    "include_drafts", "include_deleted", "use_default_schema", "qf", "df", "defType", "mm", "tie", "bf", "boost", "q.op", "extras",
}
_SORT = re.compile(r"([A-Za-z_][\w.]*)(?:\s+(asc|desc))?", re.I)
_SIGNS = re.compile(r'"|(?:^|\s)[+-]\S')  # a phrase, or a word that must or must not be there
_FIELDS = {"title_string", "metadata_modified", "metadata_created", "name", "id", "score", "license_id", "owner_org"}


def package_search(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Search the datasets.

    :param q: words, with or without diacritics; with a colon in it, conditions such as ``title:"dữ liệu" AND tags:y-te``
    :param fq: conditions that narrow the search, such as ``organization:so-y-te res_format:CSV``; ``fq_list`` for several
    :param sort: such as ``metadata_modified desc`` (default: ``score desc, metadata_modified desc``)
    :param rows: at most so many results (default: 10, at most 1000)
    :param start: leave out so many at the start
    :param facet.field: list of the facets to be counted: organization, groups, tags, res_format, license_id, frequency,
        illustrative, validation, schema; with ``facet.limit`` (50) and ``facet.mincount`` (1)
    :param ext_bbox: only what touches this box, ``west,south,east,north`` in degrees, by the GeoJSON in the extra ``spatial``
    :param include_private: true also finds the private datasets of the organizations to which the caller belongs; ``include_drafts``
    :param fl: only these fields of each result, separated by commas
    :rtype: dictionary with count, results, facets, search_facets and sort
    """
    unknown = sorted(key for key in data if key not in KNOWN and not key.startswith("ext_"))
    if unknown:
        raise SearchRefused(f"Invalid search parameters: {unknown}")
    if context.reads:
        ready.public_texts(context)  # the index need not look again how far the log goes
    sort = str(data.get("sort") or "").strip() or DEFAULT_SORT
    facets = _facet_fields(data)
    query = Query(
        **_asked(data), order=_order(sort), every_word=False, now=context.now,
        start=lookup.natural(data, "start", 0, extra=False) or 0, rows=_rows(data), facets=facets,
        facet_limit=_facet_limit(data), labels=rights.labels(context) if boolean(data.get("include_private", False)) else (),
        box=_box(data), drafts=boolean(data.get("include_drafts", False)),
    )
    found = context.site.search.search(query, session=context.session)
    least = lookup.natural(data, "facet.mincount", 1, extra=False) or 1
    counts = {field: {value: count for value, count in found.facets.get(field, ()) if count >= least} for field in facets}
    return {
        "count": found.count, "facets": counts, "results": _results(context, found, data.get("fl")), "sort": sort,
        "search_facets": {field: {"title": field, "items": _items(context, field, values)} for field, values in counts.items()},
    }


def _rows(data: Mapping[str, Any]) -> int:
    rows = lookup.natural(data, "rows", 10)
    return MAX_ROWS if rows is None else min(rows, MAX_ROWS)


def _facet_limit(data: Mapping[str, Any]) -> int:
    try:
        return int(str(data.get("facet.limit", 50)))
    except ValueError as error:
        raise Invalid({"facet.limit": ["Invalid integer"]}) from error


def _facet_fields(data: Mapping[str, Any]) -> list[str]:
    fields = data.get("facet.field") or []
    if isinstance(fields, str):
        try:
            fields = read_json(fields)
        except ValueError as error:
            raise Invalid({"facet.field": ["Could not parse as valid JSON", "Not a list"]}) from error
    if not isinstance(fields, list):
        raise Invalid({"facet.field": ["Not a list"]})
    return [str(field) for field in fields[:50]] if boolean(data.get("facet", True)) else []


def _asked(data: Mapping[str, Any]) -> dict[str, Any]:
    """The words of the search, and its conditions."""
    q = data.get("q")
    if isinstance(q, list | dict):
        raise SearchSyntax("The parameter q must be text.")
    q, narrowed = str(q if q is not None else "").strip(), _conditions(data)
    if q in ("", "*:*", "*"):
        return {"narrowed": narrowed}
    if ":" in q or q.startswith("{!"):
        node = parse(q)
        return {"narrowed": narrowed, "where": () if isinstance(node, Everything) else (node,)}
    if _SIGNS.search(q):
        with suppress(SearchSyntax):  # as in CKAN, a lone quote among plain words is no mistake
            return {"narrowed": narrowed, "where": (parse(q),)}
    return {"text": q, "narrowed": narrowed}


def _box(data: Mapping[str, Any]) -> Box | None:
    """The box of ``ext_bbox``, which the map extension of CKAN knows."""
    given = data.get("ext_bbox")
    if given in (None, ""):
        return None
    box = asked_box(given if isinstance(given, str) else ",".join(map(str, given)) if isinstance(given, list) else "")
    if box is None:
        raise SearchSyntax("Wrong bounding box provided")
    return box


def _conditions(data: Mapping[str, Any]) -> list[Node]:
    given = data.get("fq") or ""
    if not isinstance(given, str):
        raise SearchSyntax(f"Cannot parse '{json.dumps(given)[:200]}' in fq; give several conditions in fq_list.")
    several = data.get("fq_list") or []
    if not isinstance(several, list):
        several = [several]
    if len(several) > lookup.MAX_TERMS:
        raise SearchSyntax(f"There are more than {lookup.MAX_TERMS} conditions in fq_list.")
    return [parse(text, "fq") for text in (given, *map(str, several)) if text.strip()]


def _order(sort: str) -> list[tuple[str, bool]]:
    order = []
    for part in sort.split(","):
        match = _SORT.fullmatch(part.strip())
        if match is None:
            raise SearchRefused('Invalid "sort" parameter')
        field = {"title": "title_string", "relevance": "score"}.get(match[1], match[1])
        if field in _FIELDS:
            order.append((field, (match[2] or "asc").lower() == "desc"))
    return order


def _results(context: Context, found: Found, wanted: Any) -> list[dict[str, Any]] | list[Ready]:
    if not found.ids:
        return []
    fields = _field_list(wanted)
    if context.reads and not fields:
        return ready.of_ids(context, found.ids)
    packages = shown.packages(context, lookup.datasets(context.session, found.ids, rights.visible(context)))
    return [_only(package, fields) for package in packages] if fields else packages


def _field_list(wanted: Any) -> list[str]:
    parts = wanted if isinstance(wanted, list) else re.split(r"[,\s]+", str(wanted or ""))
    fields = [str(part) for part in parts if part]
    return [] if "*" in fields else fields


def _only(package: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """The chosen fields as the index has them: names instead of objects."""
    extras = {extra["key"]: extra["value"] for extra in package["extras"]}
    flat = {
        **{f"extras_{key}": value for key, value in extras.items()}, **extras, **package,
        "organization": (package["organization"] or {}).get("name"), "tags": [tag["name"] for tag in package["tags"]],
        "groups": [group["name"] for group in package["groups"]], "dataset_type": package["type"],
        "res_format": [resource["format"] for resource in package["resources"]],
        "res_name": [resource["name"] for resource in package["resources"]],
        "res_url": [resource["url"] for resource in package["resources"]],
    }
    return {field: flat[field] for field in sorted(fields) if flat.get(field) not in (None, [])}


def _items(context: Context, field: str, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    if field == "organization":
        lookup.agencies(context.session, counts)
    items = [{"name": value, "display_name": _display(context, field, value), "count": count} for value, count in counts.items()]
    return sorted(items, key=lambda item: item["display_name"], reverse=True)


def _display(context: Context, field: str, value: str) -> str:
    if field == "organization":
        agency = lookup.agency(context.session, value)
        return shown.title(agency, context) if agency else value
    if field == "groups":
        theme = lookup.themes(context.session).get(value)
        return theme.title_vi if theme else value
    if field == "license_id" and value in LICENCES:
        return LICENCES[value].title
    return value
