"""The datasets of an OpenDataSoft portal, page by page or, beyond what paging reaches, from the export of the whole catalogue.

Pages must be ordered by identifier: without an order the portal shows some datasets twice and others never.
"""

from __future__ import annotations

import json
import tempfile
import weakref
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import orjson

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net.transfer import parsed_json
from harvesters.base import Gathered, Page
from harvesters.describing import as_text, identified, parted
from harvesters.opendatasoft_api import ExploreApi
from harvesters.repeating import Trail, led_back

ROWS = 100  # the most that the API gives at once
REACH = 10_000  # offset and limit together may be no more
PIECE = 1 << 16  # characters
LONGEST = 16 << 20  # characters of one dataset in the export
_PASSING = {"metadata_processed"}  # changes without the dataset
_KEPT = ("dataset_id", "dataset_uid", "has_records", "data_visible", "features", "attachments", "alternative_exports", "fields")


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """Where in the listing: rows before, the trail of pages before (as text) or the last identifier, and the total at the start."""

    whole: bool = False  # from the export of the whole catalogue
    start: int = 0
    before: str = ""
    total: int | None = None

    @classmethod
    def read(cls, cursor: str | None) -> At:
        whole, start, before, total = json.loads(cursor) if cursor else (False, 0, "", None)
        return cls(whole=whole, start=start, before=before, total=total)

    def __str__(self) -> str:
        return json.dumps([self.whole, self.start, self.before, self.total])


class Listing:
    """The pages of one portal; `where` narrows them (ODSQL)."""

    def __init__(self, api: ExploreApi, where: str = "") -> None:
        self._api, self._filter = api, {"where": where} if where else {}
        self._export: Export | None = None

    def page(self, cursor: str | None) -> Page:
        """The next 100 datasets."""
        at = At.read(cursor)
        return self._exported(at) if at.whole else self._paged(at)

    def _paged(self, at: At) -> Page:
        url = f"{self._api.url}datasets"
        answer = self._api.ask(url, {"limit": ROWS, "offset": at.start, "order_by": "dataset_id", **self._filter})
        rows = answer.get("results") if isinstance(answer, Mapping) else None
        if not isinstance(rows, list):
            raise Trouble(Issue("listing-of-another-kind", Place(url=url), {"expected": "results"}))
        count = answer.get("total_count")
        total = count if isinstance(count, int) and not isinstance(count, bool) else None
        if not at.start and total is not None and total > REACH:
            return self._exported(At(whole=True, total=total))
        seen, trail, names = at.start + len(rows), Trail.read(at.before), _names(rows)
        if total is None and trail.leads_back(names):
            return led_back(self._api.url, at.start)
        if (rows and trail.repeats(names)) or (not rows and at.start < (total or 0)):
            return self._ended((), at.start, total, at)
        found = [listed(row, url) for row in rows]
        if not rows or (total is not None and seen >= total):
            return self._ended(found, seen, total, at)
        if seen + ROWS > REACH:  # it grew while it was read; the next run takes the export
            return self._ended(found, seen, max(total or 0, seen + 1), at)
        items, issues = parted(_public(found))
        first = total if at.total is None else at.total
        return Page(items=items, cursor=str(At(start=seen, before=str(trail.after(names)), total=first)), total=total, issues=issues)

    def _exported(self, at: At) -> Page:
        """The next 100 datasets of the export; after a restart it is fetched again and goes on behind the last identifier."""
        if self._export is None:
            self._export = Export(self._api, self._filter)
        start = self._export.after(at.before, at.start)
        rows = self._export.rows(start, start + ROWS)
        found = [listed(row, self._export.url) for row in rows]
        seen = start + len(rows)
        if seen >= len(self._export):
            return self._ended(found, seen, max(at.total or 0, seen), at)
        items, issues = parted(_public(found))
        cursor = At(whole=True, start=seen, before=as_text(_identifier(rows[-1])), total=at.total)
        return Page(items=items, cursor=str(cursor), total=len(self._export), issues=issues)

    def _ended(self, found: Sequence[Gathered | Issue | None], seen: int, total: int | None, at: At) -> Page:
        """The last page, and whether the listing gave less than the portal says it has."""
        items, issues = parted(_public(found))
        said = None
        if total is not None and seen < total:
            said = Issue("listing-incomplete", Place(url=self._api.url), {"found": seen, "total": total})
        elif total is not None and at.total is not None and total < at.total:
            said = Issue("listing-changed", Place(url=self._api.url), {"before": at.total, "total": total})
        return Page(items=items, total=seen, issues=issues, shortfall=said)


