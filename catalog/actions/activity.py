"""What was done by the API, and who may read of it; the pipeline's own work is told by its runs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from catalog.actions import lookup, rights, shown
from catalog.actions.context import Context
from catalog.errors import NotAuthorized, NotFound
from catalog.models import Account, Activity, Agency, Dataset, Following, Theme

MAX_LIMIT = 100
_PIPELINE = "pipeline"


def note(context: Context, activity_type: str, changed: Dataset | Agency | Theme) -> None:
    """Note one thing that was done, in the same transaction."""
    if context.user in (None, _PIPELINE):
        return
    if isinstance(changed, Dataset):
        data, owner = {"package": {"id": changed.id, "name": changed.name, "title": changed.title, "owner_org": changed.owner_org}}, changed.owner_org
    else:
        data, owner = {"group": {"id": changed.id, "name": shown.name_of(changed), "title": shown.title(changed, context)}}, None
    context.session.add(Activity(at=context.now, user_id=context.user_id, object_id=changed.id, owner_id=owner,
                                 activity_type=activity_type, data=data))


def _listed(context: Context, data: dict[str, Any], *conditions: ColumnElement[bool]) -> list[dict[str, Any]]:
    limit = min(lookup.natural(data, "limit", 31) or 31, MAX_LIMIT)
    offset = lookup.natural(data, "offset", 0) or 0
    rows = context.session.scalars(select(Activity).where(*conditions).order_by(Activity.at.desc(), Activity.id).limit(limit).offset(offset))
    return [entry(row) for row in rows]


def entry(row: Activity) -> dict[str, Any]:
    """One activity as CKAN has it."""
    return {"id": row.id, "timestamp": shown.moment(row.at), "user_id": row.user_id, "object_id": row.object_id,
            "activity_type": row.activity_type, "data": row.data}


def _public(context: Context) -> ColumnElement[bool]:
    """Of datasets only those that everybody may see; whoever may do everything reads of all."""
    if context.may_write:
        return Activity.id.is_not(None)
    seen = select(Dataset.id).where(Dataset.state == "active", Dataset.private.is_(False))
    return or_(Activity.object_id.in_(seen), ~Activity.activity_type.like("% package"))


def package_activity_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List what was done to a dataset, the latest first.

    :param id: the id or name of the dataset
    :param limit: at most so many (default: 31, at most 100); ``offset``
    :rtype: list of dictionaries
    """
    dataset = rights.readable_dataset(context, lookup.required(data))
    return _listed(context, data, Activity.object_id == dataset.id)


def organization_activity_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List what was done to an organization and to its datasets, the latest first.

    :param id: the id or name of the organization
    :param limit: at most so many (default: 31, at most 100); ``offset``
    :rtype: list of dictionaries
    """
    agency = lookup.agency(context.session, lookup.required(data))
    if agency is None:
        raise NotFound
    return _listed(context, data, or_(Activity.object_id == agency.id, Activity.owner_id == agency.id), _public(context))


def group_activity_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List what was done to a group, the latest first.

    :param id: the id or name of the group
    :param limit: at most so many (default: 31, at most 100); ``offset``
    :rtype: list of dictionaries
    """
    theme = lookup.theme(context.session, lookup.required(data))
    if theme is None:
        raise NotFound
    return _listed(context, data, Activity.object_id == theme.id)


def user_activity_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List what a user did, the latest first.

    :param id: the id or name of the user
    :param limit: at most so many (default: 31, at most 100); ``offset``
    :rtype: list of dictionaries
    """
    account = lookup.account(context.session, lookup.required(data))
    if account is None:
        raise NotFound
    return _listed(context, data, Activity.user_id == account.id, _public(context))


def recently_changed_packages_activity_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List what was done to datasets, the latest first.

    :param limit: at most so many (default: 31, at most 100); ``offset``
    :rtype: list of dictionaries
    """
    return _listed(context, data, Activity.activity_type.like("% package"), _public(context))


def dashboard_activity_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List what was done by the caller, and to what the caller follows.

    :param limit: at most so many (default: 31, at most 100); ``offset``
    :rtype: list of dictionaries
    """
    account: Account | None = context.account
    if account is None:
        raise NotAuthorized("You must be logged in to access your dashboard.")
    followed = select(Following.object_id).where(Following.account_id == account.id)
    mine = or_(Activity.user_id == account.id, Activity.object_id.in_(followed), Activity.owner_id.in_(followed))
    return _listed(context, data, mine, _public(context))


def activity_show(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Show one activity.

    :param id: the id of the activity
    :rtype: dictionary
    """
    row = context.session.scalar(select(Activity).where(Activity.id == lookup.required(data), _public(context)))
    if row is None:
        raise NotFound
    return entry(row)
