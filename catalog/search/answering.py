"""The answers of an opened index: pages of hits in an order, counts of facets, suggestions."""

from __future__ import annotations

from collections.abc import Sequence

import tantivy
from tantivy import Occur, Order
from tantivy import Query as Q

from catalog.names import fold
from catalog.search.asking import build, is_scored, words_of
from catalog.search.documents import KEYWORDS, NUMBERS, schema
from catalog.search.question import MAX_FACET, MAX_ROWS, MAX_START, SORTS, Found, Hit, Query

SINGLE = ("id", "name", "title_string", "owner_org", "dataset_type")  # each dataset has exactly one of these
NEAR = 5_000  # words looked at for a near one


def find(searcher: tantivy.Searcher, query: Query) -> Found:
    """Count, one page of hits, and facets."""
    asked = build(query, searcher)
    rows, start = max(0, min(query.rows, MAX_ROWS)), max(0, query.start)
    order = _order(query)
    if rows == 0 or start > MAX_START:
        count, addresses = searcher.search(asked, 1).count, []
    else:
        count, addresses = _page(searcher, asked, order, start, rows)
    facets = {
        field: _facet(searcher, asked if not query.filters.get(field) else build(query, searcher, without=field), field, query.facet_limit)
        for field in query.facets if field in KEYWORDS
    }
    return Found(count=count, hits=tuple(_hit(searcher, address) for address in addresses), facets=facets)


def _order(query: Query) -> list[tuple[str, bool]]:
    wanted = list(query.order) or list(SORTS.get(query.sort, SORTS["relevance"]))
    known = [(field, down) for field, down in wanted if field == "score" or field in NUMBERS or field in SINGLE or field in KEYWORDS]
    if not is_scored(query):  # all are equally relevant
        known = [(field, down) for field, down in known if field != "score"]
    return known[:2] or [("metadata_modified", True)]


def _page(searcher: tantivy.Searcher, asked: Q, order: list[tuple[str, bool]], start: int, rows: int) -> tuple[int, list]:
    """One page in the order of the first field; runs of equals are put in the order of the second."""
    field, down = order[0]
    if field == "score":
        result = searcher.search(asked, rows, offset=start)
        return result.count, [address for _, address in result.hits]
    result = _sorted(searcher, asked, (field, down), start + rows)
    hits = result.hits
    if len(order) == 1 or order[1][0] == "score" or field in ("id", "name"):
        return result.count, [address for _, address in hits[start:]]
    page, at = [], 0
    while at < len(hits):
        end = at + 1
        while end < len(hits) and hits[end][0] == hits[at][0]:
            end += 1
        if end > start:
            page.extend(_run(searcher, asked, order, hits[at:end], max(0, start - at), end == len(hits)))
        at = end
    return result.count, page[:rows]


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


def _facet(searcher: tantivy.Searcher, asked: Q, field: str, limit: int) -> Sequence[tuple[str, int]]:
    if limit == 0:
        return []
    size = min(limit, MAX_FACET) if limit > 0 else MAX_FACET
    answer = searcher.aggregate(asked, {"f": {"terms": {"field": field, "size": size}}})
    buckets = [(str(bucket["key"]), int(bucket["doc_count"])) for bucket in answer["f"]["buckets"]]
    return sorted(buckets, key=lambda bucket: (-bucket[1], bucket[0]))


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


