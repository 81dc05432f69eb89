"""Who and what belongs to organizations and groups."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from catalog.actions import lookup, rights
from catalog.actions.context import Context
from catalog.actions.holders import Holder, of_theme
from catalog.actions.package_purge import package_owner_org_update
from catalog.actions.package_write import locked
from catalog.errors import Invalid, NotFound
from catalog.models import Account, Agency, Dataset, Member
from catalog.names import nfc
from catalog.search.log import note_change

ROLES = {"admin": "Admin", "editor": "Editor", "member": "Member"}


def role(name: str, field: str = "role") -> str:
    """The role of that name; Invalid for any other."""
    if name not in ROLES:
        raise Invalid({field: ["role does not exist."]})
    return name


def put(context: Context, group_id: str, account: Account, capacity: str) -> Member:
    """Let an account belong to an agency or theme, or change what it may do there."""
    member = context.session.scalar(select(Member).where(Member.group_id == group_id, Member.account_id == account.id))
    if member is None:
        member = Member(group_id=group_id, account_id=account.id, created=context.now)
        context.session.add(member)
    member.capacity = capacity
    context.session.flush()
    rights.forget(context)
    return member


def _holder(context: Context, data: dict[str, Any]) -> Holder:
    wanted = lookup.required(data)
    holder = lookup.agency(context.session, wanted) or lookup.theme(context.session, wanted)
    if holder is None:
        raise NotFound("Group not found")
    return holder


def _shown(member: Member) -> dict[str, Any]:
    return {"id": member.id, "table_name": "user", "table_id": member.account_id, "capacity": member.capacity, "group_id": member.group_id,
            "state": "active"}


def _join(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    holder = _holder(context, data)
    rights.require_rule(context, holder, "add members")
    name, wanted = lookup.required(data, "username"), role(lookup.required(data, "role"))
    account = lookup.account(context.session, name)
    if account is None or account.state != "active":
        raise Invalid({"username": ["User not found"]})
    return _shown(put(context, holder.id, account, wanted))


def _leave(context: Context, data: dict[str, Any]) -> None:
    holder = _holder(context, data)
    rights.require_rule(context, holder, "delete members" if isinstance(holder, Agency) else f"delete group {holder.id} members")
    name = data.get("username") or data.get("user_id")
    account = lookup.account(context.session, lookup.required({"username": name}, "username"))
    if account is None:
        raise NotFound
    _take_out(context, holder, account.id)


def _take_out(context: Context, holder: Holder, account_id: str) -> None:
    member = context.session.scalar(select(Member).where(Member.group_id == holder.id, Member.account_id == account_id))
    if member is not None:
        context.session.delete(member)
        context.session.flush()
        rights.forget(context)


def organization_member_create(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Let a user belong to an organization, or change what it may do there.

    :param id: the id or name of the organization
    :param username: the name or id of the user
    :param role: ``member`` reads what is private, ``editor`` also writes, ``admin`` also lets others in
    :rtype: dictionary
    """
    return _join(context, data)


def organization_member_delete(context: Context, data: dict[str, Any]) -> None:
    """Take a user out of an organization.

    :param id: the id or name of the organization
    :param username: the name or id of the user
    """
    _leave(context, data)


