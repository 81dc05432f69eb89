"""Files that a program sends with a call: checked as every file is, and from then on the live version of a resource."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sqlalchemy import func, select

from catalog import validation
from catalog.actions.context import Context
from catalog.errors import Invalid
from catalog.formats import MEDIA_TYPES, of_url
from catalog.issues import Severity, say
from catalog.models import Resource, Version, new_id
from catalog.names import fold, nfc
from catalog.record import Checked
from catalog.site import Site
from catalog.validation.screening import PERSONAL
from catalog.verdicts import GOOD, KEPT, keep_verdict

_NOT_NAME = re.compile(r"[^a-z0-9._-]+")
MAX_FILENAME = 100
TOLD = 20  # reasons of one refusal


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that has been sent, found good, and kept in the site's files under its SHA-256; `format` is what it was seen to be."""

    filename: str
    sha256: str
    size: int
    format: str
    checked: Checked


def take(site: Site, path: Path, filename: str, *, resource_id: str = "", schema: str = "") -> Uploaded:
    """Check a sent file and keep it; done before a transaction is opened, so that nobody waits for a long check.

    The schema is the one named, or that of the resource of which the file will be the next version, or what the registry
    knows by the header. Invalid, with the reasons in both languages under `upload`, for a file with errors or with personal
    data: nothing of it is kept then.
    """
    if not schema and resource_id:
        with site.reading() as session:
            resource = session.get(Resource, resource_id)
            schema = resource.schema_name or "" if resource else ""
    verdict = validation.check(path, filename=file_name(filename), schema=schema or None, keep=KEPT)
    if verdict.state not in GOOD:
        grave = [issue for issue in verdict.issues if issue.severity is Severity.ERROR or issue.code in (*PERSONAL, "header-only")]
        said = [(say(issue, "vi"), say(issue, "en")) for issue in grave[:TOLD]]
        raise Invalid({"upload": [f"{vi.what} {vi.mend} / {en.what} {en.mend}" for vi, en in said]})
    return Uploaded(filename=filename, sha256=site.files.put(path), size=path.stat().st_size, format=verdict.format or "",
                    checked=keep_verdict(verdict, site.files))


def file_name(given: str) -> str:
    """The name under which a sent file is downloaded, as CKAN makes it: `Bảng kê 1.CSV` becomes `bang-ke-1.csv`."""
    path = PurePosixPath(fold(nfc(given)).replace("\\", "/").rpartition("/")[2].strip("."))
    suffix = _NOT_NAME.sub("", path.suffix)[:20]
    stem = _NOT_NAME.sub("-", path.stem).strip("-.")[: MAX_FILENAME - len(suffix)] or "data"
    return f"{stem}{suffix}"


def keep(context: Context, resource: Resource, uploaded: Uploaded) -> Version:
    """Make a sent file the live version of the resource."""
    name = file_name(uploaded.filename)
    number = context.session.scalar(select(func.max(Version.number)).where(Version.resource_id == resource.id)) or 0
    file_format, checked = of_url(name) or uploaded.format, uploaded.checked
    version = Version(
        id=new_id(), resource_id=resource.id, number=number + 1, state="published", created=context.now, sha256=uploaded.sha256,
        size=uploaded.size, filename=name, format=file_format, media_type=MEDIA_TYPES.get(file_format),
        encoding=checked.encoding, sheet=checked.sheet, rows=checked.rows, fields=list(checked.fields), errors=checked.errors,
        schema_name=checked.schema, checked=checked.state, table_sha256=checked.table_sha256, table_size=checked.table_size,
        report_sha256=checked.report_sha256)
    resource.url_type, resource.version_id, resource.url = "upload", version.id, ""
    resource.format = resource.format or file_format
    resource.schema_name = checked.schema or resource.schema_name
    resource.last_modified = context.now
    context.session.flush()
    context.session.add(version)
    return version
