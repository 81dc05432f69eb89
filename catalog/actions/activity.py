"""What was done by the API, and who may read of it; the pipeline's own work is told by its runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true

from catalog.actions import holders, lookup, rights, shown, user
from catalog.actions.context import Context
from catalog.errors import NotAuthorized, NotFound
from catalog.models import Account, Activity, Agency, Dataset, Following, Theme

MAX_LIMIT = 100
_PIPELINE = "pipeline"


def note(context: Context, activity_type: str, changed: Dataset | Agency | Theme) -> None:
    """Note one thing that was done, in the same transaction; of what is not public no name is kept, for it may become public later."""
    if context.user in (None, _PIPELINE):
        return
    if isinstance(changed, Dataset):
        called = _called(changed) if changed.state != "draft" and not changed.private else {}
        data, owner = {"package": {"id": changed.id, **called, "owner_org": changed.owner_org}}, changed.owner_org
    else:
        data, owner = {"group": {"id": changed.id, "name": shown.name_of(changed), "title": shown.title(changed, context)}}, None
    context.session.add(Activity(at=context.now, user_id=context.user_id, object_id=changed.id, owner_id=owner,
                                 activity_type=activity_type, data=data))


def _called(dataset: Dataset) -> dict[str, str]:
    return {"name": dataset.name, "title": dataset.title}


def _listed(context: Context, data: dict[str, Any], *conditions: ColumnElement[bool]) -> list[dict[str, Any]]:
    limit = min(lookup.natural(data, "limit", 31) or 31, MAX_LIMIT)
    offset = lookup.natural(data, "offset", 0) or 0
    rows = context.session.scalars(select(Activity).where(*conditions).order_by(Activity.at.desc(), Activity.id).limit(limit).offset(offset))
    return _entries(context, rows.all())


def _entries(context: Context, rows: Sequence[Activity]) -> list[dict[str, Any]]:
    """Activities as CKAN has them; a dataset of which no name was kept is called as it is today."""
    nameless = {row.object_id for row in rows if "title" not in row.data.get("package", {"title": ""})}
    called = {dataset.id: _called(dataset) for dataset in lookup.datasets(context.session, nameless)}
    return [{"id": row.id, "timestamp": shown.moment(row.at), "user_id": row.user_id, "object_id": row.object_id, "activity_type": row.activity_type,
             "data": {key: {**called.get(row.object_id, {}), **said} for key, said in row.data.items()}} for row in rows]


def _visible(context: Context) -> ColumnElement[bool]:
    """What was done to datasets that the caller may see, and to organizations and groups that are there."""
    if context.may_write:
        return true()
    seen = (select(Dataset.id).where(rights.visible(context)), select(Agency.id).where(Agency.state == "active"),
            select(Theme.id).where(Theme.state == "active"))
    return or_(*(Activity.object_id.in_(ids) for ids in seen))


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
    agency = holders.find(context, lookup.required(data), organization=True)
    return _listed(context, data, or_(Activity.object_id == agency.id, Activity.owner_id == agency.id), _visible(context))


def group_activity_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List what was done to a group, the latest first.

    :param id: the id or name of the group
    :param limit: at most so many (default: 31, at most 100); ``offset``
    :rtype: list of dictionaries
    """
    theme = holders.find(context, lookup.required(data), organization=False)
    return _listed(context, data, Activity.object_id == theme.id)


def user_activity_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List what a user did, the latest first.

    :param id: the id or name of the user
    :param limit: at most so many (default: 31, at most 100); ``offset``
    :rtype: list of dictionaries
    """
    account = user.find(context, lookup.required(data))
    return _listed(context, data, Activity.user_id == account.id, _visible(context))


def recently_changed_packages_activity_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List what was done to datasets, the latest first.

    :param limit: at most so many (default: 31, at most 100); ``offset``
    :rtype: list of dictionaries
    """
    return _listed(context, data, Activity.activity_type.like("% package"), _visible(context))


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
    return _listed(context, data, mine, _visible(context))


def activity_show(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Show one activity.

    :param id: the id of the activity
    :rtype: dictionary
    """
    row = context.session.scalar(select(Activity).where(Activity.id == lookup.required(data), _visible(context)))
    if row is None:
        raise NotFound
    return _entries(context, [row])[0]
