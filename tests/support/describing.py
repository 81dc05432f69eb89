"""Sends to an API what its OpenAPI document allows, and what it does not, and holds each answer against the same document."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
Headers = dict[str, str]


def seeded(document: Mapping[str, Any], known: Callable[[str], Mapping[str, list[Any]]]) -> dict[str, Any]:
    """The document with values that mean something here in place of any, for the parameters that `known` has for a path; all of these are needed."""
    told = copy.deepcopy(dict(document))
    told["paths"] = dict(sorted(told["paths"].items(), key=lambda item: ("purge" in item[0], "delete" in item[0], item[0].startswith("/package_"))))  # what takes away comes last
    for path, operations in told["paths"].items():
        values = known(path.strip("/"))
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if parameter["name"] in values:
                    parameter |= {"schema": {"enum": values[parameter["name"]]}, "required": True}
            if "requestBody" in operation:
                [content] = operation["requestBody"]["content"].values()
                properties = content["schema"]["properties"]
                properties |= {name: {"enum": values[name]} for name in properties if name in values}
                content["schema"]["required"] = [name for name in properties if name in values]
    return told


def broken(app: Flask, document: Mapping[str, Any], mode: GenerationMode, headers: list[Headers], *, examples: int, seed: bool = False,
           before: Callable[[], Any] = lambda: None) -> Iterator[str]:
    """What the API does not keep of its document: a text for each operation and caller that shows it.

    `before` is called before each operation; `examples` are those of each operation and caller. The same every time unless `seed`.
    """
    schema = schemathesis.openapi.from_dict(dict(document))
    schema.app = app
    for operation in (found.ok() for found in schema.get_all_operations()):
        for sent in headers:
            before()
            if trouble := _trouble(operation, mode, sent, examples, derandomize=not seed):
                yield f"{operation.label} {mode.value} {'with a token' if sent else 'without a token'}: {trouble}"


def _trouble(operation: Any, mode: GenerationMode, headers: Headers, examples: int, *, derandomize: bool) -> str:
    @settings(max_examples=examples, derandomize=derandomize, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def hold(case: Any) -> None:
        case.validate_response(case.call(headers=headers), checks=CHECKS)

    try:
        hold()
    except Unsatisfiable:  # where nothing is asked for, nothing can be asked wrongly
        assert mode is GenerationMode.NEGATIVE
    except BaseExceptionGroup as failures:
        return "\n".join(f"{failure!s:.2000}" for failure in failures.exceptions)
    return ""
