"""How each kind of source is served in tests: a module a connector, each with `KINDS: Mapping[str, Kind]`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harvesters.base import SourceSpec
from support.web_server import WebServer

Serve = Callable[[WebServer, list[dict[str, Any]]], SourceSpec]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a kind of source is served: `entries` makes its listing's entries, `serve` puts them on a server.

    `many` is a number of records that needs more than two pages (1 where a source has only one); `listing` is the path
    whose answer is the listing, None for a source that no web server serves: its own test says how a refusal is told.
    `required` are the options without which a source of this kind cannot be, `refused` addresses that none may have, and
    `has_address` is False where the files of a source have no address on the web; `says` is where its records have their title.
    """

    many: int
    listing: str | None
    entry: Callable[[int], dict[str, Any]]
    serve: Serve
    identifier_key: str | None = None
    required: Mapping[str, str] = field(default_factory=dict)
    refused: Sequence[str] = ("ftp://example.vn/x", "http://10.0.0.1/", "http://0x7f.1/", "nothing")
    has_address: bool = True
    says: str = "title"
