"""The text of a table that frictionless has opened, once more from its start: as blocks for the scanner."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from frictionless.formats.csv import CsvControl, CsvParser
from frictionless.schemes.buffer import BufferLoader
from frictionless.schemes.local import LocalLoader

from catalog.digests import HashedStream, Hashing
from catalog.validation import blocks
from catalog.validation.streams import PACKED, open_packed, open_plain

if TYPE_CHECKING:
    from catalog.validation.fast_table import FastTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """How the scanner may read what frictionless reads: where the bytes come from and how they are split.

    `options` are those of the scanner's dialect. `plain` says that the bytes of the file are those that are read, so
    that their digests are to be had on the way; frictionless takes those of a packed file before it unpacks it.
    """

    table: FastTable
    stream: Callable[[], BinaryIO]
    encoding: str
    options: dict[str, Any]
    plain: bool

    def blocks(self, hashing: Hashing | None = None) -> Iterator[bytes]:
        """The text as UTF-8, with line ends as frictionless' text stream gives them; UndecodableBytes where there are such."""
        def opened() -> BinaryIO:
            stream = self.stream()
            return stream if hashing is None else cast(BinaryIO, HashedStream(stream, hashing))

        found = blocks.utf8_blocks(opened, self.encoding)
        return found if self.table.format == "csv" else blocks.universal_newlines(found)


def reopening(table: FastTable) -> Opened | None:
    """How to read an opened table again; None where only frictionless can, because of its place, encoding or dialect."""
    parser = table._TableResource__parser
    if type(parser) is not CsvParser or table.format not in ("csv", "tsv") or table.multipart or table.extrapaths:
        return None
    options = _options(table)
    stream = table.opener if table.opener and not table.compression else _stream(table, parser.loader)
    if options is None or stream is None or not table.encoding or not blocks.supported(table.encoding):
        return None
    return Opened(table=table, stream=stream, encoding=table.encoding, options=options, plain=not table.compression)


def _options(table: FastTable) -> dict[str, Any] | None:
    """The dialect in the scanner's words; None where a sign is more than one byte or stands for two things."""
    dialect = CsvControl.from_dialect(table.dialect).to_python()
    quote = dialect.quotechar if dialect.quoting == 0 else None  # csv.QUOTE_MINIMAL
    signs = [sign for sign in (dialect.delimiter, quote, dialect.escapechar) if sign is not None]
    if any(len(sign) != 1 or not sign.isascii() or sign in "\r\n " for sign in signs) or len(set(signs)) != len(signs):
        return None
    options: dict[str, Any] = {"delimiter": dialect.delimiter.encode(), "double_quote": bool(dialect.doublequote),
                               "skip_space": bool(dialect.skipinitialspace)}
    if quote is not None:
        options["quote"] = quote.encode()
    if dialect.escapechar is not None:
        options["escape"] = dialect.escapechar.encode()
    return options


def _stream(table: FastTable, loader: Any) -> Callable[[], BinaryIO] | None:
    if type(loader) is BufferLoader and not table.compression and isinstance(table.data, bytes):
        return lambda: io.BytesIO(table.data)
    if type(loader) is not LocalLoader or not table.normpath:
        return None
    path = Path(table.normpath.replace("file://", "", 1) if table.normpath.startswith("file://") else table.normpath)
    if not table.compression:
        return lambda: open_plain(path)
    if table.compression in PACKED:
        return lambda: open_packed(path, table.compression, table.innerpath or "")
    return None
