"""Notices a listing that repeats itself: the same page again, or pages that come round in a circle of any length."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.issues import Issue, Place
from harvesters.base import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """The pages read so far, in three values: `before` is the digest of the last one, `mark` that of the last one whose number was a power
    of two. A circle of any length meets its mark again (Brent's algorithm), and nothing grows with the listing.

    As text, for cursors that are no objects: `number.before.mark`. A digest alone is the page before.
    """

    number: int = 0
    before: str = ""
    mark: str = ""

    @classmethod
    def read(cls, text: str) -> Trail:
        number, *digests = text.split(".") if "." in text else ("1" if text else "0", text, text)
        return cls(number=int(number), before=digests[0], mark=digests[1])

    def __str__(self) -> str:
        return f"{self.number}.{self.before}.{self.mark}"

    def repeats(self, names: Sequence[str]) -> bool:
        """Whether a page with these names has been read before."""
        return self.number > 0 and _digest(names) in (self.before, self.mark)

    def leads_back(self, names: Sequence[str]) -> bool:
        """Whether this page came before the last one: a server without paging gives its one page for ever, and many
        give their last page for any beyond it, but neither does that."""
        return self.repeats(names) and _digest(names) != self.before

    def after(self, names: Sequence[str]) -> Trail:
        """The trail once this page has been read."""
        number, digest = self.number + 1, _digest(names)
        return Trail(number=number, before=digest, mark=digest if number & (number - 1) == 0 else self.mark)


def led_back(url: str, found: int) -> Page:
    """The end of a listing that leads back to an earlier page and does not say how many datasets it has."""
    return Page(items=(), total=found, shortfall=Issue("listing-incomplete", Place(url=url), {"found": found, "total": f"> {found}"}))


def _digest(names: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(list(names)).encode()).hexdigest()[:16]
