"""Errors explained faster, to the letter as frictionless explains them.

Frictionless renders the message of an error through an export of the whole error, asks for every error what the
checklist's scope is, and exports each error again, piece by piece, for the report. Here the same results come from a
plan that is made once for a class of errors:

    with quickly():                                         # messages, while this runs
        report = resource.validate(checklist=checklist())   # the scope, worked out once
        descriptor = descriptor_of(report)                  # equal to report.to_descriptor(), keys in the same order

Whatever a plan does not foresee (an error class of someone else's, a value that is neither text nor a number in a
message, an error with properties of its own) goes the way of frictionless.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from operator import attrgetter
from string import Formatter
from typing import Any

import attrs
import frictionless
from frictionless import Checklist, Error, Report, errors
from frictionless.report import ReportTask
from frictionless.vendors import stringcase

from catalog.validation.quick_schemas import remembering

_DEFINED_FOR_ALL = frozenset({"title", "description", "message", "tags"})  # Error.__attrs_post_init__
_ROWS = ("cells", "labels")  # what errors of one row, or of the header, have in common
_set = object.__setattr__


@contextmanager
def quickly() -> Iterator[None]:
    """While this runs, errors render their messages by plan and schemas are copied quicker; nothing differs, in whichever thread.

    May be entered again, and by several threads: the last one out puts frictionless' own method back. Errors made by a
    thread that is in are lean: those of one row share their list of cells; they are to be read, not changed.
    """
    _MESSAGES.enter()
    try:
        with remembering():
            yield
    finally:
        _MESSAGES.leave()


def checklist() -> Checklist:
    """The checklist that `Resource.validate` uses when it is given none, but quicker."""
    return QuickChecklist()


def descriptor_of(report: Report) -> dict[str, Any]:
    """What `report.to_descriptor()` gives; errors of one row share their list of cells, those of one type their tags."""
    if type(report) is not Report or _is_unusual(report) or any(type(task) is not ReportTask or _is_unusual(task) for task in report.tasks):
        return report.to_descriptor()
    describe = Describer()
    # frictionless exports properties in the order of the profile, in which these are the last ones
    descriptor = report.metadata_export(exclude=["errors", "tasks"])
    descriptor["errors"] = [describe(error) for error in report.errors]
    descriptor["tasks"] = []
    for task in report.tasks:
        exported = task.metadata_export(exclude=["errors"])
        exported["errors"] = [describe(error) for error in task.errors]
        descriptor["tasks"].append(exported)
    return descriptor


class Describer:
    """Gives the descriptors of errors, one after the other: called with an Error, it gives `error.to_descriptor()`.

    The dictionary is new. The lists in it are the error's own, and shared: `cells` and `labels` by errors of a row that
    come together, `tags` by those of a type. Who wants to change a list makes a copy first.
    """

    def __init__(self) -> None:
        self._row: list[str] | None = None
        self._tags: dict[tuple[str, ...], list[str]] = {}

    def __call__(self, error: Error) -> dict[str, Any]:
        """The descriptor of an error, its keys in the order of the profile."""
        plan = _description(type(error))
        if plan is None or _is_unusual(error):
            return error.to_descriptor()
        names, values_of = plan
        values = values_of(error)
        if None in values or {} in values:  # which the export leaves out
            return error.to_descriptor()
        descriptor = dict(zip(names, values, strict=True))
        tags = tuple(descriptor["tags"])
        descriptor["tags"] = self._tags.setdefault(tags, list(tags))
        for name in _ROWS:
            if name in descriptor:
                if descriptor[name] != self._row:
                    self._row = descriptor[name]
                descriptor[name] = self._row
        return descriptor


@attrs.define(kw_only=True, repr=False)
class QuickChecklist(Checklist):
    """A checklist that works out its scope when it is connected, once, and not for every error."""

    def __attrs_post_init__(self) -> None:
        self._scope: frozenset[str] | None = None
        super().__attrs_post_init__()

    def connect(self, resource: frictionless.Resource) -> list[frictionless.Check]:
        """The checks, as frictionless connects them; from here on the scope stays."""
        self._scope = frozenset(self.scope)
        return super().connect(resource)

    def match(self, error: Error) -> bool:
        """Whether the error is of the scope; errors that are not of the data always are."""
        if self._scope is None:
            return super().match(error)
        return error.type in self._scope or not isinstance(error, errors.DataError)


class _Thread(threading.local):
    """What a thread keeps for its errors: how often it is in, the last row of cells or labels, the names assigned by type."""

    def __init__(self) -> None:
        self.depth = 0
        self.row: list[str] | None = None
        self.assigned: dict[type[Error], set[str]] = {}

    def make_lean(self, error: Error) -> None:
        """Let the error share what is equal for all errors of its row or type; forget the defaults, which say the same."""
        assigned = self.assigned.setdefault(type(error), error.metadata_assigned)
        if assigned == error.metadata_assigned:
            _set(error, "metadata_assigned", assigned)
            _set(error, "metadata_defaults", {})
        for name in _ROWS:
            row = getattr(error, name, None)
            if row is None:
                continue
            if row == self.row:
                _set(error, name, self.row)
            else:
                self.row = row


class _Messages:
    """The place of `Error.__attrs_post_init__`, taken while at least one user is in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._original: Callable[[Error], None] = Error.__attrs_post_init__
        self._thread = _Thread()

    def enter(self) -> None:
        """Take the place, unless it is taken."""
        with self._lock:
            if not self._users:
                self._original = Error.__attrs_post_init__
                Error.__attrs_post_init__ = _quick_version_of(self._original, self._thread)
            self._users += 1
        self._thread.depth += 1

    def leave(self) -> None:
        """Put back what was there, unless someone is still in."""
        thread = self._thread
        thread.depth -= 1
        if not thread.depth:
            thread.row, thread.assigned = None, {}
        with self._lock:
            self._users -= 1
            if not self._users:
                Error.__attrs_post_init__ = self._original


