"""The demonstration's sources and datasets, read from `sources.toml` and `datasets.toml`."""

from __future__ import annotations

import tomllib
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import schemas
from catalog.clock import HANOI
from catalog.names import slug
from demo.writers import FORMS, Form

DEMO = Path(__file__).parent
DAY = date(2024, 9, 30)
NAMESPACE = uuid.UUID("6c1f3d70-6f0f-5a35-9d46-0a2d6b5d5c11")  # of identifiers that must be the same every time
LICENCE = "VN-ND47-2020-D18"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoDataset:
    """One dataset that a source offers; see the head of datasets.toml for what the values mean."""

    title: str
    en: str
    modified: date
    schema: str | None = None
    forms: tuple[str, ...] = ("csv",)
    frequency: str = ""
    facts: str = ""  # path of the real table
    contents: str = ""  # made by name instead of by schema
    notes: str = ""
    district: str = ""
    wishes: dict[str, Any] = field(default_factory=dict)
    trouble: str = ""

    @property
    def key(self) -> str:
        """The dataset's name in the catalogue, and its name at the source."""
        return slug(self.title)

    @property
    def illustrative(self) -> bool:
        return not self.facts

    @property
    def description(self) -> str:
        """What it is; a made-up one says so first."""
        said = self.notes or (schemas.load(self.schema).description["vi"] if self.schema else self.title + ".")
        return f"Dữ liệu minh hoạ. {said}" if self.illustrative else said

    @property
    def keywords(self) -> list[str]:
        return [*(schemas.load(self.schema).keywords if self.schema else ()), *(["dữ liệu minh hoạ"] if self.illustrative else [])]

    @property
    def theme(self) -> str:
        return schemas.load(self.schema).theme if self.schema else "hanh-chinh"

    @property
    def promised(self) -> str:
        """How often it is promised to be updated."""
        return self.frequency or (schemas.load(self.schema).descriptor["frequency"] if self.schema else "quarterly")

    @property
    def moment(self) -> datetime:
        """When it was last changed: eight in the morning of its day."""
        return datetime.combine(self.modified, time(8), HANOI)

    def file_names(self, stem: str) -> list[tuple[Form, str]]:
        """The files of the dataset, each with its form."""
        return [(FORMS[name], f"{stem}.{FORMS[name].extension}") for name in self.forms]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoSource:
    """One source of an agency; `url` is the path below the address of the demonstration's server."""

    name: str
    agency: str
    connector: str
    title: str
    url: str
    options: dict[str, Any]
    schedule: str
    minimum: int
    illustrative: bool
    datasets: tuple[DemoDataset, ...]

    def stem(self, dataset: DemoDataset) -> str:
        """How the agency names a file: officials write the title, programs write the key."""
        return dataset.title.replace(" – ", " - ") if self.connector == "directory" else dataset.key

    @property
    def folder(self) -> str:
        """The folder of its files, below that of the server."""
        if self.connector == "directory":
            return self.url.strip("/")
        return self.agency if self.connector == "file" else f"{self.agency}/tep"


@cache
def sources() -> tuple[DemoSource, ...]:
    """Every source with its datasets, in the order of the file."""
    offers = {name: tuple(_dataset(line) for line in lines) for name, lines in _read("datasets.toml").items()}
    return tuple(_source(name, row, offers[name]) for name, row in _read("sources.toml").items())


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DEMO / name).read_text("utf-8"))


def _dataset(line: dict[str, Any]) -> DemoDataset:
    return DemoDataset(**{**line, "forms": tuple(line.get("forms", ("csv",)))})


def _source(name: str, row: dict[str, Any], datasets: tuple[DemoDataset, ...]) -> DemoSource:
    url = row.get("url", "")
    options = dict(row.get("options", {}))
    if row["connector"] == "file":
        (dataset,) = datasets
        url = f"/{row['agency']}/{dataset.file_names(dataset.key)[0][1]}"
        options |= {"title": dataset.title, "title_en": dataset.en, "description": dataset.description, "tags": ", ".join(dataset.keywords)}
    return DemoSource(name=name, agency=row["agency"], connector=row["connector"], title=row["title"], url=url, options=options,
                      schedule=row.get("schedule", ""), minimum=row.get("minimum", 1), illustrative=row.get("illustrative", True), datasets=datasets)
