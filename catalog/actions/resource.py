"""Read resources."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import ColumnElement, func, select

from catalog.actions import lookup, rights, shown
from catalog.actions.context import Context
from catalog.errors import Invalid, NotFound
from catalog.models import Dataset, Resource, Version
from catalog.names import nfc

MAX_FOUND = 1000
_COLUMNS = {
    "id": Resource.id, "package_id": Resource.dataset_id, "url": Resource.url, "format": Resource.format, "description": Resource.description,
    "hash": Resource.hash, "name": Resource.name, "resource_type": Resource.resource_type, "mimetype": Resource.mimetype,
    "url_type": Resource.url_type, "state": Resource.state,
}
_ORDERS = {**_COLUMNS, "created": Resource.created, "last_modified": Resource.last_modified, "position": Resource.position, "size": Resource.size}


def resource_show(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Show a resource.

    :param id: the id of the resource
    :rtype: dictionary
    """
    resource = context.session.get(Resource, lookup.required(data))
    if resource is None or resource.state != "active" or resource.dataset.state == "draft" and not rights.may_edit(context, resource.dataset):
        raise NotFound
    rights.require(context, rights.may_see(context, resource.dataset), f"read resource {resource.id}")
    version = context.session.get(Version, resource.version_id) if resource.version_id else None
    return shown.resource_dict(context, resource, version)


def resource_search(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Search the resources of public datasets by what their fields say.

    :param query: ``field:text``, or a list of such, of which each must hold; small and big letters are the same
    :param order_by: a field
    :param limit: at most so many (at most: 1000); ``offset``
    :rtype: dictionary with count and results
    """
    query = data.get("query")
    if query in (None, "", []):
        raise Invalid({"query": "Missing value"})
    wanted = [Dataset.state == "active", Dataset.private.is_(False), Resource.state == "active"]
    terms = query if isinstance(query, list) else [query]
    if len(terms) > lookup.MAX_TERMS:
        raise Invalid({"query": f"At most {lookup.MAX_TERMS} terms"})
    wanted += [_condition(term) for term in terms]
    order = data.get("order_by")
    if order not in (None, "") and (not isinstance(order, str) or order not in _ORDERS):
        raise Invalid({"order_by": f'Field "{str(order)[:100]}" not recognised in resource_search.'})
    limit, offset = lookup.natural(data, "limit", MAX_FOUND), lookup.natural(data, "offset", 0) or 0
    found = select(Resource).join(Dataset).where(*wanted)
    count = context.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    ordered = (_ORDERS[order],) if order else (Dataset.metadata_created, Resource.position)
    rows = context.session.scalars(found.order_by(*ordered, Resource.id).limit(min(limit or 0, MAX_FOUND)).offset(offset)).all()
    ids = [row.version_id for row in rows if row.version_id]
    versions = {version.id: version for version in context.session.scalars(select(Version).where(Version.id.in_(ids)))} if ids else {}
    results = [shown.resource_dict(context, row, versions.get(row.version_id or "")) for row in rows]
    for result in results:
        del result["datastore_active"]
    return {"count": count, "results": results}


def _condition(term: Any) -> ColumnElement[bool]:
    if not isinstance(term, str) or ":" not in term:
        raise Invalid({"query": "Must be <field>:<value> pair(s)"})
    field, text = term.split(":", 1)
    if field not in _COLUMNS:
        raise Invalid({"query": f'Field "{field[:100]}" not recognised in resource_search.'})
    if field in ("id", "package_id", "hash"):
        return _COLUMNS[field].startswith(text, autoescape=True)
    return _COLUMNS[field].icontains(nfc(text), autoescape=True)


def format_autocomplete(context: Context, data: dict[str, Any]) -> list[str]:
    """Suggest the formats of public files that have the text in them, the commonest first.

    :param q: what has been typed so far
    :param limit: at most so many (default: 5)
    :rtype: list of strings
    """
    wanted, limit = lookup.required(data, "q").lower(), lookup.natural(data, "limit", 5) or 5
    rows = context.session.execute(
        select(Resource.format, func.count()).join(Dataset)
        .where(Dataset.state == "active", Dataset.private.is_(False), Resource.state == "active").group_by(Resource.format))
    counts: Counter[str] = Counter()
    for name, count in rows:
        counts[name.lower()] += count
    return [name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if wanted in name][:limit]
