"""The catalogue as DCAT-US 1.1 (https://resources.data.gov/resources/dcat-us/), the `data.json` of Project Open Data."""

from __future__ import annotations

import re
from typing import Any

import schemas
from catalog.exchange.entries import Entry, File
from catalog.exchange.portal import Portal
from catalog.exchange.vocabulary import INTERVALS
from catalog.exchange.wording import moment, plain

_HOME = "https://project-open-data.cio.gov/v1.1/schema"
_MEDIA_TYPE = re.compile(r"[-\w]+/[-\w]+(\.[-\w]+)*([+][-\w]+)?", re.ASCII)  # as the schema has it
RIGHTS = 255  # characters that the schema takes
NO_KEYWORD = "dữ liệu mở"  # the schema asks for one at least


def frame(portal: Portal) -> dict[str, Any]:
    """The document around the datasets."""
    return {"@context": f"{_HOME}/catalog.jsonld", "@id": f"{portal.url}/data.json", "@type": "dcat:Catalog", "conformsTo": _HOME,
            "describedBy": f"{_HOME}/catalog.json"}


def dataset(portal: Portal, entry: Entry) -> dict[str, Any]:
    """One dataset; keys that say nothing are left out."""
    made: dict[str, Any] = {
        "@type": "dcat:Dataset", "identifier": entry.id, "title": entry.title, "title_en": entry.title_en,
        "description": entry.notes or entry.title, "keyword": keywords(entry), "modified": moment(entry.modified), "issued": moment(entry.issued),
        "publisher": {"@type": "org:Organization", "name": publisher(portal, entry)}, "contactPoint": _contact(portal, entry),
        "accessLevel": "public", "license": entry.licence_text, "rights": entry.rights[:RIGHTS], "spatial": entry.spatial,
        "temporal": "/".join(filter(None, entry.temporal)) if entry.temporal and all(entry.temporal) else None,
        "accrualPeriodicity": INTERVALS.get(entry.frequency), "language": ["vi"], "landingPage": entry.page,
        "references": [entry.homepage] if entry.homepage else None, "theme": [plain(theme.title_vi) or theme.name for theme in entry.themes],
        "illustrative": entry.illustrative or None, "distribution": [_file(portal, file) for file in entry.files],
    }
    return {key: value for key, value in made.items() if value not in (None, "", [])}


def keywords(entry: Entry) -> list[str]:
    """The dataset's tags, else its themes, else what every dataset here is."""
    return list(entry.tags) or [plain(theme.title_vi) or theme.name for theme in entry.themes] or [NO_KEYWORD]


def publisher(portal: Portal, entry: Entry) -> str:
    """The agency's name, else that of who runs the portal."""
    return entry.publisher.name[0] if entry.publisher else portal.operator[0]


def contact_name(portal: Portal, entry: Entry) -> str:
    """Whom to ask: the person in charge or the agency."""
    return entry.contact[0] or publisher(portal, entry)


def _contact(portal: Portal, entry: Entry) -> dict[str, str]:
    mail = entry.contact[1] or portal.mail
    return {"@type": "vcard:Contact", "fn": contact_name(portal, entry), **({"hasEmail": mail} if mail else {})}


def _file(portal: Portal, file: File) -> dict[str, Any]:
    """One file: its own address where it can be downloaded, else where one comes by it."""
    media_type = file.media_type if file.media_type and _MEDIA_TYPE.fullmatch(file.media_type) else "application/octet-stream"
    schema = file.schema if file.schema in schemas.names() else None
    made: dict[str, Any] = {
        "@type": "dcat:Distribution", "title": file.name, "description": file.description, "format": file.format,
        **({"downloadURL": file.download, "mediaType": media_type} if file.download else {"accessURL": file.access}),
        "conformsTo": f"{portal.url}/schema/{schema}" if schema else None,
        "describedBy": f"{portal.url}/schema/{schema}/schema.json" if schema else None, "describedByType": "application/json" if schema else None,
        "modified": moment(file.modified),
    }
    return {key: value for key, value in made.items() if value not in (None, "")}
