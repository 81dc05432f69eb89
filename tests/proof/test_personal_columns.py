"""Of two thousand and more personal columns at least 99 in 100 are found, and of as many tables without any at most 1 in 100 is held.

The tables that real offices published lie beside the checkout in `../shared/data`, or where HAIDANG_PROOF_DATA says.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from support.personal_tables import (
    KINDS,
    Table,
    innocent_tables,
    noted_tables,
    plain_tables,
    tables,
    unheaded_tables,
    untold_tables,
)

from catalog.validation import check
from catalog.validation.privacy import screen
from catalog.validation.screening import PERSONAL

COLUMNS = 2_200
DATA = Path(os.environ.get("HAIDANG_PROOF_DATA") or Path(__file__).parents[2].parent / "shared" / "data")
READ = (".csv", ".tsv", ".txt", ".zip", ".xls", ".xlsx", ".ods", ".ndjson", ".json", ".geojson", ".parquet")


def test_personal_columns_are_found_and_others_left_alone():
    found: Counter[str] = Counter(table.kind for table in tables(COLUMNS, seed=2024) if screen(table.labels, table.rows))
    held = sum(bool(screen(table.labels, table.rows)) for table in plain_tables(COLUMNS, seed=1862))
    print({kind: f"{found[kind]} of {COLUMNS // len(KINDS)}" for kind in sorted(KINDS)}, f"{held} of {COLUMNS} held that have none")
    assert found.total() >= COLUMNS * 0.99
    assert held <= COLUMNS * 0.01


@pytest.mark.parametrize("tables_of", [unheaded_tables, untold_tables, noted_tables])
def test_identifiers_that_no_header_tells_are_found_by_their_values(tables_of):
    right = found_as_they_are(tables_of(COLUMNS, seed=2025))
    print(f"{right} of {COLUMNS} found")
    assert right >= COLUMNS * 0.99


def test_what_stands_under_such_headers_and_identifies_nobody_is_left_alone():
    held = [table.labels for table in innocent_tables(COLUMNS, seed=2026) if screen(table.labels, table.rows)]
    print(f"{len(held)} of {COLUMNS} held that have none")
    assert held == []


def test_tables_of_real_offices_are_held_for_nothing_but_mail_addresses():
    kinds: dict[str, set[str]] = {}
    for path in sorted(path for path in DATA.rglob("*") if path.suffix.lower() in READ and path.is_file()):
        verdict = check(path, filename=path.name, keep=50)
        if verdict.seen is not None:
            kinds[str(path)] = {issue.facts["kind"] for issue in verdict.issues if issue.code in PERSONAL}
    held = {path: found for path, found in kinds.items() if found}
    print(f"{len(held)} of {len(kinds)} tables held: {held}")
    assert len(kinds) > 200 and all(found == {"email"} for found in held.values()), held


def found_as_they_are(given: Iterable[Table]) -> int:
    """Of how many tables the personal column is found, and as what it is."""
    return sum(table.kind in {hit.kind for hit in screen(table.labels, table.rows)} for table in given)
