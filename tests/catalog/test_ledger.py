"""One ledger of hosts for all processes: on a machine's files, and on a PostgreSQL; what a killed process held is free at once."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from catalog.net.ledger import FileLedger, Ledger, OwnLedger, Turn
from catalog.site import Site
from catalog.turns import SharedLedger

HOST = "data.vn:443"
HOLDER = """
import sys, time
from sqlalchemy import create_engine
from pathlib import Path
from catalog import db
from catalog.net.ledger import FileLedger
from catalog.turns import SharedLedger
where = sys.argv[1]
ledger = SharedLedger(db.make_engine(where)) if "://" in where else FileLedger(Path(where))
assert ledger.take(sys.argv[2], 2) is not None
print("held", flush=True)
time.sleep(60)
"""


def where_of(site: Site) -> str:
    """What a process needs to find the site's ledger."""
    return site.settings.database_url if isinstance(site.ledger, SharedLedger) else str(site.settings.var / "hosts")


def another(site: Site) -> Ledger:
    """The same ledger as another process has it."""
    return SharedLedger(site.engine) if isinstance(site.ledger, SharedLedger) else FileLedger(site.settings.var / "hosts")


@pytest.fixture
def holder(site) -> Iterator[subprocess.Popen[str]]:
    """A process that holds one of the host's two places."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, where_of(site), HOST], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_a_site_shares_its_ledger_as_its_database_allows(site):
    assert isinstance(site.ledger, SharedLedger if site.engine.dialect.name == "postgresql" else FileLedger)


def test_a_host_has_so_many_places_and_no_more(site):
    mine, other = site.ledger, another(site)
    places = [mine.take(HOST, 3), other.take(HOST, 3), mine.take(HOST, 3)]
    assert None not in places
    assert (mine.take(HOST, 3), other.take(HOST, 3)) == (None, None)
    assert other.take("other.vn:443", 3) is not None, "another host has places of its own"
    mine.give_back(HOST, places[0])
    assert other.take(HOST, 3) is not None
    assert mine.take(HOST, 3) is None


def test_who_wants_one_place_only_waits_for_that_one(site):
    mine, other = site.ledger, another(site)
    first = mine.take(HOST, 4)
    assert other.take(HOST, 1) is None
    mine.give_back(HOST, first)
    assert other.take(HOST, 1) is not None


def test_a_killed_process_gives_its_place_back_at_once(site, holder):
    mine = site.ledger
    assert mine.take(HOST, 2) is not None
    assert mine.take(HOST, 2) is None
    holder.kill()
    holder.wait()
    deadline = time.monotonic() + 5
    while (place := mine.take(HOST, 2)) is None and time.monotonic() < deadline:
        time.sleep(0.005)
    assert place is not None


def test_the_moments_of_all_processes_lie_apart(site):
    """Eight threads on two ledgers call a host as often as they may; the ledger's own clock says how far apart."""
    ledgers, called, lock = [site.ledger, another(site)], [], threading.Lock()

    def call(ledger: Ledger) -> None:
        for _ in range(3):
            while rest := ledger.moment(HOST, 0.03):
                time.sleep(rest)
            with lock:
                called.append(time.monotonic())

    threads = [threading.Thread(target=call, args=(ledgers[n % 2],)) for n in range(8)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(called) == 24
    assert time.monotonic() - began >= 23 * 0.03


def test_what_a_host_asks_for_binds_every_process(site):
    mine, other = site.ledger, another(site)
    assert (mine.moment(HOST, 0), other.moment(HOST, 0)) == (0, 0)
    mine.hold(HOST, 100)
    assert 95 < other.moment(HOST, 0) <= 100
    mine.hold(HOST, 1)
    assert 95 < other.moment(HOST, 0) <= 100, "a shorter pause does not take back a longer one"
    assert other.moment("other.vn:443", 0) == 0
    mine.slow_down("slow.vn:443", 50)
    assert other.moment("slow.vn:443", 0) == 0
    assert 45 < mine.moment("slow.vn:443", 0.1) <= 50
    other.slow_down("slow.vn:443", 0)
    assert mine.moment("slow.vn:443", 0) == 0


def test_a_slower_caller_keeps_its_pause_from_the_calls_of_others(site):
    mine, other = site.ledger, another(site)
    assert mine.moment(HOST, 0.001) == 0
    assert 25 < other.moment(HOST, 30) <= 30


def test_a_connection_that_ends_loses_its_places_and_the_next_call_takes_a_new_one(site):
    ledger = site.ledger
    place = ledger.take(HOST, 1)
    if isinstance(ledger, SharedLedger):
        with site.engine.connect() as connection:
            ended = connection.scalars(text("SELECT pg_terminate_backend(l.pid, 30000) FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
                                            "WHERE l.locktype = 'advisory' AND d.datname = current_database()"))  # waits until it is gone
            assert list(ended) == [True]
        fresh = another(site).take(HOST, 1)
        assert fresh is not None
    ledger.give_back(HOST, place)
    assert ledger.take("other.vn:443", 1) is not None


def test_what_was_written_before_the_machine_started_is_passed_over(tmp_path: Path):
    before = FileLedger(tmp_path / "hosts", monotonic=lambda: 1e6)
    assert before.moment(HOST, 5) == 0
    before.hold(HOST, 1e6)
    before.slow_down(HOST, 2)
    after = FileLedger(tmp_path / "hosts", monotonic=lambda: 10.0)
    assert after.moment(HOST, 5) == 0
    assert after.moment(HOST, 0) == 2, "the pause that a host asks for is no moment"


def test_a_torn_file_of_moments_is_taken_for_none(tmp_path: Path):
    ledger = FileLedger(tmp_path / "hosts")
    ledger.hold(HOST, 100)
    for path in (tmp_path / "hosts").glob("*.turn"):
        path.write_bytes(b"torn")
    assert ledger.moment(HOST, 0) == 0


def test_names_of_hosts_never_become_paths(tmp_path: Path):
    ledger = FileLedger(tmp_path / "hosts")
    ledger.give_back("../../x:1", ledger.take("../../x:1", 1))
    assert {path.parent for path in tmp_path.rglob("*.0")} == {tmp_path / "hosts"}


def test_the_ledger_of_one_process_keeps_moments_too():
    now = [100.0]
    ledger = OwnLedger(lambda: now[0])
    assert (ledger.moment(HOST, 2), ledger.moment(HOST, 2)) == (0, 2)
    now[0] += 2
    ledger.slow_down(HOST, 9)
    assert (ledger.moment(HOST, 2), Turn(last=now[0] - 2, pause=9).rest(now[0], 2)) == (7, 7)
