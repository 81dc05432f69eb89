"""An OAI-PMH repository (https://www.openarchives.org/OAI/openarchivesprotocol.html): every record of its listing.

The protocol is spoken here and not by sickle or oaipmh-scythe: both parse with `recover=True`, which takes an answer that was cut off
for a shorter listing, and the second opens sockets of its own.
"""

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
from harvesters import catalogue_entry
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.describing import DEFAULTS, parted
from harvesters.oai_records import KNOWN, is_deleted, listed
from harvesters.repeating import Trail
from harvesters.xml_answers import MAX_BYTES, children, first, local, parsed, text_at, words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

ALL = "oai_dc"  # the one format that the protocol demands of every record
WALK = 1_000  # pages that are asked for again to find one's place after a token has expired
_ARGUMENTS = {"verb", "metadataprefix", "set", "resumptiontoken", "from", "until", "identifier"}
_ERRORS = {"badArgument", "badResumptionToken", "badVerb", "cannotDisseminateFormat", "idDoesNotExist", "noMetadataFormats", "noRecordsMatch",
           "noSetHierarchy"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far the listing was read; the cursor, as JSON.

    `seen` counts all records, `gone` those of them that are deleted; `shrunk_from` is a total that later pages took back.
    """

    token: str = ""
    prefix: str = ALL
    seen: int = 0
    gone: int = 0
    total: int | None = None
    shrunk_from: int | None = None
    trail: Trail = Trail()

    @classmethod
    def from_cursor(cls, cursor: str) -> Reached:
        data = json.loads(cursor)
        return cls(**{**data, "trail": Trail(**data["trail"])})


class OaiRepository:
    """A repository of documents or data that answers by the Protocol for Metadata Harvesting, version 2.0."""

    kind: ClassVar[str] = "oai-pmh"
    title: ClassVar[Mapping[str, str]] = {"vi": "Kho lưu trữ OAI-PMH", "en": "OAI-PMH repository"}
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="prefix", default=ALL, vi="Định dạng mô tả (metadataPrefix): oai_dc có ở mọi kho và mọi bản ghi; dcat_ap, oai_datacite, iso19139 "
               "mô tả kỹ hơn nếu kho có cho mọi bản ghi",
               en="Format of description (metadataPrefix): every repository has oai_dc for every record; dcat_ap, oai_datacite or iso19139 "
               "say more, where the repository has them for every record"),
        Option(name="set", vi="Chỉ lấy một tập (setSpec) của kho", en="Only one set (setSpec) of the repository"),
        *DEFAULTS,
    )

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._url = _base(source.url)
        self._options, self._net = source.options, net

    def page(self, cursor: str | None) -> Page:
        """The records behind a token; deleted ones are left out, so that they count as gone.

        A token that has expired is replaced by walking through the listing again up to the same place. Where that place is not found, where
        a page repeats, and where nothing is behind a token although not all came, the listing ends with a shortfall.
        """
        reached = Reached.from_cursor(cursor) if cursor else Reached(prefix=str(self._options.get("prefix") or ALL))
        try:
            return self._page_after(reached, self._ask(reached))
        except _TokenRefused:
            return self._page_again(reached)

    def _page_after(self, reached: Reached, listing: Element | None) -> Page:
        records = [] if listing is None else list(children(listing, "record"))
        if reached.trail.repeats(_names(records)):
            return self._ended(reached)
        following = _advanced(reached, records, listing)
        items, issues = parted([one for record in records if (one := listed(record, Place(url=self._url))) is not None])
        if following.token:
            total = following.total and max(following.total - following.gone, 0)
            return Page(items=items, cursor=json.dumps(asdict(following)), total=total, issues=issues)
        if not records and (following.total is None or following.seen < following.total):
            return self._ended(reached)
        return replace(self._ended(following), items=items, issues=issues)

    def _ended(self, reached: Reached, code: str = "") -> Page:
        """The end of a listing; with a shortfall where it gave less than it has, changed on the way, or lost its token."""
        live, issue = reached.seen - reached.gone, None
        place = Place(url=self._url)
        if code:
            issue = Issue(code, place, {"found": reached.seen})
        elif reached.token or (reached.total is not None and reached.seen < reached.total):
            issue = Issue("listing-incomplete", place, {"found": reached.seen, "total": reached.total or f"> {reached.seen}"})
        elif reached.shrunk_from is not None:
            issue = Issue("listing-changed", place, {"before": reached.shrunk_from, "total": reached.total})
        return Page(items=(), total=live, shortfall=issue)

    def _page_again(self, reached: Reached) -> Page:
        """The page that an expired token stood for, found by walking there from the start."""
        walking = Reached(prefix=reached.prefix)
        try:
            while walking.trail.number < min(reached.trail.number, WALK):
                listing = self._ask(walking)
                walking = _advanced(walking, [] if listing is None else list(children(listing, "record")), listing)
                if not walking.token:
                    break
            if walking.token and (walking.trail, walking.seen) == (reached.trail, reached.seen):
                return self._page_after(replace(reached, token=walking.token), self._ask(walking))
        except _TokenRefused:
            pass
        return self._ended(reached, "oai-token-expired")

    def _ask(self, reached: Reached) -> Element | None:
        """The ListRecords of an answer; None where the repository says that nothing matches."""
        if reached.token:
            params = {"verb": "ListRecords", "resumptionToken": reached.token}
        else:
            params = {"verb": "ListRecords", "metadataPrefix": reached.prefix} | (
                {"set": str(self._options["set"])} if self._options.get("set") else {})
        root = self._answer(params)
        errors = [error.get("code", "") for error in children(root, "error")]
        if not errors:
            listing = first(root, "ListRecords")
            if listing is None:
                raise self._of_another_kind()
            return listing
        if "noRecordsMatch" in errors:
            return None
        if reached.token and {"badResumptionToken", "badArgument"} & set(errors):
            raise _TokenRefused
        raise Trouble(self._refusal(next((error for error in errors if error in _ERRORS), "–"), reached.prefix))

    def _refusal(self, error: str, prefix: str) -> Issue:
        """Why the repository refuses, in words; where it has not the format, with those that it has and we can read."""
        place = Place(url=self._url)
        if error == "noSetHierarchy" and self._options.get("set"):
            return Issue("oai-without-sets", place, {"set": str(self._options["set"])})
        if error != "cannotDisseminateFormat":
            return Issue("oai-refused", place, {"error": error})
        offered = [text_at(one, "metadataPrefix") for one in children(self._answer({"verb": "ListMetadataFormats"}), "ListMetadataFormats", "*")]
        return Issue("oai-format-not-offered", place, {"prefix": prefix, "offered": ", ".join(sorted(set(offered) & KNOWN)) or "–"})

    def _answer(self, params: Mapping[str, str]) -> Element:
        answer = self._net.get(self._url, params=params, max_bytes=MAX_BYTES)
        root = parsed(answer.body, self._url, "OAI-PMH")
        if local(root) != "OAI-PMH":
            raise self._of_another_kind()
        return root

    def _of_another_kind(self) -> Trouble:
        return Trouble(Issue("listing-of-another-kind", Place(url=self._url), {"expected": "OAI-PMH ListRecords"}))

    def describe(self, item: Gathered) -> Record:
        """The record in our words."""
        return catalogue_entry.described(item, self._options)


class _TokenRefused(Exception):
    """The repository no longer knows the token."""


def _advanced(reached: Reached, records: list[Element], listing: Element | None) -> Reached:
    """What is known once a page has been read."""
    token = None if listing is None else first(listing, "resumptionToken")
    said = "" if token is None else token.get("completeListSize", "")
    total = int(said) if said.isascii() and said.isdecimal() and len(said) < 12 else reached.total
    shrunk = reached.total is not None and total is not None and total < reached.total
    return replace(
        reached, token=words(token), seen=reached.seen + len(records), gone=reached.gone + sum(map(is_deleted, records)), total=total,
        shrunk_from=(reached.shrunk_from or reached.total) if shrunk else reached.shrunk_from, trail=reached.trail.after(_names(records)))


def _names(records: list[Element]) -> list[str]:
    """What tells one page from another: the identifiers on it, or the words of records that have none."""
    return [text_at(record, "header", "identifier") or words(record)[:500] for record in records]


def _base(url: str) -> str:
    """The repository's address, without the arguments of a request that was copied along."""
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name.lower() not in _ARGUMENTS]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))
