"""Files that a program sends with a call: kept by their bytes, and from then on the live version of a resource."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlalchemy import func, select

from catalog.actions.context import Context
from catalog.formats import MEDIA_TYPES, of_url
from catalog.models import Resource, Version, new_id
from catalog.names import fold, nfc

_NOT_NAME = re.compile(r"[^a-z0-9._-]+")
MAX_FILENAME = 100


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that has been sent and kept in the site's files under its SHA-256."""

    filename: str
    sha256: str
    size: int


def file_name(given: str) -> str:
    """The name under which a sent file is downloaded, as CKAN makes it: `Bảng kê 1.CSV` becomes `bang-ke-1.csv`."""
    path = PurePosixPath(fold(nfc(given)).replace("\\", "/").rpartition("/")[2].strip("."))
    suffix = _NOT_NAME.sub("", path.suffix)[:20]
    stem = _NOT_NAME.sub("-", path.stem).strip("-.")[: MAX_FILENAME - len(suffix)] or "data"
    return f"{stem}{suffix}"


def keep(context: Context, resource: Resource, uploaded: Uploaded) -> Version:
    """Make a sent file the live version of the resource; nothing has checked it yet, and it says so."""
    name = file_name(uploaded.filename)
    number = context.session.scalar(select(func.max(Version.number)).where(Version.resource_id == resource.id)) or 0
    file_format = of_url(name)
    version = Version(
        id=new_id(), resource_id=resource.id, number=number + 1, state="published", created=context.now, sha256=uploaded.sha256,
        size=uploaded.size, filename=name, format=file_format, media_type=MEDIA_TYPES.get(file_format), fields=[], errors=0,
        checked="unchecked")
    resource.url_type, resource.version_id, resource.url = "upload", version.id, ""
    resource.format = resource.format or file_format
    resource.last_modified = context.now
    context.session.flush()
    context.session.add(version)
    return version
