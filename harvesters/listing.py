"""Reads the page of links that a web server makes of a folder: Apache, nginx, IIS, Python and their like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}[ T]+\d{2}:\d{2}(:\d{2})?|\d{1,2}-[A-Za-z]{3}-\d{4}[ ]+\d{2}:\d{2}(:\d{2})?"
                   r"|\d{1,2}/\d{1,2}/\d{4}[ ]+\d{1,2}:\d{2}( [AP]M)?")
_KNOWN = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%d-%b-%Y %H:%M", "%d-%b-%Y %H:%M:%S")  # a/b/2024 says no certain day


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A link below the folder: `path` is relative and readable, `note` the date and size that stand beside it."""

    url: str
    path: str
    note: str = ""

    @property
    def is_folder(self) -> bool:
        return self.path.endswith("/")

    @property
    def modified(self) -> str | None:
        """The date beside the link in ISO, as the server's own clock has it; None where its order is not certain."""
        text = re.sub(r"[ T]+", " ", found[0]) if (found := _DATE.search(self.note)) else ""
        for known in _KNOWN:
            try:
                return datetime.strptime(text, known).isoformat()
            except ValueError:
                continue
        return None

    @property
    def is_dated(self) -> bool:
        return _DATE.search(self.note) is not None


class _Links(HTMLParser):
    """Collects links in their order, each with the text before and after it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.texts: list[list[str]] = [[]]
        self._inside = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        href = dict(attributes).get("href")
        if tag == "a" and href:
            self.links.append(href)
            self.texts.append([])
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.texts[-1].append(data)


def folder_of(url: str) -> str:
    """The folder that a listing was found at: the URL up to its last slash, without query."""
    parts = urlsplit(url)
    path = parts.path or "/"
    if not path.endswith("/"):
        head, _, last = path.rpartition("/")
        path = f"{head}/" if "." in last else f"{path}/"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def relative(folder: str, root: str) -> str:
    """The readable path of a folder below another one; empty for the same."""
    return unquote(urlsplit(folder).path)[len(unquote(urlsplit(root).path)):]


def has_links(page: str) -> bool:
    """Whether a page can be a listing at all."""
    return re.search(r"<a\s", page, re.IGNORECASE) is not None


def entries(page: str, folder: str) -> Iterator[Entry]:
    """The links of a listing that lead below its folder, each once; sorting links and the way up are passed over."""
    parser = _Links()
    parser.feed(page)
    parser.close()
    texts = [" ".join(" ".join(text).split()) for text in parser.texts]
    before = bool(parser.links) and any(_DATE.search(text) for text in texts[:-1]) and not _DATE.search(texts[-1])
    seen: set[str] = set()
    for number, href in enumerate(parser.links):
        url, path = _below(href, folder)
        if path and url not in seen:
            seen.add(url)
            yield Entry(url=url, path=path, note=texts[number if before else number + 1])


def _below(href: str, folder: str) -> tuple[str, str]:
    """The absolute URL of a link and its readable path below the folder; an empty path for one that is not below it."""
    try:
        parts = urlsplit(urljoin(folder, href.strip()))
        home = urlsplit(folder)
    except ValueError:
        return "", ""
    path, root = unquote(parts.path), unquote(home.path)
    same_place = (parts.scheme, parts.netloc.lower()) == (home.scheme, home.netloc.lower())
    if not same_place or parts.query or not path.startswith(root) or ".." in path.split("/"):
        return "", ""
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")), path[len(root):]
