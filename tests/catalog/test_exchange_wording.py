"""Whatever a source writes, what leaves is text that XML can hold and addresses that are URIs."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from catalog.exchange.wording import day, mailto, period, plain, uri

URI = re.compile(r"(https?|ftp)://[A-Za-z0-9\[\]:._-]+([/?#][A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]*)?")


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_text_can_stand_in_xml(text):
    element = etree.Element("a")
    element.text = plain(text)
    assert etree.fromstring(etree.tostring(element)).text in (plain(text).replace("\r\n", "\n").replace("\r", "\n"), plain(text), None)


@given(st.text(st.characters(codec=None, exclude_categories=())), st.sampled_from(["", "http://", "https://x.test/", "ftp://a:b@", "http://[", "//", "mailto:"]))
def test_an_address_is_a_uri_or_none_and_stays_what_it_is(text, start):
    made = uri(start + text)
    if made is not None:
        assert URI.fullmatch(made) and urlsplit(made).hostname
        assert not re.search("%(?![0-9A-Fa-f]{2})", made)
        assert uri(made) == made


@pytest.mark.parametrize(("given", "made"), [
    ("http://sở.vn/tệp 1.csv?q=a b%zz#x y", "http://xn--s-lym.vn/t%E1%BB%87p%201.csv?q=a%20b%25zz#x%20y"),
    ("HTTP://X.Y:8080/a%20b", "http://x.y:8080/a%20b"), ("http://user:secret@x.y/", "http://x.y/"), ("http://[::1]:5000/a", "http://[::1]:5000/a"),
    ("javascript:alert(1)", None), ("data:text/html,x", None), ("http://", None), ("http://a b/", None), ("http://[bad", None),
    ("http://x:99999/", None), ("", None), (None, None), ("x.test/a.csv", None), ("http://x.test/a?b[]=1", "http://x.test/a?b%5B%5D=1")])
def test_addresses_as_people_write_them(given, made):
    assert uri(given) == made


@pytest.mark.parametrize(("given", "made"), [
    ("2023-01-01/2023-12", ("2023-01-01", "2023-12")), ("2023", ("2023", "2023")), ("2023-02-30/2024", (None, "2024")), ("/2024-01", (None, "2024-01")),
    ("2020-01-01T00:00:00/..", ("2020-01-01", None)), ("hôm qua", None), ("", None), (None, None)])
def test_periods_are_read_as_far_as_they_are_dates(given, made):
    assert period(given) == made
    assert day("2024-13") is None


@pytest.mark.parametrize(("given", "made"), [
    ("a.b+c@so-y-te.gov.vn", "mailto:a.b+c@so-y-te.gov.vn"), ("mailto:a@b.vn", "mailto:a@b.vn"), ("a b@c.vn", None), ("a@b", None),
    ("a@b.vn>\r\nBcc: x@y.z", None), ("", None)])
def test_only_plain_mail_addresses_are_given(given, made):
    assert mailto(given) == made
