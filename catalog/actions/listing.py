"""What the lists of organizations and of groups have in common: choosing, sorting, paging."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from catalog.actions import lookup
from catalog.errors import Invalid
from catalog.metadata_fields import boolean
from catalog.names import collation_key, fold
from catalog.nesting import read_json

MAX_NAMES, MAX_ENTRIES = 1000, 25
_KEYS = {
    "name": lambda entry: entry["name"], "title": lambda entry: _alphabetical(entry["title"]),
    "package_count": lambda entry: entry["package_count"], "packages": lambda entry: entry["package_count"],
}
_alphabetical = lru_cache(maxsize=5_000)(collation_key)


def chosen(entries: Sequence[dict[str, Any]], names: Any, text: Any) -> list[dict[str, Any]]:
    """The entries of these names (a list, or one as text), and with this text in name or title."""
    if isinstance(names, str):
        names = _named(names)
    if names and not isinstance(names, list):
        raise Invalid({"message": "A list of names is needed"})
    wanted = fold(str(text)) if text else ""
    return [
        entry for entry in entries
        if (not names or entry["name"] in names) and (wanted in entry["name"] or wanted in fold(entry["title"]))
    ]


def _named(names: str) -> Any:
    if not (names.startswith("[") and names.endswith("]")):
        return names.split(",")
    try:
        return read_json(names)
    except ValueError as error:
        raise Invalid({"message": "Could not parse as valid JSON"}) from error


def listed(find: Callable[[Mapping[str, Any]], list[dict[str, Any]]], data: Mapping[str, Any], names: Any) -> list[Any]:
    """The entries, or their names, sorted and cut as the parameters say.

    `find` answers with all of them, and with what is to be included of each; `names` are those that are asked for.
    """
    field, _, direction = str(data.get("sort") or data.get("order_by") or "title asc").strip().partition(" ")
    if field not in _KEYS:
        raise Invalid({"message": f"Cannot sort by field `{field}`"})
    if direction.strip().lower() not in ("", "asc", "desc"):
        raise Invalid({"message": f"Cannot sort by field `{field} {direction}`"})
    full = boolean(data.get("all_fields", False))
    limit = lookup.natural(data, "limit", MAX_NAMES) or 0
    offset = lookup.natural(data, "offset", 0) or 0
    ordered = sorted(chosen(find(data if full else {}), names, data.get("q")), key=lambda entry: entry["name"])
    ordered.sort(key=_KEYS[field], reverse=direction.strip().lower() == "desc")
    cut = ordered[offset : offset + min(limit, MAX_ENTRIES if full else MAX_NAMES)]
    if not full:
        return [entry["name"] for entry in cut]
    return [entry | {key: [] for key in ("tags", "groups") if boolean(data.get(f"include_{key}", False))} for entry in cut]
