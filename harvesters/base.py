"""What a connector is: a *way of access*, never a publisher.

A connector is told a source and a way out to the network, and answers two questions: which records does the
source have (`page`), and what does one of them say (`describe`). It stores nothing, decides nothing, and
raises `catalog.errors.Trouble` where the source's answer cannot be used. Everything else (hashing, fetching
files, validation, storing) is the pipeline's. It declares its options, so that the command line and the web
form ask for them by name.

How to write a new one is told in `harvesters/__init__.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, runtime_checkable

from catalog.issues import Issue
from catalog.net import Net
from catalog.record import Made, Record
from catalog.uploads import Drop


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of a connector: its name, its default, and what it means in both languages.

    A `required` option must be given; a `secret` one is kept encrypted, is never shown again, and reaches the connector
    in `SourceSpec.secrets`. `lines` is one whose value runs over several lines.
    """

    name: str
    vi: str
    en: str
    default: str | None = None
    choices: tuple[str, ...] = ()
    required: bool = False
    secret: bool = False
    lines: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """What a connector may know of its source.

    `secrets` are the values of its secret options, and stand in no repr; `drop` is what was handed in for it, None for a
    source that is not saved.
    """

    name: str
    url: str
    options: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    drop: Drop | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """One record as the source lists it: `raw` is JSON-able and is all that `describe` needs.

    In a light listing `raw` is None, and `mark` is what the source lists of its state; without a mark it is asked for in
    every run. An answer of `detail` carries the mark of the very answer, which may be another than the listed one.
    """

    identifier: str
    raw: Mapping[str, Any] | None = None
    mark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of the listing.

    `cursor` leads to the next page after a restart (None: this was the last); `total` is what the source says
    it has; `issues` are records that cannot even be identified; `shortfall` says that the listing as a whole gives
    less than the source has, so that what is missing from it proves nothing.
    """

    items: tuple[Gathered, ...]
    cursor: str | None = None
    total: int | None = None
    issues: tuple[Issue, ...] = ()
    shortfall: Issue | None = None


class Connector(Protocol):
    """One way of access.

    It may declare `local = True` where a folder of this machine can be its source, `own_scheme` where its address is made
    of the source's name, and `reads_ahead = True` where its next page may be asked for before the records of this one are worked on.
    """

    kind: ClassVar[str]
    title: ClassVar[Mapping[str, str]]  # {"vi": …, "en": …}
    options: ClassVar[tuple[Option, ...]]

    def __init__(self, source: SourceSpec, net: Net) -> None: ...

    def page(self, cursor: str | None) -> Page:
        """One page of the listing, from its start or from a cursor; Trouble when the source cannot be read."""
        ...

    def describe(self, item: Gathered) -> Record:
        """One record in the catalogue's words; no network. Trouble when it cannot be understood."""
        ...


@runtime_checkable
class Maker(Protocol):
    """A connector that makes files from an interface's answers."""

    def make(self, recipe: Mapping[str, Any], target: Path, mark: str | None) -> Made | None:
        """Write the file that a `recipe` of `describe` asks for to `target`; None where it is as it was at `mark`.

        Rows are written as they come, so that memory stays bounded. Trouble when they cannot be had or are cut short: a file
        that lacks rows is never made.
        """
        ...


@runtime_checkable
class Detailing(Protocol):
    """A connector that lists records without their answers and asks for these one by one or some at a time."""

    def detail(self, items: Sequence[Gathered]) -> Sequence[Gathered | Issue]:
        """The records in full: for each item, in their order, its answer or why it could not be had.

        An item holds its identifier only. What fails for one record never costs another; Trouble where nothing can be asked.
        """
        ...


@runtime_checkable
class Placed(Protocol):
    """A connector whose source is reached by other ways than HTTP."""

    def vet(self) -> None:
        """Whether the source's address may be used at all, asked before it is saved; Trouble says why not. Nothing is fetched."""
        ...


def every_page(connector: Connector) -> Iterator[Page]:
    """All pages in order; for a preview, and for tests."""
    page = connector.page(None)
    yield page
    while page.cursor is not None:
        page = connector.page(page.cursor)
        yield page
