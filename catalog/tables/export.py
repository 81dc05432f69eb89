"""A stored table as a download: CSV, JSON or NDJSON, made while it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def export(path: Path, format: str, *, bom: bool = False, excel_safe: bool = False) -> Iterator[bytes]:
    """The table in `csv`, `json` or `ndjson`."""
    raise NotImplementedError
