"""When titles read the same and addresses are the same."""

from __future__ import annotations

import pytest

from catalog.sameness import canonical_url, path_of, title_key, url_key

SAME = "https://so.example.vn/tai-lieu/ch%E1%BB%A3.csv?a=1&b=2"


@pytest.mark.parametrize("other", [
    "http://SO.example.vn:80/tai-lieu/chợ.csv?b=2&a=1", "https://so.example.vn:443/tai-lieu/ch%e1%bb%a3.csv?a=1&b=2#trang",
    " https://so.example.vn./tai-lieu/chợ.csv?a=1&b=2&utm_source=thu&fbclid=x ", "HTTPS://so.example.vn/tai-lieu/chợ.csv/?a=1&b=2",
])
def test_an_address_is_the_same_however_it_is_written(other):
    assert url_key(other) == url_key(SAME)


@pytest.mark.parametrize("other", [
    "https://so.example.vn:8443/tai-lieu/chợ.csv?a=1&b=2", "https://so.example.vn/tai-lieu/chợ.csv?a=1", "https://so2.example.vn/tai-lieu/chợ.csv?a=1&b=2",
    "https://so.example.vn/tai-lieu/Chợ.csv?a=1&b=2", "https://so.example.vn/tai-lieu%2Fchợ.csv2?a=1&b=2",
])
def test_an_address_that_may_lead_elsewhere_is_another(other):
    assert url_key(other) != url_key(SAME)


@pytest.mark.parametrize("text", ["", "ftp://so.example.vn/a", "file:///a", "http://", "http://[::1", "http://so.example.vn:abc/", "chợ"])
def test_what_is_no_address_of_the_web_has_no_key(text):
    assert canonical_url(text) == "" == url_key(text)


def test_a_title_is_the_same_in_any_case_signs_and_form_of_unicode():
    assert title_key("Danh sách chợ (2024)") == title_key("DANH SÁCH  CHỢ – 2024") == title_key("danh sach cho 2024")
    assert title_key("Danh sách chợ 2024") != title_key("Danh sách chợ 2025")
    assert title_key("—…") == "" == title_key("")


def test_a_path_is_what_stays_when_a_host_moves():
    assert path_of("https://cu.example.vn/files/a.csv?x=1") == path_of("http://moi.example.vn:8080/files/a.csv?x=1") == "files/a.csv?x=1"
