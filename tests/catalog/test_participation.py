"""The share of agencies that take part: rule version 1, five steps, any day for ever."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from support.participating import (
    START,
    add_agency,
    add_dataset,
    add_source,
    add_version,
    at,
    promise,
    succeed,
)

from catalog.evidence import record_dataset, record_source
from catalog.issues import codes
from catalog.models import Agency, Dataset, Evidence, Exemption, Run
from catalog.participation import changes, forecast, participation, summary, trend
from catalog.participation.shape import as_dict, csv_rows

DAY = date(2024, 9, 30)
LATER = DAY + timedelta(days=10)


@pytest.fixture
def session(site):
    with site.writing() as session:
        yield session


def harvested(session, agency, day, status="succeeded"):
    source = add_source(session, agency, f"nguon-{agency[:8]}")
    record_source(session, source, at(day, 6))
    ran(session, source, day, status)
    return source


def ran(session, source, day, status):
    session.add(Run(source_id=source, queued_at=at(day, 7), finished_at=at(day, 8), status=status))
    session.flush()
    record_source(session, source, at(day, 8))


def published(session, agency, day, name=None, **values):
    dataset = add_dataset(session, agency, name or f"bo-{agency[:8]}", day, **values)
    record_dataset(session, dataset, at(day))
    return dataset


def test_one_good_dataset_is_enough_and_the_share_names_both_lists(session):
    good, poor = add_agency(session, "so-a", position=1), add_agency(session, "so-b", position=2)
    add_agency(session, "tinh", counts=False)
    published(session, good, DAY)
    published(session, good, DAY, "hong", license_id="notspecified")
    published(session, poor, DAY, license_id="cc-nc")
    figure = participation(session, DAY)
    assert (figure.share, figure.counted, figure.total, figure.rule_version, figure.percent) == (Fraction(1, 2), 1, 2, 1, 50.0)
    assert [agency.slug for agency in figure.numerator] == ["so-a"]
    assert [agency.slug for agency in figure.denominator] == ["so-a", "so-b"]
    assert (figure.agency("so-a").datasets, figure.agency("so-a").qualifying) == (1, 1)


def test_without_a_register_there_is_no_share(session):
    assert participation(session, DAY).share is None
    assert summary(session, DAY).percent is None


def test_the_day_ends_at_midnight_in_vietnam(session):
    agency = add_agency(session, "so-a")
    dataset = add_dataset(session, agency, "bo", DAY)
    record_dataset(session, dataset, at(DAY, 23))
    assert participation(session, DAY).counted == 1
    assert participation(session, DAY - timedelta(days=1)).counted == 0


def test_taking_part_lapses_when_data_is_overdue_and_comes_back(session):
    agency = add_agency(session, "so-a")
    dataset = published(session, agency, DAY, frequency="daily")
    last = DAY + timedelta(days=8)
    assert participation(session, last).counted == 1
    state = participation(session, last + timedelta(days=1)).agency("so-a")
    assert (state.counts, state.lapsed, state.step("current").state) == (False, last + timedelta(days=1), "lapse")
    assert state.trouble.cause.code == "data-overdue"
    assert "08/10/2024" not in state.trouble.said("vi").what
    assert "09/10/2024" in state.trouble.said("vi").what
    add_version(session, dataset, DAY + timedelta(days=20))
    record_dataset(session, dataset, at(DAY + timedelta(days=20)))
    back = participation(session, DAY + timedelta(days=20)).agency("so-a")
    assert (back.counts, back.since) == (True, DAY + timedelta(days=20))
    assert not participation(session, last + timedelta(days=1)).agency("so-a").counts


def test_a_source_that_was_not_reached_at_the_last_run_takes_its_datasets_out_until_it_is(session):
    agency = add_agency(session, "so-a")
    source = harvested(session, agency, DAY)
    published(session, agency, DAY, source_id=source)
    from catalog.models import IssueRow

    run = Run(source_id=source, queued_at=at(LATER, 7), finished_at=at(LATER, 8), status="failed")
    session.add(run)
    session.flush()
    session.add(IssueRow(fingerprint="f" * 32, run_id=run.id, source_id=source, code="harvest-failed", stage="gather", severity="error",
                         who="agency", facts={}, first_seen=at(LATER), last_seen=at(LATER)))
    record_source(session, source, at(LATER, 8))
    state = participation(session, LATER).agency("so-a")
    assert (state.counts, state.lapsed) == (False, LATER)
    assert [(step.key, step.state) for step in state.steps[:4]] == [("source", "ok"), ("harvest", "lapse"), ("valid", "ok"), ("current", "ok")]
    assert participation(session, LATER - timedelta(days=1)).counted == summary(session, LATER - timedelta(days=1)).counted == 1
    assert summary(session, LATER).counted == 0
    ran(session, source, LATER + timedelta(days=1), "succeeded")
    assert participation(session, LATER + timedelta(days=1)).counted == 1


def test_the_five_steps_from_nothing_to_everything_kept(session):
    agency = add_agency(session, "so-a")

    def states(day):
        return [step.state for step in participation(session, day).agency("so-a").steps]

    assert states(DAY) == ["none", "na", "na", "na", "none"]
    source = add_source(session, agency)
    record_source(session, source, at(DAY))
    promise(session, agency, "bo", DAY + timedelta(days=5))
    assert states(DAY) == ["ok", "none", "na", "na", "none"]
    ran(session, source, DAY + timedelta(days=1), "failed")
    assert states(DAY + timedelta(days=1))[1] == "bad"
    ran(session, source, DAY + timedelta(days=2), "succeeded")
    assert states(DAY + timedelta(days=2)) == ["ok", "ok", "bad", "na", "none"]
    published(session, agency, DAY + timedelta(days=3), "bo", source_id=source)
    assert states(DAY + timedelta(days=3)) == ["ok", "ok", "ok", "ok", "ok"]
    assert states(DAY) == ["ok", "none", "na", "na", "none"]


def test_data_held_for_personal_data_waits_for_the_agency(session):
    agency = add_agency(session, "so-a")
    published(session, agency, DAY, checked="held", version_state="held", state="draft")
    step = participation(session, DAY).agency("so-a").step("valid")
    assert (step.state, step.who, step.dataset["vi"]) == ("hold", "agency", f"Bộ bo-{agency[:8]}")


def test_a_refused_newer_version_is_a_lapse_with_its_day(session):
    agency = add_agency(session, "so-a")
    dataset = published(session, agency, DAY)
    add_version(session, dataset, LATER, checked="invalid", version_state="refused")
    record_dataset(session, dataset, at(LATER))
    step = participation(session, LATER).agency("so-a").step("valid")
    assert (step.state, step.since, step.cause.code, step.cause.facts["errors"]) == ("lapse", LATER, "data-not-valid", 7)


def test_an_exempt_agency_is_in_neither_list_and_is_shown(session):
    agency = add_agency(session, "so-a", position=1)
    published(session, add_agency(session, "so-b", position=2), DAY)
    session.add(Exemption(agency_id=agency, valid_from=DAY, valid_to=DAY, decision="Quyết định 1", reason_vi="…", reason_en="…"))
    session.flush()
    figure = participation(session, DAY)
    assert (figure.counted, figure.total, figure.agency("so-a").exempt) == (1, 1, "Quyết định 1")
    assert participation(session, DAY + timedelta(days=1)).total == summary(session, DAY + timedelta(days=1)).total == 2


def test_a_merged_agency_goes_on_with_what_was_inherited(session):
    first = add_agency(session, "so-a", end=DAY, position=1)
    second = add_agency(session, "so-b", end=DAY, position=2)
    heir = add_agency(session, "so-c", begin=DAY + timedelta(days=1), position=3)
    succeed(session, first, heir, DAY + timedelta(days=1))
    succeed(session, second, heir, DAY + timedelta(days=1))
    published(session, first, DAY, source_id=harvested(session, first, DAY))
    published(session, second, DAY)
    promise(session, first, f"bo-{first[:8]}", DAY)
    before, after = participation(session, DAY), participation(session, DAY + timedelta(days=1))
    assert (before.counted, before.total, after.counted, after.total) == (2, 2, 1, 1)
    state = after.agency("so-c")
    assert (state.since, state.kept, state.promised, state.step("source").state) == (DAY, 1, 1, "ok")
    assert changes(session, DAY + timedelta(days=1), LATER) == []


def test_who_was_gained_and_who_was_lost_on_which_day_and_why(session):
    first, second = add_agency(session, "so-a", position=1), add_agency(session, "so-b", position=2)
    published(session, first, DAY, frequency="daily")
    published(session, second, DAY + timedelta(days=2), frequency="annual")
    moves = changes(session, DAY, DAY + timedelta(days=9))
    assert [(move.day, move.slug, move.gained, move.cause and move.cause.code) for move in moves] == [
        (DAY + timedelta(days=9), "so-a", False, "data-overdue"), (DAY + timedelta(days=2), "so-b", True, None), (DAY, "so-a", True, None)]


def test_the_trend_says_what_each_day_says(session):
    first, second = add_agency(session, "so-a"), add_agency(session, "so-b", begin=DAY + timedelta(days=3))
    published(session, first, DAY, frequency="daily")
    published(session, second, DAY + timedelta(days=4), frequency="annual")
    points = trend(session, DAY - timedelta(days=2), DAY + timedelta(days=12), timedelta(days=1))
    assert len(points) == 15
    for day, counted, total in points:
        figure = participation(session, day)
        assert (counted, total) == (figure.counted, figure.total) == (summary(session, day).counted, summary(session, day).total)
    assert [day for day, _, _ in trend(session, START, date(2024, 1, 15))] == [
        date(2023, 10, 31), date(2023, 11, 30), date(2023, 12, 31), date(2024, 1, 15)]


def test_the_forecast_draws_the_pace_of_half_a_year_on_in_a_straight_line(session):
    agencies = [add_agency(session, f"so-{number}") for number in range(4)]
    assert forecast(session, DAY) is None
    published(session, agencies[0], DAY - timedelta(days=182), "bo-0", frequency="annual")
    published(session, agencies[1], DAY - timedelta(days=60), "bo-1", frequency="annual")
    found = forecast(session, DAY)
    assert found.reached == DAY + timedelta(days=364)  # one of four in 182 days, two are missing
    assert found.earliest == DAY + timedelta(days=182)  # at the pace of the last 91 days
    assert found.latest == DAY + timedelta(days=364)
    assert forecast(session, DAY - timedelta(days=100)) is None  # it did not rise


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_who_sends_directly_has_taken_the_first_steps_since_the_first_dataset_that_stands(session, order):
    agency = add_agency(session, "so-a", position=1)
    for number in order:
        published(session, agency, DAY - timedelta(days=number), f"bo-{number}", **({"license_id": "cc-nc"} if number == 1 else {}))
    source, harvest, *_ = participation(session, DAY).agencies[0].steps
    assert (source.since, harvest.since) == (DAY - timedelta(days=3), DAY - timedelta(days=3))


def test_every_cause_is_written_down_and_can_be_said_in_both_languages(session):
    for number, values in enumerate(({"license_id": "x"}, {"format": "PDF"}, {"reachable": False}, {"checked": "unchecked"}, {"state": "draft"},
                                     {"checked": "invalid", "version_state": "refused"}, {"checked": "held", "version_state": "held"})):
        agency = add_agency(session, f"so-{number}", position=number)
        published(session, agency, DAY, f"bo-{number}", **values)
        promise(session, agency, "chua-co", DAY - timedelta(days=number))
    add_agency(session, "trang")
    for agency in participation(session, DAY).agencies:
        for step in agency.steps:
            assert (step.cause is None) == (step.state in ("ok", "na")), (agency.slug, step)
            if step.cause is not None:
                assert step.cause.code in codes()
                for language in ("vi", "en"):
                    said = step.said(language)
                    assert said.what and said.mend and said.who
                    assert "…" not in said.what + said.mend, (step.cause, said)


def test_the_figure_as_json_and_csv_holds_its_lists(session):
    published(session, add_agency(session, "so-a", position=1), DAY)
    add_agency(session, "so-b", position=2)
    shape = as_dict(participation(session, DAY))
    assert (shape["as_of"], shape["rule_version"], shape["share"], shape["fraction"]) == ("2024-09-30", 1, 50.0, "1/2")
    assert shape["numerator"] == {"count": 1, "agencies": ["so-a"]}
    assert shape["agencies"][1]["steps"][0]["who"] == "agency"
    rows = list(csv_rows(participation(session, DAY)))
    assert len(rows) == 3 and len(set(map(len, rows))) == 1 and len(set(rows[0])) == len(rows[0])


ACTIONS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=10)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(earlier=ACTIONS, later=ACTIONS)
def test_what_is_learnt_later_never_changes_an_earlier_figure(site, earlier, later):
    with site.writing() as session:
        for table in (Evidence, Run, Dataset, Agency):
            session.execute(delete(table))
        agencies = [add_agency(session, f"so-{number}", position=number, end=LATER if number == 1 else None) for number in range(3)]
        succeed(session, agencies[1], agencies[2], LATER + timedelta(days=1))
        for number, agency in enumerate(agencies):
            for file in range(2):
                add_dataset(session, agency, f"bo-{number}-{file}", DAY - timedelta(days=40), frequency="weekly")
        days = _live(session, earlier, DAY - timedelta(days=30))
        frozen = {day: as_dict(participation(session, day)) for day in days}
        _live(session, later, max(days) + timedelta(days=1))
        assert {day: as_dict(participation(session, day)) for day in days} == frozen
        for day, counted, total in trend(session, min(days), max(days), timedelta(days=1)):
            if day in frozen:
                assert f"{counted}/{total}" == frozen[day]["fraction"]
            assert (summary(session, day).counted, summary(session, day).total) == (counted, total)


def _live(session, actions, day):
    """Things that happen to datasets, some days apart; returns the days, and the days between."""
    days = []
    datasets = session.scalars(select(Dataset).order_by(Dataset.name)).all()
    for which, what, gap in actions:
        day += timedelta(days=gap)
        dataset = datasets[which]
        if what == 0:
            add_version(session, dataset.id, day)
        elif what == 1:
            add_version(session, dataset.id, day, checked="invalid", version_state="refused")
        else:
            dataset.license_id = "cc-nc" if dataset.license_id == "cc-by" else "cc-by"
            dataset.extras = [{"key": "modified", "value": (day - timedelta(days=gap)).isoformat()}]
        session.flush()
        record_dataset(session, dataset.id, at(day, 8 + len(days) % 12))
        days.append(day)
    return sorted({*days, *(each - timedelta(days=1) for each in days), day + timedelta(days=9)})