_MESSAGES = _Messages()


def _quick_version_of(original: Callable[[Error], None], thread: _Thread) -> Callable[[Error], None]:
    """A method that leaves an error as the original does; lean where the thread is in itself."""

    def __attrs_post_init__(self: Error) -> None:
        template = self.template
        plan = _rendering(type(self), template)
        if plan is None or self.custom:
            return original(self)
        values = {}
        for name, attribute in plan:
            value = getattr(self, attribute)
            if value.__class__ is not str and value.__class__ is not int:
                return original(self)
            values[name] = value
        self.metadata_assigned.update(_DEFINED_FOR_ALL)
        _set(self, "message", template.format_map(values))
        _set(self, "metadata_initiated", True)
        if thread.depth:
            thread.make_lean(self)
        return None

    return __attrs_post_init__


@lru_cache(maxsize=512)
def _rendering(kind: type[Error], template: str) -> tuple[tuple[str, str], ...] | None:
    """What a template names: each property and the attribute that holds it. None when only frictionless should render it."""
    if not _is_known(kind):
        return None
    attributes = {name: stringcase.snakecase(name) for name in _exported(kind) if name != "message"}
    named: dict[str, str] = {}
    for _, name, form, conversion in Formatter().parse(template):
        if name is None:
            continue
        if name not in attributes or form or conversion:
            return None
        named[name] = attributes[name]
    return tuple(named.items())


@lru_cache(maxsize=512)
def _description(kind: type[Error]) -> tuple[tuple[str, ...], Callable[[Error], tuple[Any, ...]]] | None:
    """The names of the properties that are exported, and what takes their values from an error; None for classes of others."""
    if not _is_known(kind):
        return None
    names = _exported(kind)
    return names, attrgetter(*(stringcase.snakecase(name) for name in names))


def _exported(kind: type[Error]) -> tuple[str, ...]:
    return tuple(kind.metadata_ensure_profile()["properties"])


def _is_known(kind: type[Error]) -> bool:
    """Whether the class is one of frictionless' own, all of whose properties are given when an error is made."""
    return vars(errors).get(kind.__name__) is kind


def _is_unusual(metadata: frictionless.Metadata) -> bool:
    """Whether there is something to export that the profile does not name, or a file in place of the export."""
    return bool(metadata.custom) or metadata.metadata_descriptor_path is not None or metadata._schema_profile is not None
