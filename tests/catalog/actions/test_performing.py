"""What a program changes shows in who takes part, from that moment on and not before."""

from __future__ import annotations

import pytest
from support.participating import add_agency, add_dataset, at

from catalog import evidence
from catalog.actions.context import Context
from catalog.actions.performing import perform
from catalog.participation import summary


@pytest.fixture
def taking_part(site):
    """An agency that takes part with one dataset, and one that does not."""
    day = site.clock.today()
    with site.writing() as session:
        agency_id = add_agency(session, "so-y-te")
        add_agency(session, "so-du-lich")
        dataset_id = add_dataset(session, agency_id, "bo", day)
        session.flush()
        evidence.record_dataset(session, dataset_id, at(day, 6))
    return site


def counted(site) -> tuple[int, int]:
    with site.reading() as session:
        found = summary(session, site.clock.today())
        return found.counted, found.total


def act(site, action, **data):
    with site.writing() as session:
        return perform(Context(site=site, session=session, user="tester", may_write=True), action, data)


@pytest.mark.parametrize(("action", "data"), [
    ("package_delete", {"id": "bo"}), ("package_patch", {"id": "bo", "private": True}), ("package_patch", {"id": "bo", "license_id": "other-closed"}),
    ("dataset_purge", {"id": "bo"}),
])
def test_an_agency_takes_part_no_longer_when_its_dataset_is_taken_away(taking_part, action, data):
    assert counted(taking_part) == (1, 2)
    act(taking_part, action, **data)
    assert counted(taking_part) == (0, 2)


def test_a_dataset_that_changes_hands_counts_for_its_new_agency(taking_part):
    act(taking_part, "package_owner_org_update", id="bo", organization_id="so-du-lich")
    with taking_part.reading() as session:
        lights = {light.slug: light.lit for light in summary(session, taking_part.clock.today()).lights}
    assert lights == {"so-y-te": False, "so-du-lich": True}


def test_reading_notes_nothing(taking_part):
    act(taking_part, "package_show", id="bo")
    assert counted(taking_part) == (1, 2)
