"""The connectors there are, found through entry points, so that a new one is one module and one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from catalog.errors import Trouble, UsageError
from catalog.issues import Issue, Place
from catalog.net import Net
from catalog.net.guard import urlsplit_or_none
from catalog.site import Site
from catalog.sources import SourceRefused, option_problems, remember_connectors
from harvesters.base import Connector, SourceSpec


@cache
def kinds() -> dict[str, type[Connector]]:
    """Every connector by its kind."""
    return {entry.name: entry.load() for entry in entry_points(group="haidang.connectors")}


def connect(kind: str, source: SourceSpec, net: Net) -> Connector:
    """The connector of a source; UsageError for a kind or an option that does not exist, Trouble for an address that is none."""
    if kind not in kinds():
        raise UsageError(f"Không có kiểu kết nối {kind}; các kiểu có: {', '.join(sorted(kinds()))}.",
                         f"There is no connector {kind}; there are: {', '.join(sorted(kinds()))}.")
    check_options(kind, source.options)
    if urlsplit_or_none(source.url) is None:
        raise Trouble(Issue("url-broken", Place(url=source.url[:500])))
    return kinds()[kind](source, net)


def declared() -> dict[str, dict[str, Any]]:
    """What every connector declares of itself, as JSON; `catalog.sources` keeps it for the pages."""
    return {kind: {"title": dict(connector.title), "options": [asdict(option) for option in connector.options]}
            for kind, connector in sorted(kinds().items())}


def remember_declared(site: Site) -> None:
    """Write down for the pages what the connectors of this worker declare."""
    with site.writing() as session:
        remember_connectors(session, declared())


def check_options(kind: str, options: Mapping[str, Any]) -> None:
    """SourceRefused that names each option which the connector does not know or lacks, or a value it does not allow."""
    if problems := option_problems(kind, options, declared()):
        raise SourceRefused(problems)
