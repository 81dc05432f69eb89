"""Finding a dataset: words, filters with counts, an order, pages, and three ways on where nothing was found."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, redirect, render_template, request

from web.pages_kept import shared
from web.search import facets, understood, ways_out
from web.search.asked import ROWS, SORTS, read
from web.search.labels import read_labels
from web.search.shown import read_rows

bp = Blueprint("search", __name__)


@bp.get("/dataset")
@bp.get("/dataset/")
@shared
def index() -> str | Response:
    """The datasets that were looked for."""
    site = current_app.extensions["haidang"]
    asked = read(request.args)
    if request.path.endswith("/"):
        return redirect(asked.href(), 301)
    with site.reading() as session:
        found = site.search.search(asked.query(facets.COUNTED), session=session)
        last = max(1, -(-found.count // ROWS))
        if asked.page > last:
            return redirect(asked.href(page=last), 302)
        labels = read_labels(session, site.clock.today())
        rows = read_rows(session, found.ids, labels=labels, asked=asked, today=site.clock.today())
        ways = None if found.count else ways_out.look(site, session, asked, labels)
    return render_template(
        "search/index.html", asked=asked, sorts=SORTS, page_address=lambda number: asked.href(page=number), found=found, rows=rows, last=last, ways=ways,
        facets=facets.shown(found, asked, labels), active=facets.active(asked, labels),
        understood=understood.read(asked.text, rows) if rows else (),
    )
