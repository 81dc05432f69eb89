"""DCAT-AP: the catalogue page by page, each dataset, and the same under the addresses of pages for whoever asks for RDF."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import Response, abort, redirect, request, url_for

from catalog.exchange import dcat_ap
from catalog.exchange.entries import count, page
from catalog.exchange.portal import portal
from web.addresses import at
from web.exchange.door import answer, bp, entry_at, reading, site_url

PAGE = 100  # datasets on a page of the catalogue, as CKAN's
_RDF = {media_type: extension for extension, (media_type, _) in dcat_ap.FORMATS.items()}
_OFFERED = ["text/html", *_RDF]
_NEGOTIATED = ("datasets.show", "home.index")


@bp.get("/catalog.<any(ttl, xml, jsonld):extension>")
def catalogue(extension: str) -> Response:
    """One page of the catalogue: `?page=2`, `?modified_since=2024-09-01`."""
    number, since = _number(), _since()
    with reading() as context:
        total = count(context.session, since=since)
        last = max(1, -(-total // PAGE))
        if number > last:
            abort(404)
        query = {"modified_since": request.args["modified_since"]} if since else {}
        stem = f"{site_url()}/catalog.{extension}?" + urlencode(query)
        part = dcat_ap.Part(number=number, last=last, total=total, size=PAGE, address=f"{stem}{'&' if query else ''}page={{}}")
        graph = dcat_ap.catalogue(portal(context), page(context, number, PAGE, since=since), part)
    return answer(dcat_ap.written(graph, extension), dcat_ap.FORMATS[extension][0])


@bp.get("/catalog")
def catalogue_by_name() -> Response:
    """The catalogue by the name that it has in RDF: the document that is asked for, or the page of all datasets."""
    extension = _RDF.get(request.accept_mimetypes.best_match(_OFFERED, "text/html"))
    leads = url_for("exchange.catalogue", extension=extension, lang="vi") if extension else at("/dataset")
    response = redirect(leads, 303)
    response.vary.add("Accept")
    return response


def _number() -> int:
    given = request.args.get("page", "1")
    if not (given.isascii() and given.isdigit() and 1 <= len(given) <= 7 and int(given)):
        abort(400)
    return int(given)


def _since() -> datetime | None:
    """The day or moment from which changes are asked for, in UTC where it names no zone; 400 for what is neither."""
    given = request.args.get("modified_since", "")
    if not given:
        return None
    try:
        when = datetime.fromisoformat(given.replace(" ", "+"))
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError):
        return abort(400)


@bp.get("/dataset/<name>.<any(ttl, xml, jsonld):extension>")
def dataset(name: str, extension: str) -> Response:
    """One dataset."""
    with reading() as context:
        entry = entry_at(context, name)
        graph = dcat_ap.dataset(portal(context), entry)
    return answer(dcat_ap.written(graph, extension), dcat_ap.FORMATS[extension][0], modified=entry.modified)


@bp.before_app_request
def negotiate() -> Response | None:
    """Lead whoever asks a page's address for RDF to the document; a browser, or who takes anything, gets the page."""
    if request.endpoint not in _NEGOTIATED or request.method not in ("GET", "HEAD"):
        return None
    extension = _RDF.get(request.accept_mimetypes.best_match(_OFFERED, "text/html"))
    if extension is None:
        return None
    if request.endpoint == "home.index":
        return redirect(url_for("exchange.catalogue", extension=extension, lang="vi"), 303)
    return redirect(url_for("exchange.dataset", name=request.view_args["name"], extension=extension, lang="vi"), 303)


@bp.after_app_request
def vary(response: Response) -> Response:
    """Say that those addresses answer by what is asked for."""
    if request.endpoint in _NEGOTIATED:
        response.vary.add("Accept")
    return response
