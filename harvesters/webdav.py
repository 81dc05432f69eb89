"""A folder of files on a WebDAV server (RFC 4918): Nextcloud, SharePoint, Apache and others. Every data file is a dataset."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from catalog.errors import Trouble, UsageError
from catalog.issues import Issue, Place
from catalog.net import Net
from catalog.net.guard import shown
from catalog.record import Made, Record
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.describing import DEFAULTS, as_text, is_yes
from harvesters.folder import OPTIONS
from harvesters.remote_folder import Entry, Found, described, gathered, is_plain, listed
from harvesters.xml_answers import children, first, local, parsed, text_at, words

QUESTION = (b'<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/>'
            b"<getlastmodified/><getetag/></prop></propfind>")


class WebDav:
    """A WebDAV folder; `metadata.json` or `metadata.csv` in it may say more of its files, as in a folder of kind `directory`."""

    kind: ClassVar[str] = "webdav"
    title: ClassVar[Mapping[str, str]] = {"vi": "Thư mục WebDAV (Nextcloud, SharePoint …)", "en": "WebDAV folder (Nextcloud, SharePoint …)"}
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="user", vi="Tên đăng nhập", en="User name"),
        Option(name="password", vi="Mật khẩu hoặc mật khẩu ứng dụng", en="Password, or app password", secret=True),
        *OPTIONS, *DEFAULTS,
    )

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._source, self._options, self._net = source, source.options, net
        user, password = str(source.options.get("user") or ""), source.secrets.get("password") or ""
        if ":" in user or (password and not user):
            raise UsageError("Cần tùy chọn user (không chứa dấu hai chấm) đi cùng mật khẩu.", "A password needs the option user, without a colon in it.")
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {pair}"} if user else {}
        self._found: Found | None = None

    def page(self, cursor: str | None) -> Page:
        """The next 100 files in the order of their paths."""
        if self._found is None:
            self._found = gathered(self, self._options, recursive=is_yes(self._options.get("recursive")), since=cursor)
        return listed(self._found, cursor)

    def entries(self, folder: str) -> Iterator[Entry | Issue]:
        """What is in a folder below the source's; an entry that lies elsewhere is an issue and is never asked for."""
        root = self._root()
        url = urljoin(root, _as_url(folder))
        answer = self._net.propfind(url, QUESTION, headers=self._headers)
        document = parsed(answer.body, url, "<multistatus>")
        if local(document) != "multistatus":
            raise Trouble(Issue("listing-of-another-kind", Place(url=shown(url)), {"expected": "<multistatus>"}))
        here = unquote(urlsplit(answer.url).path).rstrip("/") + "/"
        for response in children(document, "response"):
            where = _absolute(url, text_at(response, "href"))
            path = unquote(where.path) if where is not None else ""
            if path.rstrip("/") + "/" == here:
                continue
            name = path.removeprefix(here).rstrip("/")
            own = where is not None and (where.scheme, where.netloc) == urlsplit(url)[:2]
            if not own or not path.startswith(here) or not is_plain(name):
                yield Issue("folder-left", Place(file=path[:200] or "–"))
            elif (entry := _entry(response, name, where.geturl())) is not None:
                yield entry

    def read(self, entry: Entry, limit: int) -> bytes:
        """A small file whole."""
        return self._net.get(entry.where, headers=self._headers, max_bytes=limit).body

    def describe(self, item: Gathered) -> Record:
        """The dataset of one file: what the metadata file says, else what its name and the options say."""
        return described(item, self._options, as_text((item.raw or {}).get("where")))

    def make(self, recipe: Mapping[str, Any], target: Path, mark: str | None) -> Made | None:
        """Fetch the file with the source's credentials, to its own server only; None where it is as it was at the mark."""
        where, path = as_text(recipe.get("where")), as_text(recipe.get("path"))
        if mark and mark == recipe.get("mark"):
            return None
        if urlsplit(where)[:2] != urlsplit(self._root())[:2]:
            raise Trouble(Issue("folder-left", Place(file=path[:200])))
        got = self._net.download(where, target, headers=self._headers)
        return Made(filename=PurePosixPath(path).name, media_type=(got.media_type or "").partition(";")[0].strip(), mark=as_text(recipe.get("mark")) or None)

    def _root(self) -> str:
        return self._source.url.partition("#")[0].partition("?")[0].rstrip("/") + "/"


def _absolute(url: str, href: str) -> SplitResult | None:
    """Where an entry says that it lies; None where it says nothing that could be an address."""
    try:
        return urlsplit(urljoin(url, href))
    except ValueError:
        return None


def _as_url(folder: str) -> str:
    """A path below the root as part of an address."""
    return "/".join(quote(part, safe="") for part in folder.split("/"))


def _entry(response: Any, name: str, where: str) -> Entry | None:
    """One response of a multistatus; None for what the server could not say anything of."""
    for stat in children(response, "propstat"):
        if " 200" not in f" {text_at(stat, 'status')}" or first(stat, "prop") is None:
            continue
        if first(stat, "prop", "resourcetype", "collection") is not None:
            return Entry(name=name, is_folder=True)
        said = {key: words(first(stat, "prop", key)) for key in ("getetag", "getlastmodified", "getcontentlength")}
        size = said["getcontentlength"]
        weak = said["getetag"].removeprefix("W/") or f"{said['getlastmodified']}-{size}".strip("-")
        return Entry(name=name, where=where, mark=weak, size=int(size) if size.isascii() and size.isdecimal() and len(size) < 19 else None,
                     modified=said["getlastmodified"] or None)
    return None
