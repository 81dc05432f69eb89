"""Words about a dataset that hold a number which identifies a person are refused, by whatever way they come."""

from __future__ import annotations

import pytest

from catalog.metadata import load_package

NUMBER = "077094001234"


@pytest.mark.parametrize("harvested", [True, False])
@pytest.mark.parametrize(("field", "data"), [
    ("notes", {"notes": f"Người lập: ông An, CCCD {NUMBER}"}), ("title", {"title": f"Hồ sơ {NUMBER} của ông An"}),
    ("resources", {"resources": [{"url": "https://example.gov.vn/a.csv", "description": "chủ hộ, số CMND: 273 123 456"}]}),
    ("resources", {"resources": [{"url": "https://example.gov.vn/a.csv", "name": "hộ chiếu B1234567"}]}),
])
def test_a_number_of_a_person_is_refused_with_its_field_and_masked(field, data, harvested):
    errors = load_package({"name": "ho-so", **data}, from_pipeline=harvested)[1]
    assert field in errors and NUMBER not in str(errors) and "273 123 456" not in str(errors)


@pytest.mark.parametrize("notes", [
    "Liên hệ Sở Y tế, ĐT 0254 3727 444, vanthu@baria.gov.vn", "Vốn đầu tư 273123456 đồng, mã số thuế 3500102365", "Quyết định 1234/QĐ-UBND ngày 12/05/2021",
    "Hỏi chị Lan 0903 123 456"])
def test_what_an_office_says_of_itself_is_taken(notes):
    assert load_package({"name": "ho-so", "notes": notes}, from_pipeline=True)[1] == {}
