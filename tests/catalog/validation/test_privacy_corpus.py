"""Personal columns are found however they are headed and written, and tables without any are not held."""

from __future__ import annotations

import pytest
from support.personal_tables import KINDS, innocent_tables, noted_tables, plain_tables, tables, untold_tables

from catalog.validation.privacy import NAMES, screen


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_columns_of_each_kind_are_found(kind):
    given = [table for table in tables(330, seed=77) if table.kind == kind]
    missed = [(table.labels, table.rows[:3]) for table in given if not screen(table.labels, table.rows)]
    assert len(given) == 30 and missed == []


def test_every_kind_has_its_words():
    assert set(KINDS) == set(NAMES)


def test_tables_without_persons_are_not_held():
    assert [table.labels for table in plain_tables(300, seed=254) if screen(table.labels, table.rows)] == []


@pytest.mark.parametrize("tables_of", [untold_tables, noted_tables])
def test_identifiers_that_no_header_tells_are_found_by_their_structure(tables_of):
    missed = [(table.kind, table.labels, table.rows[0]) for table in tables_of(250, seed=51) if table.kind not in {hit.kind for hit in screen(table.labels, table.rows)}]
    assert missed == []


def test_what_stands_under_such_headers_and_identifies_nobody_is_not_held():
    assert [(table.labels, table.rows[:2], screen(table.labels, table.rows)) for table in innocent_tables(240, seed=52) if screen(table.labels, table.rows)] == []
