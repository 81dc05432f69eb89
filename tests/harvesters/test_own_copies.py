"""Our own connectors harvest our own served site with its files: tables come over whole, the second time everything is unchanged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from support.exchanging import served
from support.harvesting import harvest
from support.publishing import call, furnish, publish
from support.seeding import add_source
from support.sites import site_on

import schemas
from catalog.actions.uploads import take
from catalog.models import Dataset, Resource, Version
from catalog.net import Limits
from catalog.site import Site

FORMS = {"ckan": "/", "dcat-ap": "/catalog.ttl", "dcat-us": "/data.json"}
ROWS = [{"tram": "T1", "do": "12.50"}, {"tram": "T2", "do": "7.25"}]


def fill(site: Site, folder) -> None:
    """A market list that was sent as a file, a table that was written row by row, and two datasets without a file."""
    furnish(site)
    publish(site, name="cho", title="Chợ và siêu thị", notes="Danh sách **chợ**.", license_id="cc-by", groups=[{"name": "y-te"}], tags=[{"name": "chợ"}])
    (folder / "cho.csv").write_bytes((schemas.ROOT / "cho-sieu-thi" / "valid.csv").read_bytes())
    call(site, "resource_create", user="tester", package_id="cho", name="Danh sách", upload=take(site, folder / "cho.csv", "Chợ.csv", schema="cho-sieu-thi"))
    publish(site, name="do-dac", title="Đo đạc", license_id="cc-zero")
    call(site, "datastore_create", user="tester", resource={"package_id": "do-dac", "name": "Bảng đo"}, primary_key="tram", records=ROWS,
         fields=[{"id": "tram", "type": "text"}, {"id": "do", "type": "numeric"}])


@pytest.fixture(scope="module")
def origin(request, tmp_path_factory) -> Iterator[tuple[Site, str]]:
    """A site that has files to give, and its address."""
    folder = tmp_path_factory.mktemp("origin")
    with site_on("sqlite", request, folder, Limits()) as site:
        fill(site, folder)
        with served(site) as url:
            yield site, url


def table_rows(site: Site, title: str) -> list[tuple]:
    """The rows of the live table of the dataset's first file."""
    with site.reading() as session:
        sha256 = session.scalar(select(Version.table_sha256).join(Resource, Resource.version_id == Version.id).join(Dataset).where(Dataset.title == title))
    table = site.tables.open(sha256)
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return table.ask(f"SELECT {names} FROM rows ORDER BY _id")


def versions(site: Site) -> list[tuple]:
    with site.reading() as session:
        return session.execute(select(Version.id, Version.number, Version.state, Version.sha256).order_by(Version.id)).all()


@pytest.mark.parametrize("form", list(FORMS))
def test_tables_come_over_whole_and_nothing_changes_the_second_time(site, origin, form):
    there, url = origin
    add_source(site, connector=form, url=url + FORMS[form])
    first = harvest(site)
    assert first["counts"] == {"created": 4}, first
    assert table_rows(site, "Chợ và siêu thị") == table_rows(there, "Chợ và siêu thị")
    assert [(number, station, float(value)) for number, station, value in table_rows(site, "Đo đạc")] == [(1, "T1", 12.5), (2, "T2", 7.25)]
    kept = versions(site)
    assert harvest(site)["counts"] == {"unchanged": 4}
    assert versions(site) == kept
    harvest(site, forced=True)
    assert versions(site) == kept  # every file was fetched again, and found the same
