"""The conditions that one dataset must meet under rule version 1, each judged from what the catalogue holds.

Published; under an open licence; with a machine-readable file in an open format; its newest version valid; reachable
at its last check; updated as promised (ARCHITECTURE: participation). The seventh, `standing`, names the first of
these that fails, or `ok`; the day on which freshness ends goes with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from catalog import licences
from catalog.clock import day_of
from catalog.formats import canonical
from catalog.freshness import due_on

# Formats a program can read and anybody may implement (Decree 47/2020, art. 17; XLSX is ISO/IEC 29500).
OPEN_FORMATS = frozenset((
    "csv", "tsv", "json", "jsonl", "ndjson", "json-ld", "jsonld", "geojson", "topojson", "xml", "rdf", "rdf/xml", "ttl", "turtle", "n-triples",
    "ods", "xlsx", "parquet", "kml", "gml", "gpkg", "netcdf", "sqlite", "gtfs", "px", "sdmx",
))


# Extras in which a source says when the data itself was last updated.
STATED = ("modified", "origin_modified")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the catalogue holds of a dataset now: rows of its tables; `versions` are the live and the newest of each file."""

    dataset: Any
    resources: Sequence[Any]
    versions: Sequence[Any]
    issues: Sequence[Any]
    today: datetime
    frequency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition as it holds now; `cause` is the code of an issue."""

    kind: str
    state: str
    cause: str | None = None
    good_until: date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def conditions(found: Found) -> list[Condition]:
    """The six conditions of a dataset, and its standing."""
    readable, each = _machine_readable(found)
    each = [_published(found), _licence(found), each, _valid(found, readable), _reachable(found, readable), _current(found)]
    return [*each, _standing({condition.kind: condition for condition in each})]


def _published(found: Found) -> Condition:
    if found.dataset.state == "deleted":
        return Condition(kind="published", state="withdrawn")
    shown = found.dataset.state == "active" and not found.dataset.private
    return Condition(kind="published", state="ok" if shown else "none")


def _licence(found: Found) -> Condition:
    given = found.dataset.license_id
    if licences.is_open(licences.recognise(given) or given):
        return Condition(kind="licence", state="ok", facts={"licence": given})
    cause = "licence-missing" if given in ("", "notspecified") else "licence-not-open"
    return Condition(kind="licence", state="bad", cause=cause, facts={"licence": given})


def _machine_readable(found: Found) -> tuple[set[str], Condition]:
    """The resources that a program can read, and the condition.

    A table that was read into our own store is handed out as CSV too, whatever it came in.
    """
    live = {version.id: version for version in found.versions if version.state == "published"}
    newest = _newest(found)
    readable, formats = set(), set()
    for resource in found.resources:
        if resource.state == "deleted":
            continue
        version = live.get(resource.version_id) or newest.get(resource.id)
        name = canonical((version.format if version is not None else "") or resource.format or "")
        formats.add(name)
        if name.lower() in OPEN_FORMATS or (version is not None and version.table_sha256):
            readable.add(resource.id)
    facts = {"formats": ", ".join(sorted(formats - {""}))}
    if readable:
        return readable, Condition(kind="machine-readable", state="ok", facts=facts)
    return readable, Condition(kind="machine-readable", state="bad", cause="format-not-open" if found.resources else "no-file", facts=facts)


def _valid(found: Found, readable: set[str]) -> Condition:
    """Whether the newest version of each readable file passed; one that did is enough to be `part`."""
    newest = [version for resource_id, version in _newest(found).items() if resource_id in readable]
    good = [version for version in newest if version.state == "published" and version.checked == "valid"]
    held = [version for version in newest if version.state == "held"]
    refused = [version for version in newest if version.state == "refused"]
    if good:
        return Condition(kind="valid", state="part" if held or refused else "ok")
    if held:
        return Condition(kind="valid", state="hold", **_issue(found, ("screen",), "data-held"))
    if refused:
        stated = _issue(found, ("read", "validate"), "data-not-valid")
        return Condition(kind="valid", state="bad", cause=stated["cause"],
                         facts={**stated["facts"], "errors": max(version.errors for version in refused)})
    return Condition(kind="valid", state="none", **_issue(found, ("fetch", "read", "validate"), "data-not-checked"))


def _reachable(found: Found, readable: set[str]) -> Condition:
    """Reachable at its last check; a file that was fetched and never failed since counts as reached."""
    checks = [resource.reachable if resource.reachable is not None else (True if resource.version_id else None)
              for resource in found.resources if resource.id in readable]
    if any(checks):
        return Condition(kind="reachable", state="ok")
    if False in checks:
        return Condition(kind="reachable", state="bad", **_issue(found, ("fetch",), "file-unreachable"))
    return Condition(kind="reachable", state="none", cause="file-unreachable")


def _current(found: Found) -> Condition:
    """When the data was last updated, and the last day on which it is not overdue against its promised frequency."""
    updated = _updated(found)
    if updated is None:
        return Condition(kind="current", state="none")
    return Condition(kind="current", state="ok", good_until=due_on(updated, found.frequency),
                     facts={"updated": updated.isoformat(), "frequency": found.frequency})


def _updated(found: Found) -> date | None:
    """The day of the data's last update: what the source states of the dataset, else of its live files, else when they came.

    A day in the future is not believed.
    """
    live = [resource for resource in found.resources if resource.version_id is not None and resource.state != "deleted"]
    if not live:
        return None
    of_dataset = [_day(extra.get("value")) for extra in found.dataset.extras if extra.get("key") in STATED]
    of_files = [day_of(resource.last_modified) for resource in live if resource.last_modified is not None]
    for days in (of_dataset, of_files):
        believed = [day for day in days if day is not None and day <= day_of(found.today)]
        if believed:
            return max(believed)
    live_ids = {resource.version_id for resource in live}
    created = [version.created for version in found.versions if version.id in live_ids]
    return day_of(max(created)) if created else None


def _day(text: Any) -> date | None:
    try:
        moment = datetime.fromisoformat(str(text).strip())
    except ValueError:
        return None
    if len(str(text).strip()) == len("2024-09-30"):
        return moment.date()
    return day_of(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _standing(each: Mapping[str, Condition]) -> Condition:
    """The first condition that fails, named by what a person must look at; `ok` when none does."""
    published, valid, current = each["published"], each["valid"], each["current"]
    if published.state == "withdrawn":
        return Condition(kind="standing", state="withdrawn")
    if published.state != "ok" and valid.state not in ("bad", "hold"):
        return Condition(kind="standing", state="unpublished")
    for kind in ("machine-readable", "valid", "licence", "reachable"):
        condition = each[kind]
        if condition.state not in ("ok", "part"):
            state = "held" if condition.state == "hold" else kind
            return Condition(kind="standing", state=state, cause=condition.cause)
    return Condition(kind="standing", state="ok" if published.state == "ok" else "unpublished", good_until=current.good_until)


def _newest(found: Found) -> dict[str, Any]:
    newest: dict[str, Any] = {}
    for version in found.versions:
        if version.resource_id not in newest or version.number > newest[version.resource_id].number:
            newest[version.resource_id] = version
    return newest


def _issue(found: Found, stages: Sequence[str], otherwise: str) -> dict[str, Any]:
    """Cause and facts of the first open issue of these stages; `otherwise` where none is open."""
    for issue in found.issues:
        if issue.stage in stages:
            return {"cause": issue.code, "facts": {"place": dict(issue.place), "facts": dict(issue.facts)}}
    return {"cause": otherwise, "facts": {}}
