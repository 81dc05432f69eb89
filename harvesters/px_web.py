"""PX-Web, as Vietnam's statistics office runs it: every table of a site, a database or a folder, made into a tidy table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import Net
from catalog.record import Made, Record
from harvesters import cube, px_tree
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.cube_describing import LANGUAGE, Told, described, file_name, mark_of
from harvesters.describing import DEFAULTS, as_text, identified, parted
from harvesters.px_api import PxApi, below, version_1, version_2
from harvesters.px_join import joined
from harvesters.repeating import Trail, led_back

TABLES = 100  # of one page of version 2
_NOT_THERE = {"http-status", "not-json", "json-broken", "answer-empty", "listing-of-another-kind"}
_FREQUENCIES = {"annual": "annual", "monthly": "monthly", "quarterly": "quarterly", "weekly": "weekly", "halfyear": "biannual"}


class PxWeb:
    """A PX-Web site: its interface, a part of it, one table, or the page that people see."""

    kind: ClassVar[str] = "px-web"
    title: ClassVar[Mapping[str, str]] = {"vi": "Cơ sở dữ liệu thống kê PX-Web", "en": "PX-Web statistical database"}
    options: ClassVar[tuple[Option, ...]] = (LANGUAGE, *DEFAULTS)

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._url, self._options = source.url, source.options
        self._language = as_text(self._options.get("language")).strip()
        self._net, self._api = net, PxApi(net, self._language)

    def page(self, cursor: str | None) -> Page:
        """The next folders of version 1, or the next 100 tables of version 2; a bare site is asked for both."""
        if cursor is not None:
            version, _, rest = cursor.partition(":")
            return self._page(int(version), rest)
        if version_2(self._url):
            return self._page(2, None)
        if urlsplit(self._url).path.strip("/"):
            return self._page(1, None)
        try:
            return self._page(2, None)
        except Trouble as trouble:
            if trouble.issue.code not in _NOT_THERE:
                raise
        return self._page(1, None)

    def _page(self, version: int, cursor: str | None) -> Page:
        page = px_tree.page(self._api, self._root_1(), cursor) if version == 1 else self._tables(cursor)
        return Page(items=page.items, cursor=None if page.cursor is None else f"{version}:{page.cursor}", total=page.total,
                    issues=page.issues, shortfall=page.shortfall)

    def _root_1(self) -> str:
        root = version_1(self._url)
        return root if urlsplit(root).path.strip("/") else below(root, "api", "v1", self._language or "vi")

    def _root_2(self) -> str:
        return version_2(self._url) or below(self._url.partition("?")[0], "api", "v2")

    def _tables(self, cursor: str | None) -> Page:
        """A page of version 2. The cursor is `number:seen:trail`, the trail that of the pages before."""
        number, seen, before = (cursor or "1:0:").split(":")
        url = below(self._root_2(), "tables")
        licence = as_text(self._api.config(below(self._root_2(), "config")).get("license"))
        answer = self._api.get(url, **self._api.language(pageNumber=number, pageSize=TABLES, includeDiscontinued="true"))
        tables = answer.get("tables") if isinstance(answer, Mapping) else None
        if not isinstance(tables, list):
            raise Trouble(Issue("listing-of-another-kind", Place(url=url), {"expected": "tables"}))
        trail, names = Trail.read(before), _names(tables)
        total, pages = _totals(answer.get("page"))
        if total is None and trail.leads_back(names):
            return led_back(url, int(seen))
        if trail.repeats(names):
            tables = []
        found = int(seen) + len(tables)
        more = bool(tables) and (found < total if total is not None else int(number) < (pages or 0))
        shortfall = None
        if not more and total is not None and found < total:
            shortfall = Issue("listing-incomplete", Place(url=url), {"found": found, "total": total})
        items, issues = parted([self._entry(table, licence, url) for table in tables])
        return Page(items=items, issues=issues, total=total if total is not None or more else found, shortfall=shortfall,
                    cursor=f"{int(number) + 1}:{found}:{trail.after(names)}" if more else None)

    def _entry(self, table: Any, licence: str, url: str) -> Gathered | Issue:
        """One table of version 2; links and paths, which change without it, are left out."""
        if not isinstance(table, Mapping):
            return identified(table, None, Place(url=url))
        found = identified({"title": table.get("label"), **table}, table.get("id"), Place(url=url))
        if isinstance(found, Issue):
            return found
        names = table.get("variableNames")
        raw = {"title": as_text(table.get("label")), "table": found.identifier, "url": below(url, found.identifier),
               "licence": licence, "subject": _subject(table.get("paths")),
               "dimensions": "; ".join(map(as_text, names)) if isinstance(names, list) else "",
               **{key: as_text(table.get(key)) for key in (
                   "description", "updated", "source", "timeUnit", "firstPeriod", "lastPeriod", "discontinued")}}
        return Gathered(identifier=found.identifier, raw=raw)

    def describe(self, item: Gathered) -> Record:
        """The table in our words; its recipe is its address and the state that it is in."""
        raw = item.raw
        url = as_text(raw.get("url")) or self._url
        period = " – ".join(filter(None, (as_text(raw.get(key)) for key in ("firstPeriod", "lastPeriod"))))
        return described(item, self._options, Told(
            title=raw.get("title"), notes=raw.get("description"), author=raw.get("source"), licence=raw.get("licence"), url=url,
            frequency=_FREQUENCIES.get(as_text(raw.get("timeUnit")).lower(), ""), updated=raw.get("updated"),
            recipe={"url": url, "version": 2 if raw.get("table") else 1, "updated": as_text(raw.get("updated"))},
            extras={"subject": raw.get("subject"), "dimensions": raw.get("dimensions"), "temporal": period,
                    "discontinued": raw.get("discontinued") if raw.get("discontinued") not in ("false", "False") else ""}))

    def make(self, recipe: Mapping[str, Any], target: Path, mark: str | None) -> Made | None:
        """The rows of a table, in as many parts as the server wants; None where it is in the state of the mark."""
        url, updated = as_text(recipe.get("url")), as_text(recipe.get("updated"))
        made = mark_of(updated, url, self._language)
        if made is not None and made == mark:
            return None
        place = Place(url=url)
        if recipe.get("version") == 2:
            limit = self._api.cells(below(url.rsplit("/tables/", 1)[0], "config"))
            columns, rows = joined(self._api.dimensions_2(url), partial(self._api.ask_2, url), limit, place)
        else:
            limit = self._api.cells(f"{self._config_1(url)}?config")
            columns, rows = joined(self._api.dimensions_1(url), partial(self._api.ask_1, url), limit, place)
        cube.write_table(target, columns, rows, place, self._net.heed)
        name = unquote(url.rsplit("/", 1)[-1]).removesuffix(".px")
        return Made(filename=file_name(name), media_type=cube.MEDIA_TYPE, mark=made)

    def _config_1(self, url: str) -> str:
        """Where version 1 tells its limits: the folder of the language, else the source's own address."""
        head, found, rest = url.partition("/api/v1/")
        return f"{head}{found}{rest.split('/')[0]}" if found else self._root_1()


def _totals(page: Any) -> tuple[int | None, int | None]:
    """How many tables, and how many pages, a listing says that it has."""
    values = [page.get(key) if isinstance(page, Mapping) else None for key in ("totalElements", "totalPages")]
    total, pages = (value if isinstance(value, int) and not isinstance(value, bool) else None for value in values)
    return total, pages


def _subject(paths: Any) -> str:
    """The first of the ways that lead to a table, in words."""
    first = paths[0] if isinstance(paths, list) and paths and isinstance(paths[0], list) else []
    return " / ".join(filter(None, (as_text(step.get("label")).strip() for step in first if isinstance(step, Mapping))))


def _names(tables: list[Any]) -> list[str]:
    """What tells one page from another: the identifiers on it."""
    return [as_text(table.get("id")) if isinstance(table, Mapping) else "" for table in tables]
