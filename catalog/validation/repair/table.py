"""The repair of a whole table: what is certainly meant in its wrong cells, what must be asked, and the corrected file."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TextIO

from catalog.reading.grid import letter
from catalog.validation import engine
from catalog.validation.faulty import Faulty
from catalog.validation.repair.answers import Answers, cause, options
from catalog.validation.repair.column import Column
from catalog.validation.repair.keys import Key, keys_of
from catalog.validation.repair.marks import Cells, marks_of
from catalog.validation.repair.proposals import Proposal
from catalog.validation.repair.row_dates import RowDate, dating
from catalog.validation.repair.row_places import RowPlaces, enclosing
from catalog.validation.repair.unit_names import Period, Within
from schemas.units import unit_of, without_unit

OF_CELLS = ("type-error", "constraint-error")
REMEMBERED = 50_000  # different cells of a column whose proposals are kept
CHOICES = 5  # readings shown of one question


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One cell that is repaired: its row (from 1, as a spreadsheet counts) and the letter of its column."""

    row: int
    column: str
    before: str
    after: str
    rule: str

    def to_dict(self) -> dict[str, Any]:
        return {"row": self.row, "column": self.column, "before": self.before, "after": self.after, "rule": self.rule}


@dataclass(slots=True)
class Asked:
    """Cells of one column and one cause that have readings but no certain one: how many, and the first with its readings.

    `more` says that there are other readings than the `choices`. `options` are the answers that a person may give, each with what it makes of the first cell; none where it has to be mended by hand.
    `because` says why the first cell is asked, in both languages, where more than the readings is to be said.
    """

    count: int = 0
    cell: str = ""
    text: str = ""
    choices: tuple[str, ...] = ()
    more: bool = False
    options: Mapping[str, str] = field(default_factory=dict)
    because: Mapping[str, str] | None = None


@dataclass(slots=True)
class _Repaired:
    """A column under repair, with the proposals of its different cells, and what dates and places its rows where that matters."""

    column: Column
    dated: RowDate | None = None
    places: RowPlaces | None = None
    known: dict[str | tuple[str, Period | None, Within], Proposal | None] = field(default_factory=dict)

    def proposal(self, cell: str, row: list[Any]) -> Proposal | None:
        on = self.dated.period(row) if self.dated is not None else None
        within = self.places.texts(row) if self.places is not None else ()
        key = (cell, on, within) if on or within else cell
        if key not in self.known and len(self.known) < REMEMBERED:
            self.known[key] = self.column.proposal(cell, on, within)
        return self.known[key] if key in self.known else self.column.proposal(cell, on, within)


class Repair:
    """The repair of one table. The rows are read once to learn what its columns prove, and again for each use.

    `answers` are what a person said of the questions of a column (see `answers.py`).
    """

    def __init__(self, faulty: Faulty, answers: Answers | None = None) -> None:
        self._faulty, self._layout, self._answers = faulty, faulty.layout, answers or {}

    @cached_property
    def _columns(self) -> dict[int, _Repaired]:
        """The columns with wrong cells by their number from 0, after a look at all their cells."""
        descriptor = self._layout.schema.descriptor if self._layout.schema else {}  # whose names the report's errors have
        entries = {entry["name"]: entry for entry in descriptor.get("fields", [])}
        missing = tuple(descriptor.get("missingValues", [""]))
        wrong = {error["fieldNumber"] - 1: error.get("fieldName", "") for error in engine.all_errors(self._faulty.report)
                 if error["type"] in OF_CELLS and error.get("fieldNumber")}
        times = {measure.column: measure.times for measure in self._faulty.measures if measure.differs}
        wrong |= {number: self._layout.field_name(self._layout.labels[number]) for number in times}

        def column(number: int, name: str) -> Column:
            return Column(entries[name], missing, times.get(number), self._answers.get(letter(number + 1), ()))

        found = {number: _Repaired(column(number, name)) for number, name in wrong.items() if name in entries}
        looked = {number: repaired.column for number, repaired in found.items()}
        places = {self._layout.field_name(label): number for number, label in reversed(list(enumerate(self._layout.labels)))}
        for number, repaired in found.items():
            if (by := dating(entries[wrong[number]], entries)) in places:
                repaired.dated = RowDate(places[by], looked.setdefault(places[by], column(places[by], by)))
            if around := tuple(places[name] for name in enclosing(entries[wrong[number]], entries) if name in places):
                repaired.places = RowPlaces(around)
        for _, row in self._layout.body():
            for number, one in looked.items():
                if number < len(row) and isinstance(row[number], str):
                    one.look(row[number])
        return found

    @cached_property
    def _keys(self) -> list[Key]:
        """The keys that could be repeated, after a look at all rows."""
        found = keys_of(self._layout, {number: repaired.column for number, repaired in self._columns.items()})
        for _, row in self._layout.body() if found else ():
            proposals = self._proposals(row)
            for key in found:
                key.look(row, proposals)
        return found

    def _proposals(self, row: list[Any]) -> dict[int, Proposal]:
        """What is proposed for a row, whatever other rows hold."""
        return {number: proposal for number, repaired in self._columns.items()
                if number < len(row) and isinstance(row[number], str) and (proposal := repaired.proposal(row[number], row))}

    def rows(self) -> Iterator[tuple[int, list[Any], dict[int, Proposal]]]:
        """Each row of the table's body with its number, its cells, and the proposals for some of them by column from 0."""
        for at, row in self._layout.body():
            found = self._proposals(row)
            for key in self._keys:
                found = key.checked(row, found)
            yield at, row, found

    def sheet(self) -> Iterator[tuple[int, list[Any], dict[int, Proposal]]]:
        """Every row of the sheet as it stands in the file, those that are no data too, with the proposals as `rows` has them."""
        body = self.rows()
        following = next(body, None)
        for at, row in enumerate(self._faulty.grid.rows(), start=1):
            found: dict[int, Proposal] = {}
            if following is not None and following[0] == at:
                found, following = following[2], next(body, None)
            yield at, row, found

    def changes(self) -> Iterator[Change]:
        """Every cell that is certainly repaired, row by row."""
        for at, row, found in self.rows():
            for number, proposal in sorted(found.items()):
                if proposal.after is not None:
                    yield Change(row=at, column=letter(number + 1), before=row[number], after=proposal.after, rule=proposal.rule)

    def headings(self) -> dict[int, str]:
        """The new headings of the columns that are converted, by number from 0: the field's title with its unit."""
        found = {}
        for measure in (measure for measure in self._faulty.measures if measure.differs):
            title = str(self._layout.entry(self._layout.field_name(measure.label)).get("title", measure.label))
            found[measure.column] = title if unit_of(title) == measure.wanted else f"{without_unit(title)} ({measure.wanted})"
        return found

    def summary(self, most: int = 1000) -> Summary:
        """All changes counted, the first `most` listed, the questions by column, and which causes are certain as a whole."""
        summary, marks, mended = Summary(), marks_of(self._faulty), Counter[int]()
        for at, row, found in self.rows():
            mended.update(_mended(marks.rows.get(at, {}), found))
            for number, proposal in sorted(found.items()):
                column = letter(number + 1)
                if proposal.after is None:
                    open_to = options(proposal, self._columns[number].column) if number in self._columns else {}
                    asked = summary.questions[column, cause(open_to)]
                    asked.count += 1
                    if asked.count == 1:
                        asked.cell, asked.text, asked.options = f"{column}{at}", row[number], open_to
                        asked.because = proposal.because
                        values = tuple(dict.fromkeys(reading.value for reading in proposal.readings))
                        asked.choices, asked.more = values[:CHOICES], len(values) > CHOICES
                    continue
                summary.certain[column] += 1
                if len(summary.changes) < most:
                    summary.changes.append(Change(row=at, column=column, before=row[number], after=proposal.after, rule=proposal.rule))
        summary.settled = frozenset(number for number, (cause, _) in enumerate(self._faulty.causes) if mended[number] == cause.count)
        return summary

    def write_csv(self, out: TextIO) -> int:
        """The sheet with every certain repair, as CSV; returns how many cells were changed.

        Every row of the file is there, in order: titles, units, the header, totals and notes too. A column whose values are in another unit
        now has the field's title for its heading.
        """
        writer, changed, headings = csv.writer(out, lineterminator="\n"), 0, self.headings()
        for at, row, found in self.sheet():
            if at == self._layout.header_row:
                row = [headings.get(number, cell) for number, cell in enumerate(row)]
            for number, proposal in found.items():
                if proposal.after is not None:
                    row[number], changed = proposal.after, changed + 1
            writer.writerow(["" if cell is None else cell for cell in row])
        return changed


