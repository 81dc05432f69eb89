"""What a connector is told of a saved source: its secrets are opened here, at the last moment, and nowhere else."""

from __future__ import annotations

from catalog.models import Source
from catalog.site import Site
from catalog.source_secrets import unsealed
from catalog.uploads import Drop
from harvesters.base import SourceSpec


def spec_of(site: Site, source: Source) -> SourceSpec:
    """A saved source as its connector may know it; Trouble `source-secret-unreadable` when its secrets do not open."""
    return SourceSpec(name=source.name, url=source.url, options=source.options,
                      secrets=unsealed(site.settings, source.id, source.secrets or {}), drop=Drop(site, source.id))
