"""What the head of a dataset's page tells programs: the dataset in schema.org's words, and its other forms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from catalog.actions import ready
from catalog.exchange import schema_org
from catalog.exchange.entries import entries
from catalog.exchange.portal import Portal, portal
from catalog.models import Dataset
from catalog.quality import quality
from catalog.quality_words import RATINGS, STARS
from web.exchange.door import context_of, site_url
from web.kept import kept

ALTERNATES = (
    ("ttl", "text/turtle", "DCAT-AP"), ("xml", "application/rdf+xml", "DCAT-AP"), ("jsonld", "application/ld+json", "DCAT-AP"),
)


def of_dataset(session: Session, dataset: Dataset) -> dict[str, Any]:
    """`structured` for a block of JSON-LD, `alternates`, each an address, a media type and a name, and the dataset's `quality`."""
    context = context_of(session)
    ready.public_texts(context)  # agencies and themes that were looked up for others
    own: Portal = replace(kept("portal", lambda: portal(context)), url=site_url())  # kept once, whatever host is asked for
    [entry] = entries(context, [dataset])
    page = f"/dataset/{dataset.name}"
    other = [(f"{page}.{ending}", media_type, name) for ending, media_type, name in ALTERNATES]
    other.append((f"{page}/croissant.json", "application/ld+json", "Croissant"))
    if entry.files:
        other.append((f"{page}/datapackage.json", "application/json", "Data Package"))
    return {"structured": schema_org.document(own, entry), "alternates": other, "quality": quality(entry), "ratings": RATINGS, "star_words": STARS}
