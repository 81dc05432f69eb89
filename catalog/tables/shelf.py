"""A shelf of files that can be made again: each made once on this machine, the least used dropped first.

What is made stands beside its place until it is whole, and is moved there in one step. A second process that wants the same
file waits for it. A name never changes its meaning, so it begins with the SHA-256 of what the file is made from.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Make = Callable[[Path], None]  # writes the file at that path; the folder around it is its own and goes afterwards


class Shelf:
    """Files in `folder` of at most `limit` bytes together."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder, self._limit = folder, limit

    def get(self, name: str, make: Make) -> Path:
        """The file of that name, made where it is not there; read it, never write to it."""
        target = self._folder / name
        try:
            os.utime(target)
        except FileNotFoundError:
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._alone(name):
                if not target.is_file():
                    self._make(target, make)
                    self._make_room(target)
        return target

    def _make(self, target: Path, make: Make) -> None:
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".build-") as folder:
            made = Path(folder) / target.name
            make(made)
            os.replace(made, target)

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        """Nobody else on this machine makes the same file meanwhile."""
        with (self._folder / f"{name[:2]}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _make_room(self, newest: Path) -> None:
        """Drop the files that were used least lately until the rest fits; those that are open stay readable."""
        found = []
        for path in self._folder.glob("[!.]*"):
            try:
                found.append((path.stat().st_mtime_ns, path.stat().st_size, path))
            except FileNotFoundError:  # dropped by another process
                continue
        total = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if total <= self._limit:
                return
            if path != newest and path.suffix != ".lock":
                path.unlink(missing_ok=True)
                total -= size
