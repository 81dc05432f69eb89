"""What rows are asked for, as SQL: columns of the table by their quoted names, everything else as bound values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.errors import Invalid
from catalog.names import fold, nfc
from catalog.tables.columns import ID, SIGNS, WORDS, quoted
from catalog.tables.serving import Table, folded, sign_of

OPERATORS = {"eq": "=", "ne": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
MAX_VALUES, MAX_DEPTH = 10_000, 5  # of one query, and of `$and` within `$or` within …
SIGNED = 8  # words of a search whose signs are looked at
_TOKEN = re.compile(r"\s*(?:([&|!()])|(<->)|([^\s&|!()<:*]+)(:\*)?)")


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL with the values that are bound to its question marks, in order."""

    text: str
    values: tuple[Any, ...] = ()


TRUE, FALSE = Sql("TRUE"), Sql("FALSE")


def joined(word: str, parts: Sequence[Sql]) -> Sql:
    """The conditions joined by AND or OR; nothing joined holds for AND only."""
    if not parts:
        return TRUE if word == "AND" else FALSE
    return Sql("(" + f" {word} ".join(part.text for part in parts) + ")", tuple(value for part in parts for value in part.values))


def compared(table: Table, column: str, operator: str, value: Any) -> Sql:
    """One column compared with a value, a list of values (`in`, `nin`), or None; the column must be one of the table."""
    name, kind = quoted(column), table.types[column]
    if operator in ("in", "nin"):
        given = [item for item in value if item is not None]
        marks = ", ".join([f"CAST(? AS {kind})"] * len(given))
        found = joined("OR", [*([Sql(f"{name} IN ({marks})", tuple(map(_bindable, given)))] if given else []),
                              *([Sql(f"{name} IS NULL")] if len(given) < len(value) else [])])
        return found if operator == "in" else Sql(f"(NOT coalesce({found.text}, FALSE))", found.values)
    if value is None:
        return Sql(f"{name} IS {'NOT ' if operator == 'ne' else ''}NULL")
    return Sql(f"{name} {OPERATORS[operator]} CAST(? AS {kind})", (_bindable(value),))


def _bindable(value: Any) -> Any:
    if isinstance(value, str):
        return nfc(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value) if isinstance(value, int) and abs(value) >= 2**63 else value


def filtered(table: Table, filters: Mapping[str, Any]) -> tuple[Sql, dict[str, Any] | None]:
    """CKAN's filters as a condition, and as CKAN echoes it (`filterops`); Invalid for a column or operator that is not there."""
    parts, said = _conjunction(table, filters, 0)
    if sum(len(part.values) for part in parts) > MAX_VALUES:
        raise Invalid({"filters": [f"At most {MAX_VALUES} values"]})
    return joined("AND", parts), _echo("$and", said) if said else None


def _echo(operator: str, said: list[dict[str, Any]]) -> dict[str, Any]:
    return said[0] if len(said) == 1 and operator == "$and" else {"op": operator, "field": None, "value": said}


def _conjunction(table: Table, filters: Any, depth: int) -> tuple[list[Sql], list[dict[str, Any]]]:
    if not isinstance(filters, Mapping) or depth > MAX_DEPTH:
        raise Invalid({"filters": ["Not a dict" if depth <= MAX_DEPTH else "Nested too deeply"]})
    parts: list[Sql] = []
    said: list[dict[str, Any]] = []
    for name, value in filters.items():
        if name in ("$or", "$and"):
            part, echo = _nested(table, name, value, depth)
            parts.append(part)
            said.append(echo)
        elif name not in table.types:
            raise Invalid({"filters": [f"Unknown field: {name}"]})
        else:
            for operator, wanted in _operations(value):
                parts.append(compared(table, name, operator, wanted))
                said.append({"op": operator, "field": name, "value": wanted})
    return parts, said


def _nested(table: Table, name: str, value: Any, depth: int) -> tuple[Sql, dict[str, Any]]:
    if not isinstance(value, list):
        raise Invalid({"filters": [f"{name} needs a list"]})
    inner = [_conjunction(table, item, depth + 1) for item in value]
    part = joined("OR" if name == "$or" else "AND", [joined("AND", conditions) for conditions, _ in inner])
    return part, {"op": name, "field": None, "value": [_echo("$and", said) for _, said in inner]}


def _operations(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, list):
        return [("in", value)]
    if not isinstance(value, Mapping):
        return [("eq", value)]
    for operator, wanted in value.items():
        if operator not in (*OPERATORS, "in", "nin") or (operator in ("in", "nin")) != isinstance(wanted, list):
            raise Invalid({"filters": [f"Unknown operator: {operator}"]})
    return list(value.items())


