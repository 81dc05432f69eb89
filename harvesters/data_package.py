"""Data Packages (Frictionless Data, versions 1 and 2): a `datapackage.json` by its address, or a list of such addresses."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urljoin

from catalog.errors import Trouble
from catalog.formats import canonical, of_url
from catalog.issues import Issue, Place
from catalog.net import ABOUT_THE_HOST, Net
from catalog.net.transfer import parsed_json
from catalog.record import Distribution, Made, Record
from harvesters import data_package_files as files
from harvesters import dcat_words as words
from harvesters.base import Gathered, Option, Page, SourceSpec
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
from harvesters.file import title_from

PACKAGES = 20  # descriptors asked for on one page, where the source is a list of them
WHERE = "descriptorUrl"  # in what is kept of a descriptor: where it was found, for its relative paths
_KEPT = {"origin_modified": "updated", "issued": "created", "profile": "profile", "package_id": "id", "package_name": "name"}
_AUTHORS = ("author", "creator", "publisher", "contributor")


class DataPackage:
    """One descriptor is one dataset. A list may be a JSON list of addresses, or a catalogue with `packages` or `datasets`."""

    kind: ClassVar[str] = "data-package"
    title: ClassVar[Mapping[str, str]] = {"vi": "Gói dữ liệu (Data Package)", "en": "Data Package"}
    options: ClassVar[tuple[Option, ...]] = DEFAULTS

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._url, self._options, self._net = source.url, source.options, net
        self._listed: tuple[str, list[Any]] | None = None

    def page(self, cursor: str | None) -> Page:
        """The next 20 packages; the cursor is the position of the first. A descriptor that cannot be had is an issue."""
        if self._listed is None:
            self._listed = self._open()
        (base, listed), start = self._listed, int(cursor or 0)
        found = [self._package(entry, base, start + number) for number, entry in enumerate(listed[start:start + PACKAGES])]
        items, issues = parted(found)
        end = start + PACKAGES
        return Page(items=items, cursor=str(end) if end < len(listed) else None, total=len(listed), issues=issues)

    def _open(self) -> tuple[str, list[Any]]:
        """What stands at the source's address: one descriptor, or a list of descriptors and their addresses."""
        base, document = self._ask(self._url)
        if isinstance(document, list):
            return base, document
        if isinstance(document, Mapping):
            if _is_catalogue(document):
                return base, document["resources"]
            for key in ("packages", "datasets"):
                if isinstance(document.get(key), list) and "resources" not in document:
                    return base, document[key]
            if isinstance(document.get("resources"), list):
                return base, [document]
        raise Trouble(Issue("listing-of-another-kind", Place(url=self._url), {"expected": "resources"}))

    def _ask(self, url: str) -> tuple[str, Any]:
        """The JSON at an address, and where it was found."""
        answer = self._net.get(url, headers={"Accept": "application/json, */*;q=0.5"})
        return files.base_of(url, answer.url), parsed_json(answer.body, url)

    def _package(self, entry: Any, base: str, number: int) -> Gathered | Issue:
        """One entry of the list as a package: a descriptor itself, or its address."""
        place = Place(url=self._url, field=f"packages[{number}]")
        asked = self._url
        given = entry.get("package") or entry.get("path") or entry.get("url") if isinstance(entry, Mapping) and "resources" not in entry else entry
        if isinstance(given, str) and given.strip():
            try:
                asked = urljoin(base, given.strip())
                base, given = self._ask(asked)
            except ValueError:
                return Issue("url-broken", Place(url=given[:500]))
            except Trouble as trouble:
                if trouble.issue.code in ABOUT_THE_HOST:
                    raise
                return trouble.issue
            if not isinstance(given, Mapping) or not isinstance(given.get("resources"), list):
                return Issue("listing-of-another-kind", Place(url=base), {"expected": "resources"})
        if not isinstance(given, Mapping):
            none = Issue("listing-of-another-kind", place, {"expected": "resources"})
            return none if isinstance(entry, Mapping) else identified(entry, None, place)
        named = [value for key in ("id", "name") if (value := given.get(key)) and isinstance(value, str | int) and as_text(value).strip()]
        return identified({**given, WHERE: base}, next(iter(named), asked), place)

    def describe(self, item: Gathered) -> Record:
        """The package in our words (https://datapackage.org/standard/data-package/)."""
        package = require_object(item)
        draft = Draft(item, self._options)
        people = list(_people(package))
        authors, keepers = _in_roles(people, *_AUTHORS), _in_roles(people, "maintainer", "contact", "owner")
        draft.metadata |= {
            "title": draft.text(package.get("title"), "title") or title_from(as_text(package.get("name"))),
            "title_en": as_text(package.get("title_en")),
            "notes": draft.text(package.get("description"), "description") or as_text(package.get("readme")),
            "url": words.link(_web(package.get("homepage"))), "tags": draft.texts(package.get("keywords"), "keywords"),
            "version": as_text(package.get("version")), **_named("author", authors), **_named("maintainer", keepers),
        }
        parts = draft.objects(package.get("resources"), "resources")
        licences = [_licence(thing) for value in (package, *parts) for thing in words.many(value.get("licenses") or value.get("license"))]
        draft.licence(*sorted(filter(None, licences), key=lambda text: not words.known_licence(text)))
        draft.frequency(as_text(package.get("frequency") or package.get("accrualPeriodicity")))
        draft.themes(draft.texts(package.get("theme"), "theme"))
        draft.illustrative(package.get("illustrative"))
        placed = {id(person) for person in (*authors, *keepers)}
        draft.extras |= {key: as_text(package.get(name)) for key, name in _KEPT.items()} | {
            "profile": as_text(package.get("$schema") or package.get("profile")), "sources": _sources(package.get("sources")),
            "contributors": ", ".join(dict.fromkeys(person["name"] for person in people if id(person) not in placed))}
        names = [as_text(part.get("name")) for part in parts]
        times = Counter(names)
        return draft.record([_resource(draft, package, part, name if times[name] == 1 and name else str(number))
                             for number, (part, name) in enumerate(zip(parts, names, strict=True), start=1)])

    def make(self, recipe: Mapping[str, Any], target: Path, mark: str | None) -> Made | None:
        """The file of data that stands in the descriptor, or of a resource that comes in parts."""
        return files.make(recipe, target, mark, self._net)


