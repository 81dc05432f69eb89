"""The secrets of sources: sealed before they are kept, opened at the last moment, never sent to another server."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from catalog.errors import Trouble
from catalog.issues import Issue
from catalog.models import Source
from catalog.sealing import Unreadable, seal, unseal
from catalog.settings import Settings


def sealed(settings: Settings, source_id: str, secrets: Mapping[str, str]) -> dict[str, str]:
    """The secrets as they are stored, by the name of their option."""
    return {name: seal(settings.secret_key, source_id, name, value) for name, value in secrets.items()}


def unsealed(settings: Settings, source_id: str, secrets: Mapping[str, str]) -> dict[str, str]:
    """The secrets in clear; Trouble names those that do not open."""
    opened, closed = {}, []
    for name, value in secrets.items():
        try:
            opened[name] = unseal(settings.secret_key, source_id, name, value)
        except Unreadable:
            closed.append(name)
    if closed:
        raise Trouble(Issue("source-secret-unreadable", facts={"names": ", ".join(sorted(closed))}))
    return opened


def is_for_the_same(source: Source, connector: str, url: str) -> bool:
    """Whether what was given for the source as it is saved may go to this address: the same way of access, the same server."""
    return source.connector == connector and server(source.url) == server(url)


def server(url: str) -> tuple[str, str]:
    """The scheme and the host with its port, without who signs in there; the address itself where it cannot be understood."""
    try:
        parts = urlsplit(url)
        return parts.scheme.lower(), parts.netloc.rpartition("@")[2].lower()
    except ValueError:
        return url, ""
