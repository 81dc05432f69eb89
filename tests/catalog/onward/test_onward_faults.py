"""Targets that fail, and publishers that are killed: issues with words, nothing doubled, everything taken up again."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from contextlib import contextmanager
from string import Formatter

import pytest
from sqlalchemy import select
from support.commands import haidang
from support.fault_server import FAULTS
from support.go_between import go_between
from support.publishing import call, furnish, publish, publish_with_file
from support.sites import site_on
from support.targets import aim, codes_of, give_bytes, publish_to, rows, target_site
from support.web_server import reply

from catalog.issues import Issue, code, say
from catalog.models import Dataset, OnwardRun
from catalog.net import Limits, World

ANSWER = json.dumps({"success": True, "result": {"id": "x", "name": "x", "resources": [], "groups": []}}).encode()
MANY = 12


PATIENT = Limits(connect=5, read=20, total=60, retries=0)
HASTY = Limits(connect=1, read=1, total=5, retries=0)


@contextmanager
def furnished(kind, request, folder, limits):
    """A site that never sleeps, with datasets to send."""
    slept: list[float] = []
    with site_on(kind, request, folder, limits, World(sleep=slept.append)) as site:
        furnish(site)
        for number in range(MANY - 3):
            publish(site, name=f"bo-{number}", owner_org="ubnd-huyen-con-dao")
        publish_with_file(site, name="tram-y-te", title="Trạm y tế")
        give_bytes(site, "tram-y-te", b"ten,dia_chi\nA,B\n")
        yield site


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request, tmp_path):
    with furnished(request.param, request, tmp_path, PATIENT) as site:
        yield site


@pytest.fixture
def hasty(request, tmp_path):
    """One that does not wait long; its store plays no part."""
    with furnished("sqlite", request, tmp_path, HASTY) as site:
        yield site


@pytest.fixture
def there(home, tmp_path):
    with target_site(tmp_path / "there", home.clock) as there:
        yield there


@contextmanager
def between(home, there, **acts):
    with go_between(there.url, **acts) as server:
        aim(home, server.url().rstrip("/"), there.root, mode="upload")
        yield server


def said(kept: list[dict]) -> str:
    """Issues in both languages, with every fact that their words name."""
    for issue in kept:
        entry, known = code(issue["code"]), {*issue["facts"], *issue["place"]}
        named = {name for words in (entry.vi, entry.vi_mend, entry.en, entry.en_mend) for _, name, _, _ in Formatter().parse(words) if name}
        assert named <= known, (issue, named - known)
    return " ".join(f"{line.what} {line.mend}" for issue in kept for line in (say(Issue.from_dict(issue), "vi"), say(Issue.from_dict(issue), "en")))


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - {"another-media-type"}))
def test_a_target_that_fails_is_left_with_an_issue_and_asked_little(hasty, fault):
    """From the first call on, in all the ways in which servers fail."""
    with go_between("", before=lambda action: FAULTS[fault](ANSWER, "application/json")) as server:
        aim(hasty, server.url().rstrip("/"), "khoa-bi-mat-cua-dich")
        run = publish_to(hasty)
        assert len(server.asked) <= 12
    assert run.status in ("failed", "succeeded-with-issues"), run.status
    told = said(run.issues) + said([issue for row in rows(hasty).values() for issue in row.issues])
    assert told and "khoa-bi-mat" not in told and "Traceback" not in told
    assert {kept["code"].partition("-")[0] for kept in [*run.issues, *(issue for row in rows(hasty).values() for issue in row.issues)]} == {"onward"}


def test_a_dead_target_is_no_stop_of_ours_and_the_next_run_goes_on(home, there):
    heard = Counter()

    def dead(action):
        heard[action] += 1
        return (lambda handler: setattr(handler, "close_connection", True)) if heard["package_create"] > 3 else None

    with between(home, there, before=dead) as server:
        run = publish_to(home)
        assert run.status == "failed" and codes_of(run.issues) == ["onward-unreachable", "onward-left"] and run.did == {"created": 3, "failed": 3}
        assert run.issues[1]["facts"]["waiting"] == MANY - 6
        heard["package_create"] = -100
        again = publish_to(home)
        assert (again.status, again.did) == ("succeeded", {"created": MANY - 3, "unchanged": 3})
        assert server.asked
    assert len(there.names()) == MANY


def test_an_answer_that_never_comes_is_no_second_dataset(home, there):
    lost = []

    def swallowed(action):
        if action != "package_create" or len(lost) == 2:
            return None
        lost.append(action)
        return lambda handler: setattr(handler, "close_connection", True)

    with between(home, there, after=swallowed):
        assert publish_to(home).did == {"created": MANY - 2, "failed": 2}
        assert publish_to(home).did == {"unchanged": MANY - 2, "updated": 2}
    assert len(there.names()) == MANY


def test_a_busy_target_is_given_the_pause_that_it_asks_for(home, there):
    asked = Counter()

    def busy(action):
        asked[action] += 1
        return reply("", status=429, retry_after="2") if action == "package_create" and asked[action] % 2 else None

    with between(home, there, before=busy):
        assert publish_to(home).did == {"created": MANY}


def test_a_page_of_html_and_a_refusal_of_size_are_issues_of_one_dataset(home, there):
    answers = {1: reply("<html>Lỗi</html>", status=403, content_type="text/html"), 3: reply("", status=413)}
    asked = Counter()

    def odd(action):
        asked[action] += 1
        return answers.get(asked[action]) if action == "package_create" else reply("", status=413) if action == "resource_patch" else None

    with between(home, there, before=odd):
        run = publish_to(home)
    assert (run.status, run.did) == ("succeeded-with-issues", {"created": MANY - 2, "failed": 2})
    found = Counter(code for row in rows(home).values() for code in codes_of(row.issues))
    assert found == {"onward-unreachable": 1, "onward-too-large": 1, "onward-file-refused": 1}
    assert there.show("tram-y-te")["resources"][0]["url"].startswith("http://haidang.test/")  # the file stays a link


def test_a_target_that_leads_elsewhere_gets_no_token_there(home, there):
    with go_between("", before=lambda action: reply("", status=301, location="http://10.0.0.1/api/action/status_show")) as server:
        aim(home, server.url().rstrip("/"), there.root)
        run = publish_to(home)
    assert codes_of(run.issues) == ["onward-moved", "onward-left"]



@pytest.mark.parametrize("action", ["organization_create", "package_create", "package_update", "resource_patch", "package_delete"])
def test_a_publisher_killed_between_the_call_and_its_record_doubles_nothing(home, there, action):
    """kill -9 three times, each time when the target has done what was asked and has not answered yet."""
    kills = []

    def kill(done):
        if done == action and len(kills) < 3 and victim:
            kills.append(done)
            os.kill(victim.pop(), signal.SIGKILL)

    with between(home, there, after=kill) as server:
        if action in ("package_update", "package_delete"):
            victim: list[int] = []
            publish_to(home)
            with home.writing() as session:
                for row in session.scalars(select(Dataset)):
                    row.title += " mới"
            if action == "package_delete":
                for number in range(2):
                    call(home, "package_delete", user="tester", id=f"bo-{number}")
        for _ in range(4):
            victim = []
            publisher = haidang(home, "publish", "--to", "tinh", "--json", begun=victim.append, HAIDANG_SITE_URL=home.settings.site_url)
        assert publisher.returncode == 0, publisher.stderr
        assert server.asked and kills
    expected = MANY - (2 if action == "package_delete" else 0)
    assert len(there.names()) == expected
    marks = [extra["value"] for name in there.names() for extra in there.show(name)["extras"] if extra["key"] == "haidang_id"]
    assert len(set(marks)) == expected
    with home.reading() as session:
        statuses = Counter(session.scalars(select(OnwardRun.status)))
    assert statuses["lost"] == len(kills) and statuses["succeeded"] >= 1
    if action == "resource_patch":
        assert there.show("tram-y-te")["resources"][0]["url_type"] == "upload"
