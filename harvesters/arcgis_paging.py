"""The rows of a layer, page by page, in the order of their object ids where there are any.

A server gives at most so many rows at once, says it in different ways or not at all, and some ignore what they are asked.
So the identifiers are listed first where the server lists them, and each page is held against the identifiers it must
have: what is missing is asked for again in halves, until a single row is missing, which ends the reading. Where it lists
none, the order of the identifiers, their smallest and largest, or the server's own paging lead on; then the count of the
rows, which is asked for before, is what tells whether all came.
"""

from __future__ import annotations

import json
import time
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import Net
from harvesters.arcgis import ask
from harvesters.arcgis_layer import Layer
from harvesters.repeating import Trail

IDS = 250_000  # a longer list of identifiers is not asked for; it would fill the memory
PATIENCE = 4  # times the time of one download
Feature = Mapping[str, Any]


def attributes(feature: Feature) -> Mapping[str, Any]:
    """The attributes of a row, in Esri's JSON or in GeoJSON."""
    found = feature.get("attributes", feature.get("properties"))
    return found if isinstance(found, Mapping) else {}


class Rows:
    """The rows of one layer, read once.

    `count` is how many the server says there are, None where it does not say; `degrees` turns False when an answer says that its
    coordinates are not in WGS 84, though they were asked for in it.
    """

    def __init__(self, net: Net, layer: Layer, *, shapes: bool, geojson: bool = False) -> None:
        self._net, self._layer, self._shapes = net, layer, shapes
        self._format = "geojson" if geojson and layer.geojson else "json"
        self._url, self._oid, self._size = f"{layer.url}/query", layer.oid, layer.size
        self._seconds = PATIENCE * net.limits.total_download
        self._ends = time.monotonic() + self._seconds
        self.degrees, self._seen = True, 0
        self.count = self._count()

    def pages(self) -> Iterator[list[Feature]]:
        """Every row once, or Trouble when they cannot all be had."""
        if self.count == 0:
            if not self._query("1=1")[0]:
                return
            self.count = None  # it miscounts
        for page in self._way():
            self._seen += len(page)
            yield page
        if self.count is not None and self._seen < self.count:
            raise self._missing(self._seen)

    def _way(self) -> Iterator[list[Feature]]:
        """The surest way to the rows that this server offers."""
        if (ids := self._ids()) is not None:
            return self._by_ids(ids)
        if self._oid and self._layer.ordered:
            return self._by_order()
        if self._oid and self.count is not None and (span := self._span()) is not None:
            return self._by_ranges(*span)
        if self._layer.paged and (self.count is None or self.count > self._size):
            return self._by_offset()
        return self._at_once()

    def _by_ids(self, ids: Sequence[int]) -> Iterator[list[Feature]]:
        """Ranges of listed identifiers; a page that lacks one of them, or is too much for the server, is asked for in halves."""
        start = 0
        while start < len(ids):
            end = min(start + self._size, len(ids))
            end = bisect_right(ids, ids[end - 1], end)  # rows of one identifier (a join has such) stay together
            waiting = [ids[start:end]]
            whole, start = end - start, end
            while waiting:
                part = waiting.pop()
                rows = self._listed(part)
                if rows is not None:
                    yield rows
                    continue
                half = bisect_left(part, part[len(part) // 2]) or bisect_right(part, part[0])
                if len(part) == whole:  # a smaller part may fail for one large row only
                    self._size = max(half, 1)
                waiting += [part[half:], part[:half]]

    def _listed(self, part: Sequence[int]) -> list[Feature] | None:
        """The rows of these identifiers, in their order; None when some are missing and fewer may be asked for."""
        single = part[0] == part[-1]
        try:
            features, _ = self._between(part[0], part[-1])
        except Trouble as trouble:
            if single or not _is_too_much(trouble.issue):
                raise
            return None
        found = defaultdict(list)
        for feature in features:
            found[self._number(feature)].append(feature)
        rows = [row for number, times in Counter(part).items() for row in found[number][:times]]
        if len(rows) < len(part) and single:
            raise self._missing(self._seen + len(rows))
        return rows if len(rows) == len(part) else None

    def _by_order(self) -> Iterator[list[Feature]]:
        """Rows beyond the last identifier, ordered by it, until none are left; a server that gives the same again is stopped."""
        last: int | None = None
        found = 0
        while self.count is None or found < self.count:
            limit = {"resultRecordCount": self._size} if self._layer.paged else {}
            try:
                where = "1=1" if last is None else f"{self._oid}>{last}"
                features, _ = self._query(where, orderByFields=f"{self._oid} ASC", **limit)
            except Trouble as trouble:
                if not limit or self._size == 1 or not _is_too_much(trouble.issue):
                    raise
                self._size //= 2
                continue
            fresh = {number: row for number, row in self._by_id(features).items() if last is None or number > last}
            if not features:
                return
            if not fresh or list(fresh) != sorted(fresh):
                raise self._missing(found)
            found, last = found + len(fresh), max(fresh)
            yield list(fresh.values())

    def _by_ranges(self, low: int, high: int) -> Iterator[list[Feature]]:
        """Ranges between the smallest and the largest identifier; one that fills a page is asked for in halves."""
        width = max((high - low) * self._size // max(self.count or 0, 1), self._size)
        start = low
        while start <= high:
            waiting = [(start, min(start + width - 1, high))]
            start += width
            while waiting:
                first, last = waiting.pop()
                rows = self._range(first, last)
                if rows is not None:
                    yield rows
                    continue
                half = (first + last) // 2
                waiting += [(half + 1, last), (first, half)]

    def _range(self, first: int, last: int) -> list[Feature] | None:
        """The rows of a range; None when there may be more than came."""
        try:
            features, more = self._between(first, last)
        except Trouble as trouble:
            if first == last or not _is_too_much(trouble.issue):
                raise
            return None
        found = {number: row for number, row in self._by_id(features).items() if first <= number <= last}
        if len(found) < len(features):
            raise self._missing(self._seen + len(found))  # it gives rows that were not asked for, or the same again
        full = len(found) == last - first + 1
        if not full and (more or len(features) >= self._size):
            return None
        return [found[number] for number in sorted(found)]

    def _by_offset(self) -> Iterator[list[Feature]]:
        """The server's own paging, for a table without identifiers; a page that came before ends it."""
        order = {"orderByFields": f"{self._oid} ASC"} if self._oid else {}
        found, trail = 0, Trail()
        while self.count is None or found < self.count:
            features, _ = self._query("1=1", resultOffset=found, resultRecordCount=self._size, **order)
            if not features:
                return
            names = [json.dumps(feature) for feature in features]
            if trail.repeats(names):
                raise self._missing(found)
            found, trail = found + len(features), trail.after(names)
            yield features

    def _at_once(self) -> Iterator[list[Feature]]:
        """Everything in one answer; Trouble when it may not be everything: neither a count nor a limit tells."""
        features, more = self._query("1=1")
        if more or (self.count is None and len(features) >= (self._layer.limit or 0)):
            raise self._missing(len(features))
        yield features

    def _count(self) -> int | None:
        """How many rows there are; None where the server does not say, such as before 10.0."""
        try:
            answer = self._ask(where="1=1", returnCountOnly="true")
        except Trouble as trouble:
            if not _is_too_much(trouble.issue):
                raise
            return None
        count = answer.get("count")
        return count if isinstance(count, int) and not isinstance(count, bool) and count >= 0 else None

    def _ids(self) -> Sequence[int] | None:
        """All object ids in order; None where they are too many, not given, not whole numbers, or not all."""
        if self.count is not None and self.count > IDS:
            return None
        try:
            answer = self._ask(where="1=1", returnIdsOnly="true")
        except Trouble as trouble:
            if not _is_too_much(trouble.issue):
                raise
            return None
        named = answer.get("objectIdFieldName")
        oid = named if isinstance(named, str) and named else self._oid
        given = answer.get("objectIds")
        if not oid or not isinstance(given, list):
            return None
        numbers = [number for value in given if (number := _whole(value)) is not None]
        if len(numbers) < max(len(given), self.count or 0, 1):
            return None
        self._oid = oid
        own = set(numbers)
        return array("q", sorted(own if self.count is not None and len(own) == self.count else numbers))

    def _span(self) -> tuple[int, int] | None:
        """The smallest and the largest object id, by the server's statistics; None where it has none."""
        wanted = [{"statisticType": kind, "onStatisticField": self._oid, "outStatisticFieldName": f"THE_{kind.upper()}"}
                  for kind in ("min", "max")]
        try:
            answer = self._ask(where="1=1", outStatistics=json.dumps(wanted), returnGeometry="false")
        except Trouble as trouble:
            if not _is_too_much(trouble.issue):
                raise
            return None
        features = answer.get("features")
        if not isinstance(features, list) or not features or not isinstance(features[0], Mapping):
            return None
        values = {name.upper(): _whole(value) for name, value in attributes(features[0]).items()}
        low, high = values.get("THE_MIN"), values.get("THE_MAX")
        return (low, high) if low is not None and high is not None and low <= high else None

    def _between(self, first: int, last: int) -> tuple[list[Feature], bool]:
        where = f"{self._oid}={first}" if first == last else f"{self._oid}>={first} AND {self._oid}<={last}"
        return self._query(where)

    def _query(self, where: str, **more: Any) -> tuple[list[Feature], bool]:
        """The rows that an answer has, and whether it says that there are more."""
        params = {"where": where, "outFields": "*", "returnGeometry": "true" if self._shapes else "false", **more}
        if self._shapes:
            params |= {"outSR": 4326, "returnZ": "false", "returnM": "false", "returnTrueCurves": "false"}
        try:
            answer = self._ask(**params, f=self._format)
        except Trouble as trouble:
            if self._format == "json" or trouble.issue.code != "arcgis-refused":
                raise
            self._format = "json"  # it says that it has GeoJSON, and has not
            answer = self._ask(**params)
        features = answer.get("features")
        if not isinstance(features, list) or not all(isinstance(feature, Mapping) for feature in features):
            raise Trouble(Issue("listing-of-another-kind", Place(url=self._url), {"expected": "features"}))
        self.degrees = self.degrees and _is_wgs84(answer.get("spatialReference"))
        beside = answer.get("properties")
        more_there = answer.get("exceededTransferLimit") is True or (
            isinstance(beside, Mapping) and beside.get("exceededTransferLimit") is True)
        return features, more_there

    def _ask(self, **params: Any) -> Mapping[str, Any]:
        if time.monotonic() > self._ends:
            raise Trouble(Issue("too-slow", Place(url=self._layer.url), {"seconds": self._seconds}))
        return ask(self._net, self._url, **params)

    def _by_id(self, features: Sequence[Feature]) -> dict[int, Feature]:
        """The rows by their identifiers, in the order in which they came; the first of each counts."""
        found: dict[int, Feature] = {}
        for feature in features:
            if (number := self._number(feature)) is not None:
                found.setdefault(number, feature)
        return found

    def _number(self, feature: Feature) -> int | None:
        return _whole(attributes(feature).get(self._oid, feature.get("id")))

    def _missing(self, found: int) -> Trouble:
        return Trouble(Issue("layer-rows-missing", Place(url=self._layer.url), {
            "found": found, "total": "?" if self.count is None else self.count}))


def _whole(value: Any) -> int | None:
    """An object id; old servers write it as 6.45E7."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= 1 << 62:
        return None
    return int(value) if value == int(value) else None


def _is_wgs84(reference: Any) -> bool:
    """Whether a spatial reference is WGS 84 in degrees; one that says nothing may be."""
    if not isinstance(reference, Mapping):
        return True
    numbers = {reference.get(key) for key in ("wkid", "latestWkid") if isinstance(reference.get(key), int)} - {0}
    text = reference.get("wkt")
    if numbers or not isinstance(text, str):
        return 4326 in numbers or not numbers
    return "WGS_1984" in text and not text.lstrip().startswith("PROJCS")


def _is_too_much(issue: Issue) -> bool:
    """Whether a server may well answer a smaller question."""
    status = issue.facts.get("status")
    return issue.code in ("arcgis-refused", "too-large", "time-out", "too-slow") or (
        issue.code == "http-status" and isinstance(status, int) and (status >= 500 or status in (400, 413, 414)))
