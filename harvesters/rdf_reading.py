"""From bytes to statements: RDF in XML, Turtle, N-Triples or JSON-LD, read within bounds and without asking the network.

The parsers are rdflib's. XML is read with DTDs and entities off; JSON-LD's contexts are put into the document beforehand;
a document with more statements than a catalogue's page may have is refused. Import this module where it is needed only.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import rdflib
from defusedxml.common import DTDForbidden
from defusedxml.expatreader import DefusedExpatParser
from rdflib.parser import InputSource
from rdflib.plugins.parsers.jsonld import to_rdf
from rdflib.plugins.parsers.rdfxml import RDFXMLHandler
from rdflib.store import Store

from catalog.characters import keepable
from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net.transfer import parsed_json
from harvesters.jsonld_contexts import ContextsTooLarge, Inliner

STATEMENTS = 400_000  # of one document; about 20,000 datasets, and some 400 MB of memory
ESCAPES = 50_000  # in one line of Turtle; rdflib's work grows with their number times the text's length
LINE = 1 << 20  # of N-Triples; beyond it rdflib's reader of lines takes time that grows with the square
ACCEPT = "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8, application/n-triples;q=0.7, */*;q=0.3"
_MEDIA_TYPES = {
    "application/rdf+xml": "xml", "text/turtle": "turtle", "application/x-turtle": "turtle", "text/n3": "turtle", "text/rdf+n3": "turtle",
    "application/n-triples": "nt", "application/ld+json": "json-ld",
}
_VAGUE_TYPES = {"application/xml": "xml", "text/xml": "xml", "application/json": "json-ld", "text/json": "json-ld"}
_ENDINGS = {"rdf": "xml", "owl": "xml", "xml": "xml", "ttl": "turtle", "n3": "turtle", "nt": "nt", "jsonld": "json-ld", "json": "json-ld"}
_SIGNS = (
    (re.compile(rb"<(!doctype\s+)?html[\s>]", re.IGNORECASE), "html"),
    (re.compile(rb"<\?xml|<rdf:RDF[\s>]|<!--|<!doctype", re.IGNORECASE), "xml"),
    (re.compile(rb'\{|\[\s*[{\]"]|null\s*$'), "json-ld"),
    (re.compile(rb"@(prefix|base)\s|(prefix|base)\s+\S*\s*<", re.IGNORECASE), "turtle"),
)
_NAMES = {"xml": "RDF/XML", "turtle": "Turtle", "nt": "N-Triples", "json-ld": "JSON-LD"}


class Literal(NamedTuple):
    """A value that is no node: its text, its language (empty for none) and the address of its type (empty for text)."""

    text: str
    language: str = ""
    datatype: str = ""


class Ref(str):
    """A node: an address, or `_:` and a name for one that has none (which differs from reading to reading)."""

    __slots__ = ()


Statements = dict[Ref, list[tuple[str, "Ref | Literal"]]]


class _Sink(Store):
    """Takes what a parser finds, as plain values."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.statements: Statements = defaultdict(list)
        self._url, self._count, self._refs = url, 0, {}

    def add(self, triple: Any, context: Any = None, quoted: bool = False) -> None:
        subject, predicate, value = triple
        self._count += 1
        if self._count > STATEMENTS:
            raise Trouble(Issue("rdf-too-large", Place(url=self._url), {"limit": STATEMENTS}))
        self.statements[self._ref(subject)].append((self._ref(predicate), self._value(value)))

    def _value(self, value: Any) -> Ref | Literal:
        if not isinstance(value, rdflib.Literal):
            return self._ref(value)
        datatype = str(value.datatype or "")
        return Literal(_clean(str(value)), value.language or "", "" if datatype.endswith("XMLSchema#string") else datatype)

    def _ref(self, node: Any) -> Ref:
        """The same object for the same node, so that a term that is used everywhere is kept once."""
        ref = Ref(f"_:{node}" if isinstance(node, rdflib.BNode) else _clean(str(node)))
        return self._refs.setdefault(ref, ref)

    def triples(self, pattern: Any, context: Any = None):
        return iter(())

    def __len__(self, context: Any = None) -> int:
        return self._count


class _Graph(rdflib.Graph):
    """What the parsers write to; prefixes are passed over, for rdflib's list of them grows with the square of their number."""

    def bind(self, *_: Any, **__: Any) -> None:
        """Prefixes are of no use here."""


class _Handler(RDFXMLHandler):
    """Reads RDF/XML; texts are gathered in pieces, and of XML inside a value the text is kept."""

    def startPrefixMapping(self, *_: Any) -> None:
        """Prefixes are resolved by the parser; a copy of all of them for each of them would fill the memory."""

    def endPrefixMapping(self, *_: Any) -> None:
        """See above."""

    def property_element_start(self, *given: Any) -> None:
        self._pieces: list[str] = []
        super().property_element_start(*given)

    def property_element_char(self, data: str) -> None:
        if self.current.data is not None:
            self._pieces.append(data)

    def literal_element_start(self, *_: Any) -> None:
        self.next.start, self.next.char, self.next.end = self.literal_element_start, self.literal_element_char, self.literal_element_end

    def literal_element_char(self, data: str) -> None:
        self._pieces.append(data)

    def literal_element_end(self, *_: Any) -> None:
        self._pieces.append(" ")

    def property_element_end(self, *given: Any) -> None:
        if self.current.char == self.literal_element_char:
            self.current.object = rdflib.Literal(" ".join("".join(self._pieces).split()))
        elif self.current.data is not None:
            self.current.data = "".join(self._pieces)
        super().property_element_end(*given)


