"""JSON and GeoJSON: a list of objects becomes rows; row 1 is the header, item n stands in row n + 1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.reading import encodings
from catalog.reading.grid import Grid, Reading
from catalog.reading.limits import Request, Workspace

_LISTS = ("data", "records", "items", "results", "features", "value", "rows")
GEOMETRY = "geometry"


def read_document(request: Request, workspace: Workspace, format: str) -> Reading:
    """Open a JSON document; Trouble when it is broken, too big or holds no list of objects."""
    place = Place(file=request.filename)
    if request.path.stat().st_size > request.limits.document:
        raise Trouble(Issue("document-too-big", place, {"limit_mb": request.limits.document // 2**20}))
    encoding = encodings.decide(request.path, request.encoding, request.filename)
    content = _parse("".join(encodings.decoded(request.path, encoding.codec)), place)
    notes: list[Issue] = []
    if isinstance(content, dict) and content.get("type") == "FeatureCollection":
        format, items = "GeoJSON", _features(content, place, notes)
    elif format == "GeoJSON":
        raise Trouble(Issue("geojson-without-features", place))
    else:
        items = _objects(content, place)
    labels, body = _table(items, place)

    def rows() -> Iterator[list[Any]]:
        yield labels
        yield from ([item.get(label) for label in labels] if isinstance(item, dict) else list(item) for item in body)

    grids = (Grid(rows=rows),) if labels else ()
    return Reading(format=format, grids=grids, workspace=workspace, source=request.path, encoding=encoding, notes=tuple(notes))


def _parse(text: str, place: Place) -> Any:
    """The document; one object a line (NDJSON) gives the list of them."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        why = str(error)[:200]
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and all(line.startswith("{") and line.rstrip().endswith("}") for line in lines):
        try:
            return [orjson.loads(line) for line in lines]
        except orjson.JSONDecodeError as error:
            why = str(error)[:200]
    raise Trouble(Issue("document-broken", place, {"why": why}))


def _objects(content: Any, place: Place) -> list[Any]:
    """The list of a document: itself, or the one under a usual name, at most two levels down."""
    for _ in range(3):
        if isinstance(content, list):
            return content
        if not isinstance(content, dict):
            break
        content = next((content[key] for key in _LISTS if isinstance(content.get(key), list | dict)),
                       content.get("result") if isinstance(content.get("result"), list | dict) else None)
    raise Trouble(Issue("json-without-table", place))


def _table(items: list[Any], place: Place) -> tuple[list[str], list[Any]]:
    """Labels in the order of their first appearance, and the items; a list of lists has its labels first."""
    if items and all(isinstance(item, dict) for item in items):
        return [str(label) for label in dict.fromkeys(key for item in items for key in item)], items
    if items and all(isinstance(item, list) for item in items):
        return [str(cell) for cell in items[0]], items[1:]
    if not items:
        return [], []
    odd = next(number for number, item in enumerate(items, start=2) if not isinstance(item, type(items[0])) or not isinstance(item, dict | list))
    raise Trouble(Issue("json-without-table", Place(file=place.file, row=odd)))


def _features(content: dict[str, Any], place: Place, notes: list[Issue]) -> list[dict[str, Any]]:
    """Properties of each feature, and its geometry as GeoJSON text; rings that are not closed are said."""
    features = content.get("features")
    if not isinstance(features, list):
        raise Trouble(Issue("geojson-without-features", place))
    items, open_rings = [], []
    for row, feature in enumerate(features, start=2):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
            raise Trouble(Issue("geojson-without-features", Place(file=place.file, row=row)))
        geometry = feature.get("geometry")
        if not _rings_close(geometry):
            open_rings.append(row)
        name = GEOMETRY if GEOMETRY not in (feature.get("properties") or {}) else "geojson"
        items.append({**(feature.get("properties") or {}), name: orjson.dumps(geometry).decode() if geometry is not None else None})
    if open_rings:
        facts = {"count": len(open_rings), "rows": ", ".join(str(row) for row in open_rings[:5])}
        notes.append(Issue("geometry-broken", Place(file=place.file, row=open_rings[0]), facts))
    return items


def _rings_close(geometry: Any) -> bool:
    """A light check: known type, and every ring of a polygon has four points and ends where it began."""
    if geometry is None:
        return True
    if not isinstance(geometry, dict):
        return False
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind in ("Point", "MultiPoint", "LineString", "MultiLineString"):
        return isinstance(coordinates, list)
    if kind == "GeometryCollection":
        return isinstance(geometry.get("geometries"), list)
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list):
        return False
    polygons = [coordinates] if kind == "Polygon" else coordinates
    return all(isinstance(polygon, list) and all(isinstance(ring, list) and len(ring) >= 4 and ring[0] == ring[-1] for ring in polygon) for polygon in polygons)
