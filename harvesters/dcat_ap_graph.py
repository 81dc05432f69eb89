"""What a DCAT document lists: its datasets, each as one JSON object of its own, and where the listing goes on.

A dataset's object holds all that the document says of it, of its distributions, publisher, contact, licence and so on:
the nodes it leads to stand inside it, under the short names of `dcat_names`. Nodes without an address need no name that way,
values stand in an order of their own, and the same statements make the same object however the document writes them. Other
datasets are only named.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import orjson

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from harvesters.base import Gathered
from harvesters.dcat_names import PREFIXES, short_names
from harvesters.describing import identified
from harvesters.rdf_reading import Literal, Ref, Statements

TYPE, FIRST, REST = (PREFIXES["rdf"] + name for name in ("type", "first", "rest"))
DEPTH = 8  # a contact's address's country is the fifth
VALUES = 100_000  # of one dataset
LOOKED_AT = 4_000_000  # values of one document, each counted wherever it stands: what many datasets share is in each of them
_OF_THEIR_OWN = {"Dataset", "DatasetSeries", "Catalog", "CatalogRecord"}  # named inside a dataset's object, not copied into it
_LISTS_OF_DATASETS = {"servesDataset"}  # kept from a service's copies: they would change with every dataset that is added
_SAID = {"title", "description", "identifier", "distribution", "keyword", "publisher", "inSeries", "accrualPeriodicity", "landingPage"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One document's part of the listing.

    `items` are datasets in the order of their identifiers; `resources` how many things it lists, services and series
    included; `next` the address of the next part; `total` how many the source says that it has.
    """

    items: tuple[Gathered, ...]
    issues: tuple[Issue, ...]
    resources: int
    next: str | None
    total: int | None


class TooLarge(Exception):
    """A dataset with more values than any has."""


class Graph:
    """The statements of a document, under short names; Trouble `rdf-too-large` where what they share makes them too many."""

    def __init__(self, statements: Statements, url: str) -> None:
        self._url, self._looked_at = url, 0
        names = short_names()
        self._about = {subject: _by_name(pairs, names) for subject, pairs in statements.items()}
        self._types = {subject: {names.get(value, "") for predicate, value in pairs if predicate == TYPE and isinstance(value, Ref)}
                       for subject, pairs in statements.items()}

    def of_type(self, *wanted: str) -> list[Ref]:
        """The nodes of any of these types."""
        return [subject for subject, types in self._types.items() if types & set(wanted)]

    def types(self, node: Ref) -> set[str]:
        return self._types.get(node, set())

    def about(self, node: Ref) -> dict[str, list[Ref | Literal]]:
        return self._about.get(node, {})

    def values(self, node: Ref, name: str) -> list[Ref | Literal]:
        """The values of a property; of a collection (rdf:List) what is in it."""
        given = self.about(node).get(name, [])
        found = [inner for value in given for inner in self._members(value)] if any(map(self._is_list, given)) else list(given)
        self._count(len(found))
        return found

    def _count(self, values: int) -> None:
        self._looked_at += values
        if self._looked_at > LOOKED_AT:
            raise Trouble(Issue("rdf-too-large", Place(url=self._url), {"limit": LOOKED_AT}))

    def _is_list(self, value: Ref | Literal) -> bool:
        return isinstance(value, Ref) and FIRST in self.about(value)

    def _members(self, value: Ref | Literal) -> Iterable[Ref | Literal]:
        if not self._is_list(value):
            return [value]
        found: list[Ref | Literal] = []
        seen: set[Ref] = set()
        while isinstance(value, Ref) and value not in seen:
            seen.add(value)
            found += self.about(value).get(FIRST, [])
            value = next(iter(self.about(value).get(REST, [])), "")
        self._count(len(seen))
        return found

    def leading_to(self, holders: Iterable[Ref], name: str) -> dict[Ref, list[Ref]]:
        """Of each node the holders whose property leads to it, in their order."""
        found: dict[Ref, list[Ref]] = {}
        for holder in holders:
            for node in dict.fromkeys(self.nodes([holder], name)):
                found.setdefault(node, []).append(holder)
        return found

    def nodes(self, subjects: Iterable[Ref], name: str) -> list[Ref]:
        """The nodes to which a property of these subjects leads."""
        return [value for subject in subjects for value in self.values(subject, name) if isinstance(value, Ref)]

    def with_any(self, name: str) -> list[Ref]:
        """The nodes that have a property."""
        return [subject for subject, values in self._about.items() if name in values]

    def texts(self, node: Ref, name: str) -> list[str]:
        """The values of a property as texts, sorted."""
        found = {value.text if isinstance(value, Literal) else str(value) for value in self.values(node, name)}
        return sorted(text.strip() for text in found if text.strip() and not text.startswith("_:"))

    def tree(self, root: Ref) -> dict[str, Any]:
        """All that the document says of a node and of the nodes it leads to; TooLarge beyond `VALUES`."""
        return _Framing(self).object(root, (root,))

    def stub(self, node: Ref) -> dict[str, Any]:
        """A node by its address and its names."""
        short = {name: _sorted(_literal(value) for value in self.values(node, name) if isinstance(value, Literal))
                 for name in ("title", "identifier")}
        return {**_address(node), **{name: values for name, values in short.items() if values}}


