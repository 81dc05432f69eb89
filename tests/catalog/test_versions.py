"""Which version is live, which is public, and which newer one waits."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from support.published import sow

from catalog import versions
from catalog.models import Resource, Version


@pytest.fixture
def sown(site, tmp_path):
    return sow(site, tmp_path)


def test_the_last_good_version_is_live_and_the_refused_newer_one_waits(site, sown):
    with site.reading() as session:
        standing = versions.standing(session, session.get(Resource, sown.resource))
        assert (standing.live.number, standing.waiting.number, standing.waiting.state) == (2, 3, "refused")
        assert [version.number for version in versions.published(session, sown.resource)] == [2, 1]
        assert versions.count_published(session, sown.resource) == 2
        assert [version.number for version in versions.checked(session, sown.resource)] == [3]


def test_nothing_waits_once_a_newer_one_is_live(site, sown):
    with site.writing() as session:
        third = session.scalar(select(Version).where(Version.number == 3))
        third.state = "published"
        session.get(Resource, sown.resource).version_id = third.id
    with site.reading() as session:
        standing = versions.standing(session, session.get(Resource, sown.resource))
        assert (standing.live.number, standing.waiting) == (3, None)


def test_a_link_has_no_version_and_the_order_given_is_kept(site, sown):
    with site.reading() as session:
        found = versions.standings(session, [session.get(Resource, each) for each in (sown.link, sown.resource)])
        assert [(each.resource.id, each.live is not None) for each in found] == [(sown.link, False), (sown.resource, True)]
        assert versions.standings(session, []) == []


def test_a_version_that_is_not_public_is_never_live(site, sown):
    with site.writing() as session:
        held = session.scalar(select(Version).where(Version.number == 3))
        held.state = "held"
        session.get(Resource, sown.resource).version_id = held.id
    with site.reading() as session:
        assert versions.standing(session, session.get(Resource, sown.resource)).live is None
