"""The files of a Data Package: where they are, and those that have to be made, of data inside the descriptor or of parts.

Rules: Data Resource 1 and 2 (https://datapackage.org/standard/data-resource/): a path is an http(s) address, or relative to the
descriptor's folder and inside it; parts are joined into one file in the simplest way; of a list of lists the first is the header.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

import orjson

from catalog.errors import Trouble
from catalog.formats import MEDIA_TYPES, canonical
from catalog.issues import Issue, Place
from catalog.net import Net
from catalog.record import Made
from harvesters.describing import as_text

JOINABLE = {"CSV": "csv", "TSV": "tsv", "TXT": "txt", "NDJSON": "jsonl"}
_PIECE = 1 << 20
_BOM = b"\xef\xbb\xbf"


def located(path: str, base: str) -> str | None:
    """The address of a path; None for one that Data Package does not allow."""
    path = path.strip()
    if re.match(r"https?://", path, re.IGNORECASE):
        return path
    plain = unquote(path)
    parts = re.split(r"[/\\]", plain.partition("?")[0])
    unsafe = not path or "\\" in plain or plain[0] in "/~" or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:(//|\\|/)|[A-Za-z]:", plain)
    if unsafe or ".." in parts or any(part.startswith(".") and part != "." for part in parts):
        return None
    try:
        return urljoin(base, "./" + quote(path.removeprefix("./"), safe="/%?=&:@!$'()*+,;~"))
    except ValueError:
        return None


def base_of(asked: str, found: str) -> str:
    """Where a descriptor is: the address that was asked, or where it led, without what may change from call to call."""
    parts = urlsplit(found or asked)
    moved = parts[:3] != urlsplit(asked)[:3]
    return parts._replace(query="", fragment="").geturl() if moved else asked.partition("#")[0]


def data_recipe(resource: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What a file is made from whose data stands in the descriptor: rows become CSV, anything else stays as it is."""
    data, schema, dialect = resource.get("data"), resource.get("schema"), resource.get("dialect")
    fields = schema.get("fields") if isinstance(schema, Mapping) else None
    names = [as_text(field.get("name")) if isinstance(field, Mapping) else as_text(field) for field in fields] if isinstance(fields, list) else []
    header = dialect.get("header") is not False if isinstance(dialect, Mapping) else True
    form = canonical(as_text(resource.get("format")) or as_text(resource.get("mediatype")))
    if isinstance(data, list) and data and all(isinstance(row, list | Mapping) for row in data[:1]):
        form = "CSV"
    elif not isinstance(data, str):
        form = form if form in ("JSON", "GeoJSON") else "JSON"
    return {"name": name, "format": form or "TXT", "data": json.dumps(data, ensure_ascii=False), "fields": names, "header": header}


def make(recipe: Mapping[str, Any], target: Path, mark: str | None, net: Net) -> Made | None:
    """Write the file that a recipe asks for; None where data inside the descriptor is what it was at `mark`."""
    if "parts" in recipe:
        return _join(recipe, target, net)
    now = "data-" + hashlib.sha256(orjson.dumps(recipe, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
    if now == mark:
        return None
    data, form = json.loads(recipe["data"]), as_text(recipe.get("format"))
    if form == "CSV" and isinstance(data, list):
        with target.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(_rows(recipe, data))
    else:
        target.write_text(data if isinstance(data, str) else recipe["data"], encoding="utf-8", errors="replace", newline="")
    return _made(recipe, form, now)


def _made(recipe: Mapping[str, Any], form: str, mark: str | None) -> Made:
    ending = JOINABLE.get(form) or re.sub(r"[^a-z0-9]", "", form.lower()) or "txt"
    name = re.sub(r"[^\w.-]+", "-", as_text(recipe.get("name"))).strip(".-")[:100] or "data"
    return Made(filename=name if name.lower().endswith("." + ending) else f"{name}.{ending}",
                media_type=MEDIA_TYPES.get(form, "application/octet-stream"), mark=mark)


def _rows(recipe: Mapping[str, Any], data: list[Any]) -> Iterator[list[str]]:
    """The rows of a table with its header; Trouble where one is of another kind than the first."""
    kind = Mapping if isinstance(data[0], Mapping) else list
    for number, row in enumerate(data, start=1):
        if not isinstance(row, kind):
            raise Trouble(Issue("package-data-unusable", Place(), {"name": as_text(recipe.get("name"))[:100], "row": number}))
    fields = [as_text(name) for name in recipe.get("fields") or []]
    if kind is Mapping:
        header = list(dict.fromkeys([*fields, *(name for row in data for name in row)]))
        yield header
        yield from ([_cell(row.get(name)) for name in header] for row in data)
        return
    if not recipe.get("header", True):
        width = max(map(len, data))
        yield fields if len(fields) == width else [f"field{number}" for number in range(1, width + 1)]
    yield from ([_cell(value) for value in row] for row in data)


def _cell(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)


def _join(recipe: Mapping[str, Any], target: Path, net: Net) -> Made:
    """The parts one after the other; a header line that a later part repeats is left out."""
    form, room = as_text(recipe.get("format")), net.limits.max_download
    part, header = target.with_name(target.name + ".part"), b""
    repeats = recipe.get("header", True) and form in ("CSV", "TSV")
    try:
        with target.open("wb") as whole:
            for number, url in enumerate(recipe["parts"]):
                room -= net.download(as_text(url), part, max_bytes=max(room, 1)).size
                with part.open("rb") as file:
                    first = file.readline(_PIECE)
                    header = header if number else _line(first)
                    kept = b"" if number and repeats and _line(first) == header else first.removeprefix(_BOM) if number else first
                    _append(whole, chain([kept], iter(lambda file=file: file.read(_PIECE), b"")))
    finally:
        part.unlink(missing_ok=True)
    return _made(recipe, form, None)


def _line(line: bytes) -> bytes:
    return line.removeprefix(_BOM).rstrip(b"\r\n")


def _append(whole: Any, pieces: Iterable[bytes]) -> None:
    """Write one part, and end its last line, so that the next part begins on a line of its own."""
    last = b""
    for piece in pieces:
        whole.write(piece)
        last = piece or last
    if last and not last.endswith(b"\n"):
        whole.write(b"\n")
