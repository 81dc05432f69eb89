"""Who asks, and on what: the one argument that every action takes beside its data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from catalog.errors import NotAuthorized
from catalog.site import Site


@dataclass(frozen=True, slots=True)
class Context:
    """One call of an action: the site, an open transaction, and whether the caller may write.

    `user` is the name of a token or of a part of the house (`pipeline`, `command line`); None is anonymous.
    """

    site: Site
    session: Session
    user: str | None = None
    may_write: bool = False
    if_match: str = ""  # the marks (ETag) of the state that the caller wants to change, as If-Match has them; "" is any
    asked_at: str = ""  # the address under which the site was asked, where the settings name none

    @property
    def site_url(self) -> str:
        """Where the site is found, without a slash at the end; empty when nobody has said."""
        return self.site.settings.site_url or self.asked_at

    @property
    def now(self) -> datetime:
        return self.site.clock.now()

    def require_write(self, what: str) -> None:
        """NotAuthorized in CKAN's words unless the caller may write."""
        if not self.may_write:
            raise NotAuthorized(f"User {self.user or ''} not authorized to {what}")
