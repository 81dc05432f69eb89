"""The heavy proof of the fast table, in three layers: ten million cells, a million records, twenty thousand whole reports.

Each layer may be run alone (`-k cells`). HAIDANG_PROOF_SHARE=0.1 takes a tenth, HAIDANG_PROOF_SEED=n other cases than
those of n=0. The cases of a seed are always the same.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from frictionless import Field, FrictionlessException, Schema
from support import cell_strategies as cells
from support import record_strategies as records
from support.field_kinds import cell, field_descriptor
from support.report_comparing import compare, reduced, told
from support.report_strategies import VERSION_2, case

from catalog.validation.fast_table import FastTable
from catalog.validation.native import extension

SHARE, SEED = float(os.environ.get("HAIDANG_PROOF_SHARE", "1")), int(os.environ.get("HAIDANG_PROOF_SEED", "0"))
CELLS, RECORDS, REPORTS = 10_000_000, 1_000_000, 20_000
CELLS_A_FIELD, FIELDS_A_PART, TEXTS_A_PART, REPORTS_A_PART = 250, 100, 1000, 50
UNDECIDED, CLEAN, MISSING = 0, 1, 2
Found = tuple[Counter, list[str]]


def test_cells_called_clean_are_clean():
    counts, faults = gathered(cells_of_a_part, CELLS)
    say("cells", counts, faults)
    assert counts["cells"] >= CELLS * SHARE
    assert counts["clean"] > counts["cells"] // 10


def test_records_are_split_as_csv_splits_them():
    counts, faults = gathered(records_of_a_part, RECORDS)
    say("records", counts, faults)
    assert counts["records"] >= RECORDS * SHARE


def test_whole_reports_are_equal():
    counts, faults = gathered(reports_of_a_part, REPORTS)
    say("reports", counts, faults)
    assert counts["reports"] >= REPORTS * SHARE
    assert counts["way scanned"] > counts["reports"] // 4
    assert counts["way keys"] > counts["reports"] // 20


def cells_of_a_part(part: int) -> Found:
    """Fields of any type, cells of any sort: CLEAN and MISSING only where frictionless' reader takes them so; its hash is that of the value."""
    from catalog.validation.plan import hash_value, plan_of

    counts, faults, random = Counter(), [], Random(part)
    for number in range(FIELDS_A_PART):
        field = (cells.a_field if number % 3 else other_field)(random)
        if field is None:
            continue
        column = extension().Column(plan_of(field))
        reader = reader_of(field)
        for text in texts(random, field, number):
            verdict = column.check(text)
            counts["cells"] += 1
            if verdict == UNDECIDED:
                continue
            counts["clean"] += 1
            value, notes = reader(text)
            sound = not notes and (value is None) == (verdict == MISSING)
            if sound and verdict == CLEAN and (hash := column.hash(text)) is not None:
                counts["hashed"] += 1
                sound = hash == hash_value(value)
            if not sound:
                faults.append(f"{field.to_descriptor()} {field.schema and field.schema.missing_values} {text!r}: {verdict}, frictionless {value!r} {notes}")
    return counts, faults


def other_field(random: Random) -> Field | None:
    """A field of the whole reports' making, which is another than that of the cells'."""
    try:
        return Schema.from_descriptor({"$schema": f"{VERSION_2}/tableschema.json", "fields": [field_descriptor(random, "a")]}).fields[0]
    except FrictionlessException:
        return None


def texts(random: Random, field: Field, number: int) -> Iterator[str]:
    """Many cells for the field."""
    if number % 3:
        yield from (each for each in cells.some_cells(random, field, CELLS_A_FIELD))
        return
    descriptor = field.to_descriptor()
    yield from (cell(random, descriptor, 0.6) for _ in range(CELLS_A_FIELD))


def reader_of(field: Field) -> Callable[[str], tuple[Any, Any]]:
    """Frictionless' reader; whatever it raises is a note, and so is that it cannot even be made."""
    try:
        reader = field.create_cell_reader()
    except Exception as error:  # noqa: BLE001
        raised = repr(error)
        return lambda text: (None, {"raised": raised})

    def read(text: str) -> tuple[Any, Any]:
        try:
            return reader(text)
        except Exception as error:  # noqa: BLE001
            return None, {"raised": repr(error)}

    return read


def records_of_a_part(part: int) -> Found:
    """Random texts, cut anywhere, in any dialect."""
    counts, faults, random = Counter(), [], Random(part)
    for _ in range(TEXTS_A_PART):
        written, dialect = records.text(random, random.choice((10, 60, 300))), random.choice(records.DIALECTS)
        blocks = list(records.pieces(random, written.encode(), random.choice((1, 3, 17, 64, 1000))))
        expected = records.reference(written, dialect)
        found = [each for _, _, _, each in records.scanned(extension(), blocks, dialect)]
        counts["records"] += len(expected)
        counts["cells"] += sum(map(len, expected))
        if found != expected:
            faults.append(f"{dialect} {blocks}")
    return counts, faults


def reports_of_a_part(part: int) -> Found:
    """Tables of every sort, validated both ways."""
    counts, faults = Counter(), []
    with tempfile.TemporaryDirectory() as folder:
        for at in range(REPORTS_A_PART):
            each = case(Random(part * REPORTS_A_PART + at))
            theirs, ours = compare(each, FastTable, Path(folder))
            counts.update({"reports": 1, f"way {ours.way}": 1, "raised" if theirs.raised else "valid" if theirs.report["valid"] else "invalid": 1})
            if theirs.said() != ours.said():
                smaller = reduced(each, FastTable)
                faults.append(f"seed {part * REPORTS_A_PART + at} {told(smaller, *compare(smaller, FastTable, Path(folder)))}")
    return counts, faults


def gathered(work: Callable[[int], Found], wanted: int) -> Found:
    """Parts one after the other, in a process for each core, until there is enough of what is counted first."""
    counts, faults = Counter(), []
    enough, first = wanted * SHARE, work.__name__.split("_")[0]
    with multiprocessing.get_context("spawn").Pool(os.cpu_count(), initializer=quiet) as pool:
        for some_counts, some_faults in pool.imap_unordered(work, range(SEED * 1_000_000, (SEED + 1) * 1_000_000)):
            counts.update(some_counts)
            faults += some_faults
            if counts[first] >= enough or len(faults) > 20:
                pool.terminate()
                break
    return counts, faults


def quiet() -> None:
    """Frictionless and dateutil warn of cells and leave files open."""
    warnings.simplefilter("ignore")


def say(layer: str, counts: Counter, faults: list[str]) -> None:
    """Print the figures, fail with what differs."""
    print(f"\n{layer}: {', '.join(f'{count:,} {name}' for name, count in counts.most_common())}; {len(faults)} different")
    for fault in faults:
        print(fault)
    assert len(faults) == 0
