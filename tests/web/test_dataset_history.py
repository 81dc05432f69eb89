"""What the page of a dataset says of the versions of its file: all of few, the last of many, none of a link."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from support.published import sow
from support.visiting import visitor

from catalog.models import Dataset, Version, new_id
from catalog.versions import standing
from web.datasets import page


def _versions(session, resource_id: str, more: int) -> None:
    """Each published version of the file with its table, and some more."""
    first, second = session.scalars(select(Version).where(Version.resource_id == resource_id, Version.state == "published").order_by(Version.number))
    first.table_sha256 = second.table_sha256
    known = {column.key: getattr(second, column.key) for column in Version.__table__.columns}
    for number in range(10, 10 + more):
        session.add(Version(**{**known, "id": new_id(), "number": number}))


@pytest.mark.parametrize("more", [0, 3, 4, 5, 9])
def test_the_versions_listed_are_the_last_and_all_are_counted(site, tmp_path, more):
    sown = sow(site, tmp_path)
    with site.writing() as session:
        _versions(session, sown.resource, more)
    client = visitor(site)
    few, everything = (client.get(f"/dataset/tuyen-xe-buyt{query}").get_data(as_text=True) for query in ("", "?versions=all"))
    assert few.count("version=") == min(2 + more, page.VERSIONS_SHOWN)
    assert everything.count("version=") == 2 + more
    assert (f"Xem cả {2 + more} bản" in few) == (2 + more > page.VERSIONS_SHOWN)
    assert everything.count("So với bản trước") == 1 + more and few.count("So với bản trước") == min(1 + more, page.VERSIONS_SHOWN)


def test_a_version_is_compared_only_with_one_before_that_has_a_table(site, tmp_path):
    sow(site, tmp_path)  # its first version is no table
    assert "So với bản trước" not in visitor(site).get("/dataset/tuyen-xe-buyt").get_data(as_text=True)


def test_published_versions_are_told_though_none_is_live(site, tmp_path):
    sown = sow(site, tmp_path)
    with site.writing() as session:
        dataset = session.get(Dataset, sown.dataset)
        resource = next(each for each in dataset.resources if each.id == sown.resource)
        link = next(each for each in dataset.resources if each.id == sown.link)
        resource.version_id = None
        session.flush()
        assert (standing(session, resource).newest, standing(session, link).newest) == (3, 0)
    text = visitor(site).get(f"/dataset/tuyen-xe-buyt/resource/{sown.resource}").get_data(as_text=True)
    assert text.count("version=") == 2
