"""An ArcGIS server: a services directory, one of its folders, one FeatureServer or MapServer, or a single layer.

Every layer and table with rows is a dataset; groups of layers, pictures and tools are none. Where a service is there both as a
FeatureServer and as a MapServer, the first is read: it is the same data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import ABOUT_THE_HOST, Net
from catalog.record import Made, Record
from harvesters import arcgis, vocabulary
from harvesters.arcgis_layer import may_be_asked
from harvesters.arcgis_rows import LayerFiles, linked, offered
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.describing import DEFAULTS, Draft, as_text, identified, parted, require_object
from harvesters.html_text import links, plain

SERVICES = 10  # of one page
_KINDS = ("FeatureServer", "MapServer")  # the first is preferred
_WITH_ROWS = {"feature layer", "table"}
_ROOT = re.compile(r".*?/rest/services(?=/|$)", re.IGNORECASE)
_OF_LAYER = ("name", "type", "description", "copyrightText", "geometryType", "capabilities", "extent")
_OF_SERVICE = ("serviceDescription", "description", "copyrightText", "documentInfo")


class ArcgisServer:
    """The layers of an ArcGIS server as datasets, each with files made of its rows."""

    kind: ClassVar[str] = "arcgis-server"
    title: ClassVar[Mapping[str, str]] = {"vi": "Máy chủ ArcGIS (thư mục dịch vụ, dịch vụ hoặc lớp)",
                                          "en": "ArcGIS server (services directory, service or layer)"}
    options: ClassVar[tuple[Option, ...]] = DEFAULTS

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._url, self._options, self._net = arcgis.bare(source.url), source.options, net
        self._services: list[str] | None = None
        self._refused: tuple[Issue, ...] = ()
        self._files = LayerFiles(net)

    def page(self, cursor: str | None) -> Page:
        """The layers of the next 10 services, in the order of their paths.

        The cursor is the path of the last service and how many layers were found so far, `{"after": …, "found": …}`; how
        many there are in all is known at the end only.
        """
        place = arcgis.service_and_layer(self._url)
        if place is not None:
            found = [self._layer(self._url)] if place[1] is not None else list(self._layers(place[0]))
            items, issues = parted([one for one in found if one is not None])
            return Page(items=items, total=len(items), issues=issues)
        if self._services is None:
            self._services, self._refused = self._directory()
        at = json.loads(cursor) if cursor else {"after": "", "found": 0}
        rest = [service for service in self._services if arcgis.path_of(service) > at["after"]]
        items, issues = parted([one for service in rest[:SERVICES] for one in self._told(service)])
        found = at["found"] + len(items)
        more = len(rest) > SERVICES
        after = json.dumps({"after": arcgis.path_of(rest[SERVICES - 1]), "found": found}, ensure_ascii=False) if more else None
        before = () if cursor else self._refused
        return Page(items=items, cursor=after, total=None if more else found, issues=(*before, *issues))

    def _directory(self) -> tuple[list[str], tuple[Issue, ...]]:
        """The services of the directory and its folders, and the folders that cannot be read."""
        answer = self._listing(self._url)
        listed, refused = list(answer["services"]), []
        for folder in answer.get("folders") or ():
            if not isinstance(folder, str) or not folder.strip():
                continue
            try:
                listed += self._listing(f"{self._url}/{quote(folder)}")["services"]
            except Trouble as trouble:
                refused.append(_refusal(trouble, folder))
        root = match[0] if (match := _ROOT.match(self._url)) else self._url
        named: dict[str, set[str]] = {}
        for entry in listed:
            if isinstance(entry, Mapping) and isinstance(entry.get("name"), str) and entry.get("type") in _KINDS:
                named.setdefault(entry["name"], set()).add(entry["type"])
        services = {f"{root}/{quote(name)}/{next(kind for kind in _KINDS if kind in kinds)}" for name, kinds in named.items()}
        return sorted(services, key=arcgis.path_of), tuple(refused)

    def _listing(self, url: str) -> Mapping[str, Any]:
        answer = arcgis.ask(self._net, url)
        if not isinstance(answer.get("services"), list):
            raise Trouble(Issue("listing-of-another-kind", Place(url=url), {"expected": "services"}))
        return answer

    def _told(self, service: str) -> list[Gathered | Issue]:
        """The layers of one service of many; where it cannot be read, that is said and the others go on."""
        try:
            return [one for one in self._layers(service) if one is not None]
        except Trouble as trouble:
            return [_refusal(trouble, arcgis.path_of(service))]

    def _layers(self, service: str) -> Iterator[Gathered | Issue | None]:
        """The layers and tables of a service, described all at once where it can do that (since 10.0), else one by one."""
        about = arcgis.ask(self._net, service)
        listed = [about.get(key) or [] for key in ("layers", "tables")]
        if not ("layers" in about or "tables" in about) or not all(isinstance(part, list) for part in listed):
            raise Trouble(Issue("listing-of-another-kind", Place(url=service), {"expected": "layers"}))
        briefly = [entry for part in listed for entry in part if isinstance(entry, Mapping) and isinstance(entry.get("id"), int)]
        kept = {key: about[key] for key in _OF_SERVICE if about.get(key)}
        fully = self._all_layers(service) if briefly else {}
        for entry in briefly:
            url = f"{service}/{entry['id']}"
            if isinstance(entry.get("subLayerIds"), list) and entry["subLayerIds"]:
                continue  # a group
            try:
                yield self._item(url, fully[entry["id"]], kept) if entry["id"] in fully else self._layer(url, kept)
            except Trouble as trouble:
                yield _refusal(trouble, arcgis.path_of(url))

    def _all_layers(self, service: str) -> dict[int, Mapping[str, Any]]:
        """Every layer's description by its number; empty where the service does not give them together."""
        try:
            answer = arcgis.ask(self._net, f"{service}/layers")
        except Trouble as trouble:
            if trouble.issue.code in ABOUT_THE_HOST:
                raise
            return {}
        parts = [answer.get(key) for key in ("layers", "tables")]
        return {entry["id"]: entry for part in parts if isinstance(part, list) for entry in part
                if isinstance(entry, Mapping) and isinstance(entry.get("id"), int) and "fields" in entry}

    def _layer(self, url: str, service: Mapping[str, Any] | None = None) -> Gathered | Issue | None:
        return self._item(url, arcgis.ask(self._net, url), service or {})

    def _item(self, url: str, said: Mapping[str, Any], service: Mapping[str, Any]) -> Gathered | Issue | None:
        """A layer as a record, with what its description says that lasts; None for one that has no rows."""
        kind = as_text(said.get("type"))
        if not kind and not isinstance(said.get("fields"), list):
            raise Trouble(Issue("listing-of-another-kind", Place(url=url), {"expected": "fields"}))
        if kind and kind.lower() not in _WITH_ROWS:
            return None
        listed = said["fields"] if isinstance(said.get("fields"), list) else []
        fields = [{key: entry.get(key) for key in ("name", "alias", "type")} for entry in listed if isinstance(entry, Mapping)]
        editing = said.get("editingInfo")
        raw = {"title": said.get("name"), "url": url, **{key: said[key] for key in _OF_LAYER if said.get(key)}, "fields": fields,
               "edited": editing.get("lastEditDate") if isinstance(editing, Mapping) else None, "service": dict(service)}
        return identified(raw, arcgis.path_of(url), Place(url=url))

    def describe(self, item: Gathered) -> Record:
        """The layer in our words; what it does not say of itself, its service may."""
        layer = require_object(item)
        service = layer.get("service") if isinstance(layer.get("service"), Mapping) else {}
        document = service.get("documentInfo") if isinstance(service.get("documentInfo"), Mapping) else {}
        draft = Draft(item, self._options)
        rights = plain(as_text(layer.get("copyrightText") or service.get("copyrightText")))
        draft.metadata |= {
            "title": draft.text(layer.get("title"), "name") or as_text(document.get("Title")) or item.identifier,
            "notes": plain(draft.text(layer.get("description"), "description")) or _service_notes(service, document),
            "url": as_text(layer.get("url")),
            "tags": draft.texts(document.get("Keywords"), "Keywords"),
            "author": as_text(document.get("Author")),
        }
        licences = (*links(as_text(layer.get("copyrightText"))), rights)
        draft.licence(next((text for text in licences if vocabulary.licence(text)), ""))
        draft.frequency("")
        draft.themes([])
        draft.illustrative()
        draft.extras |= {"copyright": rights, "origin_modified": arcgis.iso(layer.get("edited")),
                         "columns": _columns(layer.get("fields"))}
        resource = {"url": layer.get("url"), "name": layer.get("title"), "geometryType": layer.get("geometryType")}
        if may_be_asked(layer):
            return draft.record(offered(draft, resource))
        draft.issues.append(Issue("layer-without-query", Place(url=as_text(layer.get("url")))))
        return draft.record(linked(draft, resource))

    def make(self, recipe: Mapping[str, Any], target: Path, mark: str | None) -> Made | None:
        """The file of a layer's rows."""
        return self._files.make(recipe, target, mark)


def _refusal(trouble: Trouble, path: str) -> Issue:
    """What is said of a part of the server that cannot be read; Trouble where the server itself cannot be."""
    if trouble.issue.code in ABOUT_THE_HOST:
        raise trouble
    return Issue(trouble.issue.code, trouble.issue.place, {**trouble.issue.facts, "identifier": path})


def _service_notes(service: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """What a service says of itself, for a layer that says nothing."""
    given = (service.get("serviceDescription"), service.get("description"), document.get("Comments"), document.get("Subject"))
    return next((text for value in given if (text := plain(as_text(value)))), "")


def _columns(fields: Any) -> str:
    """The columns by their readable names, the field's own name behind one that differs."""
    found = []
    for entry in fields if isinstance(fields, list) else ():
        if isinstance(entry, Mapping) and (name := as_text(entry.get("name"))):
            alias = as_text(entry.get("alias"))
            found.append(f"{alias} ({name})" if alias and alias.lower() != name.lower() else name)
    return ", ".join(found)
