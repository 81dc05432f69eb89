"""The query language becomes a tree or is refused; it never breaks."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.search.lucene import And, Between, Everything, Not, Or, Pattern, SearchSyntax, Words, parse


@pytest.mark.parametrize(("text", "tree"), [
    ("*:*", Everything()),
    ("a:b", Words("a", "b")),
    ('a:"b c"~2^3', Words("a", "b c", phrase=True)),
    ("a:(b OR c)", Or((Words("a", "b"), Words("a", "c")))),
    ("a b", And((Words(None, "a"), Words(None, "b")))),
    ("a && b || c", Or((And((Words(None, "a"), Words(None, "b"))), Words(None, "c")))),
    ("+a -b", And((Words(None, "a"), Not(Words(None, "b"))))),
    ("!a", Not(Words(None, "a"))),
    ("a:*", Between("a", None, None)),
    ("a:[1 TO *}", Between("a", "1", None, True, False)),
    (r"a:b\:c\*", Words("a", "b:c*")),
    ("a:b*", Pattern("a", "b*")),
    ("http://x", Words("http", "//x")),
    ("ANDy ORly", And((Words(None, "ANDy"), Words(None, "ORly")))),
])
def test_a_query_becomes_a_tree(text, tree):
    assert parse(text) == tree


@pytest.mark.parametrize("text", ["", "a:(", "(a", "a)", '"a', "a AND", "OR", "[1 TO", '["a", "b"]', "{!dismax}x", "a:****b*", "(" * 50 + "a" + ")" * 50,
                                  "x" * 30_000, "-" * 500 + "a", "a " * 9_000])
def test_what_cannot_be_understood_is_refused(text):
    with pytest.raises(SearchSyntax):
        parse(text)


@given(st.text(alphabet='ab:()[]{}"*?\\+-! ANDORTO~^1đ', max_size=40))
def test_any_text_is_a_tree_or_refused(text):
    with contextlib.suppress(SearchSyntax):
        parse(text)
