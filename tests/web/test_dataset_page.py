"""The page of a dataset: what it says, and where its addresses lead."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update
from support.published import HOSTILE, sow
from support.visiting import visitor

from catalog.models import Dataset, Resource, Version


@pytest.fixture
def sown(site, tmp_path):
    return sow(site, tmp_path)


@pytest.fixture
def client(site):
    return visitor(site)


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


def test_the_page_says_whose_it_is_what_it_holds_and_how_to_get_it(client, sown):
    text = page(client, "/dataset/tuyen-xe-buyt")
    for words in ("Sở Y tế", "Tuyến xe buýt", "Dữ liệu minh hoạ", "Hợp lệ", "Tải CSV", "Từ điển cột", "Bản", "Trích dẫn", "hằng tháng"):
        assert words in text, words
    assert "20.5" in text and "3 dòng × 3 cột" in text


def test_the_page_reads_in_english(client, sown):
    text = page(client, "/dataset/tuyen-xe-buyt?lang=en")
    assert '<html lang="en">' in text and "Bus routes" in text and "Versions" in text


def test_a_refused_newer_version_is_said_and_the_last_good_one_stays(client, sown):
    text = page(client, "/dataset/tuyen-xe-buyt")
    assert "Đang dùng bản 2" in text and "/report/3" in text and "Cơ quan nguồn" in text
    assert "tuyến xe buýt 3.csv" not in text


def test_nothing_hostile_reaches_the_page_as_markup(client, sown):
    for path in ("/dataset/tuyen-xe-buyt", f"/dataset/tuyen-xe-buyt/resource/{sown.resource}", f"/dataset/tuyen-xe-buyt/resource/{sown.bare}",
                 f"/dataset/tuyen-xe-buyt/resource/{sown.resource}/report/3"):
        text = page(client, path)
        assert HOSTILE not in text, path
        assert "&lt;script&gt;alert(1)" in text, path
        assert 'href="javascript:' not in text, path


def test_an_id_and_an_old_name_lead_to_the_name(client, sown):
    for old in (sown.dataset, "xe-buyt-cu"):
        answer = client.get(f"/dataset/{old}")
        assert answer.status_code == 301 and answer.location.endswith("/dataset/tuyen-xe-buyt")


def test_an_address_that_never_was_is_not_found(client, sown):
    assert client.get("/dataset/khong-co").status_code == 404
    assert client.get(f"/dataset/tuyen-xe-buyt/resource/{sown.run}").status_code == 404


def test_what_was_never_published_and_what_is_private_is_not_found(client, site, sown):
    for values in ({"state": "draft"}, {"state": "active", "private": True}):
        with site.writing() as session:
            session.execute(update(Dataset).where(Dataset.id == sown.dataset).values(**values))
        assert client.get("/dataset/tuyen-xe-buyt").status_code == 404
        assert client.get(f"/dataset/{sown.dataset}").status_code == 404


def test_a_dataset_that_was_never_good_leads_to_the_report_that_says_why(client, site, sown):
    with site.writing() as session:
        session.execute(update(Dataset).where(Dataset.id == sown.dataset).values(state="draft"))
        session.execute(update(Resource).where(Resource.id == sown.resource).values(state="draft", version_id=None))
    answer = client.get("/dataset/tuyen-xe-buyt")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 404 and "chưa được công bố" in text and HOSTILE not in text
    report = f"/dataset/tuyen-xe-buyt/resource/{sown.resource}/report"
    assert report in text and client.get(report).status_code == 200
    assert client.get(f"/dataset/tuyen-xe-buyt/resource/{sown.resource}/download").status_code == 404


def test_an_archived_dataset_says_when_and_why(client, site, sown):
    with site.writing() as session:
        session.execute(update(Dataset).where(Dataset.id == sown.dataset).values(
            state="deleted", archived_at=site.clock.now(), archived_reason="not-at-source"))
    answer = client.get("/dataset/tuyen-xe-buyt")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 410
    assert "30/09/2024" in text and "không còn trong danh mục của nguồn" in text and "Sở Y tế" in text
    assert client.get(f"/dataset/{sown.dataset}/resource/{sown.resource}").status_code == 410


def test_the_last_versions_of_what_vanished_at_its_source_can_still_be_had(client, site, sown):
    def archive(reason):
        with site.writing() as session:
            session.execute(update(Dataset).where(Dataset.id == sown.dataset).values(
                state="deleted", archived_at=site.clock.now(), archived_reason=reason))

    archive("not-at-source")
    text = client.get("/dataset/tuyen-xe-buyt").get_data(as_text=True)
    assert "Bản cuối đã công bố" in text and HOSTILE not in text
    download = f"/dataset/{sown.dataset}/resource/{sown.resource}/download"
    assert f"{download}/" in text
    assert client.get(download, follow_redirects=True).status_code == 200
    archive("theo yêu cầu của cơ quan")
    assert "Bản cuối đã công bố" not in client.get("/dataset/tuyen-xe-buyt").get_data(as_text=True)
    assert client.get(download).status_code == 410


def test_a_table_whose_store_is_gone_still_has_its_page(client, site, sown):
    with site.writing() as session:
        session.execute(update(Version).where(Version.number == 2).values(table_sha256="0" * 64))
    assert "Không đọc được bản xem trước" in page(client, "/dataset/tuyen-xe-buyt")


def test_the_report_says_consequence_cells_and_who_without_personal_numbers(client, sown):
    text = page(client, f"/dataset/tuyen-xe-buyt/resource/{sown.resource}/report/3")
    assert "Bản mới chưa được công bố; bản 22/09/2024 vẫn ở trên trang" in text
    assert "B2" in text and "Ai phải làm" in text
    assert "079201001234" not in text


def test_the_report_for_programs_has_every_error_but_no_rows_and_no_personal_numbers(client, sown):
    answer = client.get(f"/dataset/tuyen-xe-buyt/resource/{sown.resource}/report/3.json")
    errors = answer.get_json()["tasks"][0]["errors"]
    assert len(errors) == 2 and all("cells" not in error for error in errors)
    assert "079201001234" not in answer.get_data(as_text=True)
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_report_that_is_not_there_is_not_found(client, sown):
    for path in (f"resource/{sown.resource}/report/1", f"resource/{sown.resource}/report/99", f"resource/{sown.link}/report"):
        assert client.get(f"/dataset/tuyen-xe-buyt/{path}").status_code == 404


def test_hosts_that_somebody_makes_up_take_no_memory(site, sown):
    client = visitor(replace(site, settings=replace(site.settings, site_url="")))
    for number in range(3):
        page = client.get("/dataset/tuyen-xe-buyt", headers={"Host": f"gia-{number}.test"}).text
        assert f"http://gia-{number}.test" in page and "gia-9" not in page
        known = len(client.application.extensions["haidang.kept"])
        client.get("/dataset/tuyen-xe-buyt", headers={"Host": f"gia-{number + 5}.test"})
        assert len(client.application.extensions["haidang.kept"]) == known
