"""Signing in to act on the pages: today by a token of `haidang token add`; accounts can take this file's place.

A browser holds a random key, the store its SHA-256. A sign-in ends when its time is over, when it is signed out, and when its
token is revoked. Attempts that fail are counted for each asker, so that guessing is slow.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from catalog.models import ApiToken, SignIn, SignInFailure, new_id
from catalog.tokens import token_of

LIFETIME = timedelta(hours=12)
ATTEMPTS, WITHIN = 10, timedelta(minutes=15)  # wrong attempts of one asker, and the time over which they count


@dataclass(frozen=True, slots=True)
class Person:
    """Who has signed in: the name of the token, under which acts are remembered."""

    id: str
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Begun:
    """What became of an attempt: `key` for the browser's cookie where it succeeded, `wait` where too many failed before."""

    key: str | None = None
    wait: timedelta | None = None


def begin(session: Session, secret: str, asker: str, now: datetime) -> Begun:
    """Sign in with a token's secret; an attempt that fails is counted for `asker`, the address that it came from."""
    name = _digest(asker)
    session.execute(delete(SignInFailure).where(SignInFailure.at <= now - WITHIN))
    session.execute(delete(SignIn).where(SignIn.expires <= now))
    failed, first = session.execute(select(func.count(), func.min(SignInFailure.at)).where(SignInFailure.asker == name)).one()
    if failed >= ATTEMPTS:
        return Begun(wait=first + WITHIN - now)
    token = token_of(session, secret.strip())
    if token is None:
        session.add(SignInFailure(asker=name, at=now))
        return Begun()
    session.execute(delete(SignInFailure).where(SignInFailure.asker == name))
    token.last_used = now
    key = secrets.token_urlsafe(32)
    session.add(SignIn(id=new_id(), key_sha256=_digest(key), token_id=token.id, created=now, expires=now + LIFETIME))
    return Begun(key=key)


def person_of(session: Session, key: str, now: datetime) -> Person | None:
    """Who holds this key; None when it is unknown or over, or its token was revoked."""
    row = session.execute(select(SignIn, ApiToken.name).join(ApiToken, ApiToken.id == SignIn.token_id).where(
        SignIn.key_sha256 == _digest(key), SignIn.expires > now, ApiToken.revoked_at.is_(None))).one_or_none()
    return None if row is None else Person(row[0].id, row[1], row[0].expires)


def end(session: Session, key: str) -> None:
    """Sign out: the key opens nothing any more, even where a copy of it is kept."""
    session.execute(delete(SignIn).where(SignIn.key_sha256 == _digest(key)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
