"""A DCAT or DCAT-AP catalogue in RDF: RDF/XML, Turtle, N-Triples or JSON-LD, in one document or in Hydra's pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar
from urllib.parse import urlsplit

import orjson

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import Net
from catalog.net.guard import urlsplit_or_none
from catalog.record import Record
from harvesters import dcat_describing
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.describing import DEFAULTS
from harvesters.repeating import Trail

RECORDS = 500  # of one page; a document with more is paged in memory
PAGES = 20_000
MAX_BYTES = 128 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far the listing has been read; all that a restart needs.

    The next part is record `start` of document number `page` at `url`. `found` resources were in the documents before, `total`
    is what the source said at first; `trail` knows the documents before by the identifiers in them.
    """

    url: str
    start: int = 0
    page: int = 0
    found: int = 0
    listed: int = 0
    total: int | None = None
    changed: bool = False
    trail: Trail = Trail()

    @classmethod
    def from_cursor(cls, cursor: str) -> Position:
        data = orjson.loads(cursor)
        return cls(**{**data, "trail": Trail(**data["trail"])})


class DcatAp:
    """A catalogue in RDF; each document of it is read as a whole."""

    kind: ClassVar[str] = "dcat-ap"
    title: ClassVar[Mapping[str, str]] = {"vi": "Danh mục DCAT-AP (RDF)", "en": "DCAT-AP catalogue (RDF)"}
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="contexts", vi="Địa chỉ các ngữ cảnh JSON-LD được phép tải ngoài máy chủ của nguồn, cách nhau bằng dấu cách",
               en="Addresses of JSON-LD contexts that may be fetched from other hosts than the source's, separated by spaces"),
        *DEFAULTS,
    )

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._url, self._options, self._net = source.url, source.options, net
        self._contexts = set(str(source.options.get("contexts") or "").split())
        self._read: tuple[Any, Any] | None = None

    def page(self, cursor: str | None) -> Page:
        """The next 500 datasets of the document that the cursor leads to; the cursor is a `Position` as JSON."""
        at = Position.from_cursor(cursor) if cursor else Position(url=self._url)
        listing = self._listing(at.url, at.page == 0)
        if at.start == 0 and at.trail.repeats(_names(listing)):
            return self._end(at, "hydra-page-repeated")
        total = at.total if at.page else listing.total
        at = replace(at, total=total, changed=at.changed or (total is not None and listing.total not in (None, total)))
        items = listing.items[at.start:at.start + RECORDS]
        issues = listing.issues if at.start == 0 else ()
        if at.start + RECORDS < len(listing.items):
            return self._page(items, issues, replace(at, start=at.start + RECORDS), listing)
        following = replace(at, start=0, page=at.page + 1, found=at.found + listing.resources, trail=at.trail.after(_names(listing)),
                            listed=at.listed + len(listing.items) + len(listing.issues))
        if listing.next is None:
            return replace(self._end(following), items=items, issues=issues)
        if following.page >= PAGES:
            return replace(self._end(following, "hydra-page-repeated"), items=items, issues=issues)
        return self._page(items, issues, replace(following, url=listing.next), listing)

    def _page(self, items: tuple[Gathered, ...], issues: tuple[Issue, ...], following: Position, listing: Any) -> Page:
        whole = len(listing.items) + len(listing.issues) if listing.next is None and following.page == 0 else None
        return Page(items=items, issues=issues, cursor=orjson.dumps(asdict(following)).decode(), total=following.total or whole)

    def _end(self, at: Position, why: str | None = None) -> Page:
        """The end of the listing: whole, or with the reason why what is missing from it proves nothing."""
        shortfall = None
        if at.total is not None and at.found < at.total:
            shortfall = Issue("listing-incomplete", Place(url=self._url), {"found": at.found, "total": at.total})
        elif why is not None and at.total is None:
            shortfall = Issue(why, Place(url=at.url), {"found": at.found})
        elif at.changed:
            shortfall = Issue("hydra-total-changed", Place(url=self._url), {"total": at.total})
        return Page(items=(), total=at.listed if at.total is None else at.total, shortfall=shortfall)

    def _listing(self, url: str, first: bool) -> Any:
        """The document at a URL, read; the last one is kept for its further pages."""
        if self._read is None or self._read[0] != (url, first):
            self._read = None
            self._read = ((url, first), self._asked(url, first))
        return self._read[1]

    def _asked(self, url: str, first: bool) -> Any:
        from harvesters import dcat_ap_graph, rdf_reading

        answer = self._net.get(url, headers={"Accept": rdf_reading.ACCEPT}, max_bytes=MAX_BYTES)
        statements = rdf_reading.read(answer.body, answer.headers.get("content-type", ""), answer.url or url, self._may_fetch,
                                      lambda address: self._net.get_json(address, max_bytes=4 << 20))
        listing = dcat_ap_graph.listing(statements, answer.url or url, first)
        if listing is None:
            raise Trouble(Issue("listing-of-another-kind", Place(url=url), {"expected": "dcat:Catalog"}))
        return listing

    def _may_fetch(self, address: str) -> bool:
        """Whether a JSON-LD context may be asked for: it is on the source's own host, or the operator allows it."""
        if address in self._contexts:
            return True
        parts, own = urlsplit_or_none(address), urlsplit(self._url)
        return parts is not None and (parts.scheme, parts.netloc.lower()) == (own.scheme, own.netloc.lower())

    def describe(self, item: Gathered) -> Record:
        """The dataset in our words."""
        return dcat_describing.describe(item, self._options)


def _names(listing: Any) -> list[str]:
    """What tells one document from another: the identifiers in it."""
    return [item.identifier for item in listing.items]
