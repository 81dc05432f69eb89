"""What each column of a stored table holds, computed once for each table and kept beside the site's other caches."""

from __future__ import annotations

import os
import tempfile
from typing import Any

import orjson

from catalog.site import Site
from catalog.tables.preview import column_profiles

FORM = 2  # of the kept file; another number makes it anew


def profiles(site: Site, table_sha256: str) -> list[dict[str, Any]]:
    """The profile of each column, as `column_profiles` describes it; Trouble when the store cannot give the table."""
    kept = site.settings.var / "cache" / "profiles" / f"{table_sha256}.{FORM}.json"
    if kept.is_file():
        return orjson.loads(kept.read_bytes())
    made = column_profiles(site.files.path(table_sha256))
    kept.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=kept.parent, prefix=".profile-")
    with os.fdopen(handle, "wb") as file:
        file.write(orjson.dumps(made, default=str))
    os.replace(name, kept)
    return orjson.loads(orjson.dumps(made, default=str))
