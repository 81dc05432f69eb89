"""One dataset in DCAT or DCAT-AP as a repository hands it out record by record: a small RDF/XML document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from harvesters.dublin_core import in_languages
from harvesters.xml_answers import LANGUAGE, attribute, local, words

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_ABOUT = {"issued": "issued", "origin_modified": "modified", "language": "language", "spatial": "spatial", "temporal": "temporal",
          "version": "version", "access_rights": "accessRights", "origin_identifiers": "identifier", "origin_type": "type"}


def entry(root: Element) -> dict[str, Any] | None:
    """The entry (see `catalogue_entry`) of the first dataset in a document; None where it has none."""
    dataset = next((node for node in root.iter() if len(node) and (local(node) == "Dataset" or "Dataset" in _types(node))), None)
    if dataset is None:
        return None
    nodes = _Nodes(root)
    title, title_en = in_languages(nodes.worded(dataset, "title"))
    description, _ = in_languages(nodes.worded(dataset, "description"))
    contact = next(nodes.at(dataset, "contactPoint"), None)
    publisher = "; ".join(nodes.names(dataset, "publisher"))
    return {
        "standard": "dcat", "title": title, "title_en": title_en, "description": description,
        "author": "; ".join(nodes.names(dataset, "creator")) or publisher, "maintainer": nodes.text(contact, "fn"),
        "maintainer_email": nodes.text(contact, "hasEmail").removeprefix("mailto:"),
        "page": nodes.text(dataset, "landingPage") or nodes.text(dataset, "page"),
        "keywords": nodes.texts(dataset, "keyword"), "topics": nodes.names(dataset, "theme"),
        "licences": [*nodes.texts(dataset, "license"), *(said for one in nodes.at(dataset, "distribution") for said in nodes.texts(one, "license")),
                     *nodes.names(dataset, "rights")],
        "frequency": nodes.text(dataset, "accrualPeriodicity"), "formats": [],
        "links": [_link(nodes, one) for one in nodes.at(dataset, "distribution")],
        "about": {key: said for key, name in _ABOUT.items() if (said := "; ".join(nodes.names(dataset, name)))} | (
            {"publisher": publisher} if publisher else {}),
    }


def _link(nodes: _Nodes, distribution: Element | str) -> dict[str, str]:
    """One distribution; one that is only an address is a link to it."""
    if isinstance(distribution, str):
        return {"url": distribution}
    download = nodes.text(distribution, "downloadURL")
    found = {
        "url": download or nodes.text(distribution, "accessURL"), "name": in_languages(nodes.worded(distribution, "title"))[0],
        "description": in_languages(nodes.worded(distribution, "description"))[0], "format": _last(nodes.text(distribution, "format")),
        "media_type": _media(nodes.text(distribution, "mediaType")), "modified": nodes.text(distribution, "modified"),
        "function": "download" if download else "", "schema": nodes.text(distribution, "conformsTo"),
    }
    return {key: text for key, text in found.items() if text}


def _last(text: str) -> str:
    """The name at the end of an authority's address (…/file-type/CSV)."""
    return text.rstrip("/").rpartition("/")[2] if "://" in text else text


def _media(text: str) -> str:
    return text.partition("/media-types/")[2] or text


def _types(node: Element) -> set[str]:
    return {attribute(child, "resource").rpartition("#")[2] for child in node if local(child) == "type"}


class _Nodes:
    """The nodes of a document by their names, and what is said of one."""

    def __init__(self, root: Element) -> None:
        self._by_name: dict[str, Element] = {}
        for node in root.iter():
            name = attribute(node, "about") or attribute(node, "nodeID")
            if name and len(node) and name not in self._by_name:
                self._by_name[name] = node

    def at(self, node: Element | str | None, name: str) -> Iterator[Element | str]:
        """Every value of a property: a node that is described in the document, or a text or address."""
        for child in node if node is not None and not isinstance(node, str) else ():
            if local(child) != name:
                continue
            target = attribute(child, "resource") or attribute(child, "nodeID")
            if attribute(child, "parseType") == "Resource":
                yield child
            elif target:
                yield self._by_name.get(target, target)
            elif len(child):
                inner = child[0]
                address = attribute(inner, "about")
                yield inner if len(inner) else self._by_name.get(address, address or words(inner))
            elif said := words(child):
                yield said

    def texts(self, node: Element | str | None, name: str) -> list[str]:
        """Values as texts; of a node its address, else its own words."""
        found = (value if isinstance(value, str) else attribute(value, "about") or words(value) for value in self.at(node, name))
        return list(dict.fromkeys(filter(None, found)))

    def text(self, node: Element | str | None, name: str) -> str:
        return next(iter(self.texts(node, name)), "")

    def names(self, node: Element | str | None, name: str) -> list[str]:
        """Values as people read them: of a node its name, title or label, else its address."""
        found = (value if isinstance(value, str) else next((said for key in ("name", "fn", "prefLabel", "label", "title", "startDate")
                 if (said := self.text(value, key))), attribute(value, "about") or " ".join(words(value).split())) for value in self.at(node, name))
        return list(dict.fromkeys(filter(None, found)))

    def worded(self, node: Element, name: str) -> list[tuple[str, str]]:
        """Literal texts with their languages."""
        return [(words(child), (child.get(LANGUAGE) or "").lower()[:2]) for child in node if local(child) == name and words(child)]
