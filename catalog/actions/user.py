"""Accounts in CKAN's words: an account is a user. No address is shown but to its owner and to system administrators."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select

from catalog import accounts
from catalog.actions import holders, lookup, rights, shown
from catalog.actions.context import Context
from catalog.errors import Invalid, NotAuthorized, NotFound
from catalog.metadata_fields import boolean, clean, is_email, safe_link
from catalog.models import Account, ApiToken, Dataset, new_id
from catalog.names import fold
from catalog.search.log import note_holder

_ORDER = {"name": Account.name, "fullname": Account.fullname, "display_name": Account.fullname, "created": Account.created,
          "sysadmin": Account.sysadmin, "about": Account.about}


def find(context: Context, name_or_id: str) -> Account:
    """The account of that name or id; a deleted one only for system administrators."""
    account = lookup.account(context.session, name_or_id)
    if account is None or account.state != "active" and not context.may_write:
        raise NotFound
    return account


def user_show(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Show a user; its address only to itself and to system administrators.

    :param id: the id or name of the user (default: the caller)
    :param include_datasets: true adds the datasets that it made
    :rtype: dictionary
    """
    account = find(context, lookup.required(data)) if data.get("id") or not context.account else context.account
    return _shown(context, account) | _with_datasets(context, account, data)


def _shown(context: Context, account: Account) -> dict[str, Any]:
    (entry,) = holders.accounts(context, [account])
    own = context.may_write or context.account is not None and context.account.id == account.id
    return entry | ({"apikey": None, "email": account.email or None} if own else {})


def _with_datasets(context: Context, account: Account, data: dict[str, Any]) -> dict[str, Any]:
    if not boolean(data.get("include_datasets", False)):
        return {}
    made = context.session.scalars(select(Dataset).where(Dataset.creator_user_id == account.id, Dataset.state != "deleted")
                                   .order_by(Dataset.metadata_modified.desc()).limit(1000)).all()
    return {"datasets": shown.packages(context, [dataset for dataset in made if rights.may_see(context, dataset)])}


def user_list(context: Context, data: dict[str, Any]) -> list[Any]:
    """List the users.

    :param q: only those with this text in the name
    :param order_by: ``name`` (default), ``fullname``, ``created``, ``sysadmin``
    :param all_fields: false for names alone
    :rtype: list
    """
    order = str(data.get("order_by") or "name")
    query = select(Account).where(Account.state == "active").order_by(_ORDER.get(order, Account.name), Account.name)
    wanted = fold(str(data.get("q") or ""))
    found = [account for account in context.session.scalars(query) if wanted in fold(f"{account.name} {account.fullname or ''}")]
    if not boolean(data.get("all_fields", True)):
        return [account.name for account in found]
    return holders.accounts(context, found)


def user_autocomplete(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """Suggest users whose name has the text; for whoever shows a token.

    :param q: what has been typed so far
    :param limit: at most so many (default: 20)
    :rtype: list of dictionaries with id, name and fullname
    """
    if context.user is None:
        raise NotAuthorized
    wanted, limit = fold(lookup.required(data, "q")), lookup.natural(data, "limit", 20) or 20
    found = context.session.scalars(select(Account).where(Account.state == "active", or_(
        Account.name.contains(wanted, autoescape=True), Account.fullname.is_not(None))).order_by(Account.name))
    return [{"id": account.id, "name": account.name, "fullname": account.fullname} for account in found
            if wanted in account.name or wanted in fold(account.fullname or "")][:limit]


def user_create(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Make a user; only for system administrators.

    :param name: 2 to 100 lower-case letters, digits, - and _
    :param email: the address, shown to nobody else
    :param password: at least 8 characters
    :param fullname: what the user is called; ``about``, ``image_url``
    :param sysadmin: true lets the user do everything
    :rtype: dictionary
    """
    rights.require(context, context.may_write, "create users via the API")
    values, errors = _values(context, data, None)
    for key in ("name", "email", "password"):
        if not values.get(key) and key not in errors:
            errors[key] = ["Missing value"]
    if errors:
        raise Invalid(dict(sorted(errors.items())))
    account = Account(id=new_id(), state="active", created=context.now, sysadmin=False, password_hash="")
    _fill(context, account, values)
    context.session.add(account)
    context.session.flush()
    return _shown(context, account)


def user_update(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Change a user; what is not given is emptied, but for name, address and password.

    :param id: the id or name of the user
    :param: everything else as for user_create
    :rtype: dictionary
    """
    return _change(context, {"fullname": None, "about": None, "image_url": None, **data})


def user_patch(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Change what is given of a user and keep the rest.

    :param id: the id or name of the user
    :param: everything else as for user_create
    :rtype: dictionary
    """
    return _change(context, data)


def _change(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    account = lookup.account(context.session, lookup.required(data))
    if account is None:
        raise NotFound("User was not found.")
    own = context.account is not None and context.account.id == account.id
    rights.require(context, context.may_write or own, f"edit user {account.id}")
    values, errors = _values(context, data, account)
    if errors:
        raise Invalid(dict(sorted(errors.items())))
    _fill(context, account, values)
    context.session.flush()
    return _shown(context, account)


def user_delete(context: Context, data: dict[str, Any]) -> None:
    """Close the account of a user; its tokens hold no longer. Only for system administrators.

    :param id: the id or name of the user
    """
    rights.require_sysadmin(context)
    account = lookup.account(context.session, lookup.required(data))
    if account is None:
        raise NotFound("User was not found.")
    account.state = "deleted"
    note_holder(context.session, account.id, context.now)  # lists say how many follow each; closed accounts follow nothing
    for token in context.session.scalars(select(ApiToken).where(ApiToken.account_id == account.id, ApiToken.revoked_at.is_(None))):
        token.revoked_at = context.now


def _values(context: Context, data: dict[str, Any], account: Account | None) -> tuple[dict[str, Any], dict[str, Any]]:
    values: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for key in ("name", "fullname", "email", "about", "image_url", "password"):
        if key in data and not isinstance(data[key], str | None):
            errors[key] = ["Must be a Unicode string value"]
        elif key in data:
            values[key] = clean(data[key]) if data[key] else None
    if values.get("name") and values["name"] != (account.name if account else None):
        wrong = _name_errors(context, values["name"], account)
        errors |= {"name": wrong} if wrong else {}
    if values.get("email") and not is_email(values["email"]):
        errors["email"] = [f"Email {values['email']} is not a valid format"]
    if values.get("password") and len(values["password"]) < accounts.MIN_PASSWORD:
        errors["password"] = [f"Your password must be {accounts.MIN_PASSWORD} characters or longer"]
    if values.get("image_url") and not safe_link(values["image_url"]):
        errors["image_url"] = ["Please provide a valid URL"]
    if "sysadmin" in data and context.may_write:
        values["sysadmin"] = boolean(data["sysadmin"])
    return values, errors


def _name_errors(context: Context, name: str, account: Account | None) -> list[str]:
    """What is wrong with a new name; only system administrators give one to an account that has a name."""
    if account is not None and not context.may_write:
        return ["That login name can not be modified."]
    return accounts.name_errors(context.session, name, own_id=account.id if account else None)


def _fill(context: Context, account: Account, values: dict[str, Any]) -> None:
    for key in ("name", "email"):
        if values.get(key):
            setattr(account, key, values[key])
    for key in ("fullname", "about", "image_url"):
        if key in values:
            setattr(account, key, values[key])
    if values.get("password"):
        account.password_hash = accounts.hashed(values["password"])
    if "sysadmin" in values:
        account.sysadmin = values["sysadmin"]
