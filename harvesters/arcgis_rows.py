"""The rows of an ArcGIS layer made into files: a table (CSV), and GeoJSON where the layer has shapes.

Shared by the connectors that lead to layers. A table has the layer's fields under their own names; a coded value keeps its
code and gets a column `…_name` beside it; moments are ISO 8601 in UTC; points get the columns `lon` and `lat` (degrees,
WGS 84), or `x` and `y` where the server cannot give degrees. GeoJSON, which is degrees by its standard, is then refused.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import orjson

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import Net
from catalog.record import Distribution, Made
from harvesters import arcgis_layer
from harvesters.arcgis import ask
from harvesters.arcgis_geometry import bounds, geojson
from harvesters.arcgis_layer import SHAPES, Layer, free
from harvesters.arcgis_paging import Feature, Rows, attributes
from harvesters.describing import Draft

MIB = 1 << 20
MEDIA_TYPES = {"csv": "text/csv", "geojson": "application/geo+json"}


class LayerFiles:
    """Makes the files of layers; a connector that leads to layers has one and is a `Maker` by it."""

    def __init__(self, net: Net) -> None:
        self._net = net

    def make(self, recipe: Mapping[str, Any], target: Path, mark: str | None) -> Made | None:
        """The file of `{"layer": address, "format": "csv" or "geojson"}`, whole or not at all; None where it is as at `mark`."""
        url, kind = str(recipe.get("layer")), "geojson" if recipe.get("format") == "geojson" else "csv"
        said = ask(self._net, url)
        if not arcgis_layer.may_be_asked(said):
            raise Trouble(Issue("layer-without-query", Place(url=url)))
        layer = arcgis_layer.read(url, said)
        shapes = bool(layer.geometry) and (kind == "geojson" or layer.geometry == "esriGeometryPoint")
        rows = Rows(self._net, layer, shapes=shapes, geojson=kind == "geojson")
        state = layer.state(rows.count)
        if state is not None and state == mark:
            return None
        try:
            with target.open("wb") as stream:
                self._write(rows, (GeoJson if kind == "geojson" else Table)(stream, layer), stream)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        return Made(filename=f"{_file_name(layer)}.{kind}", media_type=MEDIA_TYPES[kind], mark=state)

    def _write(self, rows: Rows, writer: Writer, stream: BinaryIO) -> None:
        limit = self._net.limits.max_download
        for page in rows.pages():
            writer.add(page, degrees=rows.degrees)
            if stream.tell() > limit:
                raise Trouble(Issue("too-large", Place(url=writer.layer.url), {"limit": f"{limit / MIB:g} MB"}))
        writer.close()


class Writer(Protocol):
    """Writes pages of rows to a stream as they come."""

    layer: Layer

    def add(self, page: list[Feature], *, degrees: bool) -> None: ...

    def close(self) -> None: ...


class Table:
    """A layer as CSV in UTF-8."""

    def __init__(self, stream: BinaryIO, layer: Layer) -> None:
        self.layer, self._stream = layer, stream
        self._places: tuple[str, str] | None = None
        self._begun = self._degrees = False

    def add(self, page: list[Feature], *, degrees: bool) -> None:
        """The rows of a page; the first page tells which columns there are."""
        points = [geojson(feature.get("geometry"), self.layer.url) for feature in page] if self._has_points else []
        fit = degrees and all(_in_degrees(point) for point in points)
        if not self._begun:
            self._degrees = fit
            self._begin(page)
        elif self._degrees and not fit:
            raise Trouble(Issue("layer-not-in-degrees", Place(url=self.layer.url)))
        lines = [[_cell(value) for value in self.layer.values(attributes(feature)).values()] for feature in page]
        for line, point in zip(lines, points, strict=False):
            line += [_cell(number) for number in point["coordinates"]] if point else ["", ""]
        self._put(lines)

    def close(self) -> None:
        """A layer without rows is its header alone."""
        if not self._begun:
            self._degrees = True
            self._begin([])

    @property
    def _has_points(self) -> bool:
        return self.layer.geometry == "esriGeometryPoint"

    def _begin(self, page: list[Feature]) -> None:
        self._begun = True
        self.layer = _complete(self.layer, page)
        names = [column.name for column in self.layer.columns]
        if self._has_points:
            taken = {name.lower() for name in names}
            names += [free(name, taken) for name in (("lon", "lat") if self._degrees else ("x", "y"))]
        self._put([names])

    def _put(self, lines: Iterable[list[str]]) -> None:
        text = _Text()
        csv.writer(text, lineterminator="\n").writerows(lines)
        self._stream.write("".join(text.parts).encode("utf-8", "replace"))


class GeoJson:
    """A layer as a GeoJSON FeatureCollection, a row a line."""

    def __init__(self, stream: BinaryIO, layer: Layer) -> None:
        self.layer, self._stream = layer, stream
        self._rows = 0
        stream.write(b'{"type":"FeatureCollection","features":[')

    def add(self, page: list[Feature], *, degrees: bool) -> None:
        """The rows of a page; Trouble where their shapes are not in degrees."""
        if not self._rows:
            self.layer = _complete(self.layer, page)
        for feature in page:
            geometry = geojson(feature.get("geometry"), self.layer.url)
            if geometry and not (degrees and _in_degrees(geometry)):
                raise Trouble(Issue("layer-not-in-degrees", Place(url=self.layer.url)))
            row = {"type": "Feature", "geometry": geometry, "properties": self.layer.values(attributes(feature))}
            self._stream.write((b",\n" if self._rows else b"\n") + orjson.dumps(row))
            self._rows += 1

    def close(self) -> None:
        self._stream.write(b"\n]}\n")


def offered(draft: Draft, layer: Mapping[str, Any]) -> list[Distribution | None]:
    """The files that can be made of a layer (`url`, `name`, `geometryType`): its table, and GeoJSON where it has shapes.

    A layer's own page is the table's address for everybody, a query that answers GeoJSON the other file's.
    """
    address = draft.text(layer.get("url"), "url").strip()
    if not address:
        return [draft.distribution("", name=layer.get("name"))]
    files = [("csv", address)]
    shape = layer.get("geometryType")
    if isinstance(shape, str) and shape in SHAPES:
        files.append(("geojson", f"{address}/query?where=1%3D1&outFields=*&outSR=4326&f=geojson"))
    made = [(draft.distribution(url, name=layer.get("name"), format=kind.upper(), media_type=MEDIA_TYPES[kind]), kind)
            for kind, url in files]
    return [one and replace(one, recipe={"layer": address, "format": kind}) for one, kind in made]


def linked(draft: Draft, layer: Mapping[str, Any]) -> list[Distribution | None]:
    """A layer whose rows cannot be had: its address only."""
    return [draft.distribution(layer.get("url"), name=layer.get("name"), format="ArcGIS REST")]


class _Text:
    """A text in the making, for `csv`."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, part: str) -> None:
        self.parts.append(part)


def _complete(layer: Layer, page: list[Feature]) -> Layer:
    """The layer with what its first rows have beyond its description."""
    return layer.with_attributes(dict.fromkeys(name for feature in page for name in attributes(feature)))


def _in_degrees(geometry: Mapping[str, Any] | None) -> bool:
    """Whether coordinates can be degrees; a server that does not know a layer's system gives its own numbers instead."""
    x, y = bounds(geometry)
    return x <= 360 and y <= 90  # shapes across the 180th meridian may go on beyond it


def _cell(value: Any) -> str:
    """A value as a cell: as JSON writes it, texts as they are, nothing for null."""
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _file_name(layer: Layer) -> str:
    """The layer's name as a file's; only ever a label."""
    return "".join(sign if sign.isalnum() or sign in " ._-" else "_" for sign in layer.name).strip(" .")[:100] or "layer"
