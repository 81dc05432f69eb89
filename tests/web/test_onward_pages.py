"""The pages of targets: for administrators only, in both languages; and where a dataset's editors read where it is published onward."""

from __future__ import annotations

import pytest
from support.acting import account_client, person, press
from support.publishing import call, furnish, publish
from support.targets import aim, rows
from support.visiting import visitor

from catalog import jobs
from catalog.accounts import add_account
from catalog.archiving import Act
from catalog.issues import Issue, Place
from catalog.models import Onward, OnwardRun, Target
from catalog.onward import leaving, orders

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def home(site):
    """A target with a run that left issues, a dataset that was refused, one that was sent, and a question that waits."""
    furnish(site)
    ids = {name: publish(site, name=name, title=name)["id"] for name in ("bo-mot", "bo-hai", "bo-ba")}
    target = aim(site, "http://127.0.0.1:9", "khoa-bi-mat-cua-dich", prefix="brvt-", organizations={"so-y-te": HOSTILE}, max_upload=7)
    refused = Issue("onward-refused", Place(url="http://127.0.0.1:9"), {"reason": f"title: {HOSTILE}"})
    now = site.clock.now()
    with site.writing() as session:
        for name, state in (("bo-mot", "sent"), ("bo-hai", "failed"), ("bo-ba", "sent")):
            session.add(Onward(target_id=target.id, dataset_id=ids[name], name=name, remote_id="x", remote_name=f"brvt-{name}", state=state, tried_at=now,
                               sent_at=now if state == "sent" else None, issues=[refused.to_dict()] if state == "failed" else []))
        left = Issue("onward-left", Place(url="http://127.0.0.1:9"), {"target": "tinh", "waiting": 5})
        session.add(OnwardRun(target_id=target.id, status="failed", by="chị Hà", did={"created": 1, "failed": 1}, issues=[left.to_dict()], queued_at=now,
                              started_at=now, finished_at=now))
    call(site, "package_delete", user="tester", id="bo-ba")
    with site.writing() as session:
        row = session.get_one(Target, target.id)
        leaving.ask(session, target.id, leaving.gone(session, site.settings, row), Act(by="system", at=now, reason=""))
    return site


def editor(site):
    with site.writing() as session:
        add_account(session, "jane", site.clock.now())
    call(site, "organization_member_create", user="tester", id="so-y-te", username="jane", role="editor")
    return account_client(site, "jane")


def test_targets_are_for_administrators_only(home):
    assert visitor(home).get("/admin/onward").status_code == 303
    client = editor(home)
    for path in ("/admin/onward", "/admin/onward/tinh"):
        assert client.get(path).status_code == 403
    assert press(client, "/admin/onward/tinh/pause").status_code == 403
    assert "/admin/onward" not in client.get("/runs").text and "/admin/onward" in person(home).get("/runs").text


def test_the_list_says_how_each_target_stands(home):
    page = person(home).get("/admin/onward").text
    for words in ("tinh", "Chờ một người quyết định", "1 bộ có vấn đề", "Không gửi được", "haidang target add"):
        assert words in page, words
    assert "1 dataset with issues" in person(home).get("/admin/onward?lang=en").text


def test_a_target_shows_its_runs_its_rules_and_what_must_be_done(home):
    page = person(home).get("/admin/onward/tinh").text
    for words in ("onward-left", "còn 5 bộ dữ liệu chờ", "brvt-bo-mot", "1 mới · 1 chưa gửi được", "chị Hà", "Đã gửi", "đã đặt, không hiện", "Cho phép xóa tại đích"):
        assert words in page, words
    assert "khoa-bi-mat" not in page and HOSTILE not in page
    wrong = person(home).get("/admin/onward/tinh?wrong=yes&lang=en").text
    assert "brvt-bo-hai" in wrong and "brvt-bo-mot" not in wrong and "The target did not take the dataset" in wrong
    assert person(home).get("/admin/onward/khong-co").status_code == 404


def test_a_question_is_answered_with_a_reason(home):
    client = person(home)
    assert "Hãy ghi lý do" in client.get(press(client, "/admin/onward/tinh/removal", decision="confirm").location).text
    assert press(client, "/admin/onward/tinh/removal", decision="refuse", reason="Còn cần").status_code == 303
    assert rows(home)["bo-ba"].kept_by is not None
    assert "đã được trả lời" in client.get(press(client, "/admin/onward/tinh/removal", decision="confirm", reason="x").location).text


def test_a_run_is_ordered_called_off_and_not_ordered_twice(home):
    jobs.migrate_queue(home.settings)
    client = person(home)
    assert "Đã xếp hàng" in client.get(press(client, "/admin/onward/tinh/publish").location).text
    assert "Đang có một lượt" in client.get(press(client, "/admin/onward/tinh/publish").location).text
    with home.reading() as session:
        run = next(row for row in session.query(OnwardRun) if row.status == "queued")
    assert "Đã yêu cầu dừng" in client.get(press(client, f"/admin/onward/tinh/runs/{run.id}/cancel").location).text
    assert "đã kết thúc" in client.get(press(client, f"/admin/onward/tinh/runs/{run.id}/cancel").location).text
    orders.perform(home, run.id)  # a worker that finds it called off leaves it so
    with home.reading() as session:
        assert session.get_one(OnwardRun, run.id).status == "cancelled"


def test_a_target_is_paused_and_taken_up_again(home):
    client = person(home)
    assert "Tạm dừng" in client.get(press(client, "/admin/onward/tinh/pause").location).text
    assert "đang tạm dừng" in client.get(press(client, "/admin/onward/tinh/publish").location).text
    assert "hoạt động trở lại" in client.get(press(client, "/admin/onward/tinh/resume").location).text


def test_a_datasets_editors_read_where_it_is_published_onward(home):
    shown = editor(home).get("/dataset/bo-hai").text
    assert "Công bố tiếp ở nơi khác" in shown and "http://127.0.0.1:9/dataset/brvt-bo-hai" in shown and "onward-refused" in shown and HOSTILE not in shown
    assert "Công bố tiếp" not in visitor(home).get("/dataset/bo-hai").text
