"""Dated facts: written when something changes, never changed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from support.participating import add_agency, add_dataset, add_source, add_version, at, evidence_of, promise

from catalog.evidence import DATASET_KINDS, record_dataset, record_datasets, record_source
from catalog.models import Dataset, Evidence, IssueRow, Resource, Run, Source

DAY = date(2024, 9, 30)


@pytest.fixture
def session(site):
    with site.writing() as session:
        noise = add_agency(session, "nhieu")
        add_dataset(session, noise, "nhieu", DAY)
        yield session


@pytest.fixture
def agency(session):
    return add_agency(session, "so-yt")


def count(session):
    return session.scalar(select(func.count()).select_from(Evidence))


def test_a_good_dataset_meets_every_condition(session, agency):
    dataset = add_dataset(session, agency, "benh-vien", DAY)
    record_dataset(session, dataset, at(DAY))
    facts = evidence_of(session, dataset)
    assert {kind: facts[kind].state for kind in DATASET_KINDS} == dict.fromkeys(DATASET_KINDS, "ok")
    assert facts["standing"].good_until == facts["current"].good_until == DAY + timedelta(days=62)


def test_nothing_is_written_while_nothing_changes(session, agency):
    dataset = add_dataset(session, agency, "benh-vien", DAY)
    record_dataset(session, dataset, at(DAY))
    before = count(session)
    record_dataset(session, dataset, at(DAY + timedelta(days=3)))
    assert count(session) == before


def test_a_change_closes_one_fact_and_opens_another_at_the_same_moment(session, agency):
    dataset = add_dataset(session, agency, "benh-vien", DAY)
    record_dataset(session, dataset, at(DAY))
    session.get(Dataset, dataset).license_id = "cc-nc"
    later = at(DAY + timedelta(days=1))
    record_dataset(session, dataset, later)
    rows = session.scalars(select(Evidence).where(Evidence.dataset_id == dataset, Evidence.kind == "licence").order_by(Evidence.id)).all()
    assert [(row.state, row.since, row.until) for row in rows] == [("ok", at(DAY), later), ("bad", later, None)]
    assert evidence_of(session, dataset)["standing"].state == "licence"
    assert evidence_of(session, dataset)["valid"].since == at(DAY)


@pytest.mark.parametrize(("values", "standing", "cause"), [
    ({"checked": "invalid", "version_state": "refused", "state": "draft"}, "valid", "data-not-valid"),
    ({"checked": "held", "version_state": "held", "state": "draft"}, "held", "data-held"),
    ({"checked": "unchecked"}, "valid", "data-not-checked"),
    ({"format": "PDF"}, "machine-readable", "format-not-open"),
    ({"license_id": "notspecified"}, "licence", "licence-missing"), ({"license_id": "other-closed"}, "licence", "licence-not-open"),
    ({"license_id": "CC-BY-4.0"}, "ok", None),
    ({"reachable": False}, "reachable", "file-unreachable"),
    ({"state": "draft"}, "unpublished", None),
    ({"private": True}, "unpublished", None),
    ({"state": "deleted"}, "withdrawn", None),
])
def test_the_standing_names_the_first_condition_that_fails(session, agency, values, standing, cause):
    dataset = add_dataset(session, agency, "benh-vien", DAY, **values)
    record_dataset(session, dataset, at(DAY))
    fact = evidence_of(session, dataset)["standing"]
    assert (fact.state, fact.cause) == (standing, cause)


def test_a_refused_newer_version_fails_the_last_validation_though_the_good_one_stays_live(session, agency):
    dataset = add_dataset(session, agency, "benh-vien", DAY)
    record_dataset(session, dataset, at(DAY))
    add_version(session, dataset, DAY + timedelta(days=1), checked="invalid", version_state="refused")
    record_dataset(session, dataset, at(DAY + timedelta(days=1)))
    facts = evidence_of(session, dataset)
    assert (facts["valid"].state, facts["standing"].state, facts["published"].state) == ("bad", "valid", "ok")
    assert facts["valid"].facts["errors"] == 7


def test_the_cause_is_the_open_issue_of_the_file(session, agency):
    source = add_source(session, agency)
    run = Run(source_id=source, queued_at=at(DAY), status="succeeded-with-issues")
    session.add(run)
    session.flush()
    dataset = add_dataset(session, agency, "benh-vien", DAY, reachable=False, source_id=source)
    session.add(IssueRow(fingerprint="f" * 32, run_id=run.id, source_id=source, dataset_id=dataset, code="connection-broken", stage="fetch",
                         severity="error", who="agency", facts={"status": 503}, first_seen=at(DAY), last_seen=at(DAY)))
    record_dataset(session, dataset, at(DAY))
    fact = evidence_of(session, dataset)["reachable"]
    assert (fact.cause, fact.facts["facts"]) == ("connection-broken", {"status": 503})


@pytest.mark.parametrize(("stated", "updated"), [
    ("2024-08-01", "2024-08-01"), ("2024-08-01T20:00:00Z", "2024-08-02"), ("2024-10-01", "2024-09-30"), ("hôm qua", "2024-09-30"),
])
def test_the_source_states_when_its_data_was_updated_unless_it_says_the_future(session, agency, stated, updated):
    dataset = add_dataset(session, agency, "benh-vien", DAY, extras=[{"key": "modified", "value": stated}])
    record_dataset(session, dataset, at(DAY))
    assert evidence_of(session, dataset)["current"].facts["updated"] == updated


def test_what_was_promised_decides_over_what_the_source_says_of_itself(session, agency):
    promise(session, agency, "benh-vien", DAY, frequency="weekly")
    dataset = add_dataset(session, agency, "benh-vien", DAY, frequency="annual")
    record_dataset(session, dataset, at(DAY))
    assert evidence_of(session, dataset)["current"].good_until == DAY + timedelta(days=14)


def test_a_dataset_that_is_gone_or_belongs_to_nobody_leaves_its_facts_closed(session, agency):
    first, second = add_dataset(session, agency, "mot", DAY), add_dataset(session, agency, "hai", DAY)
    record_datasets(session, [first, second], at(DAY))
    session.delete(session.get(Dataset, first))
    session.get(Dataset, second).owner_org = None
    session.flush()
    record_datasets(session, [first, second], at(DAY + timedelta(days=1)))
    assert evidence_of(session, first) == evidence_of(session, second) == {}


def test_a_dataset_that_changes_hands_is_told_anew(session, agency):
    dataset = add_dataset(session, agency, "benh-vien", DAY)
    record_dataset(session, dataset, at(DAY))
    session.get(Dataset, dataset).owner_org = other = add_agency(session, "so-khac")
    record_dataset(session, dataset, at(DAY + timedelta(days=1)))
    assert {fact.agency_id for fact in evidence_of(session, dataset).values()} == {other}


def test_many_are_recorded_at_once(session, agency):
    ids = [add_dataset(session, agency, f"bo-{number}", DAY) for number in range(30)]
    record_datasets(session, ids, at(DAY))
    assert all(evidence_of(session, each)["standing"].state == "ok" for each in ids)


def run_of(session, source, status, hour, **issue):
    run = Run(source_id=source, queued_at=at(DAY, hour), finished_at=at(DAY, hour), status=status)
    session.add(run)
    session.flush()
    if issue:
        session.add(IssueRow(**{"fingerprint": "f" * 32, "run_id": run.id, "source_id": source, "severity": "error", "who": "agency",
                                "first_seen": at(DAY), "last_seen": at(DAY), **issue}))
    record_source(session, source, at(DAY, hour))


def states(session, source, kind):
    rows = session.scalars(select(Evidence).where(Evidence.source_id == source, Evidence.kind == kind).order_by(Evidence.id))
    return [row.state for row in rows]


def test_a_source_is_registered_then_runs_then_fails_with_a_cause(session, agency):
    source = add_source(session, agency)
    record_source(session, source, at(DAY, 7))
    run_of(session, source, "succeeded", 8)
    run_of(session, source, "cancelled", 9)
    run_of(session, source, "failed", 10, code="connection-broken", stage="gather", facts={"status": 503})
    run_of(session, source, "failed", 11, code="connection-broken", stage="gather", facts={"status": 502})
    assert states(session, source, "registered") == ["ok"]
    assert states(session, source, "harvest") == ["none", "ok", "bad"]
    fact = session.scalar(select(Evidence).where(Evidence.kind == "harvest", Evidence.until.is_(None)))
    assert (fact.cause, fact.facts["unreachable"], fact.since) == ("connection-broken", True, at(DAY, 10))


def test_a_paused_source_stays_registered_and_a_removed_one_does_not(session, agency):
    source = add_source(session, agency)
    for hour, state in ((7, "active"), (8, "paused"), (9, "removed")):
        session.get(Source, source).state = state
        record_source(session, source, at(DAY, hour))
    assert states(session, source, "registered") == ["ok", "none"]


def test_a_table_read_into_our_store_counts_whatever_file_it_came_in(session, agency):
    from catalog.models import Version

    dataset = add_dataset(session, agency, "bang-cu", DAY, format="XLS")
    resource = session.scalar(select(Resource).where(Resource.dataset_id == dataset))
    session.get(Version, resource.version_id).table_sha256 = "1" * 64
    record_dataset(session, dataset, at(DAY))
    assert evidence_of(session, dataset)["standing"].state == "ok"
