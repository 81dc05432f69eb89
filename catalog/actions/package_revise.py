"""Change parts of a dataset, only if it still is as the caller thinks (CKAN's `package_revise`, since 2.8).

`match`, `filter`, `update` and `include` are given whole, as JSON, or as flattened keys: `match__title`,
`update__resources__a1b2c__name`, `update__resources__extend`. An item of a list is named by its place (`0`, `-1`) or, where it
has an id, by at least five of its first letters.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from catalog.actions import shown
from catalog.actions.context import Context
from catalog.actions.package_write import editable, package_update
from catalog.errors import Invalid

PREFIX = 5  # letters of an id that name an item of a list
WHOLE = ("match", "filter", "update", "include")


def package_revise(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Change parts of a dataset, in one transaction, only if what is given in ``match`` still holds; 409 if it does not.

    :param match: dict of values that the dataset must have, with its id or name; such as
        ``{"id": "…", "metadata_modified": "…"}``
    :param filter: list of patterns of fields to be removed, such as ``-resources__*``, or kept: ``+resources__a1b2c``
    :param update: dict of values to be put in place
    :param include: list of patterns that choose what is answered (default: everything)
    :rtype: dictionary with the dataset under ``package``
    """
    asked = {name: _whole(data, name) for name in WHOLE}
    match, update = asked["match"] or {}, asked["update"] or {}
    flat = {name: {key.removeprefix(f"{name}__"): value for key, value in sorted(data.items()) if key.startswith(f"{name}__")}
            for name in ("match", "update")}
    name_or_id = flat["match"].get("id") or match.get("id") or flat["match"].get("name") or match.get("name")
    if not name_or_id:
        raise Invalid({"match__id": ["Missing value"]})
    package = shown.packages(context, [editable(context, str(name_or_id))])[0]
    unmatched = [*_differs(package, match, ()), *(path for key, value in flat["match"].items() for path in _differs_at(package, key, value))]
    if unmatched:
        raise Invalid({"match": ["__".join(map(str, path)) for path in unmatched]})
    own_id = package["id"]
    package = _filtered(package, _patterns(asked["filter"]))
    _merge(package, update, "update")
    for key, value in flat["update"].items():
        _put(package, key, value)
    package["id"] = own_id
    answer = {"package": package_update(context, {key: value for key, value in package.items() if key != "metadata_modified"})}
    return _filtered(answer, _patterns(asked["include"])) if asked["include"] else answer


def _whole(data: Mapping[str, Any], name: str) -> Any:
    """A parameter as JSON, also where a form gave its text."""
    value = data.get(name)
    wanted: type = list if name in ("filter", "include") else dict
    if isinstance(value, str) and value:
        try:
            value = json.loads(value)
        except ValueError:
            value = [part.strip() for part in value.split(",")] if wanted is list else value
    if value in (None, ""):
        return None
    if not isinstance(value, wanted):
        raise Invalid({name: ["Must be a list of strings" if wanted is list else "Must be a dict"]})
    return value


def _differs(held: Any, wanted: Any, path: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The paths at which what is held is not what is wanted; a dict may have more keys, a list more items."""
    if isinstance(wanted, Mapping):
        if not isinstance(held, Mapping):
            return [path]
        return [found for key, value in sorted(wanted.items())
                for found in ([(*path, key)] if key not in held else _differs(held[key], value, (*path, key)))]
    if isinstance(wanted, Sequence) and not isinstance(wanted, str):
        if not isinstance(held, list) or len(wanted) > len(held):
            return [path]
        return [found for at, value in enumerate(wanted) for found in _differs(held[at], value, (*path, at))]
    return [] if held == wanted else [path]


def _differs_at(package: Mapping[str, Any], key: str, wanted: Any) -> list[tuple[Any, ...]]:
    try:
        held = package
        for part in key.split("__"):
            held = held[_index(held, part)] if isinstance(held, list) else held[part]
    except (KeyError, IndexError, TypeError):
        return [(key,)]
    return _differs(held, wanted, (key,))


def _index(items: Sequence[Any], part: str) -> int:
    """Which item of a list is meant; IndexError where none is."""
    for at, item in enumerate(items):
        if len(part) >= PREFIX and isinstance(item, Mapping) and str(item.get("id", "")).startswith(part):
            return at
    try:
        at = int(part)
    except ValueError as error:
        raise IndexError(part) from error
    if not -len(items) <= at < len(items):
        raise IndexError(part)
    return at % len(items)


def _merge(held: dict[str, Any], given: Mapping[str, Any], where: str) -> None:
    """Put given values in place; a dict goes into the dict that is there, all else replaces it."""
    for key, value in given.items():
        if isinstance(value, Mapping) and isinstance(held.get(key), dict):
            _merge(held[key], value, where)
        else:
            held[key] = value


def _put(package: dict[str, Any], key: str, value: Any) -> None:
    """Put one value at a flattened key; `…__extend` adds to a list."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        with suppress(ValueError):  # text that only looks like JSON is text
            value = json.loads(value)
    *path, last = key.split("__")
    try:
        held: Any = package
        for part in path:
            held = held[_index(held, part)] if isinstance(held, list) else held.setdefault(part, [] if last == "extend" else {})
        if isinstance(held, list) and last == "extend":
            held.extend(value if isinstance(value, list) else [value])
        elif isinstance(held, list):
            at = _index(held, last)
            held[at] = {**held[at], **value} if isinstance(value, Mapping) and isinstance(held[at], dict) else value
        else:
            held[last] = value
    except (IndexError, TypeError, AttributeError) as error:
        raise Invalid({f"update__{key}": ["Unable to set this key"]}) from error


Pattern = tuple[bool, list[str]]  # whether it keeps, and its path


def _patterns(given: Sequence[Any] | None) -> list[Pattern]:
    found = []
    for text in given or ():
        if not isinstance(text, str) or text[:1] not in ("+", "-") or len(text) < 2:
            raise Invalid({"filter": ["Patterns must start with + or -"]})
        found.append((text[0] == "+", text[1:].split("__")))
    return found


def _filtered(data: Any, patterns: Sequence[Pattern]) -> Any:
    """What the patterns leave of it; the first that fits a field decides, a field that none fits stays."""
    if not patterns or not isinstance(data, dict | list):
        return data
    if isinstance(data, list):
        kept = (_decided(item, [(sign, path[1:]) for sign, path in patterns if _fits_item(data, at, path[0])]) for at, item in enumerate(data))
        return [item for item in kept if item is not _GONE]
    decided = {key: _decided(value, [(sign, path[1:]) for sign, path in patterns if path[0] in ("*", key)]) for key, value in data.items()}
    return {key: value for key, value in decided.items() if value is not _GONE}


_GONE = object()


def _decided(value: Any, patterns: Sequence[Pattern]) -> Any:
    """What is left of one field or item, by the rests of the patterns that led to it."""
    deeper: list[Pattern] = []
    for keeps, path in patterns:
        if path:
            deeper.append((keeps, path))
        elif keeps:
            return _filtered(value, deeper)
        else:
            left = _filtered(value, [*deeper, (False, ["*"])]) if any(sign for sign, _ in deeper) else None
            return left or _GONE
    return _filtered(value, deeper)


def _fits_item(items: Sequence[Any], at: int, part: str) -> bool:
    try:
        return part == "*" or _index(items, part) == at
    except IndexError:
        return False
