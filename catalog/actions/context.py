"""Who asks, and on what: the one argument that every action takes beside its data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from catalog.models import Account
from catalog.site import Site


@dataclass(frozen=True, slots=True)
class Context:
    """One call of an action: the site, an open transaction, and whether the caller may do everything.

    `user` is the name of an account, of a token or of a part of the house (`pipeline`, `command line`); None is anonymous.
    `account` is who has one; its memberships say what it may do (see `catalog.actions.rights`), unless it `may_write`.
    """

    site: Site
    session: Session
    user: str | None = None
    may_write: bool = False
    if_match: str = ""  # the marks (ETag) of the state that the caller wants to change, as If-Match has them; "" is any
    account: Account | None = None
    reads: bool = False  # nothing is written in this transaction, so that what lies ready may be answered (see `ready`)
    asked_at: str = ""  # the address under which the site was asked, where the settings name none
    asker: str = ""  # the network address that asks; empty within the house

    @property
    def site_url(self) -> str:
        """Where the site is found, without a slash at the end; empty when nobody has said."""
        return self.site.settings.site_url or self.asked_at

    @property
    def user_id(self) -> str:
        """What is noted of who did something: the account's id, or the name of a token that has none."""
        return self.account.id if self.account else (self.user or "")[:100]

    @property
    def now(self) -> datetime:
        return self.site.clock.now()
