"""How it is found out that a file has not changed, and how soon it is looked at again.

What tells, from the cheapest test to the surest: the source's listing says of the record what it said (`listing`, or
`mark` where it lists marks only); the server says that the file is the same (`etag`, `last-modified`: status 304);
the bytes were fetched and have the same SHA-256 (`hash`). The test that decided is kept with each record of a run.

A server may say "the same" of other bytes, which only fetching finds out: after `VERIFIED` a file is fetched whatever
the server says, sooner where its ETag is a weak one, which promises less (RFC 9110, 8.8.1). A server that was caught is
not believed again until it tells a change.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from catalog.freshness import PERIODS
from catalog.models import FileCheck, Version
from catalog.record import Distribution, Record

# Unchanged for so long -> left alone for so long, longest first; sooner than that a file is asked for at every harvest.
PAUSES = (
    (timedelta(days=120), timedelta(days=30)),
    (timedelta(days=28), timedelta(days=7)),
    (timedelta(days=4), timedelta(hours=24)),
    (timedelta(days=1), timedelta(hours=12)),
)
SLACK = 8  # an eighth of the pause: a daily harvest that comes a little early must not wait for the next day
VERIFIED, VERIFIED_WEAK = timedelta(days=30), timedelta(days=7)
# The surest first: what decided of a record with several files is the surest test that was needed.
TESTS = ("hash", "last-modified", "etag", "mark", "listing")
WORDS = {
    "listing": ("danh sách của nguồn", "the source's listing"), "mark": ("mốc thay đổi", "the mark of its state"),
    "etag": ("ETag", "ETag"), "last-modified": ("Last-Modified", "Last-Modified"), "hash": ("mã băm nội dung", "the hash of its bytes"),
}


def pause(quiet: timedelta, frequency: str) -> timedelta:
    """How long a file that has not changed for `quiet` is left alone; never longer than half the period that was promised."""
    found = next((pause for since, pause in PAUSES if quiet >= since), timedelta())
    promised = PERIODS.get(frequency)
    return found if promised is None else min(found, promised / 2)


def due_at(newest: Version | None, frequency: str, now: datetime) -> datetime | None:
    """When a file is asked for again; None for at every harvest: it has changed lately, or what is held of it is not good."""
    if newest is None or newest.state != "published":
        return None
    rest = pause(now - newest.created, frequency)
    return now + rest - rest / SLACK if rest else None


def is_due(check: FileCheck | None, now: datetime) -> bool:
    """Whether a file is asked for again."""
    return check is None or check.due_at is None or check.due_at <= now


def believes(check: FileCheck | None, now: datetime) -> bool:
    """Whether the server is asked whether the file has changed, rather than for the file."""
    if check is None:
        return True
    weak = (check.etag or "").startswith("W/")
    return not check.lies and check.verified_at is not None and now - check.verified_at < (VERIFIED_WEAK if weak else VERIFIED)


def note(check: FileCheck, draft: Distribution, newest: Version | None, frequency: str, now: datetime) -> None:
    """Keep how a file was looked at just now; `newest` is the newest version of it, also when that is of just now."""
    if draft.file is None or draft.decided is None:
        return
    check.asked_at, check.decided, check.lies = now, draft.decided, check.lies if draft.lied is None else draft.lied
    check.etag, check.last_modified = draft.file.etag, draft.file.last_modified
    fetched_before = check.verified_at or (newest.created if newest else None)
    check.verified_at = now if draft.decided == "hash" else fetched_before
    check.due_at = due_at(newest, frequency, now)


def decided(record: Record) -> str:
    """The test by which a record was found unchanged."""
    used = {resource.decided for resource in record.resources} | {"listing"}
    return next(test for test in TESTS if test in used)
