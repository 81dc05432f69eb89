"""The questions of a draft: which reading of its cells a person has named so far, and which ways there are to read its letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from catalog.reading import encodings
from catalog.reading.grid import letter
from catalog.reading.letters import WESTERN, is_weak, ways_to_read
from catalog.validation import Verdict
from catalog.validation.repair import Repair
from catalog.validation.repair.answers import ANSWERED
from catalog.veil import veiled

LISTED = 200  # repairs by answers that are listed; all are counted


def letters_answered(verdict: Verdict, asked: Mapping[str, Any]) -> dict[str, list[str]]:
    """The answers of a draft, which are kept by the columns' labels, by the letters of this file's columns."""
    labels = verdict.faulty.layout.labels if verdict.faulty is not None else []
    answers = asked.get("answers") or {}
    return {letter(number): list(answers[label]) for number, label in enumerate(labels, start=1) if label in answers}


def questions(verdict: Verdict, answers: Mapping[str, Iterable[str]], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every question of the file, whether answered or not, with the answer that holds."""
    if verdict.faulty is None:
        return []
    return [{**question, "answer": next((word for word in question["answers"] if word in answers.get(question["where"], ())), "")}
            for question in Repair(verdict.faulty).summary(0).details([], titles)["questions"]]


def repaired(repair: Repair, hidden: set[str]) -> dict[str, Any]:
    """The cells that are repaired as a person answered: how many, and the first of them; none of a column that is held."""
    count, changes = 0, []
    for change in repair.changes():
        if change.rule == ANSWERED:
            count += 1
            if len(changes) < LISTED and change.column not in hidden:
                changes.append(change.to_dict())
    return {"count": count, "changes": changes}


def read_as(path: Path, name: str, aside: Path) -> bool:
    """Write the file anew in UTF-8, its letters read as a person named; False where nobody did, or it is in UTF-8 already."""
    if name not in (*encodings.LEGACY, WESTERN):
        return False
    try:
        for _ in encodings.decoded(path, "utf-8-sig"):
            pass
    except UnicodeDecodeError:
        encodings.transcode(path, encodings.Encoding(name=name, codec=name, decided_by="a person"), aside)
        aside.replace(path)
        return True
    return False


def letters(verdict: Verdict, path: Path) -> list[dict[str, Any]]:
    """The ways to read the letters, where neither the bytes nor the words tell for certain; numbers in the samples are veiled."""
    unread = any(issue.code == "encoding-unknown" for issue in verdict.issues)
    decided = (verdict.details.get("encoding") or {}).get("decided_by")
    if not unread and decided != "syllables":
        return []
    ways = ways_to_read(path)
    if not unread and not is_weak(ways):
        return []
    return [{**asdict(way), "sample": [veiled(line) for line in way.sample]} for way in ways]
