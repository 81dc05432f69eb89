"""Workbooks that ministries and provinces really published in TCVN3 and VNI, against transcripts that people checked.

The files lie beside the checkout in `../shared/data`, or where HAIDANG_PROOF_DATA says: a folder `ground-truth` of transcripts (cells
parted by tabs) beside a folder `corpus` of documents of the same names.
"""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
from pathlib import Path

from catalog.reading import Request, Workspace, open_file, sniff
from catalog.reading.vietnamese import is_syllable

DATA = Path(os.environ.get("HAIDANG_PROOF_DATA") or Path(__file__).parents[2].parent / "shared" / "data")
WANTED = 0.999
ERRING = 0.005  # share of letters that stand in a transcript's own mistakes
NUMBER = re.compile(r"-?\d+([.,]\d+)?")  # transcripts show figures as Excel does, cut to so many digits


def cells(text: str) -> list[str]:
    """The cells of a transcript that hold words, without regard to case (capital fonts have small letters) and blanks."""
    plain = (" ".join(unicodedata.normalize("NFC", cell).split()).casefold() for line in text.splitlines() for cell in line.split("\t"))
    return [cell for cell in plain if cell and not NUMBER.fullmatch(cell)]


def test_letters_equal_the_transcripts():
    found = [(transcript, book) for transcript in sorted(DATA.rglob("ground-truth/*.txt"))
             for book in transcript.parents[1].rglob(f"corpus/**/{transcript.stem}.xls*")]
    assert found, f"no transcripts below {DATA}: set HAIDANG_PROOF_DATA to the folder of real files"
    letters = wrong = erring = 0
    for transcript, book in found:
        request = Request(path=book, filename=book.name)
        reading = open_file(request, sniff(request), Workspace())
        truth = cells(transcript.read_text("utf-8"))
        ours = cells("\n".join("\t".join(map(str, row)).replace("\n", "\t") for grid in reading.grids for row in grid.rows()))
        differing, mistaken = different(truth, ours)
        letters, wrong, erring = letters + sum(map(len, truth)), wrong + differing, erring + mistaken
        print(f"{book.name:40} {sum(map(len, truth)):7} letters, {differing} differ, {mistaken} in mistakes of the transcript")
    print(f"{len(found)} workbooks: {1 - wrong / letters:.5f} of {letters} letters equal; {erring} in mistakes of the transcripts")
    assert 1 - wrong / letters >= WANTED
    assert erring / letters <= ERRING


def different(truth: list[str], ours: list[str]) -> tuple[int, int]:
    """Letters of the transcript that we read otherwise, and such letters where the transcript is no Vietnamese but our reading is."""
    count = mistaken = 0
    for tag, start, end, first, last in difflib.SequenceMatcher(None, truth, ours, autojunk=False).get_opcodes():
        if tag != "equal":
            there, here = " ".join(truth[start:end]), " ".join(ours[first:last])
            same = sum(block.size for block in difflib.SequenceMatcher(None, there, here, autojunk=False).get_matching_blocks())
            if not_syllables(here) == 0 < not_syllables(there):
                mistaken += len(there) - same
            else:
                count += len(there) - same
            for line in (f"      transcript: {there[:100]}", f"      read:       {here[:100]}"):
                print(line)
    return count, mistaken


def not_syllables(text: str) -> int:
    return sum(not word.isascii() and not is_syllable(word) for word in re.findall(r"[^\W\d_]+", text))
