"""`haidang participation`: figures for machines on stdout, words for people on stderr."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from support.harvesting import environment
from support.seeding import add_source

from catalog.cli import build
from catalog.clock import Clock


@pytest.fixture
def command(site, monkeypatch):
    """The command on a site with three agencies, of which one has a source and none has data."""
    add_source(site, url="http://127.0.0.1:9")
    for name, value in environment(site.settings).items():
        monkeypatch.setenv(name, value)
    return lambda *arguments: CliRunner().invoke(build(), ["participation", *arguments])


def test_json_stands_alone_on_stdout_and_its_lists_add_up(command):
    answer = command("--json")
    figure = json.loads(answer.stdout)
    assert (answer.exit_code, figure["fraction"], figure["projected"]) == (0, "0/3", False)
    assert figure["denominator"]["count"] == len(figure["denominator"]["agencies"]) == 3
    assert figure["as_of"] == Clock().today().isoformat()


def test_a_day_to_come_is_projected_and_said_so(command):
    tomorrow = Clock().today() + timedelta(days=1)
    answer = command("--json", "--as-of", tomorrow.isoformat())
    assert json.loads(answer.stdout)["projected"] is True
    assert "chưa đến" in answer.stderr.lower()
    assert "has not come yet" in answer.stderr


def test_a_day_that_is_none_is_a_mistake_of_usage(command):
    assert command("--as-of", "hôm qua").exit_code == 2


def test_a_row_for_each_agency_as_csv(command):
    assert len(command("--csv").stdout.strip().splitlines()) == 4
