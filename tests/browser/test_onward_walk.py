"""An administrator looks at the targets in Chromium, on a desktop and on a phone, in both languages, by day and night, and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product

import pytest
from playwright.sync_api import Browser, expect
from support.acting import token
from support.browser import Mode, chromium, visiting
from support.onward_pages import sow_target
from support.seeded_site import open_empty, serving

from catalog.clock import FrozenClock
from web import create_app

MODES = [*(Mode(width=width, lang=lang) for width, lang in product((1360, 390), ("vi", "en"))), Mode(width=390, scripts=False)]


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[tuple[str, str]]:
    """The address of a site with a target, and a token."""
    site = open_empty(tmp_path_factory.mktemp("onward"), FrozenClock(datetime(2024, 9, 30, 5, 0, tzinfo=UTC)))
    sow_target(site)
    with serving(create_app(site)) as url:
        yield url, token(site)
    site.engine.dispose()


@pytest.fixture(scope="module")
def browser(served) -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_the_pages_of_targets_are_sound_for_everybody(served, browser, axe, mode):
    url, secret = served
    with visiting(browser, url, mode, axe) as visitor:
        page = visitor.page
        visitor.open("/account/sign-in?next=/admin/onward")
        page.locator("main input[name=token]").fill(secret)
        page.locator("main form button").first.click()
        page.wait_for_url("**/admin/onward*")
        visitor.open("/admin/onward")
        page.locator("main table a").first.click()
        page.wait_for_url("**/admin/onward/tinh*")
        visitor.look()
        visitor.open("/admin/onward/tinh?wrong=yes")
        expect(page.locator("main")).to_contain_text("onward-refused")
        visitor.open("/dataset/bo-hai")
        expect(page.locator("#cong-bo-tiep")).to_contain_text("onward-refused")
