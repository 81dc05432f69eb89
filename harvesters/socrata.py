"""A Socrata site (Tyler Data & Insights): every dataset of its domain, by the Discovery API, each with its CSV export.

The catalogue is asked on the site's own domain and for that domain only, as it otherwise lists all sites of the world. It
lets itself be paged by position up to 10,000 only; by `scroll_id`, the identifier after which to go on, without end, and in an
order that does not change under paging.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.names import fold
from catalog.net import Net
from catalog.net.transfer import parsed_json
from catalog.record import Distribution, Record
from harvesters import vocabulary
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.describing import DEFAULTS, Draft, as_moment, as_text, identified, parted, require_object
from harvesters.html_text import plain
from harvesters.repeating import Trail, led_back

RECORDS, LAST = 100, 10_000  # of one page; how far a position may go
# What of a record is kept: not the counts of its views and downloads, which change by themselves.
_KEPT = ("id", "description", "attribution", "attribution_link", "contact_email", "type", "createdAt", "data_updated_at",
         "metadata_updated_at", "publication_date", "columns_name", "columns_field_name", "lens_view_type", "blob_mime_type",
         "provenance")
# The beginnings of Socrata's names for licences, and of "Creative Commons Attribution | …" the limits.
_LICENCES = (("creative commons 1.0 universal", "cc-zero"), ("public domain", "other-pd"), ("open database license", "odc-odbl"),
             ("open data commons attribution", "odc-by"), ("open data commons public domain", "odc-pddl"),
             ("uk open government", "uk-ogl"))
_LIMITS = (("noncommercial", "cc-nc"), ("non-commercial", "cc-nc"), ("no deriv", "other-closed"), ("share alike", "cc-by-sa"),
           ("sharealike", "cc-by-sa"))
_FORMATS = {
    "text/csv": "CSV", "application/json": "JSON", "application/vnd.geo+json": "GEOJSON", "application/geo+json": "GEOJSON",
    "text/html": "HTML", "application/zip": "ZIP", "application/vnd.google-earth.kml+xml": "KML", "application/pdf": "PDF",
}
_FREQUENCY = re.compile(r"frequen|frecuenc|periodi|tan suat")
_OF_UPDATES = re.compile(r"updat|refresh|publi|actualiza|posting|accrual|cap nhat")


class Socrata:
    """A Socrata site by its address."""

    kind: ClassVar[str] = "socrata"
    title: ClassVar[Mapping[str, str]] = {"vi": "Cổng dữ liệu Socrata", "en": "Socrata site"}
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="assets", vi="Chỉ lấy các bộ dữ liệu (datasets) hay mọi mục, cả tệp, liên kết, bản đồ, biểu đồ (all)",
               en="Datasets only, or every asset: files, links, maps, charts too (all)", default="datasets",
               choices=("datasets", "all")),
        Option(name="app_token", vi="Mã ứng dụng (app token) của cổng, để cổng không giới hạn số lượt hỏi",
               en="App token of the site, so that it does not limit the number of questions", secret=True),
        *DEFAULTS,
    )

    def __init__(self, source: SourceSpec, net: Net) -> None:
        parts = urlsplit(source.url)
        self._site, self._domain = f"{parts.scheme}://{parts.netloc}", parts.hostname or ""
        self._catalogue = f"{self._site}/api/catalog/v1"
        self._options, self._secrets, self._net = source.options, source.secrets, net

    def page(self, cursor: str | None) -> Page:
        """The next 100 datasets. The cursor is a JSON object: after which identifier, how many so far, and `offset` where the
        site refuses to be scrolled and is paged by position, with the trail of the pages before (as text).
        """
        if cursor is not None:
            return self._listed(json.loads(cursor))
        first = {"after": "", "found": 0, "offset": False, "before": ""}
        try:
            page = self._listed(first)
        except Trouble as trouble:
            if trouble.issue.facts.get("status") != 400:
                raise
        else:
            if page.cursor is None or (names := [item.identifier for item in page.items]) == sorted(names):
                return page
        return self._listed({**first, "offset": True})  # it cannot be scrolled, or takes no notice of it

    def _listed(self, at: Mapping[str, Any]) -> Page:
        found, total = at["found"], None
        if at["offset"] and found >= LAST:
            return Page(items=(), total=found, shortfall=Issue("listing-limited", Place(url=self._catalogue), {"found": found}))
        where = {"offset": found, "order": "dataset_id"} if at["offset"] else {"scroll_id": at["after"]}
        only = {} if self._options.get("assets") == "all" else {"only": "datasets"}
        answer = self._ask({"domains": self._domain, **only, "limit": RECORDS, **where})
        rows = answer.get("results") if isinstance(answer, Mapping) else None
        if not isinstance(rows, list):
            raise Trouble(Issue("listing-of-another-kind", Place(url=self._catalogue), {"expected": "results"}))
        size = answer.get("resultSetSize")
        total = size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None
        trail, names = Trail.read(at["before"]), [_identifier(row) for row in rows]
        if total is None and trail.leads_back(names):
            return led_back(self._catalogue, found)
        if not rows or trail.repeats(names):
            return self._incomplete(found, total) if total is not None and found < total else Page(items=(), total=found)
        items, issues = parted([self._item(row) for row in rows])
        found += len(rows)
        last = next((name for name in reversed(names) if name), "")
        more = (found < total if total is not None else True) and (at["offset"] or bool(last))
        if not more and total is not None and found < total:
            return Page(items=items, total=total, issues=issues, shortfall=self._incomplete(found, total).shortfall)
        cursor = json.dumps({**at, "after": last, "found": found, "before": str(trail.after(names))}) if more else None
        return Page(items=items, cursor=cursor, total=total, issues=issues)

    def _incomplete(self, found: int, total: int) -> Page:
        """The end of a listing that gives less than there is."""
        return Page(items=(), total=found, shortfall=Issue(
            "listing-incomplete", Place(url=self._catalogue), {"found": found, "total": total}))

    def _ask(self, params: Mapping[str, Any]) -> Any:
        token = self._secrets.get("app_token")
        headers = {"Accept": "application/json, */*;q=0.5", **({"X-App-Token": token} if token else {})}
        answer = self._net.get(self._catalogue, params=params, headers=headers)
        return parsed_json(answer.body, answer.url)

    def _item(self, row: Any) -> Gathered | Issue:
        """A listed asset with what of it lasts, its name first."""
        if not isinstance(row, Mapping):
            return identified(row, None, Place(url=self._catalogue))
        resource = row.get("resource") if isinstance(row.get("resource"), Mapping) else {}
        owner = row.get("owner") if isinstance(row.get("owner"), Mapping) else {}
        raw = {"title": resource.get("name"), **{key: resource[key] for key in _KEPT if resource.get(key) not in (None, [], "")},
               **{key: row[key] for key in ("classification", "metadata", "permalink", "link") if row.get(key)},
               "owner": owner.get("display_name")}
        return identified(raw, resource.get("id"), Place(url=self._catalogue))

    def describe(self, item: Gathered) -> Record:
        """The asset in our words; the site's own metadata fields go into the extras."""
        raw = require_object(item)
        classified = raw.get("classification") if isinstance(raw.get("classification"), Mapping) else {}
        metadata = raw.get("metadata") if isinstance(raw.get("metadata"), Mapping) else {}
        own = _own_fields(classified.get("domain_metadata"))
        draft = Draft(item, self._options)
        draft.metadata |= {
            "title": draft.text(raw.get("title"), "name"),
            "notes": plain(draft.text(raw.get("description"), "description")),
            "url": as_text(raw.get("permalink") or raw.get("link")),
            "tags": draft.texts([*_list(classified.get("domain_tags")), *_list(classified.get("tags"))], "tags"),
            "author": as_text(raw.get("attribution") or raw.get("owner")),
            "maintainer_email": as_text(raw.get("contact_email")).removeprefix("mailto:"),
        }
        draft.extras |= own
        draft.licence(_licence(as_text(metadata.get("license"))))
        draft.frequency(_frequency(own))
        category = as_text(classified.get("domain_category"))
        draft.themes([name for name in (category, *map(as_text, _list(classified.get("categories")))) if name])
        draft.illustrative()
        draft.extras |= {
            "origin_modified": as_moment(raw.get("data_updated_at")) or "",
            "issued": as_moment(raw.get("publication_date") or raw.get("createdAt")) or "",
            "columns": _columns(raw), "origin_type": as_text(raw.get("type")), "provenance": as_text(raw.get("provenance")),
            "attribution_link": as_text(raw.get("attribution_link")),
        }
        return draft.record(self._files(draft, raw, metadata))

    def _files(self, draft: Draft, raw: Mapping[str, Any], metadata: Mapping[str, Any]) -> list[Distribution | None]:
        """A table's CSV export; of other assets the file, the shapes, or what they link to."""
        kind, name = as_text(raw.get("type")), raw.get("title")
        identifier = quote(as_text(raw.get("id")) or draft.identifier, safe="")
        modified = raw.get("data_updated_at")
        if kind in ("file", "blob") and (media_type := as_text(raw.get("blob_mime_type")).partition(";")[0].strip()):
            address = f"{self._site}/download/{identifier}/{quote(media_type, safe='')}"
            return [draft.distribution(address, name=name, media_type=media_type, format=_format(media_type),
                                       last_modified=modified)]
        more = (point.get("urls") for point in _list(metadata.get("additional_access_points")) if isinstance(point, Mapping))
        linked = [pair for urls in (metadata.get("access_points"), *more) for pair in _addresses(urls)]
        if linked:
            return [draft.distribution(url, name=name, media_type=media_type, format=_format(media_type), last_modified=modified)
                    for url, media_type in dict(linked).items()]
        if kind == "map" and as_text(raw.get("lens_view_type")) == "geo":
            address = f"{self._site}/api/geospatial/{identifier}?method=export&format=GeoJSON"
            return [draft.distribution(address, name=name, format="GEOJSON", media_type="application/geo+json",
                                       last_modified=modified)]
        if kind in ("", "dataset", "filter", "federated") or raw.get("columns_name"):
            address = f"{self._site}/api/views/{identifier}/rows.csv?accessType=DOWNLOAD"
            return [draft.distribution(address, name=name, format="CSV", media_type="text/csv", last_modified=modified)]
        return [draft.distribution(as_text(raw.get("permalink")) or f"{self._site}/d/{identifier}", name=name, format="HTML")]


