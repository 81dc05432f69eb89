"""What every walk in a browser needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from support.browser import chromium
from support.seeded_site import serving

from web import create_app
from web.assets.fetch import fetch


@pytest.fixture(scope="module")
def axe(pytestconfig) -> Path:
    """axe-core, from the same pinned packages as the fonts; kept between runs."""
    folder = pytestconfig.cache.mkdir("browser")
    fetch(dev=folder)
    return folder / "axe.min.js"


@pytest.fixture(scope="module")
def served(site) -> Iterator[str]:
    """The address of the module's `site`, served in this process."""
    with serving(create_app(site)) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser
