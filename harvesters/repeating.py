"""Notices a listing that repeats itself: the same page again, or pages that come round in a circle of any length."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """The pages read so far, in three values: `before` is the digest of the last one, `mark` that of the last one whose number was a power
    of two. A circle of any length meets its mark again (Brent's algorithm), and nothing grows with the listing.
    """

    number: int = 0
    before: str = ""
    mark: str = ""

    def repeats(self, names: Sequence[str]) -> bool:
        """Whether a page with these names has been read before."""
        return self.number > 0 and _digest(names) in (self.before, self.mark)

    def after(self, names: Sequence[str]) -> Trail:
        """The trail once this page has been read."""
        number, digest = self.number + 1, _digest(names)
        return Trail(number=number, before=digest, mark=digest if number & (number - 1) == 0 else self.mark)


def _digest(names: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(names)).encode()).hexdigest()[:16]
