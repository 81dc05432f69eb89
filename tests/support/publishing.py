"""Publishes datasets into a site by the actions; two that a test does not ask about are always there as noise."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from typing import Any

from catalog.actions import ACTIONS
from catalog.actions.context import Context
from catalog.models import Agency, AgencyName, Theme, Version, new_id
from catalog.site import Site

AGENCIES = {"so-y-te": ("Sở Y tế", "Department of Health"), "so-du-lich": ("Sở Du lịch", "Department of Tourism"),
            "ubnd-huyen-con-dao": ("Ủy ban nhân dân huyện Côn Đảo", "People's Committee of Con Dao District")}
THEMES = {"y-te": ("Y tế", "Health"), "du-lich": ("Du lịch", "Tourism")}


def furnish(site: Site) -> None:
    """Three agencies, two themes, and two datasets that no test asks about."""
    with site.writing() as session:
        for slug, (vi, en) in AGENCIES.items():
            agency = Agency(slug=slug, level="province", valid_from=date(2023, 10, 27), created=site.clock.now(), abbreviation=slug.upper())
            agency.names.append(AgencyName(valid_from=date(2023, 10, 27), name_vi=vi, name_en=en, code="H06." + slug[:2]))
            session.add(agency)
        for name, (vi, en) in THEMES.items():
            session.add(Theme(name=name, title_vi=vi, title_en=en, created=site.clock.now()))
    for name in ("zz-tieng-on-1", "zz-tieng-on-2"):
        publish(site, name=name, title="Qwx " + name, owner_org="ubnd-huyen-con-dao", license_id="notspecified")


@contextmanager
def calling(site: Site, user: str | None = "tester"):
    """A context in a writing transaction; nobody's when `user` is None."""
    with site.writing() as session:
        yield Context(site=site, session=session, user=user, may_write=user is not None)


def call(site: Site, action: str, *, user: str | None = None, **data: Any) -> Any:
    """One action in a transaction of its own; anonymous unless a user is named."""
    with calling(site, user) as context:
        return ACTIONS[action](context, data)


def publish(site: Site, **data: Any) -> Any:
    """A dataset of Sở Y tế, unless something else is said."""
    return call(site, "package_create", user="tester", **{"owner_org": "so-y-te", **data})


def publish_with_file(site: Site, *, name: str, checked: str = "valid", fields: tuple[str, ...] = ("ten", "dia_chi"), **data: Any) -> str:
    """A dataset with a file of which we hold a copy, as the pipeline makes it; answers with the dataset's id."""
    resource_id, version_id = new_id(), new_id()
    resource = {"id": resource_id, "name": "Bảng kê", "url": "https://soyte.example/bang ke.csv", "format": "csv", "url_type": "upload",
                "version_id": version_id, "schema_name": "co-so-kham-chua-benh", "state": "active", "extras": {"ghi_chu": "x"}}
    with calling(site, "pipeline") as context:
        dataset_id = ACTIONS["package_create"](context, {"name": name, "owner_org": "so-y-te", "resources": [resource], **data})
        context.session.flush()
        context.session.add(Version(
            id=version_id, resource_id=resource_id, number=1, state="published", created=site.clock.now(), sha256="ab" * 32, size=123,
            filename="Bảng kê.csv", format="CSV", media_type="text/csv", rows=7, fields=list(fields), checked=checked, encoding="utf-8"))
    return dataset_id
