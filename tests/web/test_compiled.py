"""Templates are compiled once for all processes of a site."""

from __future__ import annotations

from dataclasses import replace

import pytest

from web import create_app


@pytest.fixture
def own_var(site, tmp_path):
    """The site with nothing compiled yet."""
    var = tmp_path / "own"
    return replace(site, settings=replace(site.settings, var=var))


def shown(site) -> str:
    answer = create_app(site).test_client().get("/dataset")
    assert answer.status_code == 200
    return answer.text


def test_the_next_process_finds_what_the_first_compiled(own_var):
    first = shown(own_var)
    kept = {path.name: path.stat().st_mtime_ns for path in (own_var.settings.var / "cache" / "templates").iterdir()}
    assert kept
    assert shown(own_var) == first
    assert {path.name: path.stat().st_mtime_ns for path in (own_var.settings.var / "cache" / "templates").iterdir()} == kept


def test_what_cannot_be_kept_is_shown_all_the_same(own_var):
    app = create_app(own_var)
    (own_var.settings.var / "cache" / "templates").rmdir()
    assert app.test_client().get("/dataset").status_code == 200
