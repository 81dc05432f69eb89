"""Our own connectors harvest our own served site in each of the forms that it offers, and find it unchanged the second time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from support.exchanging import fill, give_bytes, served
from support.harvesting import harvest
from support.seeding import add_agency
from support.sites import site_on

from catalog.models import Dataset, Source, Theme
from catalog.net import Limits
from catalog.site import Site

CSV = "ten,dia_chi\nPhòng khám số 1,12 Lê Lợi\n".encode()
FORMS = {
    "dcat-ap": "/catalog.ttl", "dcat-ap-xml": "/catalog.xml", "dcat-ap-jsonld": "/catalog.jsonld", "dcat-us": "/data.json",
    "dcat-us-3": "/data-3.0.json", "ckan": "/",
}


@pytest.fixture(scope="module")
def origin(request, tmp_path_factory) -> Iterator[str]:
    """The address of a site that has something to give."""
    with site_on("sqlite", request, tmp_path_factory.mktemp("origin"), Limits()) as site:
        name = fill(site)
        give_bytes(site, name, CSV)
        with served(site) as url:
            yield url


def add(site: Site, connector: str, url: str) -> None:
    with site.writing() as session:
        agency = add_agency(site, session).id
        for name in ("y-te", "hanh-chinh"):
            session.add(Theme(name=name, title_vi=name, title_en=name, created=site.clock.now()))
        session.add(Source(name="nguon", agency_id=agency, connector=connector, url=url, options={"copy": "none"}, created=site.clock.now()))


@pytest.mark.parametrize("form", list(FORMS))
def test_a_site_is_harvested_whole_and_found_unchanged(site, origin, form):
    connector = form.removesuffix("-xml").removesuffix("-jsonld").removesuffix("-3")
    add(site, connector, origin + FORMS[form])
    first = harvest(site)
    assert first["counts"] == {"created": 4}, first
    second = harvest(site)
    assert second["counts"] == {"unchanged": 4}, second
    with site.reading() as session:
        found = {dataset.title: dataset for dataset in session.scalars(select(Dataset))}
    clinic = found["Phòng khám tư nhân"]
    assert (clinic.title_en, clinic.license_id, clinic.frequency) == ("Private clinics", "cc-by", "monthly")
    assert clinic.illustrative or "minh hoạ" in str(clinic.extras)  # RDF has no word for it but a statement of provenance
    assert "y-te" in clinic.groups and "y tế" in clinic.tags
    assert clinic.notes == "Danh sách **phòng khám**."
    assert next(dataset for title, dataset in found.items() if "kê" in title).license_id == "VN-ND47-2020-D18"


