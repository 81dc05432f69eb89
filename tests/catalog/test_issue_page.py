"""The page of issue codes says what the catalogue of codes says."""

from __future__ import annotations

from pathlib import Path

from catalog.issue_page import STAGES, as_markdown
from catalog.issues import Stage, codes

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_that_of_the_catalogue():
    assert (DOCS / "issue-codes.md").read_text("utf-8") == as_markdown(), "run: make docs"


def test_every_code_has_its_place_on_the_page():
    page = as_markdown()
    assert [name for name in codes() if page.count(f"### `{name}`\n") != 1] == []
    assert set(STAGES) == set(Stage)
