"""kill -9 of the worker in mid-run: the run finishes by itself, nothing lost, nothing doubled."""

from __future__ import annotations

import random

import pytest
from support.harvesting import order_run, start_worker, wait
from support.killing import assert_all_there, kill_at_random
from support.portal import Portal, serving
from support.seeding import add_source

COUNT = 300


@pytest.mark.parametrize("seed", [1, 2])
def test_a_killed_worker_goes_on_where_it_stood(site, tmp_path, seed):
    with serving(Portal(COUNT, file_every=25, page=100)) as portal:
        add_source(site, url=portal.url)
        run_id = order_run(site)
        kills = kill_at_random(site, run_id, tmp_path / "worker.log", kills=3, pause=random.Random(seed))
        worker = start_worker(site.settings, tmp_path / "worker.log")
        try:
            status = wait(site, run_id)
        finally:
            worker.terminate()
            worker.wait(timeout=30)
    assert status in ("succeeded", "succeeded-with-issues")
    assert kills >= 1
    assert_all_there(site, run_id, COUNT)
