"""All errors of a table counted, the first of each kind kept: a report of bounded size for any number of errors.

    tally = Tally(keep=20, sink=store.append)
    report = count_errors(resource, tally, tick=lambda rows: None)
    tally.total, tally.kinds, tally.others
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from frictionless import Checklist, Error, FrictionlessException, Report
from frictionless.helpers import Timer, parse_resource_hash_v1
from frictionless.resources import TableResource

from catalog.validation.explaining import Describer, checklist, descriptor_of, quickly

MOST_KINDS = 1000  # a table of very many columns has very many kinds; those beyond are counted together
ROOM = 2**25  # characters, estimated, of what is kept when it is written out: each error repeats its row, which may be long
_MARKS = 4  # characters around a text in JSON


@dataclass(slots=True)
class Kind:
    """One kind of error: its type, the field, and the constraint that the note names; either may be empty."""

    type: str
    field: str
    rule: str
    count: int = 0
    kept: int = 0


class Tally:
    """Counts the errors of one table and keeps the first `keep` of each kind; None keeps all, whatever they need.

    `sink` is handed the descriptor of every error as it comes, kept or not: a dictionary of its own, whose lists are
    shared with those of other errors. What is kept is bounded, unless `keep` is None: the first `MOST_KINDS` kinds, and
    nothing more once it has come to `ROOM` characters, so that neither very many columns nor very long rows fill the memory.

    total     errors so far
    kinds     the kinds in the order in which they first appeared
    others    how many errors were of kinds beyond the first `MOST_KINDS`; none of those is kept
    kept      descriptors in the order of the report
    """

    def __init__(self, keep: int | None = 20, sink: Callable[[dict[str, Any]], None] | None = None) -> None:
        self.keep = keep
        self.total = 0
        self.others = 0
        self.kept: list[dict[str, Any]] = []
        self._sink = sink
        self._kinds: dict[tuple[str, str, str], Kind] = {}
        self._describe = Describer()
        self._room = ROOM
        self._row: list[str] | None = None
        self._row_size = 0

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds in the order in which they first appeared."""
        return tuple(self._kinds.values())

    @property
    def left_out(self) -> int:
        """How many errors are counted but not kept."""
        return self.total - len(self.kept)

    def add(self, error: Error) -> None:
        """Count one error, keep it if it is among the first of its kind, hand it to the sink."""
        self.total += 1
        kept = self._is_kept(self._kind_of(error))
        if not kept and self._sink is None:
            return
        descriptor = self._describe(error)
        if kept:
            self.kept.append(descriptor)
            if self.keep is not None:
                self._room -= self._size(descriptor)
        if self._sink is not None:
            self._sink(descriptor)

    def _kind_of(self, error: Error) -> Kind | None:
        field = getattr(error, "field_name", "") or ", ".join(getattr(error, "field_names", ()))
        key = (error.type, field, _rule(error))
        kind = self._kinds.get(key)
        if kind is None and len(self._kinds) < MOST_KINDS:
            kind = self._kinds[key] = Kind(*key)
        if kind is None:
            self.others += 1
        else:
            kind.count += 1
        return kind

    def _is_kept(self, kind: Kind | None) -> bool:
        if self.keep is not None and (kind is None or kind.kept >= self.keep or self._room <= 0):
            return False
        if kind is not None:
            kind.kept += 1
        return True

    def _size(self, descriptor: dict[str, Any]) -> int:
        """About how many characters a descriptor has."""
        size = sum(len(value) for value in descriptor.values() if isinstance(value, str)) + 20 * len(descriptor)
        for name in ("cells", "labels"):
            row = descriptor.get(name)
            if row is not None and row is not self._row:
                self._row, self._row_size = row, sum(map(len, row)) + _MARKS * len(row)
            size += 0 if row is None else self._row_size
        return size


def count_errors(resource: TableResource, tally: Tally, *, tick: Callable[[int], None]) -> dict[str, Any]:
    """Validate a table as `resource.validate(limit_errors=0)` does, and never hold more errors than the tally keeps.

    Gives the descriptor of the Report that frictionless would make, with these differences where, and only where, the
    tally left errors out: `tasks[0].errors` are the kept ones in their order, `stats.errors` (of the report and of its
    task) is the true number, and `tasks[0].warnings` (and its count in both `stats`) says how many are not listed.
    `tick` is called after each row with the number of rows so far and may raise to stop. Raises what frictionless
    raises: whatever a pattern or a bound of the schema throws; its own FrictionlessException becomes an error of the report.
    """
    with quickly():
        timer = Timer()
        warnings, labels = _run(resource, tally, tick)
        if tally.left_out:
            warnings.append(_said(tally))
        report = Report.from_validation_task(resource, time=timer.time, labels=labels, warnings=warnings)
        descriptor = descriptor_of(report)
    [task] = descriptor["tasks"]
    descriptor["valid"] = task["valid"] = not tally.total
    descriptor["stats"]["errors"] = task["stats"]["errors"] = tally.total
    task["errors"] = tally.kept
    return descriptor


def _run(resource: TableResource, tally: Tally, tick: Callable[[int], None]) -> tuple[list[str], list[str]]:
    """The steps of Resource.validate in their order; the warnings and the labels."""
    scope = checklist()
    checks = scope.connect(resource)
    try:
        warnings = _opened(resource)
    except FrictionlessException as exception:
        for error in exception.to_errors():
            tally.add(error)
        return [], []
    with resource:
        labels = resource.labels
        _add(tally, scope, (error for check in checks for error in check.validate_start()))
        while True:
            try:
                row = next(resource.row_stream)
            except FrictionlessException as exception:
                tally.add(exception.error)
                continue
            except StopIteration:
                break
            _add(tally, scope, (error for check in checks for error in check.validate_row(row)))
            tick(resource.stats.rows or 0)
        _add(tally, scope, (error for check in checks for error in check.validate_end()))
    return warnings, labels


def _opened(resource: TableResource) -> list[str]:
    """Check the metadata and open the resource; the warnings. Raises FrictionlessException, the resource closed if it was."""
    resource.to_descriptor(validate=True)
    warnings = []
    if resource.hash and parse_resource_hash_v1(resource.hash)[0] not in ("md5", "sha256"):
        warnings.append("hash is ignored; supported algorithms: md5/sha256")
    if resource.closed:
        try:
            resource.open()
        except FrictionlessException:
            resource.close()
            raise
    return warnings


def _add(tally: Tally, scope: Checklist, found: Iterable[Error]) -> None:
    for error in found:
        if scope.match(error):
            tally.add(error)


def _rule(error: Error) -> str:
    """The constraint that a note names as frictionless' Field.create_cell_reader writes it."""
    note = error.note
    return note.split('"', 2)[1] if error.type == "constraint-error" and note.startswith('constraint "') else ""


def _said(tally: Tally) -> str:
    return f"{tally.total} errors are counted; {tally.left_out} of them, beyond the first {tally.keep} of each kind, are not listed"
