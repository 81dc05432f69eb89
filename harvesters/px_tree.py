"""Walks the folders of a version 1 PX-Web interface, breadth first, a few folders a page.

The cursor holds the folders that wait, so that the walk goes on after a restart. A server that gives the first folder
again whatever it is asked for, a tree without end, a folder that cannot be read: each ends as a shortfall, never as a loop.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net.politeness import ABOUT_THE_HOST
from harvesters.base import Gathered, Page
from harvesters.describing import as_text, identified, parted
from harvesters.px_api import PxApi, below

FOLDERS = 5_000  # of one source
DEPTH = 12
AT_ONCE = 20  # folders of one page
TABLES = 100  # after which a page is full


@dataclass(slots=True, kw_only=True)
class Walk:
    """Where the walk stands: folders that wait (names from the root, and what the folders are called), and what was seen.

    `is_cut` once it was said that folders are left out.
    """

    waiting: list[tuple[list[str], str]] = field(default_factory=lambda: [([], "")])
    read: int = 0
    tables: int = 0
    root: str = ""  # digest of the first folder's listing
    is_cut: bool = False

    @classmethod
    def from_cursor(cls, cursor: str | None) -> Walk:
        if cursor is None:
            return cls()
        values = json.loads(cursor)
        waiting = [(list(names), said) for names, said in values["waiting"]]
        return cls(waiting=waiting, read=values["read"], tables=values["tables"], root=values["root"], is_cut=values.get("is_cut", False))

    def cursor(self) -> str | None:
        """The rest of the walk as text; None at its end."""
        if not self.waiting:
            return None
        return json.dumps(asdict(self), ensure_ascii=False)


def page(api: PxApi, root: str, cursor: str | None) -> Page:
    """The tables of the next folders."""
    walk = Walk.from_cursor(cursor)
    found: list[Gathered | Issue] = []
    shortfall = None
    before = walk.read
    while walk.waiting and walk.read - before < AT_ONCE and len(found) < TABLES:
        names, said = walk.waiting.pop(0)
        walk.read += 1
        url = below(root, *names) if names else root
        try:
            listing = api.get(url)
            if isinstance(listing, Mapping) and not names and isinstance(listing.get("variables"), list):
                return _one_table(root, listing)
            if not isinstance(listing, list):
                raise Trouble(Issue("listing-of-another-kind", Place(url=url), {"expected": "id, type, text"}))
        except Trouble as trouble:
            if not names or trouble.issue.code in ABOUT_THE_HOST:
                raise
            shortfall = shortfall or trouble.issue
            continue
        cut = _note_folders(walk, listing, names, said)
        if cut is not None and not walk.is_cut:
            shortfall, walk.is_cut = shortfall or cut, True
        if not names or _digest(listing) != walk.root:
            found += _tables(listing, url, names, said)
    items, issues = parted(found)
    walk.tables += len(found)
    rest = walk.cursor()
    return Page(items=items, issues=issues, cursor=rest, total=walk.tables if rest is None else None,
                shortfall=shortfall and _placed(shortfall, root))


def _one_table(root: str, listing: Mapping[str, Any]) -> Page:
    """The address was that of a table."""
    name = root.rsplit("/", 1)[-1]
    raw = {"title": as_text(listing.get("title")), "updated": "", "subject": "", "url": root}
    return Page(items=(Gathered(identifier=name, raw=raw),), total=1)


def _note_folders(walk: Walk, listing: list[Any], names: list[str], said: str) -> Issue | None:
    """Let the folders of a listing wait; an issue where they are too many, too deep, or the first folder once more."""
    digest = _digest(listing)
    if not names:
        walk.root = digest
    elif digest == walk.root and listing:
        return Issue("listing-cut", facts={"folders": walk.read})
    for entry in listing:
        name = _folder(entry)
        if name is None:
            continue
        if len(names) >= DEPTH or walk.read + len(walk.waiting) >= FOLDERS:
            return Issue("listing-cut", facts={"folders": walk.read})
        title = as_text(entry.get("text")).strip()
        walk.waiting.append(([*names, name], " / ".join(filter(None, [said, title]))))
    return None


def _folder(entry: Any) -> str | None:
    """The name of a folder or database; None for anything else."""
    if not isinstance(entry, Mapping):
        return None
    name = entry.get("id") if entry.get("type") == "l" else entry.get("dbid")
    return name if isinstance(name, str) and name.strip() and name not in (".", "..") else None


def _tables(listing: list[Any], url: str, names: list[str], said: str) -> Iterator[Gathered | Issue]:
    """The tables of a folder under their path from the root."""
    for entry in listing:
        if _folder(entry) is not None or (isinstance(entry, Mapping) and entry.get("type") in ("h", "l")):
            continue
        found = identified(entry, entry.get("id") if isinstance(entry, Mapping) else None, Place(url=url))
        if isinstance(found, Issue):
            yield found
            continue
        raw = {"title": as_text(entry.get("text")), "updated": as_text(entry.get("updated")), "subject": said,
               "url": below(url, found.identifier)}
        yield identified(raw, "/".join([*names, found.identifier]), Place(url=url))


def _digest(listing: list[Any]) -> str:
    """What tells one listing from another: the names and kinds in it."""
    names = [[as_text(entry.get(key)) for key in ("id", "dbid", "type")] if isinstance(entry, Mapping) else []
             for entry in listing]
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()[:16]


def _placed(issue: Issue, root: str) -> Issue:
    return issue if issue.place.url else Issue(issue.code, Place(url=root), issue.facts)
