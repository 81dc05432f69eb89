"""Somebody who has signed in and presses the buttons of the pages, as a browser without scripts does."""

from __future__ import annotations

import re
from html import unescape

from sqlalchemy import select

from catalog.models import Account
from catalog.site import Site
from catalog.tokens import add_token
from support.visiting import Visitor, visitor

GUARD = re.compile(r'name="csrf_token" value="([^"]+)"')


def token(site: Site, name: str = "Chị Hà") -> str:
    """A new access token's secret."""
    with site.writing() as session:
        return add_token(session, name, site.clock.now()).secret


def guard_of(client: Visitor, path: str) -> str:
    """The guard in the first form of a page."""
    return unescape(GUARD.search(client.get(path).get_data(as_text=True))[1])


def sign_in(client: Visitor, secret: str, **more: str):
    """Fill in the sign-in form and send it."""
    return client.post("/account/sign-in", data={"token": secret, "csrf_token": guard_of(client, "/account/sign-in"), **more})


def person(site: Site) -> Visitor:
    """A visitor who has signed in."""
    client = visitor(site)
    assert sign_in(client, token(site)).status_code == 303
    return client


def account_client(site: Site, name: str) -> Visitor:
    """A visitor who has signed in with a token of the account of that name."""
    with site.writing() as session:
        account = session.scalars(select(Account).where(Account.name == name)).one()
        secret = add_token(session, f"mã của {name}", site.clock.now(), account_id=account.id).secret
    client = visitor(site)
    assert sign_in(client, secret).status_code == 303
    return client


def press(client: Visitor, path: str, **fields: str):
    """Send a form as one of the pages sends it."""
    return client.post(path, data={"csrf_token": guard_of(client, "/runs"), **fields})
