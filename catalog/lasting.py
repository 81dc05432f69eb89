"""Which file of a dataset goes on as which, when its source lists them anew: so that no file loses its id and its versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from catalog.held import original_of
from catalog.models import Resource, Version
from catalog.record import Distribution
from catalog.sameness import path_of


def same_resources(held: Sequence[Resource], drafts: Sequence[Distribution], newest: Mapping[str, Version]) -> dict[str, Resource]:
    """By a draft's address: the resource that it is; each resource once.

    By address first; what has moved is known by its bytes, else by its path where only the host is another. Of several that
    could be it, none is.
    """
    free = {resource.id: resource for resource in held}
    found: dict[str, Resource] = {}
    by_url = {resource.url: resource for resource in held}
    for draft in drafts:
        resource = by_url.get(draft.url)
        if resource is not None and resource.id in free:
            found[draft.url] = free.pop(resource.id)
    for of_draft, of_resource in (
            (lambda draft: draft.file.sha256 if draft.file else "", lambda resource: _bytes_of(resource, newest)),
            (lambda draft: path_of(draft.url), lambda resource: path_of(resource.url))):
        lacking = [draft for draft in drafts if draft.url not in found]
        for draft, resource in _only_pairs(lacking, list(free.values()), of_draft, of_resource):
            found[draft.url] = free.pop(resource.id)
    return found


def _bytes_of(resource: Resource, newest: Mapping[str, Version]) -> str:
    version = newest.get(resource.id)
    return original_of(version)["sha256"] if version is not None else ""


def _only_pairs(drafts: Sequence[Distribution], resources: Sequence[Resource], of_draft: Callable[[Distribution], str],
                of_resource: Callable[[Resource], str]) -> list[tuple[Distribution, Resource]]:
    """The pairs that share a key which nobody else has."""
    if not drafts or not resources:
        return []
    left, right = [of_draft(draft) for draft in drafts], [of_resource(resource) for resource in resources]
    return [(draft, resources[right.index(key)]) for draft, key in zip(drafts, left, strict=True)
            if key and left.count(key) == 1 and right.count(key) == 1]
