"""The ways in which the letters of a text file could be read, for a person to choose from where the bytes do not tell."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path

from catalog.reading import encodings
from catalog.reading.encodings import LEGACY
from catalog.reading.vietnamese import share_of_syllables

WESTERN = "cp1252"
WORDS, SURE, NEAR = 20, 95, 75  # different accented words, and percents of them
LINES, LONGEST = 3, 200  # of a sample, and characters of each


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """One way to read the file: the encoding's name, the first lines with accents read so; of how many accented words what share is Vietnamese."""

    name: str
    sample: tuple[str, ...]
    percent: int
    words: int


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
        share, words = share_of_syllables(text)
        found.setdefault(sample, Letters(name=codec, sample=sample, percent=round(100 * share), words=words))
    return sorted(found.values(), key=lambda way: -way.percent)


def is_weak(ways: list[Letters]) -> bool:
    """Whether the look of the words tells too little to believe the first way: few words, some of them odd, or another way as good."""
    return not ways or ways[0].words < WORDS or ways[0].percent < SURE or any(way.percent >= NEAR for way in ways[1:])
