"""Dublin Core (https://www.dublincore.org/specifications/dublin-core/dcmi-terms/), simple or qualified, as repositories write it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from catalog import formats
from harvesters import vocabulary
from harvesters.xml_answers import LANGUAGE, attribute, children, local, words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_DOI = re.compile(r"(?:doi:\s*)?(10\.\d{4,9}/\S+)", re.I)
_HANDLE = re.compile(r"hdl:\s*(\S+/\S+)", re.I)
_WEB = re.compile(r"https?://\S+", re.I)
_LINKING = ("relation", "source", "haspart", "hasformat", "references")
_ABOUT = {
    "issued": ("issued", "date", "datesubmitted", "available"), "origin_created": ("created",), "origin_modified": ("modified",),
    "language": ("language",), "origin_type": ("type",), "coverage": ("coverage",), "spatial": ("spatial",), "temporal": ("temporal",),
    "publisher": ("publisher",), "contributor": ("contributor",), "source": ("source",), "rights_holder": ("rightsholder",),
    "access_rights": ("accessrights",), "part_of": ("ispartof",), "citation": ("bibliographiccitation",), "provenance": ("provenance",),
}


def entry(element: Element) -> dict[str, Any]:
    """The entry (see `catalogue_entry`) of an element whose children are Dublin Core's, in any namespace."""
    terms: dict[str, list[tuple[str, str]]] = {}
    for child in children(element, "*"):
        if attribute(child, "protocol") and local(child) == "URI" or attribute(child, "scheme") and local(child) == "references":
            continue
        if text := words(child) or attribute(child, "resource"):
            terms.setdefault(local(child).lower(), []).append((text, (child.get(LANGUAGE) or "").lower()[:2]))

    def of(*names: str) -> list[str]:
        return list(dict.fromkeys(text for name in names for text, _ in terms.get(name, ())))

    title, title_en = in_languages(terms.get("title", []))
    abstracts = terms.get("description", []) + terms.get("abstract", [])
    chosen = {language for _, language in abstracts} & {"vi"}
    subjects = [part.strip() for text in of("subject") for part in re.split(r"[;\n]", text)]
    page, links = links_of(of("identifier", "uri"), of(*_LINKING))
    links += _marked(element)
    only = of("format")
    if len(links) == 1 and len(only) == 1:
        links[0]["format"] = formats.canonical(only[0])
    found = {
        "standard": "dublin-core", "title": title, "title_en": title_en,
        "description": "\n\n".join(dict.fromkeys(text for text, language in abstracts if not chosen or language in chosen)),
        "author": "; ".join(of("creator") or of("publisher")), "page": page,
        "keywords": list(dict.fromkeys(filter(None, subjects))), "topics": [text for text in subjects if vocabulary.theme(text)],
        "licences": of("license", "licence", "rights"), "frequency": next(iter(of("accrualperiodicity")), ""), "formats": only,
        "links": links, "about": {key: "; ".join(of(*names)) for key, names in _ABOUT.items() if of(*names)},
    }
    other = [text for text in of("identifier") if not address_of(text)]
    if other:
        found["about"]["origin_identifiers"] = "; ".join(other)
    return found


def _marked(element: Element) -> list[dict[str, str]]:
    """Links that say how they are to be used (`scheme` or `protocol`), as map catalogues write them into Dublin Core."""
    found = []
    for child in children(element, "*"):
        protocol = attribute(child, "scheme") or attribute(child, "protocol")
        if protocol and local(child).lower() in ("references", "uri") and (url := words(child)):
            link = {"url": url, "protocol": protocol, "name": attribute(child, "name"), "description": attribute(child, "description")}
            found.append({key: text for key, text in link.items() if text})
    return found


def in_languages(given: list[tuple[str, str]]) -> tuple[str, str]:
    """A title and its English form from texts with their languages: the Vietnamese one first, then the one without language."""
    by_language: dict[str, str] = {}
    for text, language in given:
        by_language.setdefault(language, text)
    first = next((by_language[language] for language in ("vi", "") if language in by_language), next(iter(by_language.values()), ""))
    english = by_language.get("en", "")
    return first, english if english != first else ""


def address_of(text: str) -> str:
    """The web address that an identifier is or stands for (a DOI, a handle); empty for any other."""
    text = text.strip()
    if _WEB.fullmatch(text):
        return text
    if found := _DOI.fullmatch(text):
        return f"https://doi.org/{found[1]}"
    if found := _HANDLE.fullmatch(text):
        return f"https://hdl.handle.net/{found[1]}"
    return ""


def links_of(own: list[str], others: list[str]) -> tuple[str, list[dict[str, str]]]:
    """The page of a thing, and the data files among its own addresses and those it is related to.

    The first of its own addresses that is no file is its page; what else it is related to is no concern of ours.
    """
    addresses = list(dict.fromkeys(filter(None, map(address_of, [*own, *others]))))
    files = [url for url in addresses if formats.of_url(url) not in ("", "HTML")]
    page = next((url for url in map(address_of, own) if url and url not in files), "")
    return page, [{"url": url, "name": url.rstrip("/").rpartition("/")[2]} for url in files]
