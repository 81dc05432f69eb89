"""The first page: what it shows of a catalogue, of an empty one, and what it remembers."""

from __future__ import annotations

import re

import pytest
from support.publishing import furnish, publish, publish_with_file
from support.visiting import visitor

from catalog.evidence import record_dataset
from catalog.site import remember


@pytest.fixture
def client(site):
    return visitor(site)


def page(client, path="/"):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


def test_an_empty_catalogue_says_that_nothing_can_be_computed_and_hides_what_is_empty(client):
    text = page(client)
    assert "Chưa tính được" in text and "Sổ bộ cơ quan chưa có cơ quan nào" in text
    assert "Vừa cập nhật" not in text and "Chủ đề" not in text and 'class="lights' not in text


def test_there_is_one_light_for_each_agency_and_the_figure_is_said_with_its_denominator(site, client):
    furnish(site)
    text = page(client)
    assert text.count('class="light"') == 3 and "0 trong 3 cơ quan" in text and "30/09/2024" in text


def test_an_agency_that_takes_part_is_lit(site, client):
    furnish(site)
    dataset_id = publish_with_file(site, name="co-so", title="Cơ sở khám bệnh", license_id="cc-by")
    with site.writing() as session:
        record_dataset(session, dataset_id, site.clock.now())
    text = page(client)
    assert text.count('class="light lit"') == 1 and "33,3%" in text and "1 trong 3 cơ quan" in text
    assert "33.3%" in page(client, "/?lang=en")


def test_what_was_just_published_stands_there_at_once(site, client):
    furnish(site)
    page(client)
    publish(site, name="moi-nhat", title="Số liệu vừa đăng", groups=[{"name": "y-te"}])
    text = page(client)
    assert "Số liệu vừa đăng" in text and "Tìm trong 3 bộ dữ liệu" in text
    assert re.search(r'href="/dataset\?groups=y-te"', text)


def test_a_hostile_title_is_shown_as_text(site, client):
    furnish(site)
    publish(site, name="hiem", title="<script>alert(1)</script> " + "dài " * 230)
    text = page(client)
    assert "<script>alert" not in text and "&lt;script&gt;alert(1)" in text and len(text) < 60_000


def test_popular_searches_and_the_target_come_from_the_sites_facts(site, client):
    with site.writing() as session:
        remember(session, "popular_searches", {"vi": ["giá đất"], "en": ["land prices"]})
        remember(session, "target", {"percent": 100, "day": "2025-12-31", "basis": "Quyết định 2704/QĐ-UBND"})
        remember(session, "identity", {"name": "Cổng tỉnh", "tagline": {"vi": "Dữ liệu mở", "en": "Open data"}})
    text = page(client)
    assert "giá đất</a>" in text and "q=gi%C3%A1+%C4%91%E1%BA%A5t" in text and "Quyết định 2704/QĐ-UBND" in text and "31/12/2025" in text
    assert "<title>Cổng tỉnh, Dữ liệu mở</title>" in text
    assert "land prices</a>" in page(client, "/?lang=en")


def test_a_demonstration_says_so_on_every_page(site, client):
    assert "Trang trình diễn" not in page(client)
    with site.writing() as session:
        remember(session, "demo", True)
    for path in ("/", "/dataset", "/api/docs"):
        assert "Trang trình diễn" in page(visitor(site), path)


def test_the_page_about_the_api_gives_this_sites_own_address(client):
    assert "http://localhost/api/3/action/package_search" in page(client, "/api/docs")


def test_an_unchanged_page_is_not_sent_twice(client):
    first = client.get("/")
    assert client.get("/", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
