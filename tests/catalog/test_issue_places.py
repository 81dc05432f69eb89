"""Where an issue is, as a person reads it."""

from __future__ import annotations

import pytest

from catalog.issues import Issue, Place, say


@pytest.mark.parametrize(("url", "shown"), [
    ("http://a.test/Ch%E1%BB%A3%20t%E1%BB%89nh.csv", "http://a.test/Chợ tỉnh.csv"),
    ("http://a.test/%FF.csv", "http://a.test/%FF.csv"),  # no letters in UTF-8
    ("http://a.test/%0A%E2%80%AE.csv", "http://a.test/%0A%E2%80%AE.csv"),  # would turn the line, or what follows it
    ("http://a.test/?q=1", "http://a.test/?q=1"),
])
def test_an_address_is_shown_with_its_letters_where_they_can_do_no_harm(url, shown):
    assert say(Issue("title-missing", Place(url=url)), "vi").where == shown


def test_a_file_that_is_named_like_an_address_written_out_keeps_its_name():
    assert say(Issue("title-missing", Place(file="100%25.csv")), "en").where == "file 100%25.csv"
