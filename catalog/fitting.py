"""Makes what a source says fit the catalogue, and says what it changed.

Nothing is refused here: a title that is too long is cut, a tag that cannot stand is left out, and the record
carries an issue that says so. Text is brought to Unicode NFC.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Any

from catalog.issues import Issue, Place
from catalog.metadata_fields import safe_link
from catalog.names import clean_tags
from catalog.record import Distribution, Record

TITLE_LENGTH = 1_000  # characters; CKAN has no limit, a page has
NOTES_LENGTH = 100_000
URL_LENGTH = 4_000
TAGS = 200
RESOURCES = 1_000  # a dataset with more is a listing in disguise


def fit(record: Record, _tools: object = None) -> Record:
    """The record with metadata that the catalogue accepts, and an issue for every change that loses something."""
    metadata = {key: _clean(value) for key, value in record.metadata.items()}
    issues: list[Issue] = []
    title = " ".join(str(metadata.get("title") or "").split())
    if not title:
        title = record.identifier
        issues.append(Issue("title-missing", Place(field="title"), {"identifier": record.identifier}))
    if len(title) > TITLE_LENGTH:
        issues.append(Issue("title-too-long", Place(field="title"), {"length": len(title), "limit": TITLE_LENGTH}))
        title = title[: TITLE_LENGTH - 1] + "…"
    metadata["title"] = title
    notes = metadata.get("notes") or ""
    if len(notes) > NOTES_LENGTH:
        issues.append(Issue("notes-too-long", Place(field="notes"), {"length": len(notes), "limit": NOTES_LENGTH}))
        metadata["notes"] = notes[: NOTES_LENGTH - 1] + "…"
    tags, dropped = clean_tags([str(tag) for tag in metadata.get("tags") or []])
    metadata["tags"] = tags
    if dropped:
        issues.append(Issue("tags-dropped", Place(field="tags"), {"tags": ", ".join(dropped)[:300], "count": len(dropped)}))
    if len(tags) > TAGS:
        issues.append(Issue("too-many-tags", Place(field="tags"), {"count": len(tags), "limit": TAGS}))
        metadata["tags"] = tags[:TAGS]
    resources = tuple(_clean_resource(resource) for resource in record.resources)
    if len(resources) > RESOURCES:
        issues.append(Issue("too-many-resources", Place(field="resources"), {"count": len(resources), "limit": RESOURCES}))
        resources = resources[:RESOURCES]
    unfit = [resource for resource in resources if not fits_as_link(resource.url)]
    if unfit:
        resources = tuple(resource for resource in resources if fits_as_link(resource.url))
        issues += [Issue("link-dropped", Place(url=resource.url[:500], field="url")) for resource in unfit[:20]]
    if metadata.get("url") and not fits_as_link(str(metadata["url"])):
        issues.append(Issue("link-dropped", Place(url=str(metadata.pop("url"))[:500], field="url")))
    if not resources:
        issues.append(Issue("no-files", Place(field="resources")))
    return replace(record, metadata=metadata, resources=tuple(resources)).with_issues(*issues)


def fits_as_link(url: str) -> bool:
    """Whether the address may be shown as a link; one that runs a script or names a local file may not."""
    return len(url) <= URL_LENGTH and safe_link(url)


def _clean_resource(resource: Distribution) -> Distribution:
    return replace(resource, name=_clean(resource.name), description=_clean(resource.description), url=_clean(resource.url),
                   format=_clean(resource.format), extras=_clean(dict(resource.extras)))


def _clean(value: Any) -> Any:
    """Text in NFC without control characters, in lists and dicts too; other values as they are."""
    if isinstance(value, str):
        if not value.isprintable():  # most text is; only the rest is looked at character by character
            value = "".join(c for c in value if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _clean(item) for key, item in value.items()}
    return value
