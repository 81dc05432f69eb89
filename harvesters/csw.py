"""An OGC catalogue service for the web (CSW 2.0.2 or 3.0): every record of its listing, as ISO 19115 or Dublin Core."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import Net
from catalog.record import Record
from harvesters import catalogue_entry, dublin_core, iso_19139
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.csw_request import SCHEMAS, VERSIONS, as_document, as_query
from harvesters.describing import DEFAULTS, identified, parted
from harvesters.repeating import Trail
from harvesters.xml_answers import MAX_BYTES, children, first, local, namespace, parsed, text_at, words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

ROWS = 50  # a record of ISO 19139 is easily 100 KB long
_REFUSALS = {400, 403, 404, 405, 406, 414, 415, 500, 501}  # of servers that take the question only as a document
_ARGUMENTS = {"service", "request", "version", "acceptversions", "typenames", "outputschema", "outputformat", "resulttype", "elementsetname",
              "startposition", "maxrecords", "constraint", "constraintlanguage", "constraint_language_version", "namespace", "id"}
_CODES = {"InvalidParameterValue", "MissingParameterValue", "NoApplicableCode", "OperationNotSupported", "OptionNotSupported",
          "OperationParsingFailed", "OperationProcessingFailed", "VersionNegotiationFailed", "InvalidValue", "ResourceNotFound"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far the listing was read; the cursor, as JSON.

    `start` counts from 1; `shrunk_from` is a number of matches that later pages took back; `posted` says that requests are sent as documents.
    """

    start: int = 1
    seen: int = 0
    total: int | None = None
    shrunk_from: int | None = None
    posted: bool = False
    trail: Trail = Trail()

    @classmethod
    def from_cursor(cls, cursor: str) -> Reached:
        data = json.loads(cursor)
        return cls(**{**data, "trail": Trail(**data["trail"])})


