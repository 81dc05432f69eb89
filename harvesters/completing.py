"""Asks in full for records of which the listing gave only a mark, and hashes what the source says.

Asking happens when a record's turn comes, some records at a time, so that a page of a thousand marks never has a
thousand answers in memory, and a worker that is killed asks again for a few only.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from dataclasses import replace

from catalog.errors import CalledOff, Trouble
from catalog.gathering import hash_raw
from catalog.issues import Issue, Place
from catalog.models import Source, Staged
from catalog.record import Outcome, Record
from harvesters.base import Connector, Gathered

log = logging.getLogger(__name__)


def hash_answer(item: Gathered, source: Source) -> str:
    """The hash of a record's answer and the source's options; empty where there is no answer yet."""
    return "" if item.raw is None else hash_raw({"raw": item.raw, "options": source.options})


def hash_mark(item: Gathered, source: Source) -> str | None:
    """The hash of a record's mark, of where it was listed and of the source's options; None without a mark."""
    if item.mark is None:
        return None
    return hash_raw({"mark": item.mark, "connector": source.connector, "url": source.url, "options": source.options})


def in_full(connector: Connector, items: Sequence[Gathered]) -> list[Gathered | Issue]:
    """Each item with its answer, asked for where the listing gave none, or why it could not be had."""
    light = [Gathered(identifier=item.identifier) for item in items if item.raw is None]
    answers = iter(_asked(connector, light) if light else ())
    return [next(answers) if item.raw is None else item for item in items]


def _asked(connector: Connector, light: Sequence[Gathered]) -> list[Gathered | Issue]:
    """What the connector answers, one for each item; where asking breaks, why, for each of them."""
    try:
        answers = list(connector.detail(light))
        if len(answers) != len(light) or any(isinstance(answer, Gathered) and answer.raw is None for answer in answers):
            raise ValueError("an answer is missing")
    except Trouble as trouble:
        return [trouble.issue] * len(light)
    except CalledOff:
        raise
    except Exception:  # noqa: BLE001 - a fault of ours costs the records that were asked for, not the run
        reference = uuid.uuid4().hex[:12]
        log.exception("asking for %d records in full broke; reference %s", len(light), reference)
        return [Issue("fault", Place(), {"reference": reference})] * len(light)
    return answers


def complete(connector: Connector, staged: Sequence[Staged], source: Source) -> list[Record]:
    """Staged records as the pipeline takes them, each with its answer.

    One whose answer could not be had is rejected at once and keeps no hash, so that it is asked for again next time. A hash
    made when the record was listed stands: numbers may come back from a store in another form.
    """
    answers = in_full(connector, [Gathered(identifier=item.identifier, raw=item.raw) for item in staged])
    return [_record(item, answer, source) for item, answer in zip(staged, answers, strict=True)]


def _record(item: Staged, answer: Gathered | Issue, source: Source) -> Record:
    record = Record(source=source.id, identifier=item.identifier, raw_hash=item.raw_hash)
    if isinstance(answer, Issue):
        return replace(record, outcome=Outcome.REJECTED, issues=(answer,))
    if item.raw is not None:
        return replace(record, raw=item.raw)
    try:
        return replace(record, raw=answer.raw or {}, raw_hash=hash_answer(answer, source), mark=hash_mark(answer, source))
    except TypeError:  # nested without end
        return replace(record, outcome=Outcome.REJECTED, issues=(Issue("record-too-deep", Place(), {"identifier": item.identifier}),))
