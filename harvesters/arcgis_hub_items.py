"""An item of an ArcGIS Hub site: what of it lasts, which layers it leads to, and the item in our words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import ABOUT_THE_HOST, Net
from catalog.record import Distribution, Record
from harvesters import arcgis, vocabulary
from harvesters.arcgis_layer import may_be_asked
from harvesters.arcgis_rows import linked, offered
from harvesters.base import Gathered
from harvesters.describing import Draft, as_text, require_object
from harvesters.html_text import links, plain

LAYERS = 100  # of one service
_WITH_ROWS = {"feature layer", "table"}
_LAYER_IN_ID = re.compile(r".*_(\d{1,9})")
# What of an item is kept: not the counts of its views and votes, which change by themselves.
_KEPT = ("name", "type", "url", "description", "snippet", "tags", "categories", "licenseInfo", "license", "structuredLicense",
         "accessInformation", "owner", "orgName", "organization", "source", "orgId", "created", "modified", "extent", "culture",
         "geometryType")
# Items that are a file: the format of what `…/data` gives.
_FILES = {"CSV": "CSV", "Microsoft Excel": "XLSX", "GeoJson": "GEOJSON", "Shapefile": "ZIP", "CSV Collection": "ZIP",
          "File Geodatabase": "ZIP", "KML": "KML", "PDF": "PDF", "Microsoft Word": "DOCX", "GeoPackage": "GPKG", "Image": "IMAGE",
          "Layer Package": "LPK"}


def flattened(entry: Any) -> Any:
    """The item's identifier, title and lasting properties in one object, from an OGC record or a JSON:API resource."""
    if not isinstance(entry, Mapping):
        return entry
    said = next((entry[key] for key in ("properties", "attributes") if isinstance(entry.get(key), Mapping)), {})
    return {"id": entry.get("id") or said.get("id"), "title": said.get("title") or said.get("name"),
            **{key: said[key] for key in _KEPT if said.get(key) is not None}}


def with_layers(net: Net, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The item with the layers that it leads to, as `layers`: address, name, kind of shape, and whether they may be asked.

    A service that refuses is noted with the code of its refusal; Trouble where its server cannot be reached just now.
    """
    place = arcgis.service_and_layer(as_text(raw.get("url")))
    if place is None:
        return dict(raw)
    service, layer = place
    if layer is None and (match := _LAYER_IN_ID.fullmatch(as_text(raw.get("id")))):
        layer = int(match[1])
    url = service if layer is None else f"{service}/{layer}"
    if layer is not None and raw.get("geometryType"):
        return {**raw, "layers": [{"url": url, "name": raw.get("title"), "geometryType": raw["geometryType"]}]}
    try:
        said = arcgis.ask(net, url)
        found = [said] if layer is not None else _layers(net, said, service)
    except Trouble as trouble:
        status = trouble.issue.facts.get("status")
        if trouble.issue.code in ABOUT_THE_HOST or (isinstance(status, int) and status >= 500):
            raise
        return {**raw, "layers": [{"url": url, "name": raw.get("title"), "refused": trouble.issue.code,
                                   "number": trouble.issue.facts.get("number", status)}]}
    return {**raw, "layers": [
        {"url": url if layer is not None else f"{service}/{one['id']}", "name": as_text(one.get("name")),
         "geometryType": one.get("geometryType"), **({} if may_be_asked(one) else {"refused": "layer-without-query"})}
        for one in found if as_text(one.get("type") or "table").lower() in _WITH_ROWS]}


def _layers(net: Net, said: Mapping[str, Any], service: str) -> list[Mapping[str, Any]]:
    """The layers and tables that a service lists, under its own capabilities; an older one's layers are asked one by one."""
    parts = [said.get(key) or [] for key in ("layers", "tables")]
    if not ("layers" in said or "tables" in said) or not all(isinstance(part, list) for part in parts):
        raise Trouble(Issue("listing-of-another-kind", Place(url=service), {"expected": "layers"}))
    listed = [{"type": "Table" if number else "Feature Layer", "capabilities": said.get("capabilities"), **entry}
              for number, part in enumerate(parts) for entry in part
              if isinstance(entry, Mapping) and isinstance(entry.get("id"), int) and not entry.get("subLayerIds")][:LAYERS]
    return [one if one["type"] == "Table" or "geometryType" in one
            else {**arcgis.ask(net, f"{service}/{one['id']}"), "id": one["id"]} for one in listed]


def record_of(item: Gathered, options: Mapping[str, Any], site: str, portal: str) -> Record:
    """The item in our words; `site` is the Hub site's address, `portal` the one that keeps its files."""
    raw = require_object(item)
    draft = Draft(item, options)
    page = f"{site}/datasets/{quote(as_text(raw.get('id')) or item.identifier, safe='')}"
    draft.metadata |= {
        "title": draft.text(raw.get("title"), "title"),
        "notes": plain(draft.text(raw.get("description"), "description")) or plain(as_text(raw.get("snippet"))),
        "url": page,
        "tags": draft.texts(raw.get("tags"), "tags"),
        "author": next((text for key in ("orgName", "organization", "source", "owner") if (text := as_text(raw.get(key)))), ""),
    }
    draft.licence(_licence(raw))
    draft.frequency("")
    draft.themes([name for path in draft.texts(raw.get("categories"), "categories")
                  if (name := path.rpartition("/")[2].strip()) and name.lower() != "categories"])
    draft.illustrative()
    draft.extras |= {
        "origin_modified": arcgis.iso(raw.get("modified")) or as_text(raw.get("modified")),
        "issued": arcgis.iso(raw.get("created")) or as_text(raw.get("created")),
        "credits": plain(as_text(raw.get("accessInformation"))), "origin_type": as_text(raw.get("type")),
        "owner": as_text(raw.get("owner")), "spatial": as_text(raw.get("extent")), "language": as_text(raw.get("culture")),
    }
    return draft.record(_files(draft, raw, page, portal))


def _files(draft: Draft, raw: Mapping[str, Any], page: str, portal: str) -> list[Distribution | None]:
    """The files of the item's layers; else its own file, what it links to, or its page."""
    found: list[Distribution | None] = []
    for layer in draft.objects(raw.get("layers"), "layers"):
        if refused := as_text(layer.get("refused")):
            number = layer.get("number") if isinstance(layer.get("number"), int) else 0
            place = Place(url=as_text(layer.get("url")))
            draft.issues.append(Issue("layer-refused", place, {"reason": refused, "number": number}))
            found += linked(draft, layer)
        else:
            found += offered(draft, layer)
    kind = as_text(raw.get("type"))
    if any(found):
        return found
    if kind in _FILES:
        address = f"{portal}/sharing/rest/content/items/{page.rpartition('/')[2]}/data"
        return [draft.distribution(address, name=raw.get("title"), format=_FILES[kind])]
    address = as_text(raw.get("url")).strip()
    return [draft.distribution(address or page, name=raw.get("title"), format=kind if address else "HTML")]


def _licence(raw: Mapping[str, Any]) -> str:
    """The first licence that we know in what the item says; else its own words."""
    structured = raw.get("structuredLicense") if isinstance(raw.get("structuredLicense"), Mapping) else {}
    info = as_text(raw.get("licenseInfo"))
    words = plain(info)
    short = "" if as_text(raw.get("license")).lower() in ("none", "custom") else as_text(raw.get("license"))
    given = [as_text(structured.get("url")), as_text(structured.get("abbr")), *links(info), words, short]
    return next((text for text in given if vocabulary.licence(text)), words or short)
