"""Is this file what its schema says? Reads it, validates it cell by cell, looks for personal data."""

from __future__ import annotations

from catalog.validation.checking import check
from catalog.validation.verdict import Cancelled, Verdict

__all__ = ["Cancelled", "Verdict", "check"]
