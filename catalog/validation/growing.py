"""A file that is read while it is still being written: a download on one side, its validation on the other.

    download ──► Writer ──► spool file ──► Reader, Reader, …

The writer appends and counts; any number of readers start at the first byte, each at its own pace, and wait where
they have caught up. A reader sees just what it would see of the finished file: the same bytes, the same end. What breaks the
writing is raised to the readers, a writer that starts anew makes them start anew too, and a file that nobody wants any more stops
its writer.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from catalog.digests import Digests, Hashing
from catalog.errors import HaidangError
from catalog.validation.verdict import Cancelled

_PATIENCE = 0.25  # seconds between two looks at the wish to stop


class Abandoned(HaidangError):
    """Told to the writer: nobody reads this file any more."""


class StartedAgain(HaidangError):
    """Told to a reader: the bytes that it has seen do not count, the file has begun anew. A new reader reads the new ones."""


class GrowingFile:
    """A file at `path` that grows. `cancelled` is asked while a reader waits; readers then raise Cancelled.

    Whoever made it removes the file. Safe for one writer and many readers in threads of their own.
    """

    def __init__(self, path: Path, *, cancelled: Callable[[], bool] | None = None) -> None:
        self.path = path
        self._changed = threading.Condition()
        self._size = 0
        self._ended = False
        self._error: BaseException | None = None
        self._digests: Digests | None = None
        self._abandoned = False
        self._head: Any = None
        self.attempt = 0  # which writing of the file this is; 0 before the first
        self._cancelled = cancelled or (lambda: False)
        path.touch()

    def writer(self, watched_by: Callable[[], Callable[[bytes], None]] | None = None) -> Writer:
        """The one side that writes. `watched_by` is asked, whenever the writing begins, who is to be told of every piece."""
        return Writer(self, watched_by)

    def open(self) -> Reader:
        """A reader of its own, at the first byte; waits for the writing to begin."""
        self.head()
        return Reader(self)

    def head(self) -> Any:
        """What the writer knew of the file when it began; waits for that. Raises what a reader would."""
        self.wait_for(0, None)
        return self._head

    @property
    def begun(self) -> Any:
        """The same without waiting: None before the writing has begun."""
        return self._head

    def abandon(self) -> None:
        """Nobody wants the file any more: the writer and all readers are stopped at their next call."""
        with self._changed:
            self._abandoned = True
            self._changed.notify_all()

    @property
    def size(self) -> int:
        """How many bytes are there so far."""
        return self._size

    @property
    def ended(self) -> bool:
        """Whether all bytes are there."""
        return self._ended and self._error is None

    def digests(self) -> Digests:
        """The digests of the whole file; waits for its end. Raises what a reader would."""
        self.wait_for(None, None)
        assert self._digests is not None
        return self._digests

    def begin(self, head: Any) -> None:
        """Told by the writer: the first byte comes next."""
        with self._changed:
            self.attempt += 1
            self._size, self._head = 0, head
            self._changed.notify_all()

    def grow(self, size: int) -> None:
        """Told by the writer: so many bytes are there now. Raises Abandoned."""
        with self._changed:
            if self._abandoned:
                raise Abandoned
            self._size = size
            self._changed.notify_all()

    def end(self, digests: Digests | None, error: BaseException | None = None) -> None:
        """Told by the writer: nothing more will come, and why if that is a fault."""
        with self._changed:
            self._ended, self._digests, self._error = True, digests, error
            self._changed.notify_all()

    def wait_for(self, size: int | None, attempt: int | None) -> int:
        """Wait until `size` bytes are there (None: all of them) or the end has come; how many there are.

        `attempt` is the writing that the asker has begun to read, None where any will do. Raises StartedAgain where there is a
        newer one, the writer's error once all that came before it has been given, Cancelled when asked to stop.
        """
        with self._changed:
            while True:
                if self._abandoned or self._cancelled():
                    raise Cancelled
                if attempt not in (None, self.attempt):
                    raise StartedAgain
                if self.attempt and size is not None and self._size >= size:
                    return self._size
                if self._error is not None:
                    raise self._error
                if self._ended:
                    return self._size
                self._changed.wait(_PATIENCE)


class Writer:
    """The writing side, a sink of a download: `with growing.writer() as write:` ends the file well, or with the error that leaves the block."""

    def __init__(self, growing: GrowingFile, watched_by: Callable[[], Callable[[bytes], None]] | None = None) -> None:
        self._growing = growing
        self._hashing = Hashing()
        self._watched_by = watched_by
        self._watch: Callable[[bytes], None] | None = None
        self._file = growing.path.open("wb", buffering=0)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not error and not self._growing.attempt:
            self.begin(None)
        self._file.close()
        self._growing.end(None if error else self.digests(), error)

    def begin(self, head: Any) -> None:
        """The first byte comes next; `head` is what is known of the file by now. A second time everything begins anew."""
        self._hashing = Hashing()
        self._watch = self._watched_by() if self._watched_by else None
        self._growing.begin(head)  # before the bytes go, so that no reader takes their going for the end
        self._file.seek(0)
        self._file.truncate()

    def write(self, piece: bytes) -> int:
        """Append some bytes; the readers have them at once. Raises Abandoned when there is nobody left."""
        left = memoryview(piece)
        while left:
            left = left[self._file.write(left) or 0 :]
        self._hashing.update(piece)
        if self._watch:
            self._watch(piece)
        self._growing.grow(self._hashing.size)
        return len(piece)

    def digests(self) -> Digests:
        """Of what has been written so far."""
        return self._hashing.digests()


class Reader(io.BufferedIOBase):
    """The reading side, a binary file like any other: `read` waits for all that it was asked for, `read1` for something."""

    def __init__(self, growing: GrowingFile) -> None:
        self._growing = growing
        self._attempt = growing.attempt
        self._file = growing.path.open("rb", buffering=0)
        self._at = 0

    @property
    def name(self) -> str:
        """The path of the spool file."""
        return str(self._growing.path)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        self._require_open()
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place; one counted from the end waits for the end."""
        self._require_open()
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at}.get(whence)
        if base is None:
            if whence != io.SEEK_END:
                raise ValueError(f"invalid whence: {whence}")
            base = self._wait(None)
        if base + offset < 0:
            raise ValueError(f"negative seek position {base + offset}")
        self._at = base + offset
        return self._at

    def read(self, size: int | None = -1, /) -> bytes:
        """As many bytes as asked for, fewer only at the end of the file."""
        self._require_open()
        everything = size is None or size < 0
        there = self._wait(None if everything else self._at + size)
        return self._take(there - self._at if everything else min(size, there - self._at))

    def read1(self, size: int = -1, /) -> bytes:
        """What is there, at most `size` bytes, at least one but at the end."""
        self._require_open()
        if size == 0:
            return b""
        there = self._wait(self._at + 1)
        return self._take(min(there - self._at, size if size > 0 else io.DEFAULT_BUFFER_SIZE))

    def readinto(self, buffer: bytearray | memoryview, /) -> int:
        return self._into(buffer, self.read)

    def readinto1(self, buffer: bytearray | memoryview, /) -> int:
        return self._into(buffer, self.read1)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _wait(self, size: int | None) -> int:
        return self._growing.wait_for(size, self._attempt)

    def _into(self, buffer: bytearray | memoryview, read: Callable[[int], bytes]) -> int:
        view = memoryview(buffer).cast("B")
        got = read(len(view))
        view[: len(got)] = got
        return len(got)

    def _take(self, size: int) -> bytes:
        """Bytes that are known to be there."""
        if size <= 0:
            return b""
        self._file.seek(self._at, os.SEEK_SET)
        pieces = []
        while size > 0 and (piece := self._file.read(size)):
            pieces.append(piece)
            size -= len(piece)
            self._at += len(piece)
        if self._growing.attempt != self._attempt:
            raise StartedAgain
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _require_open(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed file")