class _Framing:
    """One object in the making; counts its values."""

    def __init__(self, graph: Graph) -> None:
        self._graph, self._count = graph, 0

    def object(self, node: Ref, above: tuple[Ref, ...]) -> dict[str, Any]:
        made = _address(node)
        types = sorted(self._graph.types(node) - {""})
        if types:
            made["@type"] = types
        for name in self._graph.about(node):
            if name in _LISTS_OF_DATASETS:
                continue
            values = self._graph.values(node, name)
            self._count += len(values)
            if self._count > VALUES:
                raise TooLarge
            made[name] = _sorted(_literal(value) if isinstance(value, Literal) else self._inner(value, above) for value in values)
        return made

    def _inner(self, node: Ref, above: tuple[Ref, ...]) -> dict[str, Any]:
        if self._graph.types(node) & _OF_THEIR_OWN:
            return self._graph.stub(node)
        if node in above or len(above) >= DEPTH:
            return _address(node)
        return self.object(node, (*above, node))


def listing(statements: Statements, url: str, first: bool = True) -> Listing | None:
    """What a document at `url` lists; None where it has neither a catalogue nor a dataset.

    A service or a series has no record of its own where datasets belong to it; a service that names no dataset has one, and
    so has, in a document that is the whole listing (`first`, and none follows), one whose datasets are not there.
    """
    graph = Graph(statements, url)
    catalogues = graph.of_type("Catalog")
    series = set(graph.of_type("DatasetSeries"))
    services = sorted({*graph.of_type("DataService"), *graph.nodes(catalogues, "service")})
    named = {*graph.nodes(catalogues, "dataset")}
    found = {*graph.of_type("Dataset"), *named}
    if not found and not catalogues and not series and not services:
        return None
    following, total, resources = _next(graph, url), _total(graph), len({*found, *series, *services})
    datasets = {node for node in found if _is_described(graph, node) and (node not in series or graph.values(node, "distribution"))}
    alone = {node for node in services if graph.about(node) and not graph.values(node, "servesDataset")}
    issues: list[Issue] = []
    if first and following is None and (total is None or total <= resources):
        alone |= _alone(graph, datasets, [*services, *series - datasets])
        issues = [Issue("dataset-not-described", Place(url=url), {"identifier": str(node)[:500]})
                  for node in sorted(named - datasets - series - alone) if not node.startswith("_:")]
    serving, containing = graph.leading_to(services, "servesDataset"), graph.leading_to(sorted(series), "seriesMember")
    records = [_record(graph, node, serving.get(node, ()), containing.get(node, ()), url) for node in sorted(datasets | alone)]
    items = tuple(sorted((one for one in records if isinstance(one, Gathered)), key=lambda item: (item.identifier, orjson.dumps(item.raw))))
    return Listing(items=items, issues=tuple(sorted([*issues, *(one for one in records if isinstance(one, Issue))], key=str)),
                   resources=resources, next=following, total=total)


