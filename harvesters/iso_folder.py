"""Metadata documents of ISO 19115 in a web folder (a WAF), in a folder of this machine, or a single one by its address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import ABOUT_THE_HOST, LocalFolder, Net
from catalog.record import Record
from catalog.sources import is_local
from harvesters import catalogue_entry, iso_19139, listing
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.describing import DEFAULTS, identified, is_yes, parted
from harvesters.folder import is_wanted, walked
from harvesters.web_folder import Walk
from harvesters.xml_answers import MAX_BYTES, parsed

DOCUMENTS = 100  # of one page
READERS = 4  # documents that are asked for side by side
_METADATA = re.compile(rb"<(\w+:)?(M[DI]_Metadata|CHE_MD_Metadata|GetRecord\w*Response)\b")

_DOCUMENT = re.compile(rb"(?!.{0,500}<(html|head|body|!doctype\s+html)\b)(\xef\xbb\xbf)?\s*<(\?xml|\w+:\w|!DOCTYPE)", re.I | re.S)


class IsoFolder:
    """A folder of XML documents, each with one metadata record, or several where it is a saved answer of a catalogue."""

    kind: ClassVar[str] = "iso-folder"
    local: ClassVar[bool] = True
    title: ClassVar[Mapping[str, str]] = {"vi": "Thư mục tệp siêu dữ liệu ISO 19139 (XML)", "en": "Folder of ISO 19139 metadata (XML)"}
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="pattern", default="*.xml", vi="Chỉ đọc các tệp có tên khớp mẫu; nhiều mẫu cách nhau bằng dấu chấm phẩy",
               en="Only files whose names match; several patterns are separated by semicolons"),
        Option(name="recursive", vi="Đọc cả các thư mục con", en="Sub-folders too", default="false", choices=("true", "false")),
        *DEFAULTS,
    )

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._source, self._options, self._net = source, source.options, net
        self._folder: LocalFolder | None = net.local_folder(source.url) if is_local(source.url) else None
        self._found: dict[str, str] | None = None
        self._is_one = False
        self._shortfall: Issue | None = None
        self._since: str | None = None  # the cursor at which the folder was looked through

    def page(self, cursor: str | None) -> Page:
        """The records of the next 100 documents in the order of their paths; the cursor is the path of the last one."""
        if self._found is None:
            self._shortfall, self._since = None, cursor
            self._found = self._gather()
        paths = sorted(path for path in self._found if cursor is None or path > cursor)
        called_off = self._net.called_off

        def read(path: str) -> list[Gathered | Issue]:
            with self._net.heeding(called_off):
                return self._records(path)

        with ThreadPoolExecutor(READERS, thread_name_prefix="iso") as pool:
            found = [one for some in pool.map(read, paths[:DOCUMENTS]) for one in some]
        items, issues = parted(found)
        if self._is_one and not items:
            raise Trouble(issues[0])
        return Page(items=items, cursor=paths[DOCUMENTS - 1] if len(paths) > DOCUMENTS else None, total=len(self._found), issues=issues,
                    shortfall=self._shortfall if cursor in (None, self._since) else None)

    def _gather(self) -> dict[str, str]:
        """Every document by its path below the folder, with its address; of a single document the one."""
        if self._folder is not None:
            paths = walked(self._folder, self._net, recursive=is_yes(self._options.get("recursive")))
            return {path.as_posix(): path.as_posix() for path in paths if self._wanted(path.name)}
        answer = self._net.get(self._source.url, max_bytes=MAX_BYTES)
        if _METADATA.search(answer.body) or _DOCUMENT.match(answer.body):
            self._is_one = True
            return {listing.relative(answer.url, listing.folder_of(answer.url)) or answer.url: self._source.url}
        self._net.require_crawlable(answer.url)  # a single document was registered; a listing is crawled
        walk = Walk(self._net, is_yes(self._options.get("recursive")))
        found = {path: entry.url for path, entry in walk.files(answer) if self._wanted(PurePosixPath(path).name)}
        self._shortfall = walk.shortfall(self._source.url, len(found))
        return found

    def _wanted(self, name: str) -> bool:
        return is_wanted(name, {"pattern": self._options.get("pattern") or "*.xml"})

    def _records(self, path: str) -> list[Gathered | Issue]:
        """The records of one document, or why there are none; a host that is gone ends the listing."""
        place = Place(url=self._found[path]) if self._folder is None else Place(file=path)
        self._net.heed()
        try:
            root = parsed(self._body(path), self._found[path], "ISO 19139")
        except Trouble as trouble:
            if trouble.issue.code in ABOUT_THE_HOST:
                raise
            return [Issue(trouble.issue.code, place, trouble.issue.facts)]
        elements = list(iso_19139.metadata_in(root))
        found: list[Gathered | Issue] = []
        for element in elements:
            name = iso_19139.identifier_of(element) or (path if len(elements) == 1 else "")
            try:
                raw: dict[str, Any] = iso_19139.entry(element)
            except Trouble as trouble:
                found.append(Issue(trouble.issue.code, place, trouble.issue.facts))
                continue
            if self._folder is None:
                raw["about"]["metadata_document"] = self._found[path]
            found.append(identified(raw, name, place))
        return found or [Issue("metadata-of-another-standard", place, {"identifier": path[-200:]})]

    def _body(self, path: str) -> bytes:
        if self._folder is None:
            return self._net.get(self._found[path], max_bytes=MAX_BYTES).body
        real = self._folder.real(Path(path))
        with real.open("rb") as file:
            body = file.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise Trouble(Issue("too-large", Place(file=path), {"limit": f"{MAX_BYTES >> 20} MB"}))
        return body

    def describe(self, item: Gathered) -> Record:
        """The record in our words."""
        return catalogue_entry.described(item, self._options)
