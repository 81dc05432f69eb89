"""The process that opens one workbook: `python workbook_child.py FILE FOLDER MEMORY SECONDS BYTES`.

It imports nothing of the house, so that it starts fast and a fall takes nothing with it.

Cells become text as a Table Schema reads it: whole numbers without a point, dates as ISO, text composed (NFC).
Writes `0.jsonl`, `1.jsonl` … (one row a line, from row 1 and column A), `sheets.json`, and `samples.json` into FOLDER: different texts
with letters beyond ASCII that all could have been bytes of an old code page. Of a workbook that is no XLSX, which can be looked at again, also
`0.kinds` …: what the cells of each row were, a letter a cell, as in `KINDS`.
"""

from __future__ import annotations

import datetime
import json
import re
import resource
import sys
import unicodedata
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import orjson

PASSWORD = 3
BROKEN = 4
TOO_BIG = 5
SAMPLES = 3_000
LONGEST_SAMPLE = 500  # characters
MERGES = 10_000
KINDS = {float: "n", int: "n", bool: "b", datetime.date: "d", datetime.datetime: "d"}  # all others are texts: t

_ONLY_BYTES = re.compile("[\x00-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]*")


def main(arguments: list[str]) -> int:
    """Convert; the exit code says what was wrong."""
    path, folder, memory, seconds, size = arguments
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), int(size)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import python_calamine as calamine

    samples: dict[str, None] = {}
    try:
        with calamine.CalamineWorkbook.from_path(path) as workbook:
            sheets = [_convert(workbook, sheet, Path(folder) / f"{number}.jsonl", samples, with_kinds=not path.endswith(".xlsx"))
                      for number, sheet in enumerate(_worksheets(workbook, calamine.SheetTypeEnum))]
    except calamine.PasswordError:
        return PASSWORD
    except MemoryError:
        return TOO_BIG
    except (calamine.CalamineError, OSError, ValueError) as error:
        return PASSWORD if "password" in str(error).lower() else BROKEN
    (Path(folder) / "sheets.json").write_text(json.dumps(sheets), "utf-8")
    (Path(folder) / "samples.json").write_text(json.dumps(list(samples)), "utf-8")
    return 0


def _worksheets(workbook: Any, kinds: Any) -> list[Any]:
    """The sheets with cells, in the order of the workbook."""
    return [sheet for sheet in workbook.sheets_metadata if sheet.typ == kinds.WorkSheet]


def _convert(workbook: Any, sheet: Any, target: Path, samples: dict[str, None], *, with_kinds: bool) -> dict[str, Any]:
    """Write one sheet; blank rows and columns after the last cell with something in it are left out."""
    content = workbook.get_sheet_by_name(sheet.name)
    top, left = content.start or (0, 0)
    pending = top  # blank rows before the first cell
    with target.open("wb") as out, target.with_suffix(".kinds").open("w") if with_kinds else nullcontext() as kinds:
        for cells in content.to_python(skip_empty_area=True):
            row = [""] * left + [as_text(cell) for cell in cells]
            _sample(row, samples)
            while row and not row[-1]:
                row.pop()
            if not row:
                pending += 1
                continue
            out.write(b"[]\n" * pending)
            if kinds:
                kinds.write("\n" * pending + "t" * left + "".join(KINDS.get(type(cell), "t") for cell in cells) + "\n")
            pending = 0
            out.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    return {"name": sheet.name, "hidden": "Hidden" in repr(sheet.visible), "merges": _merges(content)}


def _merges(content: Any) -> list[tuple[int, int, int, int]]:
    """The first merged cells: rows from 1, columns from 0, first and last of each."""
    found = getattr(content, "merged_cell_ranges", None) or []
    return [(top + 1, bottom + 1, left, right) for (top, left), (bottom, right) in found[:MERGES]]


def _sample(row: list[str], samples: dict[str, None]) -> None:
    if len(samples) < SAMPLES:
        starts = (text[:LONGEST_SAMPLE] for text in row if not text.isascii())
        samples.update((text, None) for text in starts if not text.isascii() and _ONLY_BYTES.fullmatch(text))


def as_text(cell: Any) -> str:
    """A cell's value in the text that a Table Schema expects."""
    if isinstance(cell, str):
        return cell if cell.isascii() else unicodedata.normalize("NFC", cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(cell, ".15g")
    if isinstance(cell, datetime.datetime):
        whole_day = cell.time() == datetime.time(0)
        return cell.date().isoformat() if whole_day else cell.replace(microsecond=0).isoformat()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return "" if cell is None else str(cell)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
