"""The ordered list of steps through which every record passes.

    gather ─► describe ─► fit ─► fetch ─► compare ─► check (read, validate, screen) ─► publish ─► index

`gather` is the connector's. The steps of `STEPS` prepare a record: they may be repeated at will, because all
they leave behind is content-addressed. `intake.take_in` then takes the prepared record into the catalogue, and
into the change log from which the index follows, in one transaction that happens exactly once.
"""

from __future__ import annotations

import logging
import tempfile
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import requests

from catalog import validation
from catalog.characters import keepable
from catalog.decisions.columns import Key
from catalog.decisions.deriving import Decided, release
from catalog.decisions.given import standing_with
from catalog.decisions.telling import told
from catalog.digests import Digests
from catalog.errors import CalledOff, Trouble
from catalog.files import Files
from catalog.fitting import fit
from catalog.issues import Issue, Place
from catalog.net import Net
from catalog.record import Distribution, Made, Outcome, Record, StoredFile
from catalog.validation.told import Told
from catalog.verdicts import KEPT, keep_verdict

log = logging.getLogger(__name__)

TABULAR = {"CSV", "TSV", "TXT", "XLS", "XLSX", "ODS", "JSON", "GEOJSON", "PARQUET", "ZIP"}
MEDIA_TYPE_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the catalogue already holds of one file: enough to ask the source whether it changed.

    `reachable` is False where the last attempt to fetch it failed; `columns` is how many columns the live version has
    as a table, 0 where it is none. `due` is False where it need not be asked for yet, as long as the listing is the same;
    `believed` is False where it is fetched whatever the server says of it; `decisions` are those that stand about its columns, `taken_back`
    the ids of those that do not stand any more.
    """

    file: StoredFile
    reachable: bool = True
    due: bool = True
    believed: bool = True
    columns: int = 0
    decisions: Mapping[Key, Decided] = field(default_factory=dict)
    taken_back: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the steps work with.

    `describe` is the connector's: the source's answer in the catalogue's words; so is `make`, which writes the file of a
    recipe, or says by None that it is as it was at a mark. `before` maps a resource's URL to what
    is held of it, `told` to how it is to be read ("" for every other file); `known` is True where the source says of the record just what it said last time; `forced` is True
    where a file is fetched even if the source says that it is the same; `copy` is False where a source's files are only
    linked; `cancelled` is asked between files and inside long checks.
    """

    net: Net
    files: Files
    describe: Callable[[Record], Record]
    make: Callable[[Mapping[str, Any], Path, str | None], Made | None] | None = None
    before: Mapping[str, Before] = field(default_factory=dict)
    told: Mapping[str, Told] = field(default_factory=dict)
    known: bool = False
    forced: bool = False
    copy: bool = True
    cancelled: Callable[[], bool] = lambda: False


def describe(record: Record, tools: Tools) -> Record:
    """Put the source's answer into the catalogue's words."""
    return tools.describe(record)


def fetch(record: Record, tools: Tools) -> Record:
    """Bring the files here; one that cannot be had stays a link, with an issue that says why."""
    if not tools.copy:
        return record
    resources, issues = [], []
    for resource in record.resources:
        if _worth_copying(resource):
            try:
                resource = _look_at(resource, tools)
                issues += [Issue("validator-lies", Place(url=resource.url))] if resource.lied else []
            except Trouble as trouble:
                resource = replace(resource, reached=False)
                issues.append(_placed(trouble.issue, resource))
        resources.append(resource)
    return replace(record, resources=tuple(resources)).with_issues(*issues)


def _worth_copying(resource: Distribution) -> bool:
    """Whether the file may hold a table; a page or a service is only linked."""
    if resource.recipe is not None:
        return True
    wanted = (resource.format or "").upper().lstrip(".")
    if not wanted:
        wanted = Path(resource.url.partition("?")[0]).suffix.lstrip(".").upper()
    return bool(resource.url) and wanted in TABULAR


def _look_at(resource: Distribution, tools: Tools) -> Distribution:
    """The file as it is now: held already and not due, unchanged as the server says, or fetched and hashed."""
    held = tools.before.get(resource.url)
    if held is not None and tools.known and held.reachable and not held.due:
        return replace(resource, file=held.file, reached=True)
    asked = held if held is not None and held.believed and not tools.forced else None
    with tempfile.TemporaryDirectory(prefix="haidang-") as folder:
        target = Path(folder) / "file"
        bring = _make if resource.recipe is not None else _download
        file, decided = bring(resource, target, tools, asked.file if asked else None)
    return replace(resource, file=file, reached=True, decided=decided, lied=_lied(file, held, asked is None))


def _lied(file: StoredFile, held: Before | None, whole: bool) -> bool | None:
    """Whether the server would have said "unchanged" of bytes that have changed; told only by bytes that have."""
    if held is None or held.file.sha256 == file.sha256:
        return None
    same = file.etag == held.file.etag and (file.etag is not None or file.last_modified == held.file.last_modified)
    return whole if same and (file.etag or file.last_modified) else False


