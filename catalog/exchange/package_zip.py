"""A whole dataset as one file: a zipped Data Package, written while it is sent.

Each table stands in it as its typed CSV, each other file that is held here as its original bytes, and what is only linked stays a
link. The descriptor comes last in the archive, since it tells the size and the SHA-256 of what was written before it.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

import orjson

from catalog.exchange import data_package
from catalog.exchange.entries import Entry
from catalog.exchange.portal import Portal
from catalog.site import Site
from catalog.tables.export import csv_pieces

_EXTENSION = re.compile("[a-z0-9]{1,10}")
_LEAST, _MOST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2107, 12, 31, tzinfo=UTC)  # that a zip file can name


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of the package: `path` in the archive, and of what stored object it is made, a table or original bytes."""

    path: str
    sha256: str
    is_table: bool
    modified: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package that can be written: its descriptor as far as it is known, and the members of its resources by their place."""

    site: Site
    descriptor: dict[str, Any]
    members: dict[int, Member]

    @property
    def mark(self) -> str:
        """The same for the same bytes: a SHA-256 in hex."""
        return hashlib.sha256(orjson.dumps([self.descriptor, [member.sha256 for member in self.members.values()]])).hexdigest()

    def pieces(self) -> Iterator[bytes]:
        """The archive; Trouble where the store does not have a file of it."""
        for member in self.members.values():
            self.site.files.size(member.sha256)
        return filter(None, self._written())

    def _written(self) -> Iterator[bytes]:
        out = _Out()
        resources = [dict(resource) for resource in self.descriptor["resources"]]
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for place, member in self.members.items():
                digest, size = hashlib.sha256(), 0
                with archive.open(_info(member.path, member.modified), "w", force_zip64=True) as written:
                    for piece in self._content(member):
                        digest.update(piece)
                        size += len(piece)
                        written.write(piece)
                        yield out.taken()
                resources[place] |= {"bytes": size, "hash": f"sha256:{digest.hexdigest()}"}
            whole = orjson.dumps({**self.descriptor, "resources": resources}, option=orjson.OPT_INDENT_2)
            archive.writestr(_info("datapackage.json", max((member.modified for member in self.members.values()), default=_LEAST)), whole)
        yield out.taken()

    def _content(self, member: Member) -> Iterator[bytes]:
        return csv_pieces(self.site.files.path(member.sha256)) if member.is_table else self.site.files.stream(member.sha256)


def package(site: Site, portal: Portal, entry: Entry) -> Package:
    """The package of a dataset; the caller sees to it that it has a file."""
    descriptor = data_package.document(site, portal, entry)
    members = {}
    for place, (resource, file) in enumerate(zip(descriptor["resources"], entry.files, strict=True)):
        if file.version is not None:
            table = file.version.table_sha256 if "schema" in resource else None
            resource["path"] = f"data/{resource['name']}.{'csv' if table else _extension(file.version.filename)}"
            members[place] = Member(path=resource["path"], sha256=table or file.version.sha256, is_table=bool(table), modified=file.modified)
    return Package(site=site, descriptor=descriptor, members=members)


def _extension(filename: str) -> str:
    found = PurePosixPath(filename).suffix.lstrip(".").lower()
    return found if _EXTENSION.fullmatch(found) else "bin"


def _info(path: str, moment: datetime) -> zipfile.ZipInfo:
    kept = min(max(moment, _LEAST), _MOST)
    info = zipfile.ZipInfo(path, (kept.year, kept.month, kept.day, kept.hour, kept.minute, kept.second))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


class _Out(io.RawIOBase):
    """What an archive is written to, from which what is ready is taken; it cannot be gone back in."""

    def __init__(self) -> None:
        self._ready = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._ready += data
        return len(data)

    def taken(self) -> bytes:
        """What was written since it was asked last."""
        taken = bytes(self._ready)
        self._ready.clear()
        return taken
