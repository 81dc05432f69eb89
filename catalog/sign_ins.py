"""Signing in to act on the pages, by a token of `haidang token add` or of an account; passwords can take this file's place.

A browser holds a random key, the store its SHA-256. A sign-in ends when its time is over, when it is signed out, when its
token is revoked, and when its account is closed. Attempts that fail are counted for each asker, so that guessing is slow.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from catalog.actions.rights import RULES, WRITES
from catalog.models import ApiToken, Member, SignIn, SignInFailure, new_id
from catalog.tokens import caller_of, caller_with

LIFETIME = timedelta(hours=12)
ATTEMPTS, WITHIN = 10, timedelta(minutes=15)  # wrong attempts of one asker, and the time over which they count


@dataclass(frozen=True, slots=True)
class Person:
    """Who has signed in: the name under which acts are remembered, and for which agencies it may act.

    `everywhere` is who may do everything; others act for the agencies (by id) in which they may write; `leads` are those of which they are
    an administrator. `holder` is the same over
    all its sign-ins: the id of its account, or of the token of a person who has none.
    """

    id: str
    holder: str
    name: str
    until: datetime
    everywhere: bool
    agencies: frozenset[str]
    leads: frozenset[str] = frozenset()

    @property
    def acts(self) -> bool:
        """Whether there is any agency for which it may act."""
        return self.everywhere or bool(self.agencies)

    def may_act(self, agency_id: str | None) -> bool:
        """Whether it may act on the sources of the agency."""
        return self.everywhere or agency_id in self.agencies

    def may_release(self, agency_id: str | None) -> bool:
        """Whether it may let personal data of the agency be published, on a legal basis."""
        return self.everywhere or agency_id in self.leads


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
    caller = caller_of(session, secret.strip())
    if caller is None:
        session.add(SignInFailure(asker=name, at=now))
        return Begun()
    session.execute(delete(SignInFailure).where(SignInFailure.asker == name))
    caller.token.last_used = now
    key = secrets.token_urlsafe(32)
    session.add(SignIn(id=new_id(), key_sha256=_digest(key), token_id=caller.token.id, created=now, expires=now + LIFETIME))
    return Begun(key=key)


def person_of(session: Session, key: str, now: datetime) -> Person | None:
    """Who holds this key; None when it is unknown or over, its token was revoked, or its account is closed."""
    found = session.execute(select(SignIn, ApiToken).join(ApiToken, ApiToken.id == SignIn.token_id).where(
        SignIn.key_sha256 == _digest(key), SignIn.expires > now)).one_or_none()
    caller = caller_with(session, found[1]) if found else None
    if found is None or caller is None:
        return None
    places = session.execute(select(Member.group_id, Member.capacity).where(
        Member.account_id == caller.token.account_id, Member.capacity.in_(WRITES))).all() if caller.account else []
    return Person(id=found[0].id, holder=caller.token.account_id or caller.token.id, name=caller.name, until=found[0].expires, everywhere=caller.may_all,
                  agencies=frozenset(place for place, _ in places), leads=frozenset(place for place, capacity in places if capacity in RULES))


def end(session: Session, key: str) -> None:
    """Sign out: the key opens nothing any more, even where a copy of it is kept."""
    session.execute(delete(SignIn).where(SignIn.key_sha256 == _digest(key)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
