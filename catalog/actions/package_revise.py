"""Change a dataset only where it is as expected, and only in parts: CKAN's `package_revise`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from catalog.actions import lookup, rights, shown
from catalog.actions.context import Context
from catalog.actions.package_write import package_update
from catalog.errors import Invalid, NotFound

MAX_PATHS, MAX_DEPTH = 500, 20


def package_revise(context: Context, data: dict[str, Any]) -> dict[str, Any]:
    """Change parts of a dataset, if it matches what is expected of it.

    :param match: what the dataset must say, with its ``id`` or ``name``; nothing is changed otherwise
    :param filter: list of paths, such as ``+resources__1f3a, -resources``: what is kept and what is taken out, the first that fits counts
    :param update: what is changed, nested as the dataset is; members of lists by their position or the beginning of their id
    :param match__x: the same as ``match`` with x in it; so are ``update__x`` and ``update__resources__1f3a__name``
    :rtype: dictionary with package
    """
    match, kept, updates = _read(data)
    name_or_id = match.get("id") or match.get("name")
    if not isinstance(name_or_id, str):
        raise Invalid({"match": ["Missing value"]})
    dataset = lookup.find_dataset(context.session, name_or_id)
    if dataset is None:
        raise NotFound
    rights.require_edit(context, dataset)
    before = shown.packages(context, [dataset])[0]
    unmatched = [path for path, value in match.items() if not _matches(before, path, value)]
    if unmatched:
        raise Invalid({"match": unmatched})
    after = _filtered(deepcopy(before), kept)
    for path, value in updates:
        _set(after, path.split("__"), value)
    package = package_update(context, {**after, "id": dataset.id})
    return {"package": package}


def _read(data: Mapping[str, Any]) -> tuple[dict[str, Any], list[str], list[tuple[str, Any]]]:
    """What has to match, the filter, and the changes as path and value; all may be given flat or nested, or as JSON text."""
    match = dict(_object(data.get("match"), "match"))
    match |= {key.removeprefix("match__"): value for key, value in data.items() if key.startswith("match__")}
    kept = data.get("filter") or []
    kept = [part.strip() for part in kept.split(",")] if isinstance(kept, str) else kept
    if not isinstance(kept, list) or not all(isinstance(part, str) and part[:1] in ("+", "-") for part in kept):
        raise Invalid({"filter": ["A list of paths with + or - before each"]})
    updates = list(_object(data.get("update"), "update").items())
    updates += [(key.removeprefix("update__"), value) for key, value in data.items() if key.startswith("update__")]
    if len(match) + len(kept) + len(updates) > MAX_PATHS:
        raise Invalid({"update": [f"At most {MAX_PATHS} paths at once"]})
    return match, kept, updates


def _object(given: Any, key: str) -> Mapping[str, Any]:
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError) as error:
            raise Invalid({key: ["Could not parse as valid JSON"]}) from error
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise Invalid({key: ["Must be a dictionary"]})
    return given


def _matches(package: Any, path: str, value: Any) -> bool:
    here = package
    for part in path.split("__"):
        at = _at(here, part)
        if at is None:
            return False
        here = here[at]
    return here == value or isinstance(value, str) and not isinstance(here, dict | list | str) and str(here) == value


def _at(here: Any, part: str) -> Any:
    """Where a part of a path leads: a key, or a position in a list, also by the beginning of an id; None for nowhere."""
    if isinstance(here, dict):
        return part if part in here else None
    if isinstance(here, list):
        if re.fullmatch(r"-?\d{1,4}", part) and -len(here) <= int(part) < len(here):
            return int(part)
        found = [index for index, item in enumerate(here) if isinstance(item, dict) and str(item.get("id", "")).startswith(part)]
        return found[0] if len(found) == 1 and len(part) > 4 else None
    return None


def _filtered(package: dict[str, Any], kept: list[str]) -> dict[str, Any]:
    """The package without what the filter takes out; of two rules for a path the first counts."""
    rules = [(part[0] == "+", [piece for piece in part[1:].split("__") if piece]) for part in kept]
    spared = [path for keeps, path in rules if keeps]
    for keeps, path in rules:
        if not keeps:
            _take_out(package, path, spared)
    return package


def _take_out(here: Any, path: list[str], spared: list[list[str]], depth: int = 0) -> None:
    if depth > MAX_DEPTH or not path:
        return
    keys = list(here) if isinstance(here, dict) else list(range(len(here))) if isinstance(here, list) else []
    at = keys if path[0] == "*" else [_at(here, path[0])]
    for key in sorted((key for key in at if key is not None), key=str, reverse=True):
        inner = [rest[1:] for rest in spared if rest and (rest[0] == "*" or _at(here, rest[0]) == key)]
        if len(path) > 1:
            _take_out(here[key], path[1:], inner, depth + 1)
        elif not inner:
            del here[key]
        elif isinstance(here[key], list):
            here[key][:] = [item for index, item in enumerate(here[key]) if any(rest and _at(here[key], rest[0]) == index for rest in inner)]


def _set(here: Any, path: list[str], value: Any) -> None:
    if len(path) > MAX_DEPTH:
        raise Invalid({"update": ["Nested too deeply"]})
    for part in path[:-1]:
        at = _at(here, part)
        if at is None:
            raise Invalid({"update": [f"Unable to find {part[:100]}"]})
        here = here[at]
    last = path[-1]
    if isinstance(here, list):
        if last == "extend" and isinstance(value, list):
            here.extend(value)
            return
        at = _at(here, last)
        if at is None:
            raise Invalid({"update": [f"Unable to find {last[:100]}"]})
        here[at] = _merged(here[at], value)
    elif isinstance(here, dict):
        here[last] = value
    else:
        raise Invalid({"update": [f"Unable to set {last[:100]}"]})


def _merged(old: Any, new: Any) -> Any:
    return {**old, **new} if isinstance(old, dict) and isinstance(new, Mapping) else new
