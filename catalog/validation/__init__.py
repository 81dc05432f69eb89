"""Is this file what its schema says? Reads it, validates it cell by cell, looks for personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.validation.verdict import Cancelled, Verdict

if TYPE_CHECKING:
    from catalog.validation.checking import check

__all__ = ["Cancelled", "Verdict", "check"]


def __getattr__(name: str) -> Any:
    """`check`, with frictionless and all that it needs; who checks nothing starts without them."""
    if name == "check":
        from catalog.validation.checking import check

        return check
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
