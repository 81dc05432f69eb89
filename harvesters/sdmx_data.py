"""Reads SDMX data, as SDMX-CSV or SDMX-ML (generic or structure-specific), into the rows of a tidy table.

The columns: each dimension, beside it `NAME_label` where it has a code list; `value` (OBS_VALUE) and `status` (OBS_STATUS);
then the attributes, in the same way. Both formats of one dataflow give the same table.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from harvesters.cube import CELLS, Row, unique_names
from harvesters.sdmx_message import Event, walk
from harvesters.sdmx_structure import Structure

VALUE, STATUSES = "OBS_VALUE", ("OBS_STATUS", "OBS_FLAG")
_CSV_HEAD = re.compile(r'^"?(?:DATAFLOW|STRUCTURE)"?([,;\t|])')
_NO_DATA = {"DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "LAST UPDATE"}  # of the message, not of the rows
_OF_THE_SET = {"action", "setID", "structureRef", "dataScope", "validFromDate", "validToDate", "publicationYear",
               "publicationPeriod", "reportingBeginDate", "reportingEndDate",
               "dataProviderID", "dataProviderSchemeID", "dataProviderSchemeAgencyId"}

COLUMNS, GROUPS = 500, 200_000

Observation = Mapping[str, str]


@dataclass(slots=True)
class Names:
    """The names that occur, in the order of their first occurrence: keys of observations, and other attributes."""

    keys: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def learn(self, name: str, *, is_key: bool) -> None:
        """Note a name; ValueError when there are more than any table has."""
        known = self.keys if is_key else self.others
        if name not in known:
            known.append(name)
            if len(known) > COLUMNS:
                raise ValueError("columns")


def table(path: Path, place: Place, known: Structure) -> tuple[list[str], Iterator[Row]]:
    """The columns and the rows of a data message in a file; Trouble when it is none, or not whole."""
    with path.open("rb") as file:
        start = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        names = _names_in_xml(path, place)
        observations = _xml(path, place, names)
    else:
        names, observations = _csv(path, place)
    columns = _columns(names, known)
    return _header(columns, known), _rows(observations, columns, known)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which names become columns, before and after the value, and which one is the status."""

    dimensions: list[str]
    attributes: list[str]
    status: str


def _columns(names: Names, known: Structure) -> Columns:
    """Dimensions as the structure orders them; where it is not known, the keys as they occur."""
    occurring = list(dict.fromkeys([*names.keys, *names.others]))
    status = next((name for name in STATUSES if name in occurring), STATUSES[0])
    dimensions = [name for name in known.dimensions if name in occurring] or names.keys
    rest = [name for name in occurring if name not in dimensions and name not in (VALUE, status)]
    ordered = [name for name in known.attributes if name in rest]
    return Columns([name for name in dimensions if name not in (VALUE, status)],
                   [*ordered, *(name for name in rest if name not in ordered)], status)


def _header(columns: Columns, known: Structure) -> list[str]:
    def beside(names: list[str]) -> list[str]:
        return [column for name in names for column in ([name, f"{name}_label"] if name in known.labels else [name])]

    before, after = beside(columns.dimensions), beside(columns.attributes)
    unique = unique_names([*before, *after])
    return [*unique[:len(before)], "value", "status", *unique[len(before):]]


def _rows(observations: Iterable[Observation], columns: Columns, known: Structure) -> Iterator[Row]:
    def beside(observation: Observation, names: list[str]) -> Iterator[str]:
        for name in names:
            code = observation.get(name, "")
            yield code
            if name in known.labels:
                yield known.labels[name].get(code, "")

    for observation in observations:
        value = observation.get(VALUE, "")
        yield [*beside(observation, columns.dimensions), "" if value == "NaN" else value, observation.get(columns.status, ""),
               *beside(observation, columns.attributes)]


