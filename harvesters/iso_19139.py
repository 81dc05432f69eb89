"""Metadata of ISO 19115 in its two XML forms, 19139 (gmd, gmi, the Swiss che) and 19115-3 (mdb), read with OWSLib.

OWSLib knows the structure. What it passes over (texts in several languages, anchors, how often the data is updated, every
format but the first) is read beside it by the standard's element names, which both forms share.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from harvesters.dublin_core import in_languages
from harvesters.xml_answers import attribute, children, first, local, namespace, text_at, words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

ROOTS = {"MD_Metadata", "MI_Metadata", "CHE_MD_Metadata"}
_HOMES = ("isotc211.org/2005/", "standards.iso.org/iso/", "geocat.ch/2008/che")
_GMD, _GCO = "http://www.isotc211.org/2005/gmd", "http://www.isotc211.org/2005/gco"
_GCO3 = "http://standards.iso.org/iso/19115/-3/gco/1.0"
_TEXTS = {"Anchor", "FileName", "MimeFileType"}  # stand in for a CharacterString
_UNUSED = {"polygon", "contentInfo", "acquisitionInformation", "dataQualityInfo", "spatialRepresentationInfo", "resourceLineage",
           "verticalElement", "portrayalCatalogueInfo", "applicationSchemaInfo"}
_DATES = {"creation": "origin_created", "publication": "issued", "released": "issued", "revision": "origin_modified",
          "lastUpdate": "origin_modified", "lastRevision": "origin_modified"}
_MAKERS = ("owner", "publisher", "originator", "author", "principalInvestigator", "resourceProvider", "custodian")
_KEEPERS = ("pointOfContact", "custodian", "distributor")
_FAILURES = (AttributeError, IndexError, KeyError, TypeError, ValueError)  # what OWSLib meets in a record that breaks its schema


def is_metadata(element: Element) -> bool:
    """Whether an element is a metadata record of either form; other standards use the same names in namespaces of their own."""
    return local(element) in ROOTS and any(home in namespace(element) for home in _HOMES)


def metadata_in(root: Element) -> Iterator[Element]:
    """Every metadata record in a document: the document itself, or what an answer wraps."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if is_metadata(element):
            yield element
        else:
            waiting += reversed(list(element))


def identifier_of(element: Element) -> str:
    """The record's own identifier: fileIdentifier, or the code of metadataIdentifier in 19115-3."""
    return text_at(element, "fileIdentifier") or text_at(element, "metadataIdentifier", "*", "code")


def entry(element: Element) -> dict[str, Any]:
    """The entry (see `catalogue_entry`) of one metadata record, which is changed; Trouble `iso-unreadable`."""
    identifier = identifier_of(element)
    translated = _Languages(element)
    titles = translated.at(element, "identificationInfo", "*", "citation", "*", "title")
    abstracts = translated.at(element, "identificationInfo", "*", "abstract")
    beside = {"licences": list(_constraints(element)), "frequency": _frequency(element), "formats": _formats(element)}
    about = _dates(element) | _restrictions(element)
    keywords = [in_languages(said)[0] for said in translated.each(element, "identificationInfo", "*", "descriptiveKeywords", "*", "keyword")]
    try:
        metadata = _read(element)
        found = _from_owslib(metadata)
    except _FAILURES:
        raise Trouble(Issue("iso-unreadable", Place(), {"identifier": identifier or "–"})) from None
    title, title_en = in_languages(titles)
    return {
        "standard": "iso-19115-3" if _is_part3(element) else "iso-19139", "title": title, "title_en": title_en,
        "description": in_languages(abstracts)[0], "keywords": list(dict.fromkeys(filter(None, keywords))), **beside, **found,
        "about": {key: text for key, text in ({**found["about"], **about, "language": translated.default}).items() if text},
    }


def _is_part3(element: Element) -> bool:
    return "standards.iso.org/iso/19115/-3/" in namespace(element)


