"""An ArcGIS Hub site: its catalogue, by the site's search (OGC API Records) or by the older list of datasets (JSON:API).

Each dataset of a feature or map service leads to the files of its layers. The site's DCAT feed (`/api/feed/dcat-us/1.1.json`)
is another way to the same datasets, with ready files instead of rows; it belongs to the connector `dcat-us`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import ABOUT_THE_HOST, Net
from catalog.record import Made, Record
from harvesters.arcgis_hub_items import flattened, record_of, with_layers
from harvesters.arcgis_rows import LayerFiles
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.describing import DEFAULTS, as_text, identified, parted
from harvesters.repeating import Trail, led_back

RECORDS = 100  # of one page; a site gives no more
PORTAL = "https://www.arcgis.com"
_SEARCH = re.compile(r".*?/api/search/v1/collections/[^/]+/items(?=/|$)")
_PAGING = {"limit", "startindex", "page[number]", "page[size]", "page[key]"}


class ArcgisHub:
    """The datasets of an ArcGIS Hub site, each with files made of its layers' rows."""

    kind: ClassVar[str] = "arcgis-hub"
    title: ClassVar[Mapping[str, str]] = {"vi": "Trang dữ liệu mở ArcGIS Hub", "en": "ArcGIS Hub site"}
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="portal", vi="Cổng ArcGIS giữ các tệp của trang", en="The ArcGIS portal that keeps the site's files",
               default=PORTAL),
        *DEFAULTS,
    )

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._options, self._net, self._files = source.options, net, LayerFiles(net)
        parts = urlsplit(source.url)
        self._site = f"{parts.scheme}://{parts.netloc}"
        self._host = parts.hostname or ""
        found = _SEARCH.match(parts.path)
        self._search = self._site + (found[0] if found else "/api/search/v1/collections/dataset/items")
        self._datasets = f"{self._site}/api/v3/datasets"
        self._older_only = parts.path.startswith("/api/v3/datasets")
        asked = parse_qsl(parts.query) if found or self._older_only else []
        self._filters = {name: value for name, value in asked if name not in _PAGING}

    def page(self, cursor: str | None) -> Page:
        """The next 100 datasets by the site's search, or by its older list where it has no search.

        The cursor is a JSON object: which of both (`api`), where the next page starts, how many came so far, and the trail
        of the pages before (as text), as a page that came before ends the listing.
        """
        if cursor is not None:
            at = json.loads(cursor)
            return self._listed(at) if at["api"] == "v3" else self._searched(at)
        first = {"api": "v3", "start": 1, "found": 0, "before": "", "org": None, "owner": None}
        if self._older_only:
            return self._listed(first)
        try:
            return self._searched({**first, "api": "search"})
        except Trouble as trouble:
            if trouble.issue.code in ABOUT_THE_HOST:
                raise
            try:
                return self._listed(first)
            except Trouble as other:
                raise (other if other.issue.code == "hub-of-everyone" else trouble) from None

    def _searched(self, at: Mapping[str, Any]) -> Page:
        """A page of the search: `startindex` counts from 1; a next page is named by a link, or follows from the count."""
        answer = self._net.get_json(self._search, params={**self._filters, "limit": RECORDS, "startindex": at["start"]})
        rows = _rows(answer, "features", self._search)
        start = at["start"] + len(rows)
        links = answer.get("links") if isinstance(answer.get("links"), list) else []
        link = next((as_text(one.get("href")) for one in links if isinstance(one, Mapping) and one.get("rel") == "next"), "")
        named = parse_qs(urlsplit(link).query).get("startindex", [""])[-1] if "[" not in link else ""
        if named.isdecimal() and len(named) < 10 and int(named) > at["start"]:
            start = int(named)
        return self._page(rows, {**at, "start": start}, _number(answer.get("numberMatched")), more=bool(link))

    def _listed(self, at: Mapping[str, Any]) -> Page:
        """A page of the older list, which must be asked for one organisation: unasked, it is the catalogue of everyone."""
        org = at["org"]
        if at["start"] == 1 and not self._filters:
            org = self._organisation()
        filters = self._filters or ({"filter[orgId]": org} if org else {})
        answer = self._net.get_json(self._datasets, params={**filters, "page[number]": at["start"], "page[size]": RECORDS})
        rows = _rows(answer, "data", self._datasets)
        if not self._filters:
            said = (row.get("attributes") for row in rows if isinstance(row, Mapping))
            owners = {one.get("orgId") for one in said if isinstance(one, Mapping) and isinstance(one.get("orgId"), str)}
            owners |= {owner for owner in (org, at["owner"]) if owner}
            if len(owners) > 1:
                raise Trouble(Issue("hub-of-everyone", Place(url=self._datasets)))
            at = {**at, "owner": next(iter(owners), None)}
        meta = answer.get("meta") if isinstance(answer.get("meta"), Mapping) else {}
        stats = meta.get("stats") if isinstance(meta.get("stats"), Mapping) else {}
        totals = (stats.get("totalCount"), meta.get("totalCount"), meta.get("total"), stats.get("count"))
        total = next((number for value in totals if (number := _number(value)) is not None), None)
        return self._page(rows, {**at, "start": at["start"] + 1, "org": org}, total, more=True)

    def _organisation(self) -> str | None:
        """The organisation that a site belongs to, as the site's register of domains says; None where it does not say."""
        try:
            answer = self._net.get_json(f"{self._site}/api/v3/domains/{quote(self._host)}")
        except Trouble as trouble:
            if trouble.issue.code in ABOUT_THE_HOST:
                raise
            return None
        org = answer.get("orgId") if isinstance(answer, Mapping) else None
        return org if isinstance(org, str) and org else None

    def _page(self, rows: Sequence[Any], after: Mapping[str, Any], total: int | None, *, more: bool) -> Page:
        """The page that rows make; `after` is where the next one starts, `more` whether there is one where no count tells."""
        trail, names = Trail.read(after["before"]), _names(rows)
        if total is None and trail.leads_back(names):
            return led_back(self._site, after["found"])
        repeats = bool(rows) and trail.repeats(names)
        found = after["found"] + (0 if repeats else len(rows))
        if not rows or repeats:
            lacks = total is not None and found < total
            return Page(items=(), total=found, shortfall=Issue(
                "listing-incomplete", Place(url=self._site), {"found": found, "total": total}) if lacks else None)
        items, issues = parted([self._item(row) for row in rows])
        goes_on = more if total is None else found < total
        cursor = json.dumps({**after, "found": found, "before": str(trail.after(names))}) if goes_on else None
        return Page(items=items, cursor=cursor, total=total if total is not None or goes_on else found, issues=issues)

    def _item(self, row: Any) -> Gathered | Issue:
        """A listed dataset with its layers; one whose server is down just now stays as it was."""
        raw = flattened(row)
        item = identified(raw, raw.get("id") if isinstance(raw, Mapping) else None, Place(url=self._site))
        if isinstance(item, Issue):
            return item
        try:
            return Gathered(identifier=item.identifier, raw=with_layers(self._net, raw))
        except Trouble as trouble:
            return Issue(trouble.issue.code, trouble.issue.place, {**trouble.issue.facts, "identifier": item.identifier})

    def describe(self, item: Gathered) -> Record:
        """The dataset in our words."""
        return record_of(item, self._options, self._site, str(self._options.get("portal") or PORTAL).rstrip("/"))

    def make(self, recipe: Mapping[str, Any], target: Path, mark: str | None) -> Made | None:
        """The file of a layer's rows."""
        return self._files.make(recipe, target, mark)


def _rows(answer: Any, key: str, url: str) -> list[Any]:
    if not isinstance(answer, Mapping) or not isinstance(answer.get(key), list):
        raise Trouble(Issue("listing-of-another-kind", Place(url=url), {"expected": key}))
    return answer[key]


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _names(rows: Sequence[Any]) -> list[str]:
    """What tells one page from another: the identifiers on it."""
    return [as_text(row.get("id")) if isinstance(row, Mapping) else "" for row in rows]
