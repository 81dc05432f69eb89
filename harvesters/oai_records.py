"""A record of an OAI-PMH answer: its header, and its metadata by whichever standard it is written in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from harvesters import datacite, dcat_node, dublin_core, iso_19139
from harvesters.base import Gathered
from harvesters.describing import identified
from harvesters.xml_answers import children, first, local, namespace, text_at, texts_at

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# Formats by the names that repositories give them, of which we can read at least Dublin Core's terms.
KNOWN = {"oai_dc", "dc", "qdc", "dcterms", "oai_datacite", "oai_datacite4", "datacite", "datacite3", "datacite4", "dcat", "dcat_ap", "dcat-ap", "rdf",
         "iso19139", "iso19115", "iso19115-3", "iso19115-3.2018", "gmd"}
_DUBLIN_CORE = ("purl.org/dc/", "openarchives.org/OAI/2.0/oai_dc", "dublincore")


def listed(record: Element, place: Place) -> Gathered | Issue | None:
    """One record under its OAI identifier, or why it cannot be taken; None for one that the repository calls deleted."""
    if is_deleted(record):
        return None
    header = first(record, "header")
    metadata = first(record, "metadata", "*")
    if metadata is None and header is None:
        return identified("".join(record.itertext()).strip(), None, place)
    identifier = "" if header is None else text_at(header, "identifier")
    raw: dict[str, Any] | None = {"standard": ""} if metadata is None else None
    if metadata is not None:
        try:
            raw = entry(metadata)
        except Trouble as trouble:
            return Issue(trouble.issue.code, place, {**trouble.issue.facts, "identifier": identifier or "–"})
    if raw is None:
        return Issue("metadata-of-another-standard", place, {"identifier": identifier[:200] or "–"})
    about = {"origin_metadata_modified": "" if header is None else text_at(header, "datestamp"),
             "origin_sets": ", ".join(texts_at(header, "setSpec")) if header is not None else ""}
    raw["about"] = {key: text for key, text in {**raw.get("about", {}), **about}.items() if text}
    return identified(raw, identifier, place)


def is_deleted(record: Element) -> bool:
    """Whether the repository says that the record is gone."""
    header = first(record, "header")
    return header is not None and header.get("status") == "deleted"


def entry(metadata: Element) -> dict[str, Any] | None:
    """The entry of a metadata element, by the standard that its name and namespace tell; None for one that we cannot read."""
    name, home = local(metadata), namespace(metadata)
    if iso_19139.is_metadata(metadata):
        return iso_19139.entry(metadata)
    if name == "oai_datacite":
        resource = first(metadata, "payload", "resource")
        return None if resource is None else datacite.entry(resource)
    if name == "resource" and "datacite" in home:
        return datacite.entry(metadata)
    if name in ("RDF", "Dataset", "Catalog"):
        found = dcat_node.entry(metadata)
        if found is not None or name != "RDF":
            return found
        described = next((one for one in metadata if len(one)), None)
        return None if described is None else _dublin_core(described)
    return _dublin_core(metadata)


def _dublin_core(element: Element) -> dict[str, Any] | None:
    """Dublin Core by the namespaces of its terms; None where no term is Dublin Core's."""
    if any(mark in namespace(child) for child in children(element, "*") for mark in _DUBLIN_CORE):
        return dublin_core.entry(element)
    return {"standard": "dublin-core"} if any(mark in namespace(element) for mark in _DUBLIN_CORE) else None
