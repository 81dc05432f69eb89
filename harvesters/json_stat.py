"""JSON-stat by its address: one dataset, a collection of datasets, or a bundle of version 1 (https://json-stat.org/full/)."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import Net
from catalog.net.politeness import ABOUT_THE_HOST
from catalog.record import Made, Record
from harvesters import cube
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.cube_describing import Told, described, file_name
from harvesters.describing import DEFAULTS, as_text, identified
from harvesters.json_stat_cube import cube_of, is_dataset

DATASETS = 100  # of one page
COLLECTIONS, DEPTH = 500, 6  # that are opened, one below the other


class JsonStat:
    """Whatever stands at an address in JSON-stat; each dataset becomes a tidy table."""

    kind: ClassVar[str] = "json-stat"
    title: ClassVar[Mapping[str, str]] = {"vi": "Bảng thống kê JSON-stat", "en": "Statistical tables in JSON-stat"}
    options: ClassVar[tuple[Option, ...]] = DEFAULTS

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._url, self._options, self._net = source.url, source.options, net
        self._listed: dict[str, Gathered] | None = None
        self._issues: list[Issue] = []
        self._shortfall: Issue | None = None
        self._bundle: Any = None
        self._lock = threading.Lock()

    def page(self, cursor: str | None) -> Page:
        """The next 100 datasets in the order of their identifiers; the cursor is the last one's."""
        if self._listed is None:
            self._issues, self._shortfall = [], None
            listed: dict[str, Gathered] = {}
            for item in self._gathered():
                again = listed.setdefault(item.identifier, item) is not item
                if again and item.raw["key"]:  # a second link to the same dataset is no second dataset
                    self._issues.append(Issue("duplicate-identifier", Place(url=self._url), {"identifier": item.identifier}))
            self._listed = listed
        names = sorted(name for name in self._listed if cursor is None or name > cursor)
        last = len(names) <= DATASETS
        return Page(items=tuple(self._listed[name] for name in names[:DATASETS]), total=len(self._listed),
                    cursor=None if last else names[DATASETS - 1], issues=tuple(self._issues) if cursor is None else (),
                    shortfall=self._shortfall if last else None)

    def _gathered(self) -> Iterator[Gathered]:
        """Every dataset, collections opened breadth first, each once."""
        waiting, asked = [(self._url, 0)], {self._url}
        while waiting:
            url, depth = waiting.pop(0)
            try:
                document = self._net.get_json(url)
                found = list(_entries(document, url))
            except Trouble as trouble:
                if url == self._url or trouble.issue.code in ABOUT_THE_HOST:
                    raise
                self._shortfall = self._shortfall or trouble.issue
                continue
            for entry in found:
                if entry["class"] != "collection":
                    yield from self._identified(entry)
                elif entry["href"] not in asked and len(asked) < COLLECTIONS and depth < DEPTH:
                    asked.add(entry["href"])
                    waiting.append((entry["href"], depth + 1))
                elif entry["href"] not in asked:
                    self._shortfall = self._shortfall or Issue("listing-cut", Place(url=self._url), {"folders": len(asked)})

    def _identified(self, entry: dict[str, Any]) -> Iterator[Gathered]:
        """The dataset of an entry under its address, or under its name where it stands inside a document."""
        name = entry["href"] or (f"{entry['at']}#{entry['key']}" if entry["key"] else entry["at"])
        found = identified(entry, name if entry["href"] or entry["key"] is not None else None, Place(url=entry["at"]))
        if isinstance(found, Gathered):
            yield found
        else:
            self._issues.append(found)

    def describe(self, item: Gathered) -> Record:
        """The dataset as its own words or its link tell it."""
        raw = item.raw
        at, key = as_text(raw.get("href")) or as_text(raw.get("at")) or self._url, as_text(raw.get("key"))
        dimensions = [as_text(dimension) for dimension in raw["dimensions"]] if isinstance(raw.get("dimensions"), list) else []
        return described(item, self._options, Told(
            title=raw.get("title") or _name(at), notes=raw.get("notes"), author=raw.get("source"), updated=raw.get("updated"),
            url=f"{at}#{key}" if key else at, recipe={"url": at, "key": key}, extras={"dimensions": "; ".join(dimensions)}))

    def make(self, recipe: Mapping[str, Any], target: Path, mark: str | None) -> Made | None:
        """The table of one dataset. It is made whatever the mark, since the whole answer has come by the time it can be told."""
        url, key = as_text(recipe.get("url")), as_text(recipe.get("key"))
        dataset = _within(self._document(url, shared=bool(key)), key)
        table = cube_of(dataset, Place(url=url))
        cube.write_table(target, cube.header(table.dimensions), table.rows(), table.place, self._net.heed)
        updated = as_text(dataset.get("updated"))[:200] or None
        return Made(filename=file_name(key or _name(url)), media_type=cube.MEDIA_TYPE, mark=updated)

    def _document(self, url: str, *, shared: bool) -> Any:
        """A document; one with several datasets is fetched once for all of them."""
        if not shared:
            return self._net.get_json(url)
        with self._lock:
            if self._bundle is None or self._bundle[0] != url:
                self._bundle = (url, self._net.get_json(url))
            return self._bundle[1]


