"""Asks in full for records of which the listing gave only a mark, and hashes what the source says.

Asking happens when a record's turn comes, some records at a time, so that a page of a thousand marks never has a
thousand answers in memory, and a worker that is killed asks again for a few only.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence

from catalog.errors import Trouble
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
    except Exception:  # noqa: BLE001 - a fault of ours costs the records that were asked for, not the run
        reference = uuid.uuid4().hex[:12]
        log.exception("asking for %d records in full broke; reference %s", len(light), reference)
        return [Issue("fault", Place(), {"reference": reference})] * len(light)
    return answers


def record_of(identifier: str, answer: Gathered | Issue, source: Source) -> Record:
    """A record to work on; rejected at once where its answer could not be had, so that it is asked for again next time."""
    if isinstance(answer, Issue):
        return Record(source=source.id, identifier=identifier, outcome=Outcome.REJECTED, issues=(answer,))
    return Record(source=source.id, identifier=identifier, raw=answer.raw or {}, raw_hash=hash_answer(answer, source),
                  mark=hash_mark(answer, source))


def complete(connector: Connector, staged: Sequence[Staged], source: Source) -> list[Record]:
    """Staged records as the pipeline takes them, each with its answer."""
    answers = in_full(connector, [Gathered(identifier=item.identifier, raw=item.raw) for item in staged])
    return [record_of(item.identifier, answer, source) for item, answer in zip(staged, answers, strict=True)]
