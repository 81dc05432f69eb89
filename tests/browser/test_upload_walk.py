"""A clerk hands in a faulty workbook in Chromium, sees why, takes the corrected file, sends it, and it is published."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import xlsxwriter
from playwright.sync_api import expect
from support import acting
from support.browser import Mode, Visitor, visiting
from support.harvesting import start_worker
from support.seeded_site import open_empty
from support.seeding import add_source

import schemas
from catalog import jobs
from catalog.clock import Clock
from catalog.models import UploadDraft
from catalog.site import Site

PATIENCE = 90_000  # ms for the worker to start and check
WORDS = {"vi": {"faulty": "ô cần sửa", "valid": "đều đúng quy tắc"},
         "en": {"faulty": "cells to mend", "valid": "keep the rules"}}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    """A site of three agencies whose worker lives, in a process of its own."""
    site = open_empty(tmp_path_factory.mktemp("clerk"), Clock())
    add_source(site, url="http://127.0.0.1:9/")
    jobs.migrate_queue(site.settings)
    worker = start_worker(site.settings, site.settings.var / "worker.log")
    yield site
    worker.terminate()
    try:
        worker.wait(30)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
    site.engine.dispose()


@pytest.fixture(scope="module")
def workbook(tmp_path_factory) -> Path:
    """Markets as an office writes them: a title row, dates with the day first, numbers with a decimal comma."""
    header, *rows = (line.split(",") for line in schemas.load("cho-sieu-thi").valid_sample.read_text("utf-8").splitlines() if '"' not in line)
    path = tmp_path_factory.mktemp("tables") / "Chợ trên địa bàn.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Quý 3")
        sheet.write_string(0, 0, "DANH SÁCH CHỢ TRÊN ĐỊA BÀN")
        for at, row in enumerate([header, *rows], start=2):
            for column, cell in enumerate(row):
                sheet.write_string(at, column, "/".join(reversed(cell.split("-"))) if cell.startswith("2024-") else cell)
    return path


def sign_in(visitor: Visitor, site: Site) -> None:
    visitor.open("/account/sign-in")
    visitor.page.locator("#token").fill(acting.token(site))
    visitor.page.locator("main form button").click()
    visitor.page.wait_for_url("**/runs*")


def send(visitor: Visitor, path: Path) -> str:
    """Fill in the form of the page that is open; the address of the draft, once it is checked."""
    page = visitor.page
    if page.locator("#agency").count():
        page.locator("#agency").select_option("so-y-te")
    page.locator("#file").set_input_files(path)
    page.locator("form[enctype] button").click()
    expect(page.locator(".stick")).to_be_visible(timeout=PATIENCE)  # the page that waits opens the next one by itself
    return page.url.partition("?")[0].removeprefix(visitor.base)


@pytest.mark.parametrize("mode", [Mode(), Mode(width=390, lang="en"), Mode(width=390, scripts=False)], ids=str)
def test_a_clerk_mends_a_faulty_workbook_and_publishes_it(site, served, browser, axe, workbook, tmp_path, mode):
    words = WORDS[mode.lang]
    with visiting(browser, served, mode, axe) as visitor:
        page = visitor.page
        sign_in(visitor, site)
        visitor.open("/desk/uploads")
        faulty = send(visitor, workbook)
        visitor.look()
        page.locator(".stick a.btn").last.click()
        page.wait_for_url("**/report*")
        visitor.look()
        expect(page.locator("h1")).to_contain_text(words["faulty"])
        with page.expect_download() as download:
            page.locator("a[href*='/file/corrected']").click()
        corrected = tmp_path / download.value.suggested_filename
        download.value.save_as(corrected)
        with page.expect_download() as download:
            page.locator("a[href*='/file/marked']").click()
        assert Path(download.value.path()).read_bytes()[:2] == b"PK"
        mended = send(visitor, corrected)
        assert mended != faulty
        visitor.open(f"{mended}/report")
        expect(page.locator("main")).to_contain_text(words["valid"])
        page.locator("main a.btn").first.click()
        page.wait_for_url("**/publish*")
        visitor.look()
        title = f"Chợ trên địa bàn {mode}"
        page.locator("#f-title").fill(title)
        page.locator("main form.far button").click()
        expect(page.locator("main a[href*='/runs/']").first).to_be_visible()
        visitor.look()
        with site.reading() as session:
            draft = session.get_one(UploadDraft, mended.rsplit("/", 1)[1])
        assert draft.answer is not None and draft.answer["state"] == "valid"
        assert draft.submitted_at is not None
