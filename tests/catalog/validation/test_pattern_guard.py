"""Guarded fields read as frictionless' own do, and no pattern of them holds up the process."""

from __future__ import annotations

import copy
import subprocess
import sys
from typing import Any

import frictionless
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.validation import pattern_guard
from catalog.validation.pattern_guard import Guard, PatternTooSlow, guard
from catalog.validation.pattern_worker import TookTooLong, Worker

ENDLESS = "a" * 40 + "!"
CATASTROPHES = [r"(a+)+(b|\1)x", r"(?:a|a)*(?=b)c", r"(?i:(a+)+b)", r"(?:(?:a?){30})*(?!.)b(?<=b)", r"(?:(?:){60000}){60000}"]


def schema_of(*patterns: Any, **more: Any) -> frictionless.Schema:
    fields = [
        {"name": f"f{number}", "type": "string", "constraints": {"pattern": pattern, **more}}
        for number, pattern in enumerate(patterns)
    ]
    return frictionless.Schema.from_descriptor({"fields": fields})


def read(field: frictionless.Field, cell: Any) -> Any:
    """What the field's reader says, the order of the notes included, or the kind and words of what it raises."""
    try:
        value, notes = field.create_cell_reader()(cell)
    except PatternTooSlow:
        raise
    except RecursionError:
        return RecursionError  # its words depend on where it struck
    except Exception as error:  # noqa: BLE001 - whatever it is, both must raise it
        return type(error), str(error)
    return value, list(notes.items()) if notes else notes


