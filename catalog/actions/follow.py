"""What accounts want to hear of: datasets, groups (and organizations), other users."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from catalog.actions import holders, lookup, rights, shown
from catalog.actions.context import Context
from catalog.errors import Invalid, NotFound
from catalog.models import Account, Agency, Dataset, Following
from catalog.search.log import note_holder

_MUST_SIGN_IN = "You must be logged in to follow {}"


def _named(context: Context, kind: str, name_or_id: str) -> Dataset | Account | holders.Holder | None:
    """What is called so, whoever may see it."""
    if kind == "dataset":
        return lookup.find_dataset(context.session, name_or_id)
    if kind == "user":
        return lookup.account(context.session, name_or_id)
    return lookup.agency(context.session, name_or_id) or lookup.theme(context.session, name_or_id)


def _target(context: Context, kind: str, name_or_id: str) -> str:
    """The id of what is followed, if the caller may see it."""
    if kind == "dataset":
        return rights.readable_dataset(context, name_or_id).id
    found = _named(context, kind, name_or_id)
    if found is None or found.state != "active":
        raise NotFound
    return found.id


def _follow(context: Context, data: dict[str, Any], kind: str) -> dict[str, Any]:
    rights.require_account(context, _MUST_SIGN_IN.format(f"a {kind}"))
    target = _target(context, kind, lookup.required(data))
    if target == context.user_id:
        raise Invalid({"message": "You cannot follow yourself"})
    if context.session.get(Following, (context.user_id, kind, target)) is not None:
        raise Invalid({"message": f"You are already following {data['id']}"})
    row = Following(account_id=context.user_id, kind=kind, object_id=target, created=context.now)
    context.session.add(row)
    _note(context, kind, target)
    return {"follower_id": row.account_id, "object_id": target, "datetime": shown.moment(row.created)}


def _unfollow(context: Context, data: dict[str, Any], kind: str) -> None:
    """Whoever follows what it may no longer see may still let go of it."""
    rights.require_account(context, _MUST_SIGN_IN.format("something"))
    known = _named(context, kind, lookup.required(data))
    row = context.session.get(Following, (context.user_id, kind, known.id)) if known else None
    if row is None:
        _target(context, kind, data["id"])
        raise NotFound(f"You are not following {data['id']}.")
    context.session.delete(row)
    _note(context, kind, row.object_id)


def _note(context: Context, kind: str, target: str) -> None:
    """The lists of groups and organizations say how many follow each."""
    if kind == "group":
        note_holder(context.session, target, context.now)


def _am_following(context: Context, data: dict[str, Any], kind: str) -> bool:
    target = _target(context, kind, lookup.required(data))
    return context.account is not None and context.session.get(Following, (context.user_id, kind, target)) is not None


def _follower_count(context: Context, data: dict[str, Any], kind: str) -> int:
    target = _target(context, kind, lookup.required(data))
    return holders.followers(context, [target]).get(target, 0)


def _follower_list(context: Context, data: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Who follows is told to system administrators only."""
    rights.require_sysadmin(context)
    target = _target(context, kind, lookup.required(data))
    found = context.session.scalars(select(Account).join(Following).where(
        Following.kind == kind, Following.object_id == target, Account.state == "active").order_by(Account.name)).all()
    return holders.accounts(context, found)


def _followed(context: Context, data: dict[str, Any], kinds: tuple[str, ...]) -> list[tuple[str, str]]:
    """Kind and id of what an account follows: its own list, or any for system administrators."""
    account = lookup.account(context.session, lookup.required(data))
    if account is None:
        raise NotFound
    own = context.account is not None and context.account.id == account.id
    rights.require(context, own or context.may_write, "see what this user follows")
    rows = context.session.execute(select(Following.kind, Following.object_id).where(
        Following.account_id == account.id, Following.kind.in_(kinds)).order_by(Following.created, Following.object_id))
    return [tuple(row) for row in rows]


def _followee_list(context: Context, data: dict[str, Any], *kinds: str) -> list[tuple[str, dict[str, Any]]]:
    """Kind and description of what an account follows, the oldest first; without what the caller may not see any more."""
    followed = _followed(context, data, kinds)
    described = {entry["id"]: entry for kind in kinds for entry in _DESCRIBE[kind](context, [object_id for own, object_id in followed if own == kind])}
    return [(kind, described[object_id]) for kind, object_id in followed if object_id in described]


def _datasets(context: Context, ids: list[str]) -> list[dict[str, Any]]:
    return shown.packages(context, lookup.datasets(context.session, ids, rights.visible(context)))


def _groups(context: Context, ids: list[str]) -> list[dict[str, Any]]:
    agencies = context.session.scalars(select(Agency).where(Agency.id.in_(ids), Agency.state == "active")).all()
    themes = [theme for theme in lookup.themes(context.session).values() if theme.id in ids and theme.state == "active"]
    return [entry for found, organization in ((agencies, True), (themes, False)) if found
            for entry in holders.entries(context, found, {}, organization=organization)]


def _users(context: Context, ids: list[str]) -> list[dict[str, Any]]:
    found = context.session.scalars(select(Account).where(Account.id.in_(ids), Account.state == "active")).all()
    return holders.accounts(context, found)


_DESCRIBE = {"dataset": _datasets, "group": _groups, "user": _users}


