"""Users who may read or change one dataset of an organization that is not their own."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from catalog.actions import lookup, members, rights, shown
from catalog.actions.context import Context
from catalog.errors import Invalid, NotFound
from catalog.models import Account, Collaborator, Dataset
from catalog.search.log import note_change


def _dataset(context: Context, data: dict[str, Any], what: str) -> Dataset:
    """The dataset, for whoever is an administrator of its organization."""
    dataset = lookup.find_dataset(context.session, lookup.required(data))
    if dataset is None:
        raise NotFound("Dataset not found")
    allowed = rights.may_in(context, dataset.owner_org, rights.RULES) or rights.collaborations(context).get(dataset.id) == "admin"
    rights.require(context, allowed, f"{what} from dataset {dataset.id}")
    return dataset


def _account(context: Context, data: dict[str, Any]) -> Account:
    account = lookup.account(context.session, lookup.required(data, "user_id"))
    if account is None or account.state != "active":
        raise NotFound("User not found")
    return account


def _shown(row: Collaborator) -> dict[str, Any]:
    return {"package_id": row.dataset_id, "user_id": row.account_id, "capacity": row.capacity, "modified": shown.moment(row.modified)}


def package_collaborator_create(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Let a user work on one dataset, or change what it may do.

    :param id: the id or name of the dataset
    :param user_id: the id or name of the user
    :param capacity: ``member`` reads it, ``editor`` also changes it, ``admin`` also lets others in
    :rtype: dictionary
    """
    dataset, account = _dataset(context, data, "add collaborators"), _account(context, data)
    capacity = lookup.required(data, "capacity")
    if capacity not in members.ROLES:
        raise Invalid({"capacity": [f"Role must be one of \"{', '.join(members.ROLES)}\""]})
    row = context.session.get(Collaborator, (dataset.id, account.id))
    if row is None:
        row = Collaborator(dataset_id=dataset.id, account_id=account.id)
        context.session.add(row)
    row.capacity, row.modified = capacity, context.now
    context.session.flush()
    rights.forget(context)
    note_change(context.session, dataset.id, context.now)
    return _shown(row)


def package_collaborator_delete(context: Context, data: dict[str, Any]) -> None:
    """Take a user off a dataset.

    :param id: the id or name of the dataset
    :param user_id: the id or name of the user
    """
    dataset, account = _dataset(context, data, "remove collaborators"), _account(context, data)
    gone = context.session.execute(delete(Collaborator).where(
        Collaborator.dataset_id == dataset.id, Collaborator.account_id == account.id)).rowcount
    if not gone:
        raise NotFound(f"User {account.id} is not a collaborator on this package")
    rights.forget(context)
    note_change(context.session, dataset.id, context.now)


def package_collaborator_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List the collaborators on a dataset.

    :param id: the id or name of the dataset
    :param capacity: only those with this one
    :rtype: list of dictionaries
    """
    dataset = _dataset(context, data, "list collaborators")
    rows = context.session.scalars(select(Collaborator).where(Collaborator.dataset_id == dataset.id).order_by(Collaborator.account_id))
    return [_shown(row) for row in rows if data.get("capacity") in (None, "", row.capacity)]


def package_collaborator_list_for_user(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List the datasets on which a user is a collaborator: the caller's own, or anybody's for system administrators.

    :param id: the id or name of the user
    :param capacity: only those with this one
    :rtype: list of dictionaries
    """
    account = lookup.account(context.session, lookup.required(data))
    own = account is not None and context.account is not None and context.account.id == account.id
    rights.require(context, own or context.may_write, "list the collaborations of this user")
    if account is None:
        raise NotFound("User not found")
    rows = context.session.scalars(select(Collaborator).where(Collaborator.account_id == account.id).order_by(Collaborator.modified))
    return [_shown(row) for row in rows if data.get("capacity") in (None, "", row.capacity)]
