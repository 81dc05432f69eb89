"""A folder of files: a web server's listing, or a folder of this machine. Every data file is a dataset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar
from urllib.parse import quote

from catalog.errors import Trouble
from catalog.issues import Issue
from catalog.net import ABOUT_THE_HOST, LocalFolder, Net, is_file_url
from catalog.net.local import mark_of
from catalog.record import Record
from catalog.sources import is_local
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.describing import DEFAULTS, as_text, is_yes
from harvesters.file import format_from
from harvesters.folder import MAX_SIDECAR, OPTIONS, drafted, is_sidecar, is_wanted, walked, words_by_file
from harvesters.web_folder import Walk

FILES = 100  # of one page


class Directory:
    """A web directory or a local folder; `metadata.json` or `metadata.csv` in it may say more of its files.

    `metadata.json` is an object by file name or a list of objects with `file`; `metadata.csv` a table with the column
    `file`. Both know title, title_en, description, tags, theme, license, frequency, schema, encoding, illustrative.
    """

    kind: ClassVar[str] = "directory"
    local: ClassVar[bool] = True
    title: ClassVar[Mapping[str, str]] = {"vi": "Thư mục tệp", "en": "Folder of files"}
    options: ClassVar[tuple[Option, ...]] = (*OPTIONS, *DEFAULTS)

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._source, self._options, self._net = source, source.options, net
        self._folder: LocalFolder | None = net.local_folder(source.url) if is_local(source.url) else None
        self._found: dict[str, dict[str, Any]] | None = None
        self._issues: list[Issue] = []
        self._shortfall: Issue | None = None
        self._since: str | None = None  # the cursor at which the folder was looked through

    def page(self, cursor: str | None) -> Page:
        """The next 100 files in the order of their paths; the cursor is the path of the last one."""
        if self._found is None:
            self._issues, self._shortfall, self._since = [], None, cursor
            self._found = self._gather()
        paths = sorted(path for path in self._found if cursor is None or path > cursor)
        items = tuple(Gathered(identifier=path, raw=self._marked(self._found[path])) for path in paths[:FILES])
        return Page(items=items, cursor=paths[FILES - 1] if len(paths) > FILES else None, total=len(self._found),
                    issues=tuple(self._issues) if cursor is None else (), shortfall=self._shortfall if cursor in (None, self._since) else None)

    def _gather(self) -> dict[str, dict[str, Any]]:
        """Every data file by its path below the folder, with what its folder's sidecar says of it."""
        found: dict[str, dict[str, Any]] = {}
        said: dict[str, Mapping[str, Any]] = {}
        for path, raw in self._local() if self._folder else self._web():
            name = PurePosixPath(path).name
            if is_sidecar(name):
                above = path[: len(path) - len(name)]
                said |= {above + file: words for file, words in self._sidecar(raw["url"], path).items()}
            elif is_wanted(name, self._options):
                found[path] = raw
        for path, words in said.items():
            if path in found:
                found[path]["says"] = words
        return found

    def _local(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for relative in walked(self._folder, self._net, recursive=is_yes(self._options.get("recursive"))):
            try:
                status = self._folder.real(relative).stat()
            except Trouble as trouble:
                self._issues.append(trouble.issue)
                continue
            yield relative.as_posix(), {"url": (self._folder.root / relative).as_uri(), "size": status.st_size, "etag": mark_of(status)}

    def _web(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Files of the listing and, where wanted, of the listings below it."""
        self._net.require_crawlable(self._source.url)
        walk, seen = Walk(self._net, is_yes(self._options.get("recursive"))), 0
        for path, entry in walk.files(self._net.get(self._source.url)):
            seen += 1
            yield path, {"url": entry.url, "listed": entry.note, "modified": entry.modified, "dated": entry.is_dated}
        self._shortfall = walk.shortfall(self._source.url, seen)

    def _marked(self, raw: dict[str, Any]) -> dict[str, Any]:
        """The file's entry with the marks by which a change is seen; asked of the file where the listing has no date.

        A file that does not answer is listed all the same, without marks: fetching it will say what is wrong. A host
        that is gone ends the listing.
        """
        marks = {key: value for key, value in raw.items() if key != "dated" and value}
        if self._folder is None and not raw["dated"]:
            try:
                headers = self._net.head(raw["url"]).headers
            except Trouble as trouble:
                if trouble.issue.code in ABOUT_THE_HOST:
                    raise
                return marks
            names = (("etag", "etag"), ("modified", "last-modified"), ("size", "content-length"))
            marks |= {key: headers[name] for key, name in names if name in headers}
        return marks

    def _sidecar(self, url: str, path: str) -> dict[str, Mapping[str, Any]]:
        """What a metadata file says, by file name; one that cannot be read is an issue, its folder's files are not lost."""
        try:
            if self._folder is not None:
                data = self._folder.real(Path(path)).read_bytes()[:MAX_SIDECAR]
            else:
                data = self._net.get(url, max_bytes=MAX_SIDECAR).body
            return words_by_file(data, path, url)
        except Trouble as trouble:
            self._issues.append(trouble.issue)
            return {}

    def describe(self, item: Gathered) -> Record:
        """The dataset of one file: what the sidecar says of it, else what its name and the options say."""
        raw = item.raw
        name = PurePosixPath(item.identifier).name
        draft, says = drafted(item, self._options)
        where = as_text(raw.get("url"))
        distribution = draft.distribution(
            quote(item.identifier) if is_file_url(where) else where, name=says.get("resource_title") or name,
            format=format_from(name), schema=says.get("schema"),
            encoding=says.get("encoding"), last_modified=raw.get("modified"))
        if distribution is not None and is_file_url(where):
            distribution = replace(distribution, location=where)
        return draft.record([distribution])

