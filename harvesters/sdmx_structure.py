"""What an SDMX service says of its data: the dataflows, and of one of them the dimensions, attributes and code lists."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from catalog.issues import Place
from harvesters.sdmx_message import LANGUAGE, Event, walk

_REFERENCE = re.compile(r"=([^:=()]+):([^:=()]+)\(([^()]+)\)(?:\.(.+))?$")  # the end of a URN
_DIMENSIONS = {"Dimension", "MeasureDimension", "TimeDimension"}
_ITEMS = {"Codelist": "Code", "ConceptScheme": "Concept"}


@dataclass(slots=True, kw_only=True)
class Flow:
    """A dataflow: names and descriptions by language."""

    agency: str
    id: str
    version: str
    names: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Structure:
    """Dimensions and attributes in their order, and the labels of the codes of those that have a code list."""

    dimensions: list[str] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)
    labels: dict[str, Mapping[str, str]] = field(default_factory=dict)


def in_words(texts: Mapping[str, str], *languages: str) -> str:
    """The text in the first language that there is, else in any."""
    return next((texts[language] for language in languages if texts.get(language)), next(iter(texts.values()), ""))


def flows(data: bytes, place: Place) -> list[Flow]:
    """The dataflows of a structure message; of several versions of one the newest."""
    found: dict[tuple[str, str], Flow] = {}
    flow = None
    for event in walk(io.BytesIO(data), place, "Structure"):
        if event.name == "Dataflow" and event.opens and event.around[-1:] == ("Dataflows",):
            get = event.element.get
            flow = Flow(agency=get("agencyID") or "", id=get("id") or "", version=get("version") or "1.0")
        elif flow is not None and event.closes("Name", "Dataflow"):
            _note(flow.names, event)
        elif flow is not None and event.closes("Description", "Dataflow"):
            _note(flow.notes, event)
        elif flow is not None and event.closes("Dataflow", "Dataflows"):
            before = found.get((flow.agency, flow.id))
            if before is None or _order(flow.version) > _order(before.version):
                found[flow.agency, flow.id] = flow
            flow = None
    return list(found.values())


def structure(data: bytes, place: Place, languages: tuple[str, ...]) -> Structure:
    """The structure of a dataflow, from a message with its data structure, concepts and code lists."""
    read = _Reader(languages)
    for event in walk(io.BytesIO(data), place, "Structure"):
        read.take(event)
    return read.structure()


class _Reader:
    """Collects components and the items of schemes; which belongs to which is told at the end."""

    def __init__(self, languages: tuple[str, ...]) -> None:
        self._languages = languages
        self._components: list[tuple[str, str, dict[str, str]]] = []  # kind, id, what it refers to
        self._items: dict[str, dict[str, str]] = {}  # of a code list: code -> label
        self._coded: dict[tuple[str, str], str] = {}  # concept scheme, concept -> code list
        self._refers: dict[str, str] = {}
        self._scheme, self._names = "", {}

    def take(self, event: Event) -> None:
        """One opening or closing."""
        if event.opens and event.name in _ITEMS:
            self._scheme = _key(event.element.get("agencyID"), event.element.get("id"), event.element.get("version"))
            self._items.setdefault(self._scheme, {})
        elif event.opens and (event.name == "Concept" or _is_component(event)):
            self._refers = {}
        elif event.opens and event.name == "Code":
            self._names = {}
        elif event.closes("Name", "Code"):
            _note(self._names, event)
        elif event.closes("Code"):
            self._items.setdefault(self._scheme, {})[event.element.get("id") or ""] = in_words(self._names, *self._languages)
        elif event.closes("Concept") and "enumeration" in self._refers:
            self._coded[self._scheme, event.element.get("id") or ""] = self._refers["enumeration"]
        elif not event.opens and event.name in ("Ref", "URN"):
            self._note_reference(event)
        elif not event.opens and _is_component(event):
            identifier = event.element.get("id") or self._refers.get("concept", " ").partition(" ")[2]
            self._components.append((event.name, identifier, self._refers))

    def _note_reference(self, event: Event) -> None:
        """What a component or a concept refers to: its concept, or the list of its codes."""
        target = _target(event)
        if target is None:
            return
        scheme, item = target
        if event.around[-1] == "ConceptIdentity":
            self._refers["concept"] = f"{scheme} {item}"
        elif event.around[-1] == "Enumeration":
            self._refers["enumeration"] = scheme

    def structure(self) -> Structure:
        """What was collected, put together."""
        found = Structure()
        for kind, identifier, refers in self._components:
            scheme, _, concept = refers.get("concept", "").partition(" ")
            codes = self._items.get(refers.get("enumeration") or self._coded.get((scheme, concept), ""))
            known = found.dimensions if kind in _DIMENSIONS else found.attributes
            if identifier and identifier not in known:
                known.append(identifier)
                if codes:
                    found.labels[identifier] = codes
        return found


def _is_component(event: Event) -> bool:
    """Whether it is a dimension or attribute of the structure itself, not one that another refers to."""
    return (event.name in _DIMENSIONS and event.around[-1:] == ("DimensionList",)) or (
        event.name == "Attribute" and event.around[-1:] == ("AttributeList",))


def _target(event: Event) -> tuple[str, str] | None:
    """The scheme (and the item of it) that a reference names, as `Ref` attributes or as a URN."""
    if event.name == "URN":
        found = _REFERENCE.search((event.element.text or "").strip())
        return (_key(found[1], found[2], found[3]), found[4] or "") if found else None
    get = event.element.get
    if get("maintainableParentID"):
        return _key(get("agencyID"), get("maintainableParentID"), get("maintainableParentVersion")), get("id") or ""
    return _key(get("agencyID"), get("id"), get("version")), ""


def _key(agency: str | None, identifier: str | None, version: str | None) -> str:
    """The name of a scheme."""
    return f"{agency or ''}:{identifier or ''}({version or '1.0'})"


def _note(texts: dict[str, str], event: Event) -> None:
    """Remember a text under its language."""
    text = " ".join((event.element.text or "").split())
    if text:
        texts.setdefault((event.element.get(LANGUAGE) or "").lower().partition("-")[0], text)


def _order(version: str) -> tuple[int, ...]:
    """A version as numbers that can be compared."""
    return tuple(int(part) for part in re.findall(r"\d{1,9}", version))
