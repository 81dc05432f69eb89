"""In Chromium: who sends a file masks one column of it, leaves another out and the comments behind, and sees what will be published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import expect
from sqlalchemy import select
from support.browser import Mode, Visitor, visiting
from support.seeded_site import open_empty
from support.uploading import take_files

from catalog.clock import Clock
from catalog.drafts import checking
from catalog.models import Account, UploadDraft
from catalog.site import Site
from catalog.tokens import add_token

MODES = [Mode(), Mode(lang="en"), Mode(width=390), Mode(width=390, lang="en", scripts=False)]
WORDS = {"vi": "Đã quyết định về 3 chỗ", "en": "3 places that look personal are decided"}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    """A site with an agency for which Jane writes."""
    site = open_empty(tmp_path_factory.mktemp("deciding"), Clock())
    take_files(site)
    yield site
    site.engine.dispose()


@pytest.fixture(scope="module")
def workbook(tmp_path_factory) -> Path:
    """Shops with the plate and the mobile of each, and a comment with a citizen's number."""
    path = tmp_path_factory.mktemp("tables") / "Cửa hàng.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Quý 3")
        for row, cells in enumerate([("Cửa hàng", "Cột 3", "SĐT"), *((f"Cửa hàng {n}", f"72A-{n % 1000:03}.{n % 97:02}", f"090123{n}") for n in range(1000, 1030))]):
            sheet.write_row(row, 0, cells)
        sheet.write_comment("A2", "Chủ cửa hàng: CCCD 077094001234")
    return path


def sign_in(visitor: Visitor, site: Site) -> None:
    with site.writing() as session:
        account = session.scalars(select(Account).where(Account.name == "jane")).one()
        secret = add_token(session, "mã của jane", site.clock.now(), account_id=account.id).secret
    visitor.open("/account/sign-in")
    visitor.page.locator("#token").fill(secret)
    visitor.page.locator("main form button").click()
    visitor.page.wait_for_url("**/runs*")


def checked(visitor: Visitor, site: Site) -> str:
    visitor.page.wait_for_url(re.compile(r"/desk/uploads/[0-9a-f-]{36}"))
    draft = re.search(r"/desk/uploads/([0-9a-f-]{36})", visitor.page.url)[1]
    checking.perform(site, draft)
    visitor.open(f"/desk/uploads/{draft}")
    return draft


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_columns_are_masked_and_left_out_in_a_draft(site, served, browser, axe, workbook, mode):
    with visiting(browser, served, mode, axe) as visitor:
        page = visitor.page
        sign_in(visitor, site)
        visitor.open("/desk/uploads")
        page.locator("#file").set_input_files(workbook)
        page.locator("form[enctype] button").click()
        first = checked(visitor, site)
        expect(page.locator("section.notice.warn")).to_have_count(3)
        page.locator("input[name='column:B'][value='*']").check()
        page.locator("#r0").fill("Xe của người dân")
        page.locator("section.notice.warn button").first.click()
        page.wait_for_url(lambda url: first not in url)
        made = checked(visitor, site)
        expect(page.locator("main")).to_contain_text(WORDS[mode.lang])
        expect(page.locator("main")).to_contain_text("Xe của người dân")
        with site.reading() as session:
            draft = session.get_one(UploadDraft, made)
        assert draft.answer["state"] == "valid" and draft.answer["preview"]["rows"][0] == ["Cửa hàng 1000", "•••"]
        visitor.open(f"/desk/uploads/{made}/report")
        visitor.open(f"/desk/uploads/{made}/publish")
