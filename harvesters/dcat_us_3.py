"""DCAT-US 3.0 (https://resources.data.gov/standards/catalog/dcat-us-3/): what such a document lists.

It is JSON-LD in form: keys may carry a vocabulary's prefix, an identifier may be an object, catalogues stand inside catalogues,
and datasets inside the series they belong to or the services that serve them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from harvesters import dcat_words as words
from harvesters.dcat_names import PREFIXES, full, short_names
from harvesters.describing import as_text

MARK = "dcatUsVersion"  # in what is kept of an entry, so that it is described as it was listed
_STATED = re.compile(r"dcat[-_ ]?us[-_/ #]*v?(3|$)", re.IGNORECASE)
_ONLY_HERE = {"datasetSeries", "dcat:dataset", "dcat:service", "dcat:catalog", "dcat:datasetSeries"}
_HOLDING = ("dataset", "datasetSeries", "service", "catalog")
_MEMBERS = ("seriesMember", "first", "last", "hasPart")


class Entry(NamedTuple):
    """One thing in a document's listing: where it stands, what stands there, and under which identifier."""

    place: str
    value: Any
    identifier: Any


def is_version_3(document: Any) -> bool:
    """Whether a document is DCAT-US 3.0: it says so, or it is written as only 3.0 is."""
    if isinstance(document, list):
        return any(isinstance(entry, Mapping) and _type_of(entry) == "Dataset" and entry.get("@type") != "dcat:Dataset" for entry in document)
    if not isinstance(document, Mapping):
        return False
    stated = " ".join(as_text(part) for value in words.many(document.get("conformsTo") or document.get("dct:conformsTo")
                                                            or document.get("dcterms:conformsTo"))
                      for part in ([value] if not isinstance(value, Mapping) else value.values()))
    if "project-open-data" in stated:
        return False
    types = {as_text(value) for value in words.many(document.get("@type"))}
    return bool(_STATED.search(stated) or _ONLY_HERE & set(document) or types & {"Catalog", "Dataset", "DatasetSeries"}
                or is_version_3(words.many(document.get("dataset"))))


def entries(document: Any, url: str) -> list[Entry]:
    """Every dataset of a document, those of catalogues, series and services in it included.

    A dataset that stands in a series or under a service and in the listing as well is taken from the listing. A service or a
    series to which no dataset belongs is an entry of its own. Trouble for a document that holds no listing.
    """
    root = _without_prefixes(document)
    if isinstance(root, Mapping) and _type_of(root) != "Dataset" and not any(isinstance(root.get(key), list | dict) for key in _HOLDING):
        raise Trouble(Issue("listing-of-another-kind", Place(url=url), {"expected": "dataset"}))
    gathering = _Gathering()
    waiting: list[tuple[str, Any]] = [("", root)]
    while waiting:
        waiting.extend(gathering.catalogue(*waiting.pop(0)))
    return gathering.finish()


class _Gathering:
    """Collects what the catalogues of a document hold."""

    def __init__(self) -> None:
        self._listed: list[Entry] = []
        self._embedded: list[Entry] = []
        self._services: list[tuple[Entry, set[str]]] = []
        self._series: list[tuple[Entry, set[str]]] = []

    def catalogue(self, at: str, value: Any) -> list[tuple[str, Any]]:
        """Take what one catalogue holds; the catalogues inside it are returned."""
        if isinstance(value, list):
            value = {"dataset": value}
        if _type_of(value) == "Dataset":
            value = {"dataset": [value]}
        inner = []
        for place, entry in _children(at, value, "dataset"):
            if isinstance(entry, Mapping) and ("dataset" in entry or _type_of(entry) == "Catalog"):
                inner.append((place + ".", entry))
            elif _type_of(entry) == "DatasetSeries" and not entry.get("distribution"):
                self._hold(place, entry, _MEMBERS, self._series)
            else:
                self._listed.append(_entry(place, entry))
        for place, series in _children(at, value, "datasetSeries"):
            self._hold(place, series, _MEMBERS, self._series)
        for place, service in _children(at, value, "service"):
            self._hold(place, service, ("servesDataset",), self._services)
        return inner + [(place + ".", entry) for place, entry in _children(at, value, "catalog")]

    def _hold(self, at: str, holder: Any, keys: tuple[str, ...], kept: list[tuple[Entry, set[str]]]) -> None:
        """Take a series or a service: the datasets that stand in it, and the identifiers of those that it names."""
        if not isinstance(holder, Mapping):  # the address of one that stands elsewhere
            return
        named: set[str] = set()
        for key in keys:
            for place, member in _children(at + ".", holder, key):
                entry = _entry(place, member if isinstance(member, Mapping) else {"@id": member})
                named |= _names_of(entry)
                if isinstance(member, Mapping) and member.get("title"):
                    self._embedded.append(entry)
        kept.append((_entry(at, {key: value for key, value in holder.items() if key not in keys}), named))

    def finish(self) -> list[Entry]:
        """The datasets, each once, with the services and series that hold them; then those that hold none."""
        seen = {name for entry in self._listed for name in _names_of(entry)}
        found = list(self._listed)
        for entry in self._embedded:
            if not seen & _names_of(entry):
                found.append(entry)
                seen |= _names_of(entry)
        told = {name for entry in found for name in _series_of(entry)}
        alone = [holder for holder, named in (*self._services, *self._series) if not named & seen and not _names_of(holder) & told]
        serving, containing = _by_member(self._services), _by_member(self._series)
        return [_whole(entry, _holders(serving, entry), _holders(containing, entry)) for entry in (*found, *alone)]


