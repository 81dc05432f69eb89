"""A table that has been read and judged, ready to be written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSource:
    """Where the rows are and what the columns mean; keeps its temporary files until it is forgotten."""
