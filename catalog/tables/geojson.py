"""A stored table as GeoJSON (RFC 7946): a feature a row, in WGS 84, where the names of its columns tell where a row lies.

Either a column holds geometries, as a GeoJSON file or a layer of a map leaves them, or two columns hold longitude and latitude in degrees. A
row whose place cannot be read, or lies outside the earth, has no geometry and keeps all its cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq

from catalog.names import fold
from catalog.tables.export import BATCH
from catalog.tables.preview import as_json

GEOMETRIES = ("geometry", "geojson", "geom", "the_geom")
LONGITUDES = ("kinh_do", "kinhdo", "longitude", "long", "lng", "lon")
LATITUDES = ("vi_do", "vido", "latitude", "lat")
KINDS = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")

Place = Callable[[Mapping[str, Any]], Any]  # the geometry of a row, as orjson takes it; None where there is none


def places(names: Iterable[str]) -> tuple[tuple[str, ...], Place] | None:
    """The columns that hold geometries, and how a row's place is read; None for a table that tells no places."""
    by_name = {"_".join(fold(name).replace("_", " ").split()): name for name in reversed(list(names))}
    longitude, latitude = (next((by_name[name] for name in known if name in by_name), None) for known in (LONGITUDES, LATITUDES))
    geometry = next((by_name[name] for name in GEOMETRIES if name in by_name), None)
    if geometry is not None:
        return (geometry,), lambda row: _geometry(row[geometry])
    if longitude is not None and latitude is not None:
        return (), lambda row: _point(row[longitude], row[latitude])
    return None


def geojson(path: Path) -> Iterator[bytes]:
    """The table as a FeatureCollection, in pieces."""
    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        left_out, place = places(names) or ((), lambda row: None)
        yield b'{"type":"FeatureCollection","features":['
        between = b"\n"
        for batch in file.iter_batches(batch_size=BATCH):
            rows = (dict(zip(names, row, strict=True)) for row in zip(*(column.to_pylist() for column in batch.columns), strict=True))
            features = [_feature(row, place(row), left_out) for row in rows]
            if features:
                yield between + b",\n".join(features)
                between = b",\n"
        yield b"\n]}\n"


def _feature(row: Mapping[str, Any], geometry: Any, left_out: tuple[str, ...]) -> bytes:
    skipped = left_out if geometry is not None else ()
    properties = {name: as_json(value) for name, value in row.items() if name not in skipped}
    return orjson.dumps({"type": "Feature", "geometry": geometry, "properties": properties}, default=str)


def _geometry(value: Any) -> Any:
    try:
        found = orjson.loads(value) if isinstance(value, str) else None
    except orjson.JSONDecodeError:
        return None
    if not isinstance(found, dict) or found.get("type") not in KINDS:
        return None
    return orjson.Fragment(value) if isinstance(found.get("coordinates", found.get("geometries")), list) else None


def _point(longitude: Any, latitude: Any) -> dict[str, Any] | None:
    x, y = _degrees(longitude, 180), _degrees(latitude, 90)
    return {"type": "Point", "coordinates": [x, y]} if x is not None and y is not None else None


def _degrees(value: Any, most: int) -> float | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(str(value).strip().replace(",", "."))
    except ValueError:
        return None
    return number if -most <= number <= most else None
