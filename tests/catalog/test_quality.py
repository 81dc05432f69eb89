"""The 405 points and five stars: each point has its reason in both languages, and follows what the dataset really has."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from support.exchanging import fill
from support.publishing import publish
from support.visiting import visitor

from catalog.actions.context import Context
from catalog.exchange.entries import entries
from catalog.models import Dataset
from catalog.quality import MAXIMUM, Quality, quality
from catalog.quality_words import DIMENSIONS, INDICATORS, RATINGS, STARS


@pytest.fixture
def name(site) -> str:
    return fill(site)


def measured(site, name: str) -> Quality:
    with site.reading() as session:
        dataset = session.scalars(select(Dataset).where(Dataset.name == name)).one()
        return quality(entries(Context(site=site, session=session), [dataset])[0])


def points(found: Quality, key: str) -> int:
    return next(one.points for one in found.indicators if one.key == key)


def test_the_points_are_those_of_the_methodology():
    by_dimension = {name: sum(points for dimension, points, *_ in INDICATORS.values() if dimension == name) for name in DIMENSIONS}
    assert by_dimension == {"findability": 100, "accessibility": 100, "interoperability": 110, "reusability": 75, "contextuality": 20}
    assert sum(by_dimension.values()) == MAXIMUM


def test_everything_is_said_in_both_languages():
    words = [pair for _, _, title, mend in INDICATORS.values() for pair in (title, mend)] + [*DIMENSIONS.values(), *RATINGS.values(), *STARS]
    assert all(vi.strip() and en.strip() and vi != en for vi, en in words)


def test_a_well_described_dataset_has_all_points_and_three_stars(site, name):
    found = measured(site, name)
    assert (found.points, found.rating, found.stars, found.lacking) == (MAXIMUM, "excellent", 3, [])


def test_what_is_lacking_is_named_with_what_would_mend_it_the_most_first(site, name):
    publish(site, name="ngheo", title="Nghèo", resources=[{"url": "http://x.test/a.pdf", "format": "PDF"}])
    found = measured(site, "ngheo")
    assert (found.rating, found.stars) == ("bad", 0)
    assert found.lacking[0].key == "accessUrlStatusCode"
    gains = [one.maximum - one.points for one in found.lacking]
    assert gains == sorted(gains, reverse=True) and sum(gains) == MAXIMUM - found.points
    assert points(found, "formatMediaTypeMachineInterpretable") == 0 and points(found, "formatMediaTypeNonProprietary") == 20
    assert points(found, "dcatApCompliance") == 0 and points(found, "licenceAvailability") == 0


@pytest.mark.parametrize(("reachable", "share", "stars"), [(None, None, 3), (True, 1.0, 3), (False, 0.0, 0)])
def test_a_link_counts_when_it_was_reached_and_one_never_checked_is_neither_good_nor_bad(site, name, reachable, share, stars):
    publish(site, name="lien-ket", title="Liên kết", license_id="cc-by", resources=[{"url": "http://x.test/a.csv", "format": "CSV"}])
    with site.writing() as session:
        session.scalars(select(Dataset).where(Dataset.name == "lien-ket")).one().resources[0].reachable = reachable
    found = measured(site, "lien-ket")
    assert next(one.share for one in found.indicators if one.key == "accessUrlStatusCode") == share
    assert found.stars == stars


@pytest.mark.parametrize(("format", "licence", "stars"), [
    ("PDF", "cc-by", 1), ("XLSX", "cc-by", 2), ("CSV", "VN-ND47-2020-D18", 3), ("TTL", "cc-zero", 4), ("CSV", "cc-nc", 0), ("CSV", "", 0)])
def test_stars_follow_licence_and_format(site, name, format, licence, stars):
    publish(site, name="sao", title="Sao", license_id=licence, resources=[{"url": "http://x.test/a", "format": format}])
    assert measured(site, "sao").stars == stars


def test_files_count_by_their_share_but_interoperability_by_the_best(site, name):
    publish(site, name="hai", title="Hai", resources=[{"url": "http://x.test/a.csv", "format": "CSV", "size": 5}, {"url": "http://x.test/b", "format": "HTML"}])
    found = measured(site, "hai")
    assert points(found, "downloadUrlAvailability") == 10
    assert points(found, "formatMediaTypeMachineInterpretable") == 20


def test_a_dataset_without_files_has_no_points_for_them(site, name):
    publish(site, name="khong", title="Không", license_id="cc-by")
    found = measured(site, "khong")
    assert found.stars == 0
    assert sum(one.points for one in found.indicators if one.dimension == "accessibility") == 0


def test_the_document_and_the_page_say_it(site, name):
    client = visitor(site)
    document = json.loads(client.get(f"/dataset/{name}/quality.json").data)
    assert (document["points"], document["maximum"], document["rating"]["code"], document["stars"]["count"]) == (405, 405, "excellent", 3)
    assert len(document["indicators"]) == 23
    assert "405 trong 405 điểm" in client.get(f"/dataset/{name}").text
    poor = client.get("/dataset/zz-tieng-on-1?lang=en").text
    assert "of 405 points" in poor and "things earn more" in poor and "States its licence (+20): The agency states the licence." in poor
