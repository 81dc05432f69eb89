"""The site's pages for search engines (https://www.sitemaps.org/protocol.html): an index, and parts of at most 50,000 addresses."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import schemas
from catalog import holdings
from catalog.exchange.portal import PUBLIC
from catalog.exchange.wording import moment
from catalog.models import Dataset

PART = 50_000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
PAGES = ("/", "/dataset", "/organization", "/group", "/participation", "/schema", "/runs", "/api/docs")


def parts(session: Session) -> int:
    """How many parts the datasets need."""
    return -(-(session.scalar(select(func.count()).select_from(Dataset).where(*PUBLIC)) or 0) // PART)


def index(url: str, count: int) -> str:
    """The list of the parts: the pages, and each part of the datasets."""
    listed = "".join(f"<sitemap><loc>{escape(url)}/sitemap-{name}.xml</loc></sitemap>\n" for name in ("pages", *range(1, count + 1)))
    return f"{_HEAD}<sitemapindex {_SPACE}>\n{listed}</sitemapindex>\n"


def pages(session: Session, url: str) -> str:
    """Every page that is no dataset: lists, agencies, themes, schemas."""
    found = [*PAGES, *(f"/organization/{agency.slug}" for agency in holdings.agencies(session)),
             *(f"/group/{theme.name}" for theme in holdings.themes(session)),
             *(f"/schema/{name}" for name in schemas.names())]
    return f"{_HEAD}<urlset {_SPACE}>\n" + "".join(f"<url><loc>{escape(url + page)}</loc></url>\n" for page in found[:PART]) + "</urlset>\n"


def datasets(session: Session, url: str, number: int) -> Iterator[str]:
    """Part `number` (from 1) of the datasets with the moments of their last change, in pieces."""
    rows = session.execute(select(Dataset.name, Dataset.metadata_modified).where(*PUBLIC).order_by(Dataset.id)
                           .offset((number - 1) * PART).limit(PART))
    yield f"{_HEAD}<urlset {_SPACE}>\n"
    for some in rows.partitions(1000):
        yield "".join(f"<url><loc>{escape(url)}/dataset/{name}</loc><lastmod>{moment(modified)}</lastmod></url>\n" for name, modified in some)
    yield "</urlset>\n"
