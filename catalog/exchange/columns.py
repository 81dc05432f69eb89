"""The columns of a table that is held here: from its schema, else from the typed table itself."""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq

import schemas
from catalog.errors import Trouble
from catalog.exchange.entries import File
from catalog.exchange.wording import plain
from catalog.site import Site
from catalog.tables.preview import described_fields

# How a cell is written in the agency's own file; our typed CSV writes every value in the default form.
_WRITTEN = ("decimalChar", "groupChar", "bareNumber", "trueValues", "falseValues", "format")
_WITH_FORMAT = ("date", "time", "datetime", "number", "integer", "boolean")


def schema_of(site: Site, file: File) -> dict[str, Any] | None:
    """The Table Schema that the typed table of a file keeps; None where there is no table.

    Where the file was found to follow one of the registry, it is that one as far as it speaks of what is there; else it is made of
    the types that were read.
    """
    if file.version is None or file.version.table_sha256 is None:
        return None
    try:
        fields = described_fields(pq.read_schema(site.files.path(file.version.table_sha256)))
    except (Trouble, OSError, ValueError):  # the store cannot give it now; the rest of the description stands without it
        return None
    name = file.version.schema_name or file.schema
    registered = schemas.load(name).descriptor if name in schemas.names() and file.version.checked == "valid" else None
    known = {field["name"]: field for field in registered["fields"]} if registered else {}
    made: dict[str, Any] = {"fields": [_field(field, known.get(field["name"])) for field in fields]}
    if registered:
        made |= {key: registered[key] for key in ("name", "title", "description", "primaryKey") if key in registered}
        if not set(_listed(made.get("primaryKey"))) <= {field["name"] for field in fields}:
            made.pop("primaryKey", None)
    return made


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


def _field(read: dict[str, str], registered: dict[str, Any] | None) -> dict[str, Any]:
    """A column as the registry describes it, where it was read with that type; else as it was read."""
    if registered is not None and registered.get("type", "string") == read["type"]:
        dropped = _WRITTEN if read["type"] in _WITH_FORMAT else ()
        return {key: value for key, value in registered.items() if key not in dropped}
    return {"name": plain(read["name"]), "type": read["type"], "title": plain(read["title"])}
