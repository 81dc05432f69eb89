"""A DCAT-US `data.json`, 1.1 (Project Open Data metadata) and older, or 3.0: one document that lists every dataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import Net
from catalog.record import Distribution, Record
from harvesters import dcat_describing
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.dcat_us_3 import MARK, Entry, entries, is_version_3
from harvesters.describing import (
    DEFAULTS,
    Draft,
    as_moment,
    as_text,
    identified,
    parted,
    require_object,
    schema_named,
)

RECORDS = 500  # of one page
MAX_BYTES = 256 << 20  # the national catalogues' documents are about 100 MB


class DcatUs:
    """The whole catalogue in one JSON document; downloaded once, paged in memory."""

    kind: ClassVar[str] = "dcat-us"
    title: ClassVar[Mapping[str, str]] = {"vi": "Danh mục data.json (DCAT-US)", "en": "data.json catalogue (DCAT-US)"}
    options: ClassVar[tuple[Option, ...]] = DEFAULTS

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._url, self._options, self._net = source.url, source.options, net
        self._entries: list[Entry] | None = None

    def page(self, cursor: str | None) -> Page:
        """The next 500 entries; the cursor is the position of the first, so that a restart only downloads again."""
        if self._entries is None:
            self._entries = self._download()
        start = int(cursor or 0)
        end = start + RECORDS
        found = [identified(entry.value, entry.identifier, Place(url=self._url, field=entry.place)) for entry in self._entries[start:end]]
        items, issues = parted(found)
        return Page(items=items, cursor=str(end) if end < len(self._entries) else None, total=len(self._entries), issues=issues)

    def _download(self) -> list[Entry]:
        """The entries of the document: of version 3.0, of 1.1 (`dataset` of an object), or the bare list of before."""
        document = self._net.get_json(self._url, max_bytes=MAX_BYTES)
        if is_version_3(document):
            return entries(document, self._url)
        listed = document.get("dataset") if isinstance(document, Mapping) else document
        if not isinstance(listed, list):
            raise Trouble(Issue("listing-of-another-kind", Place(url=self._url), {"expected": "dataset"}))
        return [Entry(f"dataset[{number}]", entry, entry.get("identifier") if isinstance(entry, Mapping) else None)
                for number, entry in enumerate(listed)]

    def describe(self, item: Gathered) -> Record:
        """The entry in our words (https://resources.data.gov/resources/dcat-us/)."""
        entry = require_object(item)
        if MARK in entry:
            return dcat_describing.describe(item, self._options)
        draft = Draft(item, self._options)
        contact = entry.get("contactPoint") if isinstance(entry.get("contactPoint"), Mapping) else {}
        draft.metadata |= {
            "title": draft.text(entry.get("title"), "title"),
            "title_en": as_text(entry.get("title_en")),
            "notes": draft.text(entry.get("description"), "description"),
            "url": draft.text(entry.get("landingPage"), "landingPage"),
            "tags": draft.texts(entry.get("keyword"), "keyword"),
            "author": _publisher(entry.get("publisher")),
            "maintainer": as_text(contact.get("fn") or entry.get("person")),
            "maintainer_email": as_text(contact.get("hasEmail") or entry.get("mbox")).removeprefix("mailto:"),
        }
        draft.licence(as_text(entry.get("license")))
        draft.frequency(as_text(entry.get("accrualPeriodicity")))
        draft.themes(draft.texts(entry.get("theme"), "theme"))
        draft.illustrative(entry.get("illustrative"))
        kept = {"origin_modified": "modified", "spatial": "spatial", "temporal": "temporal", "issued": "issued", "language": "language",
                "access_level": "accessLevel", "collection": "isPartOf", "data_dictionary": "describedBy", "rights": "rights"}
        draft.extras |= {key: as_text(entry.get(name)) for key, name in kept.items()}
        return draft.record(_distributions(draft, entry))


def _distributions(draft: Draft, entry: Mapping[str, Any]) -> list[Distribution | None]:
    """The files: the entry's distributions, or what older documents write into the entry itself."""
    parts = draft.objects(entry.get("distribution"), "distribution")
    if not parts and (entry.get("accessURL") or entry.get("webService")):
        parts = [{"accessURL": entry.get("accessURL") or entry.get("webService"), "format": entry.get("format")}]
    return [draft.distribution(
        part.get("downloadURL") or part.get("accessURL"), name=part.get("title"), description=part.get("description"),
        format=part.get("format") or _format_of(part.get("mediaType")), media_type=part.get("mediaType"),
        last_modified=as_moment(part.get("modified") or entry.get("modified")), encoding=part.get("encoding"),
        schema=next(filter(None, map(schema_named, (part.get("conformsTo"), part.get("describedBy"),
                                                    entry.get("conformsTo"), entry.get("describedBy")))), None),
    ) for part in parts]


def _publisher(value: Any) -> str:
    """The publisher's name; of a chain of organisations (subOrganizationOf) the first, which is the nearest."""
    return as_text(value.get("name")) if isinstance(value, Mapping) else as_text(value)


_FORMATS = {
    "text/csv": "CSV", "text/tab-separated-values": "TSV", "application/json": "JSON", "application/geo+json": "GEOJSON",
    "application/vnd.geo+json": "GEOJSON", "application/vnd.ms-excel": "XLS", "application/zip": "ZIP", "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX", "text/html": "HTML", "application/xml": "XML",
    "application/vnd.oasis.opendocument.spreadsheet": "ODS", "application/vnd.apache.parquet": "PARQUET", "text/xml": "XML",
}


def _format_of(media_type: Any) -> str:
    """The usual name of a media type's format."""
    return _FORMATS.get(as_text(media_type).partition(";")[0].strip().lower(), "")
