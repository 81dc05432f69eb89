"""`haidang db retention` and `haidang doctor`, as somebody types them, and the settings of runs by the clock."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from support.noticing import later
from support.noticing import run as finished
from support.scheduling import add_scheduled, change

from catalog import jobs, workers
from catalog import settings as settings_module
from catalog.cli import build
from catalog.clock import HANOI
from catalog.errors import UsageError
from catalog.models import Run, RunRecord, Source, Worker


@pytest.fixture
def haidang(settings):
    """Type a command on the test's site, whose clock is then that of the machine."""
    jobs.migrate_queue(settings)
    env = {"HAIDANG_VAR": str(settings.var), "HAIDANG_DATABASE_URL": settings.database_url, "HAIDANG_STORAGE_URL": settings.storage_url,
           "HAIDANG_EXECUTOR_ID": "doctor"}
    return lambda *words: CliRunner(env=env).invoke(build(), list(words))


def findings(haidang) -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = {}
    for finding in json.loads(haidang("doctor", "--json").stdout):
        found.setdefault(finding["name"], []).append(finding)
    return found


def test_retention_counts_first_and_then_clears(site, haidang):
    run_id = finished(site, add_scheduled(site, ""))
    with site.writing() as session:
        session.add_all(RunRecord(run_id=run_id, identifier=f"bo-{n}", outcome="unchanged", at=site.clock.now()) for n in range(5))
    foreseen = haidang("db", "retention", "--dry-run", "--json")
    assert (foreseen.exit_code, json.loads(foreseen.stdout)["unchanged_records"]) == (0, 5)
    with site.reading() as session:
        assert session.scalar(select(func.count()).select_from(RunRecord)) == 5
    cleared = haidang("db", "retention", "--json")
    assert json.loads(cleared.stdout) == json.loads(foreseen.stdout)
    with site.reading() as session:
        assert session.get_one(Run, run_id).condensed == 5
    shown = haidang("db", "retention")
    assert "bản ghi không đổi" in shown.stdout and "unchanged records" in shown.stdout and "Đã dọn" in shown.stderr


def test_the_doctor_tells_of_a_worker_that_fell_silent(site, haidang):
    assert "worker-silent" not in findings(haidang)
    for name in ("bo-chay-2", "bo-chay-3"):
        workers.beat(replace(site, settings=replace(site.settings, executor_id=name)), "1")
    with site.writing() as session:
        session.get_one(Worker, "bo-chay-2").beat_at -= timedelta(minutes=10)
    (silent,) = findings(haidang)["worker-silent"]
    assert not silent["ok"]
    for words in (silent["vi"], silent["en"]):
        assert "haidang worker --name bo-chay-2" in words


def test_the_doctor_tells_of_a_schedule_that_is_late_or_cannot_be_read(site, haidang):
    source_id = add_scheduled(site)
    (late,) = findings(haidang)["schedule-late"]
    assert "Nguồn nguon đáng lẽ chạy lúc" in late["vi"] and "haidang worker" in late["en"]
    change(site, source_id, schedule="hằng đêm")
    (unreadable,) = findings(haidang)["schedule-late"]
    assert "Không hiểu lịch" in unreadable["vi"] and "cannot be understood" in unreadable["en"]
    change(site, source_id, schedule="0 2 * * *", due_after=datetime.now(HANOI))
    assert findings(haidang)["schedules"][0]["ok"]


def test_a_paused_source_is_not_late(site, haidang):
    change(later(site), add_scheduled(site), state="paused")
    assert "schedule-late" not in findings(haidang)
    with site.reading() as session:
        assert session.scalar(select(Source.state)) == "paused"


@pytest.mark.parametrize(("given", "name"), [
    ({"BLACKOUT": "7-17"}, "07:30-17:00"), ({"JITTER_MINUTES": "-1"}, "HAIDANG_JITTER_MINUTES"), ({"JITTER_MINUTES": "121"}, "HAIDANG_JITTER_MINUTES"),
    ({"RUN_HOURS": "0"}, "HAIDANG_RUN_HOURS"), ({"RUN_HOURS": "sáu"}, "HAIDANG_RUN_HOURS"), ({"KEEP_RUNS": "3"}, "HAIDANG_KEEP_RUNS"),
    ({"KEEP_RECORDS": "0"}, "HAIDANG_KEEP_RECORDS"), ({"EXECUTOR_ID": "bộ chạy"}, "bộ chạy"), ({"EXECUTOR_ID": "../a"}, "../a"),
])
def test_settings_that_could_never_work_stop_the_start(tmp_path, given, name):
    with pytest.raises(UsageError) as caught:
        settings_module.load({f"HAIDANG_{key}": value for key, value in given.items()}, tmp_path)
    assert name in caught.value.vi
    assert name in caught.value.en


def test_what_is_not_set_is_on_by_default(tmp_path):
    loaded = settings_module.load({}, tmp_path)
    assert (loaded.run_hours, loaded.jitter_minutes, loaded.keep_runs, loaded.keep_records, loaded.blackout) == (6, 5, 365, 30, ())
    assert loaded.executor_id == "worker-1"
    shared = settings_module.load({"HAIDANG_DATABASE_URL": "postgresql://h/d", "HAIDANG_BLACKOUT": "07:30-11:30,13:00-17:00"}, tmp_path)
    assert shared.executor_id != "worker-1"
    assert shared.blackout == ((450, 690), (780, 1020))
