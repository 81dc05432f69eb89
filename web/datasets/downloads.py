"""Handing out files: the original bytes of a public version, or the typed table in another format.

Nothing that comes from outside is ever opened by the browser on this site's own address: every answer is an
attachment, with a media type from a fixed table, no sniffing, and a sandbox for whoever opens it all the same.
"""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath
from urllib.parse import quote, urlsplit

from flask import Response, current_app, request, send_file

from catalog import tables
from catalog.models import Version
from catalog.names import fold

MEDIA_TYPES = {
    "csv": "text/csv", "tsv": "text/tab-separated-values", "txt": "text/plain", "json": "application/json",
    "geojson": "application/geo+json", "ndjson": "application/x-ndjson", "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xls": "application/vnd.ms-excel",
    "ods": "application/vnd.oasis.opendocument.spreadsheet", "zip": "application/zip", "pdf": "application/pdf",
}
UNKNOWN = "application/octet-stream"
CONVERSIONS = ("csv", "json", "ndjson", "parquet")
MADE_LASTS = 3600  # seconds a conversion may be kept by a cache; it is remade for a new version


def asked(key: str) -> str:
    """A part of the query of this request; "" where it is not given."""
    return request.args.get(key, "")


def extension(filename: str) -> str:
    """The last extension of a file name, in small letters, without the dot."""
    return PurePosixPath(filename).suffix.lstrip(".").lower()


def safe_name(filename: str) -> str:
    """The file's own name without folders, control characters or quotes that could leave the header."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter for letter in last if unicodedata.category(letter) not in ("Cc", "Cf", "Cs") and letter not in '"<>')
    return unicodedata.normalize("NFC", kept).strip(". ")[:200] or "data"


def original(version: Version) -> Response:
    """The bytes as the agency gave them, with ranges and conditional requests."""
    site = current_app.extensions["haidang"]
    kind = MEDIA_TYPES.get(extension(version.filename), UNKNOWN)
    answer = send_file(site.files.path(version.sha256), mimetype=kind, as_attachment=True,
                       download_name=safe_name(version.filename), conditional=True, etag=version.sha256,
                       last_modified=version.created, max_age=0)
    if kind.startswith("text/"):
        charset = version.encoding if version.encoding and version.encoding.replace("-", "").replace("_", "").isalnum() else None
        answer.headers["Content-Type"] = f"{kind}; charset={charset}" if charset else kind
    return guarded(answer)


def converted(version: Version, kind: str, *, excel: bool) -> Response:
    """The typed table as CSV, JSON, NDJSON or Parquet; made while it is sent."""
    site = current_app.extensions["haidang"]
    stem = PurePosixPath(safe_name(version.filename)).stem or "data"
    name, etag = f"{stem}.{kind}", f"{version.table_sha256}-{kind}{'-excel' if excel else ''}"
    path = site.files.path(version.table_sha256)
    if kind == "parquet":
        return guarded(send_file(path, mimetype=MEDIA_TYPES[kind], as_attachment=True, download_name=name,
                                 conditional=True, etag=etag, last_modified=version.created, max_age=0))
    answer = Response(mimetype=MEDIA_TYPES[kind])
    if kind == "csv":
        answer.headers["Content-Type"] = "text/csv; charset=utf-8; header=present"
    answer.set_etag(etag)
    answer.headers.set("Content-Disposition", "attachment", **named(name))
    answer.headers["Cache-Control"] = f"public, max-age={MADE_LASTS if request.args.get('version') else 0}"
    answer = answer.make_conditional(request)
    answer.headers.pop("Content-Length", None)  # of the answer before it had its body
    if answer.status_code == 200 and request.method != "HEAD":
        answer.response = tables.export(path, kind, bom=excel, excel_safe=excel)
    return guarded(answer)


def document(data: bytes, *, kind: str, name: str) -> Response:
    """Bytes that this site wrote itself (a report, a schema), as an attachment."""
    answer = Response(data, mimetype=MEDIA_TYPES[kind])
    answer.headers.set("Content-Disposition", "attachment", **named(safe_name(name)))
    answer.add_etag()
    return guarded(answer.make_conditional(request))


def named(name: str) -> dict[str, str]:
    """The file name in the plain form, and in that of RFC 5987 where it has letters beyond ASCII."""
    if name.isascii():
        return {"filename": name}
    plain = fold(name).encode("ascii", "ignore").decode()
    return {"filename": plain or "data", "filename*": f"UTF-8''{quote(name, safe='')}"}


def guarded(answer: Response) -> Response:
    """The answer with what keeps a hostile file from acting on this site."""
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


def is_web_address(url: str) -> bool:
    """Whether a link of a source may be followed by a reader's browser."""
    try:
        parts = urlsplit(url)
    except ValueError:  # such as a bracket that is never closed
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
