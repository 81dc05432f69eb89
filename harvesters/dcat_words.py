"""What stands in a DCAT object: texts in several languages, addresses and names of things, and the codes of public registers.

Values may be texts, objects, lists of both, or anything else that a source writes; all of it is read, nothing is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from catalog import licences
from catalog.formats import canonical
from harvesters import vocabulary
from harvesters.describing import as_text

# A text without a language is in the language of whoever wrote it, which comes before a translation.
LANGUAGES = ("vi", "", "en")
_NAMED = ("prefLabel", "label", "title", "name", "fn", "altLabel", "notation", "organization-name", "description")
_ADDRESSED = ("@id", "downloadURL", "accessURL", "url", "homepage", "hasValue")
_LINKED = ("downloadURL", "accessURL", "url", "homepage", "@id", "hasValue")

# The EU's registers (https://op.europa.eu/en/web/eu-vocabularies): codes whose name here is another than their own.
_FILE_TYPES = {
    "JSON_LD": "JSON-LD", "RDF_XML": "RDF", "RDF_TURTLE": "TTL", "RDF_N_TRIPLES": "NT", "RDF_N_QUADS": "NQ", "WMS_SRVC": "WMS",
    "WFS_SRVC": "WFS", "WMTS_SRVC": "WMTS", "WCS_SRVC": "WCS", "MAP_SRVC": "API", "REST": "API", "GZIP": "GZIP", "TAR_GZ": "TAR.GZ",
    "OP_DATPRO": "", "OTHER": "",
}
_LICENCES = (
    ("CC_BYSA", "cc-by-sa"), ("CC_BY_SA", "cc-by-sa"), ("CC_BYNC", "cc-nc"), ("CC_BY_NC", "cc-nc"), ("CC_BYND", "other-closed"),
    ("CC_BY_ND", "other-closed"), ("CC_BY", "cc-by"), ("CC0", "cc-zero"), ("CC_PDM", "other-pd"), ("ODC_BL", "odc-odbl"),
    ("ODC_ODBL", "odc-odbl"), ("ODC_BY", "odc-by"), ("ODC_PDDL", "odc-pddl"), ("OGL", "uk-ogl"), ("GNU_FDL", "gfdl"),
    ("COM_REUSE", "other-at"), ("OP_DATPRO", "notspecified"),
)
_FREQUENCIES = {
    "WEEKLY_2": "weekly", "WEEKLY_3": "weekly", "WEEKLY_5": "daily", "MONTHLY_2": "monthly", "MONTHLY_3": "monthly", "DAILY_2": "daily",
    "BIHOURLY": "daily", "TRIHOURLY": "daily", "12HRS": "daily", "30MIN": "daily", "15MIN": "daily", "10MIN": "daily", "5MIN": "daily",
    "1MIN": "daily", "BIENNIAL": "irregular", "TRIENNIAL": "irregular", "QUADRENNIAL": "irregular", "QUINQUENNIAL": "irregular",
    "DECENNIAL": "irregular", "BIDECENNIAL": "irregular", "TRIDECENNIAL": "irregular", "AS_NEEDED": "irregular", "NEVER": "once",
    "NOT_PLANNED": "once", "UNKNOWN": "", "OTHER": "", "OP_DATPRO": "",
}


def many(value: Any) -> list[Any]:
    """A value as a list, empty for nothing."""
    if isinstance(value, list):
        return [inner for inner in value if inner not in (None, "", [], {})]
    return [] if value in (None, "", {}) else [value]


def objects(value: Any) -> list[Mapping[str, Any]]:
    """A value as a list of objects; a text is the address of one."""
    return [inner if isinstance(inner, Mapping) else {"@id": inner} for inner in many(value) if isinstance(inner, Mapping | str)]


def by_language(value: Any) -> dict[str, list[str]]:
    """The texts of a value by their languages (the first part of the tag, empty for none), in their order."""
    found: dict[str, list[str]] = {}
    for inner in many(value):
        if isinstance(inner, Mapping) and "@value" not in inner and "@id" not in inner and inner and all(
                isinstance(key, str) and (len(key) == 2 or key[2:3] == "-") and isinstance(text, str | list) for key, text in inner.items()):
            pairs = [(key, text) for key, texts in inner.items() for text in many(texts)]
        elif isinstance(inner, Mapping) and "@value" in inner:
            pairs = [(as_text(inner.get("@language")), inner["@value"])]
        else:
            pairs = [("", name(inner) if isinstance(inner, Mapping) else inner)]
        for language, text in pairs:
            if words := as_text(text).strip() if not isinstance(text, str) or text.strip() else "":
                found.setdefault(language.partition("-")[0].lower(), []).append(words if not isinstance(text, str) else text)
    return found


def localized(value: Any, *languages: str) -> list[str]:
    """The texts in the first of the languages that there are any in; without a list of them ours, then whatever there is."""
    found = by_language(value)
    wanted = next((language for language in languages or LANGUAGES if language in found), None)
    return found[wanted] if wanted is not None else [] if languages else next(iter(found.values()), [])


def text(value: Any) -> str:
    """One text of a value, in our language as far as there is one."""
    return next(iter(localized(value)), "")


def name(value: Any) -> str:
    """What a thing is called: its label, title or name; a text is its own name; empty for a thing that has none."""
    if not isinstance(value, Mapping):
        return text(value)
    if "@value" in value:
        return as_text(value["@value"])
    return next((found for key in _NAMED if value.get(key) and (found := _plain(value[key]))), "")


def _plain(value: Any) -> str:
    """The text of a name; a name that is an object of its own is read no deeper."""
    found = [(as_text(inner.get("@language")).partition("-")[0], inner["@value"]) if isinstance(inner, Mapping) and "@value" in inner
             else ("", inner) for inner in many(value)]
    best = sorted(found, key=lambda pair: LANGUAGES.index(pair[0]) if pair[0] in LANGUAGES else len(LANGUAGES))
    return next((as_text(inner).strip() for _, inner in best), "")


def address(value: Any) -> str:
    """What a thing is called by machines: its own address, else that of what it holds, or the text itself."""
    return _addressed(value, _ADDRESSED)


def link(value: Any) -> str:
    """Where a document is found: the address of what it holds, else its own, or the text itself."""
    return _addressed(value, _LINKED)


def _addressed(value: Any, keys: tuple[str, ...]) -> str:
    value = next(iter(many(value)), "")
    if isinstance(value, Mapping):
        if "@value" in value:
            return as_text(value["@value"]).strip()
        value = next((inner for key in keys if (inner := next(iter(many(value.get(key))), None)) is not None), "")
        value = value.get("@id") or value.get("@value") if isinstance(value, Mapping) else value
    return value.strip() if isinstance(value, str) else ""


def names(value: Any) -> str:
    """The names of several things, or their addresses, as one text."""
    return ", ".join(dict.fromkeys(found for inner in many(value) if (found := name(inner) or address(inner))))


def code(value: str) -> str:
    """The last part of an address: the code that a register gives."""
    return unquote(value.rstrip("/#").rpartition("#")[2].rpartition("/")[2]) if "://" in value else value


def media_type(*values: Any) -> str:
    """The first that names a media type, by itself or by its address in IANA's register."""
    for value in values:
        for found in filter(None, [address(value), name(value)]):
            found = found.rpartition("/media-types/")[2]
            if "/" in found and "://" not in found and " " not in found.partition(";")[0].strip():
                return found
    return ""


