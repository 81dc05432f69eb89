"""A dataset in Croissant 1.0 (https://docs.mlcommons.org/croissant/docs/croissant-spec.html), which tools for machine learning read.

A table is given as the Parquet file in which it is stored, whose hash is known and whose columns carry their types.
"""

from __future__ import annotations

import re
from typing import Any

from catalog.exchange import schema_org
from catalog.exchange.columns import schema_of
from catalog.exchange.entries import Entry, File
from catalog.exchange.portal import Portal
from catalog.exchange.wording import plain
from catalog.site import Site

CONTEXT = {
    "@language": "vi", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs", "column": "cr:column", "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/", "rai": "http://mlcommons.org/croissant/RAI/", "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"}, "dct": "http://purl.org/dc/terms/", "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"}, "extract": "cr:extract", "field": "cr:field", "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject", "fileSet": "cr:fileSet", "format": "cr:format", "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath", "key": "cr:key", "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path", "recordSet": "cr:recordSet",
    "references": "cr:references", "regex": "cr:regex", "repeated": "cr:repeated", "replace": "cr:replace", "samplingRate": "cr:samplingRate", "sc": "https://schema.org/",
    "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField", "transform": "cr:transform",
}
_SEMANTIC = re.compile(r"\d+\.\d+\.\d+", re.ASCII)
_TYPES = {"integer": "sc:Integer", "year": "sc:Integer", "number": "sc:Float", "boolean": "sc:Boolean", "date": "sc:Date", "datetime": "sc:DateTime",
          "time": "sc:Time"}


def document(site: Site, portal: Portal, entry: Entry) -> dict[str, Any]:
    """The dataset with its files, and a record set for each table."""
    tables = [(file, schema) for file in entry.files if (schema := schema_of(site, file)) is not None]
    made = {key: value for key, value in schema_org.described(portal, entry).items() if key not in ("@type", "@id", "identifier")}
    made |= {"@context": CONTEXT, "@type": "sc:Dataset", "conformsTo": "http://mlcommons.org/croissant/1.0", "citeAs": _citation(portal, entry),
             "distribution": [*(_file(file) for file in entry.files), *(_table(portal, entry, file) for file, _ in tables)],
             "recordSet": [_records(file, schema) for file, schema in tables]}
    for role in ("publisher", "creator"):
        made[role] = {**made[role], "@type": "Organization"}  # its readers know no narrower kind
    made["version"] = _version(entry.version)
    if any(file.sha256 is None for file in entry.files):
        made["isLiveDataset"] = True  # of a file at somebody else's place no hash can be promised
    return {key: value for key, value in made.items() if value is not None}


def _version(version: str) -> str | None:
    """The version with three numbers, as the format asks for it; None for one that is no number."""
    return f"{version}.0.0" if version.isascii() and version.isdigit() else version if _SEMANTIC.fullmatch(version) else None


def _citation(portal: Portal, entry: Entry) -> str:
    """As the dataset's page says it."""
    owner = entry.publisher.name[0] if entry.publisher else portal.operator[0]
    return f"{owner} ({entry.modified.year}). {entry.title}. {portal.title[0]}. {entry.page}"


def _file(file: File) -> dict[str, Any]:
    made = {"@type": "cr:FileObject", "@id": f"file-{file.resource.id}", "name": file.name or file.resource.id, "description": file.description,
            "contentUrl": file.download or file.access, "encodingFormat": file.media_type or "application/octet-stream",
            "contentSize": f"{file.size} B" if file.size is not None and file.size >= 0 else None, "sha256": file.sha256}
    return {key: value for key, value in made.items() if value not in (None, "")}


def _table(portal: Portal, entry: Entry, file: File) -> dict[str, Any]:
    version = file.version
    assert version is not None
    made = {"@type": "cr:FileObject", "@id": f"table-{file.resource.id}", "name": f"{file.name or file.resource.id} (Parquet)",
            "contentUrl": f"{portal.url}/dataset/{entry.id}/resource/{file.resource.id}/download/{entry.name}.parquet",
            "encodingFormat": "application/x-parquet", "contentSize": f"{version.table_size} B" if version.table_size else None,
            "sha256": version.table_sha256}
    return {key: value for key, value in made.items() if value is not None}


def _records(file: File, schema: dict[str, Any]) -> dict[str, Any]:
    """The columns of a table; a key of the schema is said as one."""
    at = f"records-{file.resource.id}"
    keys = [f"{at}/{name}" for name in ([schema["primaryKey"]] if isinstance(schema.get("primaryKey"), str) else schema.get("primaryKey", ()))]
    made: dict[str, Any] = {
        "@type": "cr:RecordSet", "@id": at, "name": file.name or at, "description": plain(schema.get("description")),
        "key": [{"@id": key} for key in keys],
        "field": [{"@type": "cr:Field", "@id": f"{at}/{field['name']}", "name": field["name"],
                   "description": plain(field.get("description")) or plain(field.get("title")) or field["name"],
                   "dataType": _TYPES.get(field["type"], "sc:Text"),
                   "source": {"fileObject": {"@id": f"table-{file.resource.id}"}, "extract": {"column": field["name"]}}} for field in schema["fields"]],
    }
    return {key: value for key, value in made.items() if value not in ("", [])}
