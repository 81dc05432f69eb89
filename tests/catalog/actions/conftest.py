"""A site with agencies, themes and noise."""

from __future__ import annotations

import pytest
from support.people import people
from support.publishing import furnish

from catalog.site import Site


@pytest.fixture
def furnished(site: Site) -> Site:
    furnish(site)
    return site


@pytest.fixture
def peopled(furnished: Site) -> Site:
    """The same site with accounts; see `tests.support.people`."""
    people(furnished)
    return furnished
