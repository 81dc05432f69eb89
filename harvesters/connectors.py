"""The connectors there are, found through entry points, so that a new one is one module and one line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from catalog.errors import Trouble, UsageError
from catalog.issues import Issue, Place
from catalog.net import Net
from catalog.net.guard import urlsplit_or_none
from harvesters.base import Connector, SourceSpec

LONGEST_PAUSE = 60  # seconds


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
    net = net.gently(pause_of(source.options))
    if urlsplit_or_none(source.url) is None:
        raise Trouble(Issue("url-broken", Place(url=source.url[:500])))
    return kinds()[kind](source, net)


def pause_of(options: Mapping[str, Any]) -> float:
    """The seconds between two calls that a source's option `pause` asks for; UsageError where it is no such number."""
    try:
        pause = float(options.get("pause") or 0)
    except (TypeError, ValueError):
        pause = -1.0
    if not 0 <= pause <= LONGEST_PAUSE:
        raise UsageError(f"Tùy chọn pause phải là số giây từ 0 đến {LONGEST_PAUSE}.", f"Option pause must be a number of seconds from 0 to {LONGEST_PAUSE}.")
    return pause


def check_options(kind: str, options) -> None:
    """UsageError that names each option which the connector does not know, or a value it does not allow."""
    declared = {option.name: option for option in kinds()[kind].options}
    unknown = sorted(set(options) - set(declared))
    if unknown:
        raise UsageError(f"Kiểu kết nối {kind} không có tùy chọn {', '.join(unknown)}; có: {', '.join(sorted(declared))}.",
                         f"Connector {kind} has no option {', '.join(unknown)}; it has: {', '.join(sorted(declared))}.")
    for name, value in options.items():
        if declared[name].choices and value not in declared[name].choices:
            raise UsageError(f"Tùy chọn {name} chỉ nhận: {', '.join(declared[name].choices)}.",
                             f"Option {name} is one of: {', '.join(declared[name].choices)}.")