def _whole(entry: Entry, services: list[Entry], series: list[Entry]) -> Entry:
    """The entry with the services and series that hold it, and the mark of the version."""
    if not isinstance(entry.value, Mapping):
        return entry
    told = set(_series_of(entry))
    more = {"service": [holder.value for holder in services],
            "inSeries": [*words.many(entry.value.get("inSeries")),
                         *({key: holder.value[key] for key in ("@id", "identifier", "title") if key in holder.value}
                           for holder in series if not _names_of(holder) & told)]}
    return entry._replace(value={**entry.value, **{key: value for key, value in more.items() if value}, MARK: "3.0"})


def _by_member(held: list[tuple[Entry, set[str]]]) -> dict[str, dict[int, Entry]]:
    """By each name of a member what holds it, in the order of the document."""
    found: dict[str, dict[int, Entry]] = {}
    for number, (holder, named) in enumerate(held):
        for name in named:
            found.setdefault(name, {})[number] = holder
    return found


def _holders(by_member: Mapping[str, Mapping[int, Entry]], entry: Entry) -> list[Entry]:
    """What holds an entry, each once."""
    found = {number: holder for name in _names_of(entry) for number, holder in by_member.get(name, {}).items()}
    return [holder for _, holder in sorted(found.items(), key=lambda pair: pair[0])]


def _children(at: str, holder: Any, key: str) -> list[tuple[str, Any]]:
    """What stands under a key, each with its place; a single thing is a list of one."""
    value = holder.get(key) if isinstance(holder, Mapping) else None
    if isinstance(value, list):
        return [(f"{at}{key}[{number}]", inner) for number, inner in enumerate(value)]
    return [(f"{at}{key}", value)] if value is not None else []


def _type_of(value: Any) -> str:
    types = [as_text(inner).rpartition(":")[2].rpartition("#")[2] for inner in words.many(value.get("@type"))] if isinstance(value, Mapping) else []
    return next((name for name in ("DatasetSeries", "Catalog", "DataService", "Dataset") if name in types), "")


def _entry(place: str, value: Any) -> Entry:
    return Entry(place, value, _identifier(value) if isinstance(value, Mapping) else None)


def _identifier(value: Mapping[str, Any]) -> Any:
    """An identifier as text or number: itself, the address or notation of an Identifier object, else the entry's own address."""
    given = next(iter(words.many(value.get("identifier"))), None)
    if isinstance(given, Mapping):
        given = next((found for key in ("@id", "notation", "@value") if (found := next(iter(words.many(given.get(key))), None))), None)
    return given if given is not None and as_text(given).strip() else value.get("@id")


def _names_of(entry: Entry) -> set[str]:
    """Everything by which a dataset may be spoken of."""
    own = entry.value.get("@id") if isinstance(entry.value, Mapping) else None
    return {name for name in (entry.identifier, own) if isinstance(name, str) and name}


def _series_of(entry: Entry) -> list[str]:
    """Everything by which a dataset speaks of the series it is in."""
    if not isinstance(entry.value, Mapping):
        return []
    return [name for one in words.objects(entry.value.get("inSeries")) for name in _names_of(_entry("", one))]


def _without_prefixes(document: Any) -> Any:
    """The document with DCAT's short names for keys that carry a prefix; a key that stands there without one as well counts."""
    names, root = short_names(), [document]
    waiting: list[list[Any] | dict[str, Any]] = [root]
    while waiting:
        holder = waiting.pop()
        for key, value in enumerate(holder) if isinstance(holder, list) else list(holder.items()):
            if isinstance(value, Mapping):
                plain = {_short(name, names): inner for name, inner in value.items()}
                value = holder[key] = plain | {name: inner for name, inner in value.items() if ":" not in name}
            elif isinstance(value, list):
                value = holder[key] = list(value)
            if isinstance(value, list | dict):
                waiting.append(value)
    return root[0]


def _short(key: str, names: Mapping[str, str]) -> str:
    prefix, _, name = key.partition(":")
    return names.get(full(key), name) if name and prefix in PREFIXES else key
