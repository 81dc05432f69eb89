"""How each kind of source is served in tests: a module a connector, each with `KINDS: Mapping[str, Kind]`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harvesters.base import SourceSpec
from support.web_server import WebServer

Serve = Callable[[WebServer, list[dict[str, Any]]], SourceSpec]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a kind of source is served: `entries` makes its listing's entries, `serve` puts them on a server.

    `many` is a number of records that needs more than two pages (1 where a source has only one); `listing` is the path
    whose answer is the listing.
    """

    many: int
    listing: str
    entry: Callable[[int], dict[str, Any]]
    serve: Serve
    identifier_key: str | None = None
