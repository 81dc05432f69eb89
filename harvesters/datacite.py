"""DataCite metadata, kernel 3 and 4 (https://schema.datacite.org/), bare or in OAI's wrapper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harvesters import vocabulary
from harvesters.dublin_core import address_of, in_languages, links_of
from harvesters.xml_answers import LANGUAGE, attribute, children, first, text_at, texts_at, words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_DATES = {"issued": "issued", "available": "issued", "created": "origin_created", "updated": "origin_modified", "collected": "temporal",
          "valid": "temporal", "coverage": "temporal"}
_PARTS = {"HasPart", "IsDescribedBy", "IsVariantFormOf", "IsOriginalFormOf", "HasVersion"}


def entry(resource: Element) -> dict[str, Any]:
    """The entry (see `catalogue_entry`) of a DataCite `resource`."""
    title, title_en = in_languages([(words(title), (title.get(LANGUAGE) or "").lower()[:2])
                                    for title in children(resource, "titles", "title")
                                    if words(title) and attribute(title, "titleType") not in ("Subtitle", "AlternativeTitle")])
    abstracts = [text for text in children(resource, "descriptions", "description") if words(text)]
    best = [text for text in abstracts if (text.get(LANGUAGE) or "").lower().startswith("vi")] or abstracts
    rights = list(children(resource, "rightsList", "rights")) + list(children(resource, "rights"))
    subjects = texts_at(resource, "subjects", "subject")
    page, links = links_of(_identifiers(resource), _related(resource))
    formats = texts_at(resource, "formats", "format")
    if len(links) == 1 and len(formats) == 1:
        links[0]["media_type" if "/" in formats[0] else "format"] = formats[0]
    return {
        "standard": "datacite", "title": title, "title_en": title_en,
        "description": "\n\n".join(dict.fromkeys(map(words, best))),
        "author": "; ".join(texts_at(resource, "creators", "creator", "creatorName")) or text_at(resource, "publisher"),
        "maintainer": _contact(resource), "page": page, "keywords": subjects,
        "topics": [text for text in subjects if vocabulary.theme(text)],
        "licences": list(dict.fromkeys(filter(None, (said for right in rights for said in (
            attribute(right, "rightsURI"), attribute(right, "rightsIdentifier"), words(right)))))),
        "formats": formats, "links": links, "about": _about(resource),
    }


def _identifiers(resource: Element) -> list[str]:
    """The thing's own identifier first, then the other ones it has."""
    return [*texts_at(resource, "identifier"), *texts_at(resource, "alternateIdentifiers", "alternateIdentifier")]


def _related(resource: Element) -> list[str]:
    """What is part of the thing, or the thing in another form."""
    related = children(resource, "relatedIdentifiers", "relatedIdentifier")
    return [words(one) for one in related if attribute(one, "relationType") in _PARTS]


def _contact(resource: Element) -> str:
    person = (one for one in children(resource, "contributors", "contributor")
              if attribute(one, "contributorType") in ("ContactPerson", "DataManager", "DataCurator"))
    return next((text_at(one, "contributorName") for one in person), "")


def _about(resource: Element) -> dict[str, str]:
    kind = first(resource, "resourceType")
    about = {
        "publisher": text_at(resource, "publisher"), "issued": text_at(resource, "publicationYear"), "language": text_at(resource, "language"),
        "version": text_at(resource, "version"), "origin_type": " / ".join(filter(None, (attribute(kind, "resourceTypeGeneral"), words(kind)))),
        "coverage": "; ".join(texts_at(resource, "geoLocations", "geoLocation", "geoLocationPlace")),
        "contributor": "; ".join(texts_at(resource, "contributors", "contributor", "contributorName")),
        "origin_identifiers": "; ".join(text for text in _identifiers(resource) if not address_of(text)),
    }
    for date in children(resource, "dates", "date"):
        if words(date) and (key := _DATES.get(attribute(date, "dateType").lower())):
            about[key] = words(date)
    return {key: text for key, text in about.items() if text}
