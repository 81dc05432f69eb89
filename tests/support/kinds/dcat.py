"""A DCAT-AP catalogue in Hydra's pages, as JSON-LD with its context by address."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from harvesters.base import SourceSpec
from support.kinds import Kind
from support.web_server import Handler, WebServer, reply

SIZE = 5  # datasets of one page


def _entry(number: int) -> dict[str, Any]:
    return {
        "title": {"vi": f"Bộ dữ liệu {number}", "en": f"Dataset {number}"}, "description": {"vi": "Mô tả"}, "keyword": {"vi": ["chợ", "siêu thị"]},
        "frequency": "http://publications.europa.eu/resource/authority/frequency/MONTHLY", "modificationDate": "2024-09-01",
        "licence": "https://creativecommons.org/licenses/by/4.0/",
        "theme": "http://publications.europa.eu/resource/authority/data-theme/HEAL", "landingPage": f"https://so-yte.example.vn/{number}",
        "publisher": {"@type": "Agent", "name": {"vi": "Sở Y tế"}},
        "contactPoint": {"@type": "Kind", "fn": {"vi": "Phòng Kế hoạch"}, "hasEmail": "mailto:mo@example.vn"},
        "distribution": [{
            "@type": "Distribution", "title": {"vi": "Bảng"}, "downloadURL": f"https://so-yte.example.vn/{number}.csv",
            "mediaType": "https://www.iana.org/assignments/media-types/text/csv",
            "conformsTo": "https://mo.example.vn/schema/truong-hoc"}],
    }


def _serve(server: WebServer, entries: list[dict[str, Any]]) -> SourceSpec:
    def route(handler: Handler) -> None:
        number = int(handler.params.get("page", 1))
        listed = [{"@id": f"https://so-yte.example.vn/dataset/{at:05}", "@type": "Dataset", **entry}
                  for at, entry in enumerate(entries)][(number - 1) * SIZE:number * SIZE]
        view = {"@id": server.url(f"/catalog.jsonld?page={number}"), "@type": "hydra:PartialCollectionView"}
        if number * SIZE < len(entries):
            view["hydra:next"] = {"@id": server.url(f"/catalog.jsonld?page={number + 1}")}
        body = {"@context": "https://semiceu.github.io/DCAT-AP/releases/3.0.0/context/dcat-ap.jsonld", "@graph": [
            {"@id": server.url("/catalog"), "@type": ["Catalogue", "hydra:Collection"], "hydra:totalItems": len(entries), "dataset": listed}, view]}
        reply(json.dumps(body), content_type="application/ld+json")(handler)

    server.routes["/catalog.jsonld"] = route
    return SourceSpec(name="nguon", url=server.url("/catalog.jsonld"))


KINDS: Mapping[str, Kind] = {"dcat-ap": Kind(many=13, listing="/catalog.jsonld", entry=_entry, serve=_serve)}
