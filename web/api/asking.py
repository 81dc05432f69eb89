"""Who calls the API, and on what: a token in `Authorization` (bare or after `Bearer`) or in `X-CKAN-API-Key`, never a cookie."""

from __future__ import annotations

from flask import current_app, request
from sqlalchemy.orm import Session

from catalog.actions.context import Context
from catalog.site import Site
from catalog.tokens import Caller, caller_of
from web.addresses import asker


def caller(session: Session) -> Caller | None:
    """Whose token the call shows; a token that is not known is nobody's."""
    given = request.headers.get("Authorization") or request.headers.get("X-CKAN-API-Key") or ""
    given = given.removeprefix("Bearer ").strip()
    return caller_of(session, given) if given else None


def context(session: Session, caller: Caller | None, if_match: str = "", *, reads: bool = False) -> Context:
    """The call as an action takes it; `reads` where its transaction writes nothing."""
    return Context(site=current_app.extensions["haidang"], session=session, user=caller.name if caller else None,
                   may_write=caller is not None and caller.may_all, account=caller.account if caller else None, asked_at=site_url(),
                   asker=asker(), if_match=if_match, reads=reads)


def site_url() -> str:
    """Where the site is found: as the settings say, else as it was asked."""
    site: Site = current_app.extensions["haidang"]
    return site.settings.site_url or request.host_url.rstrip("/")
