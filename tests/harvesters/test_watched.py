"""A source that fails and comes back, from the harvest to the mailbox, on both databases."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from support.harvesting import harvest
from support.mail_server import mail_server
from support.noticing import later, mailing
from support.seeding import add_source
from support.sites import site_on
from support.web_server import reply

from catalog.models import Agency
from catalog.net import Limits
from catalog.notices.watching import watch

LIMITS = Limits(connect=2, read=2, total=4, retries=0, interval=0, rest=0)


def portal(count: int) -> str:
    link = {"url": "https://so-yte.example.vn/bao-cao.pdf", "format": "PDF"}
    records = [{"id": f"bo-{number}", "title": f"Bộ {number}", "resources": [link]} for number in range(count)]
    return json.dumps({"success": True, "result": {"count": count, "results": records}})


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_down_shrunk_and_back_reach_the_mailbox(kind, request, tmp_path, server):
    with site_on(kind, request, tmp_path, LIMITS) as bare, mail_server() as mailbox:
        site = mailing(bare, mailbox.port, mail_team="doi@haidang.test")
        add_source(site, url=server.url())
        with site.writing() as session:
            session.scalar(select(Agency).where(Agency.slug == "so-y-te")).contact_email = "dulieu@so-yt.test"

        def harvested(days: int, body: str, status: int = 200) -> list[str]:
            """Harvest and watch on that day; the subjects of the mail that the agency got for it."""
            there, before = later(site, days=days), len(mailbox.to("dulieu@so-yt.test"))
            server.routes["/api/3/action/package_search"] = reply(body, status=status)
            harvest(there)
            for _ in range(3):
                watch(there)
            return [message["Subject"].partition("] ")[2] for message in mailbox.to("dulieu@so-yt.test")[before:]]

        assert harvested(0, portal(10)) == []
        assert harvested(1, "Bảo trì", 500) == ["1 thông báo: nguồn ngừng hoạt động (1)"]
        assert harvested(3, portal(3)) == ["2 thông báo: nguồn hoạt động trở lại (1), danh sách của nguồn bị hụt (1)"]
        assert [len(message.get_body(("plain",)).get_content()) > 500 for message in mailbox.to("doi@haidang.test")] == [True]