class Export:
    """The export of the whole catalogue, dataset by dataset in a file without a name, which goes with this object."""

    def __init__(self, api: ExploreApi, filters: Mapping[str, str]) -> None:
        self.url = f"{api.url}exports/json"
        with tempfile.TemporaryDirectory(prefix="haidang-") as folder:
            fetched = Path(folder) / "catalogue.json"
            api.save(self.url, {"order_by": "dataset_id", **filters}, fetched)
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as this object
            weakref.finalize(self, self._file.close)
            self._starts, self._last = array("Q", [0]), {}
            for number, row in enumerate(elements(fetched, self.url), start=1):
                self._starts.append(self._starts[-1] + self._file.write(orjson.dumps(row)))
                self._last[as_text(_identifier(row))] = number

    def __len__(self) -> int:
        return len(self._starts) - 1

    def after(self, identifier: str, otherwise: int) -> int:
        """The number of the dataset behind the one of this identifier."""
        return self._last.get(identifier, otherwise) if identifier else otherwise

    def rows(self, start: int, end: int) -> list[Any]:
        """Datasets `start` to `end`, the first counted as 0."""
        end = min(end, len(self))
        self._file.seek(self._starts[min(start, len(self))])
        return [orjson.loads(self._file.read(self._starts[n + 1] - self._starts[n])) for n in range(start, end)]


def elements(path: Path, url: str) -> Iterator[Any]:
    """The elements of a JSON array (UTF-8) in a file, one in memory at a time; Trouble when it is none or is cut off."""
    decoder = json.JSONDecoder()
    with path.open(encoding="utf-8") as file:
        text = _read(file, PIECE, url).lstrip("\ufeff \t\r\n")
        if not text.startswith("["):
            raise Trouble(Issue("not-json" if text.startswith("<") else "listing-of-another-kind", Place(url=url), {"expected": "[…]"}))
        text = text[1:]
        while not (text := text.lstrip(", \t\r\n")).startswith("]"):
            try:
                _, end = decoder.raw_decode(text)
                whole = end < len(text)  # a number may go on
            except (json.JSONDecodeError, RecursionError):
                whole = False
            if whole:
                yield parsed_json(text[:end].encode(), url)
                text = text[end:]
                continue
            more = _read(file, max(PIECE, len(text)), url)
            if not more or len(text) > LONGEST:
                raise Trouble(Issue("json-broken", Place(url=url), {"line": 1, "position": file.buffer.tell()}))
            text += more


def _read(file: TextIOWrapper, size: int, url: str) -> str:
    try:
        return file.read(size)
    except UnicodeDecodeError:
        raise Trouble(Issue("json-broken", Place(url=url), {"line": 1, "position": file.buffer.tell()})) from None


def listed(row: Any, url: str) -> Gathered | Issue | None:
    """A dataset under the identifier that never changes (`dataset_uid`), with what does not change by itself.

    None for one that is shown to chosen users only: the key sees it, the public must not. Its metadata (`metas.default`)
    stand beside its own fields.
    """
    row = row["dataset"] if isinstance(row, Mapping) and isinstance(row.get("dataset"), Mapping) else row
    if not isinstance(row, Mapping):
        return identified(row, None, Place(url=url))
    if row.get("visibility") == "restricted":
        return None
    metas = row.get("metas") if isinstance(row.get("metas"), Mapping) else {}
    default = metas.get("default") if isinstance(metas.get("default"), Mapping) else {}
    raw = {key: value for key, value in default.items() if key not in _PASSING}
    raw |= {"dcat": metas["dcat"]} if isinstance(metas.get("dcat"), Mapping) else {}
    raw |= {key: row[key] for key in _KEPT if key in row}
    return identified(raw, _identifier(row), Place(url=url))


def _public(found: Sequence[Gathered | Issue | None]) -> list[Gathered | Issue]:
    return [one for one in found if one is not None]


def _identifier(row: Any) -> Any:
    row = row["dataset"] if isinstance(row, Mapping) and isinstance(row.get("dataset"), Mapping) else row
    if not isinstance(row, Mapping):
        return ""
    uid = row.get("dataset_uid")
    return uid if isinstance(uid, str) and uid.strip() else row.get("dataset_id")


def _names(rows: Sequence[Any]) -> list[str]:
    """What tells one page from another: the identifiers on it."""
    return [as_text(_identifier(row)) for row in rows]
