"""The pages on which somebody decides about held columns: who sees them, what they show, what each button does, and once only."""

from __future__ import annotations

import re
from html import unescape

import pytest
from support.acting import account_client, guard_of
from support.holding import SHOPS, decisions, hand_in, only, versions
from support.people import people
from support.seeding import add_source
from support.visiting import Visitor, visitor

from catalog import jobs
from catalog.decisions import applying

REASON = "Điều 12 Luật mẫu về công khai cửa hàng"


@pytest.fixture
def lan(site) -> Visitor:
    """Lan, who leads Sở Y tế, of which one version is held."""
    jobs.migrate_queue(site.settings)
    add_source(site, url="upload:nguon", connector="upload")
    people(site)
    hand_in(site, SHOPS)
    return account_client(site, "lan")


def where(site) -> str:
    return f"/desk/decisions/{only(site)[1].id}"


def send(site, client: Visitor, **fields: str):
    page = client.get(where(site)).text
    version = re.search(r'name="version" value="([^"]+)"', page)
    return client.post(where(site), data={"csrf_token": guard_of(client, where(site)), "version": version[1] if version else versions(site)[-1].id,
                                          **{key.replace("_", ":"): value for key, value in fields.items()}})


def text(client: Visitor, path: str) -> str:
    return unescape(client.get(path).text)


def test_only_who_acts_for_the_agency_sees_what_waits(site, lan):
    assert visitor(site).get("/desk/decisions").status_code == 303
    for name in ("nam", "minh"):
        assert account_client(site, name).get("/desk/decisions").status_code == 403
    for client in (lan, account_client(site, "jane"), account_client(site, "root")):
        page = text(client, "/desk/decisions")
        assert "1 tệp đang chờ" in page and "SĐT" in page and "số điện thoại di động" in page and "0901231000" not in page
    assert lan.get("/desk/decisions/khong-phai-ma").status_code == 404
    assert "1 file waits" in text(lan, "/desk/decisions?lang=en")


def test_a_column_is_decided_shown_and_taken_back(site, lan):
    page = text(lan, where(site))
    assert "090•••••00" in page and "0901231000" not in page and "Đang giữ lại: 1 cột" in page
    assert send(site, lan, action_0="drop", reason_0="không cần cho người đọc").status_code == 303
    assert "Đã quyết định đủ" in text(lan, where(site))
    applying.perform(site, versions(site)[0].id)
    page = text(lan, where(site))
    assert "Không còn cột nào chờ" in page and "Bỏ cột" in page and "không cần cho người đọc" in page and "lan" in page
    dataset = text(visitor(site), f"/dataset/{only(site)[0].name}")
    assert "cột “SĐT”: đã bỏ trước khi công bố" in dataset and "090123" not in dataset
    assert "Xem và quyết định về các cột" not in dataset and "Xem và quyết định về các cột" in text(lan, f"/dataset/{only(site)[0].name}")
    assert "không cần cho người đọc" in text(lan, "/desk/decisions")
    decision = decisions(site)[0]
    for said in ("Đã rút lại quyết định", "đã được rút lại từ trước"):
        answer = lan.post(f"/desk/decisions/taken-back/{decision.id}", data={"csrf_token": guard_of(lan, where(site))})
        assert answer.status_code == 303 and said in text(lan, where(site))
    assert visitor(site).get(f"/dataset/{only(site)[0].name}").status_code == 404
    assert "Đã rút lại" in text(lan, "/desk/decisions") and versions(site)[-1].state == "held"


def test_an_editor_may_leave_out_but_not_publish(site, lan):
    jane = account_client(site, "jane")
    assert "Công bố theo căn cứ pháp lý" not in jane.get(where(site)).text
    assert send(site, jane, action_0="publish", basis_0="law", reason_0=REASON).status_code == 403 and decisions(site) == []
    assert send(site, jane, action_0="mask").status_code == 303 and decisions(site)[0].by == "jane"


def test_a_publication_needs_its_ground_in_words(site, lan):
    for fields in ({"basis_0": "law", "reason_0": "luật"}, {"reason_0": REASON}, {"basis_0": "law"}):
        answer = send(site, lan, action_0="publish", **fields)
        assert answer.status_code == 422 and "ít nhất 20 ký tự" in answer.text and decisions(site) == []
    assert send(site, lan).status_code == 422
    assert send(site, lan, action_0="publish", basis_0="law", reason_0=REASON).status_code == 303
    applying.perform(site, versions(site)[0].id)
    assert versions(site)[0].state == "published"
    page = text(lan, where(site))
    assert REASON in page and "Pháp luật buộc công khai" in page


def test_a_form_sent_twice_or_for_an_older_version_decides_nothing(site, lan):
    old = versions(site)[0].id
    hand_in(site, SHOPS + "Cửa hàng mới,0901239999\n")
    stale = lan.post(where(site), data={"csrf_token": guard_of(lan, where(site)), "version": old, "action:0": "drop"})
    assert stale.status_code == 303 and decisions(site) == []
    assert send(site, lan, action_0="drop").status_code == 303
    assert send(site, lan, action_0="publish", basis_0="law", reason_0=REASON).status_code == 422
    assert [row.action for row in decisions(site)] == ["drop"]
    assert lan.post(where(site) + "/again", data={"csrf_token": guard_of(lan, where(site))}).status_code == 303


def test_what_is_held_leads_from_its_report_to_the_decision(site, lan):
    dataset, resource = only(site)
    for path in (f"/dataset/{dataset.name}", f"/dataset/{dataset.name}/resource/{resource.id}/report"):
        assert where(site) in lan.get(path).text and where(site) not in visitor(site).get(path).text
