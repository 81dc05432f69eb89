"""One table validated by frictionless and by another engine: whether both say the same, to the last word."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import frictionless
from frictionless import Checklist, Detector, Dialect, Package, Schema
from frictionless.resources import TableResource

from support.report_strategies import VERSION_2, Case

OF_CELLS = ("ResourceWarning", "UnknownTimezoneWarning")  # said of a cell, each time that it is read; or when memory is tidied up
Engine = Callable[..., TableResource]


@dataclass(slots=True)
class Outcome:
    """What one engine gave: a report's descriptor without times, or the exception; what was said and heard beside it."""

    report: dict[str, Any] | None = None
    raised: tuple[str, str, Any] | None = None
    warned: list[tuple[str, str]] = field(default_factory=list)
    heard: list[tuple[int, str, bool]] = field(default_factory=list)
    left_open: bool = False
    way: str = "plain"

    def said(self) -> tuple[Any, ...]:
        """All that must be equal; `repr` because a NaN among cells does not equal itself."""
        return repr(self.report), self.raised, self.warned, self.heard, self.left_open


def plain(descriptor: dict[str, Any]) -> dict[str, Any]:
    """A report without what may differ between two runs: its times."""
    descriptor["stats"].pop("seconds", None)
    for task in descriptor["tasks"]:
        task["stats"].pop("seconds", None)
    return descriptor


def outcome(engine: Engine, case: Case, folder: Path) -> Outcome:
    """Validate the case, whose file lies in the folder."""
    return validated(lambda: made(engine, case, folder), lambda: asked(case), listening=case.listening)


def asked(case: Case) -> dict[str, Any]:
    """The arguments of `validate`."""
    return {**case.limits, **({"checklist": Checklist.from_descriptor(case.checklist)} if case.checklist else {})}


def validated(make: Callable[[], TableResource], ask: Callable[[], dict[str, Any]] = dict, *, listening: bool = False) -> Outcome:
    """All that comes of making a resource and validating it."""
    got = Outcome()
    resource: TableResource | None = None

    def hear(row: Any) -> None:
        got.heard.append((row.row_number, repr(row.cells), row.valid))

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            resource = make()
            got.report = plain(resource.validate(**ask(), **({"on_row": hear} if listening else {})).to_descriptor())
        except Exception as error:  # noqa: BLE001 whatever one raises, the other must raise
            inner = getattr(error, "error", None)
            got.raised = (type(error).__name__, str(error), inner.to_descriptor() if isinstance(inner, frictionless.Error) else None)
        got.way = getattr(resource, "used", "plain")
        got.left_open = resource is not None and not resource.closed
        if resource is not None:
            with suppress(Exception):
                resource.close()
        del resource
    got.warned = sorted({(type(each.message).__name__, str(each.message)) for each in caught if each.category.__name__ not in OF_CELLS})
    return got


def made(engine: Engine, case: Case, folder: Path) -> TableResource:
    """The resource of the case, in a package of two where it refers to another."""
    options: dict[str, Any] = dict(case.options)
    if case.schema is not None:
        options["schema"] = Schema.from_descriptor(case.schema)
    if case.dialect:
        options["dialect"] = Dialect.from_descriptor(case.dialect)
    if case.detector:
        options["detector"] = Detector(**case.detector)
    if VERSION_2 in str(case.schema):
        options["schema_profile"] = f"{VERSION_2}/dataresource.json"
    where = {"data": deepcopy(case.data)} if case.data is not None else {"path": case.name, "basepath": str(folder)}
    resource = engine(**where, **options)
    if case.other is not None:
        other = TableResource(name="other", path="other.csv", basepath=str(folder), schema=Schema.from_descriptor(case.other[0]))
        Package(resources=[resource, other], basepath=str(folder), schema_profile=f"{VERSION_2}/datapackage.json")
    return resource


def filed(case: Case, folder: Path) -> None:
    """Put the files of the case where they are looked for."""
    if case.data is None:
        (folder / case.name).write_bytes(case.content)
    if case.other is not None:
        (folder / "other.csv").write_bytes(case.other[1])


def compare(case: Case, engine: Engine, folder: Path) -> tuple[Outcome, Outcome]:
    """What frictionless gives, and what the engine gives."""
    filed(case, folder)
    return outcome(TableResource, case, folder), outcome(engine, case, folder)


def equal(case: Case, engine: Engine, folder: Path) -> bool:
    """Whether both give the same."""
    theirs, ours = compare(case, engine, folder)
    return theirs.said() == ours.said()


def told(case: Case, theirs: Outcome, ours: Outcome) -> str:
    """The case and the first differences in words for the one who has to mend them."""
    content = case.content if len(case.content) < 2_000 else case.content[:1000] + b" ... " + case.content[-500:]
    return f"way: {ours.way}\n{replace(case, content=content)!r}\n{told_apart(theirs, ours)}"


def told_apart(theirs: Outcome, ours: Outcome) -> str:
    """The first differences alone."""
    parts = []
    for name in ("raised", "warned", "heard", "left_open", "report"):
        parts += [f"  {where}:\n    frictionless {repr(one)[:600]}\n    ours         {repr(other)[:600]}"
                  for where, one, other in list(differences(name, getattr(theirs, name), getattr(ours, name)))[:3]]
    return "\n".join(parts)


def differences(where: str, one: Any, other: Any) -> Iterator[tuple[str, Any, Any]]:
    """The places where two values of lists and mappings differ."""
    if repr(one) == repr(other):
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            yield from differences(f"{where}.{key}", one.get(key), other.get(key))
    elif isinstance(one, list) and isinstance(other, list):
        for at in range(max(len(one), len(other))):
            yield from differences(f"{where}[{at}]", one[at] if at < len(one) else None, other[at] if at < len(other) else None)
    else:
        yield where, one, other


def reduced(case: Case, engine: Engine) -> Case:
    """A smaller case on which the engines still differ: fewer options, fields, lines, bytes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def differs(candidate: Case) -> bool:
            try:
                return not equal(candidate, engine, folder)
            except Exception:  # noqa: BLE001 a candidate that cannot even be written
                return False

        for attribute, empty in (("dialect", {}), ("detector", {}), ("checklist", {}), ("limits", {}), ("listening", False), ("other", None), ("options", {})):
            if differs(smaller := replace(case, **{attribute: empty})):
                case = smaller
        case = _fewer(case, differs)
        return replace(case, content=_shorter(case, differs)) if case.data is None else case


def _fewer(case: Case, differs: Callable[[Case], bool]) -> Case:
    """Without what the schema can do without."""
    schema = case.schema
    if schema is None:
        return case
    for key in [key for key in schema if key != "fields"]:
        if differs(smaller := replace(case, schema={k: v for k, v in case.schema.items() if k != key})):
            case = smaller
    for at in range(len(schema["fields"])):
        for key in [key for key in schema["fields"][at] if key not in ("name", "type")]:
            fields = [dict(each) for each in case.schema["fields"]]
            fields[at].pop(key, None)
            if differs(smaller := replace(case, schema={**case.schema, "fields": fields})):
                case = smaller
    return case


def _shorter(case: Case, differs: Callable[[Case], bool]) -> bytes:
    """Fewer bytes: halves first, then smaller pieces, down to one."""
    content = case.content
    size = max(1, len(content) // 2)
    tries = 600
    while size >= 1 and tries > 0:
        at = 0
        while at < len(content) and tries > 0:
            tries -= 1
            candidate = content[:at] + content[at + size:]
            if differs(replace(case, content=candidate)):
                content = candidate
            else:
                at += size
        size //= 2
    return content
