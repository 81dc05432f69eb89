"""A table of twelve mixed columns for the figures of validation: as many rows as asked, about 142 bytes each, seeded.

A thousand rows are written once as a template; each thousand of the file repeats it with other numbers in `id`, `code`
and `amount`. Bad cells are put in one row of so many, of fifteen kinds.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from random import Random
from typing import Any

PROVINCES = [f"{name} {number:02}" for name in ("Hà Nội", "Bà Rịa", "Đà Nẵng", "Huế", "Cần Thơ", "Lâm Đồng", "Quảng Ngãi") for number in range(1, 10)]
WORDS = ("đường", "thôn", "xã", "phường", "tổ dân phố", "số nhà", "gần chợ", "ngã ba", "Long Điền", "Phú Mỹ")
BLOCK = 1000
FIELDS: list[dict[str, Any]] = [
    {"name": "id", "type": "integer", "constraints": {"required": True}},
    {"name": "code", "type": "string", "constraints": {"pattern": "[A-Z]{2}[0-9]{8}"}},
    {"name": "name", "type": "string", "constraints": {"required": True, "maxLength": 60}},
    {"name": "province", "type": "string", "constraints": {"enum": PROVINCES}},
    {"name": "amount", "type": "integer", "constraints": {"minimum": 0, "maximum": 1_000_000}},
    {"name": "rate", "type": "number", "constraints": {"minimum": 0, "maximum": 100}},
    {"name": "day", "type": "date", "constraints": {"minimum": "2000-01-01"}},
    {"name": "at", "type": "datetime"},
    {"name": "active", "type": "boolean"},
    {"name": "year", "type": "year"},
    {"name": "place", "type": "geopoint"},
    {"name": "note", "type": "string"},
]
SCHEMA: dict[str, Any] = {"fields": FIELDS}
KEYED: dict[str, Any] = {"fields": [FIELDS[0], {**FIELDS[1], "constraints": {**FIELDS[1]["constraints"], "unique": True}}, *FIELDS[2:]], "primaryKey": ["id"]}
BAD = (
    lambda row: [*row[:0], "x1", *row[1:]], lambda row: [row[0], "abc", *row[2:]], lambda row: [*row[:2], "", *row[3:]], lambda row: [*row[:3], "Sài Gòn", *row[4:]],
    lambda row: [*row[:4], "-5", *row[5:]], lambda row: [*row[:4], "1.5", *row[5:]], lambda row: [*row[:5], "100.5", *row[6:]], lambda row: [*row[:6], "1999-12-31", *row[7:]],
    lambda row: [*row[:6], "31/12/2020", *row[7:]], lambda row: [*row[:7], "2020-01-01 25:00", *row[8:]], lambda row: [*row[:8], "có", *row[9:]], lambda row: [*row[:9], "20", *row[10:]],
    lambda row: [*row[:10], "181,10", *row[11:]], lambda row: row[:7], lambda row: [*row, "thừa"],
)


def write(path: Path, rows: int, bad_every: float = 0) -> None:
    """Write the table; `bad_every` gives one bad cell in so many rows (0: none)."""
    template = _template()
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(field["name"] for field in FIELDS) + "\n")
        bad = Random(7)
        for start in range(0, rows, BLOCK):
            part = template[: min(BLOCK, rows - start)]
            if not bad_every:
                file.write("".join([f"{start + at},AB{start + at:08},{name},{(start * 7 + at) % 1_000_000},{rest}" for at, (name, rest) in enumerate(part)]))
                continue
            for at, (name, rest) in enumerate(part):
                line = f"{start + at},AB{start + at:08},{name},{(start * 7 + at) % 1_000_000},{rest}"
                file.write(_spoilt(line, bad) if bad.random() * bad_every < 1 else line)


def _template() -> list[tuple[str, str]]:
    """Name and province, and all behind the amount, of a thousand rows, as they are written."""
    r = Random(42)
    made = []
    for _ in range(BLOCK):
        note = r.choice((" ".join(r.sample(WORDS, 3)), f'"{", ".join(r.sample(WORDS, 2))}"', f'"gọi là ""{r.choice(WORDS)}"", {r.choice(WORDS)}"', f'"{r.choice(WORDS)}\n{r.choice(WORDS)}"', ""))
        moment = f"{r.randint(2001, 2024)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}"
        made.append((f"Cơ sở {r.choice(WORDS)} {r.randint(1, 999)},{r.choice(PROVINCES)}",
                     f"{r.randint(0, 9999) / 100},{moment},{moment}T{r.randint(0, 23):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02}Z,{r.choice(('true', 'false', '1', '0'))},"
                     f'{r.randint(1990, 2024)},"{r.randint(102, 109)}.{r.randint(0, 99999)},{r.randint(8, 23)}.{r.randint(0, 99999)}",{note}\n'))
    return made


def _spoilt(line: str, r: Random) -> str:
    """The line with one fault."""
    written = io.StringIO(newline="")
    row = next(csv.reader([line] if line.count("\n") == 1 else line.splitlines(keepends=True)))
    csv.writer(written, lineterminator="\n").writerow(r.choice(BAD)(row))
    return written.getvalue()
