"""One column: what all its cells prove, and what a cell of it was meant to be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal, localcontext
from functools import cached_property
from typing import Any

from frictionless import Field
from frictionless.schema import Schema

from catalog.validation.repair import dates, numbers, texts
from catalog.validation.repair.answers import ANSWERED, answered
from catalog.validation.repair.placed_names import names_of
from catalog.validation.repair.proposals import Proposal, Reading, decided, plain
from catalog.validation.repair.unit_names import Named, Period, Within

NUMBERS = ("number", "integer")
MOMENTS = ("date", "datetime")
MISSING, UNIT = "", "unit"
EXACT = 200  # digits of a product
ASKED = texts.ASKED | {dates.AS_NUMBER}


class Column:
    """Gathers what the cells of a field say, then proposes. `look` at every cell first, the good ones too."""

    def __init__(self, descriptor: Mapping[str, Any], missing: tuple[str, ...] = ("",), times: Decimal | None = None, answers: Collection[str] = ()) -> None:
        """With `times`, each number is multiplied by it: the column counts in another unit than the field. `answers` are what a person said."""
        self._times = times
        self.kind = descriptor.get("type", "any")
        self._field = _field(descriptor)
        self._constraints: Mapping[str, Any] = descriptor.get("constraints") or {}
        self._words = " ".join(str(descriptor.get(key, "")) for key in ("title", "description", "unit")).casefold()
        self._missing, self._answers = missing, answers
        self._codes = names_of(str(descriptor["codes"])) if "codes" in descriptor else None
        self._ordinary = descriptor.get("decimalChar", ".") == "." and not descriptor.get("groupChar")
        self._dates, self._numbers = dates.DateEvidence(), numbers.NumberEvidence(whole=self.kind == "integer")

    @cached_property
    def _read(self) -> Callable[[Any], tuple[Any, Any]]:
        return self._field.create_cell_reader()

    def look(self, cell: str) -> None:
        """Learn from one cell."""
        text = plain(cell)
        if self.kind in MOMENTS:
            self._dates.look(text)
        elif self.kind in NUMBERS and self._ordinary:
            self._numbers.look(text)

    def is_valid(self, value: str) -> bool:
        """Whether frictionless takes the value for this field, its constraints included."""
        if value in self._missing:
            return not self._constraints.get("required")
        return self._read(value)[1] is None

    def value(self, text: str) -> Hashable:
        """What a text is for the field, so that two ways to write it are the same; the text itself where it is nothing."""
        found, notes = self._read(text)
        if notes or text in self._missing:
            return plain(text)
        return found if self.kind in NUMBERS else repr(found)

    def read(self, text: str) -> Any:
        """What frictionless reads in a text; None where that is nothing, or breaks a constraint."""
        return self._read(text)[0] if text not in self._missing and self.is_valid(text) else None

    def proposal(self, cell: str, on: Period | None = None, within: Within = ()) -> Proposal | None:
        """What the cell was meant to be, by the column or else by what a person answered; None where it is fine or nobody can say.

        `on` is the date of its row, by which a name has its code, and `within` the cells that tell what the unit lies in.
        """
        found = self._proven(cell, on, within)
        if not self._answers or (found is not None and found.certain):
            return found
        return answered(found, self, self._answers) if found is not None else self._read_otherwise(cell)

    @property
    def counts(self) -> bool:
        """Whether its cells are numbers."""
        return self.kind in NUMBERS

    def _read_otherwise(self, cell: str) -> Proposal | None:
        """A valid number that is another one in the writing which a person named for the column: 1.234 for 1234."""
        amount = numbers.parts(plain(cell)) if self.kind == "number" and self._ordinary and "vietnamese" in self._answers else None
        value = numbers.as_written(amount.digits, numbers.VIETNAMESE) if amount is not None and "." in amount.digits and not amount.percent else None
        if amount is None or value is None or not self.is_valid(value):
            return None
        reading = Reading(("-" if amount.negative else "") + value, numbers.VIETNAMESE)
        return Proposal(before=cell, after=reading.value, rule=ANSWERED, readings=(reading,))

    def _proven(self, cell: str, on: Period | None, within: Within) -> Proposal | None:
        if cell in self._missing:
            return None
        if self._times is not None:
            return self._converted(cell, self._times)
        valid = self.is_valid(cell)
        if valid and not self._is_misread(plain(cell)):
            return None
        if self._codes is not None and (named := self._codes.codes(plain(cell), on, within)) is not None:
            return self._coded(cell, named)
        readings, ask = self._readings(cell)
        sound = [reading for reading in readings if self.is_valid(reading.value)]
        ask = ask or all(reading.rule in ASKED for reading in sound)
        found = decided(cell, sound, ask=ask)
        return None if found is None or found.after == cell else found

    def _coded(self, cell: str, named: Named) -> Proposal | None:
        """The code of a name, with why it is asked where it is not certain."""
        found = decided(cell, [reading for reading in named.readings if self.is_valid(reading.value)], ask=named.ask)
        return replace(found, because=named.because) if found is not None and not found.certain else found

    def _converted(self, cell: str, times: Decimal) -> Proposal | None:
        """The number in the unit of the field; one that can be read in several ways is asked about in each."""
        text = plain(cell)
        found, ask = ([Reading(text, UNIT)], False) if self._number(text) is not None and not self._is_misread(text) else self._readings(cell)
        readings = [Reading(self._multiplied(value, times), UNIT) if (value := self._number(reading.value)) is not None else reading for reading in found]
        return decided(cell, [reading for reading in readings if self.is_valid(reading.value)], ask=ask)

    def _number(self, text: str) -> Decimal | None:
        """The number that the field's type reads in a text, whatever its constraints say."""
        try:
            value = Decimal(text)
        except ArithmeticError:
            return None
        return value if value.is_finite() and text.isascii() and self.kind in NUMBERS else None

    def _multiplied(self, value: Decimal, times: Decimal) -> str:
        """The exact product, without an exponent and without idle noughts."""
        with localcontext() as context:
            context.prec = EXACT
            product = (value * times).normalize()
        return f"{product:f}"

    def _is_misread(self, text: str) -> bool:
        """Whether a cell is valid, but as another number than the whole column's writing says: 1.234 for 1234."""
        if self.kind != "number" or not self._ordinary or self._numbers.writings() != (numbers.VIETNAMESE,):
            return False
        amount = numbers.parts(text)
        return amount is not None and "." in amount.digits and self._numbers.is_proven(amount.digits)

    def _readings(self, cell: str) -> tuple[list[Reading], bool]:
        """Every way to read the cell, and whether it must be asked even if there is only one."""
        text = plain(cell)
        if text.casefold() in texts.NOT_COLLECTED:
            return [Reading(MISSING, "not-collected")], False
        if text.casefold() in texts.PERHAPS_NOT_COLLECTED:
            return [Reading(MISSING, "not-collected")], True
        if text != cell and self.is_valid(text):
            return [Reading(text, "blanks")], False
        if text in ("-", "–", "—", "x", "X") and self.kind != "boolean":
            return [Reading(MISSING, "no-value")], True
        if self.kind in NUMBERS:
            return self._as_number(text) if self._ordinary else ([], False)
        if self.kind in MOMENTS:
            return list(self._dates.readings(text, self.kind)), False
        return self._as_word(text, cell)

    def _as_number(self, text: str) -> tuple[list[Reading], bool]:
        readings, ask = [], False
        for reading, amount in self._numbers.readings(text):
            found = list(self._scaled(reading, amount)) if amount.percent else [reading]
            if self.kind == "integer":
                found = [Reading(whole, one.rule) for one in found if (whole := numbers.as_whole(one.value)) is not None]
            readings += found
            ask = ask or not self._numbers.is_proven(amount.digits) or not self._numbers.is_signed(amount) or (
                amount.percent and not self._says_percent and not self._is_share)
        return readings, ask

    @property
    def _says_percent(self) -> bool:
        return "%" in self._words or "phần trăm" in self._words

    @property
    def _is_share(self) -> bool:
        """Whether the field counts in parts of one."""
        most = self._constraints.get("maximum")
        return self.kind == "number" and most is not None and float(most) <= 1

    def _scaled(self, reading: Reading, amount: numbers.Amount) -> Iterator[Reading]:
        """A percentage as the field counts: as it stands where its words say percent, else both ways."""
        if self._says_percent:
            yield Reading(reading.value, "percent")
            return
        yield Reading(reading.value, "percent")
        yield Reading(numbers.hundredth(reading.value), "percent-of-one")

    def _as_word(self, text: str, cell: str) -> tuple[list[Reading], bool]:
        if self.kind == "boolean":
            found = list(texts.truth(text, "true", "false"))
            return [reading for reading, _ in found], not all(certain for _, certain in found)
        if self.kind == "yearmonth":
            return list(dates.months(text)), False
        if self.kind == "year":
            return list(dates.years(text)), False
        if allowed := self._constraints.get("enum"):
            return list(texts.of_list(text, allowed)), False
        if self.kind == "string":
            if "pattern" not in self._constraints:
                return [], False  # nothing says how it is to be written
            return [*texts.respelt(cell), *dates.quarters(text), *dates.months_as_text(text), *dates.years(text)], False
        return [], False


def _field(descriptor: Mapping[str, Any]) -> Field:
    """The field as frictionless reads it, inside a schema so that it knows its missing values."""
    return Schema.from_descriptor({"fields": [{key: value for key, value in descriptor.items() if key != "titles"}]}).fields[0]
