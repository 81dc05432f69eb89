"""A dataset in the words of schema.org (https://schema.org/Dataset), which search engines for data read."""

from __future__ import annotations

from typing import Any

from catalog.exchange.entries import Entry, File
from catalog.exchange.portal import Portal
from catalog.exchange.wording import moment

CONTEXT = "https://schema.org/"
DESCRIPTION = (50, 5000)  # characters that Google's search for datasets takes


def document(portal: Portal, entry: Entry) -> dict[str, Any]:
    """The dataset as a JSON-LD object, for the head of its page."""
    return {"@context": CONTEXT, **described(portal, entry), "distribution": [download(file) for file in entry.files]}


def described(portal: Portal, entry: Entry) -> dict[str, Any]:
    """The dataset without its files; keys that say nothing are left out."""
    made: dict[str, Any] = {
        "@type": "Dataset", "@id": entry.uri, "name": entry.title, "alternateName": entry.title_en, "description": description(entry),
        "url": entry.page, "identifier": entry.id, "keywords": [*entry.tags, *(theme.title_vi for theme in entry.themes)],
        "license": entry.licence_text, "isAccessibleForFree": True, "inLanguage": "vi", "datePublished": moment(entry.issued),
        "dateModified": moment(entry.modified), "version": entry.version, "publisher": _publisher(portal, entry),
        "creator": _publisher(portal, entry), "spatialCoverage": {"@type": "Place", "name": entry.spatial} if entry.spatial else None,
        "temporalCoverage": "/".join(end or ".." for end in entry.temporal) if entry.temporal else None,
        "sameAs": entry.homepage, "creativeWorkStatus": "Dữ liệu minh hoạ" if entry.illustrative else None,
        "includedInDataCatalog": {"@type": "DataCatalog", "name": portal.title[0], "url": portal.url + "/dataset"},
    }
    return {key: value for key, value in made.items() if value not in (None, "", [])}


def description(entry: Entry) -> str:
    """The dataset's description, of a length that is taken: a short one says the title and who publishes it too."""
    text = entry.notes or entry.title
    if len(text) < DESCRIPTION[0]:
        owner = f" {entry.publisher.name[0]}." if entry.publisher else ""
        text = f"{entry.title}. {entry.notes}".strip().rstrip(".") + f".{owner}"
    return text[:DESCRIPTION[1]]


def _publisher(portal: Portal, entry: Entry) -> dict[str, Any]:
    """The agency, else who runs the portal."""
    if entry.publisher is None:
        return {"@type": "Organization", "name": portal.operator[0], "url": portal.url + "/"}
    made: dict[str, Any] = {"@type": "GovernmentOrganization", "@id": entry.publisher.uri, "name": entry.publisher.name[0], "url": entry.publisher.uri}
    if entry.contact[1]:
        made["contactPoint"] = {"@type": "ContactPoint", "contactType": "customer service", "name": entry.contact[0] or entry.publisher.name[0],
                                "email": entry.contact[1].removeprefix("mailto:")}
    return made


def download(file: File) -> dict[str, Any]:
    """One file."""
    made: dict[str, Any] = {
        "@type": "DataDownload", "@id": file.uri, "name": file.name, "description": file.description, "encodingFormat": file.media_type or file.format,
        "contentUrl": file.download, "url": file.access, "contentSize": f"{file.size} B" if file.size is not None and file.size >= 0 else None,
        "dateModified": moment(file.modified), "sha256": file.sha256,
    }
    return {key: value for key, value in made.items() if value not in (None, "")}
