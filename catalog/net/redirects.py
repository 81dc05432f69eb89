"""Redirects, followed by hand: where one leads, what may travel along, and who is to blame when it leads astray."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin

import requests

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net.guard import shown
from catalog.net.transfer import as_utf8

STATUSES = {301, 302, 303, 307, 308}
SECRET_HEADERS = {"authorization", "cookie", "proxy-authorization", "x-ckan-api-key", "x-app-token"}
# What the guard says of a URL, and what that is called when a redirect led there.
_LED_THERE = {
    "address-private": "redirect-private",
    "address-odd": "redirect-private",
    "port-refused": "redirect-private",
    "url-not-http": "redirect-broken",
    "url-broken": "redirect-broken",
}


def location(response: requests.Response) -> str | None:
    """The absolute URL that an answer sends to, or None when it is no redirect."""
    if response.status_code not in STATUSES or not response.headers.get("location", "").strip():
        return None
    given = as_utf8(response.headers["location"]).strip()
    try:
        return urljoin(response.url, given)
    except ValueError:
        return given


def blamed(trouble: Trouble, asked: str, redirected: bool) -> Trouble:
    """The same trouble, named after the redirect when one led into it."""
    issue = trouble.issue
    code = _LED_THERE.get(issue.code) if redirected else None
    if code is None:
        return trouble
    return Trouble(Issue(code, Place(url=shown(asked)), {**issue.facts, "to": issue.place.url or "…", "cause": issue.code}))


def without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that may go to another host."""
    return {name: value for name, value in headers.items() if name.lower() not in SECRET_HEADERS}
