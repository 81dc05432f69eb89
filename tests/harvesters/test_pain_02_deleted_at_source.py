"""Pain 2: deleted at the source, alive here. What vanished is archived after its grace, says why, and can come back whole."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from support.keeping import BETTER, GOOD, datasets, days_later, open_codes
from support.portal import Portal, serving
from support.seeding import add_source
from support.stepping import step_through

from catalog import archiving
from catalog.actions import ACTIONS
from catalog.actions.context import Context
from catalog.archiving import Act
from catalog.cli import build
from catalog.errors import NotFound
from catalog.models import Archiving, Evidence, Known, Resource, Source, Version
from catalog.search import Query


@pytest.fixture
def portal():
    with serving(Portal(12, page=5)) as portal:
        yield portal


@pytest.fixture
def later():
    with days_later() as later:
        yield later


def found(site) -> int:
    return site.search.search(Query(text="Bộ dữ liệu số 11", every_word=True)).count


def gone(site, portal, later):
    """A site from which the last dataset has been archived."""
    add_source(site, url=portal.url)
    step_through(site)
    portal.count = 11
    step_through(site)
    after = later(site, 8)
    assert step_through(after)["counts"] == {"unchanged": 11, "archived": 1}
    return after


def published(site, identifier) -> str:
    with site.reading() as session:
        return session.scalar(select(Evidence.state).where(
            Evidence.dataset_id == datasets(site)[identifier].id, Evidence.kind == "published", Evidence.until.is_(None)))


def test_what_vanished_is_warned_of_then_archived_with_its_day_and_reason(site, portal, later):
    add_source(site, url=portal.url)
    step_through(site)
    portal.count = 10
    step_through(site)
    assert open_codes(site) == ["dataset-vanished", "dataset-vanished"]
    assert datasets(site)["dataset-000011"].state == "active"
    week = later(site, 6.9)
    step_through(week)
    assert datasets(week)["dataset-000011"].state == "active"
    after = later(site, 7)
    step_through(after)
    one = datasets(after)["dataset-000011"]
    assert (one.state, one.archived_reason, one.archived_at) == ("deleted", "not-at-source", after.clock.now())
    with after.reading() as session:
        kept = session.scalars(select(Archiving)).all()
        assert {(each.what, each.by, each.reason) for each in kept} == {("archived", "pipeline", "not-at-source")}
        assert len(kept) == 2
    assert published(after, "dataset-000011") == "withdrawn"


def test_what_was_wrong_with_a_dataset_ends_when_it_is_archived(site, portal, later):
    portal.datasets = [*(portal.dataset(n) for n in range(10)), portal.with_files(cho=GOOD)]
    portal.replies["/files/cho.csv"] = (404, "text/html", b"")
    add_source(site, url=portal.url)
    step_through(site)
    del portal.datasets[-1]
    step_through(site)
    assert open_codes(site) == ["dataset-vanished", "http-status"]
    after = later(site, 8)
    step_through(after)
    assert (datasets(after)["cho"].state, open_codes(after)) == ("deleted", [])


def test_a_source_may_have_a_grace_of_its_own(site, portal, later):
    source_id = add_source(site, url=portal.url)
    with site.writing() as session:
        session.get_one(Source, source_id).expectations = {"grace_days": 0}
    step_through(site)
    portal.count = 11
    assert step_through(site)["counts"]["archived"] == 1


def test_an_archived_dataset_that_comes_back_takes_up_its_history_and_its_address(site, portal, later):
    portal.datasets = [portal.with_files(cho=GOOD), *(portal.dataset(n) for n in range(1, 8))]
    add_source(site, url=portal.url)
    step_through(site)
    before = datasets(site)["cho"]
    first, *others = portal.datasets
    portal.datasets = others
    step_through(site)
    after = later(site, 8)
    step_through(after)
    assert datasets(after)["cho"].state == "deleted"
    portal.datasets = [first, {**portal.dataset(9), "id": "la", "name": before.name}, *others]  # another one wants its name meanwhile
    portal.replies["/files/cho.csv"] = (200, "text/csv", BETTER)
    back_again = later(site, 9)
    step_through(back_again)
    back = datasets(back_again)["cho"]
    assert (back.id, back.name, back.state, back.archived_at) == (before.id, before.name, "active", None)
    assert [resource.id for resource in back.resources] == [resource.id for resource in before.resources]
    with back_again.reading() as session:
        versions = session.scalars(select(Version).order_by(Version.number)).all()
        live = session.get(Version, session.scalar(select(Resource.version_id).where(Resource.dataset_id == back.id)))
    assert [version.number for version in versions] == [1, 2] and live.number == 2


def test_a_name_stays_with_an_archived_dataset_until_it_comes_back(site, portal, later):
    after = gone(site, portal, later)
    name = datasets(after)["dataset-000011"].name
    portal.datasets = [*(portal.dataset(n) for n in range(11)), {**portal.dataset(11), "id": "nguoi-khac", "resources": []}]
    step_through(after)
    assert datasets(after)["nguoi-khac"].name == f"{name}-2"
    assert datasets(after)["dataset-000011"].name == name


def test_undoing_a_run_brings_back_what_it_took_off_and_the_next_run_leaves_it(site, portal, later):
    after = gone(site, portal, later)
    assert found(after) == 0
    with after.writing() as session:
        source = session.scalars(select(Source)).one()
        back = archiving.undo(session, source, None, Act(by="chị Lan", at=after.clock.now(), reason="gỡ nhầm"))
        assert [dataset.identifier for dataset in back] == ["dataset-000011"]
    assert datasets(after)["dataset-000011"].state == "active"
    assert found(after) == 1
    assert published(after, "dataset-000011") == "ok"
    with after.reading() as session:
        newest = archiving.history(session, datasets(after)["dataset-000011"].id)[0]
        assert (newest.what, newest.by, newest.reason) == ("restored", "chị Lan", "gỡ nhầm")
    much_later = later(site, 60)
    assert step_through(much_later)["counts"] == {"unchanged": 11}
    assert datasets(much_later)["dataset-000011"].state == "active"
    assert open_codes(much_later) == ["missing-kept"]


def test_what_was_restored_and_listed_again_may_vanish_again(site, portal, later):
    after = gone(site, portal, later)
    with after.writing() as session:
        archiving.undo(session, session.scalars(select(Source)).one(), None, Act(by="a", at=after.clock.now(), reason="b"))
    portal.count = 12
    step_through(after)
    with after.reading() as session:
        assert session.scalars(select(Known.kept_by).where(Known.kept_by.is_not(None))).all() == []
    portal.count = 11
    step_through(after)
    assert open_codes(after) == ["dataset-vanished"]


def test_there_is_nothing_to_undo_where_nothing_was_archived(site, portal):
    add_source(site, url=portal.url)
    step_through(site)
    with site.writing() as session, pytest.raises(NotFound):
        archiving.undo(session, session.scalars(select(Source)).one(), None, Act(by="a", at=site.clock.now(), reason=""))


def test_undoing_by_command_asks_for_a_reason_and_names_what_is_back(site, portal, later, monkeypatch):
    after = gone(site, portal, later)
    monkeypatch.setattr("harvesters.removal_commands.site_here", lambda: after)
    assert CliRunner().invoke(build(), ["source", "undo", "nguon"]).exit_code == 2
    name = datasets(after)["dataset-000011"].name
    answer = CliRunner().invoke(build(), ["source", "undo", "nguon", "--dataset", name, "--reason", "gỡ nhầm", "--by", "chị Lan"])
    assert answer.exit_code == 0 and name in answer.output
    assert datasets(after)["dataset-000011"].state == "active"
    assert CliRunner().invoke(build(), ["source", "undo", "nguon", "--reason", "lần nữa"]).exit_code == 1


def test_what_somebody_deleted_here_is_not_revived_by_a_listing_that_is_the_same(site, portal):
    add_source(site, url=portal.url)
    step_through(site)
    with site.writing() as session:
        ACTIONS["package_delete"](Context(site=site, session=session, user="chị Lan", may_write=True), {"id": datasets(site)["dataset-000003"].id})
    step_through(site)
    assert datasets(site)["dataset-000003"].state == "deleted"
