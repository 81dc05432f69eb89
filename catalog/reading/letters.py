"""The ways in which the letters of a text file could be read, for a person to choose from where the bytes do not tell."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from catalog.reading import encodings
from catalog.reading.encodings import LEGACY
from catalog.reading.vietnamese import share_of_syllables

WESTERN = "cp1252"
LINES, LONGEST = 3, 200  # of a sample, and characters of each


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """One way to read the file: the encoding's name, the first lines with accents read so, how many of a hundred accented words are Vietnamese."""

    name: str
    sample: tuple[str, ...]
    percent: int


def ways_to_read(path: Path) -> list[Letters]:
    """Every known way that knows all bytes of the file, the most Vietnamese first; those that give the same text are one."""
    lines = encodings.accented_lines(path)
    found: dict[tuple[str, ...], Letters] = {}
    for codec in (*LEGACY, WESTERN):
        try:
            for _ in encodings.decoded(path, codec):
                pass
        except UnicodeDecodeError:
            continue
        text = unicodedata.normalize("NFC", encodings.decoder_of(codec)("replace").decode(lines, True))
        sample = tuple(line[:LONGEST] for line in text.split("\n")[:LINES])
        found.setdefault(sample, Letters(name=codec, sample=sample, percent=round(100 * share_of_syllables(text)[0])))
    return sorted(found.values(), key=lambda way: -way.percent)
