"""A dataset as a Data Package, version 2 (https://datapackage.org/standard/data-package/).

A table that is held here is given as its typed CSV, of which the Table Schema is true to the letter; any other file as its
original bytes, with their number and hash. All paths are absolute.
"""

from __future__ import annotations

from typing import Any

from catalog.exchange import vocabulary
from catalog.exchange.columns import schema_of
from catalog.exchange.entries import Entry, File
from catalog.exchange.portal import Portal
from catalog.exchange.wording import moment, plain
from catalog.licences import LICENCES
from catalog.names import slug
from catalog.site import Site

PROFILE = "https://datapackage.org/profiles/2.0/"
_LICENCES = {"cc-by": "CC-BY-4.0", "cc-by-sa": "CC-BY-SA-4.0", "cc-zero": "CC0-1.0", "odc-by": "ODC-BY-1.0", "odc-odbl": "ODbL-1.0",
             "odc-pddl": "ODC-PDDL-1.0"}


def document(site: Site, portal: Portal, entry: Entry) -> dict[str, Any]:
    """The descriptor of the dataset; the caller sees to it that it has a file."""
    made: dict[str, Any] = {
        "$schema": f"{PROFILE}datapackage.json", "name": entry.name, "id": entry.uri, "title": entry.title, "title_en": entry.title_en,
        "description": entry.notes, "homepage": entry.page, "version": entry.version, "created": moment(entry.issued), "keywords": list(entry.tags),
        "licenses": _licences(entry), "contributors": _contributors(entry), "sources": _sources(entry), "frequency": entry.frequency,
        "theme": [theme.name for theme in entry.themes], "illustrative": entry.illustrative or None,
        "resources": _resources(site, portal, entry),
    }
    return {key: value for key, value in made.items() if value not in (None, "", [])}


def _licences(entry: Entry) -> list[dict[str, str]]:
    known = LICENCES.get(entry.licence)
    if known is None or not entry.licence_text:
        return []
    return [{"name": _LICENCES.get(known.id, known.id), "path": entry.licence_text, "title": known.title_vi}]


def _contributors(entry: Entry) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if entry.publisher:
        found.append({"title": entry.publisher.name[0], "path": entry.publisher.uri, "roles": ["publisher"]})
    if entry.author and (entry.publisher is None or entry.author not in entry.publisher.name):
        found.append({"title": entry.author, "roles": ["creator"]})
    if entry.contact[0] or entry.contact[1]:
        mail = (entry.contact[1] or "").removeprefix("mailto:")
        found.append({"title": entry.contact[0] or mail, "roles": ["contact"], **({"email": mail} if mail else {})})
    return found


def _sources(entry: Entry) -> list[dict[str, str]]:
    return [{"title": entry.title, "path": entry.homepage}] if entry.homepage else []


def _resources(site: Site, portal: Portal, entry: Entry) -> list[dict[str, Any]]:
    """The files, each under a name of its own."""
    found, taken = [], set()
    for number, file in enumerate(entry.files, start=1):
        name = slug(file.name) if file.name else f"file-{number}"
        name = f"{name[:90]}-{number}" if name in taken else name
        taken.add(name)
        found.append({"name": name, **_resource(site, portal, entry, file)})
    return found


def _resource(site: Site, portal: Portal, entry: Entry, file: File) -> dict[str, Any]:
    schema = schema_of(site, file)
    made: dict[str, Any] = {"$schema": f"{PROFILE}dataresource.json", "title": file.name, "description": file.description}
    if schema is not None:
        made |= {"type": "table", "path": f"{portal.url}/dataset/{entry.id}/resource/{file.resource.id}/download/{entry.name}.csv?typed=1",
                 "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "schema": schema, "modified": moment(file.modified)}
    else:
        encoding = plain(file.version.encoding if file.version else "")
        made |= {"path": file.download or file.access, "format": file.format.lower(), "encoding": encoding, "modified": moment(file.modified),
                 "mediatype": vocabulary.media_type(file.media_type, file.format), "bytes": file.size if (file.size or 0) > 0 else None,
                 "hash": f"sha256:{file.sha256}" if file.sha256 else None}
    return {key: value for key, value in made.items() if value not in (None, "", [])}
