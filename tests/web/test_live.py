"""Runs as they happen, over a real server: told as they change, few streams at a time, none for ever."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from support.harvesting import environment
from support.ports import free_port
from support.published import sow
from support.seeded_site import serving

from catalog.models import Run, RunRecord
from web import create_app
from web.runs import live
from web.words import translations

PATIENCE = 15


@pytest.fixture
def going(site, tmp_path) -> str:
    """A run in its middle."""
    sown, now = sow(site, tmp_path), site.clock.now()
    with site.writing() as session:
        run = Run(source_id=sown.source, status="running", stage="fetch", expected=10, queued_at=now, started_at=now - timedelta(seconds=30))
        session.add(run)
        session.flush()
        return run.id


@contextmanager
def reading(url: str, path: str) -> Iterator[http.client.HTTPResponse]:
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=PATIENCE)
    try:
        connection.request("GET", path)
        with connection.getresponse() as answer:
            yield answer
    finally:
        connection.close()


def events(answer: http.client.HTTPResponse) -> Iterator[tuple[str, dict]]:
    """The events of a stream, one after the other; ends with it."""
    name, deadline = "", time.monotonic() + PATIENCE
    while time.monotonic() < deadline and (line := answer.readline().decode()):
        if line.startswith("event: "):
            name = line[7:].strip()
        elif line.startswith("data: "):
            yield name, json.loads(line[6:])


def first(found: Iterator[tuple[str, dict]], name: str) -> dict:
    return next(data for event, data in found if event == name)


def finish(site, run_id: str) -> None:
    with site.writing() as session:
        run = session.get_one(Run, run_id)
        run.status, run.finished_at, run.gathered_all = "succeeded", site.clock.now(), True


def until(true, why: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, why
        time.sleep(0.02)


@pytest.fixture
def served(site) -> Iterator[tuple[str, live.Live]]:
    app = create_app(site)
    looks = app.extensions["haidang.live"] = live.Live(site, most=2, look=0.05, heartbeat=0.1)
    with serving(app) as url:
        yield url, looks
        looks.close()
        until(lambda: looks._looker is None, "the looking goes on")


def test_a_run_is_told_as_it_goes_and_ends(site, going, served):
    with reading(served[0], f"/runs/{going}/events") as answer:
        assert answer.getheader("Content-Type") == "text/event-stream; charset=utf-8"
        assert answer.getheader("Cache-Control") == "no-store" and answer.getheader("X-Accel-Buffering") == "no"
        told = events(answer)
        assert first(told, "run")["done"] == 0
        with site.writing() as session:
            session.add_all([RunRecord(run_id=going, identifier=f"r{n}", outcome="created", at=site.clock.now()) for n in range(3)])
        counts = first(told, "part")
        assert counts["part"] == "counts" and "3 bản ghi" in counts["html"]
        run = first(told, "run")
        assert (run["done"], run["expected"], run["percent"], run["finished"]) == (3, 10, 30, False)
        finish(site, going)
        assert first(told, "run")["finished"] is True


def test_the_list_is_told_anew_when_runs_come_and_go_in_the_readers_language(site, going, served):
    with reading(served[0], "/runs/events?lang=en") as answer:
        told = events(answer)
        assert first(told, "run")["stage_words"] == str(translations("en").gettext("Tải tệp"))
        finish(site, going)
        part = first(told, "part")
        assert part["part"] == "active" and "Nothing is running." in part["html"]
        assert first(told, "fresh") == {}


def test_streams_are_few_and_a_place_is_given_back(site, going, served):
    url, looks = served
    with reading(url, "/runs/events") as one, reading(url, f"/runs/{going}/events") as two:
        assert (one.status, two.status) == (200, 200)
        with reading(url, "/runs/events") as third:
            assert third.status == 503 and third.getheader("Retry-After")
        with reading(url, f"/runs/{going}/progress.json") as asked:  # whoever finds no place asks
            assert asked.status == 200
    until(lambda: looks._readers == 0, "no place was given back")


def test_one_look_serves_every_reader_and_nobody_looks_for_nobody(site, going):
    looks = live.Live(site, most=3, look=0.02)
    assert looks._looker is None
    assert [looks.enter() for _ in range(4)] == [True, True, True, False]
    assert sum(thread.name == "runs-live" for thread in threading.enumerate()) == 1
    assert looks.next(0, 5).seen[going].progress.expected == 10
    for _ in range(3):
        looks.leave()
    until(lambda: looks._looker is None, "the looking goes on")


def test_a_stream_breathes_while_nothing_happens_and_ends_by_itself(site, going):
    looks = live.Live(site, look=0.02, heartbeat=0.05)
    assert looks.enter()
    finish(site, going)
    pieces = list(live.stream(looks, lambda look: iter(()), longest=0.4))
    assert pieces[0] == "retry: 3000\n\n" and ": \n\n" in pieces and len(pieces) < 30
    looks.leave()
    until(lambda: looks._looker is None, "the looking goes on")


def test_what_is_not_there_has_no_stream(served):
    with reading(served[0], "/runs/00000000-0000-0000-0000-000000000000/events") as answer:
        assert answer.status == 404


def test_the_real_server_streams_at_once_and_stops_without_waiting_for_readers(site, going):
    port = free_port()
    command = [sys.executable, "-m", "catalog", "serve", "--port", str(port), "--threads", "3"]
    server = subprocess.Popen(command, env=environment(site.settings), cwd=site.settings.var, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}"
        until(lambda: answers(url), "the server does not start")
        with reading(url, f"/runs/{going}/events") as answer, reading(url, "/runs/events") as second:
            assert first(events(answer), "run")["id"] == going
            assert second.status == 503  # one of three threads at most tells of runs, so that pages are answered
            with reading(url, "/runs") as page:
                assert page.status == 200
            began = time.monotonic()
            server.send_signal(signal.SIGTERM)
            assert server.wait(PATIENCE) == 0 and time.monotonic() - began < 6
    finally:
        if server.poll() is None:
            os.kill(server.pid, signal.SIGKILL)
            server.wait()


def answers(url: str) -> bool:
    try:
        with reading(url, "/runs/codes") as answer:
            return answer.status == 200
    except OSError:
        return False
