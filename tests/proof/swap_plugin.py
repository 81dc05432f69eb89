"""A plugin of pytest: while it is there, every TableResource validates as a FastTable does.

With SWAP=0 in the environment nothing is swapped. The outcome of each test is written to the file that OUTCOMES names.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

from frictionless import Report, Resource
from frictionless.resources import TableResource

from catalog.validation.fast_table import FastTable

OUTCOMES: dict[str, str] = {}
WAYS: Counter[str] = Counter()


def pytest_configure() -> None:
    """Take the place of `Resource.validate`."""
    if os.environ.get("SWAP") == "0":
        return
    original = Resource.validate

    def validate(self: Resource, *args: Any, **options: Any) -> Report:
        if type(self) is not TableResource:
            return original(self, *args, **options)
        self.__class__ = FastTable
        try:
            return self.validate(*args, **options)
        finally:
            WAYS[self.used] += 1
            self.__class__ = TableResource

    Resource.validate = validate


def pytest_runtest_logreport(report: Any) -> None:
    """Keep the worst that is said of each test."""
    if report.when == "call" or report.outcome != "passed":
        OUTCOMES[report.nodeid] = report.outcome


def pytest_collectreport(report: Any) -> None:
    """Keep what cannot even be collected."""
    if report.outcome != "passed":
        OUTCOMES[report.nodeid] = report.outcome


def pytest_sessionfinish() -> None:
    """Write it all down."""
    Path(os.environ["OUTCOMES"]).write_text(json.dumps({"outcomes": OUTCOMES, "ways": WAYS}), "utf-8")
