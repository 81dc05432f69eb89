"""What kind of file is it? The bytes decide; the name and the media type only where the bytes leave it open."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass

from catalog.reading.limits import Request

DELIMITED = ("CSV", "TSV")
WORKBOOKS = ("XLSX", "XLS", "ODS")
DOCUMENTS = ("JSON", "GeoJSON")
PARQUET = "Parquet"
READ = (*DELIMITED, *WORKBOOKS, *DOCUMENTS, PARQUET, "ZIP")

START = 8192  # bytes that tell the kind of most files
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF = (b"\x09\x08", b"\x09\x04", b"\x09\x02")
_MAGIC = (
    (b"%PDF", "PDF"), (b"PAR1", PARQUET), (b"\x1f\x8b", "GZIP"), (b"7z\xbc\xaf\x27\x1c", "7Z"), (b"Rar!", "RAR"),
    (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"SQLite format 3\x00", "SQLite"),
    (b"{\\rtf", "RTF"), (b"II*\x00", "TIFF"), (b"MM\x00*", "TIFF"),
)
_NAMES = {
    "csv": "CSV", "txt": "CSV", "text": "CSV", "tsv": "TSV", "tab": "TSV", "xlsx": "XLSX", "xlsm": "XLSX", "xls": "XLS", "xlt": "XLS", "ods": "ODS",
    "json": "JSON", "geojson": "GeoJSON", "ndjson": "JSON", "jsonl": "JSON", "zip": "ZIP", "pdf": "PDF", "doc": "DOC", "docx": "DOCX", "xml": "XML", "html": "HTML",
    "htm": "HTML", "parquet": PARQUET, "rdf": "RDF", "ttl": "Turtle", "kml": "KML", "shp": "SHP",
}
_MEDIA = {
    "text/csv": "CSV", "application/csv": "CSV", "text/tab-separated-values": "TSV", "application/json": "JSON",
    "application/geo+json": "GeoJSON", "application/vnd.geo+json": "GeoJSON", "application/vnd.ms-excel": "XLS",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.oasis.opendocument.spreadsheet": "ODS", "application/zip": "ZIP",
    "application/vnd.apache.parquet": PARQUET, "application/x-parquet": PARQUET,
}
_PAGES = {"php", "asp", "aspx", "jsp", "do", "ashx", "download", "file", "dat", "data", "export"}  # say nothing of the content
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|style)\b", re.I | re.S)
_XML = re.compile(rb"\s*<(\?xml|[a-z]+[\s:>/])", re.I)


@dataclass(frozen=True, slots=True)
class Kind:
    """What the file is (`format`) and what its name or source claimed (`claimed`, empty when nothing)."""

    format: str
    claimed: str = ""


def sniff(request: Request) -> Kind:
    """The kind of a file, from its first bytes, then its name, then what the source said."""
    claimed = claimed_format(request)
    with request.path.open("rb") as file:
        head = file.read(START)
    return Kind(_seen(head, request, claimed), claimed)


def is_told_by(start: bytes) -> bool:
    """Whether `sniff` needs no more of a file than this, its first `START` bytes."""
    return not start.startswith((_OLE, *_ZIP))


def claimed_format(request: Request) -> str:
    """The format by the name's ending, else by the media type, else by the word the source used."""
    ending = request.filename.rsplit(".", 1)[-1].lower() if "." in request.filename else ""
    media = (request.media_type or "").split(";")[0].strip().lower()
    word = request.format.strip().lower().lstrip(".")
    known = _NAMES.get(ending) or _MEDIA.get(media) or _NAMES.get(word) or _MEDIA.get(word) or request.format.strip().upper()
    unknown = ending.upper() if ending.isalpha() and len(ending) <= 8 and ending not in _PAGES else ""
    return known or unknown


def _seen(head: bytes, request: Request, claimed: str) -> str:
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if head.startswith(_OLE):
        return _ole(request, claimed)
    if head[:2] in _BIFF and claimed == "XLS":
        return "XLS"
    if head.startswith(_ZIP):
        return _zipped(request)
    text = head.removeprefix(b"\xef\xbb\xbf")
    if _HTML.match(text) or (_XML.match(text) and b"<html" in text[:1000].lower()):
        return "HTML"
    if _XML.match(text) and claimed not in DELIMITED:
        return claimed if claimed in ("RDF", "KML") else "XML"
    if text.lstrip()[:1] in (b"{", b"[") and claimed not in DELIMITED:
        return "GeoJSON" if claimed == "GeoJSON" or b'"FeatureCollection"' in head else "JSON"
    if claimed in (*DELIMITED, *DOCUMENTS):
        return claimed
    return _plain(text, claimed)


def _ole(request: Request, claimed: str) -> str:
    """An OLE file: a text document, or a workbook (plain or with a password), told by the names of its streams."""
    with request.path.open("rb") as file:
        content = file.read(2**23)
    if "WordDocument".encode("utf-16-le") in content:
        return "DOC"
    found = any(name.encode("utf-16-le") in content for name in ("Workbook", "Book", "EncryptedPackage"))
    return "XLS" if found or claimed == "XLS" else claimed or "OLE"


def _zipped(request: Request) -> str:
    """A zip that is really a workbook or a text document, or just a zip."""
    try:
        with zipfile.ZipFile(request.path) as archive:
            names = {info.filename for info in archive.filelist[:5000]}
            kind = archive.read("mimetype")[:80] if "mimetype" in names and archive.getinfo("mimetype").file_size < 200 else b""
    except (zipfile.BadZipFile, RuntimeError, OSError, KeyError, ValueError):
        return "ZIP"
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return "XLSX"
    if b"opendocument.spreadsheet" in kind:
        return "ODS"
    if "word/document.xml" in names:
        return "DOCX"
    return "ODF" if b"opendocument" in kind else "ZIP"


def _plain(head: bytes, claimed: str) -> str:
    """Text without a telling name: a table when it looks like text, else what it was called."""
    if claimed and claimed not in WORKBOOKS and claimed not in ("ZIP", PARQUET):
        return claimed
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "CSV"
    if sum(byte < 9 or 13 < byte < 32 for byte in head) > len(head) // 100:
        return "binary"
    return "CSV" if _looks_tabular(head) else "text"


def _looks_tabular(head: bytes) -> bool:
    """Whether the same separator stands in each of the first lines equally often."""
    lines = [line for line in head.splitlines()[:20] if line.strip()][: -1 if len(head) >= 8000 else None]
    return any(len({line.count(sign) for line in lines}) == 1 and lines[0].count(sign) for sign in (b",", b";", b"\t", b"|")) if lines else False
