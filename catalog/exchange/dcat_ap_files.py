"""A file of a dataset as a distribution of DCAT-AP."""

from __future__ import annotations

from rdflib import RDF, RDFS, XSD, Graph, Literal, URIRef
from rdflib.namespace import DCAT, DCTERMS, SKOS

import schemas
from catalog.exchange.dcat_ap_terms import ADMS, CNT, DCATAP, SPDX, say, unnamed
from catalog.exchange.entries import Entry, File
from catalog.exchange.portal import Portal
from catalog.exchange.vocabulary import AUTHORITY, IANA, file_type
from catalog.exchange.wording import moment, plain
from catalog.licences import LICENCES

AVAILABLE = URIRef(AUTHORITY + "planned-availability/STABLE")
COMPLETED = URIRef(AUTHORITY + "distribution-status/COMPLETED")
SHA256 = SPDX.checksumAlgorithm_sha256


def add(graph: Graph, portal: Portal, dataset: URIRef, entry: Entry, file: File) -> None:
    """Add one file to the dataset's description."""
    node = URIRef(file.uri)
    graph.add((dataset, DCAT.distribution, node))
    graph.add((node, RDF.type, DCAT.Distribution))
    say(graph, node, DCTERMS.title, (file.name, ""))
    say(graph, node, DCTERMS.description, (file.description, ""))
    for term, address in ((DCAT.accessURL, file.access), (DCAT.downloadURL, file.download)):
        if address:
            graph.add((node, term, URIRef(address)))
            graph.add((URIRef(address), RDF.type, RDFS.Resource))
    for term, value in ((DCTERMS.issued, file.issued), (DCTERMS.modified, file.modified)):
        graph.add((node, term, Literal(moment(value), datatype=XSD.dateTime, normalize=False)))
    _format(graph, node, file)
    _licence(graph, node, entry)
    _bytes(graph, node, file)
    if file.schema and file.schema in schemas.names():
        standard = URIRef(f"{portal.url}/schema/{file.schema}")
        graph.add((node, DCTERMS.conformsTo, standard))
        graph.add((standard, RDF.type, DCTERMS.Standard))
        title = schemas.load(file.schema).title
        say(graph, standard, DCTERMS.title, (title["vi"], title["en"]))
    _concept(graph, node, ADMS.status, COMPLETED, ("đã hoàn thành", "completed"))
    if file.version:
        _concept(graph, node, DCATAP.availability, AVAILABLE, ("ổn định", "stable"))


def _format(graph: Graph, node: URIRef, file: File) -> None:
    """The file type of the EU's register, else the format's own name; the media type of IANA's."""
    if file.format:
        address = file_type(file.format)
        form = URIRef(address) if address else unnamed(file.uri, "format")
        graph.add((node, DCTERMS["format"], form))
        graph.add((form, RDF.type, DCTERMS.MediaTypeOrExtent))
        if not address:
            graph.add((form, RDFS.label, Literal(plain(file.format))))
    if file.media_type:
        kind = URIRef(IANA + file.media_type)
        graph.add((node, DCAT.mediaType, kind))
        graph.add((kind, RDF.type, DCTERMS.MediaType))
    if file.version and file.version.encoding:
        graph.add((node, CNT.characterEncoding, Literal(plain(file.version.encoding))))


def _licence(graph: Graph, node: URIRef, entry: Entry) -> None:
    if entry.licence_uri:
        licence, known = URIRef(entry.licence_uri), LICENCES.get(entry.licence)
        graph.add((node, DCTERMS.license, licence))
        graph.add((licence, RDF.type, DCTERMS.LicenseDocument))
        if known:
            say(graph, licence, DCTERMS.title, (known.title_vi, known.title))
    if entry.rights:
        statement = unnamed(str(node), "rights")
        graph.add((node, DCTERMS.rights, statement))
        graph.add((statement, RDF.type, DCTERMS.RightsStatement))
        say(graph, statement, RDFS.label, (entry.rights, ""))


def _bytes(graph: Graph, node: URIRef, file: File) -> None:
    """How many there are, and by what they are known again."""
    if file.size is not None and file.size >= 0:
        graph.add((node, DCAT.byteSize, Literal(str(file.size), datatype=XSD.nonNegativeInteger, normalize=False)))
    if file.sha256:
        checksum = unnamed(file.uri, "checksum")
        graph.add((node, SPDX.checksum, checksum))
        graph.add((checksum, RDF.type, SPDX.Checksum))
        graph.add((checksum, SPDX.algorithm, SHA256))
        graph.add((SHA256, RDF.type, SPDX.ChecksumAlgorithm))
        graph.add((checksum, SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary, normalize=False)))


def _concept(graph: Graph, node: URIRef, term: URIRef, concept: URIRef, label: tuple[str, str]) -> None:
    graph.add((node, term, concept))
    graph.add((concept, RDF.type, SKOS.Concept))
    say(graph, concept, SKOS.prefLabel, label)


