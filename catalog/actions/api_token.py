"""The tokens of accounts: made, listed, taken back. A token is shown once; only its SHA-256 is kept."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from catalog import tokens
from catalog.actions import lookup, shown
from catalog.actions.context import Context
from catalog.errors import NotAuthorized, NotFound
from catalog.models import Account, ApiToken


def _own(context: Context, name_or_id: str) -> Account:
    """The account, if it is the caller's own or the caller may do everything."""
    account = lookup.account(context.session, name_or_id)
    if account is None and context.may_write:
        raise NotFound("User not found")
    if account is None or not context.may_write and (context.account is None or context.account.id != account.id):
        raise NotAuthorized
    return account


def api_token_create(context: Context, data: dict[str, Any]) -> dict[str, str]:
    """Make a token with which a program writes in the name of a user; it is shown this once only.

    :param user: the id or name of the user
    :param name: what the token is for
    :rtype: dictionary with token and id
    """
    account = _own(context, lookup.required(data, "user"))
    made = tokens.add_token(context.session, lookup.required(data, "name"), context.now, account_id=account.id)
    return {"token": made.secret, "id": made.id}


def api_token_list(context: Context, data: dict[str, Any]) -> list[dict[str, Any]]:
    """List the tokens of a user that hold, the latest first; what they are is shown to nobody.

    :param user_id: the id or name of the user (or ``user``)
    :rtype: list of dictionaries
    """
    given = data.get("user_id") or data.get("user")
    account = _own(context, lookup.required({"user_id": given}, "user_id"))
    rows = context.session.scalars(select(ApiToken).where(ApiToken.account_id == account.id, ApiToken.revoked_at.is_(None))
                                   .order_by(ApiToken.created.desc(), ApiToken.id))
    return [{"id": row.id, "name": row.name, "user_id": account.id, "created_at": shown.moment(row.created),
             "last_access": shown.moment(row.last_used)} for row in rows]


def api_token_revoke(context: Context, data: dict[str, Any]) -> None:
    """Take back a token.

    :param jti: the id of the token; or ``token``, the token itself
    """
    secret, found = data.get("token"), None
    if isinstance(secret, str) and secret:
        found = tokens.token_of(context.session, secret)
    else:
        found = context.session.get(ApiToken, lookup.required(data, "jti"))
    if found is None:
        raise NotFound
    if not context.may_write and (context.account is None or found.account_id != context.account.id):
        raise NotAuthorized
    found.revoked_at = found.revoked_at or context.now
