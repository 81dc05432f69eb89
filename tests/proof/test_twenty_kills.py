"""The heavy proof: 20 kill -9 at random moments over a harvest of 2,000 datasets, on each database."""

from __future__ import annotations

import random

from support.harvesting import order_run, start_worker, wait
from support.killing import assert_all_there, kill_at_random
from support.portal import Portal, serving
from support.seeding import add_source

COUNT, KILLS = 2_000, 20


def test_twenty_kills_lose_nothing_and_double_nothing(site, tmp_path):
    log = tmp_path / "worker.log"
    with serving(Portal(COUNT, file_every=5, page=100)) as portal:
        add_source(site, url=portal.url)
        run_id = order_run(site)
        kills = kill_at_random(site, run_id, log, kills=KILLS, pause=random.Random(20), spread=0.8)
        worker = start_worker(site.settings, log)
        try:
            status = wait(site, run_id)
        finally:
            worker.terminate()
            worker.wait(timeout=30)
    print(f"\n{site.engine.dialect.name}: {kills} kills, {COUNT} of {COUNT}, {status}")
    assert kills == KILLS
    assert_all_there(site, run_id, COUNT)
