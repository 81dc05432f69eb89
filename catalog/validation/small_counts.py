"""Counts of one to four persons or households in tables about health and poverty: among so few, somebody can be recognised.

They are told of, not held: whoever publishes groups them or writes "<5".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.reading.grid import letter
from catalog.reading.vietnamese import folded

FEWEST = 5  # so many are nobody in particular
SHOWN = 5
_ABOUT = re.compile(r"\b(benh|mac|nhiem|tu vong|chet|hiv|aids|lao|ung thu|tam than|suy dinh duong|khuyet tat|dich|tai nan thuong tich|"
                    r"ngheo|can ngheo|bao tro xa hoi|tro cap|tre mo coi|poverty|poor|disease|deaths?|cases|disabled)\b")
_COUNTS = re.compile(r"\b(so|ca|nguoi|ho|tre|luot|mac|chet|tu vong|nhiem|benh nhan|ho ngheo|can ngheo|households?|persons?|cases|deaths?)\b")
_NO_COUNT = re.compile(r"%|\b(stt|tt|so thu tu|ma|ma so|so nha|so hieu|so dien thoai|so quyet dinh|so van ban|ty le|ti le|phan tram|nam|ngay|thang|quy|kinh phi|"
                       r"so tien|dien tich|giuong|co so|tram|benh vien|phong|nha thuoc|bac si|nhan vien|can bo|rate|share|year|code|id)\b")
_WHOLE = re.compile(r"[1-4](?:\.0+)?")
_NUMBER = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    """A column with counts that are so small: its letter and label, how many of them, and the first of their cells."""

    column: str
    label: str
    count: int
    cells: tuple[str, ...]


def small_counts(labels: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]], about: str = "") -> list[Small]:
    """The columns with such counts; `about` are words for the table as a whole. Rows come with their numbers."""
    topic = bool(_ABOUT.search(folded(about)))
    words = {number: folded(label) for number, label in enumerate(labels)}
    watched = [number for number, text in words.items() if (topic or _ABOUT.search(text)) and _COUNTS.search(text) and not _NO_COUNT.search(text)]
    if not watched:
        return []
    found: dict[int, list[str]] = {number: [] for number in watched}
    counts, odd = dict.fromkeys(watched, 0), set()
    for at, row in rows:
        for number in watched:
            text = str(row[number]).strip() if number < len(row) and row[number] is not None else ""
            if _WHOLE.fullmatch(text):
                counts[number] += 1
                if len(found[number]) < SHOWN:
                    found[number].append(f"{letter(number + 1)}{at}")
            elif text and text[0].isalpha() and not _NUMBER.fullmatch(text):
                odd.add(number)  # words, not counts
    return [Small(column=letter(number + 1), label=labels[number], count=counts[number], cells=tuple(found[number]))
            for number in watched if counts[number] and number not in odd]
