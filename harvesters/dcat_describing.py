"""A dataset of DCAT in the catalogue's words: one object under DCAT's short names, as DCAT-US 3.0 writes it or as an RDF
document's statements are put together (`dcat_ap_graph`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.issues import Issue, Place
from catalog.licences import is_open
from catalog.record import Distribution, Record
from harvesters import dcat_words as words
from harvesters.base import Gathered
from harvesters.describing import Draft, as_moment, as_text, require_object, schema_named

# Our extras and the properties they keep, as names and addresses of things.
_KEPT = {
    "language": "language", "access_rights": "accessRights", "access_level": "accessLevel", "rights": "rights", "collection": "isPartOf",
    "conforms_to": "conformsTo", "provenance": "provenance", "status": "status", "version_notes": "versionNotes", "series": "inSeries",
    "other_identifier": "otherIdentifier", "applicable_legislation": "applicableLegislation", "hvd_category": "hvdCategory",
    "source_datasets": "source", "version_of": "isVersionOf", "creator": "creator", "liability": "liabilityStatement", "purpose": "purpose",
}


def describe(item: Gathered, options: Mapping[str, Any]) -> Record:
    """The record of one dataset; Trouble when it is no object."""
    entry = require_object(item)
    draft = Draft(item, options)
    title = words.text(entry.get("title"))
    english = next(iter(words.localized(entry.get("title"), "en")), "") or as_text(entry.get("title_en"))
    contact = next(iter(words.objects(entry.get("contactPoint"))), {})
    publisher = next(iter(words.objects(entry.get("publisher"))), {})
    keywords = [text for language in words.LANGUAGES[:2] for text in words.by_language(entry.get("keyword")).get(language, [])]
    draft.metadata |= {
        "title": title, "title_en": english,
        "notes": "\n\n".join(words.localized(entry.get("description"))),
        "url": words.link(entry.get("landingPage")) or words.link(entry.get("page")),
        "tags": _tags(keywords or words.localized(entry.get("keyword"))),
        "author": words.name(publisher) or _unaddressed(publisher) or words.names(entry.get("creator")),
        "maintainer": words.text(contact.get("fn")) or words.text(contact.get("hasFN")) or words.name(contact),
        "maintainer_email": _email(contact),
        "version": words.text(entry.get("version")),
    }
    parts = words.objects(entry.get("distribution"))
    _licence(draft, entry, parts)
    draft.frequency(words.frequency(entry.get("accrualPeriodicity")))
    draft.themes(words.themes(entry.get("theme")))
    draft.illustrative(entry.get("illustrative"))
    draft.extras |= _extras(entry, contact, publisher)
    return draft.record([*_distributions(draft, entry, parts), *_services(draft, entry, parts)])


def _tags(given: list[str]) -> list[str]:
    """Keywords, each once; one text that holds several is parted."""
    found = [part.strip() for text in given for part in (text.split(",") if len(given) == 1 else [text])]
    return list(dict.fromkeys(text for text in found if text))


def _unaddressed(thing: Mapping[str, Any]) -> str:
    """A name that is written where an address should be."""
    given = words.address(thing)
    return given if given and "://" not in given and not given.startswith("_:") else ""


def _email(contact: Mapping[str, Any]) -> str:
    given = next((found for key in ("hasEmail", "email", "mbox") if (found := words.address(contact.get(key)))), "")
    return given[len("mailto:"):] if given.lower().startswith("mailto:") else given


def _extras(entry: Mapping[str, Any], contact: Mapping[str, Any], publisher: Mapping[str, Any]) -> dict[str, str]:
    """What has no place of its own."""
    return {
        **{key: words.names(entry.get(name)) for key, name in _KEPT.items()},
        "origin_modified": words.text(entry.get("modified")), "issued": words.text(entry.get("issued")),
        "created": words.text(entry.get("created")), "spatial": words.place(entry.get("spatial")),
        "temporal": words.period(entry.get("temporal")), "data_dictionary": words.link(entry.get("describedBy")),
        "origin_uri": entry["@id"] if isinstance(entry.get("@id"), str) else "",
        "publisher_uri": given if "://" in (given := words.address(publisher)) else "",
        "contact_url": words.address(contact.get("hasURL")), "contact_phone": words.address(contact.get("hasTelephone") or contact.get("tel")),
        "dcat_type": "" if not entry.get("type") else words.names(entry["type"]),
    }


def _licence(draft: Draft, entry: Mapping[str, Any], parts: list[Mapping[str, Any]]) -> None:
    """The dataset's licence, else that of its files (DCAT-AP); of files under several licences the least open counts."""
    own = words.licence(entry.get("license"))
    given = [own] if own else list(dict.fromkeys(filter(None, (words.licence(part.get("license")) for part in parts))))
    if not given:  # older documents write it as rights
        rights = [words.licence(thing.get("rights")) for thing in (entry, *parts)]
        given = list(dict.fromkeys(text for text in rights if words.known_licence(text)))
    if len(given) > 1:
        draft.issues.append(Issue("licences-differ", Place(field="license"), {"licences": ", ".join(given)[:300]}))
        draft.extras["license_source"] = ", ".join(given)
        given.sort(key=lambda text: (is_open(words.known_licence(text)), text))
    draft.licence(*given)