def _is_catalogue(document: Mapping[str, Any]) -> bool:
    """Whether a descriptor lists other packages as its resources."""
    return document.get("profile") == "data-package-catalog" and isinstance(document.get("resources"), list)


def _resource(draft: Draft, package: Mapping[str, Any], part: Mapping[str, Any], name: str) -> Distribution | None:
    """One file: at its path, made of its parts, or made of the data in the descriptor."""
    base = as_text(package.get(WHERE))
    paths = [as_text(path) for path in words.many(part.get("path") or part.get("url"))]
    found = [files.located(path, base) for path in paths]
    if None in found:
        unsafe = next(path for path, url in zip(paths, found, strict=True) if url is None)
        draft.issues.append(Issue("package-path-unsafe", Place(field="path"), {"name": name[:100], "path": unsafe[:200]}))
        return None
    form = canonical(as_text(part.get("format"))) or (of_url(found[0] or "") if found else "") or canonical(as_text(part.get("mediatype")))
    if part.get("compression"):
        form = canonical(as_text(part.get("compression")))
    recipe: dict[str, Any] | None = None
    if len(found) > 1:
        if form not in files.JOINABLE:
            draft.issues.append(Issue("package-parts-unjoinable", Place(field="path"), {"name": name[:100], "format": form or "–"}))
            return None
        dialect = part.get("dialect")
        recipe = {"name": name, "format": form, "parts": found, "header": not isinstance(dialect, Mapping) or dialect.get("header") is not False}
    elif not found and part.get("data") not in (None, "", [], {}):
        recipe = files.data_recipe(part, name)
        form = recipe["format"]
    url = f"{base}#{quote(name)}" if recipe else next(iter(found), "")
    made = draft.distribution(
        url, name=part.get("title") or part.get("name"), description=part.get("description"), format=form if "/" not in form else "",
        media_type=as_text(part.get("mediatype")) if not recipe or "parts" in recipe else "", schema=part.get("schema"),
        encoding="utf-8" if recipe and "data" in recipe else part.get("encoding"), last_modified=as_moment(part.get("modified")),
        extras=_resource_extras(part, base))
    return made and replace(made, recipe=recipe)


