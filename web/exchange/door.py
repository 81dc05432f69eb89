"""What the documents for other portals share: the blueprint, who asks, which dataset is meant, how an answer is sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import Blueprint, Response, abort, current_app, request
from sqlalchemy.orm import Session

from catalog.actions.context import Context
from catalog.addresses import dataset_at
from catalog.exchange.entries import Entry, entries
from catalog.site import Site

bp = Blueprint("exchange", __name__)

SHORT = "public, max-age=300"  # a listing of everything may be five minutes old


def site() -> Site:
    """The site that this application shows."""
    return current_app.extensions["haidang"]


def site_url() -> str:
    """Where the site is found, without a slash at the end."""
    return site().settings.site_url or request.host_url.rstrip("/")


@contextmanager
def reading() -> Iterator[Context]:
    """A reading transaction of nobody."""
    with site().reading() as session:
        yield context_of(session)


def context_of(session: Session) -> Context:
    """Who asks: nobody, under the address by which the site was asked."""
    return Context(site=site(), session=session, asked_at=site_url())


def entry_at(context: Context, name: str) -> Entry:
    """The published dataset of that name, id or former name; 410 for an archived one, 404 for anything else."""
    address = dataset_at(context.session, name)
    if address is None or address.dataset.state not in ("active", "deleted"):
        abort(404)
    if address.dataset.state == "deleted":
        abort(410)
    return entries(context, [address.dataset])[0]


def answer(data: bytes | str | Iterator[bytes], media_type: str, *, modified: datetime | None = None) -> Response:
    """A document for programs of any site; one that is not streamed is asked for again by its ETag."""
    with_charset = media_type.startswith("text/") or media_type in ("application/xml", "application/atom+xml")
    response = Response(data, content_type=f"{media_type}; charset=utf-8" if with_charset else media_type)
    response.headers["Access-Control-Allow-Origin"] = "*"
    if modified is not None:
        response.last_modified = modified
    if not response.is_streamed:
        response.add_etag()
        return response.make_conditional(request)
    response.headers["Cache-Control"] = SHORT
    return response
