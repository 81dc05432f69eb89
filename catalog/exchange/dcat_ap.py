"""The catalogue as DCAT-AP 3.0 (https://semiceu.github.io/DCAT-AP/releases/3.0.0/), in Turtle, RDF/XML or JSON-LD.

Every node carries its class, those of the public registers too, so that a page is complete in itself: it keeps the
profile's shapes without any register being loaded beside it. Pages are told by Hydra, in its present words
(PartialCollectionView, first, next …) and in those that older harvesters read (PagedCollection, nextPage …).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from rdflib import RDF, RDFS, XSD, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, SKOS
from rdflib.plugins.serializers.jsonld import from_rdf

from catalog.exchange import dcat_ap_files
from catalog.exchange.dcat_ap_terms import (
    AUTHORITY_LANGUAGES,
    HYDRA,
    VCARD,
    VERSION,
    Words,
    bound,
    say,
    unnamed,
)
from catalog.exchange.entries import Entry
from catalog.exchange.portal import Portal
from catalog.exchange.vocabulary import AUTHORITY, DATA_THEMES, data_theme, frequency, publisher_type
from catalog.exchange.wording import moment, plain, uri

GEO = Namespace("http://www.opengis.net/ont/geosparql#")
PUBLIC = URIRef(AUTHORITY + "access-right/PUBLIC")
EU_THEMES = URIRef(AUTHORITY + "data-theme")
VIET_NAM = URIRef(AUTHORITY + "country/VNM")
FORMATS = {"ttl": ("text/turtle", "turtle"), "xml": ("application/rdf+xml", "xml"), "jsonld": ("application/ld+json", "json-ld")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One page of the catalogue: its number from 1, how many there are, the datasets in all, and where a page is found."""

    number: int
    last: int
    total: int
    size: int
    address: str  # with {} for the number

    def at(self, number: int) -> URIRef:
        return URIRef(self.address.format(number))


def catalogue(portal: Portal, entries: Sequence[Entry], part: Part) -> Graph:
    """One page of the catalogue with its datasets."""
    graph = bound(Graph(bind_namespaces="none"))
    node = URIRef(f"{portal.url}/catalog")
    graph.add((node, RDF.type, DCAT.Catalog))
    say(graph, node, DCTERMS.title, portal.title)
    say(graph, node, DCTERMS.description, portal.description)
    publisher = URIRef(f"{portal.url}/")
    graph.add((node, DCTERMS.publisher, publisher))
    graph.add((publisher, RDF.type, FOAF.Agent))
    say(graph, publisher, FOAF.name, portal.operator)
    home = URIRef(f"{portal.url}/dataset")
    graph.add((home, RDF.type, FOAF.Document))
    graph.add((node, FOAF.homepage, home))
    _languages(graph, node, ("vi", "en"))
    _place(graph, node, URIRef(portal.spatial) if portal.spatial else VIET_NAM, None if portal.spatial else ("Việt Nam", "Viet Nam"))
    for term, value in ((DCTERMS.modified, portal.modified), (DCTERMS.issued, portal.issued)):
        if value is not None:
            graph.add((node, term, _moment(value)))
    for scheme, title in ((URIRef(f"{portal.url}/group"), ("Chủ đề của cổng dữ liệu", "Themes of the portal")),
                          (EU_THEMES, ("Chủ đề dữ liệu của Liên minh châu Âu", "Data theme"))):
        graph.add((node, DCAT.themeTaxonomy, scheme))
        graph.add((scheme, RDF.type, SKOS.ConceptScheme))
        say(graph, scheme, DCTERMS.title, title)
    _paged(graph, node, part)
    for entry in entries:
        graph.add((node, DCAT.dataset, URIRef(entry.uri)))
        _dataset(graph, portal, entry)
    return graph


def dataset(portal: Portal, entry: Entry) -> Graph:
    """One dataset alone."""
    graph = bound(Graph(bind_namespaces="none"))
    _dataset(graph, portal, entry)
    return graph


