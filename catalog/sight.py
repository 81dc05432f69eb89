"""What an issue or a record is called before a reader: one of a private dataset is counted, and names nothing but its kind.

Only who may act for the agency that has the dataset reads more. Cells that an issue repeats are veiled before everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from catalog.issues import Issue, Place, Said, codes, say
from catalog.models import IssueRow
from catalog.models.sight import ALL
from catalog.veil import veiled_facts

Acts = Callable[[str], bool]  # whether the reader may act for the agency of that id
UNTOLD = {"vi": "Vấn đề của một bộ dữ liệu không công khai.", "en": "An issue of a dataset that is not public."}


class Told(Protocol):
    """What knows by whom it may be read (see `catalog.models.sight`)."""

    @property
    def seen_by(self) -> str: ...


def nobody(agency_id: str) -> bool:
    """A reader who has not signed in acts for no agency."""
    return False


def everybody(agency_id: str) -> bool:
    """Who runs the house acts for every agency."""
    return True


def hidden(told: Told, acts: Acts = nobody) -> bool:
    """Whether the reader may not be told what it names."""
    return told.seen_by != ALL and not acts(told.seen_by)


def issue_of(row: IssueRow, acts: Acts = nobody) -> Issue:
    """The issue as far as the reader may know it: without place and facts where it is hidden."""
    return Issue(row.code) if hidden(row, acts) else Issue(row.code, Place(**row.place), veiled_facts(row.facts))


def said(row: IssueRow, language: str, acts: Acts = nobody) -> Said:
    """The issue in words: that there is one where it is hidden, only its code where an older version of the house wrote it down."""
    if hidden(row, acts):
        return Said(UNTOLD[language], "", "", row.who)
    return say(issue_of(row, acts), language) if row.code in codes() else Said(row.code, "", "", row.who)
