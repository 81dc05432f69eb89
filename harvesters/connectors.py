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
from catalog.sources import Problem, SourceRefused, credentials_in, option_problems, remember_connectors
from harvesters.base import Connector, Option, SourceSpec

LONGEST_PAUSE = 60  # seconds


@cache
def kinds() -> dict[str, type[Connector]]:
    """Every connector by its kind."""
    return {entry.name: entry.load() for entry in entry_points(group="haidang.connectors")}


def connect(kind: str, source: SourceSpec, net: Net) -> Connector:
    """The connector of a source; UsageError for a kind or an option that does not exist, Trouble for an address that is none."""
    known(kind)
    check_options(kind, source.options, source.secrets)
    net = net.gently(pause_of(source.options))
    if problems := credentials_in(source.url, kind, declared()):
        raise SourceRefused(problems)
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


def known(kind: str) -> type[Connector]:
    """The connector of a kind; UsageError where there is none."""
    if kind not in kinds():
        raise UsageError(f"Không có kiểu kết nối {kind}; các kiểu có: {', '.join(sorted(kinds()))}.",
                         f"There is no connector {kind}; there are: {', '.join(sorted(kinds()))}.")
    return kinds()[kind]


def check_options(kind: str, options: Mapping[str, Any], secrets: Mapping[str, str] | None = None) -> None:
    """UsageError that names each option that the connector does not know, lacks, or must be given in another way or value."""
    check_places({option.name: option for option in kinds()[kind].options}, options, secrets or {})
    problems = option_problems(kind, options, declared(), secrets=secrets or {})
    if lacking := missing(kind, options, secrets or {}):
        flags = ", ".join(f"--secret {option.name}" if option.secret else f"--option {option.name}=…" for option in lacking)
        problems.append(Problem("", f"Thêm {flags}.", f"Add {flags}."))
    if problems:
        raise SourceRefused(problems)


def check_places(declared: Mapping[str, Option], options: Mapping[str, Any], secrets: Mapping[str, str]) -> None:
    """UsageError for a secret given among the options, where everybody would read it, or an option given as a secret."""
    bare = [name for name in options if name in declared and declared[name].secret]
    if bare:
        raise UsageError(f"{', '.join(bare)} là thông tin bí mật, không ghi trong --option; hãy dùng --secret {bare[0]}.",
                         f"{', '.join(bare)} is secret and does not belong in --option; use --secret {bare[0]}.")
    open_ones = [name for name in secrets if name in declared and not declared[name].secret]
    if open_ones:
        raise UsageError(f"{', '.join(open_ones)} không phải thông tin bí mật; hãy dùng --option {open_ones[0]}=….",
                         f"{', '.join(open_ones)} is not secret; use --option {open_ones[0]}=….")


def missing(kind: str, options: Mapping[str, Any], secrets: Mapping[str, str]) -> list[Option]:
    """The required options that have no value yet."""
    return [option for option in kinds()[kind].options if option.required
            and not str((secrets if option.secret else options).get(option.name) or "").strip()]


def own_address(kind: str, name: str) -> str:
    """The address of a source that needs none from outside; UsageError where the connector needs one."""
    scheme = getattr(known(kind), "own_scheme", None)
    if scheme is None:
        raise UsageError("Cần --url: địa chỉ của nguồn.", "Give --url: the source's address.")
    return f"{scheme}:{name}"


def declared() -> dict[str, dict[str, Any]]:
    """What every connector declares of itself, as JSON; `catalog.sources` keeps it for the pages."""
    return {kind: {"title": dict(connector.title), "options": [asdict(option) for option in connector.options],
                   "own_scheme": getattr(connector, "own_scheme", None), "placed": hasattr(connector, "vet"),
                   "local": getattr(connector, "local", False)}
            for kind, connector in sorted(kinds().items())}


def remember_declared(site: Site) -> None:
    """Write down for the pages what the connectors of this worker declare."""
    with site.writing() as session:
        remember_connectors(session, declared())
