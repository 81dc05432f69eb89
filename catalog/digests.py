"""What a file's bytes add up to: MD5, SHA-256 and size, computed once, wherever the bytes first pass by.

Both digests stand in every validation report (they are frictionless' `stats`), and computing them costs more than
the whole scan of a clean table. So whoever already holds each byte in its hand, a download above all, hands them on.
Where the processor and a compiler allow, `catalog/native/` computes both in one go, in the time of MD5 alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

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


class OneByOne:
    """MD5 and SHA-256 in the making by hashlib, one after the other; what `catalog._digests.Digests` offers, anywhere."""

    def __init__(self) -> None:
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._sha256 = hashlib.sha256()

    def update(self, block: bytes | bytearray | memoryview) -> None:
        """Take in the next bytes."""
        self._md5.update(block)
        self._sha256.update(block)

    def hexdigests(self) -> tuple[str, str]:
        """(MD5, SHA-256) of all bytes so far, in lower-case hex."""
        return self._md5.hexdigest(), self._sha256.hexdigest()


@cache
def quickest() -> Callable[[], Any]:
    """What computes both here: in one go where the extension was built and the processor has the instructions for it."""
    try:
        together = import_module("catalog._digests").Digests
        together()
    except (ImportError, OSError):
        return OneByOne
    return together


class Hashing:
    """Digests in the making; blocks of some KiB let other threads run, for the interpreter's lock is then given up."""

    def __init__(self) -> None:
        self._both = quickest()()
        self.size = 0

    def update(self, block: bytes | bytearray | memoryview) -> None:
        """Take in the next bytes."""
        self._both.update(block)
        self.size += len(block)

    def digests(self) -> Digests:
        """What all bytes so far add up to."""
        md5, sha256 = self._both.hexdigests()
        return Digests(md5=md5, sha256=sha256, size=self.size)


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