def followee_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List everything that a user follows.

    :param id: the id or name of the user
    :rtype: list of dictionaries with type, display_name and dict
    """
    return [{"type": "organization" if entry.get("is_organization") else kind, "dict": entry,
             "display_name": entry.get("display_name") or entry.get("title") or entry["name"]}
            for kind, entry in _followee_list(context, data, "dataset", "group", "user")]


def followee_count(context: Context, data: dict[str, Any]) -> int:
    """Count everything that a user follows.

    :param id: the id or name of the user
    :rtype: integer
    """
    return len(_followed(context, data, ("dataset", "group", "user")))


def follow_dataset(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Follow a dataset.

    :param id: the id or name of the dataset
    :rtype: dictionary with follower_id, object_id and datetime
    """
    return _follow(context, data, "dataset")


def unfollow_dataset(context: Context, data: dict[str, Any]) -> None:
    """Stop following a dataset.

    :param id: the id or name of the dataset
    """
    _unfollow(context, data, "dataset")


def am_following_dataset(context: Context, data: dict[str, Any]) -> bool:
    """Say whether the caller follows a dataset.

    :param id: the id or name of the dataset
    :rtype: boolean
    """
    return _am_following(context, data, "dataset")


def dataset_follower_count(context: Context, data: dict[str, Any]) -> int:
    """Count who follows a dataset.

    :param id: the id or name of the dataset
    :rtype: integer
    """
    return _follower_count(context, data, "dataset")


def dataset_follower_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List who follows a dataset; only for system administrators.

    :param id: the id or name of the dataset
    :rtype: list of dictionaries
    """
    return _follower_list(context, data, "dataset")


def dataset_followee_count(context: Context, data: dict[str, Any]) -> int:
    """Count the datasets that a user follows.

    :param id: the id or name of the user
    :rtype: integer
    """
    return len(_followed(context, data, ("dataset",)))


def dataset_followee_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List the datasets that a user follows.

    :param id: the id or name of the user
    :rtype: list of dictionaries
    """
    return [entry for _, entry in _followee_list(context, data, "dataset")]


def follow_group(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Follow a group or organization.

    :param id: the id or name of the group or organization
    :rtype: dictionary with follower_id, object_id and datetime
    """
    return _follow(context, data, "group")


def unfollow_group(context: Context, data: dict[str, Any]) -> None:
    """Stop following a group or organization.

    :param id: the id or name of the group or organization
    """
    _unfollow(context, data, "group")


def am_following_group(context: Context, data: dict[str, Any]) -> bool:
    """Say whether the caller follows a group or organization.

    :param id: the id or name of the group or organization
    :rtype: boolean
    """
    return _am_following(context, data, "group")


def group_follower_count(context: Context, data: dict[str, Any]) -> int:
    """Count who follows a group or organization.

    :param id: the id or name of the group or organization
    :rtype: integer
    """
    return _follower_count(context, data, "group")


def group_follower_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List who follows a group or organization; only for system administrators.

    :param id: the id or name of the group or organization
    :rtype: list of dictionaries
    """
    return _follower_list(context, data, "group")


def group_followee_count(context: Context, data: dict[str, Any]) -> int:
    """Count the groups or organizations that a user follows.

    :param id: the id or name of the user
    :rtype: integer
    """
    return len(_followed(context, data, ("group",)))


def group_followee_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List the groups or organizations that a user follows.

    :param id: the id or name of the user
    :rtype: list of dictionaries
    """
    return [entry for _, entry in _followee_list(context, data, "group")]


def follow_user(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Follow a user.

    :param id: the id or name of the user
    :rtype: dictionary with follower_id, object_id and datetime
    """
    return _follow(context, data, "user")


def unfollow_user(context: Context, data: dict[str, Any]) -> None:
    """Stop following a user.

    :param id: the id or name of the user
    """
    _unfollow(context, data, "user")


def am_following_user(context: Context, data: dict[str, Any]) -> bool:
    """Say whether the caller follows a user.

    :param id: the id or name of the user
    :rtype: boolean
    """
    return _am_following(context, data, "user")


def user_follower_count(context: Context, data: dict[str, Any]) -> int:
    """Count who follows a user.

    :param id: the id or name of the user
    :rtype: integer
    """
    return _follower_count(context, data, "user")


def user_follower_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List who follows a user; only for system administrators.

    :param id: the id or name of the user
    :rtype: list of dictionaries
    """
    return _follower_list(context, data, "user")


def user_followee_count(context: Context, data: dict[str, Any]) -> int:
    """Count the users that a user follows.

    :param id: the id or name of the user
    :rtype: integer
    """
    return len(_followed(context, data, ("user",)))


def user_followee_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List the users that a user follows.

    :param id: the id or name of the user
    :rtype: list of dictionaries
    """
    return [entry for _, entry in _followee_list(context, data, "user")]


def organization_follower_count(context: Context, data: dict[str, Any]) -> int:
    """Count who follows an organization.

    :param id: the id or name of the organization
    :rtype: integer
    """
    return _follower_count(context, data, "group")


def organization_follower_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List who follows an organization; only for system administrators.

    :param id: the id or name of the organization
    :rtype: list of dictionaries
    """
    return _follower_list(context, data, "group")
