"""The pages of targets: for administrators only, in both languages; and where a dataset's editors read where it is published onward."""

from __future__ import annotations

import pytest
from support.acting import account_client, person, press
from support.onward_pages import HOSTILE, TOKEN, sow_target
from support.publishing import call
from support.targets import rows
from support.visiting import visitor

from catalog import jobs
from catalog.accounts import add_account
from catalog.models import OnwardRun
from catalog.onward import orders


@pytest.fixture
def home(site):
    sow_target(site)
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
    assert person(home).post("/admin/onward/tinh/pause").status_code == 400  # without the guard of a form
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
    assert TOKEN not in page and HOSTILE not in page
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
