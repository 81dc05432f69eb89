"""Handing out files: the original bytes of a public version, or the typed table in another format.

Nothing that comes from outside is ever opened by the browser on this site's own address: every answer is an
attachment, with a media type from a fixed table, no sniffing, and a sandbox for whoever opens it all the same.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit

from flask import Response, current_app, request, send_file

from catalog.models import Version
from catalog.names import fold
from catalog.tables.downloads import Form, offered, pieces, whole

MEDIA_TYPES = {
    "csv": "text/csv", "tsv": "text/tab-separated-values", "txt": "text/plain", "json": "application/json",
    "geojson": "application/geo+json", "ndjson": "application/x-ndjson", "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xls": "application/vnd.ms-excel",
    "ods": "application/vnd.oasis.opendocument.spreadsheet", "zip": "application/zip", "pdf": "application/pdf",
}
UNKNOWN = "application/octet-stream"
FURTHER = {"geojson": "GeoJSON", "json": "JSON", "ndjson": "NDJSON", "parquet": "Parquet"}
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


def converted(version: Version, form: Form) -> Response:
    """The typed table in that form, made while it is sent; made whole where the form or a range that is asked for wants it so."""
    site = current_app.extensions["haidang"]
    name = f"{PurePosixPath(safe_name(version.filename)).stem or 'data'}.{form.kind}"
    etag = f"{version.table_sha256}-{form.mark}"
    lasts = MADE_LASTS if request.args.get("version") else 0
    if not form.streams or request.headers.get("Range"):
        return kept(lambda: whole(site, version.table_sha256, form), form.kind, name=name, etag=etag, lasts=lasts, modified=version.created)
    return streamed(lambda: pieces(site.files.path(version.table_sha256), form), form.kind, name=name, etag=etag, lasts=lasts)


def kept(path: Callable[[], Path], kind: str, *, name: str, etag: str, lasts: int = 0, modified: datetime | None = None) -> Response:
    """A file of this machine, with ranges; made only for who does not have it yet."""
    if request.if_none_match.contains_weak(etag):
        return _headed(Response(status=304), kind, name=name, etag=etag, lasts=lasts)
    answer = send_file(path(), mimetype=MEDIA_TYPES[kind], conditional=True, etag=etag, last_modified=modified, max_age=lasts)
    return _headed(answer, kind, name=name, etag=etag, lasts=lasts)


def streamed(pieces: Callable[[], Iterator[bytes]], kind: str, *, name: str, etag: str, lasts: int = 0) -> Response:
    """What is made while it is sent; nothing of it for who has it."""
    answer = _headed(Response(mimetype=MEDIA_TYPES[kind]), kind, name=name, etag=etag, lasts=lasts)
    answer.headers["Accept-Ranges"] = "bytes"
    answer = answer.make_conditional(request)
    answer.headers.pop("Content-Length", None)  # of the answer before it had its body
    if answer.status_code == 200 and request.method != "HEAD":
        answer.response = pieces()
    return answer


def _headed(answer: Response, kind: str, *, name: str, etag: str, lasts: int) -> Response:
    if kind == "csv" and answer.status_code != 304:
        answer.headers["Content-Type"] = "text/csv; charset=utf-8; header=present"
    answer.set_etag(etag)
    answer.headers.set("Content-Disposition", "attachment", **named(name))
    answer.headers["Cache-Control"] = f"public, max-age={lasts}"
    return guarded(answer)


def made_of(version: Version) -> tuple[str, ...]:
    """The kinds in which the version's table may be had; none where it has no table."""
    return offered(version.fields) if version.table_sha256 else ()


def further(version: Version) -> list[str]:
    """The kinds, as they are called, that a page names behind the first ones."""
    own = extension(version.filename)
    return [words for kind, words in FURTHER.items() if kind in made_of(version) and (kind != own or kind not in ("json", "geojson"))]


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
