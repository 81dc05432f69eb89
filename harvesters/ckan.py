"""A CKAN portal: every public dataset, by its Action API, page by page."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit, urlunsplit

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.names import fold
from catalog.net import Net
from catalog.record import Record
from harvesters import vocabulary
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.describing import DEFAULTS, Draft, as_moment, as_text, identified, parted, require_object

ROWS = 100  # what CKAN's own harvester asks for
SHOWN = 50  # datasets asked one by one for each page, where the portal does not let itself be searched
_FOREIGN = re.compile(r"/(api(/\d)?(/action(/\w+)?)?|dataset|organization|group)?/?$")
_REFUSALS = {400, 401, 403, 404, 405, 409, 410, 500, 501}
_PASSING = {"tracking_summary", "relationships_as_subject", "relationships_as_object"}  # change without the dataset
_FREQUENCY_KEY = re.compile(r"(update )?frequency|accrual ?periodicity|tan suat( cap nhat)?")
_LIKE_FREQUENCY = re.compile(r"frequen|periodi|tan suat|chu ky")


class CkanPortal:
    """A CKAN portal, at the root of a site or under a path."""

    kind: ClassVar[str] = "ckan"
    title: ClassVar[Mapping[str, str]] = {"vi": "Cổng dữ liệu CKAN", "en": "CKAN portal"}
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="fq", vi="Chỉ lấy các bộ khớp điều kiện lọc, theo cú pháp fq của CKAN, ví dụ organization:so-y-te",
               en="Only datasets that match a filter, in CKAN's fq syntax, such as organization:so-y-te"),
        *DEFAULTS,
    )

    def __init__(self, source: SourceSpec, net: Net) -> None:
        parts = urlsplit(source.url)
        self._api = urlunsplit((parts.scheme, parts.netloc, _FOREIGN.sub("", parts.path) + "/api/3/action/", "", ""))
        self._options, self._net = source.options, net
        self._names: list[str] | None = None

    def page(self, cursor: str | None) -> Page:
        """The next 100 datasets; one by one from a list of names where searching is refused."""
        if cursor is not None and cursor.startswith("list:"):
            return self._listed(int(cursor[5:]))
        try:
            return self._searched(cursor)
        except Trouble as trouble:
            refused = trouble.issue.code == "ckan-refused" or trouble.issue.facts.get("status") in _REFUSALS
            if cursor is not None or not refused:
                raise
            try:
                return self._listed(0)
            except Trouble:
                raise trouble from None

    def _searched(self, cursor: str | None) -> Page:
        """A page of package_search. The cursor is `start:digest`, the digest that of the page before.

        A portal may give fewer rows than asked for, or more, or the same page whatever `start` says; the next start
        is counted from what came, and a page that repeats the one before ends the listing.
        """
        start, _, before = (cursor or "0:").partition(":")
        params = {"rows": ROWS, "start": start, "sort": "id asc"}
        if fq := self._options.get("fq"):
            params["fq"] = fq
        result = self._ask("package_search", params)
        if not isinstance(result, Mapping) or not isinstance(result.get("results"), list):
            raise Trouble(Issue("listing-of-another-kind", Place(url=self._api + "package_search"), {"expected": "results"}))
        rows = result["results"]
        count = result.get("count")
        total = count if isinstance(count, int) and not isinstance(count, bool) else None
        seen, digest = int(start) + len(rows), _digest(rows)
        if digest == before and rows:
            return self._incomplete(int(start), total)
        if not rows and total is not None and int(start) < total:
            return self._incomplete(int(start), total)
        items, issues = parted([self._item(package) for package in rows])
        more = bool(rows) and (total is None or seen < total)
        return Page(items=items, cursor=f"{seen}:{digest}" if more else None, total=total, issues=issues)

    def _incomplete(self, found: int, total: int | None) -> Page:
        """The end of a listing that gives less than it says it has."""
        if total is None or found >= total:
            return Page(items=(), total=found)
        return Page(items=(), total=found, shortfall=Issue(
            "listing-incomplete", Place(url=self._api + "package_search"), {"found": found, "total": total}))

    def _listed(self, start: int) -> Page:
        """Datasets by name, from package_list and package_show."""
        if self._names is None:
            names = self._ask("package_list", {})
            if not isinstance(names, list):
                raise Trouble(Issue("listing-of-another-kind", Place(url=self._api + "package_list"), {"expected": "result"}))
            self._names = sorted({name for name in names if isinstance(name, str)})
        found = []
        for name in self._names[start:start + SHOWN]:
            try:
                found.append(self._item(self._ask("package_show", {"id": name})))
            except Trouble as trouble:
                if trouble.issue.code != "ckan-refused" and trouble.issue.facts.get("status") not in _REFUSALS:
                    raise
                found.append(Issue("ckan-dataset-refused", Place(url=self._api + "package_show"), {"identifier": name}))
        items, issues = parted(found)
        end = start + SHOWN
        return Page(items=items, cursor=f"list:{end}" if end < len(self._names) else None, total=len(self._names), issues=issues)

    def _item(self, package: Any) -> Gathered | Issue:
        identifier = None
        if isinstance(package, Mapping):
            package = {key: value for key, value in package.items() if key not in _PASSING}
            identifier = package.get("id") or package.get("name")
        return identified(package, identifier, Place(url=self._api))

    def _ask(self, action: str, params: Mapping[str, Any]) -> Any:
        url = self._api + action
        answer = self._net.get_json(url, params=params)
        if not isinstance(answer, Mapping) or "success" not in answer:
            raise Trouble(Issue("listing-of-another-kind", Place(url=url), {"expected": "success"}))
        if answer["success"] is not True:
            raise Trouble(Issue("ckan-refused", Place(url=url)))
        return answer.get("result")

    def describe(self, item: Gathered) -> Record:
        """The package in our words; what has no place of its own goes into the extras."""
        package = require_object(item)
        draft = Draft(item, self._options)
        extras = _extras(package.get("extras"))
        translated = package.get("title_translated")
        draft.metadata |= {key: draft.text(package.get(key), key) for key in (
            "name", "notes", "author", "author_email", "maintainer", "maintainer_email", "url", "version")}
        draft.metadata["title"] = draft.text(package.get("title") or translated, "title")
        draft.metadata["title_en"] = as_text(package.get("title_en") or extras.pop("title_en", None)
                                             or (translated.get("en") if isinstance(translated, Mapping) else None))
        draft.metadata["tags"] = draft.texts(_named(package.get("tags"), "display_name", "name"), "tags")
        draft.frequency(as_text(package.get("frequency") or package.get("update_frequency")) or _frequency_in(extras))
        draft.illustrative(package.get("illustrative", extras.pop("illustrative", None)))
        draft.extras |= extras
        draft.licence(draft.text(package.get("license_id"), "license_id"), as_text(package.get("license_url")),
                      as_text(package.get("license_title")))
        draft.themes(_named(package.get("groups"), "name", "title"))
        organization = package.get("organization")
        draft.extras["origin_organization"] = as_text(organization.get("title") or organization.get("name")) if isinstance(organization, Mapping) else ""
        draft.extras["origin_metadata_modified"] = as_moment(package.get("metadata_modified")) or ""
        return draft.record([draft.distribution(
            resource.get("url"), name=resource.get("name"), description=resource.get("description"), format=resource.get("format"),
            media_type=resource.get("mimetype"), last_modified=resource.get("last_modified"), encoding=resource.get("encoding"),
            schema=resource.get("schema"), extras={"origin_id": as_text(resource.get("id"))},
        ) for resource in draft.objects(package.get("resources"), "resources")])


def _digest(rows: Sequence[Any]) -> str:
    """What tells one page from another: the identifiers on it."""
    names = [as_text(row.get("id") or row.get("name")) if isinstance(row, Mapping) else "" for row in rows]
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()[:16]


def _named(entries: Any, *keys: str) -> list[str]:
    """The names in a list of objects or of texts."""
    values = [next((entry[key] for key in keys if entry.get(key)), None) if isinstance(entry, Mapping) else entry
              for entry in (entries if isinstance(entries, list) else [])]
    return [text for value in values if (text := as_text(value).strip())]


def _frequency_in(extras: Mapping[str, str]) -> str:
    """The extra that says how often the data is updated; one with a name of its own kind counts if its value is known."""
    for key, value in extras.items():
        name = fold(key).replace("_", " ").strip()
        if _FREQUENCY_KEY.fullmatch(name) or (_LIKE_FREQUENCY.search(name) and vocabulary.frequency(value)):
            return value
    return ""


def _extras(given: Any) -> dict[str, str]:
    """Extras as CKAN writes them today (a list of keys and values) or long ago (one object); the first of a key counts."""
    pairs = list(given.items()) if isinstance(given, Mapping) else [
        (entry.get("key"), entry.get("value")) for entry in (given if isinstance(given, list) else []) if isinstance(entry, Mapping)]
    extras: dict[str, str] = {}
    for key, value in pairs:
        extras.setdefault(as_text(key).strip(), as_text(value))
    return extras
