"""What stands in the index: one document a dataset that is not deleted, in exact and in folded words.

Each has labels, as CKAN's permission labels: `public`; for what is private `member-<id of the agency>` and
`collaborator-<id of the dataset>`; for a draft, which only those see who may change it, `editor-<either id>`. Whoever asks
finds what carries one of its own labels.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

import tantivy
from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from catalog.models import Agency, Dataset, Resource, Theme, Version
from catalog.names import collation_key, fold, nfc
from catalog.search.places import box_of

log = logging.getLogger(__name__)

FORMAT = 3  # raise it when the fields or their meaning change; every index is then made anew
MAX_TERM = 1000  # characters of one value kept as it is
SHORT = 200  # characters of a text that other datasets may have, too

# Words: `x` as written (NFC), `x_f` folded. `text` is everything together; `text_s` the same without English endings.
TEXTS = ("title", "notes", "tags_text", "text")
# Values as they are, to filter by, to count and to sort by.
KEYWORDS = (
    "name", "title_string", "owner_org", "organization", "groups", "tags", "res_format", "license_id", "frequency",
    "illustrative", "validation", "schema", "dataset_type", "state", "capacity", "author", "maintainer", "version", "url",
)
NUMBERS = ("metadata_modified", "metadata_created", "num_resources", "num_tags")  # dates in microseconds
BOX = ("west", "south", "east", "north")  # of what the extra `spatial` shows, in millionths of a degree


_DATASETS = select(
    Dataset.id, Dataset.name, Dataset.title, Dataset.title_en, Dataset.notes, Dataset.url, Dataset.version, Dataset.author, Dataset.maintainer,
    Dataset.license_id, Dataset.type, Dataset.state, Dataset.private, Dataset.owner_org, Dataset.frequency, Dataset.illustrative, Dataset.tags,
    Dataset.groups, Dataset.extras, Dataset.source_id, Dataset.identifier, Dataset.metadata_created, Dataset.metadata_modified,
).where(Dataset.id.in_(bindparam("ids", expanding=True)), Dataset.state != "deleted")
_RESOURCES = select(Resource.dataset_id, Resource.version_id, Resource.name, Resource.description, Resource.format, Resource.schema_name).where(
    Resource.dataset_id.in_(bindparam("ids", expanding=True)), Resource.state == "active").order_by(Resource.position)
_VERSIONS = select(Version.id, Version.schema_name, Version.fields, Version.checked).where(Version.id.in_(bindparam("ids", expanding=True)))


def _written_and_folded(text: str) -> tuple[str, str]:
    text = nfc(text)
    return text, fold(text)


_short, _long = lru_cache(maxsize=5_000)(_written_and_folded), lru_cache(maxsize=2)(_written_and_folded)


@cache
def schema() -> tantivy.Schema:
    """The fields of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("label", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("extra", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("shown", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text_s", tokenizer_name="en_stem", index_option="basic")
    builder.add_text_field("name_f", tokenizer_name="default", index_option="position")
    for field in TEXTS:
        builder.add_text_field(field, tokenizer_name="default", index_option="position")
        builder.add_text_field(f"{field}_f", tokenizer_name="default", index_option="position")
    for field in KEYWORDS:
        builder.add_text_field(field, stored=field == "name", fast=True, tokenizer_name="raw", index_option="basic")
    for field in (*NUMBERS, *BOX):
        builder.add_integer_field(field, indexed=True, fast=True)
    return builder.build()


class Reader:
    """Reads published datasets from the store and makes their documents, in batches."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._agencies = {agency.id: agency for agency in session.scalars(select(Agency).where(Agency.state == "active"))}
        self._themes = {theme.name: theme for theme in session.scalars(select(Theme).where(Theme.state == "active"))}

    def documents(self, ids: Iterable[str]) -> Iterator[tantivy.Document]:
        """Documents of those of the datasets that are not deleted; one of which none can be made is left out, and the log says so."""
        datasets = self._session.execute(_DATASETS, {"ids": list(ids)}).all()
        resources: dict[str, list[Row]] = defaultdict(list)
        for resource in self._session.execute(_RESOURCES, {"ids": [dataset.id for dataset in datasets]}):
            resources[resource.dataset_id].append(resource)
        live = [resource.version_id for found in resources.values() for resource in found if resource.version_id]
        versions: dict[str, Row] = {}
        for at in range(0, len(live), 500):
            versions.update((version.id, version) for version in self._session.execute(_VERSIONS, {"ids": live[at : at + 500]}))
        for dataset in datasets:
            try:
                document = self._document(dataset, resources[dataset.id], versions)
            except Exception:  # noqa: BLE001 - one dataset must not keep all others from being found
                log.exception("dataset %s cannot be indexed", dataset.id)
            else:
                yield document

    def _document(self, dataset: Row, resources: list[Row], versions: dict[str, Row]) -> tantivy.Document:
        agency = self._agencies.get(dataset.owner_org or "")
        live = [versions[resource.version_id] for resource in resources if resource.version_id in versions]
        document = tantivy.Document()
        document.add_text("id", dataset.id)
        document.add_text("kind", "dataset")
        for label in labels(dataset):
            document.add_text("label", label)
        document.add_text("shown", dataset.title)
        document.add_text("name_f", dataset.name)
        for field, values in self._keywords(dataset, agency, resources, live).items():
            for value in values:
                document.add_text(field, value[:MAX_TERM])
        for field, (text, folded) in self._texts(dataset, agency, resources, live).items():
            document.add_text(field, text)
            document.add_text(f"{field}_f", folded)
            if field == "text":
                document.add_text("text_s", text)
        document.add_integer("metadata_modified", int(dataset.metadata_modified.timestamp() * 1_000_000))
        document.add_integer("metadata_created", int(dataset.metadata_created.timestamp() * 1_000_000))
        document.add_integer("num_resources", len(resources))
        document.add_integer("num_tags", len(dataset.tags))
        own = {"frequency": dataset.frequency, "identifier": dataset.identifier, "harvest_source_id": dataset.source_id,
               "title_en": dataset.title_en, "illustrative": "true" if dataset.illustrative else ""}
        extras = {extra["key"]: extra["value"] for extra in dataset.extras} | {key: value for key, value in own.items() if value}
        for side, bound in zip(BOX, box_of(str(extras.get("spatial") or "")) or (), strict=False):
            document.add_integer(side, bound)
        for key, value in extras.items():
            if value:
                document.add_text("extra", f"{key}={value}"[:MAX_TERM])
        return document

    def _keywords(self, dataset: Row, agency: Agency | None, resources: list[Row], live: list[Row]) -> dict[str, Iterable[str]]:
        schemas = {resource.schema_name for resource in resources} | {version.schema_name for version in live}
        return {
            "name": [dataset.name],
            "title_string": [collation_key(dataset.title[:200])],
            "owner_org": [dataset.owner_org or ""],
            "organization": [agency.slug] if agency else [],
            "groups": sorted(set(dataset.groups) & self._themes.keys()),
            "tags": sorted({nfc(tag) for tag in dataset.tags}),
            "res_format": sorted({resource.format for resource in resources if resource.format}),
            "license_id": [dataset.license_id] if dataset.license_id else [],
            "frequency": [dataset.frequency] if dataset.frequency else [],
            "illustrative": ["true" if dataset.illustrative else "false"],
            "validation": [validation(live)],
            "schema": sorted(schema for schema in schemas if schema),
            "dataset_type": [dataset.type],
            "state": [dataset.state],
            "capacity": ["private" if dataset.private else "public"],
            **{field: [value] for field in ("author", "maintainer", "version", "url") if (value := getattr(dataset, field))},
        }

    def _texts(self, dataset: Row, agency: Agency | None, resources: list[Row], live: list[Row]) -> dict[str, tuple[str, str]]:
        themes = [self._themes[name] for name in dataset.groups if name in self._themes]
        everything = [
            dataset.title, dataset.title_en, dataset.name, dataset.notes, *dataset.tags, dataset.author, dataset.maintainer,
            *([text for name in agency.names for text in (name.name_vi, name.name_en)] if agency else []),
            *([agency.abbreviation, agency.slug] if agency else []),
            *(text for theme in themes for text in (theme.title_vi, theme.title_en)),
            *(text for resource in resources for text in (resource.name, resource.description, resource.format)),
            *(field for version in live for field in version.fields),
            *(str(extra["value"]) for extra in dataset.extras),
        ]
        texts = {"title": (dataset.title, dataset.title_en), "notes": (dataset.notes,), "tags_text": dataset.tags, "text": everything}
        return {field: self._both(parts) for field, parts in texts.items()}

    def _both(self, parts: Iterable[str]) -> tuple[str, str]:
        """The parts together as they are written, and folded; most of them stand in several fields or datasets."""
        both = [(_short if len(part) < SHORT else _long)(part) for part in parts if part]
        return "\n".join(written for written, _ in both), "\n".join(folded for _, folded in both)


def labels(dataset: Row) -> list[str]:
    """Who finds the dataset: the public, or those who may read what is private there, or change it."""
    if dataset.state != "active":
        return [f"editor-{dataset.owner_org}", f"editor-{dataset.id}"]
    return [f"member-{dataset.owner_org}", f"collaborator-{dataset.id}"] if dataset.private else ["public"]


def validation(live: list[Row]) -> str:
    """The state of a dataset's checks: the worst of its live files; `unchecked` where none was checked."""
    states = {version.checked for version in live}
    return next((state for state in ("invalid", "held", "valid") if state in states), "unchecked")
