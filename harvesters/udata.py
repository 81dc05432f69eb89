"""A udata portal (data.gouv.fr and its like), by its API: every public dataset, page by page.

What the portal's robots write into its datasets by themselves (counters of readers, checks of links, analyses of files) is
left out of the record, so that a dataset changes only when somebody changes it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import Net
from catalog.record import Distribution, Record
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.describing import DEFAULTS, Draft, as_moment, as_text, identified, parted, require_object
from harvesters.repeating import Trail, led_back

ROWS = 100
_FOREIGN = re.compile(r"(/[a-z]{2})?/?((api(/[12])?|datasets?|organizations?)(/.*)?)?$")
_KEPT = ("id", "slug", "title", "acronym", "description", "tags", "license", "frequency", "organization", "owner", "contact_points", "spatial",
         "temporal_coverage", "page", "self_web_url", "last_update", "created_at", "extras", "archived", "deleted", "private")
_RESOURCE = ("id", "title", "description", "url", "latest", "type", "filetype", "format", "mime", "filesize", "checksum", "last_modified", "schema")
_BY_ROBOTS = re.compile(r"(check|analysis|recommendations?|metrics?|harvest|geop|transport)[:_]")
# udata's words for frequencies (lower case) -> ours; "unknown" says nothing.
_FREQUENCIES = {
    "unknown": "", "punctual": "once", "notplanned": "once", "never": "once", "continuous": "daily", "realtime": "daily", "hourly": "daily",
    "oneminute": "daily", "fiveminutes": "daily", "tenminutes": "daily", "fifteenminutes": "daily", "thirtyminutes": "daily", "bihourly": "daily",
    "trihourly": "daily", "fourtimesaday": "daily", "threetimesaday": "daily", "semidaily": "daily", "daily": "daily", "fivetimesaweek": "daily",
    "fourtimesaweek": "weekly", "threetimesaweek": "weekly", "semiweekly": "weekly", "weekly": "weekly", "biweekly": "monthly", "fortnighly": "monthly",
    "threetimesamonth": "monthly", "semimonthly": "monthly", "monthly": "monthly", "bimonthly": "quarterly", "quarterly": "quarterly",
    "threetimesayear": "quarterly", "semiannual": "biannual", "biannual": "biannual", "annual": "annual", "biennial": "irregular",
    "triennial": "irregular", "quadrennial": "irregular", "quinquennial": "irregular", "decennial": "irregular", "bidecennial": "irregular",
    "tridecennial": "irregular", "irregular": "irregular", "other": "irregular",
}
_LICENCES = {"fr-lo": "other-open", "lov1": "other-open", "lov2": "other-open", "odc-odbl": "odc-odbl"}


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """Where in the listing: the page, the datasets before it, the trail of pages before (as text), the total at the start."""

    page: int = 1
    seen: int = 0
    before: str = ""
    total: int | None = None

    @classmethod
    def read(cls, cursor: str | None) -> At:
        page, seen, before, total = json.loads(cursor) if cursor else (1, 0, "", None)
        return cls(page=page, seen=seen, before=before, total=total)

    def __str__(self) -> str:
        return json.dumps([self.page, self.seen, self.before, self.total])


class Udata:
    """A udata portal, at the root of a site or under a path; archived, deleted and private datasets are left out."""

    kind: ClassVar[str] = "udata"
    title: ClassVar[Mapping[str, str]] = {"vi": "Cổng udata (như data.gouv.fr)", "en": "udata portal (such as data.gouv.fr)"}
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="organization", vi="Chỉ lấy các bộ của một tổ chức, theo mã (id) của tổ chức trên cổng",
               en="Only datasets of one organisation, by its id on the portal"),
        Option(name="tag", vi="Chỉ lấy các bộ có thẻ này", en="Only datasets with this tag"),
        *DEFAULTS,
    )

    def __init__(self, source: SourceSpec, net: Net) -> None:
        parts = urlsplit(source.url)
        self._url = urlunsplit((parts.scheme, parts.netloc, _FOREIGN.sub("", parts.path) + "/api/1/datasets/", "", ""))
        self._options, self._net = source.options, net

    def page(self, cursor: str | None) -> Page:
        """The next 100 datasets, the oldest first, so that a new one moves no other."""
        at = At.read(cursor)
        filters = {name: value for name in ("organization", "tag") if (value := self._options.get(name))}
        try:
            answer = self._net.get_json(self._url, params={"page": at.page, "page_size": ROWS, "sort": "created", **filters})
        except Trouble as trouble:
            if at.page == 1 or trouble.issue.facts.get("status") != 404:
                raise
            return self._ended((), at.seen, at.total, at)  # the page is no more
        rows = answer.get("data") if isinstance(answer, Mapping) else None
        if not isinstance(rows, list):
            raise Trouble(Issue("listing-of-another-kind", Place(url=self._url), {"expected": "data"}))
        count = answer.get("total")
        total = count if isinstance(count, int) and not isinstance(count, bool) else None
        trail, names = Trail.read(at.before), _names(rows)
        if total is None and trail.leads_back(names):
            return led_back(self._url, at.seen)
        if rows and trail.repeats(names):
            return self._ended((), at.seen, total, at)
        seen = at.seen + len(rows)
        found = [self._item(row) for row in rows if not _is_hidden(row)]
        if not rows or (not answer.get("next_page") and (total is None or "next_page" in answer or seen >= total)):
            return self._ended(found, seen, total, at)
        items, issues = parted(found)
        first = total if at.total is None else at.total
        return Page(items=items, cursor=str(At(page=at.page + 1, seen=seen, before=str(trail.after(names)), total=first)), total=total, issues=issues)

    def _ended(self, found: Sequence[Gathered | Issue], seen: int, total: int | None, at: At) -> Page:
        """The last page, and whether the listing gave less than the portal says it has."""
        items, issues = parted(found)
        said = None
        if total is not None and seen < total:
            said = Issue("listing-incomplete", Place(url=self._url), {"found": seen, "total": total})
        elif total is not None and at.total is not None and total < at.total:
            said = Issue("listing-changed", Place(url=self._url), {"before": at.total, "total": total})
        return Page(items=items, total=seen, issues=issues, shortfall=said)

    def _item(self, row: Any) -> Gathered | Issue:
        if not isinstance(row, Mapping):
            return identified(row, None, Place(url=self._url))
        raw = {key: row[key] for key in _KEPT if key in row}
        if isinstance(raw.get("extras"), Mapping):
            raw["extras"] = {key: value for key, value in raw["extras"].items() if not _BY_ROBOTS.match(key)}
        raw["resources"] = [{key: part[key] for key in _RESOURCE if key in part} if isinstance(part, Mapping) else part
                            for part in row["resources"]] if isinstance(row.get("resources"), list) else row.get("resources")
        return identified(raw, row.get("id"), Place(url=self._url))

    def describe(self, item: Gathered) -> Record:
        """The dataset in our words; what has no place of its own goes into the extras."""
        raw = require_object(item)
        draft = Draft(item, self._options)
        contact = next(iter(draft.objects(raw.get("contact_points"), "contact_points")), {})
        draft.metadata |= {
            "name": as_text(raw.get("slug")),
            "title": draft.text(raw.get("title"), "title"),
            "notes": draft.text(raw.get("description"), "description"),
            "url": as_text(raw.get("page") or raw.get("self_web_url")),
            "tags": draft.texts(raw.get("tags"), "tags"),
            "author": _producer(raw),
            "maintainer": as_text(contact.get("name")),
            "maintainer_email": as_text(contact.get("email")),
        }
        licence = raw.get("license")
        named = as_text(licence.get("id") if isinstance(licence, Mapping) else licence)
        draft.licence(_LICENCES.get(named.lower(), "" if named == "notspecified" else named))
        frequency = as_text(raw.get("frequency"))
        draft.frequency(_FREQUENCIES.get(frequency.replace("_", "").lower(), frequency))
        draft.themes(())
        draft.illustrative()
        draft.extras |= _extras(raw.get("extras")) | {
            "origin_organization": _producer(raw), "acronym": as_text(raw.get("acronym")), "issued": as_text(raw.get("created_at")),
            "origin_modified": as_moment(raw.get("last_update")) or "", "spatial": _coverage(raw.get("spatial"), "zones", "granularity"),
            "temporal": _coverage(raw.get("temporal_coverage"), "start", "end"),
        }
        return draft.record([_distribution(draft, part) for part in draft.objects(raw.get("resources"), "resources")])


def _distribution(draft: Draft, part: Mapping[str, Any]) -> Distribution | None:
    """A file or link, with what the portal knows of its bytes."""
    checksum = part.get("checksum")
    sign = f"{as_text(checksum.get('type'))}:{as_text(checksum.get('value'))}" if isinstance(checksum, Mapping) and checksum.get("value") else ""
    known = {"origin_id": as_text(part.get("id")), "origin_checksum": sign, "origin_size": as_text(part.get("filesize")),
             "origin_kind": as_text(part.get("type"))}
    return draft.distribution(
        part.get("url") or part.get("latest"), name=part.get("title"), description=part.get("description"), format=part.get("format"),
        media_type=part.get("mime"), last_modified=part.get("last_modified"), schema=part.get("schema"),
        extras={key: value for key, value in known.items() if value})


def _is_hidden(row: Any) -> bool:
    """Whether the dataset is archived, deleted or private, and so not for the public."""
    return isinstance(row, Mapping) and bool(row.get("archived") or row.get("deleted") or row.get("private"))


def _producer(raw: Mapping[str, Any]) -> str:
    """Who publishes the dataset: an organisation, else a person."""
    organization, owner = raw.get("organization"), raw.get("owner")
    if isinstance(organization, Mapping):
        return as_text(organization.get("name"))
    if isinstance(owner, Mapping):
        return " ".join(filter(None, (as_text(owner.get("first_name")), as_text(owner.get("last_name")))))
    return ""


def _coverage(value: Any, *keys: str) -> str:
    """What a coverage says, its parts one after the other."""
    return " / ".join(filter(None, (as_text(value.get(key)) for key in keys))) if isinstance(value, Mapping) else as_text(value)


def _extras(value: Any) -> dict[str, str]:
    return {key: as_text(entry) for key, entry in value.items()} if isinstance(value, Mapping) else {}


def _names(rows: Sequence[Any]) -> list[str]:
    """What tells one page from another: the identifiers on it."""
    return [as_text(row.get("id")) if isinstance(row, Mapping) else "" for row in rows]
