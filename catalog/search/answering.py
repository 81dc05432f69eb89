"""The answers of an opened index: pages of hits in an order, counts of facets, suggestions."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

import tantivy
from tantivy import Occur, Order
from tantivy import Query as Q

from catalog.names import fold
from catalog.search.asking import build, is_scored, words_of
from catalog.search.documents import KEYWORDS, NUMBERS, schema
from catalog.search.question import MAX_FACET, MAX_ROWS, MAX_START, SORTS, Found, Hit, Query

SINGLE = ("id", "name", "title_string", "owner_org", "dataset_type")  # each dataset has exactly one of these
NEAR = 5_000  # words looked at for a near one
KEPT, KEPT_FACET = 2_000, 100  # answers kept of one state of the index, and values of a facet in them
Value = TypeVar("Value")


def find(searcher: tantivy.Searcher, query: Query, kept: dict[Hashable, Any] | None = None) -> Found:
    """Count, one page of hits, and facets; `kept` holds what was found in this state of the index before."""
    kept, key = {} if kept is None else kept, _key(query)
    count, facets = _once(kept, key, lambda: _counts(searcher, query))
    rows, start, order = max(0, min(query.rows, MAX_ROWS)), max(0, query.start), _order(query)
    if not rows or start >= min(count, MAX_START + 1):
        return Found(count=count, facets=facets)
    hits = _once(kept, key and (key, rows, start, tuple(order)), lambda: _hits(searcher, query, order, start, rows))
    return Found(count=count, hits=hits, facets=facets)


def _counts(searcher: tantivy.Searcher, query: Query) -> tuple[int, dict[str, Sequence[tuple[str, int]]]]:
    asked = build(query, searcher, ranked=False)
    return searcher.search(Q.const_score_query(asked, 0.0), 1).count, _facets(searcher, query, asked)


def _hits(searcher: tantivy.Searcher, query: Query, order: list[tuple[str, bool]], start: int, rows: int) -> tuple[Hit, ...]:
    asked = build(query, searcher, ranked=order[0][0] == "score")
    return tuple(_hit(searcher, address) for address in _page(searcher, asked, order, start, rows))


def _key(query: Query) -> Hashable:
    """What the query counts, whatever page of it is asked for; None for what depends on the moment, or would take too much room."""
    where = repr((query.where, query.narrowed))
    if "NOW" in where or len(where) > 2_000 or not 0 <= query.facet_limit <= KEPT_FACET:
        return None
    filters = tuple(sorted((field, tuple(values)) for field, values in query.filters.items()))
    labels = None if query.labels is None else tuple(query.labels)
    return query.text, filters, where, tuple(query.facets), query.facet_limit, query.every_word, query.box, labels, query.drafts


def _once(kept: dict[Hashable, Any], key: Hashable, find: Callable[[], Value]) -> Value:
    if key is None:
        return find()
    if key not in kept:
        if len(kept) >= KEPT:
            kept.clear()
        kept[key] = find()
    return kept[key]


def _order(query: Query) -> list[tuple[str, bool]]:
    wanted = list(query.order) or list(SORTS.get(query.sort, SORTS["relevance"]))
    known = [(field, down) for field, down in wanted if field == "score" or field in NUMBERS or field in SINGLE or field in KEYWORDS]
    if not is_scored(query):  # all are equally relevant
        known = [(field, down) for field, down in known if field != "score"]
    return known[:2] or [("metadata_modified", True)]


def _page(searcher: tantivy.Searcher, asked: Q, order: list[tuple[str, bool]], start: int, rows: int) -> list:
    """One page in the order of the first field; runs of equals are put in the order of the second."""
    field, down = order[0]
    if field == "score":
        return [address for _, address in searcher.search(asked, rows, count=False, offset=start).hits]
    hits = _sorted(searcher, asked, (field, down), start + rows).hits
    if len(order) == 1 or order[1][0] == "score" or field in ("id", "name"):
        return [address for _, address in hits[start:]]
    page, at = [], 0
    while at < len(hits):
        end = at + 1
        while end < len(hits) and hits[end][0] == hits[at][0]:
            end += 1
        if end > start:
            page.extend(_run(searcher, asked, order, hits[at:end], max(0, start - at), end == len(hits)))
        at = end
    return page[:rows]


def _run(searcher: tantivy.Searcher, asked: Q, order: list[tuple[str, bool]], hits: list, skip: int, open_end: bool) -> list:
    """A run of hits with the same first value, by the second field; `open_end` when it goes on beyond the page."""
    if len(hits) == 1 and not open_end or hits[0][0] is None:
        return [address for _, address in hits[skip:]]
    field, value = order[0][0], hits[0][0]
    if field in NUMBERS:
        same = Q.range_query(schema(), field, tantivy.FieldType.Integer, value, value)
    else:
        same = Q.term_query(schema(), field, value, "basic")
    within = Q.boolean_query([(Occur.Must, asked), (Occur.Must, same)])
    result = _sorted(searcher, within, order[1], len(hits))
    return [address for _, address in result.hits[skip:]]


def _sorted(searcher: tantivy.Searcher, asked: Q, by: tuple[str, bool], limit: int) -> tantivy.SearchResult:
    field, down = by
    return searcher.search(asked, max(1, limit), order_by_field=field, order=Order.Desc if down else Order.Asc)


def _facets(searcher: tantivy.Searcher, query: Query, asked: Q) -> dict[str, Sequence[tuple[str, int]]]:
    """The facets that were asked for in their order; those that no filter of their own is left out for are counted in one go."""
    wanted = dict.fromkeys(field for field in query.facets if field in KEYWORDS)
    if query.facet_limit == 0:
        return dict.fromkeys(wanted, ())
    counts = _counted(searcher, asked, [field for field in wanted if not query.filters.get(field)], query.facet_limit)
    for field in wanted.keys() - counts.keys():
        counts |= _counted(searcher, build(query, searcher, without=field, ranked=False), [field], query.facet_limit)
    return {field: counts[field] for field in wanted}


def _counted(searcher: tantivy.Searcher, asked: Q, fields: Sequence[str], limit: int) -> dict[str, Sequence[tuple[str, int]]]:
    if not fields:
        return {}
    size = min(limit, MAX_FACET) if limit > 0 else MAX_FACET
    answer = searcher.aggregate(asked, {field: {"terms": {"field": field, "size": size}} for field in fields})
    buckets = {field: [(str(bucket["key"]), int(bucket["doc_count"])) for bucket in answer[field]["buckets"]] for field in fields}
    return {field: sorted(found, key=lambda bucket: (-bucket[1], bucket[0])) for field, found in buckets.items()}


def _hit(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> Hit:
    document = searcher.doc(address)
    return Hit(id=document["id"][0], name=document["name"][0], title=document["shown"][0])


def suggest(searcher: tantivy.Searcher, text: str, limit: int) -> list[Hit]:
    """Datasets with all the words in title or name; the last one may be the beginning of a word."""
    words = [fold(word) for word in words_of(text)][:20]
    if not words or limit < 1:
        return []
    parts = [(Occur.Must, Q.disjunction_max_query([Q.term_query(schema(), field, word) for field in ("title_f", "name_f")]))
             for word in words[:-1]]
    begun = [Q.regex_query(schema(), field, words[-1] + ".*") for field in ("title_f", "name_f")]
    parts.append((Occur.Must, Q.disjunction_max_query(begun)))
    parts.append((Occur.Must, Q.const_score_query(Q.term_query(schema(), "label", "public", "basic"), 0.0)))
    exact = Q.boost_query(Q.term_query(schema(), "title", words_of(text)[-1]), 2.0)
    parts.append((Occur.Should, exact))
    hits = searcher.search(Q.boolean_query(parts), min(limit, 50)).hits
    return [_hit(searcher, address) for _, address in hits]


def did_you_mean(searcher: tantivy.Searcher, text: str) -> str | None:
    """The text with unknown words replaced by the commonest near ones; None when nothing better is known."""
    words = [fold(word) for word in words_of(text)][:10]
    better = [word if searcher.doc_freq("text_f", word) else _near(searcher, word) for word in words]
    if None in better or better == words:
        return None
    near = " ".join(better)
    return near if find(searcher, Query(text=near, rows=0)).count else None  # never a word of what the public may not see


def _near(searcher: tantivy.Searcher, word: str) -> str | None:
    allowed = 1 if len(word) < 6 else 2
    terms = searcher.terms_with_prefix("text_f", word[0], limit=NEAR)
    near = [(_distance(word, term, allowed), -count, term) for term, count in terms if abs(len(term) - len(word)) <= allowed]
    near = [found for found in near if found[0] <= allowed]
    return min(near)[2] if near else None


def _distance(one: str, other: str, enough: int) -> int:
    """Letters to change, add, drop or swap with the next to come from one word to the other; stops beyond `enough`."""
    before, row = [], list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, there in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != there))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == there:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > enough:
            return enough + 1
    return row[-1]


