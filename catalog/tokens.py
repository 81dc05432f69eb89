"""Tokens: a program's right to write. Only a token's SHA-256 is kept, so nobody can read one out of the store."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from catalog.errors import Invalid, NotFound
from catalog.models import Account, ApiToken, new_id

if TYPE_CHECKING:
    from catalog.site import Site

MAX_NAME = 100
SEEN_EVERY = timedelta(minutes=10)
RESERVED = {"pipeline", "command line"}  # parts of the house, which may say more than a program may


@dataclass(frozen=True, slots=True)
class Made:
    """A new token; `secret` is what the program shows, and is nowhere else."""

    id: str
    secret: str


def add_token(session: Session, name: str, now: datetime, *, account_id: str | None = None) -> Made:
    """Make a token of that name, of an account where one is named; Invalid when the name is one of the house's own."""
    if not name.strip() or name.strip().lower() in RESERVED or len(name) > MAX_NAME:
        raise Invalid({"name": ["That name cannot be used"]})
    made = Made(new_id(), secrets.token_urlsafe(32))
    session.add(ApiToken(id=made.id, name=name.strip(), token_sha256=_digest(made.secret), account_id=account_id, created=now))
    return made


def token_of(session: Session, secret: str) -> ApiToken | None:
    """The token with that secret; None when there is none or it was revoked."""
    return session.scalar(select(ApiToken).where(ApiToken.token_sha256 == _digest(secret), ApiToken.revoked_at.is_(None)))


@dataclass(frozen=True, slots=True)
class Caller:
    """Who shows a token: an account, or a program that may do everything."""

    token: ApiToken
    account: Account | None

    @property
    def name(self) -> str:
        return self.account.name if self.account else self.token.name

    @property
    def may_all(self) -> bool:
        return self.account is None or self.account.sysadmin


def caller_of(session: Session, secret: str) -> Caller | None:
    """Who shows that secret; None when no such token is in force, or its account is closed."""
    token = token_of(session, secret)
    return caller_with(session, token) if token else None


def caller_with(session: Session, token: ApiToken) -> Caller | None:
    """Whose token it is; None when it was revoked, or its account is closed."""
    account = session.get(Account, token.account_id) if token.account_id else None
    if token.revoked_at is not None or account is not None and account.state != "active":
        return None
    return Caller(token, account)


def seen(site: Site, caller: Caller) -> None:
    """Remember that an account has read something; at most every ten minutes, since it is a write."""
    now, last = site.clock.now(), caller.account.last_active if caller.account else None
    if caller.account is None or last is not None and now - last < SEEN_EVERY:
        return
    with site.writing() as session:
        session.execute(update(Account).where(Account.id == caller.account.id).values(last_active=now))
        session.execute(update(ApiToken).where(ApiToken.id == caller.token.id).values(last_used=now))


def tokens(session: Session) -> Sequence[ApiToken]:
    """All tokens, the oldest first."""
    return session.scalars(select(ApiToken).order_by(ApiToken.created, ApiToken.id)).all()


def revoke_tokens(session: Session, name_or_id: str, now: datetime) -> int:
    """Take back the tokens of that name or id; NotFound when none of them still holds."""
    found = session.scalars(select(ApiToken).where(
        or_(ApiToken.name == name_or_id, ApiToken.id == name_or_id), ApiToken.revoked_at.is_(None))).all()
    if not found:
        raise NotFound(f"Không có mã truy cập nào còn hiệu lực tên {name_or_id}. No token in force named {name_or_id}.")
    for token in found:
        token.revoked_at = now
    return len(found)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