def _is_described(graph: Graph, node: Ref) -> bool:
    """Whether the document says something of a dataset, and does not only name it."""
    return bool(_SAID & set(graph.about(node)))


def _record(graph: Graph, node: Ref, services: Sequence[Ref], series: Sequence[Ref], url: str) -> Gathered | Issue:
    """One dataset with the services that serve it and the series that it is a member of."""
    title = next(iter(graph.texts(node, "title")), "")
    identifier = identifier_of(graph, node)
    if not identifier:
        return Issue("identifier-missing", Place(url=url), {"title": title[:200] or "–"})
    try:
        raw = graph.tree(node)
        serving = [graph.tree(service) for service in services]
    except TooLarge:
        return Issue("record-too-deep", Place(url=url), {"identifier": identifier[:200]})
    containing = [graph.stub(one) for one in series]
    if serving:
        raw["service"] = _sorted(serving)
    if containing:
        raw["inSeries"] = _sorted([*raw.get("inSeries", []), *containing])
    return identified(raw, identifier, Place(url=url))


def identifier_of(graph: Graph, node: Ref) -> str:
    """A dataset's `dct:identifier`, else its address, else its `adms:identifier`; of several the address if among them, else
    the first. Empty for one without any."""
    stated = graph.texts(node, "identifier")
    if stated:
        return str(node) if str(node) in stated else stated[0]
    if not node.startswith("_:"):
        return str(node)
    other = sorted(text for inner in graph.nodes([node], "otherIdentifier") for text in graph.texts(inner, "notation"))
    return next(iter(other or graph.texts(node, "otherIdentifier")), "")


def _next(graph: Graph, url: str) -> str | None:
    """The address of the next part: hydra:next of the view, or the older hydra:nextPage."""
    found = {subject: graph.texts(subject, name) for name in ("nextPage", "next") for subject in graph.with_any(name)}
    here = next((subject for subject in found if str(subject) == url), None)
    texts = found[here] if here is not None else sorted(text for values in found.values() for text in values)
    return _joined(url, texts[0]) if texts else None


def _joined(url: str, text: str) -> str:
    """The address that a link leads to; the link itself where it is none, which is refused when it is followed."""
    try:
        return urljoin(url, text)
    except ValueError:
        return text


def _total(graph: Graph) -> int | None:
    """How many the source says it has (hydra:totalItems)."""
    numbers = [int(text) for subject in graph.with_any("totalItems") for text in graph.texts(subject, "totalItems")
               if text.isascii() and text.isdigit() and len(text) < 10]
    return max(numbers, default=None)


def _alone(graph: Graph, datasets: set[Ref], holders: Iterable[Ref]) -> set[Ref]:
    """The services and series to which none of these datasets belongs."""
    used = {value for node in datasets for value in graph.values(node, "inSeries")}
    return {node for node in holders if graph.about(node) and node not in used
            and not datasets & {*graph.nodes([node], "servesDataset"), *graph.nodes([node], "seriesMember")}}


def _by_name(pairs: Iterable[tuple[str, Ref | Literal]], names: dict[str, str]) -> dict[str, list[Ref | Literal]]:
    """Values by the short names of their properties, each once, types left out."""
    found: dict[str, dict[Ref | Literal, None]] = {}
    for predicate, value in pairs:
        if predicate != TYPE:
            found.setdefault(names.get(predicate, str(predicate)), {})[value] = None
    return {name: list(values) for name, values in found.items()}


def _address(node: Ref) -> dict[str, Any]:
    return {} if node.startswith("_:") else {"@id": str(node)}


def _literal(value: Literal) -> Any:
    if value.language:
        return {"@value": value.text, "@language": value.language.lower()}
    return {"@value": value.text, "@type": value.datatype} if value.datatype else value.text


def _sorted(values: Iterable[Any]) -> list[Any]:
    """JSON values in an order that depends on nothing but themselves, each once."""
    return [value for _, value in sorted({orjson.dumps(value, option=orjson.OPT_SORT_KEYS): value for value in values}.items())]
