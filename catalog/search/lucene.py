"""The query language of CKAN's `q` and `fq`, parsed into a tree; nothing of it is ever pasted into a query.

What is understood: words, "phrases", `field:word`, `field:(a OR "b c")`, `*` and `?`, `[a TO b]` and `{a TO b}`,
`field:*`, `*:*`, AND OR NOT && || ! + -, and backslash escapes. Boosts and fuzziness are read and ignored.
Clauses without an operator between them must all hold.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.errors import SearchRefused

MAX_LENGTH, MAX_CLAUSES, MAX_DEPTH, MAX_WILDCARDS = 20_000, 1_000, 20, 4


class SearchSyntax(SearchRefused):
    """The text cannot be parsed; `message` says where."""


@dataclass(frozen=True, slots=True)
class Everything:
    """`*:*`"""


@dataclass(frozen=True, slots=True)
class Words:
    """A word, or a phrase of several; `field` None is the default field."""

    field: str | None
    text: str
    phrase: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A word with `*` (anything) or `?` (one character)."""

    field: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Between:
    """A range; None is open."""

    field: str | None
    low: str | None
    high: str | None
    with_low: bool = True
    with_high: bool = True


@dataclass(frozen=True, slots=True)
class Not:
    """What does not match the node."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """What matches every node."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What matches at least one of the nodes."""

    nodes: tuple[Node, ...]


Node = Everything | Words | Pattern | Between | Not | And | Or

_TOKENS = re.compile(
    r"""\s*(?:
        (?P<phrase>"(?:[^"\\]|\\.)*")(?:~\d+)?(?:\^[\d.]+)?
      | (?P<range>[\[{]\s*(?P<low>"(?:[^"\\]|\\.)*"|[^\s\]}]+)\s+TO\s+(?P<high>"(?:[^"\\]|\\.)*"|[^\s\]}]+)\s*[\]}])
      | (?P<open>\()
      | (?P<close>\))(?:\^[\d.]+)?
      | (?P<operator>(?:AND|OR|NOT)(?=[\s()]|$)|&&|\|\|)
      | (?P<modifier>[+!-])(?=\S)
      | (?P<field>(?:\*|[A-Za-z_](?:[\w.-]|\\.)*)):
      | (?P<word>(?:[^\s()\[\]{}":\\^~]|\\.|(?<=\S):)+)(?:~[\d.]*)?(?:\^[\d.]+)?
    )""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\(.)")
_BINARY = {"AND": "and", "&&": "and", "OR": "or", "||": "or"}


def parse(text: str, parameter: str = "q") -> Node:
    """The tree of a query; SearchSyntax where it cannot be understood."""
    if text.lstrip().startswith("{!"):
        raise SearchSyntax(f"Local parameters are not supported in param '{parameter}'.")
    if len(text) > MAX_LENGTH:
        raise SearchSyntax(f"The query is longer than {MAX_LENGTH} characters.")
    return _Parser(text).whole()


@dataclass(slots=True)
class _Token:
    kind: str
    text: str
    at: int
    match: re.Match[str]


class _Parser:
    """A descent over the tokens: alternatives, then conjunctions, then one clause."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = self._split(text)
        self._next = 0

    def _split(self, text: str) -> list[_Token]:
        tokens, at, end = [], 0, len(text.rstrip())
        while at < end:
            match = _TOKENS.match(text, at)
            if match is None:
                raise self._refusal(at)
            kind = "range" if match["range"] else match.lastgroup or ""
            tokens.append(_Token(kind, match[kind], match.start(kind), match))
            at = match.end()
        if len(tokens) > 4 * MAX_CLAUSES:
            raise SearchSyntax(f"The query has more than {MAX_CLAUSES} clauses.")
        return tokens

    def _refusal(self, at: int) -> SearchSyntax:
        return SearchSyntax(f"Cannot parse '{self._text[:200]}' at column {at + 1}.")

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self) -> _Token:
        token = self._peek()
        if token is None:
            raise self._refusal(len(self._text))
        self._next += 1
        return token

    def whole(self) -> Node:
        node = self._either(None, 0)
        if (left := self._peek()) is not None:
            raise self._refusal(left.at)
        return node

    def _either(self, field: str | None, depth: int) -> Node:
        nodes = [self._every(field, depth)]
        while (token := self._peek()) and token.kind == "operator" and _BINARY.get(token.text) == "or":
            self._take()
            nodes.append(self._every(field, depth))
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def _every(self, field: str | None, depth: int) -> Node:
        nodes = [self._clause(field, depth)]
        while (token := self._peek()) and token.kind != "close":
            if token.kind == "operator" and token.text in _BINARY:
                if _BINARY[token.text] == "or":
                    break
                self._take()
            nodes.append(self._clause(field, depth))
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes))

    def _clause(self, field: str | None, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise SearchSyntax(f"The query is nested deeper than {MAX_DEPTH}.")
        token = self._take()
        if token.kind == "operator" and token.text == "NOT" or token.kind == "modifier" and token.text in "-!":
            return Not(self._clause(field, depth + 1))
        if token.kind == "modifier":
            return self._clause(field, depth + 1)
        if token.kind == "field":
            return self._clause(_ESCAPED.sub(r"\1", token.text), depth + 1)
        if token.kind == "open":
            node = self._either(field, depth + 1)
            if self._take().kind != "close":
                raise self._refusal(token.at)
            return node
        return self._leaf(field, token)

    def _leaf(self, field: str | None, token: _Token) -> Node:
        if token.kind == "phrase":
            return Words(field, _ESCAPED.sub(r"\1", token.text[1:-1]), phrase=True)
        if token.kind == "range":
            low, high = (_bound(token.match[end]) for end in ("low", "high"))
            return Between(field, low, high, token.text[0] == "[", token.text[-1] == "]")
        if token.kind != "word":
            raise self._refusal(token.at)
        if token.text == "*":
            return Everything() if field in (None, "*") else Between(field, None, None)
        bare = _ESCAPED.sub("", token.text)
        wildcards = bare.count("*") + bare.count("?")
        if wildcards > MAX_WILDCARDS:
            raise SearchSyntax(f"A word has more than {MAX_WILDCARDS} wildcards.")
        if wildcards:
            return Pattern(field, token.text)
        return Words(field, _ESCAPED.sub(r"\1", token.text))


def _bound(text: str) -> str | None:
    if text == "*":
        return None
    return _ESCAPED.sub(r"\1", text[1:-1] if text.startswith('"') else text)
