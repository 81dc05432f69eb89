"""The answers that somebody gives to the questions of a check: `--answer F=dmy`, by the letter or the name of a column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog.validation.layout import Layout
    from catalog.validation.repair import Repair


def by_column(given: Sequence[str], layout: Layout) -> dict[str, list[str]]:
    """The answers by the letters of the columns; UsageError for one of no column, or in a word that is no answer."""
    from catalog.errors import UsageError
    from catalog.reading.grid import letter
    from catalog.validation.repair.answers import WORDS, province_of

    letters = {letter(number): letter(number) for number in range(1, len(layout.labels) + 1)}
    named = {name: letter(number) for number, label in enumerate(layout.labels, start=1) for name in (label.strip(), layout.field_name(label)) if name}
    found: dict[str, list[str]] = {}
    for text in given:
        name, _, word = text.rpartition("=")
        column = letters.get(name.strip().upper()) or named.get(name.strip())
        if column is None:
            raise UsageError(f"--answer {text}: tệp không có cột “{name}”. Viết như F=dmy, theo chữ hay tên của cột.",
                             f"--answer {text}: the file has no column “{name}”. Write it like F=dmy, by the column's letter or name.")
        if word.strip() not in WORDS and not province_of(word.strip()):
            raise UsageError(f"--answer {text}: “{word}” chưa phải câu trả lời. Các câu trả lời: {', '.join(WORDS)}, in-77.",
                             f"--answer {text}: “{word}” is not an answer. The answers: {', '.join(WORDS)}, in-77.")
        found.setdefault(column, []).append(word.strip())
    return found


def questions(repair: Repair, titles: Mapping[str, str], lang: str) -> Iterator[str]:
    """The questions for a person, each with the answers that it takes."""
    for question in repair.summary(0).details([], titles)["questions"]:
        yield ""
        yield f"? {question[lang]}"
        if question["answers"]:
            said = ", ".join(f"--answer {question['where']}={word} ({value or '–'})" for word, value in question["answers"].items())
            yield f"  → {said}"
