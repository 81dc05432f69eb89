"""Feeds of datasets as Atom (RFC 4287), in pages (RFC 5005), at the addresses that CKAN gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from catalog.exchange.entries import Entry
from catalog.exchange.portal import Portal
from catalog.exchange.wording import moment, plain

ATOM = "http://www.w3.org/2005/Atom"
SUMMARY = 1000  # characters of a description
FILES = 20  # files of a dataset that a feed names


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a feed says of itself: its title, the page whose news it brings, and the addresses of its pages by relation."""

    id: str
    title: str
    page: str
    links: Mapping[str, str]


def written(portal: Portal, feed: Feed, entries: Sequence[Entry]) -> bytes:
    """The feed with these datasets."""
    root = etree.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": "vi"}, nsmap={None: ATOM})
    _add(root, "id", feed.id)
    _add(root, "title", plain(feed.title))
    _add(root, "subtitle", portal.description[0])
    newest = max((entry.modified for entry in entries), default=portal.modified)
    _add(root, "updated", moment(newest) if newest else _never())
    _add(_add(root, "author"), "name", portal.operator[0])
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    for relation, address in feed.links.items():
        _add(root, "link", rel=relation, type="application/atom+xml", href=address)
    _add(root, "generator", "Hải Đăng")
    for entry in entries:
        _entry(root, entry)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _never() -> str:
    """A day before any data, for the feed of an empty catalogue, which must say when it changed."""
    return moment(datetime.fromisoformat("1970-01-01T00:00:00+00:00"))


def _entry(root: etree._Element, entry: Entry) -> None:
    element = _add(root, "entry")
    _add(element, "id", entry.uri)
    _add(element, "title", entry.title)
    _add(element, "updated", moment(entry.modified))
    _add(element, "published", moment(entry.issued))
    _add(element, "link", rel="alternate", type="text/html", href=entry.page)
    _add(element, "link", rel="alternate", type="text/turtle", href=f"{entry.page}.ttl")
    if entry.publisher:
        author = _add(element, "author")
        _add(author, "name", entry.publisher.name[0])
        _add(author, "uri", entry.publisher.uri)
    if entry.notes:
        _add(element, "summary", entry.notes[:SUMMARY])
    for theme in entry.themes:
        _add(element, "category", term=theme.name, label=plain(theme.title_vi) or theme.name)
    for tag in entry.tags:
        _add(element, "category", term=tag)
    if entry.illustrative:
        _add(element, "category", term="illustrative", label="Dữ liệu minh hoạ")
    if entry.licence_text:
        _add(element, "link", rel="license", href=entry.licence_text)
    for file in [file for file in entry.files if file.download][:FILES]:
        length = {"length": str(file.size)} if file.size is not None and file.size >= 0 else {}
        _add(element, "link", rel="enclosure", type=file.media_type or "application/octet-stream", href=file.download or "", **length)


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    element.text = text
    return element