def written(graph: Graph, extension: str) -> bytes:
    """A graph in Turtle (`ttl`), RDF/XML (`xml`) or JSON-LD (`jsonld`, with its context inside)."""
    if extension != "jsonld":
        return graph.serialize(format=FORMATS[extension][1], encoding="utf-8")
    context = {prefix: str(namespace) for prefix, namespace in sorted(graph.namespaces())}
    return orjson.dumps({"@context": context, "@graph": _ordered(from_rdf(graph, context_data=context)["@graph"])}, option=orjson.OPT_SORT_KEYS)


def _ordered(value: Any) -> Any:
    """A JSON-LD value with its lists in an order of their own, since they are sets."""
    if isinstance(value, dict):
        return {key: _ordered(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return sorted(map(_ordered, value), key=lambda inner: orjson.dumps(inner, option=orjson.OPT_SORT_KEYS))
    return value


def _paged(graph: Graph, catalogue: URIRef, part: Part) -> None:
    here = part.at(part.number)
    for kind in (HYDRA.PartialCollectionView, HYDRA.PagedCollection):
        graph.add((here, RDF.type, kind))
    graph.add((here, HYDRA.totalItems, Literal(part.total)))
    graph.add((here, HYDRA.itemsPerPage, Literal(part.size)))
    graph.add((catalogue, HYDRA.totalItems, Literal(part.total)))
    graph.add((catalogue, HYDRA.view, here))
    links = {"first": 1, "last": part.last, "previous": part.number - 1, "next": part.number + 1}
    for name, number in links.items():
        if 1 <= number <= part.last:
            graph.add((here, HYDRA[name], part.at(number)))
            graph.add((here, HYDRA[f"{name}Page"], part.at(number)))


def _dataset(graph: Graph, portal: Portal, entry: Entry) -> None:
    node = URIRef(entry.uri)
    graph.add((node, RDF.type, DCAT.Dataset))
    say(graph, node, DCTERMS.title, (entry.title, entry.title_en))
    say(graph, node, DCTERMS.description, (entry.notes or entry.title, ""))
    graph.add((node, DCTERMS.identifier, Literal(entry.id)))
    graph.add((node, DCTERMS.issued, _moment(entry.issued)))
    graph.add((node, DCTERMS.modified, _moment(entry.modified)))
    for tag in entry.tags:
        graph.add((node, DCAT.keyword, Literal(tag, lang="vi")))
    if entry.version:
        graph.add((node, VERSION, Literal(entry.version)))
    page = URIRef(entry.page)
    for term, address in ((DCAT.landingPage, page), (FOAF.page, URIRef(entry.homepage) if entry.homepage else None)):
        if address is not None:
            graph.add((node, term, address))
            graph.add((address, RDF.type, FOAF.Document))
    if address := frequency(entry.frequency):
        graph.add((node, DCTERMS.accrualPeriodicity, URIRef(address)))
        graph.add((URIRef(address), RDF.type, DCTERMS.Frequency))
    graph.add((node, DCTERMS.accessRights, PUBLIC))
    graph.add((PUBLIC, RDF.type, DCTERMS.RightsStatement))
    _languages(graph, node, ("vi",))
    _themes(graph, portal, node, entry)
    _people(graph, node, entry)
    _coverage(graph, portal, node, entry)
    if entry.illustrative:
        made_up = unnamed(entry.id, "provenance")
        graph.add((node, DCTERMS.provenance, made_up))
        graph.add((made_up, RDF.type, DCTERMS.ProvenanceStatement))
        say(graph, made_up, RDFS.label, ("Dữ liệu minh hoạ, không phải số liệu thật", "Illustrative data, made up"))
    for file in entry.files:
        dcat_ap_files.add(graph, portal, node, entry, file)


def _themes(graph: Graph, portal: Portal, node: URIRef, entry: Entry) -> None:
    """Our own themes, and those of the EU that they belong to."""
    for theme in entry.themes:
        _concept(graph, node, URIRef(f"{portal.url}/group/{theme.name}"), (plain(theme.title_vi) or theme.name, plain(theme.title_en)),
                 URIRef(f"{portal.url}/group"))
        if code := data_theme(theme.name):
            _concept(graph, node, URIRef(f"{AUTHORITY}data-theme/{code}"), DATA_THEMES[code], EU_THEMES)


def _concept(graph: Graph, node: URIRef, concept: URIRef, label: Words, scheme: URIRef) -> None:
    graph.add((node, DCAT.theme, concept))
    graph.add((concept, RDF.type, SKOS.Concept))
    graph.add((concept, SKOS.inScheme, scheme))
    say(graph, concept, SKOS.prefLabel, label)


def _people(graph: Graph, node: URIRef, entry: Entry) -> None:
    """Who publishes the dataset, and whom to ask about it."""
    agency = entry.publisher
    if agency is not None:
        publisher = URIRef(agency.uri)
        graph.add((node, DCTERMS.publisher, publisher))
        graph.add((publisher, RDF.type, FOAF.Agent))
        say(graph, publisher, FOAF.name, agency.name)
        if kind := publisher_type(agency.level):
            graph.add((publisher, DCTERMS.type, URIRef(kind[0])))
            graph.add((URIRef(kind[0]), RDF.type, SKOS.Concept))
            graph.add((URIRef(kind[0]), SKOS.prefLabel, Literal(kind[1], lang="en")))
    if entry.author and (agency is None or entry.author not in agency.name):
        creator = unnamed(entry.id, "creator")
        graph.add((node, DCTERMS.creator, creator))
        graph.add((creator, RDF.type, FOAF.Agent))
        graph.add((creator, FOAF.name, Literal(entry.author)))
    name = entry.contact[0] or (agency.name[0] if agency else "")
    if name:
        contact = unnamed(entry.id, "contact")
        graph.add((node, DCAT.contactPoint, contact))
        for kind_ in (VCARD.Kind, VCARD.Organization):
            graph.add((contact, RDF.type, kind_))
        graph.add((contact, VCARD.fn, Literal(name, lang="vi")))
        if entry.contact[1]:
            graph.add((contact, VCARD.hasEmail, URIRef(entry.contact[1])))
        if agency is not None:
            graph.add((contact, VCARD.hasURL, URIRef(agency.uri)))


def _coverage(graph: Graph, portal: Portal, node: URIRef, entry: Entry) -> None:
    """The place and the time that the data is about."""
    if entry.spatial:
        place = uri(entry.spatial)
        _place(graph, node, URIRef(place) if place else unnamed(entry.id, "place"), None if place else (entry.spatial, ""))
    elif portal.spatial:
        _place(graph, node, URIRef(portal.spatial), None)
    if entry.temporal:
        period = unnamed(entry.id, "period")
        graph.add((node, DCTERMS.temporal, period))
        graph.add((period, RDF.type, DCTERMS.PeriodOfTime))
        kinds = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}
        for term, value in zip((DCAT.startDate, DCAT.endDate), entry.temporal, strict=True):
            if value:
                graph.add((period, term, Literal(value, datatype=kinds[len(value)], normalize=False)))


def _place(graph: Graph, node: URIRef, place: URIRef | BNode, words: Words | None) -> None:
    """A place by its address, its outline (WKT or GeoJSON) or its name."""
    graph.add((node, DCTERMS.spatial, place))
    graph.add((place, RDF.type, DCTERMS.Location))
    if words is None:
        return
    shape = words[0].lstrip()
    if shape.startswith("{"):
        graph.add((place, DCAT.bbox, Literal(shape, datatype=GEO.geoJSONLiteral)))
    elif shape.upper().startswith(("POLYGON", "POINT", "MULTIPOLYGON", "ENVELOPE")):
        graph.add((place, DCAT.bbox, Literal(shape, datatype=GEO.wktLiteral)))
    else:
        say(graph, place, SKOS.prefLabel, words)


def _languages(graph: Graph, node: URIRef, languages: Sequence[str]) -> None:
    for language in languages:
        address = URIRef(AUTHORITY_LANGUAGES[language])
        graph.add((node, DCTERMS.language, address))
        graph.add((address, RDF.type, DCTERMS.LinguisticSystem))


def _moment(value: datetime) -> Literal:
    return Literal(moment(value), datatype=XSD.dateTime, normalize=False)

