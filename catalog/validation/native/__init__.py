"""The scanner in C, where it could be built; everything works without it, slower."""

from __future__ import annotations

from types import ModuleType


def extension() -> ModuleType | None:
    """The module `catalog.validation._native`, or None where no compiler was there to build it."""
    try:
        from catalog.validation import _native
    except ImportError:
        return None
    return _native
