"""Descriptions written as HTML, read as text."""

from __future__ import annotations

import pytest

from harvesters.html_text import links, plain


@pytest.mark.parametrize(("given", "expected"), [
    ("", ""), ("Mô tả\nhai dòng", "Mô tả\nhai dòng"), ("a < b & c", "a < b & c"), ("<p>Một</p><p>Hai<br>ba</p>", "Một\n\nHai\nba"),
    ("<div style='x'>Chợ &amp; si&ecirc;u   thị</div>", "Chợ & siêu thị"), ("<script>alert(1)</script>Sạch<style>p{}</style>", "Sạch"),
    ("<ul><li>một</li><li>hai</li></ul>", "một\n\nhai"), ("<p>đứt <b>quãng", "đứt quãng"), ("<!-- ẩn -->hiện", "hiện")])
def test_html_as_text(given, expected):
    assert plain(given) == expected


def test_a_text_without_end_is_cut():
    assert len(plain("<p>" + "ă" * 500_000)) <= 100_000


def test_links_are_found_however_they_are_quoted():
    assert links("""<a href="https://a/?x=1&amp;y=2">a</a> <A HREF='https://b'>b</A> <a href=https://c>c</a>""") == ["https://a/?x=1&y=2", "https://b", "https://c"]