def _read(element: Element) -> Any:
    """The record as OWSLib reads it, after what it does not know was put in words that it does."""
    from owslib.iso import MD_Metadata
    from owslib.iso3 import MD_Metadata as MD_Metadata3

    is_part3 = _is_part3(element)
    text = f"{{{_GCO3 if is_part3 else _GCO}}}CharacterString"
    for part in list(element.iter()):
        name = local(part)
        if name in _UNUSED and part.getparent() is not None:
            part.getparent().remove(part)
        elif name in _TEXTS:
            part.tag = text
        elif "/che" in namespace(part).lower() or name.startswith("CHE_"):
            part.tag = f"{{{_GMD}}}{name.removeprefix('CHE_')}"
    return (MD_Metadata3 if is_part3 else MD_Metadata)(element)


def _from_owslib(metadata: Any) -> dict[str, Any]:
    """Contacts, topics, extent and links."""
    described = next((one for one in metadata.identification if one.identtype == "dataset"), next(iter(metadata.identification), None))
    parties = [*(described.contact if described else []), *metadata.contact]
    maker = _party(parties, _MAKERS)
    keeper = _party(parties, _KEEPERS) or maker
    box = getattr(described, "bbox", None)
    corners = [corner or "" for corner in (box.minx, box.miny, box.maxx, box.maxy)] if box else []
    about = {
        "origin_type": metadata.hierarchy, "origin_metadata_modified": metadata.datestamp, "parent": metadata.parentidentifier,
        "spatial": ",".join(corners) if all(corners) else "", "edition": getattr(described, "edition", ""),
        "purpose": getattr(described, "purpose", ""), "status": getattr(described, "status", ""),
        "preview": next(iter(getattr(described, "graphicoverview", ())), ""),
    }
    return {
        "author": maker.organization or maker.name or "" if maker else "",
        "maintainer": keeper.name or keeper.organization or "" if keeper else "",
        "maintainer_email": next((party.email for party in ([keeper] if keeper else []) + parties if party.email), ""),
        "topics": list(dict.fromkeys(described.topiccategory)) if described else [],
        "links": list(_links(metadata, described)), "about": {key: text or "" for key, text in about.items()},
    }


def _party(parties: list[Any], roles: Iterable[str]) -> Any:
    """The party with the first of these roles; else the first that has a name."""
    named = [party for party in parties if party.organization or party.name]
    return next((party for role in roles for party in named if party.role == role), next(iter(named), None))


def _links(metadata: Any, described: Any) -> Iterator[dict[str, str]]:
    """The online resources of the distribution and its distributors, and where a service is found, each once."""
    distribution = metadata.distribution
    online = [*distribution.online, *(link for one in distribution.distributor for link in one.online)] if distribution else []
    kind = getattr(described, "type", None) or ""
    points = [point for operation in getattr(described, "operations", ()) for point in operation["connectpoint"]]
    told = [(link, link.protocol, False) for link in online] + [(point, point.protocol or kind, True) for point in points]
    seen: set[tuple[str, str]] = set()
    places: set[str] = set()
    for link, protocol, is_point in told:
        url = "".join((link.url or "").split("\n")).strip()
        name, place = link.name or "", url.partition("?")[0]
        if (url, name) in seen or not (url or name) or (is_point and place in places):
            continue
        seen.add((url, name))
        places.add(place)
        found = {"url": url, "name": name, "description": link.description, "protocol": protocol, "function": link.function}
        yield {key: text for key, text in found.items() if text}


