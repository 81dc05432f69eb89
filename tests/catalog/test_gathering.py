"""What a page of a listing leaves behind, of full listings and of light ones, on both databases."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text
from support.seeding import add_source

from catalog import db
from catalog.gathering import Listed, stage_page
from catalog.intake import SOURCE, Intake, keep_issues
from catalog.issues import Issue, Place
from catalog.models import Base, IssueRow, Known, Run, RunPage, RunRecord, Source, Staged, new_id
from catalog.site import Site


def light(identifier: str, mark: str | None = "m") -> Listed:
    return Listed(identifier=identifier, raw=None, mark=mark)


def run_of(site: Site, *, forced: bool = False) -> str:
    with site.writing() as session:
        run = Run(id=new_id(), source_id=session.scalars(select(Source.id)).one(), queued_at=site.clock.now(), forced=forced)
        session.add(run)
        return run.id


def stage(site: Site, run_id: str, listed: Sequence[Listed], *, number: int = 0, issues: Sequence[Issue] = ()) -> tuple[int, int]:
    with site.writing() as session:
        run = session.get_one(Run, run_id)
        page = stage_page(Intake(site=site, session=session, source=session.get_one(Source, run.source_id), run=run), number, listed, issues, None)
        return page.first_seq, page.last_seq


def know(site: Site, **marks: str | None) -> None:
    with site.writing() as session:
        source = session.scalars(select(Source)).one()
        session.add_all([Known(source_id=source.id, identifier=identifier, raw_hash="h", mark=mark, first_seen=site.clock.now())
                         for identifier, mark in marks.items()])


def left(site: Site, run_id: str) -> tuple[list[str], dict[str, str]]:
    """What is staged, and what has an outcome."""
    with site.reading() as session:
        staged = list(session.scalars(select(Staged.identifier).where(Staged.run_id == run_id).order_by(Staged.seq)))
        return staged, dict(session.execute(select(RunRecord.identifier, RunRecord.outcome).where(RunRecord.run_id == run_id)).all())


@pytest.fixture
def site_with_source(site) -> Site:
    add_source(site, url="https://mo.example.vn")
    return site


def test_a_mark_that_is_known_is_unchanged_and_any_other_is_staged_without_an_answer(site_with_source):
    site = site_with_source
    know(site, same="m", other="old", never=None)
    run_id = run_of(site)
    stage(site, run_id, [light("same"), light("other"), light("never"), light("new"), light("same-without", None)])
    assert left(site, run_id) == (["other", "never", "new", "same-without"], {"same": "unchanged"})
    with site.reading() as session:
        assert set(session.scalars(select(Staged.raw))) == {None}
        assert all(known.last_run_id == run_id for known in session.scalars(select(Known)))


def test_whether_the_listing_or_its_mark_decided_is_kept(site_with_source):
    know(site_with_source, a="m", b="x")
    run_id = run_of(site_with_source)
    stage(site_with_source, run_id, [light("a"), Listed(identifier="b", raw={}, raw_hash="h"), light("c")], issues=[Issue("identifier-missing", facts={"title": "x"})])
    with site_with_source.reading() as session:
        assert dict(session.execute(select(RunRecord.identifier, RunRecord.decided)).all()) == {"a": "mark", "b": "listing", "#0.1": None}


def test_no_mark_is_not_the_mark_that_was_not_there(site_with_source):
    know(site_with_source, a=None)
    run_id = run_of(site_with_source)
    stage(site_with_source, run_id, [light("a", None)])
    assert left(site_with_source, run_id) == (["a"], {})


def test_an_answer_counts_more_than_a_mark(site_with_source):
    know(site_with_source, a="m", b="m")
    run_id = run_of(site_with_source)
    stage(site_with_source, run_id, [Listed(identifier="a", raw={}, raw_hash="h", mark="another"), Listed(identifier="b", raw={}, raw_hash="x", mark="m")])
    assert left(site_with_source, run_id) == (["b"], {"a": "unchanged"})


def test_a_forced_run_takes_no_mark_for_an_answer(site_with_source):
    know(site_with_source, a="m")
    run_id = run_of(site_with_source, forced=True)
    stage(site_with_source, run_id, [light("a")])
    assert left(site_with_source, run_id) == (["a"], {})


def test_what_was_missing_is_asked_for_again(site_with_source):
    know(site_with_source, a="m")
    with site_with_source.writing() as session:
        session.scalars(select(Known)).one().missing_since = site_with_source.clock.now()
    run_id = run_of(site_with_source)
    stage(site_with_source, run_id, [light("a")])
    assert left(site_with_source, run_id) == (["a"], {})


def test_a_page_staged_twice_leaves_nothing_twice(site_with_source):
    know(site_with_source, a="m", b="old")
    run_id = run_of(site_with_source)
    listed, issues = [light("a"), light("b"), light("b"), light("c")], [Issue("identifier-missing", facts={"title": "x"})]
    first = stage(site_with_source, run_id, listed, issues=issues)
    before = left(site_with_source, run_id)
    assert stage(site_with_source, run_id, [light("d")], issues=issues) == first
    assert left(site_with_source, run_id) == before
    assert before == (["b", "c"], {"a": "unchanged", "#0.1": "skipped", "#0.2 b": "skipped"})


def test_light_and_full_records_may_stand_on_one_page_and_are_counted_on_from_the_page_before(site_with_source):
    run_id = run_of(site_with_source)
    assert stage(site_with_source, run_id, [light("a"), Listed(identifier="b", raw={"x": 1}, raw_hash="h")]) == (1, 2)
    assert stage(site_with_source, run_id, [light("c")], number=1) == (3, 3)
    with site_with_source.reading() as session:
        assert list(session.scalars(select(Staged.raw).order_by(Staged.seq))) == [None, {"x": 1}, None]
        assert len(list(session.scalars(select(RunPage)))) == 2


def test_a_store_of_the_first_tables_keeps_what_it_has_and_becomes_what_the_models_say(site_with_source):
    site = site_with_source
    run_id = run_of(site)
    know(site, a=None)
    stage(site, run_id, [Listed(identifier="b", raw={"x": [1, "ă"]}, raw_hash="h"), light("c")])
    config = db._alembic(site.engine)
    command.downgrade(config, "0001")
    db.upgrade(site.engine)
    with site.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        assert connection.execute(text("SELECT identifier FROM known ORDER BY identifier")).scalars().all() == ["a", "b", "c"]
    with site.reading() as session:
        assert session.execute(select(Staged.identifier, Staged.raw)).all() == [("b", {"x": [1, "ă"]})]


def say(site: Site, run_id: str, said: dict[str, list[Issue]]) -> list[tuple[str | None, str, dict]]:
    """Keep issues in a run, as a page of its listing does; what is open then."""
    with site.writing() as session:
        run = session.get_one(Run, run_id)
        keep_issues(Intake(site=site, session=session, source=session.get_one(Source, run.source_id), run=run), said, {})
    with site.reading() as session:
        return [(row.identifier, row.code, row.facts) for row in session.scalars(
            select(IssueRow).where(IssueRow.closed_at.is_(None)).order_by(IssueRow.id))]


def test_what_two_pages_of_one_listing_say_of_the_source_is_kept_once_with_the_newest_facts(site_with_source):
    run_id, place = run_of(site_with_source), Place(url="https://mo.example.vn")
    say(site_with_source, run_id, {SOURCE: [Issue("source-below-minimum", place, {"found": 1, "minimum": 3})]})
    said = say(site_with_source, run_id, {SOURCE: [Issue("source-below-minimum", place, {"found": 2, "minimum": 3}), Issue("source-empty", place)]})
    assert said == [(None, "source-below-minimum", {"found": 2, "minimum": 3}), (None, "source-empty", {})]


def test_what_two_steps_of_one_run_say_of_a_record_is_kept_once(site_with_source):
    run_id, issue = run_of(site_with_source), Issue("metadata-refused", facts={"fields": "title"})
    say(site_with_source, run_id, {"a": [issue]})
    assert say(site_with_source, run_id, {"a": [issue], "b": [issue]}) == [
        ("a", "metadata-refused", {"fields": "title"}), ("b", "metadata-refused", {"fields": "title"})]
