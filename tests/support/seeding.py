"""Puts agencies and sources into a site; two that a test does not ask about are always there as noise."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from catalog.models import Agency, AgencyName, Source
from catalog.site import Site

NAMES = {"so-y-te": "Sở Y tế", "so-noi-vu": "Sở Nội vụ", "so-du-lich": "Sở Du lịch"}


def add_agency(site: Site, session: Session, slug: str = "so-y-te") -> Agency:
    """An agency that has been on the register since 27/10/2023."""
    agency = Agency(slug=slug, level="province", valid_from=date(2023, 10, 27), created=site.clock.now())
    agency.names.append(AgencyName(valid_from=date(2023, 10, 27), name_vi=NAMES.get(slug, slug), name_en=slug))
    session.add(agency)
    session.flush()
    return agency


def add_source(site: Site, *, url: str, connector: str = "ckan", name: str = "nguon", minimum: int = 0, **options: str) -> str:
    """A source of Sở Y tế and, as noise, two agencies that have none; returns the source's id."""
    with site.writing() as session:
        agency = add_agency(site, session)
        for slug in ("so-noi-vu", "so-du-lich"):
            add_agency(site, session, slug)
        source = Source(name=name, agency_id=agency.id, connector=connector, url=url, options=options, created=site.clock.now(),
                        expectations={"minimum": minimum} if minimum else {})
        session.add(source)
        session.flush()
        return source.id
