"""Agencies as organizations, themes as groups, tags, licences, the site."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from support.publishing import call, publish

from catalog.errors import Invalid, NotFound
from catalog.licences import LICENCES, is_open, recognise
from catalog.models import Agency

ENTRY_KEYS = ["approval_status", "created", "description", "display_name", "id", "image_display_url", "image_url", "is_organization",
              "name", "num_followers", "package_count", "state", "title", "type"]


def test_organizations_are_sorted_by_their_vietnamese_title(furnished):
    assert call(furnished, "organization_list") == ["so-du-lich", "so-y-te", "ubnd-huyen-con-dao"]
    assert call(furnished, "organization_list", sort="package_count desc")[0] == "ubnd-huyen-con-dao"
    assert call(furnished, "organization_list", limit="1", offset="1") == ["so-y-te"]
    assert call(furnished, "organization_list", organizations="so-y-te") == ["so-y-te"]
    assert call(furnished, "organization_list", q="con dao") == ["ubnd-huyen-con-dao"]


def test_all_fields_of_an_organization_are_ckans(furnished):
    entry = call(furnished, "organization_list", all_fields="true")[0]
    assert list(entry) == ENTRY_KEYS
    assert (entry["title"], entry["type"], entry["package_count"]) == ("Sở Du lịch", "organization", 0)


def test_an_agency_that_is_gone_is_listed_only_while_it_has_datasets(furnished):
    publish(furnished, name="con")
    with furnished.writing() as session:
        for agency in session.scalars(select(Agency).where(Agency.slug.in_(["so-y-te", "so-du-lich"]))):
            agency.valid_to = date(2024, 1, 1)
    assert call(furnished, "organization_list") == ["so-y-te", "ubnd-huyen-con-dao"]
    assert call(furnished, "organization_show", id="so-du-lich")["name"] == "so-du-lich"


def test_an_organization_shows_what_the_register_says(furnished):
    publish(furnished, name="mot")
    shown = call(furnished, "organization_show", id="so-y-te", include_datasets=True)
    extras = {extra["key"]: extra["value"] for extra in shown["extras"]}
    assert (extras["title_en"], extras["code"], extras["valid_from"]) == ("Department of Health", "H06.so", "2023-10-27")
    assert [package["name"] for package in shown["packages"]] == ["mot"]
    assert shown["package_count"] == 1
    assert call(furnished, "organization_show", id=shown["id"])["name"] == "so-y-te"
    with pytest.raises(NotFound):
        call(furnished, "organization_show", id="y-te")


@pytest.mark.parametrize(("data", "errors"), [
    ({"sort": "foo"}, {"message": "Cannot sort by field `foo`"}), ({"limit": "-1"}, {"limit": ["Must be a natural number"]}),
])
def test_bad_parameters_of_a_list_are_refused(furnished, data, errors):
    with pytest.raises(Invalid) as caught:
        call(furnished, "organization_list", **data)
    assert caught.value.errors == errors


def test_groups_are_themes_with_their_counts(furnished):
    publish(furnished, name="mot", groups=[{"name": "y-te"}])
    assert call(furnished, "group_list") == ["du-lich", "y-te"]
    entries = call(furnished, "group_list", all_fields=True)
    assert list(entries[0]) == ENTRY_KEYS
    assert [(entry["name"], entry["package_count"]) for entry in entries] == [("du-lich", 0), ("y-te", 1)]
    assert [package["name"] for package in call(furnished, "group_show", id="y-te", include_datasets=True)["packages"]] == ["mot"]
    with pytest.raises(NotFound):
        call(furnished, "group_show", id="so-y-te")


def test_suggestions_come_without_diacritics(furnished):
    publish(furnished, name="benh-vien", title="Bệnh viện", tags=[{"name": "cấp cứu"}])
    assert [entry["name"] for entry in call(furnished, "organization_autocomplete", q="du lich")] == ["so-du-lich"]
    assert [entry["name"] for entry in call(furnished, "group_autocomplete", q="y t")] == ["y-te"]
    assert call(furnished, "tag_autocomplete", query="cap") == ["cấp cứu"]
    assert call(furnished, "package_autocomplete", q="benh vi") == [
        {"name": "benh-vien", "title": "Bệnh viện", "match_field": "title", "match_displayed": "Bệnh viện (benh-vien)"}]


def test_tags_are_those_of_public_datasets(furnished):
    publish(furnished, name="mot", tags=[{"name": "nước"}, {"name": "gió"}])
    publish(furnished, name="hai", tags=[{"name": "kín"}], private=True)
    assert sorted(call(furnished, "tag_list")) == ["gió", "nước"]
    assert call(furnished, "tag_list", query="nuoc") == ["nước"]
    with pytest.raises(Invalid):
        call(furnished, "tag_search", query=["a"] * 21)
    entry = call(furnished, "tag_list", query="gió", all_fields=True)[0]
    assert list(entry) == ["id", "name", "vocabulary_id", "display_name"]
    assert call(furnished, "tag_show", id="gió") == call(furnished, "tag_show", id=entry["id"]) == entry


def test_licences_are_listed_with_the_one_of_vietnamese_law(furnished):
    listed = call(furnished, "license_list")
    assert list(listed[0]) == ["domain_content", "id", "domain_data", "domain_software", "family", "is_generic", "od_conformance",
                               "osd_conformance", "maintainer", "status", "url", "title"]
    assert {entry["id"] for entry in listed} == set(LICENCES)
    assert is_open("VN-ND47-2020-D18") and not is_open("notspecified") and not is_open("la-la")


@pytest.mark.parametrize(("text", "licence"), [
    ("cc-by", "cc-by"), ("https://creativecommons.org/licenses/by/4.0/", "cc-by"), ("CC0-1.0", "cc-zero"),
    ("https://creativecommons.org/licenses/by-nc-sa/4.0/", "cc-nc"), ("http://www.opendefinition.org/licenses/odc-odbl", "odc-odbl"),
    ("Nghị định 47/2020/NĐ-CP", "VN-ND47-2020-D18"), ("https://example.org/terms", None),
])
def test_licences_are_recognised_by_the_names_that_others_use(text, licence):
    assert recognise(text) == licence


def test_the_site_says_what_it_is(furnished):
    assert call(furnished, "status_show") == {
        "site_title": "Hải Đăng", "site_description": "", "site_url": "http://haidang.test", "error_emails_to": "", "locale_default": "vi",
        "extensions": ["haidang"], "ckan_version": "2.12.0"}