def file_format(*values: Any) -> str:
    """The format's usual name, from the first value that names one: a name, a media type, a code of the EU's register."""
    for value in values:
        for found in filter(None, [address(value), name(value)]):
            known = found.rpartition("/media-types/")[2] if "/media-types/" in found else code(found)
            made = canonical(_FILE_TYPES.get(known.upper(), known))
            if made and "://" not in made and ("/" not in made or "/" in known):
                return made if "/" not in made else made.rpartition("/")[2].upper()
    return ""


def licence(value: Any) -> str:
    """A licence as one text that says it best: an id or address that is known, else its name, else its address."""
    given = [given for thing in ([value] if isinstance(value, Mapping) else many(value))
             for given in (address(thing), *(address(inner) for inner in many(thing.get("exactMatch") if isinstance(thing, Mapping) else None)),
                           name(thing)) if given]
    known = next((found for text_ in given if (found := known_licence(text_))), "")
    return known or next((text_ for text_ in given if "://" not in text_), "") or next(iter(given), "")


def known_licence(given: str) -> str:
    """The id of a licence that is known; empty for another."""
    if "/authority/licence/" in given:
        return next((found for start, found in _LICENCES if code(given).upper().startswith(start)), "")
    bare = given.strip()
    return vocabulary.licence(bare) or (licences.recognise(bare) if len(bare) < 40 or "://" in bare else None) or ""


def frequency(value: Any) -> str:
    """A frequency of update, in a word that the vocabulary knows where there is one; empty where it says that none is known."""
    for thing in many(value):
        for given in filter(None, [address(thing), name(thing)]):
            known = code(given)
            if known.upper() in _FREQUENCIES:
                return _FREQUENCIES[known.upper()]
            if vocabulary.frequency(known):
                return known
            if vocabulary.frequency(given):
                return given
    return next((found for thing in many(value) if (found := name(thing) or address(thing))), "")


def themes(value: Any) -> list[str]:
    """Each theme as the text that is known of it: its code, its label in any language; else its label, else its address."""
    found = []
    for thing in many(value):
        given = [address(thing), *(label for key in ("prefLabel", "altLabel", "notation", "title", "label")
                                   for label in _all(thing.get(key) if isinstance(thing, Mapping) else None)), name(thing)]
        known = next((text_ for text_ in given if text_ and vocabulary.theme(text_)), "")
        found.append(known or name(thing) or address(thing))
    return [text_ for text_ in dict.fromkeys(found) if text_]


def _all(value: Any) -> Iterable[str]:
    return [text_ for texts in by_language(value).values() for text_ in texts]


def period(value: Any) -> str:
    """Periods of time as `start/end`, dates as they are written."""
    found = []
    for thing in many(value):
        ends = [text(thing.get(key)) for key in ("startDate", "endDate")] if isinstance(thing, Mapping) else []
        found.append("/".join(ends) if any(ends) else name(thing) or address(thing))
    return ", ".join(filter(None, dict.fromkeys(found)))


def place(value: Any) -> str:
    """Places by their names, else by their outlines (WKT or GeoJSON), else by their addresses."""
    found = [name(thing) or next((shape for key in ("bbox", "geometry", "centroid") if isinstance(thing, Mapping)
                                  and (shape := text(thing.get(key)))), "") or address(thing) for thing in many(value)]
    return ", ".join(filter(None, dict.fromkeys(found)))
