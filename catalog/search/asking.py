"""From a question to a query of the index; everything is built from parts, nothing from text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, partial

import tantivy
from tantivy import Occur
from tantivy import Query as Q

from catalog.errors import SearchRefused
from catalog.names import fold, nfc
from catalog.search.documents import KEYWORDS, NUMBERS, TEXTS, schema
from catalog.search.lucene import And, Between, Everything, Node, Not, Or, Pattern, Words
from catalog.search.places import Box
from catalog.search.question import Query

# The fields in which a word of a plain search is looked for, and how much a find there weighs.
WEIGHTS = (("title", 8.0), ("title_f", 4.0), ("name_f", 4.0), ("tags_text", 3.0), ("tags_text_f", 2.0), ("text", 1.5), ("text_f", 1.0))
STEM_WEIGHT = 0.5  # an English word with another ending
TIE = 0.1
ALIASES = {"organization_title": "text", "res_name": "text", "res_description": "text", "tag": "tags", "type": "dataset_type",
           "license": "license_id", "": "text"}
# True of everything in the index.
ALWAYS = {"entity_type": "package"}
_INTEGER_FIELD = tantivy.FieldType.Integer


@cache
def _analyzer() -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    return builder.filter(tantivy.Filter.remove_long(40)).filter(tantivy.Filter.lowercase()).build()


@cache
def _stemmer() -> tantivy.TextAnalyzer:
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).filter(tantivy.Filter.lowercase()).filter(tantivy.Filter.stemmer("english")).build()


def words_of(text: str) -> list[str]:
    """The words of a text as the index splits them."""
    return _analyzer().analyze(nfc(text))


def build(query: Query, searcher: tantivy.Searcher, *, without: str | None = None, ranked: bool = True) -> Q:
    """The query of the index; `without` leaves out the filter of one facet. One that is not `ranked` finds the same with less work."""
    builder = _Builder(searcher, query.now or datetime.now(UTC))
    parts = [(Occur.Must, Q.const_score_query(_visible(query), 0.0))]
    if query.text.strip():
        parts.append((Occur.Must, plain(query.text, every_word=query.every_word, ranked=ranked)))
    for field, values in query.filters.items():
        if field != without and values:
            parts.append((Occur.Must, _any_of(builder.keyword_field(field), values)))
    parts.extend((Occur.Must, builder.node(node)) for node in query.where)
    parts.extend((Occur.Must, Q.const_score_query(bound, 0.0)) for bound in _touching(query.box))
    parts.extend((Occur.Must, Q.const_score_query(builder.node(node), 0.0)) for node in query.narrowed)
    return Q.boolean_query(parts)


def _visible(query: Query) -> Q:
    """What may be found: what is public, and what else the asker may see."""
    if query.labels is None:
        seen = _term("kind", "dataset")
    elif query.labels:
        seen = Q.term_set_query(schema(), "label", ["public", *query.labels])
    else:
        return _term("label", "public")
    return seen if query.drafts else Q.boolean_query([(Occur.Must, seen), (Occur.Must, _term("state", "active"))])


def _touching(box: Box | None) -> list[Q]:
    """What holds of a place that touches the box: neither lies wholly beside, above or below the other."""
    if box is None:
        return []
    west, south, east, north = box
    return [Q.range_query(schema(), "west", _INTEGER_FIELD, None, east), Q.range_query(schema(), "east", _INTEGER_FIELD, west, None),
            Q.range_query(schema(), "south", _INTEGER_FIELD, None, north), Q.range_query(schema(), "north", _INTEGER_FIELD, south, None)]


def is_scored(query: Query) -> bool:
    """Whether some finds are more relevant than others: where words are looked for in texts, not where values hold or do not."""
    return bool(query.text.strip()) or any(_scores(node) for node in query.where)


def _scores(node: Node) -> bool:
    match node:
        case And(nodes) | Or(nodes):
            return any(_scores(inner) for inner in nodes)
        case Words(field, _, _):
            return ALIASES.get(field or "", field) in TEXTS
    return False


def plain(text: str, *, every_word: bool = True, ranked: bool = True) -> Q:
    """Words looked for everywhere; a find with the same diacritics and a phrase in the title rank higher.

    Where not every word is asked for, CKAN's rule holds: of two words both, of up to five all but one, of more 80 %;
    words that a hyphen or another sign joins are one word, of which any part will do.
    """
    words = words_of(text)[:50]
    if not words:
        return Q.empty_query()
    clauses = [[word] for word in words] if every_word else [parts for part in text.split() if (parts := words_of(part))][:50]
    of_word = _word if ranked else partial(_anywhere, exact=any(map(unicodedata.combining, nfc(text))))
    parts = [(Occur.Should, of_word(clause[0]) if len(clause) == 1 else Q.boolean_query([(Occur.Should, of_word(word)) for word in clause[:50]]))
             for clause in clauses]
    needed = len(clauses)
    if not every_word and needed > 2:
        needed = needed - 1 if needed <= 5 else needed * 4 // 5
    found = Q.boolean_query(parts, minimum_number_should_match=needed)
    if len(words) == 1 or not ranked:
        return found
    exact, folded = (Q.phrase_query(schema(), field, form) for field, form in
                     (("title", words), ("title_f", [fold(word) for word in words])))
    return Q.boolean_query([(Occur.Must, found), (Occur.Should, Q.boost_query(exact, 4.0)),
                            (Occur.Should, Q.boost_query(folded, 2.0))])


def _word(word: str) -> Q:
    finds = [Q.boost_query(_term(field, fold(word) if field.endswith("_f") else word), weight) for field, weight in WEIGHTS]
    if word.isascii() and word.isalpha():
        finds.append(Q.boost_query(_term("text_s", "".join(_stemmer().analyze(word)[:1])), STEM_WEIGHT))
    return Q.disjunction_max_query(finds, tie_breaker=TIE)


def _anywhere(word: str, *, exact: bool) -> Q:
    """What `_word` finds: `text_f` has the words of all other fields, folded, but where a mark that belongs to no letter splits them."""
    finds = [_term("text_f", fold(word)), *([_term("text", word)] if exact else [])]
    if word.isascii() and word.isalpha():
        finds.append(_term("text_s", "".join(_stemmer().analyze(word)[:1])))
    return finds[0] if len(finds) == 1 else Q.boolean_query([(Occur.Should, find) for find in finds])


def _term(field: str, value: str) -> Q:
    return Q.term_query(schema(), field, value, "basic" if field in KEYWORDS or field in ("kind", "label", "extra", "id") else "position")


def _any_of(field: str, values: Sequence[str]) -> Q:
    return Q.const_score_query(Q.term_set_query(schema(), field, [nfc(value) for value in values]), 0.0)


class _Builder:
    """Turns the tree of a parsed query into a query of the index."""

    def __init__(self, searcher: tantivy.Searcher, now: datetime) -> None:
        self._searcher = searcher
        self._now = now

    def keyword_field(self, field: str) -> str:
        field = ALIASES.get(field, field)
        if field not in KEYWORDS and field != "id":
            raise SearchRefused(f"Unknown field: {field[:100]}")
        return field

    def node(self, node: Node) -> Q:
        match node:
            case Everything():
                return Q.const_score_query(Q.all_query(), 0.0)
            case Not(inner):
                return Q.boolean_query([(Occur.Must, Q.all_query()), (Occur.MustNot, self.node(inner))])
            case And(nodes):
                return Q.boolean_query([(Occur.Must, self.node(inner)) for inner in nodes])
            case Or(nodes):
                return Q.boolean_query([(Occur.Should, self.node(inner)) for inner in nodes])
            case _:
                return self._leaf(node)

    def _leaf(self, node: Words | Pattern | Between) -> Q:
        field = ALIASES.get(node.field or "", node.field or "")
        if field in ALWAYS or field in ("site_id", "permission_labels"):
            holds = field not in ALWAYS or isinstance(node, Words) and node.text == ALWAYS[field]
            return Q.all_query() if holds else Q.empty_query()
        if field in TEXTS:
            return self._in_text(field, node)
        if field in NUMBERS:
            return self._in_numbers(field, node)
        if field in KEYWORDS or field == "id":
            return self._in_values(field, "", node)
        return self._in_values("extra", f"{field.removeprefix('extras_')}=", node)

    def _in_text(self, field: str, node: Words | Pattern | Between) -> Q:
        if isinstance(node, Words):
            words = words_of(node.text)
            if not words:
                return Q.all_query()
            if node.field is None and not node.phrase:
                return plain(node.text)
            folded = _phrase(f"{field}_f", [fold(word) for word in words])
            return Q.boolean_query([(Occur.Must, folded), (Occur.Should, _phrase(field, words))])
        if isinstance(node, Pattern):
            return _like(f"{field}_f", "", fold(nfc(node.text)))
        if node.low is node.high is None:
            return Q.regex_query(schema(), f"{field}_f", ".+")
        return self._terms_between(f"{field}_f", "", node)

    def _in_values(self, field: str, prefix: str, node: Words | Pattern | Between) -> Q:
        if isinstance(node, Words):
            return Q.const_score_query(_term(field, prefix + nfc(node.text)), 1.0)
        if isinstance(node, Pattern):
            return _like(field, prefix, nfc(node.text))
        if node.low is node.high is None:
            return Q.regex_query(schema(), field, _literal(prefix) + ".+")
        return self._terms_between(field, prefix, node)

    def _terms_between(self, field: str, prefix: str, node: Between) -> Q:
        terms = (term for term, _ in self._searcher.terms_with_prefix(field, prefix))
        within = [term for term in terms if _within(term[len(prefix):], node)]
        return Q.const_score_query(Q.term_set_query(schema(), field, within), 1.0) if within else Q.empty_query()

    def _in_numbers(self, field: str, node: Words | Pattern | Between) -> Q:
        if isinstance(node, Pattern):
            raise SearchRefused(f"Invalid value for field {field}: {node.text[:100]}")
        if isinstance(node, Words):
            node = Between(node.field, node.text, node.text)
        low, high = (None if bound is None else self._number(field, bound) for bound in (node.low, node.high))
        return Q.const_score_query(Q.range_query(schema(), field, _INTEGER_FIELD, low, high, node.with_low, node.with_high), 1.0)

    def _number(self, field: str, text: str) -> int:
        try:
            if field.startswith("num_"):
                return max(-(2**62), min(int(text), 2**62))
            return int(moment(text, self._now).timestamp() * 1_000_000)
        except (ValueError, OverflowError) as error:
            raise SearchRefused(f"Invalid value for field {field}: {text[:100]}") from error


def _phrase(field: str, words: list[str]) -> Q:
    return _term(field, words[0]) if len(words) == 1 else Q.phrase_query(schema(), field, words)


def _within(term: str, node: Between) -> bool:
    above = node.low is None or term > node.low or node.with_low and term == node.low
    return above and (node.high is None or term < node.high or node.with_high and term == node.high)


def _like(field: str, prefix: str, pattern: str) -> Q:
    """The terms that begin with the prefix and go on as the pattern says; SearchRefused for a pattern that takes too many states."""
    try:
        return Q.regex_query(schema(), field, _literal(prefix) + _regex(pattern))
    except ValueError as error:
        raise SearchRefused(f"The pattern is too long: {pattern[:100]}") from error


def _literal(text: str) -> str:
    return re.sub(r"[!-/:;=?@\[-^`{-~]", r"\\\g<0>", text)  # what may be escaped: signs of ASCII, but < and >, which would be word bounds then


def _regex(pattern: str) -> str:
    """The pattern of a query as a regular expression; what is escaped in it stands for itself."""
    pieces = re.findall(r"\\.|[*?]|[^*?\\]+|\\$", pattern)
    return "".join({"*": ".*", "?": "."}.get(piece) or _literal(piece.removeprefix("\\")) for piece in pieces)


_DATE_MATH = re.compile(r"(?P<base>NOW|\d{4}-\d\d-\d\dT[\d:.]+Z?|\d{4}(?:-\d\d(?:-\d\d)?)?)(?P<steps>(?:[+-]\d{1,6}[A-Z]+|/[A-Z]+)*)")
_STEP = re.compile(r"([+-]\d+|/)([A-Z]+?)S?(?=[+/-]|$)")
_DAYS = {"YEAR": 365, "MONTH": 30, "WEEK": 7, "DAY": 1}
_SECONDS = {"HOUR": 3600, "MINUTE": 60, "SECOND": 1}


def moment(text: str, now: datetime) -> datetime:
    """A date of a query: ISO 8601, `NOW`, with steps such as `-7DAYS` and `/DAY`; ValueError for anything else."""
    match = _DATE_MATH.fullmatch(text)
    if match is None:
        raise ValueError(text)
    when = now if match["base"] == "NOW" else datetime.fromisoformat((match["base"] + "-01-01"[len(match["base"]) - 4 :])
                                                                     if len(match["base"]) < 10 else match["base"])
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    for sign, unit in _STEP.findall(match["steps"]):
        if unit not in _DAYS and unit not in _SECONDS:
            raise ValueError(text)
        when = _round(when, unit) if sign == "/" else when + int(sign) * timedelta(days=_DAYS.get(unit, 0), seconds=_SECONDS.get(unit, 0))
    return when


def _round(when: datetime, unit: str) -> datetime:
    parts = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")
    if unit not in parts:
        raise ValueError(unit)
    zero = {"month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0, "microsecond": 0}
    keep = [part.lower() for part in parts[: parts.index(unit) + 1]]
    return when.replace(**{part: value for part, value in zero.items() if part not in keep})