def _entries(document: Any, url: str) -> Iterator[dict[str, Any]]:
    """What a document holds or links to; Trouble `listing-of-another-kind` when it is no JSON-stat."""
    if is_dataset(document):
        yield _entry(document, url, "")
        return
    items = _items(document)
    if items is not None:
        for item in items:
            yield from _linked(item, url)
        return
    held = {key: value for key, value in document.items() if is_dataset(value)} if isinstance(document, Mapping) else {}
    if not held:
        raise Trouble(Issue("listing-of-another-kind", Place(url=url), {"expected": "JSON-stat"}))
    for key, value in held.items():
        yield _entry(value, url, key)


def _linked(item: Any, url: str) -> Iterator[dict[str, Any]]:
    """An entry of a collection: a link, or a dataset that stands in it whole."""
    if not isinstance(item, Mapping) or item.get("class") == "dimension":
        return
    href = as_text(item.get("href")).strip()
    if is_dataset(item) and not href:
        yield _entry(item, url, as_text(item.get("label")).strip() or None)
        return
    try:
        address = urldefrag(urljoin(url, href))[0] if href else ""
    except ValueError:
        address = ""
    kind = "collection" if item.get("class") == "collection" else "dataset"
    yield {**_entry(item, url, None), "href": address, "class": kind}


def _entry(dataset: Mapping[str, Any], url: str, key: str | None) -> dict[str, Any]:
    """What is kept of a dataset or a link: words, no cells."""
    notes = dataset.get("note")
    texts = notes if isinstance(notes, list) else [notes] if notes else []
    described = dataset.get("dimension") if is_dataset(dataset) else {}
    names = dataset.get("id") if isinstance(dataset.get("id"), list) else described.get("id", [])
    labels = [_dimension_words(name, described.get(name)) for name in names if isinstance(name, str)]
    return {"title": as_text(dataset.get("label")), "href": "", "class": "dataset", "at": url, "key": key,
            "notes": "\n\n".join(as_text(text) for text in texts), "source": as_text(dataset.get("source")),
            "updated": as_text(dataset.get("updated")), "dimensions": labels}


def _dimension_words(name: str, described: Any) -> str:
    label = as_text(described.get("label")) if isinstance(described, Mapping) else ""
    return f"{name} ({label})" if label and label != name else name


def _within(document: Any, key: str) -> Any:
    """The dataset of a document under a key: of a bundle, or by its name in a collection."""
    if not key or not isinstance(document, Mapping):
        return document
    if is_dataset(document.get(key)):
        return document[key]
    return next((item for item in _items(document) or () if is_dataset(item) and as_text(item.get("label")).strip() == key), None)


def _items(document: Any) -> list[Any] | None:
    """The entries of a collection; None when it is none."""
    links = document.get("link") if isinstance(document, Mapping) else None
    items = links.get("item") if isinstance(links, Mapping) else None
    return items if isinstance(items, list) else None


def _name(url: str) -> str:
    """The last part of an address, without its ending."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return PurePosixPath(unquote(parts.path)).stem or parts.netloc
