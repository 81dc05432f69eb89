"""What tests of deleting and coming back look at: datasets, open issues, the same site some days later."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import select

from catalog.clock import FrozenClock
from catalog.models import Dataset, IssueRow, Removal
from catalog.site import Site, open_site

GOOD = "ma,ten,so_luong\nA1,Chợ Vũng Tàu,12\nA2,Chợ Bà Rịa,7\n".encode()
BETTER = GOOD + "A3,Chợ Long Điền,5\n".encode()


def open_codes(site: Site) -> list[str]:
    """The codes of the issues that are open, in order."""
    with site.reading() as session:
        return list(session.scalars(select(IssueRow.code).where(IssueRow.closed_at.is_(None)).order_by(IssueRow.code, IssueRow.id)))


def datasets(site: Site) -> dict[str, Dataset]:
    """Every dataset by its identifier."""
    with site.reading() as session:
        return {dataset.identifier: dataset for dataset in session.scalars(select(Dataset))}


def states(site: Site) -> set[str]:
    """The states that datasets are in."""
    return {dataset.state for dataset in datasets(site).values()}


def question(site: Site) -> Removal | None:
    """The open question, if one waits."""
    with site.reading() as session:
        return session.scalar(select(Removal).where(Removal.decision.is_(None)))


@contextmanager
def days_later() -> Iterator:
    """`later(site, days)` opens the same site some days later; all are closed at the end."""
    opened: list[Site] = []

    def open_later(site: Site, days: float) -> Site:
        opened.append(open_site(site.settings, clock=FrozenClock(site.clock.now() + timedelta(days=days))))
        return opened[-1]

    try:
        yield open_later
    finally:
        for one in opened:
            one.engine.dispose()
