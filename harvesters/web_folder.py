"""A folder as a web server lists it: followed downwards within limits and robots.txt; what is left out is said."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import Answer, Net
from harvesters import listing

FOLDERS, DEPTH = 200, 6  # a listing that leads to more is a maze


@dataclass
class Walk:
    """One walk through a listing and, where it is `recursive`, through the listings below it."""

    net: Net
    recursive: bool
    kept_out: Issue | None = None
    is_cut: bool = False

    def files(self, start: Answer) -> Iterator[tuple[str, listing.Entry]]:
        """Every file with its path below the folder that was asked for first; Trouble where a folder of it cannot be read."""
        root = listing.folder_of(start.url)
        asked, waiting = {root}, deque([(start.url, 0)])
        while waiting:
            url, depth = waiting.popleft()
            answer = start if depth == 0 else self.net.get(url)
            page, folder = answer.body.decode("utf-8", "replace"), listing.folder_of(answer.url)
            if not listing.has_links(page):
                raise Trouble(Issue("listing-of-another-kind", Place(url=url), {"expected": "<a href>"}))
            for entry in listing.entries(page, folder):
                if not entry.url.startswith(root) or not self._may_crawl(entry.url):
                    continue
                if not entry.is_folder:
                    yield listing.relative(folder, root) + entry.path, entry
                elif self.recursive and entry.url not in asked:
                    if depth >= DEPTH or len(asked) >= FOLDERS:
                        self.is_cut = True
                        continue
                    asked.add(entry.url)
                    waiting.append((entry.url, depth + 1))

    def _may_crawl(self, url: str) -> bool:
        """Whether robots.txt lets us follow a link; what it keeps from us is not taken for gone."""
        try:
            self.net.require_crawlable(url)
        except Trouble as trouble:
            if trouble.issue.code != "robots-disallowed":
                raise
            self.kept_out = self.kept_out or trouble.issue
            return False
        return True

    def shortfall(self, url: str, found: int) -> Issue | None:
        """Why what is missing from the `found` files proves nothing; None where all was seen."""
        cut = Issue("listing-incomplete", Place(url=url), {"found": found, "total": f"> {found}"})
        return self.kept_out or (cut if self.is_cut else None)
