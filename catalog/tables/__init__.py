"""Tables: a checked file becomes typed Parquet; Parquet becomes a preview, profiles, downloads and differences."""

from __future__ import annotations

from catalog.tables.preview import Preview, column_profiles, read_preview
from catalog.tables.source import TableSource
from catalog.tables.writing import write_table

__all__ = ["Preview", "TableSource", "column_profiles", "read_preview", "write_table"]
