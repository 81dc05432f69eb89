"""The scanner in C, where it could be built; everything works without it, slower."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType


def extension() -> ModuleType | None:
    """The module `catalog.validation._native`, or None where no compiler was there to build it."""
    try:
        return import_module("catalog.validation._native")
    except ImportError:
        return None