def _resource_extras(part: Mapping[str, Any], base: str) -> dict[str, str]:
    """What a file's descriptor says beyond its address; schemas and dialects as JSON, or their addresses."""
    extras = {"byte_size": as_text(part.get("bytes")), "checksum": as_text(part.get("hash")), "compression": as_text(part.get("compression")),
              "sources": _sources(part.get("sources")), "profile": as_text(part.get("$schema") or part.get("profile")),
              "license": next((text for thing in words.many(part.get("licenses")) if (text := _licence(thing))), "")}
    for key, name in (("schema", "table_schema"), ("dialect", "csv_dialect")):
        value = part.get(key)
        if isinstance(value, Mapping):
            extras[name] = json.dumps(value, ensure_ascii=False)
        elif isinstance(value, str) and value.strip():
            extras[f"{name}_url"] = files.located(value, base) or ("" if schema_named(value) is None else value)
    return {key: value for key, value in extras.items() if value}


def _people(package: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Everybody whom a package names, with their roles."""
    for key, role in (("contributors", ""), ("author", "author"), ("authors", "author"), ("maintainers", "maintainer"), ("maintainer", "maintainer"),
                      ("publisher", "publisher"), ("publishers", "publisher")):
        for person in words.many(package.get(key)):
            if isinstance(person, Mapping):
                parts = " ".join(filter(None, [as_text(person.get("givenName")), as_text(person.get("familyName"))]))
                name = (as_text(person.get("title") or person.get("name")) or parts or as_text(person.get("organization"))).strip()
                roles = [as_text(value).lower() for value in words.many(person.get("roles") or person.get("role"))] or [role or "contributor"]
                email = as_text(person.get("email"))
            else:
                name, _, rest = as_text(person).partition("<")
                name, roles, email = name.partition("(")[0].strip(), [role or "contributor"], rest.partition(">")[0].strip()
            if name:
                yield {"name": name, "email": email, "roles": roles}


def _in_roles(people: list[dict[str, Any]], *roles: str) -> list[dict[str, Any]]:
    """Those in the first of the roles that anybody is in."""
    return next((found for role in roles if (found := [person for person in people if role in person["roles"]])), [])


def _named(key: str, people: list[dict[str, Any]]) -> dict[str, str]:
    return {key: ", ".join(dict.fromkeys(person["name"] for person in people)),
            f"{key}_email": next((person["email"] for person in people if person["email"]), "")}


def _sources(value: Any) -> str:
    """The sources of the data: their titles with their addresses."""
    found = []
    for source in words.many(value):
        given = source if isinstance(source, Mapping) else {"title": source}
        title, where = as_text(given.get("title") or given.get("name")), as_text(given.get("path") or given.get("web") or given.get("url"))
        found.append(f"{title} ({where})" if title and where else title or where)
    return "; ".join(filter(None, found))


def _licence(value: Any) -> str:
    """What names a licence best: an id, a name or an address that is known, else the first that is given."""
    given = [as_text(value.get(key)).strip() for key in ("name", "id", "type", "path", "url", "title")] if isinstance(value, Mapping) else [as_text(value)]
    known = next((found for text in given if (found := words.known_licence(text))), "")
    return known or next(filter(None, given), "")


def _web(value: Any) -> Any:
    """A home page; older packages write it as an object with `uri`."""
    return value.get("uri") or value.get("url") or value.get("path") if isinstance(value, Mapping) else value
