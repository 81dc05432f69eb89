"""What is new, as feeds: of everything, of an agency, of a theme, of a tag, of any search."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import Response, abort, request
from sqlalchemy import select

from catalog.addresses import agency_at, theme_at
from catalog.exchange import atom
from catalog.exchange.entries import entries
from catalog.exchange.portal import portal
from catalog.exchange.wording import plain
from catalog.models import Dataset
from catalog.search import Query
from web.exchange.door import answer, bp, reading, site, site_url
from web.search.asked import Asked, read

ROWS = 20  # datasets on a page of a feed, as CKAN's


@bp.get("/feeds/dataset.atom")
def feed_of_all() -> Response:
    """Every dataset, the last changed first."""
    return _feed("", "/dataset", Asked(page=read(request.args).page))


@bp.get("/feeds/organization/<name>.atom")
def feed_of_agency(name: str) -> Response:
    """The datasets of one agency."""
    with reading() as context:
        agency = agency_at(context.session, name) or abort(404)
        title = agency.name_on(site().clock.today()).name_vi
    return _feed(title, f"/organization/{agency.slug}", Asked(filters={"organization": [agency.slug]}, page=read(request.args).page))


@bp.get("/feeds/group/<name>.atom")
def feed_of_theme(name: str) -> Response:
    """The datasets of one theme."""
    with reading() as context:
        theme = theme_at(context.session, name) or abort(404)
    return _feed(theme.title_vi, f"/group/{theme.name}", Asked(filters={"groups": [theme.name]}, page=read(request.args).page))


@bp.get("/feeds/tag/<path:name>.atom")
def feed_of_tag(name: str) -> Response:
    """The datasets with one tag."""
    return _feed(name, "/dataset?" + urlencode({"tags": name}), Asked(filters={"tags": [name]}, page=read(request.args).page))


@bp.get("/feeds/custom.atom")
def feed_of_search() -> Response:
    """The datasets that a search finds, in the words of the search page: `?q=…&organization=…`."""
    asked = read(request.args)
    words = [asked.text, *(value for values in asked.filters.values() for value in values)]
    return _feed(", ".join(filter(None, words)), asked.href(), asked)


def _feed(about: str, page: str, asked: Asked) -> Response:
    """The feed of one question, newest first whatever order was asked for."""
    query = Query(text=asked.text, filters=asked.filters, sort="modified", start=(asked.page - 1) * ROWS, rows=ROWS)
    with reading() as context:
        found = site().search.search(query, session=context.session)
        last = max(1, -(-found.count // ROWS))
        if asked.page > last:
            abort(404)
        by_id = {dataset.id: dataset for dataset in context.session.scalars(select(Dataset).where(Dataset.id.in_(found.ids)))}
        own = portal(context)
        title = f"{own.title[0]}: {plain(about)}" if about else own.title[0]
        feed = atom.Feed(id=_address(1), title=title, page=own.url + quote(page, safe="/?&=%+"), links=_links(asked.page, last))
        data = atom.written(own, feed, entries(context, [by_id[each] for each in found.ids if each in by_id]))
    return answer(data, "application/atom+xml")


def _links(number: int, last: int) -> dict[str, str]:
    wanted = {"self": number, "first": 1, "previous": number - 1, "next": number + 1, "last": last}
    return {relation: _address(page) for relation, page in wanted.items() if 1 <= page <= last}


def _address(number: int) -> str:
    """This feed's address, at another page."""
    pairs = [(key, value) for key, value in request.args.items(multi=True) if key != "page"] + ([("page", str(number))] if number > 1 else [])
    return site_url() + quote(request.path) + (f"?{urlencode(pairs)}" if pairs else "")
