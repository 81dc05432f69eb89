"""The two interfaces of PX-Web: version 1 (folders at `/api/v1/LANGUAGE/DATABASE/…`) and version 2 (`/api/v2/tables`).

Version 1: PxWeb API 1.0, Statistics Sweden; version 2: the OpenAPI description in PxTools/PxApiSpecs. A question selects
every code by name, since a variable that is not selected may be summed away by the server.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import Net
from catalog.net.limits import World
from catalog.net.politeness import ABOUT_THE_HOST
from harvesters.cube import Cube, Dimension, labelled
from harvesters.describing import as_text
from harvesters.json_stat_cube import cube_of, dimensions_of, is_dataset

CELLS = 100_000  # at a time, where a server does not say how many it gives
_VERSION_2 = re.compile(r"^(.*/v2[a-z-]*)(?:/(?:tables|config|navigation|codelists).*)?/?$")
_PAGES = re.compile(r"^(.*?)/pxweb/([a-z]{2}(?:-[A-Za-z]{2})?)(/.*)?$", re.IGNORECASE)
_NO_SUCH_FORMAT = {400, 404, 406, 415, 500, 501, "json-broken", "not-json", "cube-of-another-kind"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The cells that a server sent for a question; `updated` is the state of the table that they are of."""

    cube: Cube
    updated: str


def version_2(url: str) -> str | None:
    """The root of a version 2 interface that an address belongs to; None for another address."""
    parts = urlsplit(url)
    found = _VERSION_2.match(parts.path)
    return urlunsplit((parts.scheme, parts.netloc, found[1], "", "")) if found else None


def version_1(url: str) -> str:
    """The folder or table of version 1 that an address means, also where it is that of the page which people see.

    People see `/pxweb/vi/DATABASE/DATABASE__FOLDER/TABLE.px`, programs `/api/v1/vi/DATABASE/FOLDER/TABLE.px`.
    """
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    pages = None if "/api/" in path else _PAGES.match(path)
    if pages:
        names = [unquote(name) for name in (pages[3] or "").split("/") if name]
        folders = [name for part in names[1:2] for name in part.split("__")[1:] if name != "START"]
        path = below(f"{pages[1]}/api/v1/{pages[2]}", *names[:1], *folders, *names[2:3])
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def below(url: str, *names: str) -> str:
    """The address of a folder or table below another one."""
    return "/".join([url.rstrip("/"), *(quote(name, safe="") for name in names)])


