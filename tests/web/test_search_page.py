"""The search page: finding, filtering, paging, and what is said when nothing is found."""

from __future__ import annotations

import html
import re

import pytest
from support.publishing import furnish, publish, publish_with_file
from support.visiting import visitor

from catalog.site import remember


@pytest.fixture
def client(site):
    furnish(site)
    publish_with_file(site, name="nuoc-bien", title="Chất lượng nước biển", notes="Lấy mẫu **nước** hằng tháng", license_id="cc-by",
                      groups=[{"name": "y-te"}], tags=[{"name": "nước"}])
    publish(site, name="khach-du-lich", title="Lượt khách du lịch", owner_org="so-du-lich", groups=[{"name": "du-lich"}])
    return visitor(site)


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return html.unescape(answer.text)


def titles(text):
    return re.findall(r'class="t"[^>]* href="/dataset/([^"?]+)', text)


def test_without_a_question_every_dataset_is_listed_newest_first(client):
    text = page(client, "/dataset")
    assert "4 bộ dữ liệu" in text and set(titles(text)) == {"nuoc-bien", "khach-du-lich", "zz-tieng-on-1", "zz-tieng-on-2"}


def test_words_without_diacritics_find_and_the_page_says_what_was_understood(client):
    text = page(client, "/dataset?q=nuoc")
    assert titles(text) == ["nuoc-bien"] and "<mark>nước</mark>" in text
    assert "Đã hiểu “nuoc” là" in text and "<b>nước</b>" in text


def test_words_with_diacritics_are_taken_as_they_are(client):
    assert "Đã hiểu" not in page(client, "/dataset?q=nước")


def test_a_row_tells_agency_state_rows_and_formats(client):
    text = page(client, "/dataset?q=nước")
    for words in ("Sở Y tế", "7 dòng", '<span class="chip">CSV</span>', "Lấy mẫu", "30/09/2024"):
        assert words in text, words
    assert "**" not in text


def test_filters_narrow_and_each_can_be_taken_away(client):
    text = page(client, "/dataset?organization=so-du-lich&q=khach")
    assert titles(text) == ["khach-du-lich"]
    assert re.search(r'class="chip active" href="/dataset\?q=khach"', text) and 'value="so-du-lich" checked' in text


def test_values_of_one_filter_are_alternatives(client):
    assert set(titles(page(client, "/dataset?groups=y-te&groups=du-lich"))) == {"nuoc-bien", "khach-du-lich"}


def test_filters_are_named_as_people_name_them(client):
    text = page(client, "/dataset")
    assert "Sở Du lịch" in text and "Creative Commons – ghi nguồn" in text and "Chưa kiểm tra" in text
    assert "Department of Tourism" in page(client, "/dataset?lang=en")


def test_every_link_and_form_keeps_english(client):
    text = page(client, "/dataset?q=nuoc&lang=en")
    links = [link for link in re.findall(r'href="(/[^"]*)"', text) if not link.startswith(("/static/", "/api/3/", "/feeds/"))]
    plain = [link for link in links if "lang=en" not in link]
    assert plain == ["/dataset?q=nuoc"] * 2  # the two links to this page in Vietnamese
    assert text.count("<form") == text.count('name="lang" value="en"')


def test_the_same_question_is_offered_to_programs(client):
    text = page(client, "/dataset?q=nuoc&organization=so-y-te")
    link = re.search(r'href="(/api/3/action/package_search[^"]+)"', text)[1]
    assert client.get(link).get_json()["result"]["count"] == 1


def test_nothing_found_offers_ways_that_find_something(site, client):
    with site.writing() as session:
        remember(session, "identity", {"contact": "hoi@example.gov.vn"})
    text = page(client, "/dataset?q=khach+xyzzy&organization=so-y-te")
    assert "Chưa có bộ dữ liệu nào khớp “khach xyzzy”" in text and "4 bộ dữ liệu" in text
    assert ">khach</a> (1)" in text and ">Du lịch</a> (1)" in text and "mailto:hoi@example.gov.vn" in text


def test_a_filter_that_leaves_nothing_is_the_first_thing_to_drop(client):
    text = page(client, "/dataset?q=khach&organization=so-y-te")
    assert "Bỏ bộ lọc" in text and "còn 1 bộ dữ liệu" in text


def test_a_page_beyond_the_last_leads_to_the_last(client):
    answer = client.get("/dataset?q=nuoc&page=7")
    assert answer.status_code == 302 and answer.headers["Location"] == "/dataset?q=nuoc"


def test_many_datasets_are_paged(site, client):
    for number in range(21):
        publish(site, name=f"loat-{number:02}", title=f"Loạt {number:02}")
    first, second = page(client, "/dataset?q=loat&sort=title"), page(client, "/dataset?q=loat&sort=title&page=2")
    assert titles(first) == [f"loat-{number:02}" for number in range(20)] and titles(second) == ["loat-20"]
    assert 'rel="next"' in first and 'aria-current="page"><span class="sr">Trang </span>2' in second


@pytest.mark.parametrize("query", [
    "q=%00%01", "q=" + "a" * 9000, "q=%22%28%5B*", "q=AND+OR+NOT", "page=-1", "page=999999999999", "page=x", "sort=zzz", "organization=%00",
    "organization=" + "x" * 3000, "tags=<script>", "q=<script>alert(1)</script>", "&".join(f"tags=t{n}" for n in range(300)), "lang=xx",
    "sort=metadata_modified+desc", "q=%F0%9F%90%9F+%E4%BD%A0",
])
def test_no_question_breaks_the_page(client, query):
    answer = client.get("/dataset?" + query)
    assert answer.status_code in (200, 302) and "<script>alert" not in answer.text


def test_the_address_with_a_slash_leads_to_the_one_without(client):
    assert client.get("/dataset/?q=nuoc").headers["Location"] == "/dataset?q=nuoc"
