"""Walks an SDMX-ML message element by element; nothing of it is kept but what the reader takes.

The library sdmx1 is not used: it builds an object for every observation, so that memory grows with the data, brings pandas,
numpy and lxml (170 MB, 0.4 s to import), and has lxml expand entities. What is needed of SDMX-ML is here in a few
lines, with document types and entities refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from catalog.errors import Trouble
from catalog.issues import Issue, Place

DEPTH = 50
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Event:
    """An element that opens or closes: its name without namespace, and the names of those around it, the outermost first."""

    opens: bool
    name: str
    element: Element
    around: tuple[str, ...]

    def closes(self, name: str, *within: str) -> bool:
        """Whether an element of this name closes, directly within others (the outermost first)."""
        return not self.opens and self.name == name and self.around[len(self.around) - len(within):] == within

    def own(self) -> dict[str, str]:
        """Its attributes that belong to no namespace."""
        return {key: value for key, value in self.element.attrib.items() if not key.startswith("{")}


def walk(file: BinaryIO, place: Place, expected: str) -> Iterator[Event]:
    """Every opening and closing of a message whose outermost element's name ends in `expected`.

    Trouble `sdmx-broken` when it is no sound XML, `sdmx-refused` when it is an error message or says that it is not whole,
    `cube-of-another-kind` when it is another message.
    """
    try:
        yield from _events(file, place, expected)
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        line = error.position[0] if isinstance(error, ParseError) else 1
        raise Trouble(Issue("sdmx-broken", place, {"line": line})) from None


def _events(file: BinaryIO, place: Place, expected: str) -> Iterator[Event]:
    names: list[str] = []
    elements: list[Element] = []
    for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
        name = element.tag.rpartition("}")[2]
        if event == "start":
            _require(name, element, names, place, expected)
            yield Event(True, name, element, tuple(names))
            names.append(name)
            elements.append(element)
            continue
        names.pop()
        elements.pop()
        if not names and name == "Error":
            raise Trouble(Issue("sdmx-refused", place, {"code": "–"}))
        yield Event(False, name, element, tuple(names))
        if elements:
            elements[-1].remove(element)  # so that a message of any length takes no more memory than one row


def _require(name: str, element: Element, names: list[str], place: Place, expected: str) -> None:
    if len(names) > DEPTH:
        raise Trouble(Issue("sdmx-broken", place, {"line": 1}))
    if not names and name == "Error":
        return
    if not names and not name.endswith(expected):
        raise Trouble(Issue("cube-of-another-kind", place, {"expected": f"SDMX {expected}"}))
    if name == "ErrorMessage" and names == ["Error"]:
        raise Trouble(Issue("sdmx-refused", place, {"code": _code(element)}))
    if name == "Message" and names[-1:] == ["Footer"] and (
            element.get("severity") == "Error" or element.get("code") in ("413", "510")):
        raise Trouble(Issue("sdmx-refused", place, {"code": _code(element)}))


def _code(element: Element) -> str:
    """The number under which the service refuses."""
    code = element.get("code") or ""
    return code if code.isascii() and code.isdecimal() and len(code) <= 4 else "–"
