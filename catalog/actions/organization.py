"""Read agencies in CKAN's words: an agency is an organization."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select

from catalog.actions import lookup, shown
from catalog.actions.context import Context
from catalog.actions.listing import chosen, listed
from catalog.errors import NotFound
from catalog.metadata import boolean
from catalog.models import Agency, Dataset
from catalog.names import fold


def _counts(context: Context) -> dict[str, int]:
    """How many public datasets each agency has, by its id."""
    rows = context.session.execute(
        select(Dataset.owner_org, func.count()).where(Dataset.state == "active", Dataset.private.is_(False)).group_by(Dataset.owner_org))
    return {owner: count for owner, count in rows if owner}


def _current(context: Context, counts: dict[str, int]) -> list[Agency]:
    """The agencies that exist today, and those that once did and still have datasets."""
    today = context.site.clock.today()
    agencies = context.session.scalars(select(Agency).where(
        or_(Agency.valid_to.is_(None), Agency.valid_to >= today, Agency.id.in_(list(counts)))))
    return [agency for agency in agencies if agency.active_on(today) or agency.id in counts]


def organization_list(context: Context, data: dict[str, Any]) -> list[Any]:
    """List the agencies: their names, or with ``all_fields`` what is known of each.

    :param sort: ``title asc`` (default), ``name``, ``package_count``, with asc or desc
    :param organizations: only these
    :param all_fields: true for dictionaries instead of names; with ``include_extras``, ``include_users``, ``include_groups``
    :param q: only those whose name or title has this
    :param limit: at most so many (1000; 25 with all_fields); ``offset``
    :rtype: list
    """
    counts = _counts(context)
    entries = []
    for agency in _current(context, counts):
        entry = shown.organization(agency, context, counts.get(agency.id, 0))
        entry |= {"extras": shown.organization_extras(agency, context)} if boolean(data.get("include_extras", False)) else {}
        entries.append(entry)
    return listed(chosen(entries, data.get("organizations"), data.get("q")), data)


def organization_show(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Show an agency.

    :param id: the id or name of the agency
    :param include_datasets: true adds its first 10 public datasets
    :param include_extras: false leaves out what the register says beyond CKAN's fields
    :rtype: dictionary
    """
    agency = lookup.agency(context.session, lookup.required(data))
    if agency is None:
        raise NotFound
    entry = shown.organization(agency, context, _counts(context).get(agency.id, 0))
    if boolean(data.get("include_datasets", False)):
        datasets = context.session.scalars(select(Dataset).where(
            Dataset.owner_org == agency.id, Dataset.state == "active", Dataset.private.is_(False))
            .order_by(Dataset.metadata_modified.desc()).limit(10)).all()
        entry["packages"] = shown.packages(context, datasets)
    if boolean(data.get("include_users", True)):
        entry["users"] = []
    if boolean(data.get("include_extras", True)):
        entry["extras"] = shown.organization_extras(agency, context)
    return entry | {"tags": [], "groups": []}


def organization_autocomplete(context: Context, data: dict[str, Any]) -> list[dict[str, str]]:
    """Suggest agencies whose name or title has the text, with or without diacritics.

    :param q: what has been typed so far
    :param limit: at most so many (default: 20)
    :rtype: list of dictionaries with id, name and title
    """
    wanted, limit = fold(lookup.required(data, "q")), lookup.natural(data, "limit", 20) or 20
    entries = ({"id": agency.id, "name": agency.slug, "title": shown.title(agency, context)} for agency in _current(context, _counts(context)))
    return [entry for entry in entries if wanted in entry["name"] or wanted in fold(entry["title"])][:limit]