def _csv(path: Path, place: Place) -> tuple[Names, Iterator[Observation]]:
    """SDMX-CSV 1.0 or 2.0: what stands before OBS_VALUE are the keys."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        line = file.readline(1 << 16)
    found = _CSV_HEAD.match(line)
    delimiter = found[1] if found else ","
    header = next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])
    if VALUE not in header or len(set(header)) != len(header):
        raise Trouble(Issue("cube-of-another-kind", place, {"expected": VALUE}))
    at = header.index(VALUE)
    keys, others = ([name for name in part if name not in _NO_DATA] for part in (header[:at], header[at + 1:]))
    return Names(keys, others), _csv_rows(path, place, delimiter, header)


def _csv_rows(path: Path, place: Place, delimiter: str, header: list[str]) -> Iterator[Observation]:
    number = 1
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            next(reader)
            for number, row in enumerate(reader, start=2):
                if not row:
                    continue
                if len(row) != len(header):
                    raise Trouble(Issue("sdmx-row-odd", place, {"row": number}))
                yield dict(zip(header, row, strict=True))
    except (csv.Error, UnicodeDecodeError):
        raise Trouble(Issue("sdmx-row-odd", place, {"row": number + 1})) from None


def _names_in_xml(path: Path, place: Place) -> Names:
    """The names in a message, which is read a first time for them."""
    names = Names()
    for _ in _xml(path, place, names):
        pass
    return names


def _xml(path: Path, place: Place, names: Names) -> Iterator[Observation]:
    """The observations of an SDMX-ML message; `names` learns what occurs."""
    read = _Message(names)
    with path.open("rb") as file:
        for event in walk(file, place, "Data"):
            try:
                observation = read.take(event)
            except ValueError:
                raise Trouble(Issue("cube-too-large", place, {"limit": CELLS})) from None
            if observation is not None:
                yield observation


class _Message:
    """Where the reading of a message stands: what is true of the set, the groups, the series, the observation."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._at_observation = "TIME_PERIOD"
        self._set: dict[str, str] = {}
        self._group: dict[str, str] = {}
        self._group_key: set[str] = set()
        self._groups: dict[tuple[str, ...], dict[tuple[str, ...], dict[str, str]]] = {}
        self._series: dict[str, str] = {}
        self._obs: dict[str, str] = {}

    def take(self, event: Event) -> Observation | None:
        """One opening or closing; the observation that it completes."""
        if event.opens:
            self._open(event)
        elif event.name == "Value":
            self._note_value(event)
        elif event.name == "ObsDimension":
            self._note(self._obs, event.element.get("id") or self._at_observation, event.element.get("value"), is_key=True)
        elif event.closes("Time", "Obs"):
            self._note(self._obs, "TIME_PERIOD", event.element.text, is_key=True)
        elif event.name == "ObsValue":
            self._obs[VALUE] = event.element.get("value") or ""
        elif event.name == "Group":
            self._keep_group()
        elif event.name == "Series":
            self._series = {}
        elif event.name == "Obs":
            return self._whole()
        return None

    def _open(self, event: Event) -> None:
        own = event.own()
        if event.name == "Structure" and event.around[-1:] == ("Header",):
            self._at_observation = event.element.get("dimensionAtObservation") or self._at_observation
        elif event.name == "DataSet":
            self._set = {key: value for key, value in own.items() if key not in _OF_THE_SET}
            self._groups, self._series = {}, {}
        elif event.name == "Group":
            self._group, self._group_key = {key: value for key, value in own.items() if key != "type"}, set()
        elif event.name == "Series":
            self._series = own
            self._learn(own)
        elif event.name == "Obs":
            self._obs = own
            self._learn(own)

    def _learn(self, own: Mapping[str, str]) -> None:
        """In a structure-specific message nothing tells keys from attributes; what stands with them counts as a key."""
        for name in own:
            if name not in (VALUE, *STATUSES):
                self._names.learn(name, is_key=True)

    def _note_value(self, event: Event) -> None:
        """A value of a generic message: of a key, or an attribute of the set, a group, a series or an observation."""
        name = event.element.get("id") or event.element.get("concept")
        holder, owner = event.around[-1:], event.around[-2:-1]
        targets = {"Obs": self._obs, "Series": self._series, "Group": self._group, "DataSet": self._set}
        if not name or holder[0] not in ("SeriesKey", "ObsKey", "GroupKey", "Attributes") or not owner or owner[0] not in targets:
            return
        if holder[0] == "GroupKey":
            self._group_key.add(name)
        self._note(targets[owner[0]], name, event.element.get("value"), is_key=holder[0] != "Attributes")

    def _note(self, target: dict[str, str], name: str, value: str | None, *, is_key: bool) -> None:
        target[name] = value or ""
        self._names.learn(name, is_key=is_key)

    def _keep_group(self) -> None:
        """What a group says holds for every series that has its keys; which are keys, a first reading of the series has told."""
        keys = self._group_key or {name for name in self._group if name in self._names.keys}
        place = tuple(sorted(keys))
        said = {name: value for name, value in self._group.items() if name not in keys}
        for name in said:
            self._names.learn(name, is_key=False)
        self._groups.setdefault(place, {})[tuple(self._group.get(name, "") for name in place)] = said
        if sum(map(len, self._groups.values())) > GROUPS:
            raise ValueError("groups")

    def _whole(self) -> Observation:
        keyed = {**self._series, **self._obs}
        found = dict(self._set)
        for place, said in self._groups.items():
            found |= said.get(tuple(keyed.get(name, "") for name in place), {})
        found |= keyed
        for name in found:
            if name not in self._names.keys and name != VALUE:
                self._names.learn(name, is_key=False)
        return found