def _identifier(row: Any) -> str:
    resource = row.get("resource") if isinstance(row, Mapping) else None
    return as_text(resource.get("id")) if isinstance(resource, Mapping) else ""


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _own_fields(given: Any) -> dict[str, str]:
    """The fields that a site has added to its metadata, by their readable names: `Refresh-Frequency_Frequency` is of a group."""
    found: dict[str, str] = {}
    for entry in _list(given):
        if isinstance(entry, Mapping) and (key := as_text(entry.get("key")).strip()):
            group, _, name = key.partition("_")
            label = (name or group).replace("-", " ").strip() or key
            found.setdefault(label if label not in found else key, plain(as_text(entry.get("value"))))
    return found


def _frequency(own: Mapping[str, str]) -> str:
    """How often the data is updated, in the site's own fields: the first value that is known, else what is said of updates."""
    said = {key: value for key, value in own.items() if _FREQUENCY.search(fold(key)) and value}
    return next((value for value in said.values() if vocabulary.frequency(value)),
                next((value for key, value in said.items() if _OF_UPDATES.search(fold(key)) or fold(key) == "frequency"), ""))


def _licence(name: str) -> str:
    """CKAN's id for a licence as Socrata names it, such as "Creative Commons Attribution | Share Alike 4.0"; else the name."""
    words = fold(name)
    if not name or vocabulary.licence(name):
        return name
    if words.startswith("creative commons attribution"):
        return next((known for word, known in _LIMITS if word in words), "cc-by")
    return next((known for word, known in _LICENCES if words.startswith(word)), name)


def _columns(raw: Mapping[str, Any]) -> str:
    """The columns by their readable names, but for those that Socrata adds to reckon with."""
    names, fields = _list(raw.get("columns_name")), [as_text(field) for field in _list(raw.get("columns_field_name"))]
    computed = {number for number, field in enumerate(fields) if field.startswith(":@computed")}
    return ", ".join(text for number, name in enumerate(names) if number not in computed and (text := as_text(name)))


def _addresses(given: Any) -> list[tuple[str, str]]:
    """Addresses and their media types, from an object of addresses by media type."""
    if not isinstance(given, Mapping):
        return []
    return [(url.strip(), as_text(media_type)) for media_type, url in given.items() if isinstance(url, str) and url.strip()]


def _format(media_type: str) -> str:
    """The usual name of the format; a page for a page, nothing for what is not known."""
    return _FORMATS.get(media_type.partition(";")[0].strip(), "")
