"""Is a text file plainly fit to be read as it is? Proven in one pass over its bytes, also while they arrive.

Plain is: UTF-8, composed letters (NFC), no NUL, no endless line. This only ever proves; what it cannot prove is looked
at again, slowly, by `encodings` and `delimited`, which find what is wrong and where.
"""

from __future__ import annotations

import codecs
import unicodedata
from pathlib import Path

from catalog.digests import BLOCK, blocks_of

_END = 64


class Survey:
    """What is known of a text file of which the bytes so far have been seen; `line` is the longest line allowed, in bytes."""

    def __init__(self, line: int) -> None:
        self._limit = line
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._length = 0  # of the line that is not at its end yet
        self._last = ""
        self.plain = True
        self.marked = False  # by a byte order mark
        self._head = b""

    def update(self, block: bytes) -> None:
        """Take in the next bytes; after the first that are not plain nothing more is looked at."""
        if len(self._head) < len(codecs.BOM_UTF8):
            self._head = (self._head + block[:3])[:3]
            self.marked = self._head == codecs.BOM_UTF8
        for start in range(0, len(block), BLOCK):
            if not self.plain:
                return
            piece = block[start : start + BLOCK] if len(block) > BLOCK else block
            self.plain = 0 not in piece and self._lines_end(piece) and self._is_composed(piece, final=False)

    def finish(self) -> bool:
        """Whether the file, now at its end, is plain."""
        self.plain = self.plain and self._is_composed(b"", final=True)
        return self.plain

    def _lines_end(self, piece: bytes) -> bool:
        """A line within one piece is short enough by itself unless the limit is less than a piece."""
        if self._limit < BLOCK:
            lines = piece.replace(b"\r", b"\n").split(b"\n")
            lengths = [self._length + len(lines[0]), *map(len, lines[1:])]
            self._length = lengths[-1]
            return max(lengths) <= self._limit
        first = min((at for at in (piece.find(b"\n"), piece.find(b"\r")) if at >= 0), default=len(piece))
        last = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        longest = self._length + first
        self._length = longest if last < 0 else len(piece) - last - 1
        return longest <= self._limit

    def _is_composed(self, piece: bytes, *, final: bool) -> bool:
        """Two pieces that are composed may not be so together, so the end of one is looked at again with the next."""
        try:
            text = self._last + self._decoder.decode(piece, final)
        except UnicodeDecodeError:
            return False
        self._last = _end(text)
        return len(self._last) < _END and unicodedata.is_normalized("NFC", text)


def _end(text: str) -> str:
    """The text from its last ASCII sign on, to which no sign before it can be joined; at most `_END` signs."""
    tail = text[-_END:]
    return tail[max((at for at, sign in enumerate(tail) if sign.isascii()), default=0) :]


def survey(path: Path, line: int) -> Survey:
    """The survey of a whole file."""
    found = Survey(line)
    for block in blocks_of(path):
        found.update(block)
        if not found.plain:
            return found
    found.finish()
    return found