class PxApi:
    """Asks one server, no more often than it allows; safe for several threads."""

    def __init__(self, net: Net, language: str, world: World | None = None) -> None:
        self._net, self._language, self._world = net, language, world or World(sleep=net.rest)
        self._lock, self._next_at, self._interval = threading.Lock(), 0.0, 0.0
        self._configs: dict[str, Mapping[str, Any]] = {}
        self._format: str | None = None  # which version 1 understands, once it has answered in it

    def get(self, url: str, **params: Any) -> Any:
        self._wait()
        return self._net.get_json(url, params=params)

    def config(self, url: str) -> Mapping[str, Any]:
        """What the server says of itself, asked once; empty where it says nothing."""
        with self._lock:
            known = self._configs.get(url)
        if known is None:
            try:
                known = self._net.get_json(url)
            except Trouble as trouble:
                if trouble.issue.code in ABOUT_THE_HOST:
                    raise
                known = {}
            known = known if isinstance(known, Mapping) else {}
            calls, window = (_count(known, *keys) for keys in (("maxCallsPerTimeWindow", "maxCalls"), ("timeWindow",)))
            with self._lock:
                self._configs[url] = known
                self._interval = min(window / calls, 10.0) if calls and window else 0.0
        return known

    def cells(self, config: str) -> int:
        """How many cells the server gives at a time."""
        return _count(self.config(config), "maxDataCells", "maxCells") or CELLS

    def language(self, **params: Any) -> dict[str, Any]:
        """Parameters of a version 2 address, with the language where one is wanted."""
        return {**params, **({"lang": self._language} if self._language else {})}

    def dimensions_1(self, url: str) -> tuple[Dimension, ...]:
        """The variables of a version 1 table; Trouble `cube-of-another-kind`, `cube-dimension-broken`."""
        document = self.get(url)
        variables = document.get("variables") if isinstance(document, Mapping) else None
        if not isinstance(variables, list) or not variables:
            raise Trouble(Issue("cube-of-another-kind", Place(url=url), {"expected": "variables"}))
        found = [_variable(variable) for variable in variables]
        names: set[str] = set()
        for number, dimension in enumerate(found, start=1):
            if dimension is None or dimension.name in names:
                raise Trouble(Issue("cube-dimension-broken", Place(url=url), {"number": number}))
            names.add(dimension.name)
        return tuple(found)

    def dimensions_2(self, url: str) -> tuple[Dimension, ...]:
        """The variables of a version 2 table."""
        return dimensions_of(self.get(below(url, "metadata"), **self.language(outputFormat="json-stat2")), Place(url=url))

    def ask_1(self, url: str, wanted: Sequence[Dimension]) -> Answered:
        """Cells of a version 1 table; in the older JSON-stat of a server that has never answered in the newer."""
        query = [{"code": d.name, "selection": {"filter": "item", "values": list(d.codes)}} for d in wanted]

        def asked(kind: str) -> Answered:
            answered = self._answered(url, {"query": query, "response": {"format": kind}}, {})
            self._format = kind
            return answered

        try:
            return asked(self._format or "json-stat2")
        except Trouble as trouble:
            issue = trouble.issue
            if self._format or (issue.code not in _NO_SUCH_FORMAT and issue.facts.get("status") not in _NO_SUCH_FORMAT):
                raise
            try:
                return asked("json-stat")
            except Trouble:
                raise trouble from None

    def ask_2(self, url: str, wanted: Sequence[Dimension]) -> Answered:
        """Cells of a version 2 table."""
        selection = [{"variableCode": d.name, "valueCodes": list(d.codes)} for d in wanted]
        return self._answered(below(url, "data"), {"selection": selection}, self.language(outputFormat="json-stat2"))

    def _answered(self, url: str, question: Mapping[str, Any], params: Mapping[str, Any]) -> Answered:
        self._wait()
        document = self._net.post_json(url, question, params=params)
        if not is_dataset(document) and isinstance(document, Mapping):  # version 1 of JSON-stat wraps it
            document = next((value for value in document.values() if is_dataset(value)), document)
        return Answered(cube=cube_of(document, Place(url=url)), updated=as_text(document.get("updated")))

    def _wait(self) -> None:
        """Wait for this call's moment, where the server says how often it may be asked."""
        with self._lock:
            now = self._world.monotonic()
            moment = max(now, self._next_at)
            self._next_at = moment + self._interval
        if moment > now:
            self._world.sleep(moment - now)


def _variable(variable: Any) -> Dimension | None:
    """A variable of version 1; None when its codes cannot be told (a server names no more than so many)."""
    codes = variable.get("values") if isinstance(variable, Mapping) else None
    name = as_text(variable.get("code")) if isinstance(variable, Mapping) else ""
    if not name or not isinstance(codes, list) or not codes or not all(isinstance(code, str) for code in codes):
        return None
    texts = variable.get("valueTexts")
    texts = [as_text(text) for text in texts] if isinstance(texts, list) and len(texts) == len(codes) else codes
    if len(set(codes)) != len(codes):
        return None
    return Dimension(name=name, codes=tuple(codes), label=as_text(variable.get("text")), beside=labelled(texts, codes))


def _count(config: Mapping[str, Any], *keys: str) -> int:
    """A positive whole number of a configuration; 0 where there is none."""
    for key in keys:
        value = config.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
    return 0
