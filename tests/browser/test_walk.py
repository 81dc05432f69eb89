"""A visitor walks through the served site in Chromium, on a desktop and on a phone, in both languages, by day and night."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from support import seeded_site
from support.browser import Mode, Visitor, chromium, visiting
from support.seeded_site import Province

from catalog.clock import FrozenClock
from web.assets.fetch import fetch

MODES = [Mode(width=width, lang=lang) for width, lang in product((1360, 390), ("vi", "en"))]
NOON = datetime(2024, 9, 30, 5, 0, tzinfo=UTC)  # 12:00 in Vietnam
WORDS = {
    "vi": {"found": "bộ dữ liệu", "refused": "chưa được công bố", "held": "giữ lại", "who": "Ai phải làm", "missing": "Không có trang này"},
    "en": {"found": "datasets", "refused": "not published", "held": "held", "who": "Who must act", "missing": "There is no such page"},
}


@pytest.fixture(scope="module")
def province(tmp_path_factory) -> Iterator[Province]:
    with seeded_site.province(tmp_path_factory.mktemp("province"), FrozenClock(NOON)) as province:
        yield province


@pytest.fixture(scope="module")
def axe(pytestconfig) -> Path:
    """axe-core, from the same pinned packages as the fonts; kept between runs."""
    folder = pytestconfig.cache.mkdir("browser")
    fetch(dev=folder)
    return folder / "axe.min.js"


@pytest.fixture(scope="module")
def browser(province) -> Iterator[Browser]:  # after the harvest: while Playwright is open, nothing else may start an event loop
    with chromium() as browser:
        yield browser


def walk(visitor: Visitor, province: Province) -> None:
    """Home → search → dataset → download → participation → organization → a run → a page that is not there."""
    page, words, paths = visitor.page, WORDS[visitor.mode.lang], province.paths
    visitor.open("/")
    page.locator("main input[name=q]").first.fill("du lieu phong kham")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dataset?*")
    visitor.look()
    expect(page.locator(f"main a[href*='{paths['valid']}']").first).to_be_visible()
    visitor.open("/dataset?q=ph%C3%B2ng+kh%C3%A1m")
    expect(page.locator("main")).to_contain_text(words["found"])
    page.locator(f"main a[href*='{paths['valid']}']").first.click()
    page.wait_for_url(f"**{paths['valid']}*")
    visitor.look()
    with page.expect_download() as download:
        page.locator("main a.btn.big").click()
    assert Path(download.value.path()).read_bytes() == seeded_site.stored_bytes(province.site, seeded_site.VALID)
    visitor.open("/participation")
    page.locator(f"main a[href*='{paths['organization']}']").first.click()
    page.wait_for_url(f"**{paths['organization']}*")
    visitor.look()
    visitor.open(paths["failed"])
    expect(page.locator("main")).to_contain_text(words["who"])
    visitor.open("/khong-co-trang-nay", status=404)
    expect(page.locator("h1")).to_have_text(words["missing"])


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_the_walk_is_sound_for_everybody(province, browser, axe, mode):
    with visiting(browser, province.url, mode, axe) as visitor:
        walk(visitor, province)


def test_the_walk_needs_no_scripts(province, browser, axe):
    with visiting(browser, province.url, Mode(width=390, scripts=False), axe) as visitor:
        walk(visitor, province)


@pytest.mark.parametrize("mode", [Mode(), Mode(width=390, lang="en")], ids=str)
def test_what_is_refused_or_held_says_what_stays_and_who_must_act(province, browser, axe, mode):
    words = WORDS[mode.lang]
    with visiting(browser, province.url, mode, axe) as visitor:
        main = visitor.page.locator("main")
        for path in ("refused", "resource", "report"):
            visitor.open(province.paths[path])
            expect(main).to_contain_text(words["refused"])
            expect(main).to_contain_text(words["who"])
        visitor.open(province.paths["held"], status=404)
        expect(main).to_contain_text(words["held"])
        expect(main).to_contain_text(words["who"])
        visitor.open(province.paths["mixed"])
        expect(main).to_contain_text(words["who"])


@pytest.mark.parametrize("mode", [Mode(lang="en"), Mode(width=390)], ids=str)
def test_every_other_page_is_sound(province, browser, axe, mode):
    with visiting(browser, province.url, mode, axe) as visitor:
        for path in ("/dataset", "/dataset?q=khongcogi+xyzt", "/organization", "/group", "/group/y-te", "/schema", "/schema/cho-sieu-thi",
                     "/participation/changes", "/runs", "/runs/all", "/runs/issues", "/api/docs"):
            visitor.open(path)


def test_the_first_key_leads_past_the_menu(province, browser, axe):
    with visiting(browser, province.url, Mode(), axe) as visitor:
        visitor.open("/participation")
        visitor.page.keyboard.press("Tab")
        skip = visitor.page.locator(":focus")
        expect(skip).to_have_attribute("href", "#main")
        expect(skip).to_be_in_viewport()
        visitor.page.keyboard.press("Enter")
        assert visitor.page.url.endswith("#main")


def test_paper_has_the_content_without_the_menu(province, browser, axe):
    with visiting(browser, province.url, Mode(), axe) as visitor:
        visitor.open(province.paths["valid"])
        visitor.page.emulate_media(media="print")
        expect(visitor.page.locator("h1")).to_be_visible()
        expect(visitor.page.locator("header nav").first).to_be_hidden()
