"""The names of the vocabularies that DCAT-AP is made of, and texts in both languages."""

from __future__ import annotations

import re

from rdflib import XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, SKOS
from rdflib.term import Node

from catalog.exchange.vocabulary import AUTHORITY

ADMS = Namespace("http://www.w3.org/ns/adms#")
CNT = Namespace("http://www.w3.org/2011/content#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
RDFS_NAMES = Namespace("http://www.w3.org/2000/01/rdf-schema#")
AUTHORITY_LANGUAGES = {"vi": f"{AUTHORITY}language/VIE", "en": f"{AUTHORITY}language/ENG"}
_PREFIXES = {"dcat": DCAT, "dct": DCTERMS, "foaf": FOAF, "skos": SKOS, "vcard": VCARD, "xsd": XSD, "adms": ADMS, "spdx": SPDX, "hydra": HYDRA,
             "dcatap": DCATAP, "rdfs": RDFS_NAMES, "cnt": CNT}
VERSION = URIRef(f"{DCAT}version")  # newer than rdflib's list of DCAT's terms
Words = tuple[str, str]  # Vietnamese, English


def bound(graph: Graph) -> Graph:
    """The graph with the usual prefixes."""
    for prefix, namespace in _PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph


def say(graph: Graph, node: Node, term: URIRef, words: Words) -> None:
    """Adds a text in the languages that it is there in; the English one only where it says something else."""
    vi, en = words
    if vi:
        graph.add((node, term, Literal(vi, lang="vi")))
    if en and en != vi:
        graph.add((node, term, Literal(en, lang="en")))


def unnamed(owner: str, what: str) -> BNode:
    """A node without an address that has the same label in each answer, so that the same catalogue is the same bytes."""
    return BNode(f"{what}{re.sub(r'[^0-9A-Za-z]', '', owner)}")