def _clean(text: str) -> str:
    return text if text.isprintable() else keepable(text)


def format_of(data: bytes, media_type: str, url: str) -> str:
    """`xml`, `turtle`, `nt` or `json-ld`, by media type, by the address's ending, by how it begins; `html` for a web page.

    What only one of them can begin with counts more than a media type, for servers err.
    """
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    sign = next((name for pattern, name in _SIGNS if pattern.match(start)), "")
    if sign in ("html", "xml"):
        return "html" if sign == "html" or re.search(rb"<html[\s>]", start, re.IGNORECASE) else "xml"
    stated = _MEDIA_TYPES.get(media_type.partition(";")[0].strip().lower(), "")
    ending = _ENDINGS.get(urlsplit(url).path.rpartition(".")[2].lower(), "")
    if sign == "json-ld" and (stated or ending) not in ("turtle", "nt") or start.startswith(b"{"):
        return "json-ld"
    vague = _VAGUE_TYPES.get(media_type.partition(";")[0].strip().lower(), "")
    known = stated or ending or vague
    if sign == "turtle" and known not in ("turtle", "nt"):
        return "turtle"
    return known or ("xml" if re.match(rb"<[A-Za-z_][\w.-]*(:[A-Za-z_][\w.-]*)?[\s>]", start) else "turtle")


def read(data: bytes, media_type: str, url: str, allowed: Callable[[str], bool], fetch: Callable[[str], Any]) -> Statements:
    """Every statement of a document by its subject.

    `allowed` says of a JSON-LD context's address whether it may be fetched, `fetch` gives its JSON. Trouble `answer-empty`,
    `listing-of-another-kind` (a web page), `rdf-broken` (with the line where it is known), `rdf-with-dtd`, `rdf-too-large`,
    `jsonld-context-refused`, or what `parsed_json` says of broken JSON.
    """
    if not data.strip():
        raise Trouble(Issue("answer-empty", Place(url=url)))
    form = format_of(data, media_type, url)
    if form == "html":
        raise Trouble(Issue("listing-of-another-kind", Place(url=url), {"expected": "RDF: dcat:Catalog"}))
    _settle()
    sink = _Sink(url)
    graph = _Graph(store=sink, bind_namespaces="none")
    try:
        if form == "json-ld":
            document = parsed_json(data, url)
            if not isinstance(document, dict | list):
                raise Trouble(Issue("listing-of-another-kind", Place(url=url), {"expected": "RDF: dcat:Catalog"}))
            to_rdf(Inliner(url, allowed, fetch).inline(document), graph, base=url)
        elif form == "xml":
            _read_xml(data, graph, url)
        else:
            _read_lines(data.removeprefix(b"\xef\xbb\xbf"), graph, form, url)
    except Trouble:
        raise
    except ContextsTooLarge as error:
        raise Trouble(Issue("rdf-too-large", Place(url=url), {"limit": STATEMENTS})) from error
    except DTDForbidden as error:
        raise Trouble(Issue("rdf-with-dtd", Place(url=url))) from error
    except Exception as error:  # noqa: BLE001 - a parser that is given anything may fail in any way
        raise Trouble(Issue("rdf-broken", Place(url=url), {"format": _NAMES[form], "line": _line_of(error)})) from None
    return dict(sink.statements)


def _read_lines(data: bytes, graph: rdflib.Graph, form: str, url: str) -> None:
    """Read Turtle or N-Triples; what would keep a parser busy for hours is refused, or read by the other one."""
    if data.count(b"\\") > ESCAPES:
        number = next((number for number, line in enumerate(data.split(b"\n"), start=1) if line.count(b"\\") > ESCAPES), None)
        if number is not None:
            raise Trouble(Issue("rdf-broken", Place(url=url), {"format": _NAMES[form], "line": number}))
    if form == "nt" and any(len(line) > LINE for line in data.split(b"\n")):
        form = "turtle"  # which N-Triples is a part of
    graph.parse(data=data, format=form, publicID=url)


def _read_xml(data: bytes, graph: rdflib.Graph, url: str) -> None:
    source = InputSource()
    source.setByteStream(io.BytesIO(data))
    source.setPublicId(url)
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.start_namespace_decl("xml", "http://www.w3.org/XML/1998/namespace")
    parser.setFeature("http://xml.org/sax/features/namespaces", True)
    handler = _Handler(graph)
    handler.setDocumentLocator(source)
    parser.setContentHandler(handler)
    parser.parse(source)


def _line_of(error: Exception) -> int | str:
    """The line at which a parser stopped, as far as its error tells."""
    lines, line = getattr(error, "lines", None), getattr(error, "getLineNumber", None)
    if isinstance(lines, int):
        return lines + 1
    return (line() if callable(line) else None) or "–"


def _settle() -> None:
    """Values stay as they are written: rdflib would write numbers anew, some of them at any length, and log what it cannot read."""
    rdflib.NORMALIZE_LITERALS = False
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", category=UserWarning, module=r"rdflib\.")  # they quote what a source wrote
