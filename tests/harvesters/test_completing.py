"""Records asked for in full when their turn comes: what a connector may answer, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.models import Source, Staged
from catalog.record import Outcome
from harvesters.base import Gathered
from harvesters.completing import complete, hash_answer, hash_mark, in_full

SOURCE = Source(id="s", connector="ckan", url="https://mo.example.vn", options={})
GONE = Issue("host-busy", Place(url="https://mo.example.vn"), {"host": "mo.example.vn"})


class Answering:
    """A connector that answers with what a test gives it, by identifier, and counts how often it is asked."""

    def __init__(self, answers: Any) -> None:
        self.answers, self.asked = answers, []

    def detail(self, items: Sequence[Gathered]) -> Any:
        self.asked.append([item.identifier for item in items])
        return self.answers(items) if callable(self.answers) else [self.answers[item.identifier] for item in items]


def staged(identifier: str, raw: dict[str, Any] | None = None, raw_hash: str = "") -> Staged:
    return Staged(run_id="r", seq=1, identifier=identifier, raw=raw, raw_hash=raw_hash)


def answer(identifier: str, **raw: Any) -> Gathered:
    return Gathered(identifier=identifier, raw=raw, mark="m")


def test_only_light_records_are_asked_for_and_the_order_is_kept():
    connector = Answering({"b": answer("b", n=2), "d": GONE})
    records = complete(connector, [staged("a", {"n": 1}, "h"), staged("b"), staged("c", {"n": 3}, "i"), staged("d")], SOURCE)
    assert connector.asked == [["b", "d"]]
    assert [(r.identifier, r.raw, r.outcome) for r in records] == [
        ("a", {"n": 1}, None), ("b", {"n": 2}, None), ("c", {"n": 3}, None), ("d", {}, Outcome.REJECTED)]
    assert (records[3].issues, records[3].raw_hash, records[3].mark) == ((GONE,), "", None)
    assert (records[1].raw_hash, records[1].mark) == (hash_answer(answer("b", n=2), SOURCE), hash_mark(answer("b"), SOURCE))


def test_the_hash_of_a_listed_answer_is_not_made_again():
    """A number too large for JSON's usual readers comes back from PostgreSQL as a whole one."""
    record, = complete(Answering({}), [staged("a", {"n": 10**30}, "h")], SOURCE)
    assert (record.raw_hash, record.mark) == ("h", None)


def test_nothing_is_asked_where_the_listing_gave_all():
    connector = Answering({})
    assert in_full(connector, [answer("a", n=1)]) == [answer("a", n=1)]
    assert connector.asked == []


def raising(error: Exception):
    def answers(_items):
        raise error
    return answers


@pytest.mark.parametrize(("answers", "code"), [
    (raising(Trouble(GONE)), "host-busy"), (raising(KeyError("x")), "fault"), (lambda items: [], "fault"), (lambda items: None, "fault"),
    (lambda items: items, "fault"), (lambda items: [answer("a"), answer("b"), answer("c")], "fault")])
def test_where_asking_breaks_the_records_are_rejected_and_the_others_go_on(answers, code):
    records = complete(Answering(answers), [staged("a"), staged("b"), staged("c", {"n": 1}, "h")], SOURCE)
    assert [record.outcome for record in records] == [Outcome.REJECTED, Outcome.REJECTED, None]
    assert {issue.code for record in records for issue in record.issues} == {code}


def test_a_connector_that_cannot_be_asked_is_a_fault_of_ours():
    record, = complete(object(), [staged("a")], SOURCE)
    assert [issue.code for issue in record.issues] == ["fault"]


def test_an_answer_without_an_end_is_rejected_alone():
    deep: Any = []
    for _ in range(2_000):
        deep = [deep]
    one, two = complete(Answering({"a": answer("a", n=deep), "b": answer("b")}), [staged("a"), staged("b")], SOURCE)
    assert ([issue.code for issue in one.issues], one.outcome, two.outcome) == (["record-too-deep"], Outcome.REJECTED, None)


@pytest.mark.parametrize("other", [
    {"mark": "n"}, {"url": "https://khac.example.vn"}, {"connector": "udata"}, {"options": {"theme": "y-te"}}])
def test_a_mark_counts_only_where_it_was_listed_and_as_it_is_read(other):
    source = Source(**{"id": "s", "connector": "ckan", "url": "https://mo.example.vn", "options": {}, **{k: v for k, v in other.items() if k != "mark"}})
    assert hash_mark(Gathered(identifier="a", mark=other.get("mark", "m")), source) != hash_mark(answer("a"), SOURCE)
    assert hash_mark(Gathered(identifier="a"), source) is None
