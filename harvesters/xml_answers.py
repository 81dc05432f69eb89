"""XML that a server answers: parsed without document types, entities or a way out, and read by local names.

A document with a type declaration is refused before the parser sees an element, so nothing can be expanded or fetched.
A document that is cut off or broken is refused as a whole: what is missing from half a listing would look deleted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.parsers import expat

from catalog.errors import Trouble
from catalog.issues import Issue, Place

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_BYTES = 24 << 20  # of one answer; its tree takes some five times as much
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_PIECE = 1 << 16
_WEB_PAGE = re.compile(rb"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_NO_CHARACTER = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|&#(0*([0-8]|1[124-9]|2\d|3[01])|x0*([0-8bcef]|1[0-9a-f]));", re.IGNORECASE)


class _Seen(Exception):
    """The document's first element was reached."""


def parsed(body: bytes, url: str, expected: str) -> Element:
    """The root of an XML document, without comments; Trouble where it is none.

    `answer-empty`, `listing-of-another-kind` for what is no XML (`expected` says what is needed), `xml-with-dtd`, or `xml-broken`
    with the line. Characters that XML does not allow (control characters, common in old repositories) become spaces or U+FFFD.
    """
    from lxml import etree

    if body[:2] in (b"\xff\xfe", b"\xfe\xff") and body[2:3] == b"<" and body[3:4] != b"\0":
        body = body[2:]  # the mark of UTF-16 before eight-bit text
    text = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        raise Trouble(Issue("answer-empty", Place(url=url)))
    is_wide = text[:2] in (b"\xff\xfe", b"\xfe\xff")
    if not is_wide and (not text.startswith(b"<") or _WEB_PAGE.match(text)):
        raise Trouble(Issue("listing-of-another-kind", Place(url=url), {"expected": expected}))
    if not is_wide and _NO_CHARACTER.search(text):
        text = _NO_CHARACTER.sub(lambda found: b" " if len(found[0]) == 1 else b"&#xFFFD;", text)
    _refuse_type(body if is_wide else text, url)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
                             recover=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(body if is_wide else text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _broken(url, getattr(error, "lineno", None)) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Trouble(Issue("xml-with-dtd", Place(url=url)))
    return root


def _refuse_type(text: bytes, url: str) -> None:
    """Read up to the first element and refuse a type declaration on the way, whatever the encoding."""
    parser = expat.ParserCreate()

    def typed(*_: object) -> None:
        raise Trouble(Issue("xml-with-dtd", Place(url=url)))

    def began(*_: object) -> None:
        raise _Seen

    parser.StartDoctypeDeclHandler, parser.StartElementHandler = typed, began
    try:
        for start in range(0, len(text), _PIECE):
            parser.Parse(text[start:start + _PIECE])
        parser.Parse(b"", True)
    except _Seen:
        return
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise _broken(url, getattr(error, "lineno", None)) from None


def _broken(url: str, line: int | None) -> Trouble:
    return Trouble(Issue("xml-broken", Place(url=url), {"line": line or 1}))


def local(element: Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: Element) -> str:
    """The namespace of an element; empty where it has none."""
    return str(element.tag).rpartition("}")[0].removeprefix("{")


def children(element: Element, *path: str) -> Iterator[Element]:
    """Every element at a path of local names below this one, in the order of the document; `*` stands for any name."""
    if not path:
        yield element
        return
    for child in element:
        if path[0] in ("*", local(child)):
            yield from children(child, *path[1:])


def first(element: Element, *path: str) -> Element | None:
    """The first element at a path of local names."""
    return next(children(element, *path), None)


def words(element: Element | None) -> str:
    """All text within an element, with single spaces at line ends; empty for None."""
    return "" if element is None else "".join(element.itertext()).strip()


def text_at(element: Element, *path: str) -> str:
    """The first text that is not empty at a path of local names."""
    return next(filter(None, map(words, children(element, *path))), "")


def texts_at(element: Element, *path: str) -> list[str]:
    """Every text at a path, without empty ones and repetitions."""
    return list(dict.fromkeys(filter(None, map(words, children(element, *path)))))


def attribute(element: Element | None, name: str) -> str:
    """An attribute by its local name, whatever its namespace; empty where there is none."""
    if element is None:
        return ""
    return next((str(value).strip() for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")
