"""Files that come with a call: written to disk as they arrive, then checked and kept under their SHA-256."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from catalog.actions.uploads import take
from catalog.site import Site

MAX_FILE = 1024 * 1024 * 1024  # bytes of one call that sends a file
FIELD = "upload"  # CKAN's name for it


def sends(sent: MultiDict[str, FileStorage]) -> bool:
    """Whether a file was sent; the field may have been left empty."""
    return FIELD in sent and bool(sent[FIELD].filename)


def files(site: Site, sent: MultiDict[str, FileStorage], form: Mapping[str, Any]) -> dict[str, Any]:
    """The file that was sent, checked and kept in the site's files."""
    given = sent[FIELD]
    with tempfile.TemporaryDirectory(prefix="haidang-upload-") as folder:
        path = Path(folder) / "file"
        with path.open("wb") as file:
            shutil.copyfileobj(given.stream, file, 1 << 20)
        return {FIELD: take(site, path, given.filename, resource_id=_text(form.get("id")), schema=_text(form.get("schema")))}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
