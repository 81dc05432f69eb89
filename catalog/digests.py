"""What a file's bytes add up to: MD5, SHA-256 and size, computed once, wherever the bytes first pass by.

Both digests stand in every validation report (they are frictionless' `stats`), and computing them costs more than
the whole scan of a clean table. So whoever already holds each byte in its hand, a download above all, hands them on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

BLOCK = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """Of all bytes of a file: `md5` and `sha256` in lower-case hex, `size` in bytes."""

    md5: str
    sha256: str
    size: int


class LaterDigests:
    """Digests of a file that is not all here yet; whoever looks at one of them waits for what `wait` gives."""

    def __init__(self, wait: Callable[[], Digests]) -> None:
        self._wait = wait

    @property
    def md5(self) -> str:
        return self._wait().md5

    @property
    def sha256(self) -> str:
        return self._wait().sha256

    @property
    def size(self) -> int:
        return self._wait().size


class Hashing:
    """Digests in the making; blocks of some KiB let other threads run, for hashlib then gives up the interpreter's lock."""

    def __init__(self) -> None:
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256()
        self.size = 0

    def update(self, block: bytes | bytearray | memoryview) -> None:
        """Take in the next bytes."""
        self._md5.update(block)
        self._sha256.update(block)
        self.size += len(block)

    def digests(self) -> Digests:
        """What all bytes so far add up to."""
        return Digests(md5=self._md5.hexdigest(), sha256=self._sha256.hexdigest(), size=self.size)


class HashedStream:
    """A stream read from its start to its end, whose bytes are taken into a `Hashing` on their way; it cannot seek."""

    def __init__(self, stream: BinaryIO, hashing: Hashing) -> None:
        self._stream = stream
        self._hashing = hashing

    def read(self, size: int = -1) -> bytes:
        """The next bytes, empty at the end."""
        block = self._stream.read(size)
        self._hashing.update(block)
        return block

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        self._stream.close()


def digest_file(path: Path) -> Digests:
    """The digests of a file."""
    hashing = Hashing()
    for block in blocks_of(path):
        hashing.update(block)
    return hashing.digests()


def blocks_of(path: Path) -> Iterator[bytes]:
    """The bytes of a file, about a MiB at a time."""
    with path.open("rb", buffering=0) as file:
        while block := file.read(BLOCK):
            yield block
