"""`data.json`: the whole catalogue as DCAT-US, written while it is read, so that its size is nobody's burden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from flask import Response, abort, request

from catalog.exchange import dcat_us, dcat_us_3
from catalog.exchange.entries import everything
from catalog.exchange.portal import Portal, portal
from catalog.site import Site
from web.exchange.door import answer, bp, reading, site, site_url

VERSIONS = {"1.1": dcat_us, "3.0": dcat_us_3, "3": dcat_us_3}


@bp.get("/data.json")
def data_json() -> Response:
    """DCAT-US 1.1, which most readers know; 3.0 for `?version=3.0`."""
    version = request.args.get("version", "1.1")
    return _document(VERSIONS[version]) if version in VERSIONS else abort(400)


@bp.get("/data-3.0.json")
def data_json_3() -> Response:
    """DCAT-US 3.0."""
    return _document(dcat_us_3)


def _document(form: Any) -> Response:
    with reading() as context:
        own = portal(context)
    return answer(_written(site(), site_url(), own, form), "application/json")


def _written(site: Site, asked_at: str, portal: Portal, form: Any) -> Iterator[bytes]:
    """The document in pieces; each batch of datasets is read when the reader has taken the one before."""
    yield orjson.dumps(form.frame(portal))[:-1] + b',"dataset":[\n'
    between = b""
    for batch in everything(site, asked_at):
        yield between + b",\n".join(orjson.dumps(form.dataset(portal, entry)) for entry in batch)
        between = b",\n"
    yield b"\n]}\n"