@dataclass(slots=True)
class Summary:
    """What a repair would do: changes listed and counted by column, and what must be asked by column."""

    changes: list[Change] = field(default_factory=list)
    certain: Counter[str] = field(default_factory=Counter)
    questions: dict[tuple[str, tuple[str, ...]], Asked] = field(default_factory=lambda: defaultdict(Asked))  # by column and what kind of answers it leaves
    settled: frozenset[int] = frozenset()  # the numbers of the causes of which every cell is certainly repaired

    @property
    def total(self) -> int:
        return self.certain.total()

    @property
    def asked(self) -> dict[str, Asked]:
        """The questions of each column taken together, as the first of them."""
        found: dict[str, Asked] = {}
        for (column, _), asked in self.questions.items():
            found[column] = replace(found[column], count=found[column].count + asked.count) if column in found else asked
        return found

    def details(self, causes: list[Mapping[str, Any]], titles: Mapping[str, str]) -> dict[str, Any]:
        """For the key `haidang` of `haidang validate --json`: the causes with what is certain of them, the repair, the questions.

        `titles` are the columns' titles by their letters.
        """
        return {
            "causes": [{**cause, "certain": number in self.settled} for number, cause in enumerate(causes)],
            "repair": {"count": self.total, "changes": [change.to_dict() for change in self.changes]},
            "questions": [_question(column, titles.get(column, column), asked) for (column, _), asked in sorted(self.questions.items())],
        }


def _mended(wrong: Cells, proposals: Mapping[int, Proposal]) -> Iterator[int]:
    """The causes of a row's cells that are certainly repaired."""
    for number, causes in wrong.items():
        if number in proposals and proposals[number].certain:
            yield from causes


def _question(column: str, title: str, asked: Asked) -> dict[str, Any]:
    choices = [*(choice or "–" for choice in asked.choices), *(["…"] if asked.more else [])]
    because = {lang: f"{words} " for lang, words in asked.because.items()} if asked.because else {"vi": "", "en": ""}
    return {
        "about": "cells", "where": column, "count": asked.count, "cell": asked.cell, "text": asked.text, "choices": list(asked.choices), "answers": dict(asked.options),
        "because": dict(asked.because or {}),
        "vi": f"Cột {column} “{title}”: {asked.count} ô như “{asked.text}” (ô {asked.cell}) có thể là {' hay '.join(choices)}; chưa đủ căn cứ để tự sửa. "
              f"{because['vi']}Hãy cho biết cách đọc đúng.",
        "en": f"Column {column} “{title}”: {asked.count} cells such as “{asked.text}” ({asked.cell}) may be {' or '.join(choices)}; nothing proves which. "
              f"{because['en']}Say which reading is right.",
    }
