"""A few words of a text around what was looked for, with or without its diacritics."""

from __future__ import annotations

import re
from functools import lru_cache

from catalog.names import fold, nfc
from catalog.search.asking import words_of

folded_word = lru_cache(maxsize=20_000)(fold)  # a page of results holds the same few words again and again
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=256)
def _wanted(looked_for: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words_of(looked_for))


def marked(text: str, looked_for: str, *, length: int = 200) -> list[tuple[str, bool]]:
    """A part of the text of about `length` characters, as pieces of which those that were looked for are True.

    Plain text: whoever shows the pieces escapes them.
    """
    text = " ".join(nfc(text).split())
    wanted = _wanted(looked_for)
    finds = [match for match in _WORD.finditer(text) if folded_word(match[0]) in wanted] if wanted else []
    start = max(0, finds[0].start() - length // 3) if finds and len(text) > length else 0
    if start:
        start = text.find(" ", start) + 1
    end = start + length
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + length // 2)
    pieces: list[tuple[str, bool]] = [("… ", False)] if start else []
    at = start
    for match in finds:
        if match.start() < start or match.end() > end:
            continue
        if match.start() > at:
            pieces.append((text[at : match.start()], False))
        pieces.append((match[0], True))
        at = match.end()
    if at < min(end, len(text)):
        pieces.append((text[at:end], False))
    if end < len(text):
        pieces.append((" …", False))
    return pieces
