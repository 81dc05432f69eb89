"""The catalogue as DCAT-US 3.0 (https://resources.data.gov/standards/catalog/dcat-us-3/)."""

from __future__ import annotations

from typing import Any

import schemas
from catalog.exchange import dcat_us
from catalog.exchange.entries import Entry, File
from catalog.exchange.portal import Portal
from catalog.exchange.vocabulary import AUTHORITY, DATA_THEMES, INTERVALS, data_theme
from catalog.exchange.wording import moment, plain

PUBLIC = "public"


def frame(portal: Portal) -> dict[str, Any]:
    """The document around the datasets."""
    return {"@id": f"{portal.url}/data-3.0.json", "@type": "Catalog", "title": portal.title[0], "description": portal.description[0],
            "conformsTo": {"@type": "Standard", "@id": "https://resources.data.gov/dcat-us/3.0.0", "title": "DCAT-US 3.0"},
            "publisher": {"@type": "Agent", "name": portal.operator[0]}, "language": ["vi"],
            **({"modified": moment(portal.modified)} if portal.modified else {})}


def dataset(portal: Portal, entry: Entry) -> dict[str, Any]:
    """One dataset; keys that say nothing are left out."""
    made: dict[str, Any] = {
        "@id": entry.uri, "@type": "Dataset", "identifier": {"@type": "Identifier", "@id": entry.uri, "notation": entry.id},
        "title": entry.title, "title_en": entry.title_en, "description": entry.notes or entry.title, "keyword": list(entry.tags),
        "publisher": _publisher(portal, entry), "contactPoint": [_contact(portal, entry)], "issued": moment(entry.issued),
        "modified": moment(entry.modified), "accessRights": PUBLIC, "rights": [entry.rights] if entry.rights else None,
        "accrualPeriodicity": {"once": "notPlanned"}.get(entry.frequency, INTERVALS.get(entry.frequency)), "language": ["vi"],
        "version": entry.version, "theme": _themes(portal, entry), "spatial": _place(entry), "temporal": _period(entry),
        "landingPage": {"@type": "Document", "@id": entry.page, "title": entry.title, "accessURL": entry.page},
        "page": [{"@type": "Document", "@id": entry.homepage, "title": entry.title, "accessURL": entry.homepage}] if entry.homepage else None,
        "provenance": ["Dữ liệu minh hoạ, không phải số liệu thật"] if entry.illustrative else None, "illustrative": entry.illustrative or None,
        "distribution": [_file(portal, entry, file) for file in entry.files],
    }
    return {key: value for key, value in made.items() if value not in (None, "", [])}


def _publisher(portal: Portal, entry: Entry) -> dict[str, Any]:
    return {"@type": "Organization", "@id": entry.publisher.uri if entry.publisher else f"{portal.url}/", "name": dcat_us.publisher(portal, entry)}


def _contact(portal: Portal, entry: Entry) -> dict[str, Any]:
    mail = entry.contact[1] or portal.mail
    return {"@type": "Kind", "fn": dcat_us.contact_name(portal, entry), **({"hasEmail": mail} if mail else {}),
            "organization-name": dcat_us.publisher(portal, entry)}


def _themes(portal: Portal, entry: Entry) -> list[dict[str, Any]]:
    """Our own themes, each followed by that of the EU that it belongs to."""
    found: dict[str, dict[str, Any]] = {}
    for theme in entry.themes:
        found[theme.name] = {"@type": "Concept", "@id": f"{portal.url}/group/{theme.name}", "prefLabel": plain(theme.title_vi) or theme.name,
                             "notation": [theme.name], "inScheme": {"@type": "ConceptScheme", "@id": f"{portal.url}/group", "title": portal.title[0]}}
        if code := data_theme(theme.name):
            found[code] = {"@type": "Concept", "@id": f"{AUTHORITY}data-theme/{code}", "prefLabel": DATA_THEMES[code][1], "notation": [code],
                           "inScheme": {"@type": "ConceptScheme", "@id": f"{AUTHORITY}data-theme", "title": "Data theme"}}
    return list(found.values())


def _place(entry: Entry) -> list[dict[str, Any]]:
    if not entry.spatial:
        return []
    shape = entry.spatial.startswith("{") or entry.spatial.upper().startswith(("POLYGON", "POINT", "MULTIPOLYGON", "ENVELOPE"))
    return [{"@type": "Location", "geometry" if shape else "prefLabel": entry.spatial}]


def _period(entry: Entry) -> list[dict[str, Any]]:
    if not entry.temporal:
        return []
    start, end = entry.temporal
    return [{"@type": "PeriodOfTime", **({"startDate": start} if start else {}), **({"endDate": end} if end else {})}]


def _file(portal: Portal, entry: Entry, file: File) -> dict[str, Any]:
    schema = schemas.load(file.schema) if file.schema in schemas.names() else None
    made: dict[str, Any] = {
        "@id": file.uri, "@type": "Distribution", "title": file.name, "description": file.description, "format": file.format,
        "mediaType": file.media_type, "accessURL": file.access, "downloadURL": file.download, "license": entry.licence_text,
        "byteSize": str(file.size) if file.size is not None and file.size >= 0 else None, "issued": moment(file.issued),
        "modified": moment(file.modified), "accessRights": PUBLIC, "language": ["vi"],
        "characterEncoding": [plain(file.version.encoding)] if file.version and file.version.encoding else None,
        "conformsTo": [{"@type": "Standard", "@id": f"{portal.url}/schema/{schema.name}", "title": schema.title["vi"]}] if schema else None,
        "describedBy": {"@type": "Distribution", "@id": f"{portal.url}/schema/{schema.name}/schema.json", "title": schema.title["vi"],
                        "downloadURL": f"{portal.url}/schema/{schema.name}/schema.json", "mediaType": "application/json"} if schema else None,
    }
    return {key: value for key, value in made.items() if value not in (None, "", [])}