class _Languages:
    """Which language a text is in: the record's own, or that of a locale that a translation points to (PT_FreeText)."""

    def __init__(self, element: Element) -> None:
        stated = (first(element, "language"), first(element, "defaultLocale", "PT_Locale", "language"))
        self.default = next((code for one in stated if one is not None and (code := _language(one))), "")
        locales = [*children(element, "locale", "*"), *children(element, "otherLocale", "*"), *children(element, "defaultLocale", "*")]
        self._locales = {attribute(one, "id"): next((code for child in one if (code := _language(child))), "") for one in locales}

    def each(self, element: Element, *path: str) -> Iterator[list[tuple[str, str]]]:
        """The text of every element at a path, each with its translations: pairs of text and language (two letters)."""
        for holder in children(element, *path):
            found = [(words(child), self.default[:2]) for child in holder if local(child) not in ("PT_FreeText", "LocalisedCharacterString")]
            found += [(words(text), self._locales.get(attribute(text, "locale").removeprefix("#"), "?")[:2])
                      for text in holder.iter() if local(text) == "LocalisedCharacterString"]
            yield [(text, language) for text, language in found if text]

    def at(self, element: Element, *path: str) -> list[tuple[str, str]]:
        """The first text at a path that is not empty, with its translations."""
        return next(filter(None, self.each(element, *path)), [])


def _language(element: Element) -> str:
    """The code of a language (`vie`, `vi`), from a code list's value or from text such as `vie; VN`."""
    code = next((said for part in element.iter() if (said := attribute(part, "codeListValue"))), "") or words(element)
    found = re.findall(r"[a-z]+", code.rstrip("/").rpartition("/")[2].lower())
    return found[0] if found and len(found[0]) <= 3 else {"vietnamese": "vi", "english": "en"}.get(found[0] if found else "", "")


def _constraints(element: Element) -> Iterator[str]:
    """What the record says of its use: addresses behind anchors and cited licences first, then words."""
    said: list[str] = []
    for constraint in children(element, "identificationInfo", "*", "resourceConstraints", "*"):
        for part in constraint.iter():
            if local(part) in ("useLimitation", "otherConstraints"):
                for text in part:
                    said += [attribute(text, "href"), words(text)] if local(text) not in ("PT_FreeText", "MD_RestrictionCode") else []
            elif local(part) in ("reference", "onlineResource"):
                said += [text_at(part, "*", "linkage"), text_at(part, "*", "title")]
    yield from dict.fromkeys(filter(None, said))


def _code(element: Element) -> str:
    """The value of a code list, else its text."""
    return attribute(element, "codeListValue") or words(element)


def _restrictions(element: Element) -> dict[str, str]:
    """How access is restricted and what the security class is, in the standard's codes."""
    path = ("identificationInfo", "*", "resourceConstraints", "*")
    return {"access_rights": "; ".join(dict.fromkeys(map(_code, children(element, *path, "accessConstraints", "*")))),
            "security_classification": "; ".join(dict.fromkeys(map(_code, children(element, *path, "classification", "*"))))}


def _frequency(element: Element) -> str:
    """The code of how often the data is updated; an interval that the record sets itself as R/P…"""
    at = ("identificationInfo", "*", "resourceMaintenance", "*")
    own = text_at(element, *at, "userDefinedMaintenanceFrequency")
    code = next(filter(None, map(_code, children(element, *at, "maintenanceAndUpdateFrequency", "*"))), "")
    return f"R/{own}" if own.startswith("P") and code in ("", "unknown", "irregular") else code


def _formats(element: Element) -> list[str]:
    """Every format that the distribution names."""
    found = (text_at(one, "name") or text_at(one, "formatSpecificationCitation", "*", "title")
             for info in children(element, "distributionInfo") for one in info.iter() if local(one) == "MD_Format")
    return list(dict.fromkeys(filter(None, found)))


def _dates(element: Element) -> dict[str, str]:
    """The dates of the data itself, the latest of each kind, and its span."""
    dates: dict[str, str] = {}
    for one in children(element, "identificationInfo", "*", "citation", "*", "date", "CI_Date"):
        kind = next(map(_code, children(one, "dateType", "*")), "")
        if (key := _DATES.get(kind)) and (date := text_at(one, "date")):
            dates[key] = max(dates.get(key, ""), date)
    for extent in children(element, "identificationInfo", "*", "extent"):
        span = [next((words(part) for part in extent.iter() if local(part) == name), "") for name in ("beginPosition", "endPosition")]
        if any(span):
            dates.setdefault("temporal", "/".join(span))
    return dates
