"""Every way of access with pages, at a server whose pages come round in a circle: it ends soon, and what is missing proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
import pytest
from support.library_answers import csw_answer, dublin_core, iso_19139, oai_answer, oai_record
from support.web_server import Handler, WebServer, reply

from catalog.net import Net
from harvesters.base import SourceSpec, every_page
from harvesters.connectors import known

CIRCLE = 3  # pages, of two datasets each, after a first page of its own

Page = Callable[[Sequence[str], int | None, str], Any]  # identifiers, the total that is said, the address of a next page -> the answer


def _turtle(names: Sequence[str], total: int | None, following: str) -> str:
    count = "" if total is None else f"; hydra:totalItems {total} "
    return ("@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix hydra: <http://www.w3.org/ns/hydra/core#> .\n"
            + "".join(f'<urn:x:{name}> a dcat:Dataset ; dct:title "{name}" .\n' for name in names) + f"<#v> hydra:next <{following}> {count}.")


# Of each way of access: the address of a source, where its listing is asked for, and a page of it.
WAYS: Mapping[str, tuple[str, str, Page]] = {
    "ckan": ("/", "/api/3/action/package_search", lambda names, total, _: {
        "success": True, "result": {"count": total, "results": [{"id": name, "title": name, "resources": []} for name in names]}}),
    "udata": ("/", "/api/1/datasets/", lambda names, total, following: {
        "data": [{"id": name, "title": name, "resources": []} for name in names], "total": total, "next_page": following}),
    "opendatasoft": ("/", "/api/explore/v2.1/catalog/datasets", lambda names, total, _: {
        "total_count": total, "results": [{"dataset_id": name, "dataset_uid": name} for name in names]}),
    "socrata": ("/", "/api/catalog/v1", lambda names, total, _: {
        "resultSetSize": total, "results": [{"resource": {"id": name, "name": name}} for name in names]}),
    "arcgis-hub": ("/", "/api/search/v1/collections/dataset/items", lambda names, total, following: {
        "numberMatched": total, "links": [{"rel": "next", "href": following}],
        "features": [{"id": name, "properties": {"title": name, "type": "CSV"}} for name in names]}),
    "px-web": ("/api/v2", "/api/v2/tables", lambda names, total, _: {
        "tables": [{"id": name, "label": name} for name in names], "page": {"totalElements": total, "totalPages": 500}}),
    "oai-pmh": ("/oai", "/oai", lambda names, total, following: oai_answer(
        [oai_record(name, dublin_core(title=name)) for name in names], following.rpartition("/")[2], total)),
    "csw": ("/csw", "/csw", lambda names, total, _: csw_answer([iso_19139(name, name) for name in names], "" if total is None else total, None)),
    "dcat-ap": ("/c", "/c", _turtle),
}


@pytest.mark.parametrize("total", [900, None])
@pytest.mark.parametrize("kind", WAYS)
def test_a_circle_of_pages_is_left_soon_and_proves_nothing_gone(server: WebServer, net: Net, kind, total):
    address, path, page = WAYS[kind]
    came = []

    def route(handler: Handler) -> None:
        number = len(came) and (len(came) - 1) % CIRCLE + 1
        came.append(number)
        server.routes[f"{path}/{len(came)}"] = route
        answer = page([f"bo-{number}-{n}" for n in range(2)], total, server.url(f"{path}/{len(came)}"))
        reply(answer if isinstance(answer, str) else orjson.dumps(answer))(handler)

    server.routes[path] = route
    pages = list(every_page(known(kind)(SourceSpec(name="x", url=server.url(address)), net)))
    assert len({item.identifier for one in pages for item in one.items}) == 2 * (CIRCLE + 1)
    expected = "hydra-page-repeated" if kind == "dcat-ap" and total is None else "listing-incomplete"
    assert [one.shortfall.code for one in pages if one.shortfall] == [expected]
    assert len(came) <= 3 * (CIRCLE + 1) + 2
