"""Accounts of people and programs: made, found, and their passwords, of which only a salted scrypt is kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.errors import Invalid, NotFound
from catalog.models import Account, Agency, Member, new_id
from catalog.names import is_id, nfc
from catalog.tokens import RESERVED

MIN_PASSWORD = 8
_NAME = re.compile(r"[a-z0-9_-]{2,100}")
_COST = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}


def add_account(session: Session, name: str, now: datetime, *, email: str = "", sysadmin: bool = False) -> Account:
    """Make an account that signs in by token only; Invalid when the name cannot be used."""
    if errors := name_errors(session, name):
        raise Invalid({"name": errors})
    account = Account(id=new_id(), name=name, email=email, sysadmin=sysadmin, state="active", created=now)
    session.add(account)
    session.flush()
    return account


def name_errors(session: Session, name: str, *, own_id: str | None = None) -> list[str]:
    """What is wrong with the name of an account, in CKAN's words."""
    if not _NAME.fullmatch(name):
        return ["Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"]
    if name in RESERVED or is_id(name):  # an account is called by its name or its id; no name may be another's id
        return ["That name cannot be used"]
    holder = session.scalar(select(Account.id).where(Account.name == name))
    return ["That login name is not available."] if holder not in (None, own_id) else []


def hashed(password: str) -> str:
    """What is kept of a password: `scrypt$salt$hash`, both in hex."""
    salt = secrets.token_bytes(16)
    return f"scrypt${salt.hex()}${hashlib.scrypt(_bytes(password), salt=salt, **_COST).hex()}"


def password_holds(account: Account, password: str) -> bool:
    """Whether the password is that of the account."""
    kind, _, rest = account.password_hash.partition("$")
    salt, _, kept = rest.partition("$")
    if kind != "scrypt":
        return False
    return hmac.compare_digest(hashlib.scrypt(_bytes(password), salt=bytes.fromhex(salt), **_COST).hex(), kept)


def _bytes(password: str) -> bytes:
    """The password in one form, however a keyboard composes its letters."""
    return nfc(password).encode("utf-8", "surrogatepass")


def join(session: Session, account: Account, agency_slug: str, capacity: str, now: datetime) -> None:
    """Let the account belong to an agency, or change what it may do there; NotFound, or Invalid for a role that is none."""
    if capacity not in ("admin", "editor", "member"):
        raise Invalid({"role": ["role does not exist."]})
    agency_id = session.scalar(select(Agency.id).where(Agency.slug == agency_slug))
    if agency_id is None:
        raise NotFound(f"Không có cơ quan {agency_slug}. No agency {agency_slug}.")
    member = session.scalar(select(Member).where(Member.group_id == agency_id, Member.account_id == account.id))
    if member is None:
        member = Member(group_id=agency_id, account_id=account.id, created=now)
        session.add(member)
    member.capacity = capacity
    session.flush()


def listed(session: Session) -> list[dict[str, Any]]:
    """All accounts by name, each with the agencies to which it belongs and its role there."""
    places: dict[str, dict[str, str]] = {}
    for account_id, slug, capacity in session.execute(
            select(Member.account_id, Agency.slug, Member.capacity).join(Agency, Agency.id == Member.group_id).order_by(Agency.slug)):
        places.setdefault(account_id, {})[slug] = capacity
    return [{"id": account.id, "name": account.name, "fullname": account.fullname, "email": account.email, "sysadmin": account.sysadmin,
             "state": account.state, "agencies": places.get(account.id, {})}
            for account in session.scalars(select(Account).order_by(Account.name))]