@pytest.fixture(params=["native", "plain"])
def scanner(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "plain":
        monkeypatch.setattr(pattern_guard, "automaton_of", lambda pattern: None)
    return request.param


PATTERNS = [
    "a+",
    "a|b",
    "[",
    "(?i)a",
    r"(a)\1",
    r"(?=.*\d).+",
    "(a+)+",
    "",
    "a{99999999999}",
    "(" * 1500 + ")" * 1500,
    r"(\w+ ?)+\1",
    "x" * 20_000,
    "(?i:É)",
]
CELLS = [
    None,
    "",
    "a",
    "aa",
    "b",
    "b\n",
    "ab",
    "a1",
    "É",
    "é",
    "e\u0301",
    "\ud800",
    "\0",
    "-",
    3,
    1.5,
    ["a"],
    "x" * 20_000,
    "a" * 3000,
    "na",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_guarded_field_reads_as_frictionless_does(pattern: str, scanner: str) -> None:
    more = {"required": True, "minLength": 2, "maxLength": 3, "enum": ["a", "aa"]}
    plain, guarded = schema_of(pattern, **more), schema_of(pattern, **more)
    for schema in (plain, guarded):
        schema.missing_values = ["", "na"]
    with guard(guarded):
        for cell in CELLS:
            assert read(guarded.fields[0], cell) == read(plain.fields[0], cell)


@given(
    pattern=st.text("ab|*+?()[]^$.\\dw{}1,", max_size=7),
    cell=st.text("ab1\n ", max_size=5),
    format=st.sampled_from(["default", "email", "uri", "uuid"]),
)
@settings(max_examples=400, deadline=None)
def test_any_pattern_reads_as_frictionless_does(pattern: str, cell: str, format: str) -> None:
    descriptor = {
        "fields": [
            {
                "name": "f",
                "type": "string",
                "format": format,
                "constraints": {"pattern": pattern, "maxLength": 3, "enum": ["a", "ab"]},
            }
        ]
    }
    guarded = frictionless.Schema.from_descriptor(descriptor)
    with guard(guarded):
        assert read(guarded.fields[0], cell) == read(frictionless.Schema.from_descriptor(descriptor).fields[0], cell)


@pytest.mark.parametrize(
    "item",
    [
        {"type": "string", "constraints": {"pattern": "a+", "minLength": 2}},
        {"constraints": {"pattern": "a"}},
        {"type": "string"},
        {"type": "string", "constraints": {"pattern": "["}},
        {"type": "integer", "constraints": {"minimum": 2}},
        {"type": "string", "constraints": {"pattern": r"(a)\1"}},
    ],
)
@pytest.mark.parametrize("cell", ['["a", "b", 1]', "[]", "[", '["aa", "aaa"]', None, ["b", "aa"], "3", '["b", null, "bb"]'])
def test_items_of_arrays_read_as_frictionless_does(item: dict[str, Any], cell: Any) -> None:
    descriptor = {"fields": [{"name": "f", "type": "array", "arrayItem": item, "constraints": {"maxLength": 2}}]}
    plain, guarded = (frictionless.Schema.from_descriptor(copy.deepcopy(descriptor)) for _ in range(2))
    with guard(guarded):
        assert read(guarded.fields[0], copy.copy(cell)) == read(plain.fields[0], copy.copy(cell))


def test_a_guard_leaves_the_schema_as_it_was() -> None:
    plain, guarded = schema_of("a", "b"), schema_of("a", "b")
    with guard(guarded):
        for field in guarded.fields:
            field.create_cell_reader()
        assert guarded.to_descriptor() == plain.to_descriptor()
        assert [field.list_defined() for field in guarded.fields] == [field.list_defined() for field in plain.fields]
        assert copy.deepcopy(guarded.fields[0]).create_cell_reader()("b")[1] is not None


def test_a_report_is_the_same_with_and_without_a_guard(scanner: str) -> None:
    rows = [["f0", "f1", "f2"], ["aab", "aa", "1x"], ["b", "ab", ""], ["a", "c\n", "x", "more"], ["", ""]]
    patterns = (r"(a+)+b", r"(.)\1", r"(?=.*\d).+")
    reports = []
    for guarded in (False, True):
        schema = schema_of(*patterns, required=True)
        with Guard() as watching:
            if guarded:
                watching.add(schema)
            report = frictionless.resources.TableResource(data=rows, schema=schema).validate().to_descriptor()
        for entry in (report, *report["tasks"]):
            entry["stats"].pop("seconds", None)
        reports.append(report)
    assert reports[0] == reports[1]


@pytest.mark.parametrize("pattern", CATASTROPHES)
def test_a_catastrophe_is_stopped_and_named_and_the_rest_works_on(pattern: str, scanner: str) -> None:
    schema = schema_of(pattern, r"(\w+)-\1")
    with guard(schema, seconds=0.3):
        bad, good = (field.create_cell_reader() for field in schema.fields)
        with pytest.raises(PatternTooSlow) as caught:
            bad(ENDLESS)
            bad("")
        assert (caught.value.field_name, caught.value.pattern) == ("f0", pattern)
        assert caught.value.excerpt in (ENDLESS, "")
        long = "a" * 2000
        assert good(f"{long}-{long}")[1] is None
        assert list(good(f"{long}-b{long}")[1]) == ["pattern"]


def test_a_catastrophe_inside_an_automaton_is_none() -> None:
    schema = schema_of("(a+)+$")
    with guard(schema):
        assert list(schema.fields[0].create_cell_reader()(ENDLESS)[1]) == ["pattern"]


def test_a_catastrophe_in_a_table_comes_out_of_validate() -> None:
    schema = schema_of(CATASTROPHES[0])
    resource = frictionless.resources.TableResource(data=[["f0"], ["aabx"], [ENDLESS]], schema=schema)
    with guard(schema, seconds=0.3), pytest.raises(PatternTooSlow):
        resource.validate()


def test_a_catastrophe_in_the_items_of_an_array_is_stopped() -> None:
    item = {"type": "string", "constraints": {"pattern": CATASTROPHES[0]}}
    schema = frictionless.Schema.from_descriptor({"fields": [{"name": "f", "type": "array", "arrayItem": item}]})
    with guard(schema, seconds=0.3), pytest.raises(PatternTooSlow):
        schema.fields[0].create_cell_reader()(f'["aabx", "{ENDLESS}"]')


def test_a_pattern_that_takes_for_ever_to_compile_is_refused() -> None:
    schema = schema_of("".join(f"[{chr(first)}-\uffff]" for first in range(100, 500)))
    with guard(schema, seconds=0.3), pytest.raises(PatternTooSlow) as caught:
        schema.fields[0].create_cell_reader()
    assert caught.value.excerpt == ""


def test_many_slow_cells_do_not_add_up_for_ever() -> None:
    worker = Worker(seconds=5.0, total=0.2)
    with pytest.raises(TookTooLong):
        for number in range(10_000):
            worker.matches(r"^(a+)+(b|\1)x$", "a" * 21 + str(number))
    worker.close()


def test_a_process_that_died_is_started_again() -> None:
    worker = Worker(seconds=5.0, total=10.0)
    assert worker.matches(r"^(.)\1$", "aa") is True
    worker._child.kill()
    worker._child.wait()
    assert worker.matches(r"^(.)\1$", "ab") is False
    worker.close()
    worker.close()


def test_a_match_that_needs_all_memory_is_stopped() -> None:
    worker = Worker(seconds=20.0, total=60.0, memory=300 * 2**20)
    with pytest.raises(TookTooLong):
        worker.matches(r"^(?:(a)|b)*(?=c)\1$", "ab" * 3_000_000)
    assert worker.matches("^a$", "a") is True
    worker.close()


def test_no_process_is_started_without_need_and_none_is_left() -> None:
    schema = schema_of("(a+)+", r"(.)\1")
    watching = guard(schema)
    for field in schema.fields:
        field.create_cell_reader()("aa")
    assert watching._worker._child is None
    schema = schema_of(CATASTROPHES[0])
    watching.add(schema)
    schema.fields[0].create_cell_reader()("aabx")
    child = watching._worker._child
    watching.close()
    assert child.returncode is not None


def test_the_process_of_patterns_needs_nothing_but_the_standard_library() -> None:
    from catalog.validation import pattern_process

    done = subprocess.run([sys.executable, "-I", "-S", pattern_process.__file__, "1", str(2**30)], input=b"", capture_output=True, check=True)
    assert done.stdout == pattern_process.READY
