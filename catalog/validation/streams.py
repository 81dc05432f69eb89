"""A file's bytes as a stream, unpacked where it is packed: gzip, bzip2, xz, or one entry of a zip.

What Python's own modules accept is accepted, and what they refuse is refused: several members of a gzip file are read
one after the other, zeros after the last are passed over, anything else there is an error.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO, cast

PACKED = ("gz", "bz2", "xz", "zip")
BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError)  # what reading a broken one raises


def open_plain(path: Path) -> BinaryIO:
    """A file that will be read in large pieces from its start to its end."""
    file = path.open("rb", buffering=0)
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_SEQUENTIAL)
    return cast(BinaryIO, file)


def open_packed(path: Path, packing: str, entry: str = "") -> BinaryIO:
    """What is in a file packed as `gz`, `bz2`, `xz` or `zip`; without an `entry`, the first one of a zip, as frictionless takes it.

    Errors of a broken file are of the kinds in `BROKEN`; they come with the first bytes, or in the middle. LookupError for an
    unknown packing, KeyError for an entry that is not there.
    """
    if packing == "gz":
        return cast(BinaryIO, gzip.open(path))
    if packing == "bz2":
        return cast(BinaryIO, bz2.open(path))
    if packing == "xz":
        return cast(BinaryIO, lzma.open(path))
    if packing == "zip":
        return cast(BinaryIO, _entry(path, entry))
    raise LookupError(packing)


def _entry(path: Path, entry: str) -> object:
    """One entry of a zip; the archive stays open as long as the entry's stream refers to it."""
    archive = zipfile.ZipFile(path)
    try:
        names = archive.namelist()
        if not names:
            raise zipfile.BadZipFile("no entry")
        return archive.open(entry or names[0])
    finally:
        archive.close()  # the file itself is closed with the last entry that is open
