"""Loading the demonstration: the register, the promises, the sources, and a past that is computed."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

import demo.load
import schemas
from catalog import evidence
from catalog.models import (
    Agency,
    Commitment,
    Dataset,
    Evidence,
    Known,
    Resource,
    SiteFact,
    Source,
    Succession,
    Theme,
    Version,
)
from catalog.participation import participation, trend
from demo.history import STATES, stretches
from demo.load import DEMO
from demo.province import sources

FOLDER = Path(demo.load.__file__).parent
PLAN = date(2023, 10, 27)
BASE = "http://127.0.0.1:5099"


def _lines(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((FOLDER / name).read_text("utf-8").splitlines()))


def _publish(site, *names: str) -> None:
    """One good dataset for each of these sources, as a harvest would leave it."""
    now = site.clock.now()
    with site.writing() as session:
        for name in names:
            source = session.scalars(select(Source).where(Source.name == name)).one()
            wanted = next(each for each in sources() if each.name == name).datasets[0]
            dataset = Dataset(name=wanted.key, title=wanted.title, license_id="VN-ND47-2020-D18", frequency=wanted.promised, owner_org=source.agency_id, published_by=source.agency_id,
                              source_id=source.id, identifier=source.url, metadata_created=now, metadata_modified=now, illustrative=True)
            session.add(dataset)
            session.flush()
            resource = Resource(dataset_id=dataset.id, url=source.url + "a.csv", format="CSV", created=now, metadata_modified=now, reachable=True)
            session.add(resource)
            session.flush()
            version = Version(resource_id=resource.id, number=1, state="published", checked="valid", created=now, sha256="0" * 64, size=1, filename="a.csv", format="CSV", table_sha256="0" * 64)
            session.add(version)
            session.flush()
            resource.version_id = version.id
            session.add(Known(source_id=source.id, identifier=source.url, raw_hash="", dataset_id=dataset.id, first_seen=now))
            session.flush()
            evidence.record_dataset(session, dataset.id, now)


def test_the_register_has_twenty_nine_agencies_on_the_plans_day_and_on_the_demonstrations_day(site):
    DEMO.load(site, BASE)
    with site.reading() as session:
        for day in (PLAN, DEMO.day):
            assert participation(session, day).total == 29
        assert participation(session, date(2025, 3, 1)).total == 22, "eight departments and two districts merged"
        assert participation(session, date(2025, 7, 1)).total == 46, "16 bodies of the city and 30 communes took over"
        assert session.scalar(select(func.count()).select_from(Succession)) > 40


def test_each_of_the_twenty_nine_has_promised_something():
    promised = {line["co_quan"] for line in _lines("commitments.csv")}
    counted = {line["slug"] for line in _lines("register.csv") if line["tinh_tham_gia"] == "true" and line["hieu_luc_tu"] == "2023-10-27"}
    assert len(counted) == 29 and counted == promised
    assert 90 <= len(_lines("commitments.csv")) <= 130


def test_promises_name_datasets_that_are_offered_and_some_that_are_not():
    offered = {dataset.key for source in sources() for dataset in source.datasets}
    promised = {line["bo_du_lieu"] for line in _lines("commitments.csv")}
    assert offered <= promised
    assert len(promised - offered) >= 30


def test_everything_of_2025_that_nobody_has_verified_is_marked():
    assert all(line["tam"] == "true" for line in _lines("register.csv") if line["hieu_luc_tu"] > "2023-10-27")


@pytest.mark.parametrize("name", ["register.csv", "commitments.csv"])
def test_lists_fit_their_schemas(name):
    from frictionless import Resource as Table
    from frictionless import Schema

    schema = {"register.csv": "so-bo-co-quan", "commitments.csv": "danh-muc-du-lieu-mo"}[name]
    descriptor = {key: value for key, value in schemas.load(schema).descriptor.items() if key in ("fields", "missingValues", "primaryKey")}
    rows = list(csv.reader((FOLDER / name).read_text("utf-8").splitlines()))
    assert Table(data=rows, schema=Schema.from_descriptor(descriptor)).validate().valid


def test_loading_twice_changes_nothing(site):
    def count(session) -> list[int]:
        return [session.scalar(select(func.count()).select_from(table)) for table in (Agency, Commitment, Source, Theme, Evidence, SiteFact)]

    DEMO.load(site, BASE)
    with site.reading() as session:
        before = count(session)
    DEMO.load(site, BASE)
    with site.reading() as session:
        assert count(session) == before
        assert before[2] == len(sources()) and before[3] == 12
        assert session.get(SiteFact, "target").value["day"] == "2025-12-31"


def test_an_agency_without_source_stays_without(site):
    DEMO.load(site, BASE)
    with site.reading() as session:
        with_source = set(session.scalars(select(Source.agency_id)))
        without = [agency.slug for agency in session.scalars(select(Agency).where(Agency.counts, Agency.valid_from == PLAN)) if agency.id not in with_source]
    assert without == ["ban-dt"]


def test_options_are_those_that_the_connectors_know():
    from harvesters.connectors import check_options

    for source in sources():
        check_options(source.connector, source.options)


def test_another_port_takes_along_what_was_harvested(site):
    DEMO.load(site, BASE)
    _publish(site, "so-vhtt-thu-tuc")
    DEMO.load(site, "http://127.0.0.1:6001")
    with site.reading() as session:
        source = session.scalars(select(Source).where(Source.name == "so-vhtt-thu-tuc")).one()
        dataset = session.scalars(select(Dataset).where(Dataset.source_id == source.id)).one()
        known = session.scalars(select(Known).where(Known.source_id == source.id)).one()
        assert source.url.startswith("http://127.0.0.1:6001/so-vhtt/")
        assert dataset.identifier == known.identifier == source.url
        assert dataset.resources[0].url == source.url + "a.csv"


def test_what_somebody_set_of_a_source_stays(site):
    DEMO.load(site, BASE)
    with site.writing() as session:
        source = session.scalars(select(Source).where(Source.name == "so-dl-luu-tru")).one()
        source.state, source.schedule = "paused", "0 9 * * *"
    DEMO.load(site, BASE)
    with site.reading() as session:
        source = session.scalars(select(Source).where(Source.name == "so-dl-luu-tru")).one()
        assert (source.state, source.schedule) == ("paused", "0 9 * * *")


def test_the_past_is_computed_from_dated_facts_and_has_lapses(site):
    DEMO.load(site, BASE)
    _publish(site, "so-ct-cho-sieu-thi", "so-dl-luu-tru", "so-nv-don-vi-hanh-chinh")
    assert DEMO.history(site) > 0
    with site.reading() as session:
        def lit(day: date) -> set[str]:
            return {agency.slug for agency in participation(session, day).numerator}

        assert lit(date(2023, 10, 28)) == set()
        assert lit(date(2023, 12, 31)) == {"so-nv", "so-dl"}
        assert lit(date(2024, 4, 30)) == {"so-nv", "so-dl", "so-ct"}
        assert lit(date(2024, 5, 15)) == {"so-nv"}, "so-dl was overdue, the file of so-ct was not valid"
        assert lit(DEMO.day) == {"so-nv", "so-dl", "so-ct"}
        assert trend(session, date(2024, 4, 1), date(2024, 5, 31)) == [(date(2024, 4, 30), 3, 29), (date(2024, 5, 31), 2, 29)]


def test_the_past_touches_no_fact_of_today_and_comes_once(site):
    DEMO.load(site, BASE)
    _publish(site, "so-gtvt-van-tai", "ubnd-con-dao-luu-tru")
    with site.reading() as session:
        before = {row.id: (row.since, row.until, row.state) for row in session.scalars(select(Evidence))}
    added = DEMO.history(site)
    assert added > 0 and DEMO.history(site) == 0
    with site.reading() as session:
        rows = {row.id: row for row in session.scalars(select(Evidence))}
        assert {key: (rows[key].since, rows[key].until, rows[key].state) for key in before} == before
        fresh = [row for key, row in rows.items() if key not in before]
        assert len(fresh) == added
        assert all(row.facts["illustrative"] and row.until is not None and row.since < row.until for row in fresh)
        assert all(row.dataset_id or row.source_id for row in fresh)


def test_the_past_has_no_dataset_of_its_own(site):
    DEMO.load(site, BASE)
    DEMO.history(site)
    with site.reading() as session:
        assert session.scalar(select(func.count()).select_from(Dataset)) == 0
        assert participation(session, date(2024, 6, 30)).counted == 0


def test_every_line_of_the_past_speaks_of_a_source_and_follows_the_one_before():
    known = {source.name for source in sources()}
    for name, past in stretches().items():
        assert name in known
        assert all(stretch.state in STATES for stretch in past)
        assert all(before.until == after.since for before, after in zip(past, past[1:], strict=False))
        assert past[-1].until is None and past[0].since >= PLAN and all(stretch.since < DEMO.day - timedelta(days=2) for stretch in past)
    assert set(stretches()) == known
