"""How many rows were found for the questions that were asked of a table last; a stored table never changes, so neither do these."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

KEPT, LONGEST = 500, 2_000  # questions of one table, and characters of a question with its values


class Counts:
    """The counts of one table, those asked for last; for many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[tuple[str, str], int] = OrderedDict()

    def of(self, sql: str, values: Sequence[Any], count: Callable[[], int]) -> int:
        """What `count` says of the question, said once while the question is kept; values of different types are different questions."""
        question = sql, repr(values)
        with self._lock:
            if question in self._found:
                self._found.move_to_end(question)
                return self._found[question]
        found = count()
        if sum(map(len, question)) <= LONGEST:
            with self._lock:
                self._found[question] = found
                while len(self._found) > KEPT:
                    self._found.popitem(last=False)
        return found
