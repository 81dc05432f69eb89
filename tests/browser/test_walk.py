"""A visitor walks through the served site in Chromium, on a desktop and on a phone, in both languages, by day and night."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from support import acting, seeded_site
from support.browser import Mode, Visitor, chromium, visiting
from support.seeded_site import Province

from catalog.clock import FrozenClock
from catalog.models import Run, RunRecord, Source

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
                     "/participation/changes", "/runs", "/runs/all", "/runs/issues", "/runs/notices", f"/runs/source/{seeded_site.REFUSED_SOURCE}",
                     f"/runs/source/{seeded_site.DOWN}", "/account/sign-in", "/api/docs"):
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


def signed_in(visitor: Visitor, province: Province) -> None:
    """Fill in the form with a new token, as a person does."""
    visitor.open("/account/sign-in")
    visitor.page.locator("#token").fill(acting.token(province.site))
    visitor.page.locator("main form button").click()
    visitor.page.wait_for_url("**/runs*")
    visitor.look()


@pytest.mark.parametrize("mode", [Mode(), Mode(width=390, lang="en"), Mode(width=390, scripts=False)], ids=str)
def test_who_acts_finds_every_page_sound_and_every_act_undone(province, browser, axe, mode):
    name = seeded_site.REFUSED_SOURCE
    with visiting(browser, province.url, mode, axe) as visitor:
        page = visitor.page
        signed_in(visitor, province)
        for path in ("/desk/sources/new", "/desk/sources/new?connector=ckan", f"/desk/sources/{name}/edit", f"/desk/sources/{name}/remove",
                     province.paths["mixed"], "/runs/notices"):
            visitor.open(path)
        page.locator(".sub form button").click()
        signed_in(visitor, province)
        for act, state in (("pause", "paused"), ("resume", "active")):
            visitor.open(f"/runs/source/{name}")
            page.locator(f"form[action*='/{name}/{act}'] button").click()
            page.wait_for_url(f"**/runs/source/{name}*")
            visitor.look()
            expect(page.locator(".notice[role=status]")).to_be_visible()
            with province.site.reading() as session:
                assert session.query(Source).filter_by(name=name).one().state == state


def test_a_form_that_is_wrong_says_so_beside_the_field(province, browser, axe):
    with visiting(browser, province.url, Mode(), axe) as visitor:
        signed_in(visitor, province)
        visitor.open("/desk/sources/new?connector=ckan")
        page = visitor.page
        page.locator("#f-name").fill("Tên có dấu")
        page.locator("#f-agency").select_option(index=1)
        page.locator("#f-url").fill("http://127.0.0.1:9/")
        page.locator("main form .btn").first.click()
        expect(page.locator("#e-name")).to_be_visible()
        visitor.errors.clear()  # a page that refuses is told to the console as 422
        visitor.look()
        assert page.locator("#f-name").get_attribute("aria-invalid") == "true"


def test_a_run_goes_on_before_the_readers_eyes(province, browser, axe):
    site = province.site
    with site.writing() as session:
        source = session.query(Source).filter_by(name=seeded_site.REFUSED_SOURCE).one()
        run = Run(source_id=source.id, status="running", stage="fetch", expected=8, queued_at=NOON, started_at=NOON)
        session.add(run)
    with visiting(browser, province.url, Mode(), axe) as visitor:
        visitor.open("/runs")
        box = visitor.page.locator(f"[data-id='{run.id}']")
        expect(box.locator("[data-done]")).to_have_text("0")
        with site.writing() as session:
            session.add_all([RunRecord(run_id=run.id, identifier=f"live-{n}", outcome="created", at=NOON) for n in range(4)])
        expect(box.locator("[data-done]")).to_have_text("4", timeout=10_000)
        expect(box.locator("[data-percent]")).to_have_text("50%")
        with site.writing() as session:
            ended = session.get_one(Run, run.id)
            ended.status, ended.finished_at = "succeeded", NOON
        expect(box).to_have_count(0, timeout=10_000)
        expect(visitor.page.locator("[data-fresh]")).to_be_visible()
        visitor.look()
