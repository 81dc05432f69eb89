"""In Chromium: a held column is decided and taken back, a draft's questions are answered, and the repairs of an agency are ranked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from support.browser import Mode, Visitor, visiting
from support.holding import hand_in, only
from support.legacy_text import in_bytes
from support.seeded_site import open_empty
from support.uploading import take_files

import schemas
from catalog.clock import Clock
from catalog.decisions import applying
from catalog.drafts import checking
from catalog.models import Account, Resource, UploadDraft, Version
from catalog.site import Site
from catalog.tokens import add_token

PEOPLE = "Họ và tên,CCCD,SĐT,Phường\n" + "".join(f"Nguyễn Văn {n},0770{n}{n},090123{n},Thắng Tam\n" for n in range(1000, 1020))
WORDS = {"vi": {"waits": "2 cột cần quyết định", "done": "Không còn cột nào chờ", "answered": "ô sửa theo câu trả lời"},
         "en": {"waits": "2 columns need a decision", "done": "No column waits", "answered": "repaired as answered"}}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    """A site of three agencies with one file that is held and two that were refused."""
    site = open_empty(tmp_path_factory.mktemp("decisions"), Clock())
    take_files(site, url="upload:nguon", connector="upload")
    hand_in(site, PEOPLE, "danh-sach.csv")
    yield site
    site.engine.dispose()


def sign_in(visitor: Visitor, site: Site, name: str = "lan") -> None:
    with site.writing() as session:
        account = session.scalars(select(Account).where(Account.name == name)).one()
        secret = add_token(session, f"mã của {name}", site.clock.now(), account_id=account.id).secret
    visitor.open("/account/sign-in")
    visitor.page.locator("#token").fill(secret)
    visitor.page.locator("main form button").click()
    visitor.page.wait_for_url("**/runs*")


def send(visitor: Visitor, site: Site, path: Path) -> str:
    """Hand a file in on the page, check it as a worker does, and open what it found."""
    page = visitor.page
    visitor.open("/desk/uploads")
    page.locator("#file").set_input_files(path)
    page.locator("form[enctype] button").click()
    page.wait_for_url(re.compile(r"/desk/uploads/[0-9a-f-]{36}"))
    return checked(visitor, site)


def checked(visitor: Visitor, site: Site) -> str:
    draft = re.search(r"/desk/uploads/([0-9a-f-]{36})", visitor.page.url)[1]
    checking.perform(site, draft)
    return f"/desk/uploads/{draft}"


MODES = [Mode(), Mode(width=390, lang="en"), Mode(width=390, scripts=False)]


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_a_column_is_decided_and_the_decision_taken_back(site, served, browser, axe, mode):
    words, (dataset, resource) = WORDS[mode.lang], only(site)
    with visiting(browser, served, mode, axe) as visitor:
        page = visitor.page
        sign_in(visitor, site)
        visitor.open("/desk/decisions")
        visitor.open(f"/dataset/{dataset.name}", status=404)
        visitor.open(f"/desk/decisions/{resource.id}")
        expect(page.locator("main")).to_contain_text(words["waits"])
        page.locator("input[name='action:0'][value=publish]").check()
        page.locator("main form.up-5 button").click()
        visitor.look()
        page.locator("input[name='action:0'][value=drop]").check()
        page.locator("input[name='action:1'][value=mask]").check()
        page.locator("main form.up-5 button").click()
        page.wait_for_load_state("load")
        visitor.look()
        with site.reading() as session:
            newest = session.scalars(select(Version).where(Version.resource_id == resource.id).order_by(Version.number.desc())).first()
        applying.perform(site, newest.id)
        visitor.open(f"/desk/decisions/{resource.id}")
        expect(page.locator("main")).to_contain_text(words["done"])
        visitor.open(f"/dataset/{dataset.name}")
        visitor.open(f"/dataset/{dataset.name}/resource/{resource.id}")
        for _each in range(2):
            visitor.open(f"/desk/decisions/{resource.id}")
            page.locator("main form.act button").first.click()
            page.wait_for_load_state("load")
        visitor.open("/desk/decisions")
        with site.reading() as session:
            assert session.get_one(Resource, resource.id).state == "draft"


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_questions_are_answered_and_letters_chosen(site, served, browser, axe, tmp_path, mode):
    path, old = tmp_path / "cho.csv", tmp_path / "chu-cu.csv"
    path.write_text(schemas.load("cho-sieu-thi").valid_sample.read_text("utf-8").replace("2024-06-30", "05/04/2024"), encoding="utf-8")
    old.write_bytes(in_bytes("ten_cho,dia_chi\nChợ Bến Đình,Phường Thắng Nhì\nChợ Xóm Lưới,Phường Một\n", "tcvn3"))
    with visiting(browser, served, mode, axe) as visitor:
        page = visitor.page
        sign_in(visitor, site)
        visitor.open(f"{send(visitor, site, path)}/report")
        page.locator("input[name='answer:0'][value=dmy]").check()
        page.locator("#cau-hoi form button").click()
        page.wait_for_url(re.compile(r"/desk/uploads/[0-9a-f-]{36}(\?|$)"))
        second = checked(visitor, site)
        visitor.open(f"{second}/report")
        expect(page.locator("main")).to_contain_text(WORDS[mode.lang]["answered"])
        visitor.open(send(visitor, site, old))
        page.locator("input[name=encoding][value=tcvn3]").check()
        page.locator("#bang-ma form button").click()
        page.wait_for_load_state("load")
        visitor.open(checked(visitor, site))
        with site.reading() as session:
            assert session.scalars(select(UploadDraft.asked).order_by(UploadDraft.sent_at.desc(), UploadDraft.number.desc())).first()["encoding"] == "tcvn3"


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_the_repairs_of_an_agency_are_ranked(site, served, browser, axe, mode):
    with visiting(browser, served, mode, axe) as visitor:
        sign_in(visitor, site)
        visitor.open("/desk/fixes/so-y-te")
        assert visitor.page.locator("main table tbody tr").count() >= 1
        visitor.open("/organization/so-y-te")
