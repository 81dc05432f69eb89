"""Where the address of a dataset leads."""

from __future__ import annotations

import pytest
from support.published import sow

from catalog.addresses import agency_at, dataset_at, datasets_of_schema, theme_at
from catalog.models import Dataset


@pytest.fixture
def sown(site, tmp_path):
    return sow(site, tmp_path)


def test_a_name_stands_still_an_id_and_a_former_name_move(site, sown):
    with site.reading() as session:
        assert not dataset_at(session, "tuyen-xe-buyt").moved
        assert dataset_at(session, sown.dataset).moved and dataset_at(session, "xe-buyt-cu").moved
        assert dataset_at(session, "khong-co") is None


def test_a_living_dataset_goes_before_a_deleted_one_of_the_same_name(site, sown):
    with site.writing() as session:
        now = site.clock.now()
        session.add(Dataset(name="tuyen-xe-buyt", title="Bộ đã xóa", state="deleted", archived_at=now, metadata_created=now, metadata_modified=now))
    with site.reading() as session:
        assert dataset_at(session, "tuyen-xe-buyt").dataset.id == sown.dataset


def test_agencies_and_themes_are_found_by_name_and_id(site, sown):
    with site.reading() as session:
        assert agency_at(session, "so-y-te").id == sown.agency == agency_at(session, sown.agency).id
        assert theme_at(session, theme_at(session, "giao-thong").id).name == "giao-thong"
        assert agency_at(session, "khong-co") is theme_at(session, "khong-co") is None


def test_the_datasets_of_a_schema_are_those_that_anybody_may_see(site, sown):
    with site.writing() as session:
        assert [dataset.id for dataset in datasets_of_schema(session, "tuyen-xe-buyt")] == [sown.dataset]
        session.get(Dataset, sown.dataset).state = "draft"
    with site.reading() as session:
        assert datasets_of_schema(session, "tuyen-xe-buyt") == []
