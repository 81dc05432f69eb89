"""Accounts of people and programs: made, found, and their passwords, of which only a salted scrypt is kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.errors import Invalid
from catalog.models import Account, new_id
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
    if name in RESERVED:
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
    return password.encode("utf-8", "surrogatepass")
