"""A dataset as a record of OAI-PMH: its header, and its metadata in Dublin Core or in DCAT."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from catalog.exchange import dcat_ap
from catalog.exchange.entries import Entry
from catalog.exchange.oai_listing import stamped
from catalog.exchange.portal import Portal
from catalog.exchange.wording import moment, plain
from catalog.licences import LICENCES
from catalog.models import Dataset

OAI = "http://www.openarchives.org/OAI/2.0/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_DC = "http://purl.org/dc/elements/1.1/"
_OAI_DC = OAI + "oai_dc/"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# Formats by prefix: schema and namespace.
FORMATS = {
    "oai_dc": (OAI + "oai_dc.xsd", _OAI_DC),
    "dcat": ("https://www.w3.org/TR/vocab-dcat-3/", "http://www.w3.org/ns/dcat#"),
}


def add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    """An element of the protocol's own namespace."""
    element = etree.SubElement(parent, f"{{{OAI}}}{name}", attributes)
    element.text = text
    return element


def header(parent: etree._Element, dataset: Dataset, sets: Iterable[str], host: str) -> None:
    """The header of a record with the sets in which it is; of one that is gone, with the word for it."""
    made = add(parent, "header", **({"status": "deleted"} if dataset.state == "deleted" else {}))
    add(made, "identifier", identifier(dataset.id, host))
    add(made, "datestamp", moment(stamped(dataset)))
    for name in sets:
        add(made, "setSpec", name)


def identifier(dataset_id: str, host: str) -> str:
    """The record's identifier, in the protocol's own scheme."""
    return f"oai:{host}:{dataset_id}"


def metadata(parent: etree._Element, portal: Portal, entry: Entry, prefix: str) -> None:
    """The dataset in one of the formats."""
    made = add(parent, "metadata")
    if prefix == "dcat":
        made.append(etree.fromstring(dcat_ap.written(dcat_ap.dataset(portal, entry), "xml")))
    else:
        made.append(_dublin_core(entry))


def _dublin_core(entry: Entry) -> etree._Element:
    root = etree.Element(f"{{{_OAI_DC}}}dc", nsmap={"oai_dc": _OAI_DC, "dc": _DC, "xsi": XSI})
    root.set(f"{{{XSI}}}schemaLocation", f"{_OAI_DC} {OAI}oai_dc.xsd")

    def say(name: str, text: str | None, language: str = "") -> None:
        if text:
            etree.SubElement(root, f"{{{_DC}}}{name}", {LANG: language} if language else {}).text = text

    say("title", entry.title, "vi")
    say("title", entry.title_en, "en")
    say("creator", entry.author)
    for subject in (*entry.tags, *(plain(theme.title_vi) for theme in entry.themes)):
        say("subject", subject, "vi")
    say("description", entry.notes, "vi")
    if entry.illustrative:
        say("description", "Dữ liệu minh hoạ, không phải số liệu thật", "vi")
    say("publisher", entry.publisher.name[0] if entry.publisher else "", "vi")
    say("date", moment(entry.modified))
    say("type", "Dataset")
    for form in dict.fromkeys(file.media_type or file.format for file in entry.files):
        say("format", form)
    say("identifier", entry.page)
    say("source", entry.homepage)
    say("language", "vi")
    for file in entry.files:
        say("relation", file.download or file.access)
    say("coverage", entry.spatial)
    say("coverage", "/".join(filter(None, entry.temporal)) if entry.temporal else "")
    known = LICENCES.get(entry.licence)
    say("rights", entry.licence_text)
    say("rights", known.title_vi if known and not entry.licence_text else "")
    return root
