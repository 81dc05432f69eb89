"""`haidang harvest` as a process: exit codes, what goes to standard output, waiting or not."""

from __future__ import annotations

import json
import time

import pytest
from sqlalchemy import select
from support.commands import haidang
from support.harvesting import order_run, start_worker, wait
from support.portal import Portal, serving
from support.seeding import add_source

from catalog import jobs, workers
from catalog.models import Run


@pytest.fixture
def portal():
    with serving(Portal(3)) as portal:
        yield portal


def test_a_good_harvest_ends_with_0_and_json_alone_on_standard_output(site, portal):
    add_source(site, url=portal.url)
    jobs.migrate_queue(site.settings)
    done = haidang(site, "harvest", "nguon", "--json")
    assert done.returncode == 0, done.stderr
    (run,) = json.loads(done.stdout)
    assert (run["source"], run["status"], run["counts"]) == ("nguon", "succeeded", {"created": 3})


def test_a_harvest_with_problems_ends_with_1(site, portal):
    portal.replies["/api/3/action/package_search"] = (503, "text/plain", b"down")
    portal.replies["/api/3/action/package_list"] = (503, "text/plain", b"down")
    add_source(site, url=portal.url)
    jobs.migrate_queue(site.settings)
    done = haidang(site, "harvest", "--all", "--json")
    assert done.returncode == 1, done.stderr
    assert [run["status"] for run in json.loads(done.stdout)] == ["failed"]


@pytest.mark.parametrize(("words", "vi", "en"), [
    ((), "Cần tên nguồn", "Give the name"),
    (("khong-co",), "Không có nguồn nào tên", "no source named"),
    (("--cancel", "khong-co"), "Không có lượt nào mã", "No run"),
])
def test_a_wrong_word_ends_with_2_in_both_languages(site, words, vi, en):
    jobs.migrate_queue(site.settings)
    done = haidang(site, "harvest", *words, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert vi in done.stderr
    assert en in done.stderr


def test_detached_without_a_worker_is_refused_and_queues_nothing(site, portal):
    add_source(site, url=portal.url)
    jobs.migrate_queue(site.settings)
    done = haidang(site, "harvest", "nguon", "--detach", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "haidang worker" in done.stderr
    with site.reading() as session:
        assert list(session.scalars(select(Run))) == []


def test_detached_with_a_worker_returns_at_once_and_the_worker_does_it(site, portal):
    add_source(site, url=portal.url)
    jobs.migrate_queue(site.settings)
    worker = start_worker(site.settings, site.settings.var / "worker.log")
    try:
        for _ in range(200):
            if workers.worker_alive(site):
                break
            time.sleep(0.05)
        done = haidang(site, "harvest", "nguon", "--detach", "--json")
        assert done.returncode == 0, done.stderr
        (run,) = json.loads(done.stdout)
        assert wait(site, run["run"]) == "succeeded"
    finally:
        worker.terminate()
        assert worker.wait(30) == 0


def test_a_run_that_is_going_already_is_refused_or_joined(site, portal):
    add_source(site, url=portal.url)
    run_id = order_run(site)
    refused = haidang(site, "harvest", "nguon", "--json")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "đang được thu thập" in refused.stderr
    joined = haidang(site, "harvest", "nguon", "--join", "--json")
    assert joined.returncode == 0, joined.stderr
    assert [(run["run"], run["status"]) for run in json.loads(joined.stdout)] == [(run_id, "succeeded")]
