"""Server time of the pages about runs after years of harvesting: 100,000 runs, 10 million records, 500,000 issues, 300 sources."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta
from uuid import UUID

from sqlalchemy import insert, text
from support.seeding import add_agency

from catalog.issues import code
from catalog.models import IssueRow, Run, Source
from catalog.site import Site
from web import create_app

RUNS, RECORDS, ISSUES, SOURCES = 100_000, 100, 500_000, 300
LARGEST, ROUNDS, LIMIT = 100_000, 15, 50  # records of one run; times a page is asked for; milliseconds
OPEN = 20_000  # issues still open
CODES = ("no-files", "link-dropped", "licence-unknown", "http-status")


def bench(site: Site, kind: str, *, share: float = 1.0) -> None:
    """Fill the site with history, `share` of it, and print the median of each page, beside that of a page that asks nothing."""
    started = time.perf_counter()
    runs = fill(site, int(RUNS * share), int(ISSUES * share))
    print(f"{kind:12} history of {len(runs):,} runs, {len(runs) * RECORDS + LARGEST:,} records, {int(ISSUES * share):,} issues written in "
          f"{time.perf_counter() - started:.0f} s", flush=True)
    client = create_app(site).test_client()
    largest, last = f"/runs/{_id(0)}", len(runs) // 50
    for address in ("/runs/codes", "/runs", "/runs?who=agency", "/runs/all", f"/runs/all?page={last}", "/runs/all?source=nguon-7", "/runs/issues",
                    "/runs/issues?source=nguon-7", "/runs/issues?who=agency&page=100", f"/runs/{runs[-1]}", largest, f"{largest}?outcome=updated",
                    f"{largest}?page={LARGEST // 50}", f"{largest}/progress.json"):
        client.get(address)
        times = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            answer = client.get(address)
            times.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200, (address, answer.status_code)
        median = statistics.median(times)
        shown = address.replace(_id(0), "<largest>").replace(runs[-1], "<usual>")
        print(f"{kind:12} page {shown:34} median {median:7.1f} ms   best {min(times):7.1f} ms{'   over ' + str(LIMIT) if median > LIMIT else ''}", flush=True)


def fill(site: Site, count: int, issues: int) -> list[str]:
    """Write the history; returns the runs' ids, the oldest first. The first run has `LARGEST` records and goes on still."""
    now = site.clock.now()
    with site.writing() as session:
        agencies = [add_agency(site, session, f"co-quan-{n}").id for n in range(29)]
        sources = [_id(n, 1) for n in range(SOURCES)]
        session.execute(insert(Source.__table__), [
            {"id": source, "name": f"nguon-{n}", "agency_id": agencies[n % 29], "connector": "ckan", "url": "https://example.org", "created": now}
            for n, source in enumerate(sources)])
        runs = [_id(n) for n in range(count)]
        session.execute(insert(Run.__table__), [
            {"id": run, "source_id": sources[n % SOURCES], "status": "succeeded" if n else "running", "stage": "" if n else "fetch", "gathered_all": n > 0,
             "queued_at": now - timedelta(minutes=count - n), "started_at": now - timedelta(minutes=count - n),
             "finished_at": now - timedelta(minutes=count - n - 1) if n else None, "expected": RECORDS if n else LARGEST} for n, run in enumerate(runs)])
        _records(session, "NOT IN", RECORDS)
        _records(session, "IN", LARGEST)
        entries = {name: code(name) for name in CODES}
        for start in range(0, issues, 50_000):
            session.execute(insert(IssueRow.__table__), [_issue(n, issues, runs, sources, entries, now) for n in range(start, min(start + 50_000, issues))])
    with site.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if site.engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))
    return runs


def _records(session, which: str, count: int) -> None:
    """Records by the store itself, run after run, so that ten million take a minute."""
    numbers = f"WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count - 1})"
    session.execute(text(f"""
        {numbers} INSERT INTO run_record (run_id, identifier, outcome, at)
        SELECT r.id, 'bo-du-lieu-' || (100000 + n), CASE WHEN n % 10 = 0 THEN 'updated' WHEN n % 97 = 0 THEN 'rejected' ELSE 'unchanged' END, r.started_at
        FROM (SELECT id, started_at FROM run WHERE id {which} ('{_id(0)}') ORDER BY id) r CROSS JOIN numbers"""))


def _issue(number: int, issues: int, runs: list[str], sources: list[str], entries: dict, now) -> dict:
    at = number * len(runs) // issues
    name = CODES[number % len(CODES)]
    entry, seen = entries[name], now - timedelta(minutes=len(runs) - at)
    return {"fingerprint": f"{number % 200_000:032x}", "run_id": runs[at], "source_id": sources[at % SOURCES], "identifier": f"bo-du-lieu-{number}",
            "code": name, "stage": str(entry.stage), "severity": str(entry.severity), "who": str(entry.who), "dataset_id": _id(number % 5_000, 2), "place": {"url": "https://example.org/tep.csv"},
            "facts": {}, "first_seen": seen, "last_seen": seen, "closed_at": None if number >= issues - OPEN else seen}


def _id(number: int, kind: int = 0) -> str:
    return str(UUID(int=(kind << 64) | number))
