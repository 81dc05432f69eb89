"""The process that opens one Parquet file: `python parquet_child.py FILE FOLDER MEMORY SECONDS BYTES`.

It imports nothing of the house, so that a fall takes nothing with it. It writes the table as an Arrow stream, `table.arrow`, with
plain types only: null, boolean, numbers, decimals, dates, times and timestamps to the microsecond, and text. Lists, structs
and maps become JSON text; bytes become text where they are UTF-8, else Base64; a float of 32 bits becomes the shortest number
that it stands for.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

BROKEN = 4
TOO_BIG = 5
BATCH = 1024  # rows; a cell may be large


def main(arguments: list[str]) -> int:
    """Convert; the exit code says what was wrong."""
    path, folder, memory, seconds, size = arguments
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), int(size)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"  # the others reserve more address space than they use
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=2**20) as file:
            _convert(pa, file, Path(folder) / "table.arrow")
    except (MemoryError, pa.ArrowMemoryError, RecursionError):
        return TOO_BIG
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError, AttributeError):
        return BROKEN
    return 0


def _convert(pa: Any, file: Any, target: Path) -> None:
    """Write all rows; the stream has its schema even where there is no row."""
    names = file.schema_arrow.names
    fields = [pa.field(str(number), _plain_type(pa, kind)) for number, kind in enumerate(file.schema_arrow.types)]
    schema = pa.schema(fields, metadata={"names": json.dumps(names)})
    with pa.OSFile(str(target), "wb") as out, pa.ipc.new_stream(out, schema) as stream:
        for batch in file.iter_batches(batch_size=BATCH, use_threads=False):
            batch.validate(full=True)
            columns = [_plain(pa, column, field.type) for column, field in zip(batch.columns, fields, strict=True)]
            stream.write_batch(pa.record_batch(columns, schema=schema))


def _plain_type(pa: Any, kind: Any) -> Any:
    """The plain type for a type of Arrow."""
    types = pa.types
    if types.is_dictionary(kind):
        return _plain_type(pa, kind.value_type)
    if isinstance(kind, pa.BaseExtensionType):
        return _plain_type(pa, kind.storage_type)
    if types.is_null(kind) or types.is_boolean(kind) or types.is_integer(kind) or types.is_decimal(kind):
        return kind
    if types.is_floating(kind):
        return pa.float64()
    if types.is_date(kind):
        return pa.date32()
    if types.is_time(kind):
        return pa.time64("us")
    if types.is_timestamp(kind):
        return pa.timestamp("us", tz="UTC" if kind.tz else None)
    return pa.large_string()


def _plain(pa: Any, column: Any, target: Any) -> Any:
    """A column of a batch in its plain type; what is finer than a microsecond is cut off."""
    kind, types = column.type, pa.types
    if types.is_dictionary(kind):
        return _plain(pa, column.dictionary_decode(), target)
    if isinstance(kind, pa.BaseExtensionType):
        return _plain(pa, column.storage, target)
    if kind == target:
        return column
    if types.is_floating(kind):
        return column.cast(pa.string()).cast(target)
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return column.cast(target)
    if pa.types.is_large_string(target):
        return pa.array(_texts(column.to_pylist()), type=target)
    return column.cast(target, safe=False)


def _texts(values: list[Any]) -> Iterator[str | None]:
    for value in values:
        if value is None or isinstance(value, str):
            yield value
        elif isinstance(value, bytes):
            yield _text(value)
        else:
            yield json.dumps(value, ensure_ascii=False, default=_text, separators=(",", ":")) if isinstance(value, list | dict) else str(value)


def _text(value: Any) -> str:
    """Bytes as text; anything else that JSON does not know as Python writes it."""
    if not isinstance(value, bytes):
        return str(value)
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