class CatalogueService:
    """A map or environmental catalogue such as GeoNetwork, pycsw, deegree or Esri's Geoportal."""

    kind: ClassVar[str] = "csw"
    title: ClassVar[Mapping[str, str]] = {"vi": "Danh mục không gian địa lý OGC CSW", "en": "OGC CSW catalogue of geographic data"}
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="records", default="iso-19139", choices=tuple(SCHEMAS), vi="Chuẩn mô tả xin máy chủ trả về",
               en="The standard of description to ask for"),
        Option(name="version", default="2.0.2", choices=tuple(VERSIONS), vi="Phiên bản CSW của máy chủ", en="The server's version of CSW"),
        Option(name="cql", vi="Chỉ lấy bản ghi khớp điều kiện CQL, ví dụ dc:type = 'dataset'",
               en="Only records that match a CQL filter, such as dc:type = 'dataset'"),
        *DEFAULTS,
    )

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._url = _base(source.url)
        self._options, self._net = source.options, net

    def page(self, cursor: str | None) -> Page:
        """The next 50 records; where the next page starts is the server's word, as long as it leads on.

        A page that repeats, a number of matches that shrinks on the way, and an end before all matches came are a shortfall.
        """
        reached = Reached.from_cursor(cursor) if cursor else Reached()
        results, posted = self._ask(reached)
        records = list(results)
        total = _number(results.get("numberOfRecordsMatched"))
        if records and reached.trail.repeats(_names(records)):
            return self._ended(reached, repeated=True)
        shrunk = reached.total is not None and total is not None and total < reached.total
        following = replace(
            reached, seen=reached.seen + len(records), total=reached.total if total is None else total, posted=posted,
            trail=reached.trail.after(_names(records)),
            shrunk_from=(reached.shrunk_from or reached.total) if shrunk else reached.shrunk_from)
        items, issues = parted([self._listed(record) for record in records])
        start = _next(results, reached.start, len(records), following.total)
        if start is None:
            return replace(self._ended(following), items=items, issues=issues)
        return Page(items=items, cursor=json.dumps(asdict(replace(following, start=start))), total=following.total, issues=issues)

    def _ended(self, reached: Reached, *, repeated: bool = False) -> Page:
        """The end of the listing; with a shortfall where it gave less than it has, or became shorter on the way."""
        place, issue = Place(url=self._url), None
        if reached.total is not None and reached.seen < reached.total:
            issue = Issue("listing-incomplete", place, {"found": reached.seen, "total": reached.total})
        elif repeated and reached.total is None:
            issue = Issue("listing-incomplete", place, {"found": reached.seen, "total": f"> {reached.seen}"})
        elif reached.shrunk_from is not None:
            issue = Issue("listing-changed", place, {"before": reached.shrunk_from, "total": reached.total})
        return Page(items=(), total=reached.seen, shortfall=issue)

    def _listed(self, record: Element) -> Gathered | Issue:
        """One record under its identifier, or why it cannot be taken."""
        place = Place(url=self._url)
        if iso_19139.is_metadata(record):
            identifier = iso_19139.identifier_of(record)
            try:
                return identified(iso_19139.entry(record), identifier, place)
            except Trouble as trouble:
                return Issue(trouble.issue.code, place, trouble.issue.facts)
        if local(record) in ("Record", "SummaryRecord", "BriefRecord") and "/cat/csw" in namespace(record):
            return identified(dublin_core.entry(record), text_at(record, "identifier"), place)
        if not len(record):
            return identified(" ".join(record.itertext()).strip(), None, place)
        return Issue("metadata-of-another-standard", place, {"identifier": "–"})

    def _ask(self, reached: Reached) -> tuple[Element, bool]:
        """The results of one request, and whether it was sent as a document; so it is where the server takes no other."""
        if reached.posted:
            return self._results(self._post(reached.start)), True
        try:
            query = as_query(self._options, reached.start, ROWS)
            return self._results(self._net.get(self._url, params=query, max_bytes=MAX_BYTES).body), False
        except Trouble as trouble:
            refused = trouble.issue.code == "csw-refused" or trouble.issue.facts.get("status") in _REFUSALS
            if reached.start > 1 or not refused:
                raise
            try:
                return self._results(self._post(reached.start)), True
            except Trouble as second:
                raise (second if second.issue.code == "csw-refused" else trouble) from None

    def _post(self, start: int) -> bytes:
        return self._net.post_xml(self._url, as_document(self._options, start, ROWS), max_bytes=MAX_BYTES).body

    def _results(self, body: bytes) -> Element:
        """The SearchResults of an answer; Trouble where it is an exception or something else."""
        root = parsed(body, self._url, "CSW GetRecords")
        if local(root) == "ExceptionReport":
            code = next((found for one in children(root, "Exception") if (found := one.get("exceptionCode", "")) in _CODES), "–")
            raise Trouble(Issue("csw-refused", Place(url=self._url), {"error": code}))
        results = first(root, "SearchResults") if local(root) == "GetRecordsResponse" else None
        if results is None:
            raise Trouble(Issue("listing-of-another-kind", Place(url=self._url), {"expected": "CSW GetRecordsResponse"}))
        return results

    def describe(self, item: Gathered) -> Record:
        """The record in our words."""
        return catalogue_entry.described(item, self._options)


def _next(results: Element, start: int, count: int, total: int | None) -> int | None:
    """Where the next page starts; None at the end.

    `nextRecord` is 0 at the end (CSW 2.0.2, 10.8.4.2), yet some servers leave it out, or name the number after the last record. One that
    leads nowhere is not followed.
    """
    said = _number(results.get("nextRecord"))
    if not count or said == 0:
        return None
    following = said if said is not None and said > start else start + count
    return following if total is None or following <= total else None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


def _base(url: str) -> str:
    """The service's address, without the arguments of a request that was copied along."""
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name.lower() not in _ARGUMENTS]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))


def _names(records: list[Element]) -> list[str]:
    """What tells one page from another: the identifiers on it, or the words of records that have none."""
    return [iso_19139.identifier_of(record) or text_at(record, "identifier") or words(record)[:500] for record in records]
