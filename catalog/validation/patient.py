"""How frictionless itself reads a file that is still coming: the stream that it would open, which waits where it must.

The chunks in which frictionless reads show in its statistics when it stops early. So this is Python's own buffered file, and
before each read the bytes that it may touch are waited for.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, BinaryIO

from frictionless import Resource
from frictionless.schemes.local import LocalLoader

_AHEAD = 2**18  # bytes that a buffered file may read beyond what it is asked for
_STEP = 2**18  # bytes that are waited for at once


class PatientLoader(LocalLoader):
    """The loader of a local file whose bytes `opener` gives from the start, waiting for those that are not there yet."""

    def __init__(self, resource: Resource, opener: Callable[[], BinaryIO]) -> None:
        super().__init__(resource)
        self._opener = opener

    def read_byte_stream_create(self) -> Any:
        return PatientStream(super().read_byte_stream_create(), self._opener())


class PatientStream:
    """A buffered binary file, and beside it the stream that knows what has come."""

    def __init__(self, file: BinaryIO, coming: BinaryIO) -> None:
        self._file = file
        self._coming = coming
        self._here = 0  # up to where it is known that the bytes are there, or that there are no more

    @property
    def closed(self) -> bool:
        return self._file.closed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def read(self, size: int = -1) -> bytes:
        """The next bytes, as many as asked for."""
        if size < 0:
            self._coming.seek(0, io.SEEK_END)
        self._wait(size)
        return self._file.read(size)

    def read1(self, size: int = -1) -> bytes:
        """The next bytes, as many as a file that is all there gives at once."""
        self._wait(size)
        return self._file.read1(size)

    def close(self) -> None:
        """Close both."""
        self._coming.close()
        self._file.close()

    def _wait(self, size: int) -> None:
        """A stream that waits gives nothing at a place before all up to it has come, or the end has."""
        needed = self._file.tell() + max(size, 0) + _AHEAD
        if needed > self._here:
            self._here = needed + _STEP
            self._coming.seek(self._here)
            try:
                self._coming.read(0)
            except BaseException:
                self.close()  # frictionless does not close what fails while it is opened
                raise
