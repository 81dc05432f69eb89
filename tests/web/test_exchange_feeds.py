"""Feeds, site map and rules for crawlers: well-formed whatever sources write, complete, and leading only to what is there."""

from __future__ import annotations

import re
from urllib.parse import urlencode
from urllib.robotparser import RobotFileParser

import pytest
from lxml import etree
from support.exchanging import ODD, fill
from support.publishing import call, publish
from support.visiting import visitor

from catalog.exchange import sitemap
from web.exchange import feeds

A = {"a": "http://www.w3.org/2005/Atom"}
S = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


@pytest.fixture
def name(site) -> str:
    return fill(site)


def read(site, address: str, media_type: str = "application/atom+xml"):
    answer = visitor(site).get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, f"{media_type}; charset=utf-8"), answer.text
    return etree.fromstring(answer.data)


def titles(feed) -> list[str]:
    return feed.xpath("a:entry/a:title/text()", namespaces=A)


def test_the_feed_of_all_has_every_dataset_and_what_atom_asks_for(site, name):
    feed = read(site, "/feeds/dataset.atom")
    assert len(titles(feed)) == 4
    for element in (feed, *feed.iterfind("a:entry", A)):
        for part in ("id", "title", "updated"):
            assert element.findtext(f"a:{part}", namespaces=A)
    moments = feed.xpath("//a:updated/text()|//a:published/text()", namespaces=A)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", moment) for moment in moments)
    assert all(re.fullmatch(r"[!-~]+", href) for href in feed.xpath("//a:link/@href", namespaces=A))
    assert "<script>alert(1)</script>" in next(title for title in titles(feed) if "kê" in title)  # as text, not as markup


def test_agencies_themes_tags_and_searches_have_their_own(site, name):
    assert titles(read(site, "/feeds/group/y-te.atom")) == ["Phòng khám tư nhân"]
    assert len(titles(read(site, "/feeds/organization/so-y-te.atom"))) == 2
    assert titles(read(site, "/feeds/organization/so-du-lich.atom")) == []
    assert "Phòng khám tư nhân" in titles(read(site, "/feeds/tag/y tế.atom"))
    assert titles(read(site, "/feeds/custom.atom?q=phong+kham")) == ["Phòng khám tư nhân"]
    assert titles(read(site, "/feeds/custom.atom?q=phong+kham&organization=so-du-lich")) == []
    odd = read(site, "/feeds/custom.atom?" + urlencode({"q": ODD, "tags": ODD}))
    assert titles(odd) == []
    assert [visitor(site).get(f"/feeds/{path}.atom").status_code for path in ("organization/x", "group/x", "khac")] == [404] * 3


def test_a_feed_goes_on_in_pages(site, name, monkeypatch):
    monkeypatch.setattr(feeds, "ROWS", 3)
    first = read(site, "/feeds/custom.atom?license_id=cc-by&license_id=notspecified&license_id=VN-ND47-2020-D18")
    links = dict(first.xpath("a:link[@rel]", namespaces=A) and [(link.get("rel"), link.get("href")) for link in first.iterfind("a:link", A)])
    assert "previous" not in links and links["next"].endswith("&page=2")
    second = read(site, links["next"].removeprefix("http://haidang.test"))
    assert len(titles(first)) == 3 and len(titles(second)) == 1
    assert first.findtext("a:id", namespaces=A) == second.findtext("a:id", namespaces=A)
    assert visitor(site).get("/feeds/dataset.atom?page=9").status_code == 404


def test_pages_name_their_feeds(site, name):
    client = visitor(site)
    for page in ("/dataset?q=phòng", "/organization/so-y-te", "/group/y-te"):
        [feed] = re.findall(r'<link rel="alternate" type="application/atom\+xml" href="([^"]+)">', client.get(page).text)
        assert len(titles(read(site, feed.replace("&amp;", "&")))) >= 1


def test_the_site_map_names_every_page_once_and_each_is_there(site, name, monkeypatch):
    monkeypatch.setattr(sitemap, "PART", 3)
    client, found = visitor(site), []
    index = read(site, "/sitemap.xml", "application/xml")
    parts = index.xpath("//s:loc/text()", namespaces=S)
    assert parts == [f"http://haidang.test/sitemap-{part}.xml" for part in ("pages", 1, 2)]
    monkeypatch.setattr(sitemap, "PART", 50_000)
    found += read(site, "/sitemap-pages.xml", "application/xml").xpath("//s:loc/text()", namespaces=S)
    monkeypatch.setattr(sitemap, "PART", 3)
    for part in parts[1:]:
        found += read(site, part.removeprefix("http://haidang.test"), "application/xml").xpath("//s:loc/text()", namespaces=S)
    assert len(found) == len(set(found))
    for address in found:
        assert client.get(address.removeprefix("http://haidang.test") or "/").status_code == 200, address
    assert "http://haidang.test/dataset/du-lieu-xau" in found
    assert client.get("/sitemap-3.xml").status_code == 404


def test_what_is_archived_or_private_is_in_no_feed_and_no_site_map(site, name):
    publish(site, name="rieng", title="Riêng", private=True)
    call(site, "package_delete", user="tester", id=name)
    for address in ("/feeds/dataset.atom", "/sitemap-1.xml"):
        text = visitor(site).get(address).text
        assert "rieng" not in text and f"/dataset/{name}" not in text


def test_crawlers_are_kept_from_searches_and_told_where_the_pages_are(site, name):
    answer = visitor(site).get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    rules = RobotFileParser()
    rules.parse(answer.text.splitlines())
    assert rules.site_maps() == ["http://haidang.test/sitemap.xml"]
    assert rules.can_fetch("*", f"/dataset/{name}") and rules.can_fetch("*", "/organization") and rules.can_fetch("*", "/data.json")
    assert not rules.can_fetch("*", "/dataset?q=x&organization=y")
    assert not rules.can_fetch("*", "/api/3/action/package_search")
