"""What is counted and listed without ranking is what is found with it; what was found once is not told of another state, or to others."""

from __future__ import annotations

import pytest
from support.publishing import call, furnish, publish

from catalog.search import Query
from catalog.search.asking import build
from catalog.search.lucene import parse

TITLES = ("Đường bộ", "Roads and bridges", "road", "Trường học q\u0303a", "Bến xe khách", "Đường sắt đô thị", "Tram yte 2024")


@pytest.fixture
def furnished(site):
    furnish(site)
    for number, title in enumerate(TITLES):
        publish(site, name=f"d-{number}", title=title, notes="Số liệu của " + TITLES[number - 1], tags=[{"name": "bản đồ"}] if number % 2 else [])
    return site


@pytest.mark.parametrize("text", [
    "duong", "đường", "đường bộ", "road", "roads", "bridge", "ban do", "q\u0303a", "qa", "so lieu", "d-3", "duong road tram", "ben-xe", "yte 2024", "khong co", "!!"])
@pytest.mark.parametrize("every_word", [True, False])
def test_the_same_is_found_with_and_without_ranking(furnished, text, every_word):
    query = Query(text=text, every_word=every_word, rows=100)
    searcher = furnished.search._up_to_date(None).index.searcher()
    found = [{searcher.doc(address)["id"][0] for _, address in searcher.search(build(query, searcher, ranked=ranked), 100).hits} for ranked in (True, False)]
    assert found[0] == found[1]
    answer = furnished.search.search(query)
    assert (answer.count, set(answer.ids)) == (len(found[0]), found[0])


def test_what_was_found_before_a_change_is_not_told_after_it(furnished):
    query = Query(text="duong", facets=("tags", "organization"))
    before = furnished.search.search(query)
    assert furnished.search.search(query) == before
    call(furnished, "package_patch", user="tester", id="d-0", title="Cầu", notes="", tags=[])
    after = furnished.search.search(query)
    assert after.count == before.count - 1


def test_what_one_may_see_is_not_told_to_another(furnished):
    publish(furnished, name="kin", title="Đường kín", private=True)
    everything, public = Query(text="kin", labels=None), Query(text="kin")
    for _ in range(2):
        assert (furnished.search.search(everything).count, furnished.search.search(public).count) == (1, 0)


def test_pages_of_one_question_follow_each_other(furnished):
    whole = furnished.search.search(Query(rows=20, sort="title")).ids
    assert [furnished.search.search(Query(rows=2, start=start, sort="title")).ids for start in range(0, 6, 2)] == [whole[at : at + 2] for at in range(0, 6, 2)]
    assert furnished.search.search(Query(rows=2, start=1_000, sort="title")).ids == []


def test_a_condition_on_the_moment_is_asked_each_time(furnished):
    def made_since(day: str) -> Query:
        return Query(where=(parse("metadata_modified:[NOW-1DAY TO NOW]"),), now=furnished.clock.now().replace(day=int(day)))

    assert furnished.search.search(made_since("30")).count == len(TITLES) + 2
    assert furnished.search.search(made_since("15")).count == 0


def test_a_new_name_alone_is_found_and_changes_the_dataset(furnished):
    call(furnished, "package_patch", user="tester", id="d-0", name="cau-duong-moi")
    assert furnished.search.search(Query(text="cau-duong-moi")).count == 1
    assert [hit.name for hit in furnished.search.search(Query(text="Đường bộ")).hits][0] == "cau-duong-moi"