def worded(table: Table, text: str, *, column: str | None = None, plain: bool = True) -> tuple[Sql, Sql]:
    """The rows with these words, in any column or in one, and how much of a row's words they are (`rank`).

    Accents and big letters make no difference. `plain` wants every word; without it the text is PostgreSQL's query language:
    `&`, `|`, `!`, brackets, and `:*` for the beginning of a word. Invalid where that cannot be understood.
    """
    where = WORDS if column is None else f"({folded(f'CAST({quoted(column)} AS VARCHAR)')})"
    if plain:
        words = [(word, False) for word in _folded_words(table, text)]
        condition = joined("AND", [_signed([word for word, _ in words]), *(_has(where, *word) for word in words)]) if words else FALSE
    else:
        parser = _Words(table, where, text)
        condition, words = parser.whole(), parser.found
    share = sum(len(word) + 1 for word, _ in words) or 1
    return condition, Sql(f"CAST({share} AS FLOAT) / length({where})")


def _folded_words(table: Table, text: str) -> list[str]:
    bare = fold(nfc(text))
    if bare.isascii():  # the same as DuckDB has it, without its having to read the pattern
        return re.findall(r"[a-z0-9_]+", bare)
    return table.ask(f"SELECT {folded('CAST(? AS VARCHAR)')}", [nfc(text)])[0][0].split()


def _signed(words: Sequence[str]) -> Sql:
    """Holds of every row with the first of the words, and of few others; it is looked at before their text."""
    bits = 0
    for word in words[:SIGNED]:
        bits |= sign_of(word)
    return Sql(f"({SIGNS} & CAST(? AS UBIGINT)) = CAST(? AS UBIGINT)", (bits, bits))


def _has(where: str, word: str, begins: bool) -> Sql:
    found = f"contains({where}, ?)"
    return Sql(found if where == WORDS else f"coalesce({found}, FALSE)", (f" {word}" if begins else f" {word} ",))


class _Words:
    """Reads `snow & (festi:* | !rain)` from left to right."""

    def __init__(self, table: Table, where: str, text: str) -> None:
        self._table, self._where = table, where
        self._tokens, at = [], 0
        while at < len(text.rstrip()):
            match = _TOKEN.match(text, at)
            if match is None or len(self._tokens) > 200:
                self._refuse()
            self._tokens.append(match)
            at = match.end()
        self._at = 0
        self.found: list[tuple[str, bool]] = []

    def whole(self) -> Sql:
        condition = self._either(0)
        if self._peek() is not None:
            self._refuse()
        return condition

    def _refuse(self) -> Any:
        raise Invalid({"query": ["Invalid query"], "info": {"orig": ["syntax error in tsquery"]}})

    def _peek(self) -> str | None:
        return (self._tokens[self._at][1] or self._tokens[self._at][2] or "word") if self._at < len(self._tokens) else None

    def _either(self, depth: int) -> Sql:
        parts = [self._all(depth)]
        while self._peek() == "|":
            self._at += 1
            parts.append(self._all(depth))
        return joined("OR", parts)

    def _all(self, depth: int) -> Sql:
        parts = [self._one(depth)]
        while self._peek() in ("&", "<->"):
            self._at += 1
            parts.append(self._one(depth))
        return joined("AND", parts)

    def _one(self, depth: int) -> Sql:
        kind = self._peek()
        if kind is None or depth > MAX_DEPTH:
            self._refuse()
        token = self._tokens[self._at]
        self._at += 1
        if kind == "!":
            negated = self._one(depth + 1)
            return Sql(f"(NOT {negated.text})", negated.values)
        if kind == "(":
            inner = self._either(depth + 1)
            if self._peek() != ")":
                self._refuse()
            self._at += 1
            return inner
        if kind != "word":
            self._refuse()
        words = [(word, False) for word in _folded_words(self._table, token[3])]
        if token[4] and words:
            words[-1] = (words[-1][0], True)
        self.found += words
        return joined("AND", [_has(self._where, *word) for word in words])


def ordered(table: Table, text: str, field: str = "sort") -> list[tuple[str, bool]]:
    """`a desc, "b c"` as columns and whether each falls; Invalid in CKAN's words for what is no column of the table."""
    found = []
    for clause in re.findall(r'(?:[^,"]|"[^"]*")+', text):
        match = re.fullmatch(r'\s*(?:"([^"]+)"|(.+?))(?:\s+(asc|desc))?(?:\s+nulls\s+(?:first|last))?\s*', clause, re.IGNORECASE)
        name = (match[1] or match[2]) if match else None
        if name not in table.types:
            raise Invalid({field: [f'invalid value "{clause.strip()}"']})
        found.append((name, (match[3] or "").lower() == "desc"))
    return found


def order_by(order: Sequence[tuple[str, bool]], *, tie: bool = True) -> str:
    """The order as SQL, empty cells last when it rises and first when it falls, as PostgreSQL has it; rows that are equal by number."""
    clauses = [f"{quoted(name)} {'DESC NULLS FIRST' if falls else 'ASC NULLS LAST'}" for name, falls in order]
    if tie and ID not in [name for name, _ in order]:
        clauses.append(ID)
    return ", ".join(clauses)
