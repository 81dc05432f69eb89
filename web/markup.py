"""Descriptions written in Markdown, by people we do not know, as HTML that can do no harm."""

from __future__ import annotations

import re
from functools import lru_cache

import nh3
from flask import Flask
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {"p", "br", "hr", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a",
        "table", "thead", "tbody", "tr", "th", "td", "h3", "h4", "h5", "h6"}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_MARKDOWN = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
_WRITTEN = re.compile(r"[\\`*_#<>&\[\]|~]|^ {0,3}(?:[-+=]|\d+[.)])", re.MULTILINE)  # what Markdown could mean something by
_HEADING = re.compile(r"<(/?)h([1-6])>")


@lru_cache(maxsize=2048)
def to_html(text: str) -> Markup:
    """The HTML of a description: no scripts, no styles, no images; links only to http, https and mailto.

    Headings start at level three, under the page's own, and go down one level at a time.
    """
    return Markup(nh3.clean(_under_the_page(_MARKDOWN.render(text or "")), tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto"},
                            link_rel="nofollow noopener noreferrer"))


def _under_the_page(html: str) -> str:
    """The same with its headings at the levels that follow the page's own."""
    highest = min((int(level) for _, level in _HEADING.findall(html)), default=1)
    current = 2

    def placed(match: re.Match[str]) -> str:
        nonlocal current
        if not match[1]:
            current = min(6, int(match[2]) - highest + 3, current + 1)
        return f"<{match[1]}h{current}>"

    return _HEADING.sub(placed, html)


@lru_cache(maxsize=4096)
def to_line(text: str, length: int = 220) -> str:
    """The first words of a description as plain text, cut at a word and at most `length` characters."""
    head = (text or "")[: length * 8]  # a hostile description may be megabytes
    if _WRITTEN.search(head):
        head = str(Markup(nh3.clean(_MARKDOWN.render(head), tags=set(), attributes={})).unescape())
    plain = " ".join(head.split())
    if len(plain) <= length:
        return plain
    cut = plain[: length - 1].rsplit(" ", 1)[0] if " " in plain[: length - 1] else plain[: length - 1]
    return cut.rstrip(",.;: ") + "…"


def init_app(app: Flask) -> None:
    """Give templates the filters `markdown` and `line`."""
    app.add_template_filter(to_html, "markdown")
    app.add_template_filter(to_line, "line")
