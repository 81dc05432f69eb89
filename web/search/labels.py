"""What the values of filters are called: agencies by their names of the day, themes, frequencies, licences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.freshness import WORDS as FREQUENCIES
from catalog.licences import LICENCES
from catalog.models import Agency, AgencyName, Theme
from web.kept import kept
from web.words import either, language

VALIDATION = {"valid": _l("Hợp lệ"), "invalid": _l("Bản mới có lỗi"), "held": _l("Đang giữ lại"), "unchecked": _l("Chưa kiểm tra")}
ILLUSTRATIVE = {"true": _l("Dữ liệu minh hoạ"), "false": _l("Dữ liệu thật")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An agency or a theme as a page shows it: where it is found, and its name in the reader's language."""

    name: str
    title: str
    icon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Agencies by id, themes by name; both in their official order."""

    agencies: Mapping[str, Named]
    themes: Mapping[str, Named]

    def of(self, facet: str, value: str) -> str:
        """What a value of a facet is called; the value itself where it has no other name."""
        if facet == "organization":
            return next((agency.title for agency in self.agencies.values() if agency.name == value), value)
        if facet == "groups":
            return self.themes[value].title if value in self.themes else value
        if facet == "frequency":
            return either(*FREQUENCIES[value]).capitalize() if value in FREQUENCIES else value
        if facet == "license_id":
            licence = LICENCES.get(value)
            return either(licence.title_vi, licence.title) if licence else value
        words = {"validation": VALIDATION, "illustrative": ILLUSTRATIVE}.get(facet, {})
        return str(words.get(value, value))


def read_labels(session: Session, today: date) -> Labels:
    """The names in force today, as they were at most two seconds ago."""
    return kept(("labels", language(), today), lambda: _read(session, today))


def _read(session: Session, today: date) -> Labels:
    rows = session.execute(
        select(Agency.id, Agency.slug, AgencyName.name_vi, AgencyName.name_en, AgencyName.valid_from).join(AgencyName)
        .where(Agency.state == "active").order_by(Agency.position, Agency.slug, AgencyName.valid_from))
    agencies: dict[str, Named] = {}
    for agency_id, slug, name_vi, name_en, valid_from in rows:
        if agency_id not in agencies or valid_from <= today:
            agencies[agency_id] = Named(name=slug, title=either(name_vi, name_en))
    themes = session.execute(
        select(Theme.name, Theme.title_vi, Theme.title_en, Theme.icon).where(Theme.state == "active").order_by(Theme.position, Theme.name))
    return Labels(agencies=agencies, themes={
        name: Named(name=name, title=either(title_vi, title_en), icon=icon) for name, title_vi, title_en, icon in themes})
