"""The pages of agencies and themes."""

from __future__ import annotations

import pytest
from support.published import HOSTILE, sow
from support.visiting import visitor


@pytest.fixture
def sown(site, tmp_path):
    return sow(site, tmp_path)


@pytest.fixture
def client(site):
    return visitor(site)


def test_the_list_names_every_agency_and_what_an_ended_one_became(client, sown):
    text = client.get("/organization").get_data(as_text=True)
    for words in ("Sở Y tế", "Sở Nội vụ", "Sở Du lịch", "Sở cũ", "31/12/2023", "nay là", "Chưa tham gia"):
        assert words in text, words


def test_an_agency_shows_its_steps_sources_datasets_and_who_must_act(client, sown):
    text = client.get("/organization/so-y-te").get_data(as_text=True)
    for words in ("Năm bước", "Nguồn và các lần thu thập", "hằng ngày lúc 02:00", "Việc đang mở", "Cơ quan nguồn", "Tuyến xe buýt", "Tiền thân",
                  "Sở cũ", "Quyết định 1/QĐ"):
        assert words in text, words
    assert HOSTILE not in text and "&lt;script&gt;alert(1)" in text


def test_an_ended_agency_keeps_its_page_with_its_dates_and_successor(client, sown):
    text = client.get("/organization/so-cu").get_data(as_text=True)
    assert "Đã kết thúc ngày 31/12/2023" in text
    assert 'href="/organization/so-y-te"' in text


def test_an_agency_without_source_says_so(client, sown):
    assert "chưa đăng ký nguồn nào" in client.get("/organization/so-noi-vu").get_data(as_text=True)


def test_an_agency_is_found_by_its_id_too_and_an_unknown_one_is_not(client, sown):
    answer = client.get(f"/organization/{sown.agency}")
    assert answer.status_code == 301 and answer.location.endswith("/organization/so-y-te")
    assert client.get("/organization/khong-co").status_code == 404


def test_a_theme_shows_its_datasets(client, sown):
    assert "Giao thông" in client.get("/group").get_data(as_text=True)
    text = client.get("/group/giao-thong").get_data(as_text=True)
    assert "Tuyến xe buýt" in text and "1 bộ dữ liệu" in text and HOSTILE not in text
    assert client.get("/group/khong-co").status_code == 404
