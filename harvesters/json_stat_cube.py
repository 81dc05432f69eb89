"""Reads a dataset of JSON-stat (versions 1.0 to 2.0, https://json-stat.org/full/) into a cube."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from harvesters.cube import Cube, Dimension, labelled
from harvesters.describing import as_text


def is_dataset(value: Any) -> bool:
    """Whether a JSON value is a dataset of JSON-stat, of whichever version."""
    if not isinstance(value, Mapping) or not isinstance(value.get("dimension"), Mapping):
        return False
    return value.get("class", "dataset") == "dataset" and isinstance(_frame(value).get("id"), list)


def cube_of(dataset: Any, place: Place) -> Cube:
    """The cube of a dataset; Trouble `cube-of-another-kind`, `cube-dimension-broken` when it has no sound dimensions."""
    dimensions = dimensions_of(dataset, place)
    values, statuses = dataset.get("value"), dataset.get("status")
    if not isinstance(values, list | Mapping) or not isinstance(statuses, list | Mapping | str | None):
        raise Trouble(Issue("cube-of-another-kind", place, {"expected": "value"}))
    return Cube(dimensions=dimensions, values=values, statuses=statuses, place=place)


def dimensions_of(dataset: Any, place: Place) -> tuple[Dimension, ...]:
    """The dimensions of a dataset in its order, without its cells."""
    if not is_dataset(dataset):
        raise Trouble(Issue("cube-of-another-kind", place, {"expected": "JSON-stat"}))
    frame, described = _frame(dataset), dataset["dimension"]
    names, sizes = frame["id"], frame.get("size")
    if not isinstance(sizes, list) or len(sizes) != len(names) or len(set(map(as_text, names))) != len(names):
        raise Trouble(Issue("cube-of-another-kind", place, {"expected": "size"}))
    found = []
    for number, (name, size) in enumerate(zip(names, sizes, strict=True), start=1):
        dimension = _dimension(name, described.get(name)) if isinstance(name, str) else None
        if dimension is None or isinstance(size, bool) or len(dimension.codes) != size:
            raise Trouble(Issue("cube-dimension-broken", place, {"number": number}))
        found.append(dimension)
    return tuple(found)


def _frame(dataset: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where `id` and `size` stand: in the dataset since 2.0, among its dimensions before."""
    return dataset if "id" in dataset and "size" in dataset else dataset["dimension"]


def _dimension(name: str, described: Any) -> Dimension | None:
    """One dimension; None when its categories cannot be told."""
    category = described.get("category") if isinstance(described, Mapping) else None
    if not isinstance(category, Mapping):
        return None
    labels = category.get("label") if isinstance(category.get("label"), Mapping) else {}
    codes = _codes(category.get("index"), labels)
    if codes is None:
        return None
    shown = [as_text(labels.get(code)) or code for code in codes]
    beside = {**labelled(shown, codes), **_units(category.get("unit"), codes), **_parents(category.get("child"), codes)}
    return Dimension(name=name, codes=codes, label=as_text(described.get("label")), beside=beside)


def _codes(index: Any, labels: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The categories in their order: a list, an object of positions, or one label alone."""
    if index is None and len(labels) == 1:
        return tuple(labels)
    if isinstance(index, list):
        codes = tuple(str(code) for code in index if isinstance(code, str | int) and not isinstance(code, bool))
        return codes if len(codes) == len(index) == len(set(codes)) else None
    if not isinstance(index, Mapping) or any(isinstance(n, bool) or not isinstance(n, int) for n in index.values()):
        return None
    if sorted(index.values()) != list(range(len(index))):
        return None
    return tuple(sorted(index, key=lambda code: index[code]))


def _units(units: Any, codes: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The units of measure, where there are any (`base` is what PX-Web calls a unit's label)."""
    if not isinstance(units, Mapping):
        return {}
    found = tuple(_unit(units.get(code)) for code in codes)
    return {"unit": found} if any(found) else {}


def _unit(unit: Any) -> str:
    if not isinstance(unit, Mapping):
        return ""
    return next((text for key in ("label", "base", "symbol") if (text := as_text(unit.get(key)).strip())), "")


def _parents(children: Any, codes: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The category above each one, where they are a hierarchy; several are separated by semicolons."""
    if not isinstance(children, Mapping):
        return {}
    above: dict[str, list[str]] = {}
    for parent, inner in children.items():
        for child in inner if isinstance(inner, list) else ():
            above.setdefault(as_text(child), []).append(parent)
    found = tuple(";".join(above.get(code, ())) for code in codes)
    return {"parent": found} if any(found) else {}
