"""The datasets of a CKAN portal page by page: in full, by identifier and date only, or by name where searching is refused.

The first page is asked for in full, as CKAN's own harvester does; most portals have no other. The second is asked for by
identifier and date only (`fl`), a hundred rows still: where the portal gives whole datasets all the same they are used as
they are, and where it gives something else the page is asked for again in full. Once it has shown that it understands, a
page has a thousand rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from harvesters.base import Gathered, Page
from harvesters.ckan_api import ActionApi, is_refusal
from harvesters.describing import as_moment, as_text, identified, parted
from harvesters.repeating import Trail, led_back

ROWS = 100  # what CKAN's own harvester asks for
LIGHT_ROWS = 1000  # the most that CKAN gives
SHOWN = 50  # datasets asked one by one for each page, where the portal does not let itself be searched
SHORT = "id,metadata_modified,name"
_PASSING = {"tracking_summary", "relationships_as_subject", "relationships_as_object"}  # change without the dataset


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """Where in the listing: what to ask for (`full`, `try`, `light`), rows before, the trail of pages before (as text), the total at the start.

    As a cursor: `start:trail:total`, before it the way where it is not the full one.
    """

    way: str = "full"
    start: int = 0
    before: str = ""
    total: int | None = None

    @classmethod
    def read(cls, cursor: str) -> At:
        way, _, rest = cursor.partition(":") if cursor.startswith(("try:", "light:")) else ("full", "", cursor)
        start, before, total = [*rest.split(":"), "", ""][:3]
        return cls(way=way, start=int(start), before=before, total=int(total) if total else None)

    def __str__(self) -> str:
        way = "" if self.way == "full" else f"{self.way}:"
        return f"{way}{self.start}:{self.before}:{'' if self.total is None else self.total}"


class Listing:
    """The pages of one portal; `fq` narrows them, `incremental` allows light ones."""

    def __init__(self, api: ActionApi, *, fq: str = "", incremental: bool = True) -> None:
        self._api, self._fq, self._incremental = api, fq, incremental
        self._names: list[str] | None = None

    def page(self, cursor: str | None) -> Page:
        """The next datasets; one by one from a list of names where searching is refused."""
        if cursor is not None:
            return self._listed(int(cursor[5:])) if cursor.startswith("list:") else self._searched(At.read(cursor))
        try:
            return self._searched(At())
        except Trouble as trouble:
            if not is_refusal(trouble.issue):
                raise
            try:
                return self._listed(0)
            except Trouble:
                raise trouble from None

    def _searched(self, at: At) -> Page:
        """A page of package_search.

        A portal may give fewer rows than asked for, or more, or the same page whatever `start` says; the next start
        is counted from what came, and a page that came before ends the listing.
        """
        at, rows, total = self._rows(at)
        seen, trail, names = at.start + len(rows), Trail.read(at.before), _names(rows)
        if total is None and trail.leads_back(names):
            return led_back(self._api.url + "package_search", at.start)
        if (rows and trail.repeats(names)) or (not rows and total is not None and at.start < total):
            return self._incomplete(at.start, total)
        items, issues = parted([light_item(row, self._api.url) if at.way == "light" else full_item(row, self._api.url) for row in rows])
        first = total if at.total is None else at.total
        if not rows or (total is not None and seen >= total):
            fewer = total is not None and first is not None and total < first
            said = Issue("listing-changed", Place(url=self._api.url + "package_search"), {"before": first, "total": total}) if fewer else None
            return Page(items=items, total=total, issues=issues, shortfall=said)
        way = "try" if self._incremental and at == At() else at.way
        return Page(items=items, cursor=str(At(way=way, start=seen, before=str(trail.after(names)), total=first)), total=total, issues=issues)

    def _rows(self, at: At) -> tuple[At, list[Any], int | None]:
        """The rows at a place and how many there are in all; the place says whether they are light ones."""
        if at.way != "full":
            try:
                rows, total = self._search(at.start, LIGHT_ROWS if at.way == "light" else ROWS, fl=SHORT)
            except Trouble as trouble:
                if not is_refusal(trouble.issue):
                    raise
            else:
                if _are_light(rows):
                    return replace(at, way="light"), rows, total
                packages = [row for row in rows if isinstance(row, Mapping)]
                if packages and all("resources" in package for package in packages):
                    return replace(at, way="full"), rows, total
            at = replace(at, way="full")
        rows, total = self._search(at.start, ROWS)
        return at, rows, total

    def _search(self, start: int, rows: int, **more: str) -> tuple[list[Any], int | None]:
        params = {"rows": rows, "start": start, "sort": "id asc", **({"fq": self._fq} if self._fq else {}), **more}
        result = self._api.ask("package_search", params)
        if not isinstance(result, Mapping) or not isinstance(result.get("results"), list):
            raise Trouble(Issue("listing-of-another-kind", Place(url=self._api.url + "package_search"), {"expected": "results"}))
        count = result.get("count")
        return result["results"], count if isinstance(count, int) and not isinstance(count, bool) else None

    def _incomplete(self, found: int, total: int | None) -> Page:
        """The end of a listing that gives less than it says it has."""
        if total is None or found >= total:
            return Page(items=(), total=found)
        return Page(items=(), total=found, shortfall=Issue(
            "listing-incomplete", Place(url=self._api.url + "package_search"), {"found": found, "total": total}))

    def _listed(self, start: int) -> Page:
        """Datasets by name, from package_list and package_show."""
        if self._names is None:
            names = self._api.ask("package_list", {})
            if not isinstance(names, list):
                raise Trouble(Issue("listing-of-another-kind", Place(url=self._api.url + "package_list"), {"expected": "result"}))
            self._names = sorted({name for name in names if isinstance(name, str)})
        found = []
        for name in self._names[start:start + SHOWN]:
            try:
                found.append(full_item(self._api.ask("package_show", {"id": name}), self._api.url))
            except Trouble as trouble:
                if not is_refusal(trouble.issue):
                    raise
                found.append(Issue("ckan-dataset-refused", Place(url=self._api.url + "package_show"), {"identifier": name}))
        items, issues = parted(found)
        end = start + SHOWN
        return Page(items=items, cursor=f"list:{end}" if end < len(self._names) else None, total=len(self._names), issues=issues)


def full_item(package: Any, url: str) -> Gathered | Issue:
    """A whole dataset under its identifier."""
    identifier = None
    if isinstance(package, Mapping):
        package = {key: value for key, value in package.items() if key not in _PASSING}
        identifier = package.get("id") or package.get("name")
    return identified(package, identifier, Place(url=url))


def light_item(row: Any, url: str) -> Gathered | Issue:
    """A dataset of which only identifier and date are listed."""
    found = identified(row, row.get("id") if isinstance(row, Mapping) else None, Place(url=url))
    return found if isinstance(found, Issue) else Gathered(identifier=found.identifier, mark=mark_of(row))


def mark_of(package: Mapping[str, Any]) -> str | None:
    """When the dataset was last changed, to the millisecond: the search engine keeps no more of it."""
    moment = as_moment(package.get("metadata_modified"))
    return datetime.fromisoformat(moment).isoformat(timespec="milliseconds") if moment else None


def _are_light(rows: Sequence[Any]) -> bool:
    """Whether the portal gave the short form that was asked for: of every row its identifier and its date, and no files."""
    return all(isinstance(row, Mapping) and "resources" not in row and isinstance(row.get("id"), str) and row["id"].strip()
               and as_moment(row.get("metadata_modified")) for row in rows)


def _names(rows: Sequence[Any]) -> list[str]:
    """What tells one page from another: the identifiers on it."""
    return [as_text(row.get("id") or row.get("name")) if isinstance(row, Mapping) else "" for row in rows]
