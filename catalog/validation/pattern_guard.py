"""No `pattern` of a schema may hold up the process: the fields' readers match in bounded time, and say what frictionless says.

A pattern that has an automaton is matched by it. For the others, and where there is no compiled scanner, `re` is used where
it is surely quick, and else the automaton's tables, or a process that can be stopped. The readers stay frictionless' own
except for the one question whether the pattern matches.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from functools import lru_cache, partial
from types import TracebackType
from typing import Any

import frictionless
from frictionless.fields import ArrayField, StringField

from catalog.errors import HaidangError
from catalog.validation.pattern_cost import quick_up_to
from catalog.validation.pattern_tree import expression
from catalog.validation.pattern_worker import TookTooLong, Worker
from catalog.validation.patterns import PlainAutomaton, automaton_of, tables_of

EXCERPT = 80  # characters of a cell that are shown
_TOTAL = 30  # times the seconds for one cell that all slow cells may take together
_REMEMBERED = 4096  # answers of the process kept for each field
_PLAIN, _PLAIN_SETS = 10_000, 100  # characters and [sets] of a pattern that `re` surely compiles quickly, unless it ignores case
_IGNORES_CASE = re.compile(r"\(\?[aLmsux]*i")

CellReader = Callable[[Any], tuple[Any, dict[str, str] | None]]


class PatternTooSlow(HaidangError):
    """The pattern of a field takes too long on a cell; `excerpt` is the cell's beginning, empty when it cannot even be compiled."""

    def __init__(self, field_name: str, pattern: str, excerpt: str) -> None:
        super().__init__(f'the pattern of the field "{field_name}" takes too long on {excerpt!r}')
        self.field_name, self.pattern, self.excerpt = field_name, pattern, excerpt


class Guard:
    """What watches over the patterns of one validation; a context manager, for it may hold a process."""

    def __init__(self, *, seconds: float = 2.0) -> None:
        self._worker = Worker(seconds, seconds * _TOTAL)

    def __enter__(self) -> Guard:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __deepcopy__(self, memo: dict[int, Any]) -> Guard:
        return self  # a copied field has the same guard

    def close(self) -> None:
        """End the process. The readers still work and would start it again."""
        self._worker.close()

    def add(self, schema: frictionless.Schema) -> None:
        """Watch over another schema, such as that of a copied resource: a resource's copy is made anew from its descriptor."""
        for field in schema.fields:
            self._watch(field)

    def _watch(self, field: frictionless.Field) -> frictionless.Field:
        """Give the field, and each copy made of it (the table's header makes one), the reader of this guard."""
        maker = {StringField: self._string_reader, ArrayField: self._array_reader}.get(type(field))
        if maker is not None:
            # past Field.__setattr__, which would take them for properties of the field
            field.__dict__["create_cell_reader"] = partial(maker, field)
            field.__dict__["to_copy"] = partial(self._copy, field)
        return field

    def _copy(self, field: frictionless.Field, **options: Any) -> frictionless.Field:
        return self._watch(type(field).to_copy(field, **options))

    def _string_reader(self, field: StringField) -> CellReader:
        """StringField.create_cell_reader with another matcher; it raises whatever that raises."""
        pattern = field.constraints.get("pattern")
        if pattern is None:
            return StringField.create_cell_reader(field)
        self._can_be_compiled(field.name, pattern)
        StringField.create_cell_reader(field)
        return _with_pattern(field, self._matcher(field.name, pattern))

    def _array_reader(self, field: ArrayField) -> CellReader:
        """ArrayField.create_cell_reader with the items' field watched over."""
        if not field.array_item or "pattern" not in (field.array_item.get("constraints") or {}):
            return ArrayField.create_cell_reader(field)
        whole = frictionless.Field.create_cell_reader(field)
        descriptor = {"name": field.name, "type": "any", **field.array_item}
        descriptor.pop("arrayItem", None)
        item_reader = self._watch(frictionless.Field.from_descriptor(descriptor)).create_cell_reader()

        def cell_reader(cell: Any) -> tuple[Any, dict[str, str] | None]:
            cell, notes = whole(cell)
            if cell is None or notes:
                return cell, notes
            for index, item in enumerate(cell):
                cell[index], item_notes = item_reader(item)
                for name, note in (item_notes or {}).items():
                    notes = notes or {}
                    notes[name] = f"array item {note}"
            return cell, notes

        return cell_reader

    def _can_be_compiled(self, name: str, pattern: Any) -> None:
        """Let the process try first where `re` may be slow to compile; what it raises is raised again by frictionless."""
        source = expression(pattern)
        if len(source) > _PLAIN or source.count("[") > _PLAIN_SETS or _IGNORES_CASE.search(source):
            try:
                self._worker.compiles(source)
            except TookTooLong:
                raise PatternTooSlow(name, str(pattern), "") from None

    def _matcher(self, name: str, pattern: Any) -> Callable[[str], bool]:
        automaton = automaton_of(f"{pattern}")
        if automaton is not None:
            return automaton.match
        source = expression(pattern)
        match, quick = re.compile(source).match, quick_up_to(source)
        tables = tables_of(f"{pattern}")
        surely = PlainAutomaton(tables).match if tables else lru_cache(maxsize=_REMEMBERED)(partial(self._worker.matches, source))

        def matches(text: str) -> bool:
            if len(text) <= quick:
                return match(text) is not None
            try:
                return surely(text)
            except TookTooLong:
                excerpt = text if len(text) <= EXCERPT else text[:EXCERPT] + "…"
                raise PatternTooSlow(name, str(pattern), excerpt) from None

        return matches


def guard(schema: frictionless.Schema, *, seconds: float = 2.0) -> Guard:
    """Watch over the patterns of a schema; apply it before the resource is opened, and close it after.

    Cells then raise PatternTooSlow when their match takes more than `seconds` of processor time, or all slow ones of the
    validation thirty times that. Everything else, invalid patterns included, is as without it.
    """
    watching = Guard(seconds=seconds)
    watching.add(schema)
    return watching


def _with_pattern(field: StringField, matches: Callable[[str], bool]) -> CellReader:
    """The field's reader without its pattern, and the pattern's note where frictionless puts it."""
    bare = copy.copy(field)
    rest = {name: value for name, value in field.constraints.items() if name != "pattern"}
    object.__setattr__(bare, "constraints", rest)  # past Field.__setattr__, for the copy shares its records with the field
    read = StringField.create_cell_reader(bare)

    def cell_reader(cell: Any) -> tuple[Any, dict[str, str] | None]:
        value, notes = read(cell)
        if value is None or matches(value):
            return value, notes
        broken = dict(notes or {}, pattern=f'constraint "pattern" is "{field.constraints["pattern"]}"')
        return value, {name: broken[name] for name in field.supported_constraints if name in broken}

    return cell_reader
