"""Blocks of UTF-8 for the scanner, whatever the encoding of the file: passed through where they are UTF-8 already,
else decoded and encoded again, block by block, with characters that a block's end cuts carried over.

What comes out is what Python's own decoder of that name gives, byte order marks included: `utf-8-sig` takes one
off, `utf-8` keeps it as U+FEFF, `utf-16` takes its own off. What cannot be decoded is an error raised in place of
the block that holds it.
"""

from __future__ import annotations

import codecs
import importlib
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import BinaryIO

BLOCK = 2**20
_AS_IT_IS = {"utf-8", "utf-8-sig", "ascii"}
_WIDE = {"iso8859-1", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}
_MULTIBYTE = {
    "big5", "big5hkscs", "cp932", "cp949", "cp950", "euc_jis_2004", "euc_jisx0213", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk",
    "johab", "shift_jis", "shift_jis_2004", "shift_jisx0213",
}


class UndecodableBytes(Exception):
    """The encoding does not know what comes after the blocks given so far, which were made of `offset` bytes at most."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


def supported(encoding: str) -> bool:
    """Whether `utf8_blocks` reads this encoding: UTF-8, -16 and -32, code pages of one byte, and the East Asian ones.

    UTF-7, ISO 2022 and HZ change meaning with a state that a file carries along, escapes and IDNA are no
    encodings of a file, and a codec that somebody else has registered is unknown: all of them are not.
    """
    name = _codec(encoding)
    return name in _AS_IT_IS | _WIDE | _MULTIBYTE or _is_code_page(name)


def utf8_blocks(open_stream: Callable[[], BinaryIO], encoding: str, *, size: int = BLOCK) -> Iterator[bytes]:
    """The text of a stream as blocks of UTF-8, never empty, of any length up to four times `size`.

    Blocks of `utf-8` and `utf-8-sig` are not looked at: whether they are valid is the scanner's to say. In every
    other encoding each block is whole characters, and UndecodableBytes is raised where there is a bad one. The stream is opened at
    the first block and closed at the end, or when the iterator is closed. LookupError where `supported` says no.
    """
    if not supported(encoding):
        raise LookupError(encoding)
    name = _codec(encoding)
    with closing(open_stream()) as stream:
        source = iter(lambda: stream.read(size), b"")
        if name == "utf-8":
            yield from source
        elif name == "utf-8-sig":
            yield from _without_mark(source)
        elif name == "ascii":
            yield from _ascii(source)
        else:
            yield from _transcoded(source, codecs.getincrementaldecoder(name)("strict"))


def universal_newlines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks with CR LF and CR as LF, which is how a text file opened with `newline=None` reads."""
    carried = b""
    for block in blocks:
        if carried or b"\r" in block:
            block = carried + block
            carried = b"\r" if block.endswith(b"\r") else b""
            block = block.removesuffix(carried).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if block:
            yield block
    if carried:
        yield b"\n"


def read_ahead(blocks: Iterator[bytes], *, depth: int = 2) -> Iterator[bytes]:
    """The same blocks, fetched by a thread of their own, at most `depth` ahead, while the last one is worked on.

    An error of the source is raised where its block would have come. When this iterator ends or is closed, so has
    the thread, which means waiting for the block that it is just fetching.
    """
    ready: queue.Queue[bytes | BaseException | None] = queue.Queue(depth)
    stopped = threading.Event()

    def fetch() -> None:
        last: BaseException | None = None
        try:
            for block in blocks:
                if stopped.is_set():
                    break
                ready.put(block)
        except BaseException as error:  # noqa: BLE001 - carried to the reader, whatever it is
            last = error
        finally:
            if close := getattr(blocks, "close", None):
                close()
        ready.put(last)

    thread = threading.Thread(target=fetch, name="read-ahead", daemon=True)
    thread.start()
    try:
        while (block := ready.get()) is not None:
            if isinstance(block, BaseException):
                raise block
            yield block
    finally:
        stopped.set()
        _drain(ready, thread)


def _drain(ready: queue.Queue, thread: threading.Thread) -> None:
    """Make room until the thread has put its last word and is gone."""
    while thread.is_alive():
        try:
            ready.get(timeout=0.02)
        except queue.Empty:
            continue
    thread.join()


def _codec(encoding: str) -> str:
    """Python's own name of an encoding; empty for one that it does not know."""
    try:
        return codecs.lookup(encoding).name
    except (LookupError, ValueError, TypeError):
        return ""


def _is_code_page(name: str) -> bool:
    """Whether this is one of Python's encodings of one byte a character."""
    try:
        module = importlib.import_module(f"encodings.{name.replace('-', '_')}") if name.replace("-", "").replace("_", "").isalnum() else None
    except ImportError:
        return False
    return hasattr(module, "decoding_table") or hasattr(module, "decoding_map")


def _without_mark(source: Iterator[bytes]) -> Iterator[bytes]:
    """Without one byte order mark at the start; a file that is only the beginning of one is empty, as in Python."""
    head = b""
    for block in source:
        head += block
        if len(head) >= len(codecs.BOM_UTF8) or not codecs.BOM_UTF8.startswith(head):
            break
    else:
        return
    if rest := head.removeprefix(codecs.BOM_UTF8):
        yield rest
    yield from source


def _ascii(source: Iterator[bytes]) -> Iterator[bytes]:
    offset = 0
    for block in source:
        if not block.isascii():
            raise UndecodableBytes(offset)
        offset += len(block)
        yield block


def _transcoded(source: Iterator[bytes], decoder: codecs.IncrementalDecoder) -> Iterator[bytes]:
    """UnicodeError is also what a decoder says of UTF-16 without its mark, and an encoder of half a surrogate pair."""
    offset = 0
    try:
        for block in source:
            if text := decoder.decode(block).encode():
                yield text
            offset += len(block)
        if text := decoder.decode(b"", final=True).encode():
            yield text
    except UnicodeError:
        raise UndecodableBytes(offset) from None
