"""The forms in which a stored table may be had: CSV, XLSX, JSON, NDJSON, Parquet, and GeoJSON where its columns tell places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog.site import Site
from catalog.tables.export import csv_pieces, json_pieces
from catalog.tables.geojson import geojson, places
from catalog.tables.workbook import fits, write_workbook

KINDS = ("csv", "xlsx", "json", "ndjson", "parquet", "geojson")
FORM = 1  # of what is kept on the shelf; another number makes it anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form of a table. For CSV, `bom` tells Excel that it is UTF-8, and `excel_safe` keeps a spreadsheet from running cells as formulas."""

    kind: str
    bom: bool = False
    excel_safe: bool = False

    @property
    def mark(self) -> str:
        """What tells it from the other forms of the same table."""
        return "-".join([self.kind, *(["bom"] if self.bom else []), *(["safe"] if self.excel_safe else [])])

    @property
    def streams(self) -> bool:
        """Whether it can be made while it is sent."""
        return self.kind not in ("xlsx", "parquet")


def offered(names: Iterable[str]) -> tuple[str, ...]:
    """The kinds in which a table with these columns may be had."""
    names = list(names)
    lacking = {kind for kind, there in (("geojson", places(names) is not None), ("xlsx", fits(len(names)))) if not there}
    return tuple(kind for kind in KINDS if kind not in lacking)


def pieces(path: Path, form: Form) -> Iterator[bytes]:
    """The table at `path` (Parquet) in a form that streams; ValueError for one that does not."""
    if not form.streams:
        raise ValueError(form.kind)
    match form.kind:
        case "csv":
            return csv_pieces(path, bom=form.bom, excel_safe=form.excel_safe)
        case "geojson":
            return geojson(path)
        case _:
            return json_pieces(path, lines=form.kind == "ndjson")


def whole(site: Site, sha256: str, form: Form) -> Path:
    """A file with the stored table in that form, made once and kept as long as there is room; Trouble when the store cannot give the table."""
    if form.kind == "parquet":
        return site.files.path(sha256)

    def make(target: Path) -> None:
        source = site.files.path(sha256)
        if form.streams:
            write(pieces(source, form), target)
        else:
            write_workbook(source, target)

    return site.shelf.get(f"{sha256}.{FORM}.{form.mark}", make)


def write(pieces: Iterable[bytes], target: Path) -> None:
    """Write the pieces to a file."""
    with target.open("wb") as file:
        file.writelines(pieces)
