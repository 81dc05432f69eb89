"""A folder of files on another machine, whatever the protocol: walked with limits, listed in the order of the paths, fetched on demand."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any, Protocol
from urllib.parse import quote

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.record import Record
from harvesters.base import Gathered, Page
from harvesters.describing import as_text
from harvesters.file import format_from
from harvesters.folder import MAX_SIDECAR, drafted, is_sidecar, is_wanted, words_by_file

FILES = 100  # of one page
FOLDERS, DEPTH, ENTRIES = 2_000, 12, 200_000  # a listing that leads to more is a maze


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is in a folder: its name there, and, of a file, where it is fetched from and the mark that changes with it."""

    name: str
    is_folder: bool = False
    where: str = ""
    mark: str = ""
    size: int | None = None
    modified: str | None = None


class Walk(Protocol):
    """A connection to the machine, for one listing."""

    def entries(self, folder: str) -> Iterator[Entry | Issue]:
        """What is in a folder, given by its path below the root; Trouble when it cannot be listed."""
        ...

    def read(self, entry: Entry, limit: int) -> bytes:
        """A small file whole; Trouble when it is larger or cannot be had."""
        ...


@dataclass
class Found:
    """The data files of a walk by their paths, and what went wrong: `issues` of single entries, `shortfall` where parts are missing.

    `since` is the cursor at which the walk was made: another than None where the program was started anew amid the listing.
    """

    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    shortfall: Issue | None = None
    since: str | None = None


def gathered(walk: Walk, options: Mapping[str, Any], *, recursive: bool, since: str | None = None) -> Found:
    """Every data file below the root with what its folder's metadata file says of it.

    A sub-folder that cannot be listed, or more folders than any order needs, is a shortfall: what is missing then proves nothing.
    """
    found, said = Found(since=since), {}
    waiting, walked, seen = deque([""]), 0, 0
    while waiting:
        folder = waiting.popleft()
        walked += 1
        try:
            for entry in walk.entries(folder):
                seen += 1
                if isinstance(entry, Issue):
                    found.issues.append(entry)
                elif entry.is_folder:
                    waiting += [f"{folder}{entry.name}/"] if recursive else []
                elif is_sidecar(entry.name):
                    said |= {folder + file: words for file, words in _sidecar(walk, entry, folder, found).items()}
                elif is_wanted(entry.name, options):
                    found.files[folder + entry.name] = _raw(entry)
        except Trouble as trouble:
            if not folder:
                raise
            found.shortfall = trouble.issue
        if waiting and (walked == FOLDERS or waiting[0].count("/") > DEPTH) or seen > ENTRIES:  # the deepest wait last
            found.shortfall = Issue("folder-a-maze", Place(), {"folders": FOLDERS, "depth": DEPTH, "files": ENTRIES})
            break
    for path, words in said.items():
        if path in found.files:
            found.files[path]["says"] = words
    return found


def _raw(entry: Entry) -> dict[str, Any]:
    told = {"where": entry.where, "mark": entry.mark, "size": entry.size, "modified": entry.modified}
    return {key: value for key, value in told.items() if value not in (None, "")}


def _sidecar(walk: Walk, entry: Entry, folder: str, found: Found) -> Mapping[str, Mapping[str, Any]]:
    """What a metadata file says; one that cannot be read is an issue, its folder's files are not lost."""
    try:
        return words_by_file(walk.read(entry, MAX_SIDECAR), entry.name, folder + entry.name)
    except Trouble as trouble:
        found.issues.append(trouble.issue)
        return {}


def listed(found: Found, cursor: str | None) -> Page:
    """The next 100 files in the order of their paths; the cursor is the path of the last one. A walk says once that it fell short."""
    paths = sorted(path for path in found.files if cursor is None or path > cursor)
    items = tuple(Gathered(identifier=path, raw=found.files[path]) for path in paths[:FILES])
    return Page(items=items, cursor=paths[FILES - 1] if len(paths) > FILES else None, total=len(found.files),
                issues=tuple(found.issues) if cursor is None else (),
                shortfall=found.shortfall if cursor in (None, found.since) else None)


def described(item: Gathered, options: Mapping[str, Any], address: str = "") -> Record:
    """The dataset of one file; where it has no `address` on the web, its file has one of ours."""
    raw = item.raw or {}
    name = PurePosixPath(item.identifier).name
    draft, says = drafted(item, options)
    file = draft.distribution(address or quote(item.identifier), name=says.get("resource_title") or name, format=format_from(name),
                              schema=says.get("schema"), encoding=says.get("encoding"), last_modified=raw.get("modified"))
    recipe = {"path": item.identifier, "where": as_text(raw.get("where")), "mark": as_text(raw.get("mark"))}
    return draft.record([file and replace(file, recipe=recipe)])


def is_plain(name: str) -> bool:
    """Whether a server's name for an entry is one name, and no way to somewhere else."""
    return bool(name) and name not in (".", "..") and not any(sign in name for sign in "/\\\0")
