"""The one object that travels through the pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from catalog.digests import Digests
from catalog.issues import Issue, Severity


class Outcome(StrEnum):
    """What became of a record in a run."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    ARCHIVED = "archived"
    REJECTED = "rejected"  # nothing new is live; the last good version, if any, stays
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """Original bytes in the object store: `sha256` is its key, `size` in bytes; `md5` where they have just been fetched."""

    sha256: str
    size: int
    filename: str
    media_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    md5: str | None = None

    @property
    def digests(self) -> Digests | None:
        """For the validation's report, so that it need not read the bytes again for them."""
        return Digests(md5=self.md5, sha256=self.sha256, size=self.size) if self.md5 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A file that a connector has written; `mark` is what the source calls this state of the data (a date, a counter)."""

    filename: str
    media_type: str
    mark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What validation said of one file: state `valid`, `invalid`, `held` (a person must decide) or `unchecked`."""

    state: str
    rows: int | None = None
    fields: tuple[str, ...] = ()
    errors: int = 0
    schema: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    report_sha256: str | None = None  # the report's JSON in the object store
    table_sha256: str | None = None  # the typed Parquet in the object store
    table_size: int | None = None
    release: Mapping[str, Any] | None = None  # what decisions about its columns make of it (catalog/decisions/deriving.py)


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """One file or link of a dataset, as the source offers it (CKAN: resource; DCAT: distribution).

    `url` is its address for everybody, and tells it from the dataset's other files; `location` is where it is
    fetched from, where that is nobody else's business (a folder of this machine); `recipe`, JSON-able, is what the
    connector makes it from where the source has no such file.
    """

    url: str
    location: str | None = None
    recipe: Mapping[str, Any] | None = None
    name: str = ""
    description: str = ""
    format: str = ""
    media_type: str | None = None
    schema: str | None = None  # name of a Table Schema on the registry, where the source says so
    encoding: str | None = None  # declared by the source
    told: Mapping[str, Any] | None = None  # how this very file is to be read, as a person said (`validation.told.Told`)
    last_modified: str | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)
    reached: bool | None = None  # whether the last attempt to fetch it succeeded; None where none was made
    decided: str | None = None  # the test that told whether it has changed (catalog/rechecking.py); None where it was not asked for
    lied: bool | None = None  # whether the server said "unchanged" of other bytes; None where nothing tells
    file: StoredFile | None = None
    checked: Checked | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Distribution:
        values = dict(data)
        if values.get("file"):
            values["file"] = StoredFile(**values["file"])
        if values.get("checked"):
            values["checked"] = Checked(**{**values["checked"], "fields": tuple(values["checked"]["fields"])})
        return cls(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A dataset on its way from a source to the catalogue.

    `metadata` has the keys of a CKAN package dict (title, notes, tags, extras …) as far as the source gives
    them, without `resources`; `raw` is the source's own answer, of which `raw_hash` is the SHA-256; `mark` is the
    hash of the mark that a light listing gives of this answer. One that could not even be had is `REJECTED` from the start.
    """

    source: str
    identifier: str
    raw_hash: str = ""
    mark: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    resources: tuple[Distribution, ...] = ()
    issues: tuple[Issue, ...] = ()
    outcome: Outcome | None = None

    def with_issues(self, *issues: Issue) -> Record:
        return replace(self, issues=(*self.issues, *issues))

    @property
    def failed(self) -> bool:
        return any(issue.severity is Severity.ERROR for issue in self.issues)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-able form without `raw`; `from_dict` reads it back."""
        return {
            "source": self.source,
            "identifier": self.identifier,
            "raw_hash": self.raw_hash,
            "mark": self.mark,
            "metadata": dict(self.metadata),
            "resources": [asdict(resource) for resource in self.resources],
            "issues": [issue.to_dict() for issue in self.issues],
            "outcome": self.outcome,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Record:
        return cls(
            source=data["source"],
            identifier=data["identifier"],
            raw_hash=data["raw_hash"],
            mark=data.get("mark"),
            metadata=data["metadata"],
            resources=tuple(Distribution.from_dict(resource) for resource in data["resources"]),
            issues=tuple(Issue.from_dict(issue) for issue in data["issues"]),
            outcome=Outcome(data["outcome"]) if data.get("outcome") else None,
        )
