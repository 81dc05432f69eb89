"""Which words with diacritics a search without them was understood as."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from catalog.search import folded_word
from web.search.shown import Row


def read(text: str, rows: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    """Pairs of a word as typed and the commonest word with diacritics that it found on this page.

    A word typed with diacritics, or found as it was typed, was understood as it is.
    """
    found: dict[str, Counter[str]] = {}
    for row in rows:
        for piece, looked_for in (*row.title, *row.line):
            if looked_for:
                found.setdefault(folded_word(piece), Counter())[piece.lower()] += 1
    pairs = []
    for word in dict.fromkeys(text.lower().split()):
        if word.isascii() and word in found and word not in found[word]:
            pairs.append((word, found[word].most_common(1)[0][0]))
    return tuple(pairs)
