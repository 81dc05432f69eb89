"""The names of file formats as CKAN writes them."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

# format: endings and media types by which it is known beside its own name
_KNOWN: dict[str, tuple[str, ...]] = {
    "CSV": ("text/csv",), "TSV": ("text/tab-separated-values", "tab"), "TXT": ("text/plain",),
    "XLS": ("application/vnd.ms-excel",), "XLSX": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",),
    "ODS": ("application/vnd.oasis.opendocument.spreadsheet",), "JSON": ("application/json",),
    "GeoJSON": ("application/geo+json", "application/vnd.geo+json"), "NDJSON": ("application/x-ndjson", "jsonl"),
    "XML": ("application/xml", "text/xml"), "PDF": ("application/pdf",), "ZIP": ("application/zip", "application/x-zip-compressed"),
    "HTML": ("text/html", "htm"), "DOC": ("application/msword",),
    "DOCX": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
    "KML": ("application/vnd.google-earth.kml+xml",), "KMZ": ("application/vnd.google-earth.kmz",), "SHP": (),
    "GPKG": ("application/geopackage+sqlite3",), "Parquet": ("application/vnd.apache.parquet", "application/x-parquet"),
    "RDF": ("application/rdf+xml",), "TTL": ("text/turtle",), "JSON-LD": ("application/ld+json", "jsonld"),
    "PNG": ("image/png",), "JPEG": ("image/jpeg", "jpg"), "TIFF": ("image/tiff", "tif"), "WMS": (), "WFS": (), "API": (),
    "ODT": ("application/vnd.oasis.opendocument.text",), "PPTX": (), "GZIP": ("application/gzip", "gz"), "7Z": (), "RAR": (),
}
_NAMES = {alias.lower(): name for name, aliases in _KNOWN.items() for alias in (name, *aliases)}
MEDIA_TYPES = {name: aliases[0] for name, aliases in _KNOWN.items() if aliases and "/" in aliases[0]}


def canonical(text: str) -> str:
    """The format's usual name (`csv`, `.CSV`, `text/csv` → `CSV`); what is not known stays as it is."""
    text = text.strip()
    return _NAMES.get(text.lower().removeprefix(".").partition(";")[0].strip(), text)


def of_url(url: str) -> str:
    """The format that the ending of an address names; empty where it names none that is known."""
    try:
        ending = PurePosixPath(unquote(urlsplit(url).path)).suffix
    except ValueError:
        return ""
    return _NAMES.get(ending.lower().removeprefix("."), "") if ending else ""
