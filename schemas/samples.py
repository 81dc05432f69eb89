"""Whether the samples of a schema give what they promise: `valid.csv` no error, `invalid.csv` exactly the expected ones."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from schemas import TableSchema

Found = tuple[int | None, str | None, str]  # row from 1 (the header is row 1), field, type of error


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What checking one schema gave; `is_sound` when nothing is amiss."""

    name: str
    in_descriptor: tuple[str, ...] = ()
    in_valid: tuple[Found, ...] = ()
    lacking: tuple[Found, ...] = ()
    unexpected: tuple[Found, ...] = ()

    @property
    def is_sound(self) -> bool:
        return not (self.in_descriptor or self.in_valid or self.lacking or self.unexpected)


def examine(schema: TableSchema) -> Examined:
    """Check a schema against its own samples; the order of errors does not matter, their number does."""
    from frictionless import Schema

    amiss = tuple(error.note for error in Schema.metadata_validate(schema.descriptor))
    if amiss:
        return Examined(name=schema.name, in_descriptor=amiss)
    found, expected = Counter(errors_in(schema, "invalid.csv")), Counter(schema.expected_errors())
    return Examined(
        name=schema.name, in_valid=tuple(errors_in(schema, "valid.csv")),
        lacking=tuple((expected - found).elements()), unexpected=tuple((found - expected).elements()),
    )


def errors_in(schema: TableSchema, sample: str) -> list[Found]:
    """The errors that frictionless finds in one file of the schema's folder, in its order."""
    from frictionless import Schema
    from frictionless.resources import TableResource

    resource = TableResource(path=sample, basepath=str(schema.folder), encoding="utf-8", schema=Schema.from_descriptor(schema.descriptor))
    report = resource.validate()
    return [
        (getattr(error, "row_number", None), getattr(error, "field_name", None) or None, error.type)
        for error in [*report.errors, *(error for task in report.tasks for error in task.errors)]
    ]
