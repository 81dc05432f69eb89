"""Pain 3: everything deleted by an empty or partial answer. What is not proved missing stays; of too much a person is asked."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from support.keeping import datasets, days_later, open_codes, question, states
from support.portal import Portal, serving
from support.seeding import add_source
from support.stepping import step_through

from catalog import archiving, removals
from catalog.archiving import Act
from catalog.cli import build
from catalog.clock import day_of
from catalog.errors import NotFound, UsageError
from catalog.models import IssueRow, Known, Removal, Source
from catalog.settings import load
from catalog.site import Site


@pytest.fixture
def portal():
    with serving(Portal(12, page=5)) as portal:
        yield portal


@pytest.fixture
def later():
    with days_later() as later:
        yield later


def missing(site) -> int:
    with site.reading() as session:
        return session.scalar(select(func.count()).select_from(Known).where(Known.missing_since.is_not(None)))


def act(site, by="chị Lan", reason="đã hỏi cơ quan") -> Act:
    return Act(by=by, at=site.clock.now(), reason=reason)


def shrunk(site, portal, count=6) -> Removal:
    """A harvested source that has lost half of its datasets; the question about it."""
    add_source(site, url=portal.url)
    step_through(site)
    portal.count = count
    step_through(site)
    return question(site)


def an_empty_list(portal):
    return {"count": 0, "results": []}, None


def a_total_that_is_more_than_comes(portal):
    return {"count": 12, "results": [portal.dataset(n) for n in range(6)]}, {"count": 12, "results": []}


def a_total_that_falls_on_the_way(portal):
    return {"count": 12, "results": [portal.dataset(n) for n in range(5)]}, {"count": 6, "results": [portal.dataset(5)]}


def a_record_that_cannot_be_told_apart(portal):
    nameless = {key: value for key, value in portal.dataset(11).items() if key not in ("id", "name")}
    return {"count": 12, "results": [*(portal.dataset(n) for n in range(11)), nameless]}, None


def a_page_that_is_the_same_again(portal):
    first = {"count": 12, "results": [portal.dataset(n) for n in range(6)]}
    return first, first


@pytest.mark.parametrize("listing", [an_empty_list, a_total_that_is_more_than_comes, a_total_that_falls_on_the_way,
                                     a_record_that_cannot_be_told_apart, a_page_that_is_the_same_again])
def test_a_listing_that_is_not_whole_counts_nothing_as_missing(site, portal, later, listing):
    add_source(site, url=portal.url)
    step_through(site)
    first, following = listing(portal)
    usual = portal.answer

    def answer(path, query):
        if not path.endswith("/package_search"):
            return usual(path, query)
        result = first if following is None or query.get("start", ["0"])[0] == "0" else following
        return 200, "application/json", json.dumps({"success": True, "result": result}).encode()

    portal.answer = answer
    for after in (site, later(site, 30)):
        step_through(after)
        assert (missing(after), states(after), question(after)) == (0, {"active"}, None)
    assert open_codes(site)


def test_a_listing_of_which_a_later_page_fails_counts_nothing_as_missing(site, portal, later):
    add_source(site, url=portal.url)
    step_through(site)
    usual = portal.answer
    portal.answer = lambda path, query: (500, "text/html", b"") if query.get("start", ["0"])[0] != "0" else usual(path, query)
    for after in (site, later(site, 30)):
        assert step_through(after)["status"] == "failed"
        assert (missing(after), states(after), question(after)) == (0, {"active"}, None)


def test_an_outage_while_a_dataset_is_missing_never_ends_its_grace_by_itself(site, portal, later):
    add_source(site, url=portal.url)
    step_through(site)
    portal.count = 11
    step_through(site)
    portal.replies["/api/3/action/package_search"] = (500, "text/html", b"")
    step_through(later(site, 8))
    assert states(site) == {"active"}


def test_a_listing_that_lost_too_much_asks_a_person_what_is_missing(site, portal, later):
    asked = shrunk(site, portal)
    assert open_codes(site) == ["source-shrank"]
    assert (asked.before, asked.missing) == (12, [f"dataset-{n:06}" for n in range(6, 12)])
    after = later(site, 30)
    step_through(after)
    again = question(after)
    assert (again.id, again.asked_at, states(after), missing(after)) == (asked.id, asked.asked_at, {"active"}, 0)


@pytest.mark.parametrize("answer", [(200, "application/json", b'{"success": true, "result": {"count": 0, "results": []}}'), (500, "text/html", b"")])
def test_a_question_is_said_as_long_as_it_is_open_whatever_later_runs_meet(site, portal, later, answer):
    asked = shrunk(site, portal)
    portal.replies["/api/3/action/package_search"] = answer
    step_through(later(site, 1))
    assert question(site).id == asked.id and open_codes(site).count("source-shrank") == 1 and len(open_codes(site)) == 2
    del portal.replies["/api/3/action/package_search"]
    step_through(later(site, 2))
    assert question(site).id == asked.id and open_codes(site) == ["source-shrank"]
    portal.count = 12
    step_through(later(site, 3))
    assert (question(site), open_codes(site)) == (None, [])


def test_a_confirmed_shrink_begins_the_grace_and_ends_in_the_archive(site, portal, later):
    asked = shrunk(site, portal)
    with site.writing() as session:
        decided = removals.confirm(site, session, asked.id, act(site))
        assert len(decided.datasets) == 6 and not decided.archived
    assert (states(site), open_codes(site)) == ({"active"}, [])
    step_through(site)
    assert open_codes(site) == ["dataset-vanished"] * 6
    after = later(site, 8)
    assert step_through(after)["counts"] == {"unchanged": 6, "archived": 6}
    with after.reading() as session:
        row = session.get(Removal, asked.id)
        assert (row.decision, row.decided_by, row.reason) == ("confirmed", "chị Lan", "đã hỏi cơ quan")


def test_a_shrink_confirmed_for_now_is_archived_at_once_and_can_be_undone(site, portal):
    asked = shrunk(site, portal)
    with site.writing() as session:
        assert len(removals.confirm(site, session, asked.id, act(site), at_once=True).archived) == 6
    assert [dataset.state for _, dataset in sorted(datasets(site).items())] == ["active"] * 6 + ["deleted"] * 6
    with site.writing() as session:
        assert len(archiving.undo(session, session.scalars(select(Source)).one(), asked.run_id, act(site))) == 6
    assert states(site) == {"active"}


def test_a_refused_shrink_keeps_them_and_asks_no_more_until_something_else_is_missing(site, portal, later):
    asked = shrunk(site, portal)
    with site.writing() as session:
        assert len(removals.refuse(session, asked.id, act(site)).datasets) == 6
    after = later(site, 30)
    step_through(after)
    assert (question(after), states(after), open_codes(after)) == (None, {"active"}, ["missing-kept"])
    portal.count = 5
    step_through(after)
    asked_again = question(after)
    assert asked_again.id != asked.id and len(asked_again.missing) == 7
    assert "source-shrank" in open_codes(after)


def test_what_was_kept_and_is_listed_again_is_kept_no_more(site, portal):
    asked = shrunk(site, portal)
    with site.writing() as session:
        removals.refuse(session, asked.id, act(site))
    portal.count = 12
    step_through(site)
    assert open_codes(site) == []
    portal.count = 6
    step_through(site)
    assert question(site) is not None


def test_a_question_follows_what_is_missing_and_ends_when_it_is_back(site, portal):
    asked = shrunk(site, portal)
    portal.count = 5
    step_through(site)
    assert (question(site).id, len(question(site).missing)) == (asked.id, 7)
    portal.count = 12
    step_through(site)
    assert question(site) is None
    with site.reading() as session:
        assert session.get(Removal, asked.id).decision == "lapsed"
    with site.writing() as session, pytest.raises(NotFound):
        removals.confirm(site, session, asked.id, act(site))


def test_what_came_back_since_the_question_was_put_stays(site, portal, later):
    asked = shrunk(site, portal)
    portal.count = 12
    after = later(site, 1)
    usual = portal.answer
    portal.answer = lambda path, query: (500, "text/html", b"") if query.get("start", ["0"])[0] == "10" else usual(path, query)
    assert step_through(after)["status"] == "failed"  # but it has listed the first ten
    with after.writing() as session:
        decided = removals.confirm(after, session, asked.id, act(after), at_once=True)
    assert len(decided.archived) == 2
    assert sorted(name for name, dataset in datasets(after).items() if dataset.state == "deleted") == ["dataset-000010", "dataset-000011"]


@pytest.mark.parametrize(("limits", "asks"), [({}, True), ({"shrink_share": 0.5}, False), ({"shrink_share": 0.5, "shrink_count": 5}, True)])
def test_a_source_may_have_limits_of_its_own(site, portal, limits, asks):
    source_id = add_source(site, url=portal.url)
    with site.writing() as session:
        session.get_one(Source, source_id).expectations = limits
    step_through(site)
    portal.count = 6
    step_through(site)
    assert (question(site) is not None) is asks
    assert missing(site) == (0 if asks else 6)


def test_the_limits_of_the_site_are_settings(site, portal):
    patient = Site(settings=replace(site.settings, shrink_share=1.0, shrink_count=6, grace_days=0), engine=site.engine, files=site.files, clock=site.clock)
    add_source(patient, url=portal.url)
    step_through(patient)
    portal.count = 6
    assert step_through(patient)["counts"] == {"unchanged": 6, "archived": 6}


def test_limits_that_make_no_sense_stop_the_start_in_words(tmp_path):
    given = load({"HAIDANG_SHRINK_SHARE": "0.5", "HAIDANG_SHRINK_COUNT": "9", "HAIDANG_GRACE_DAYS": "3"}, tmp_path)
    assert (given.shrink_share, given.shrink_count, given.grace_days) == (0.5, 9, 3)
    for name, value in (("SHRINK_SHARE", "20%"), ("SHRINK_SHARE", "nan"), ("SHRINK_COUNT", "-1"), ("GRACE_DAYS", "một tuần")):
        with pytest.raises(UsageError, match=name):
            load({f"HAIDANG_{name}": value}, tmp_path)


def test_the_commands_show_the_question_and_take_the_answer(site, portal, monkeypatch):
    asked = shrunk(site, portal)
    monkeypatch.setattr("harvesters.removal_commands.site_here", lambda: site)
    runner = CliRunner()
    shown = runner.invoke(build(), ["source", "removals", "nguon", "--json"])
    told = json.loads(shown.stdout)["removals"]
    assert [(each["id"], each["missing_count"], each["decision"]) for each in told] == [(asked.id, 6, None)]
    assert len(told[0]["datasets"]) == 6
    assert runner.invoke(build(), ["source", "refuse", "nguon"]).exit_code == 2
    assert runner.invoke(build(), ["source", "refuse", "nguon", "--reason", "nguồn lỗi", "--by", "chị Lan"]).exit_code == 0
    assert runner.invoke(build(), ["source", "confirm", "nguon", "--reason", "x"]).exit_code == 2
    assert json.loads(runner.invoke(build(), ["source", "removals", "--json"]).stdout)["removals"] == []
    assert "chị Lan: nguồn lỗi" in runner.invoke(build(), ["source", "removals", "--all"]).output


def test_confirming_by_command_archives_at_once_when_asked_to(site, portal, monkeypatch):
    shrunk(site, portal)
    monkeypatch.setattr("harvesters.removal_commands.site_here", lambda: site)
    assert CliRunner().invoke(build(), ["source", "confirm", "nguon", "--reason", "đúng", "--now"]).exit_code == 0
    assert states(site) == {"active", "deleted"}


def test_every_dataset_that_vanishes_is_named_in_an_issue_of_its_own_with_its_day_in_vietnam(site, portal, later):
    add_source(site, url=portal.url)
    step_through(site)
    portal.count = 10
    evening = later(site, 0.5)  # 17:00 in Greenwich
    step_through(evening)
    assert open_codes(site) == ["dataset-vanished"] * 2
    with site.reading() as session:
        rows = session.scalars(select(IssueRow).where(IssueRow.closed_at.is_(None)))
        assert {row.facts["since"] for row in rows} == {f"{day_of(evening.clock.now()):%d/%m/%Y}"} == {"01/10/2024"}
