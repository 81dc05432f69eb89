"""Whole reports: the fast table says of any table what frictionless says, word for word, or raises what it raises."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.report_comparing import compare, made, outcome, told
from support.report_strategies import Case, case

from catalog.validation.fast_table import FastTable

CLEAN = b"id,name,day\n" + b"".join(b"%d,Hu\xe1\xba\xbf,2024-01-%02d\n" % (n, n % 28 + 1) for n in range(500))
SCHEMA = {"fields": [{"name": "id", "type": "integer"}, {"name": "name", "type": "string"}, {"name": "day", "type": "date"}]}
WARNINGS = "ignore::ResourceWarning"  # frictionless leaves files open where opening fails


@pytest.mark.filterwarnings(WARNINGS)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_any_table_gets_the_same_report(r):
    agree(case(r))


@pytest.mark.filterwarnings(WARNINGS)
def test_seeded_tables_get_the_same_report_and_most_go_the_fast_way():
    ways = Counter(agree(case(Random(seed))) for seed in range(150))
    assert ways["scanned"] >= 40
    assert ways["keys"] >= 10
    assert ways["objects"] >= 2


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 1000])
@pytest.mark.parametrize("content", [
    b"", b"\n", b"id", b"id,name,day", b"id,name,day\n", b"id,name,day\r\n\r\n", b"id\n1\n", b"id,name,day\n,,\n", b"id,name,day\n\n\n1,a,2020-01-01\n",
    b'id,name,day\n1,"a,2020-01-01\n', b'id,name,day\n1,"a"b,2020-01-01\n', b"id,name,day\r1,a,2020-01-01\rx,b,2020-1-1\r", b"id,name,day\n1,a\x00,2020-01-01\n",
    b"id,name,day\n1,\xff,2020-01-01\n", b"\xef\xbb\xbfid,name,day\n1,a,2020-01-01\n", b"a,b,c\n1,a,2020-01-01\n", b"id,id,id\n1,a,2020-01-01\n",
    b"id,name,day\n" + b"1,a\n" * 3 + b"1,a,2020-01-01,x\n" * 3, CLEAN, CLEAN.replace(b"2024-01-05", b"2024-13-05"), CLEAN + b"1,\xe1\xba", CLEAN[:9000] + b"\xff" + CLEAN[9000:],
    b"name,id,day\n" + CLEAN.split(b"\n", 1)[1], CLEAN.replace(b"\n", b"\r\n"), CLEAN.replace(b"\n", b"\r"), CLEAN.replace(b"7,Hu", b"x,Hu"), CLEAN * 40,
], ids=range(27))
@pytest.mark.filterwarnings(WARNINGS)
def test_files_at_the_edge_get_the_same_report(content, limit):
    agree(Case(schema=SCHEMA, content=content, limits={"limit_errors": limit}))


@pytest.mark.parametrize(("key", "way"), [({}, "scanned"), ({"primaryKey": ["id"]}, "keys"), ({"primaryKey": ["name", "day"]}, "keys")])
def test_a_clean_file_goes_the_fast_way(key, way):
    assert agree(Case(schema={**SCHEMA, **key}, content=CLEAN)) == way


def test_rows_of_python_values_go_the_way_of_objects():
    assert agree(Case(schema=SCHEMA, data=[["id", "name", "day"], *([n, "x", "2020-01-01"] for n in range(20)), [None, None, None], ["x", 1, 2]])) == "objects"


def test_numbers_that_stand_for_missing_values_make_a_blank_row():
    fields = [{"name": "a", "type": "integer"}, {"name": "b", "type": "number"}]
    data = [["a", "b"], [1, 2], [None, -99], [-99, -99], [-99, 3], [3, 4]]
    assert agree(Case(schema={"missingValues": ["", "-99"], "fields": fields}, data=data)) == "objects"


def test_a_table_may_be_validated_again(tmp_path):
    (tmp_path / "table.csv").write_bytes(CLEAN + b"x,y\n")
    table = made(FastTable, Case(schema=SCHEMA), tmp_path)
    first, second = (table.validate().flatten(["rowNumber", "type"]) for _ in range(2))
    assert first == second == [[502, "type-error"], [502, "missing-cell"]]


def test_known_digests_are_taken_as_they_are(tmp_path):
    from catalog.digests import Digests

    (tmp_path / "table.csv").write_bytes(CLEAN)
    table = made(FastTable, Case(schema=SCHEMA), tmp_path)
    table.digests = Digests(md5="m" * 32, sha256="s" * 64, size=len(CLEAN))
    stats = table.validate().tasks[0].stats
    assert (stats["md5"], stats["sha256"], stats["bytes"], stats["rows"]) == ("m" * 32, "s" * 64, len(CLEAN), 500)


def test_what_a_tick_raises_stops_the_reading(tmp_path):
    (tmp_path / "table.csv").write_bytes(CLEAN * 4000)
    table = made(FastTable, Case(schema=SCHEMA), tmp_path)
    told_rows = []

    def tick(rows: int) -> None:
        told_rows.append(rows)
        if len(told_rows) == 3:
            raise KeyboardInterrupt

    table.tick = tick
    with pytest.raises(KeyboardInterrupt):
        table.validate()
    assert told_rows == sorted(told_rows)
    assert table.closed


def agree(each: Case) -> str:
    """Both engines say the same of the case; the way that ours went."""
    with tempfile.TemporaryDirectory() as folder:
        theirs, ours = compare(each, FastTable, Path(folder))
        if theirs.said() != ours.said():
            again = outcome(FastTable, each, Path(folder))
            raise AssertionError(told(each, theirs, ours) + ("" if again.said() == ours.said() else "\n(and differently the second time)"))
        return ours.way
