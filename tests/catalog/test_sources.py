"""Saving a source: the same rules whoever asks, each wrong field named in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.seeding import add_source

from catalog.models import Source
from catalog.source_secrets import unsealed
from catalog.sources import Draft, SourceRefused, connectors, remember_connectors, save_source, set_state

OPTION = {"vi": "nghĩa", "en": "meaning", "default": None, "choices": [], "required": False, "secret": False}
DECLARED = {"ckan": {"title": {"vi": "CKAN", "en": "CKAN"}, "options": [
    {**OPTION, "name": "copy", "choices": ["tables", "none"]}, {**OPTION, "name": "place", "required": True}, {**OPTION, "name": "key", "required": True, "secret": True}]}}
KEY = {"key": "bi-mat-123"}
DRAFT = Draft(name="moi", agency="so-y-te", connector="ckan", url="http://127.0.0.1:9/", options={"place": "kho"})


@pytest.fixture(autouse=True)
def seeded(site):
    add_source(site, url="http://127.0.0.1:9/")


def test_a_source_is_added_changed_and_brought_back(site):
    row = save_source(site, DRAFT, declared=DECLARED, secrets=KEY)
    assert (row.title, row.state, row.expectations) == ("moi", "active", {})
    with site.writing() as session:
        session.get_one(Source, row.id).state = "removed"
    again = save_source(site, replace(DRAFT, title="Mới", minimum=3, schedule="0 2 * * *"), declared=DECLARED, secrets=KEY)
    assert (again.id, again.title, again.state, again.expectations) == (row.id, "Mới", "active", {"minimum": 3})


def test_what_else_is_expected_of_a_source_stays(site):
    row = save_source(site, replace(DRAFT, minimum=3), declared=DECLARED, secrets=KEY)
    with site.writing() as session:
        session.get_one(Source, row.id).expectations = {"minimum": 3, "formats": ["csv"]}
    assert save_source(site, DRAFT, declared=DECLARED, secrets=KEY).expectations == {"formats": ["csv"]}


@pytest.mark.parametrize(("changed", "fields"), [
    ({"name": "Có dấu"}, ["name"]), ({"agency": "khong-co"}, ["agency"]), ({"connector": "ftp"}, ["connector"]), ({"options": {}}, ["option:place"]),
    ({"options": {"place": "x", "copy": "all"}}, ["option:copy"]), ({"options": {"place": "x", "lạ": "1"}}, ["connector"]),
    ({"url": "ftp://x/"}, ["url"]), ({"url": "/etc"}, ["url"]), ({"schedule": "0 25 * * *"}, ["schedule"]), ({"options": {"place": "x" * 70_000}}, ["option:place"]),
    ({"name": "Có dấu", "agency": "khong-co", "url": "ftp://x/"}, ["agency", "name", "url"]),
])
def test_every_wrong_field_is_named_at_once(site, changed, fields):
    with pytest.raises(SourceRefused) as refused:
        save_source(site, replace(DRAFT, **changed), declared=DECLARED, secrets=KEY)
    assert [problem.field for problem in refused.value.problems] == fields
    assert all(problem.vi.strip() and problem.en.strip() for problem in refused.value.problems)
    with site.reading() as session:
        assert session.query(Source).count() == 1


def test_a_secret_is_kept_sealed_and_stays_when_it_is_not_given_again(site):
    row = save_source(site, DRAFT, declared=DECLARED, secrets=KEY)
    assert unsealed(site.settings, row.id, row.secrets) == KEY and "bi-mat-123" not in str(row.secrets)
    again = save_source(site, replace(DRAFT, title="Mới"), declared=DECLARED)
    assert unsealed(site.settings, again.id, again.secrets) == KEY


def test_a_needed_secret_that_nobody_gave_is_named(site):
    with pytest.raises(SourceRefused) as refused:
        save_source(site, DRAFT, declared=DECLARED)
    assert [problem.field for problem in refused.value.problems] == ["option:key"]


def test_a_secret_does_not_go_to_another_server(site):
    save_source(site, DRAFT, declared=DECLARED, secrets=KEY)
    with pytest.raises(SourceRefused) as refused:
        save_source(site, replace(DRAFT, url="http://127.0.0.1:10/"), declared=DECLARED)
    assert [problem.field for problem in refused.value.problems] == ["option:key"] and "bi-mat-123" not in str(refused.value)
    moved = save_source(site, replace(DRAFT, url="http://127.0.0.1:10/"), declared=DECLARED, secrets={"key": "khac"})
    assert unsealed(site.settings, moved.id, moved.secrets) == {"key": "khac"}


def test_a_removed_source_keeps_no_secret(site):
    row = save_source(site, DRAFT, declared=DECLARED, secrets=KEY)
    with site.writing() as session:
        set_state(site, session, session.get_one(Source, row.id), "removed")
    with site.reading() as session:
        assert session.get_one(Source, row.id).secrets == {}


def test_what_connectors_declare_is_kept_for_the_pages(site):
    assert connectors(site) == {}
    with site.writing() as session:
        remember_connectors(session, DECLARED)
    assert connectors(site) == DECLARED
