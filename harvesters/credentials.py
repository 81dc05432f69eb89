"""What a connector is told of a saved source: its secrets are opened here, at the last moment, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from catalog.errors import Trouble
from catalog.issues import Issue
from catalog.models import Source
from catalog.sealing import Unreadable, seal, unseal
from catalog.settings import Settings
from catalog.site import Site
from catalog.uploads import Drop
from harvesters.base import SourceSpec


def spec_of(site: Site, source: Source) -> SourceSpec:
    """A saved source as its connector may know it; Trouble `source-secret-unreadable` when its secrets do not open."""
    return SourceSpec(name=source.name, url=source.url, options=source.options,
                      secrets=unsealed(site.settings, source.id, source.secrets), drop=Drop(site, source.id))


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
    return source.connector == connector and _server(source.url) == _server(url)


def _server(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        return parts.scheme.lower(), parts.netloc.rpartition("@")[2].lower()
    except ValueError:
        return url, ""
