"""Of two thousand and more personal columns at least 99 in 100 are found, and of as many tables without any at most 1 in 100 is held."""

from __future__ import annotations

from collections import Counter

from support.personal_tables import KINDS, plain_tables, tables, unheaded_tables

from catalog.validation.privacy import screen

COLUMNS = 2_200


def test_personal_columns_are_found_and_others_left_alone():
    found: Counter[str] = Counter(table.kind for table in tables(COLUMNS, seed=2024) if screen(table.labels, table.rows))
    held = sum(bool(screen(table.labels, table.rows)) for table in plain_tables(COLUMNS, seed=1862))
    print({kind: f"{found[kind]} of {COLUMNS // len(KINDS)}" for kind in sorted(KINDS)}, f"{held} of {COLUMNS} held that have none")
    assert found.total() >= COLUMNS * 0.99
    assert held <= COLUMNS * 0.01


def test_identifiers_that_no_header_tells_are_found_by_their_values():
    found = sum(table.kind in {hit.kind for hit in screen(table.labels, table.rows)} for table in unheaded_tables(1_000, seed=2025))
    print(f"{found} of 1000 found")
    assert found >= 990
