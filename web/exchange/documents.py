"""A dataset as one JSON document: schema.org, Croissant, Data Package; and what a licence asks, at an address of its own."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response, abort, redirect, render_template

from catalog.exchange import croissant, data_package, schema_org
from catalog.exchange.portal import portal
from catalog.licences import LICENCES
from catalog.quality import quality
from web.datasets import words
from web.exchange.door import answer, bp, entry_at, reading, site


def _json(document: dict[str, Any], media_type: str = "application/json") -> Response:
    return answer(orjson.dumps(document, option=orjson.OPT_INDENT_2), media_type)


@bp.get("/dataset/<name>/schema.jsonld")
def schema_org_document(name: str) -> Response:
    """The dataset in schema.org's words, as it stands in the head of its page."""
    with reading() as context:
        return _json(schema_org.document(portal(context), entry_at(context, name)), "application/ld+json")


@bp.get("/dataset/<name>/croissant.json")
def croissant_document(name: str) -> Response:
    """The dataset for tools of machine learning."""
    with reading() as context:
        return _json(croissant.document(site(), portal(context), entry_at(context, name)), "application/ld+json")


@bp.get("/dataset/<name>/datapackage.json")
def data_package_document(name: str) -> Response:
    """The dataset as a Data Package; 404 for one without any file, since a package has at least one."""
    with reading() as context:
        entry = entry_at(context, name)
        if not entry.files:
            abort(404)
        return _json(data_package.document(site(), portal(context), entry))


@bp.get("/dataset/<name>/quality.json")
def quality_document(name: str) -> Response:
    """The dataset's 405 points and five stars, with their reasons."""
    with reading() as context:
        entry = entry_at(context, name)
    return _json({"dataset": entry.uri, "name": entry.name, **quality(entry).to_dict()})


@bp.get("/license/<id>")
def licence(id: str) -> Response | str:
    """Where a licence is named: its text, or what it asks in plain words where no address has the text."""
    known = LICENCES.get(id) or abort(404)
    return redirect(known.url, 303) if known.url else render_template("exchange/licence.html", licence=known, words=words.licence(id))