def _download(resource: Distribution, target: Path, tools: Tools, held: StoredFile | None) -> tuple[StoredFile, str]:
    """The file, and the test that told whether it has changed; of both conditions the ETag counts (RFC 9110, 13.2.2)."""
    got = tools.net.download(resource.location or resource.url, target, etag=held.etag if held else None,
                             last_modified=held.last_modified if held else None)
    if got.status == "not-modified" and held:
        return held, "etag" if held.etag else "last-modified"
    sha256 = tools.files.put(target, got.digests)
    said = {"media_type": got.media_type and got.media_type[:MEDIA_TYPE_LENGTH], "etag": got.etag, "last_modified": got.last_modified}
    return StoredFile(sha256=sha256, size=got.size, md5=got.digests and got.digests.md5, filename=got.filename, **keepable(said)), "hash"


def _make(resource: Distribution, target: Path, tools: Tools, held: StoredFile | None) -> tuple[StoredFile, str]:
    """The file of a recipe; the mark stands where a downloaded file has its ETag."""
    if tools.make is None:
        raise Trouble(Issue("recipe-without-maker", Place(url=resource.url)))
    made = tools.make(resource.recipe or {}, target, held.etag if held else None)
    if made is None and held is not None:
        return held, "mark"
    if made is None:
        raise Trouble(Issue("answer-empty", Place(url=resource.url)))
    sha256 = tools.files.put(target)
    said = keepable({"media_type": made.media_type[:MEDIA_TYPE_LENGTH], "etag": made.mark})
    return StoredFile(sha256=sha256, size=target.stat().st_size, filename=made.filename, **said), "hash"


def compare(record: Record, tools: Tools) -> Record:
    """Stop here, unchanged, where the source says what it said before and every file has the bytes it had."""
    unchanged = tools.known and all(_as_before(resource, tools.before.get(resource.url)) for resource in record.resources)
    return replace(record, outcome=Outcome.UNCHANGED) if unchanged else record


def _as_before(resource: Distribution, before: Before | None) -> bool:
    if resource.file is None or before is None:
        return resource.file is None and before is None
    return before.reachable and resource.file.sha256 == before.file.sha256


def check(record: Record, tools: Tools) -> Record:
    """Read, validate and screen every file that was brought here; keep the report and the typed table."""
    resources, issues = [], []
    for resource in record.resources:
        if resource.file is not None:
            held = tools.before.get(resource.url)
            verdict = validation.check(
                tools.files.path(resource.file.sha256), filename=resource.file.filename, format=resource.format,
                media_type=resource.file.media_type or resource.media_type, schema=resource.schema,
                encoding=resource.encoding, cancelled=tools.cancelled, columns_before=held.columns if held else 0,
                keep=KEPT, digests=_digests(resource.file), told=_told(resource, tools),
            )
            decisions = standing_with(resource.told, held.decisions if held else {}, held.taken_back if held else ())
            made = release(verdict, resource.file.filename, decisions, tools.files) if decisions else None
            issues += [_placed(issue, resource) for issue in told(verdict.issues, verdict.sheet, made, decisions)]
            checked = replace(keep_verdict(verdict, tools.files), release=made and made.to_dict())
            resource = replace(resource, format=verdict.format or resource.format, checked=checked)
        resources.append(resource)
    return replace(record, resources=tuple(resources)).with_issues(*issues)


def _told(resource: Distribution, tools: Tools) -> Told | None:
    """What was said of this very file, else what is remembered of the ones before it."""
    return Told.from_dict(resource.told) if resource.told is not None else tools.told.get(resource.url) or tools.told.get("")


def _digests(file: StoredFile) -> Digests | None:
    return Digests(md5=file.md5, sha256=file.sha256, size=file.size) if file.md5 else None


def _placed(issue: Issue, resource: Distribution) -> Issue:
    """The issue, with the file's address where the place does not say one."""
    if issue.place.url or issue.place.file:
        return replace(issue, place=replace(issue.place, url=issue.place.url or resource.url))
    return replace(issue, place=replace(issue.place, url=resource.url))


Step = Callable[[Record, Tools], Record]
STEPS: tuple[Step, ...] = (describe, fit, fetch, compare, check)


def prepare(record: Record, tools: Tools) -> Record:
    """The record after every step but the last, or as far as its outcome was known; what breaks in one never stops the others."""
    for step in STEPS:
        if tools.cancelled() or record.outcome is not None:
            return record
        try:
            record = step(record, tools)
        except Trouble as trouble:
            return record.with_issues(trouble.issue)
        except (validation.Cancelled, CalledOff):
            return record  # the run was called off, so nothing of it will be published
        except requests.RequestException as error:
            return record.with_issues(Issue("connection-broken", Place(), {"error": type(error).__name__}))
        except Exception:  # noqa: BLE001 - the one broad net: a fault of ours in one record must not stop a thousand others
            reference = uuid.uuid4().hex[:12]
            log.exception("record %r of %s broke; reference %s", record.identifier, record.source, reference)
            return record.with_issues(Issue("fault", Place(), {"reference": reference}))
    return record
