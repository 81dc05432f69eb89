"""Descriptions that a source writes as HTML, read as text."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

TEXT_LENGTH = 100_000  # of a description; the rest is no description
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[#\w]+;")
_LINK = re.compile(r"""href\s*=\s*["']?([^"'\s>]{1,2000})""", re.IGNORECASE)
_BLOCKS = {"p", "div", "br", "li", "ul", "ol", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}


def plain(text: str) -> str:
    """A description without its HTML: paragraphs stay paragraphs, links and scripts go."""
    text = text[:TEXT_LENGTH]
    if not _MARKUP.search(text):
        return text.strip()
    parser = _Text()
    parser.feed(text)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def links(text: str) -> list[str]:
    """The addresses that an HTML text leads to, in their order."""
    return [html.unescape(found) for found in _LINK.findall(text[:TEXT_LENGTH])]


class _Text(HTMLParser):
    """Collects what a reader of the page would see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._hidden += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._hidden = max(self._hidden - 1, 0)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)
