"""An entry of a library's or a map catalogue, whatever standard it was written in, made into a record.

The readers of the standards (`dublin_core`, `datacite`, `dcat_node`, `iso_19139`) leave the same JSON-able object behind:

title, title_en, description, author, maintainer, maintainer_email, page, frequency    texts
keywords, topics, licences, formats                                                    lists of texts, in the source's words
about                                                                                  an object of further texts, kept as extras
links       a list of objects: url, name, description, format, media_type, protocol, function, modified (all texts)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from catalog import formats
from catalog.record import Record
from harvesters import vocabulary
from harvesters.base import Gathered
from harvesters.describing import Draft, as_text, require_object
from harvesters.html_text import plain

TERMS = 300  # characters; a longer text on rights says more than that there are none

# Topic categories of ISO 19115 (MD_TopicCategoryCode) that are one of our themes for certain.
_TOPICS = {
    "farming": "agriculture", "climatologyMeteorologyAtmosphere": "environment", "environment": "environment", "health": "health",
    "economy": "economy", "society": "labour", "transportation": "transport", "planningCadastre": "construction",
    "structure": "construction", "boundaries": "administration",
}
# Codes of update frequency in ISO 19115 (MD_MaintenanceFrequencyCode) that have another name with us.
_FREQUENCIES = {
    "continual": "continuous", "fortnightly": "biweekly", "semimonthly": "biweekly", "biannually": "biannual", "unknown": "",
    "biennially": "irregular", "periodic": "irregular",
}
_SERVICES = (
    (re.compile(r"\b(ogc\W*api|oapi)|api-(features|tiles|records|coverages|processes)", re.I), "OGC API"),
    (re.compile(r"\bwmts\b", re.I), "WMTS"), (re.compile(r"\bwms\b|web map service", re.I), "WMS"),
    (re.compile(r"\bwfs\b|web feature service", re.I), "WFS"), (re.compile(r"\bwcs\b|web coverage service", re.I), "WCS"),
    (re.compile(r"\bkml\b", re.I), "KML"), (re.compile(r"\batom\b", re.I), "Atom"),
    (re.compile(r"\b(csw|sos|sps|wps|sta|sensorthings|tms|tjs)\b", re.I), "API"), (re.compile(r"opendap|thredds|dods", re.I), "OPeNDAP"),
    (re.compile(r"esri\W*(rest|arcgis|api)|arcgis|/(map|feature|image)server\b", re.I), "ArcGIS"),
)
_QUERY_SERVICES = {"wms": "WMS", "wfs": "WFS", "wcs": "WCS", "wmts": "WMTS", "csw": "API", "sos": "API", "wps": "API"}
_DOWNLOAD = re.compile(r"download|ftp|\bfile\b", re.I)
_FORMATS = (
    (re.compile(r"shape|\bshp\b|tgrshp", re.I), "SHP"), (re.compile(r"geo\W?json", re.I), "GeoJSON"),
    (re.compile(r"\bcsv\b|comma\W*separated", re.I), "CSV"), (re.compile(r"\bxlsx\b|spreadsheetml", re.I), "XLSX"),
    (re.compile(r"geo\W?package|gpkg", re.I), "GPKG"), (re.compile(r"geo\W?tiff", re.I), "TIFF"), (re.compile(r"\bgml\b", re.I), "GML"),
)
# What a catalogue writes where nothing limits the use, which is no licence.
_NO_LIMIT = re.compile(r"(access constraints|use constraints|use limitations?)?\W*(none|no limitations?|no restrictions?|unrestricted|không|n/?a)?\W*"
                       r"|.*/LimitationsOnPublicAccess/.*|.*/noConditionsApply|info:eu-repo/semantics/\w+", re.I | re.S)
_ADDRESS = re.compile(r"https?://[^\s<>\"'()\[\]{}]+", re.I)


def described(item: Gathered, options: Mapping[str, Any]) -> Record:
    """The entry in our words."""
    raw = require_object(item)
    draft = Draft(item, options)
    draft.metadata |= {key: draft.text(raw.get(key), key) for key in ("title", "author", "maintainer")}
    draft.metadata |= {
        "title_en": as_text(raw.get("title_en")),
        "notes": plain(draft.text(raw.get("description"), "description")),
        "maintainer_email": as_text(raw.get("maintainer_email")).removeprefix("mailto:"),
        "tags": draft.texts(raw.get("keywords"), "keywords"),
    }
    _licence(draft, _texts(raw.get("licences")))
    frequency = as_text(raw.get("frequency"))
    draft.frequency(_FREQUENCIES.get(frequency, frequency))
    draft.themes([_TOPICS.get(topic.partition("_")[0], topic) for topic in draft.texts(raw.get("topics"), "topics")])
    draft.illustrative()
    about = raw.get("about") if isinstance(raw.get("about"), Mapping) else {}
    draft.extras |= {key: as_text(value) for key, value in about.items()}
    draft.extras["origin_standard"] = as_text(raw.get("standard"))
    links = draft.objects(raw.get("links"), "links")
    named = draft.text(raw.get("page"), "page").strip()
    page = named or next((as_text(link.get("url")) for link in links if _is_page(link)), "")
    draft.metadata["url"] = page
    of_all = _texts(raw.get("formats"))
    return draft.record([draft.distribution(
        link.get("url"), name=link.get("name"), description=link.get("description"), format=format_of(link, of_all),
        media_type=link.get("media_type"), last_modified=link.get("modified"), schema=link.get("schema"),
        extras={"protocol": as_text(link.get("protocol"))} if link.get("protocol") else None,
    ) for link in links if named or not page or as_text(link.get("url")) != page])


def _licence(draft: Draft, given: list[str]) -> None:
    """The first licence that we know, by its name or by an address in the words; else the first words that set terms."""
    terms = [text for text in given if len(text) > TERMS or not _NO_LIMIT.fullmatch(text)]
    known = (found for text in terms for found in (text, *_addresses(text)) if vocabulary.licence(found))
    draft.licence(next(known, None) or next(iter(terms), ""))
    if any(text.strip() for text in given):
        draft.extras["constraints"] = "\n".join(given)


def _addresses(text: str) -> list[str]:
    return [found.rstrip(".,;:") for found in _ADDRESS.findall(text)]


def _texts(value: Any) -> list[str]:
    """A list of texts, or a text as a list of one, whole and without empty ones."""
    return [text for entry in (value if isinstance(value, list) else [value]) if (text := as_text(entry).strip())]


def format_of(link: Mapping[str, Any], of_all: list[str]) -> str:
    """The format behind a link; `of_all` are the formats that the entry names for its data as a whole.

    Named, or by the file's ending, the service asked for, or the media type; where all this is silent and the link is a download,
    the one format that the whole entry names. A page is HTML.
    """
    url, protocol = as_text(link.get("url")).strip(), as_text(link.get("protocol"))
    if named := _named(as_text(link.get("format"))):
        return named
    ending = formats.of_url(url)
    told = list(dict.fromkeys(filter(None, map(_named, of_all))))
    if ending == "ZIP" and told == ["SHP"]:
        return "SHP"
    if found := ending or _service(url, protocol) or _named(as_text(link.get("media_type"))):
        return found
    if len(told) == 1 and _is_download(link):
        return told[0]
    return "HTML" if _is_page(link) else ""


def _named(text: str) -> str:
    """A format's usual name from a source's words for it; empty for words that name none we know."""
    text = text.strip()
    usual = formats.canonical(text)
    if usual != text or usual in formats.MEDIA_TYPES or not text:
        return usual
    return next((name for pattern, name in _FORMATS if pattern.search(text)), "" if len(text) > 20 or "/" in text else text.upper())


def _service(url: str, protocol: str) -> str:
    """The kind of service that a protocol or an address names; the format of its answer where a WFS is asked for features."""
    try:
        query = {name.lower(): values[-1].lower() for name, values in parse_qs(urlsplit(url).query).items()}
    except ValueError:
        query = {}
    if query.get("request") == "getfeature":
        return _named(query.get("outputformat", "")) or "WFS"
    if query.get("service") in _QUERY_SERVICES:
        return _QUERY_SERVICES[query["service"]]
    if found := next((name for pattern, name in _SERVICES if pattern.search(protocol)), ""):
        return found
    path = url.partition("?")[0]
    return next((name for pattern, name in _SERVICES if not protocol and pattern.search(path)), "")


def _is_download(link: Mapping[str, Any]) -> bool:
    return as_text(link.get("function")).lower() in ("download", "offlineaccess") or _DOWNLOAD.search(as_text(link.get("protocol"))) is not None


def _is_page(link: Mapping[str, Any]) -> bool:
    """Whether a link leads to a page for people: told so, or told nothing and without a file's ending."""
    url, protocol = as_text(link.get("url")), as_text(link.get("protocol"))
    if not url.startswith(("http://", "https://")) or _is_download(link) or _service(url, protocol):
        return False
    ending = formats.of_url(url)
    told = as_text(link.get("format")) or as_text(link.get("media_type"))
    return ending in ("", "HTML") and _named(told) in ("", "HTML")
