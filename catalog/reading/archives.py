"""Zip files: what is inside is measured before anything is opened, and no name in it becomes a path."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.reading.limits import Limits, Request, Workspace

_ARCHIVES = (".zip", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".tar")
_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".json", ".geojson", ".parquet")
_BROKEN = (zipfile.BadZipFile, RuntimeError, zlib.error, EOFError, OSError, ValueError)  # RuntimeError: a way of packing that is not known here


def measure(path: Path, filename: str, limits: Limits) -> list[zipfile.ZipInfo]:
    """The entries of a zip (or a zipped workbook) within the limits; Trouble before anything is unpacked."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [info for info in archive.infolist() if not info.is_dir()]
    except _BROKEN:
        raise Trouble(Issue("archive-broken", Place(file=filename))) from None
    if len(entries) > limits.entries:
        raise Trouble(Issue("archive-bomb", Place(file=filename), {"what": f"{len(entries)} > {limits.entries}"}))
    for info in entries:
        shrunk = info.file_size > limits.ratio_from and info.file_size > limits.ratio * max(info.compress_size, 1)
        if info.file_size > limits.entry or shrunk:
            facts = {"what": f"{_shown(info.filename)}: {info.compress_size} → {info.file_size} bytes"}
            raise Trouble(Issue("archive-bomb", Place(file=filename), facts))
    total = sum(info.file_size for info in entries)
    if total > limits.unpacked:
        raise Trouble(Issue("archive-bomb", Place(file=filename), {"what": f"{total} > {limits.unpacked} bytes"}))
    return entries


def unpack(request: Request, workspace: Workspace) -> tuple[Path, str, list[str]]:
    """The first table of a zip, copied into the workspace: its path, its own name, the names of the other tables."""
    entries = measure(request.path, request.filename, request.limits)
    place = Place(file=request.filename)
    if nested := [info for info in entries if info.filename.lower().endswith(_ARCHIVES)]:
        raise Trouble(Issue("archive-nested", place, {"entry": _shown(nested[0].filename)}))
    if unsafe := [info for info in entries if _leaves_the_folder(info.filename)]:
        raise Trouble(Issue("archive-unsafe-name", place, {"entry": _shown(unsafe[0].filename)}))
    tables = list(filter(_is_table, entries))
    if not tables:
        raise Trouble(Issue("archive-without-table", place, {"entries": ", ".join(_shown(info.filename) for info in entries[:5]) or "–"}))
    chosen = tables[0]
    if chosen.flag_bits & 1:
        raise Trouble(Issue("archive-encrypted", place, {"entry": _shown(chosen.filename)}))
    target = workspace.file("entry")
    _copy(request, chosen, target)
    others = [_shown(info.filename) for info in tables[1:]]
    return target, _shown(PurePosixPath(chosen.filename).name), others


def other_tables(request: Request, workspace: Workspace) -> Iterator[tuple[Path, str]]:
    """The tables of a zip that `unpack` leaves, one after the other in the same place: its path, and what the table is called in the zip."""
    tables = [info for info in measure(request.path, request.filename, request.limits) if _is_table(info)]
    target = workspace.file("other-entry")
    for info in tables[1:]:
        _copy(request, info, target)
        yield target, _shown(info.filename)


def _is_table(info: zipfile.ZipInfo) -> bool:
    return info.filename.lower().endswith(_TABLES) and not _is_litter(info.filename)


def _copy(request: Request, info: zipfile.ZipInfo, target: Path) -> None:
    """Unpack one entry; what it says of its own size is not believed."""
    left = min(info.file_size, request.limits.entry)
    try:
        with zipfile.ZipFile(request.path) as archive, archive.open(info) as source, target.open("wb") as out:
            while chunk := source.read(2**20):
                left -= len(chunk)
                if left < 0:
                    raise Trouble(Issue("archive-bomb", Place(file=request.filename), {"what": _shown(info.filename)}))
                out.write(chunk)
    except _BROKEN:
        raise Trouble(Issue("archive-broken", Place(file=request.filename))) from None


def _leaves_the_folder(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\")) or parts[0].endswith(":") or "\0" in name


def _is_litter(name: str) -> bool:
    """What desktops leave in zips: __MACOSX, .DS_Store, lock files."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or parts[-1].startswith((".", "~$"))


def _shown(name: str) -> str:
    """A name from outside, short and without control signs, only ever shown."""
    return "".join(sign if sign.isprintable() else "·" for sign in name)[:120]