def group_member_create(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Let a user belong to a group, or change what it may do there.

    :param id: the id or name of the group
    :param username: the name or id of the user
    :param role: ``member``, ``editor`` or ``admin``
    :rtype: dictionary
    """
    return _join(context, data)


def group_member_delete(context: Context, data: dict[str, Any]) -> None:
    """Take a user out of a group.

    :param id: the id or name of the group
    :param username: the name or id of the user
    """
    _leave(context, data)


def member_roles_list(context: Context, data: dict[str, Any]) -> list[dict[str, str]]:
    """List the roles that members may have.

    :rtype: list of dictionaries with text and value
    """
    return [{"text": text, "value": value} for value, text in ROLES.items()]


def member_list(context: Context, data: dict[str, Any]) -> list[list[str]]:
    """List what belongs to an organization or group: users with their role, and datasets by their ids.

    :param id: the id or name of the organization or group
    :param object_type: only ``user`` or ``package``
    :param capacity: only those with this capacity
    :rtype: list of lists: id, type, capacity
    """
    holder = _holder(context, data)
    rights.require(context, holder.state == "active" or rights.may_in(context, holder.id, rights.RULES), f"read group {holder.id}")
    kind, capacity = data.get("object_type"), data.get("capacity")
    rows = context.session.execute(
        select(Member.account_id, Member.capacity).join(Account).where(Member.group_id == holder.id, Account.state == "active")
        .order_by(Member.created, Account.name))
    found = [(account_id, "user", has) for account_id, has in rows]
    found += [(dataset.id, "package", "organization" if isinstance(holder, Agency) else "public") for dataset in _datasets(context, holder)]
    return [[object_id, what, ROLES.get(has, has)] for object_id, what, has in found
            if kind in (None, "", what) and capacity in (None, "", has)]


def _datasets(context: Context, holder: Holder) -> list[Dataset]:
    """The datasets that belong there; private and archived ones, too, as CKAN names them by id."""
    living = select(Dataset).where(Dataset.state != "draft").order_by(Dataset.metadata_created, Dataset.name)
    belongs = Dataset.owner_org == holder.id if isinstance(holder, Agency) else of_theme(holder.name)
    return list(context.session.scalars(living.where(belongs)))


def member_create(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Let a user or a dataset belong to an organization or group.

    :param id: the id or name of the organization or group
    :param object: the id or name of the user or dataset
    :param object_type: ``user`` or ``package``
    :param capacity: the role of a user; for a dataset, ``public``
    :rtype: dictionary
    """
    holder = _holder(context, data)
    kind, wanted, capacity = lookup.required(data, "object_type"), lookup.required(data, "object"), lookup.required(data, "capacity")
    if kind == "user":
        rights.require_rule(context, holder, f"edit group {holder.id}")
        account = lookup.account(context.session, wanted)
        if account is None or account.state != "active":
            raise NotFound("User was not found.")
        return _shown(put(context, holder.id, account, role(capacity, "capacity")))
    rights.require(context, rights.may_in(context, holder.id), f"edit group {holder.id}")
    dataset = _dataset(context, kind, wanted)
    if isinstance(holder, Agency):
        package_owner_org_update(context, {"id": dataset.id, "organization_id": holder.id})
    elif holder.name not in locked(context, dataset).groups:
        dataset.groups = [*dataset.groups, holder.name]
        note_change(context.session, dataset.id, context.now)
    return {"id": dataset.id, "table_name": "package", "table_id": dataset.id, "capacity": nfc(capacity), "group_id": holder.id, "state": "active"}


def member_delete(context: Context, data: dict[str, Any]) -> None:
    """Take a user or a dataset out of an organization or group.

    :param id: the id or name of the organization or group
    :param object: the id or name of the user or dataset
    :param object_type: ``user`` or ``package``
    """
    holder = _holder(context, data)
    kind, wanted = lookup.required(data, "object_type"), lookup.required(data, "object")
    if kind == "user":
        rights.require_rule(context, holder, f"edit group {holder.id}")
        account = lookup.account(context.session, wanted)
        if account is None:
            raise NotFound("User was not found.")
        _take_out(context, holder, account.id)
        return
    rights.require(context, rights.may_in(context, holder.id), f"edit group {holder.id}")
    dataset = _dataset(context, kind, wanted)
    if isinstance(holder, Agency):
        raise Invalid({"object": ["A dataset belongs to an organization; give it to another one with package_owner_org_update."]})
    dataset.groups = [name for name in locked(context, dataset).groups if name != holder.name]
    note_change(context.session, dataset.id, context.now)


def _dataset(context: Context, kind: str, wanted: str) -> Dataset:
    dataset = lookup.find_dataset(context.session, wanted) if kind == "package" else None
    if dataset is None:
        raise NotFound(f"{kind.title()} was not found.")
    rights.require(context, rights.may_see(context, dataset), f"read package {dataset.id}")
    return dataset
