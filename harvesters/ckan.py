"""A CKAN portal: every public dataset, by its Action API, page by page; in full only what has changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import quote_plus

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.names import fold
from catalog.net import ABOUT_THE_HOST, Net
from catalog.record import Record
from harvesters import vocabulary
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.ckan_api import ActionApi, is_refusal
from harvesters.ckan_listing import Listing, full_item, mark_of
from harvesters.describing import DEFAULTS, Draft, as_moment, as_text, require_object

TOGETHER = 100  # datasets asked for in one search
ADDRESS = 4_000  # characters of the identifiers in its address; servers take 8,000 and more
_FREQUENCY_KEY = re.compile(r"(update )?frequency|accrual ?periodicity|tan suat( cap nhat)?")
_LIKE_FREQUENCY = re.compile(r"frequen|periodi|tan suat|chu ky")


class CkanPortal:
    """A CKAN portal, at the root of a site or under a path."""

    kind: ClassVar[str] = "ckan"
    reads_ahead: ClassVar[bool] = True
    title: ClassVar[Mapping[str, str]] = {"vi": "Cổng dữ liệu CKAN", "en": "CKAN portal"}
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="fq", vi="Chỉ lấy các bộ khớp điều kiện lọc, theo cú pháp fq của CKAN, ví dụ organization:so-y-te",
               en="Only datasets that match a filter, in CKAN's fq syntax, such as organization:so-y-te"),
        Option(name="incremental", vi="Chỉ hỏi đầy đủ các bộ có ngày sửa đổi mới (yes) hay hỏi đầy đủ mọi bộ ở mỗi lượt (no)",
               en="Ask in full only for datasets whose date of change is new (yes), or for all of them in every run (no)",
               default="yes", choices=("yes", "no")),
        *DEFAULTS,
    )

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._options, self._api = source.options, ActionApi(source.url, net)
        self._listing = Listing(self._api, fq=str(self._options.get("fq") or ""), incremental=self._options.get("incremental") != "no")
        self._together_refused = False

    def page(self, cursor: str | None) -> Page:
        """The next datasets, in full or by identifier and date only."""
        return self._listing.page(cursor)

    def detail(self, items: Sequence[Gathered]) -> Sequence[Gathered | Issue]:
        """The datasets in full: searched for together, those that are not found asked for one by one."""
        wanted = [item.identifier for item in items]
        found: dict[str, Gathered | Issue] = {}
        try:
            for part in _parts(wanted):
                found |= self._together(part)
            for identifier in wanted:
                found[identifier] = found.get(identifier) or self._alone(identifier)
        except Trouble as trouble:  # nobody answers any more; what was found is kept
            found = {**dict.fromkeys(wanted, trouble.issue), **found}
        return [found[identifier] for identifier in wanted]

    def _together(self, identifiers: Sequence[str]) -> dict[str, Gathered | Issue]:
        """What one search finds of these, nothing where the portal refuses it; Trouble when it does not answer at all."""
        if self._together_refused:
            return {}
        either = " OR ".join(f'"{_quoted(identifier)}"' for identifier in identifiers)
        try:
            result = self._api.ask("package_search", {"rows": len(identifiers), "fq": f"id:({either})"})
        except Trouble as trouble:
            if trouble.issue.code in ABOUT_THE_HOST:
                raise
            self._together_refused = is_refusal(trouble.issue)
            return {}
        rows = result.get("results") if isinstance(result, Mapping) else None
        found = {row["id"]: row for row in (rows if isinstance(rows, list) else [])
                 if isinstance(row, Mapping) and isinstance(row.get("id"), str) and "resources" in row}
        return {identifier: self._item(found[identifier]) for identifier in identifiers if identifier in found}

    def _alone(self, identifier: str) -> Gathered | Issue:
        """One dataset, or why it cannot be had; Trouble when the portal does not answer at all."""
        try:
            package = self._api.ask("package_show", {"id": identifier})
        except Trouble as trouble:
            if trouble.issue.code in ABOUT_THE_HOST:
                raise
            if not is_refusal(trouble.issue):
                return trouble.issue
            package = None
        if not isinstance(package, Mapping) or as_text(package.get("id")).strip() != identifier:
            return Issue("ckan-dataset-refused", Place(url=self._api.url + "package_show"), {"identifier": identifier})
        return self._item(package)

    def _item(self, package: Mapping[str, Any]) -> Gathered | Issue:
        item = full_item(package, self._api.url)
        return replace(item, mark=mark_of(package)) if isinstance(item, Gathered) else item

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
            resource.get("url"), name=resource.get("name"), description=resource.get("description"), format=_format(resource),
            media_type=resource.get("mimetype"), last_modified=resource.get("last_modified"), encoding=resource.get("encoding"),
            schema=resource.get("schema"), extras={"origin_id": as_text(resource.get("id"))},
        ) for resource in draft.objects(package.get("resources"), "resources")])


def _parts(identifiers: Sequence[str]) -> Iterator[list[str]]:
    """The identifiers in parts that fit into one search's address."""
    part: list[str] = []
    for identifier in identifiers:
        length = sum(len(quote_plus(other)) + len("+OR+%22%22") for other in [*part, identifier])
        if part and (len(part) >= TOGETHER or length > ADDRESS):
            yield part
            part = []
        part.append(identifier)
    if part:
        yield part


def _format(resource: Mapping[str, Any]) -> Any:
    """The format as it is told; that of a table written row by row, of which nothing may be told, is what its dump comes in."""
    return resource.get("format") or ("CSV" if resource.get("url_type") == "datastore" else None)


def _quoted(identifier: str) -> str:
    """An identifier as it stands between quotes in Solr's query language."""
    return identifier.replace("\\", "\\\\").replace('"', '\\"')


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
