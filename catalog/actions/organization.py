"""Read agencies in CKAN's words: an agency is an organization."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select

from catalog.actions import holders, lookup, rights, shown
from catalog.actions.context import Context
from catalog.actions.listing import listed
from catalog.models import Agency, Member
from catalog.names import collation_key, fold

# What CKAN lets a member do, by the capacity that it takes; whatever else is asked for takes an administrator.
PERMISSIONS = {
    "read": rights.READS, "manage_group": rights.WRITES, "create_dataset": rights.WRITES, "update_dataset": rights.WRITES,
    "delete_dataset": rights.WRITES, "edit_group": rights.WRITES,
}


def _current(context: Context, counts: Mapping[str, int]) -> list[Agency]:
    """The agencies that exist today, and those that once did and still have datasets."""
    today = context.site.clock.today()
    agencies = context.session.scalars(select(Agency).where(
        Agency.state == "active", or_(Agency.valid_to.is_(None), Agency.valid_to >= today, Agency.id.in_(list(counts)))))
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
    return listed(lambda wanted: holders.listing(
        context, lambda: _current(context, holders.counts_of_agencies(context)), wanted, organization=True), data, data.get("organizations"))


def organization_show(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Show an agency.

    :param id: the id or name of the agency
    :param include_datasets: true adds its first 10 datasets
    :param include_users: false leaves out who belongs to it
    :param include_extras: false leaves out what the register says beyond CKAN's fields
    :rtype: dictionary
    """
    return holders.show(context, holders.find(context, lookup.required(data), organization=True), data)


def organization_autocomplete(context: Context, data: dict[str, Any]) -> list[dict[str, str]]:
    """Suggest agencies whose name or title has the text, with or without diacritics.

    :param q: what has been typed so far
    :param limit: at most so many (default: 20)
    :rtype: list of dictionaries with id, name and title
    """
    wanted, limit = fold(lookup.required(data, "q")), lookup.natural(data, "limit", 20) or 20
    entries = ({"id": agency.id, "name": agency.slug, "title": shown.title(agency, context)}
               for agency in _current(context, holders.counts_of_agencies(context)))
    return [entry for entry in entries if wanted in entry["name"] or wanted in fold(entry["title"])][:limit]


def organization_list_for_user(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List the organizations in which somebody may do something.

    :param id: the id or name of the user (default: the caller)
    :param permission: what is to be done there, such as ``create_dataset`` or ``read`` (default: ``manage_group``)
    :rtype: list of dictionaries, each with the user's capacity
    """
    account = context.account if not data.get("id") else lookup.account(context.session, lookup.required(data))
    if account is None:
        if data.get("id") or not context.may_write:
            return []
        everything = True  # a program's token
    else:
        everything = account.sysadmin
    wanted = PERMISSIONS.get(str(data.get("permission") or "manage_group"), rights.RULES)
    own = {} if account is None else dict(context.session.execute(
        select(Member.group_id, Member.capacity).where(Member.account_id == account.id)).all())
    agencies = context.session.scalars(select(Agency).where(Agency.state == "active")).all()
    found = [shown.owner(agency, context) | {"capacity": "admin" if everything else own[agency.id]}
             for agency in agencies if everything or own.get(agency.id) in wanted]
    found.sort(key=lambda entry: (collation_key(entry["title"]), entry["name"]))
    return [entry | {"display_name": entry["title"] or entry["name"], "image_display_url": entry["image_url"]} for entry in found]
