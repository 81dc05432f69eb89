"""Schemas that are copied faster are the same, and those that frictionless refuses are refused in the same words."""

from __future__ import annotations

import threading

import frictionless
import pytest
from frictionless.vendors import stringcase

from catalog.validation.quick_schemas import remembering

VALID = [
    {"name": "a"}, {"name": "a", "type": "integer", "bareNumber": False}, {"name": "a", "type": "number", "decimalChar": ",", "groupChar": "."},
    {"name": "a", "type": "string", "constraints": {"enum": ["x", "ế"], "minLength": 1}}, {"name": "a", "type": "year", "example": "2024"},
    {"name": "a", "type": "boolean", "trueValues": ["có"], "falseValues": ["không"], "example": "có"}, {"name": "a", "type": "array", "arrayItem": {"type": "integer"}},
    {"name": "a", "type": "date", "format": "%d/%m/%Y", "missingValues": ["", "-"]}, {"name": "a", "type": "any", "ofMine": {"b": [1, 1.0, True]}},
    {"name": "a", "type": "integer", "constraints": {"exclusiveMinimum": 1}},  # which only some versions of the standard know
]
INVALID = [
    {"name": "a", "type": "integer", "example": "x"}, {"name": "a", "type": "integer", "constraints": {"maxLength": 3}},
    {"name": "a", "required": True}, {"name": "a", "constraints": {"minLength": "1"}}, {"name": "a", "missingValues": [1]},
    {"name": "a", "type": "boolean", "trueValues": "x"}, {"name": 1},
]


def outcome(descriptor):
    try:
        return frictionless.Field.from_descriptor(descriptor).to_copy().to_descriptor()
    except frictionless.FrictionlessException as error:
        return [str(error), [str(reason) for reason in error.reasons]]


@pytest.mark.parametrize("descriptor", [*VALID, *INVALID], ids=str)
def test_a_field_has_the_same_copy_and_the_same_faults_the_first_time_and_later(descriptor):
    plain = outcome(dict(descriptor))
    with remembering():
        assert [outcome(dict(descriptor)) for _ in range(3)] == [plain] * 3
    assert isinstance(plain, dict) == (descriptor in VALID)


def test_one_and_true_are_not_taken_for_each_other():
    with remembering():
        assert isinstance(outcome({"name": "a", "type": "integer", "bareNumber": True}), dict)
        assert isinstance(outcome({"name": "a", "type": "integer", "bareNumber": 1}), list)
        assert isinstance(outcome({"name": "a", "constraints": {"minLength": 1}}), dict)
        assert isinstance(outcome({"name": "a", "constraints": {"minLength": True}}), list)


def test_a_schema_with_a_wrong_field_is_refused_in_the_same_words():
    schema = {"fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer", "constraints": {"pattern": 3}}]}

    def refusal():
        with pytest.raises(frictionless.FrictionlessException) as caught:
            frictionless.Schema.from_descriptor(schema)
        return [str(reason) for reason in caught.value.reasons]

    plain = refusal()
    with remembering():
        assert refusal() == refusal() == plain != []


def test_names_are_turned_the_same_way():
    names = ["fieldName", "", "a-b c.d", "ABC", "đườngPhố", "rdfType"]
    plain = [stringcase.snakecase(name) for name in names]
    with remembering():
        assert [stringcase.snakecase(name) for name in names * 2] == plain * 2
        assert stringcase.snakecase(12) == "12"


def test_the_last_one_out_puts_back_what_was_there():
    before = (frictionless.Field.metadata_validate.__func__, stringcase.snakecase)
    inside, leave = threading.Event(), threading.Event()

    def other():
        with remembering():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    with remembering():
        thread.start()
        assert inside.wait(10)
    assert stringcase.snakecase is not before[1]
    leave.set()
    thread.join()
    assert (frictionless.Field.metadata_validate.__func__, stringcase.snakecase) == before