def _distributions(draft: Draft, entry: Mapping[str, Any], parts: list[Mapping[str, Any]]) -> list[Distribution | None]:
    """The files: one for each address to download from, else the address to come by it."""
    made = []
    for part in parts:
        downloads = [found for value in words.many(part.get("downloadURL")) if (found := words.address(value))]
        services = words.objects(part.get("accessService"))
        page = words.address(part.get("accessURL"))
        endpoint = next((found for service in services if (found := words.address(service.get("endpointURL")))), "")
        for url in downloads or [page or endpoint]:
            made.append(_distribution(draft, entry, part, url))
    return made


def _distribution(draft: Draft, entry: Mapping[str, Any], part: Mapping[str, Any], url: str) -> Distribution | None:
    media_type = words.media_type(part.get("mediaType"), part.get("format"))
    called = words.text(part.get("title"))
    conforming = [words.link(value) for thing in (part, entry) for key in ("conformsTo", "describedBy") for value in words.many(thing.get(key))]
    page = words.address(part.get("accessURL"))
    checksum = next(iter(words.objects(part.get("checksum"))), {})
    extras = {
        "access_url": page if page != url else "", "byte_size": words.text(part.get("byteSize")), "issued": words.text(part.get("issued")),
        "license": words.licence(part.get("license")), "rights": words.names(part.get("rights")),
        "access_rights": words.names(part.get("accessRights")),
        "conforms_to": words.names(part.get("conformsTo")), "described_by": words.link(part.get("describedBy")),
        "checksum": words.text(checksum.get("checksumValue")), "checksum_algorithm": words.code(words.address(checksum.get("algorithm"))),
        "availability": words.code(words.address(part.get("availability"))), "language": words.names(part.get("language")),
        "compression": words.media_type(part.get("compressFormat")), "packaging": words.media_type(part.get("packageFormat")),
        "origin_uri": part["@id"] if isinstance(part.get("@id"), str) and part["@id"] != url else "",
    }
    return draft.distribution(
        url, name=called or (words.address(part) if not url else ""), description="\n\n".join(words.localized(part.get("description"))),
        format=words.file_format(part.get("format"), part.get("mediaType")) or ("API" if part.get("accessService") and not page else ""),
        media_type=media_type, last_modified=as_moment(words.text(part.get("modified"))) or as_moment(words.text(entry.get("modified"))),
        encoding=words.text(part.get("characterEncoding")), schema=next(filter(None, map(schema_named, conforming)), None),
        extras={key: value for key, value in extras.items() if value})


def _services(draft: Draft, entry: Mapping[str, Any], parts: list[Mapping[str, Any]]) -> list[Distribution | None]:
    """The services that serve the dataset (or that it is itself), as links, but for those that a distribution leads to already."""
    known = {words.address(service.get("endpointURL")) for part in parts for service in words.objects(part.get("accessService"))}
    known |= {words.address(part.get(key)) for part in parts for key in ("accessURL", "downloadURL")}
    made = []
    for service in (*words.objects(entry.get("service")), entry):
        url = words.address(service.get("endpointURL"))
        if url and url not in known:
            known.add(url)
            made.append(draft.distribution(
                url, name=words.text(service.get("title")), description="\n\n".join(words.localized(service.get("description"))), format="API",
                extras={key: value for key, value in {
                    "endpoint_description": words.address(service.get("endpointDescription")),
                    "license": words.licence(service.get("license"))}.items() if value}))
    return made
