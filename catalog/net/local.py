"""Files of a folder on the operator's own machine, read through the same door as the network.

Only folders that a source names are open, only what truly lies below them, and a link that leads out is refused.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from catalog.digests import Hashing
from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net.limits import Downloaded, Sink
from catalog.net.transfer import PIECE, megabytes


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """One folder; `root` is its real path."""

    root: Path

    def files(self, *, recursive: bool) -> Iterator[Path]:
        """Paths relative to the folder, in the order of their names; hidden files are passed over."""
        if not self.root.is_dir():
            raise Trouble(Issue("folder-missing", Place(file=str(self.root))))
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(name for name in folders if not name.startswith(".")) if recursive else []
            for name in sorted(names):
                if not name.startswith("."):
                    yield (Path(folder) / name).relative_to(self.root)

    def real(self, relative: Path) -> Path:
        """The real path of a file; Trouble `folder-left` when it lies outside, `folder-missing` when it is not there."""
        path = (self.root / relative).resolve()
        if not path.is_relative_to(self.root):
            raise Trouble(Issue("folder-left", Place(file=str(relative))))
        if not path.is_file():
            raise Trouble(Issue("folder-missing", Place(file=str(relative))))
        return path


class LocalFolders:
    """The folders that are open."""

    def __init__(self) -> None:
        self._open: set[Path] = set()

    def open(self, where: str) -> LocalFolder:
        """The folder of an absolute path or a `file://` URL."""
        folder = LocalFolder(Path(unquote(urlsplit(where).path) if is_file_url(where) else where).resolve())
        self._open.add(folder.root)
        return folder

    def download(self, url: str, to: Path | Sink, max_bytes: int, etag: str | None) -> Downloaded:
        """A copy of a file below an open folder; its size and time of change stand for an ETag."""
        path = Path(unquote(urlsplit(url).path))
        root = next((root for root in self._open if path.is_relative_to(root)), None)
        if root is None:
            raise Trouble(Issue("url-not-http", Place(url=url), {"scheme": "file"}))
        path = LocalFolder(root).real(path.relative_to(root))
        status = path.stat()
        if status.st_size > max_bytes:
            raise Trouble(Issue("too-large", Place(url=url), {"limit": megabytes(max_bytes)}))
        mark = mark_of(status)
        if mark == etag:
            return Downloaded(status="not-modified", url=url, etag=mark)
        with path.open("rb") as file:
            return written(iter(lambda: file.read(PIECE), b""), to, Downloaded(status="new", url=url, filename=path.name, etag=mark))


def is_file_url(where: str) -> bool:
    """Whether the address names a file of this machine rather than one of the network."""
    return where[:7].lower() == "file://"


def mark_of(status: os.stat_result) -> str:
    """What changes when a file does."""
    return f"{status.st_size:x}-{status.st_mtime_ns:x}"


def written(pieces: Iterator[bytes], to: Path | Sink, head: Downloaded) -> Downloaded:
    """The download with its digests, after writing its pieces beside `to` and moving them there in one step, or into a sink."""
    if not isinstance(to, Path):
        to.begin(head)
        for piece in pieces:
            to.write(piece)
        return replace(head, digests=to.digests())
    part = to.with_name(f".{to.name}.part")
    hashing = Hashing()
    try:
        with part.open("wb") as file:
            for piece in pieces:
                file.write(piece)
                hashing.update(piece)
        os.replace(part, to)
    finally:
        part.unlink(missing_ok=True)
    return replace(head, digests=hashing.digests())
