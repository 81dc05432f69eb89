"""What organizations (agencies) and groups (themes) have in common when they are read: whom they hold, and what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, or_, select

from catalog.actions import lookup, ready, rights, shown
from catalog.actions.context import Context
from catalog.errors import NotFound
from catalog.metadata_fields import boolean
from catalog.models import Account, Agency, Dataset, Following, Member, Theme
from catalog.search import Query

Holder = Agency | Theme
MAX_PACKAGES = 10


def find(context: Context, name_or_id: str, *, organization: bool) -> Holder:
    """The agency or theme of that name or id, if the caller may see it: a deleted one only by who may do everything."""
    holder = lookup.agency(context.session, name_or_id) if organization else lookup.theme(context.session, name_or_id)
    if holder is None:
        raise NotFound
    rights.require(context, holder.state == "active" or rights.may_in(context, holder.id, rights.RULES), f"read group {holder.id}")
    return holder


def counts_of_agencies(context: Context) -> dict[str, int]:
    """How many datasets that the caller may see each agency has, by its id."""
    seen = [Dataset.state == "active"]
    if not context.may_write:
        seen.append(or_(Dataset.private.is_(False), Dataset.owner_org.in_(list(rights.memberships(context)))))
    rows = context.session.execute(select(Dataset.owner_org, func.count()).where(*seen).group_by(Dataset.owner_org))
    return {owner: count for owner, count in rows if owner}


def counts_of_themes(context: Context) -> dict[str, int]:
    """How many datasets that the caller may see each theme has, by its id."""
    query = Query(rows=0, facets=("groups",), facet_limit=-1, labels=rights.labels(context))
    counts = dict(context.site.search.search(query, session=context.session).facets["groups"])
    return {theme.id: counts.get(theme.name, 0) for theme in lookup.themes(context.session).values()}


def counts(context: Context, *, organization: bool) -> dict[str, int]:
    """How many datasets that the caller may see each holds, by its id."""
    return counts_of_agencies(context) if organization else counts_of_themes(context)


def followers(context: Context, ids: Iterable[str]) -> dict[str, int]:
    """How many accounts follow each of these things, by its id."""
    rows = context.session.execute(
        select(Following.object_id, func.count()).join(Account, Account.id == Following.account_id)
        .where(Following.object_id.in_(list(ids)), Account.state == "active").group_by(Following.object_id))
    return dict(rows.all())


def datasets_made(context: Context, ids: Iterable[str]) -> dict[str, int]:
    """How many public datasets each account made, by its id."""
    rows = context.session.execute(
        select(Dataset.creator_user_id, func.count())
        .where(Dataset.creator_user_id.in_(list(ids)), Dataset.state == "active", Dataset.private.is_(False))
        .group_by(Dataset.creator_user_id))
    return dict(rows.all())


def accounts(context: Context, found: Sequence[Account]) -> list[dict[str, Any]]:
    """Accounts as everybody may see them, in their order."""
    made = datasets_made(context, (account.id for account in found))
    return [shown.user(context, account, made.get(account.id, 0)) for account in found]


def users(context: Context, ids: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """The accounts that belong to agencies or themes, by the id of these, with what each may do there; by name."""
    rows = context.session.execute(
        select(Account, Member.capacity, Member.group_id).join(Member, Member.account_id == Account.id)
        .where(Member.group_id.in_(list(ids)), Account.state == "active").order_by(Account.name)).all()
    shown_once = {entry["id"]: entry for entry in accounts(context, list(dict.fromkeys(account for account, _, _ in rows)))}
    found: dict[str, list[dict[str, Any]]] = {}
    for account, capacity, group_id in rows:
        found.setdefault(group_id, []).append(shown_once[account.id] | {"capacity": capacity})
    return found


def entries(context: Context, holders: Iterable[Holder], data: Mapping[str, Any], *, organization: bool) -> list[dict[str, Any]]:
    """The agencies or themes as the lists have them, with what was asked for beside."""
    holders = list(holders)
    held, followed = counts(context, organization=organization), followers(context, (holder.id for holder in holders))
    members = users(context, (holder.id for holder in holders)) if boolean(data.get("include_users", False)) else None
    found = []
    for holder in holders:
        entry = shown.holder(holder, context, held.get(holder.id, 0)) | {"num_followers": followed.get(holder.id, 0)}
        entry |= {"extras": shown.holder_extras(holder, context)} if boolean(data.get("include_extras", False)) else {}
        entry |= {"users": members.get(holder.id, [])} if members is not None else {}
        found.append(entry)
    return found


def listing(context: Context, read: Callable[[], Iterable[Holder]], data: Mapping[str, Any], *, organization: bool) -> list[dict[str, Any]]:
    """`entries` of those that `read` finds; what everybody may know of them is read once for all."""
    def made() -> list[dict[str, Any]]:
        return entries(context, read(), data, organization=organization)

    if boolean(data.get("include_users", False)):
        return made()
    return ready.for_everybody(context, ("holders", organization, boolean(data.get("include_extras", False))), made)


def of_theme(name: str) -> ColumnElement[bool]:
    """Of all datasets those of a theme."""
    escaped = name.replace("_", "\\_")  # names hold nothing else that LIKE would read as a sign
    return cast(Dataset.groups, Text).like(f'%"{escaped}"%', escape="\\")


def packages(context: Context, holder: Holder, limit: int, *, offset: int = 0) -> list[dict[str, Any]]:
    """Datasets of an agency or theme that the caller may see, the last changed first."""
    field, value = ("owner_org", holder.id) if isinstance(holder, Agency) else ("groups", holder.name)
    query = Query(filters={field: [value]}, start=offset, rows=limit, sort="modified", labels=rights.labels(context))
    found = context.site.search.search(query, session=context.session)
    with context.session.no_autoflush:
        return shown.packages(context, lookup.datasets(context.session, found.ids, rights.visible(context)))


def show(context: Context, holder: Holder, data: Mapping[str, Any]) -> dict[str, Any]:
    """One agency or theme in full; its datasets only where ``include_datasets`` says so."""
    held = counts(context, organization=isinstance(holder, Agency)).get(holder.id, 0)
    entry = shown.holder(holder, context, held)
    if boolean(data.get("include_followers", True)):
        entry["num_followers"] = followers(context, [holder.id]).get(holder.id, 0)
    if boolean(data.get("include_datasets", False)):
        entry["packages"] = packages(context, holder, MAX_PACKAGES)
    if boolean(data.get("include_users", True)):
        entry["users"] = users(context, [holder.id]).get(holder.id, [])
    if boolean(data.get("include_extras", True)):
        entry["extras"] = shown.holder_extras(holder, context)
    return entry | {"tags": [], "groups": []}
