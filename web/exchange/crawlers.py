"""What search engines are told: where the pages are, and which addresses lead nowhere new."""

from __future__ import annotations

from flask import Response, abort

from catalog.exchange import sitemap
from web.exchange.door import answer, bp, reading, site_url

# A search has endless addresses; the API and the feeds say what the pages say; files are for readers, not for crawlers.
_CLOSED = ("/dataset?", "/api/3/", "/api/action/", "/feeds/", "/oai", "/mcp", "/datastore/", "/*/download", "/*/report")


@bp.get("/robots.txt")
def robots() -> Response:
    """The rules for crawlers."""
    # A dataset's page is allowed in so many words, for crawlers that take the question mark below for the end of the path.
    lines = ["User-agent: *", "Allow: /dataset/", *(f"Disallow: {path}" for path in _CLOSED), "", f"Sitemap: {site_url()}/sitemap.xml", ""]
    return answer("\n".join(lines), "text/plain")


@bp.get("/sitemap.xml")
def site_map() -> Response:
    """The index of the site map."""
    with reading() as context:
        return answer(sitemap.index(site_url(), sitemap.parts(context.session)), "application/xml")


@bp.get("/sitemap-pages.xml")
def site_map_of_pages() -> Response:
    """The pages that are no datasets."""
    with reading() as context:
        return answer(sitemap.pages(context.session, site_url()), "application/xml")


@bp.get("/sitemap-<int(min=1, max=100000):number>.xml")
def site_map_of_datasets(number: int) -> Response:
    """One part of the datasets."""
    with reading() as context:
        if number > sitemap.parts(context.session):
            abort(404)
        return answer("".join(sitemap.datasets(context.session, site_url(), number)), "application/xml")
