"""A layer or table of an ArcGIS service as it describes itself: its columns, its object id, how it may be asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from harvesters.arcgis import iso
from harvesters.describing import as_text

PAGE, PAGE_UNSAID = 1000, 500  # rows of one page; servers of before 10.1 do not say their limit, which was 500
SHAPES = {"esriGeometryPoint", "esriGeometryMultipoint", "esriGeometryPolyline", "esriGeometryPolygon"}
_WHOLE = {"OID", "Integer", "SmallInteger", "BigInteger"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The names of a coded value; those of a subtype go before those of the field."""

    names: Mapping[str, str] = field(default_factory=dict)
    by_subtype: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the file: `attribute` is the field that it is made from, `labels` are there where it names a code.

    A code stays in the field's own column, as other data refer to it; its name stands in a column `…_name` beside it.
    """

    name: str
    attribute: str
    kind: str = ""
    labels: Labels | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """What is known of a layer before its rows are read.

    `limit` is how many rows it gives at once and `edited` are the moments of its last changes, where it tells them; `zone`
    is what stands after a moment: Z, or nothing where the server does not know in which zone its moments are.
    """

    url: str
    name: str = ""
    columns: tuple[Column, ...] = ()
    oid: str = ""
    geometry: str = ""
    subtype: str = ""
    limit: int | None = None
    ordered: bool = False
    paged: bool = False
    geojson: bool = False
    zone: str = "Z"
    edited: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """The rows of one page."""
        return min(self.limit or PAGE_UNSAID, PAGE)

    def state(self, count: int | None) -> str | None:
        """What names this state of the layer: the moments of its last changes, the number of rows, and how it is written here."""
        if not self.edited:
            return None
        written = [[c.name, c.attribute, c.kind, _labels_json(c.labels)] for c in self.columns]
        digest = hashlib.sha256(json.dumps([written, self.zone, self.geometry], sort_keys=True).encode()).hexdigest()[:16]
        return "-".join(["1", *map(str, self.edited), str(count), digest])

    def with_attributes(self, names: Iterable[str]) -> Layer:
        """The layer with columns for attributes that its description does not mention."""
        known = {column.attribute for column in self.columns}
        taken = {column.name.lower() for column in self.columns}
        more = [Column(name=free(name, taken), attribute=name) for name in names if name not in known]
        return replace(self, columns=(*self.columns, *more))

    def values(self, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """A row's values by the names of the columns: moments in ISO 8601, whole numbers whole, names beside codes."""
        subtype = _key(attributes.get(self.subtype)) if self.subtype else ""
        return {column.name: self._value(column, attributes.get(column.attribute), subtype) for column in self.columns}

    def _value(self, column: Column, value: Any, subtype: str) -> Any:
        if column.labels is not None:
            own = column.labels.by_subtype.get(subtype, column.labels.names)
            return own.get(_key(value)) if value is not None else None
        if column.kind == "Date":
            return iso(value, self.zone) or value
        if column.kind in _WHOLE and isinstance(value, float) and value.is_integer():
            return int(value)
        return value


def read(url: str, said: Mapping[str, Any]) -> Layer:
    """The layer that an answer describes; whatever is odd in it counts as not said."""
    fields = [entry for entry in _list(said.get("fields")) if isinstance(entry, Mapping) and isinstance(entry.get("name"), str)]
    subtype = next((text for key in ("subtypeField", "typeIdField") if isinstance(text := said.get(key), str) and text), "")
    advanced = said.get("advancedQueryCapabilities")
    advanced = advanced if isinstance(advanced, Mapping) else {}
    limit = said.get("maxRecordCount")
    editing = said.get("editingInfo")
    moments = editing if isinstance(editing, Mapping) else {}
    shape = said.get("geometryType")
    oid = next((entry["name"] for entry in fields if entry.get("type") == "esriFieldTypeOID"), "")
    return Layer(
        url=url, name=as_text(said.get("name")), columns=tuple(_columns(fields, said, subtype)),
        oid=oid or as_text(said.get("objectIdField")), geometry=shape if isinstance(shape, str) and shape in SHAPES else "",
        subtype=subtype,
        limit=limit if isinstance(limit, int) and not isinstance(limit, bool) and limit > 0 else None,
        ordered=advanced.get("supportsOrderBy") is True or said.get("supportsAdvancedQueries") is True,
        paged=advanced.get("supportsPagination") is True,
        geojson="geojson" in as_text(said.get("supportedQueryFormats")).lower(),
        zone="" if said.get("datesInUnknownTimezone") is True else "Z",
        edited=tuple(moment for key in ("lastEditDate", "dataLastEditDate", "schemaLastEditDate")
                     if isinstance(moment := moments.get(key), int) and not isinstance(moment, bool)),
    )


def may_be_asked(said: Mapping[str, Any]) -> bool:
    """Whether the layer answers queries; one that says nothing of it is asked."""
    capabilities = said.get("capabilities")
    return not isinstance(capabilities, str) or not capabilities or "query" in capabilities.lower().split(",")


def free(name: str, taken: set[str]) -> str:
    """A column's name that no other column has, compared without regard to capitals; it is taken from now on."""
    found, number = name, 2
    while found.lower() in taken:
        found, number = f"{name}_{number}", number + 1
    taken.add(found.lower())
    return found


def _columns(fields: list[Mapping[str, Any]], said: Mapping[str, Any], subtype: str) -> list[Column]:
    """A column for each field but the shape, and one more for the names of codes."""
    taken = {entry["name"].lower() for entry in fields}
    types = [entry for key in ("subtypes", "types") for entry in _list(said.get(key)) if isinstance(entry, Mapping)]
    columns: dict[str, Column] = {}
    for entry in fields:
        name, kind = entry["name"], as_text(entry.get("type")).removeprefix("esriFieldType")
        if kind == "Geometry" or name in columns:
            continue
        columns[name] = Column(name=name, attribute=name, kind=kind)
        labels = _labels(entry, types, subtype)
        if labels.names or labels.by_subtype:
            other = free(f"{name}_name", taken)
            columns[f"\0{other}"] = Column(name=other, attribute=name, labels=labels)
    return list(columns.values())


def _labels(entry: Mapping[str, Any], types: list[Mapping[str, Any]], subtype: str) -> Labels:
    """The names of a field's codes: its domain's, its subtypes' domains', or the subtypes' own names."""
    names = _coded(entry.get("domain"))
    if entry["name"] == subtype and not names:
        names = {_key(one.get("code", one.get("id"))): as_text(one.get("name")) for one in types}
    by_subtype = {}
    for one in types:
        domains = one.get("domains")
        own = _coded(domains.get(entry["name"])) if isinstance(domains, Mapping) else {}
        if own and own != names:
            by_subtype[_key(one.get("code", one.get("id")))] = own
    return Labels(names=names, by_subtype=by_subtype)


def _coded(domain: Any) -> dict[str, str]:
    """The names of a domain's coded values; none for a range, or for a domain that is inherited."""
    values = _list(domain.get("codedValues")) if isinstance(domain, Mapping) else []
    return {_key(value.get("code")): as_text(value.get("name")) for value in values if isinstance(value, Mapping)}


def _key(code: Any) -> str:
    """A code as it is compared: 1 and 1.0 are the same."""
    return str(int(code)) if isinstance(code, float) and code.is_integer() else as_text(code)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _labels_json(labels: Labels | None) -> Any:
    return None if labels is None else [dict(labels.names), {key: dict(names) for key, names in labels.by_subtype.items()}]
