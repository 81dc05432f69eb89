"""Sources that have datasets of the same names, harvested at the same time by one worker."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from support.crew import add_sources
from support.harvesting import harvest_all
from support.portal import Portal, serving

from catalog.models import Dataset


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where a transaction that reads first does not see who writes
def test_each_gets_a_name_of_its_own_and_none_is_given_up(site):
    with serving(Portal(200, page=50)) as portal:
        add_sources(site, {f"nguon-{number}": (f"so-{number}", "ckan", portal.url) for number in range(1, 5)})
        runs = harvest_all(site)
    assert [run["counts"] for run in runs.values()] == [{"created": 200}] * 4
    with site.reading() as session:
        assert session.scalar(select(func.count(Dataset.name.distinct()))) == 800
