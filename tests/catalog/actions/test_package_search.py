"""Search by CKAN's parameters."""

from __future__ import annotations

import pytest
from support.publishing import call, publish

from catalog.errors import Invalid, SearchRefused
from catalog.search.lucene import SearchSyntax


@pytest.fixture
def stocked(furnished):
    publish(furnished, name="benh-vien", title="Bệnh viện tỉnh", license_id="cc-by", tags=[{"name": "y tế"}, {"name": "giường"}],
            groups=[{"name": "y-te"}], resources=[{"url": "http://x/a.csv"}, {"url": "http://x/a.pdf"}], extras=[{"key": "frequency", "value": "monthly"}])
    publish(furnished, name="tram-y-te", title="Trạm y tế xã", license_id="cc-zero", tags=[{"name": "y tế"}], resources=[{"url": "http://x/b.csv"}])
    publish(furnished, name="khach-san", title="Khách sạn", owner_org="so-du-lich", groups=[{"name": "du-lich"}])
    return furnished


def search(site, **data):
    return call(site, "package_search", **data)


def found(site, **data):
    return [package["name"] for package in search(site, **data)["results"]]


def test_an_empty_search_answers_with_everything_and_ckans_defaults(stocked):
    answer = search(stocked)
    assert list(answer) == ["count", "facets", "results", "sort", "search_facets"]
    assert (answer["count"], answer["facets"], answer["search_facets"]) == (5, {}, {})
    assert answer["sort"] == "score desc, metadata_modified desc"
    assert answer["results"][0] == call(stocked, "package_show", id=answer["results"][0]["id"])


@pytest.mark.parametrize(("data", "names"), [
    ({"q": "bệnh viện"}, {"benh-vien"}),
    ({"q": "benh vien"}, {"benh-vien"}),
    ({"q": "benh zzz"}, set()),
    ({"q": "benh vien zzz"}, {"benh-vien"}),  # of three words, two are enough
    ({"q": "title:tram OR title:khach"}, {"tram-y-te", "khach-san"}),
    ({"q": "title:zzz"}, set()),
    ({"fq": "organization:so-du-lich"}, {"khach-san"}),
    ({"fq": 'tags:"y tế" +license_id:cc-by'}, {"benh-vien"}),
    ({"fq": "res_format:PDF"}, {"benh-vien"}),
    ({"fq": "frequency:monthly"}, {"benh-vien"}),
    ({"fq": "extras_frequency:monthly"}, {"benh-vien"}),
    ({"fq": "groups:du-lich OR groups:y-te"}, {"khach-san", "benh-vien"}),
    ({"fq_list": ['tags:"y tế"', "license_id:cc-zero"]}, {"tram-y-te"}),
    ({"q": "y te", "fq": "organization:so-y-te -groups:*"}, {"tram-y-te"}),
    ({"q": "traf*"}, set()),
])
def test_words_and_conditions(stocked, data, names):
    assert set(found(stocked, **data)) == names


def test_facets_have_counts_and_names_for_people(stocked):
    answer = search(stocked, **{"facet.field": '["organization", "tags", "license_id"]', "rows": "0"})
    assert answer["results"] == []
    assert answer["facets"]["organization"] == {"so-y-te": 2, "ubnd-huyen-con-dao": 2, "so-du-lich": 1}
    assert answer["search_facets"]["organization"]["items"][0] == {
        "name": "ubnd-huyen-con-dao", "display_name": "Ủy ban nhân dân huyện Côn Đảo", "count": 2}
    assert list(search(stocked, **{"facet.field": ["tags"], "facet.limit": 1, "rows": 0})["facets"]["tags"]) == ["y tế"]
    assert search(stocked, **{"facet.field": ["tags"], "facet.mincount": 2})["facets"]["tags"] == {"y tế": 2}
    assert search(stocked, **{"facet.field": ["nosuchfield"]})["search_facets"] == {"nosuchfield": {"title": "nosuchfield", "items": []}}


def test_sorting_and_paging(stocked):
    assert found(stocked, sort="name asc", rows=2, start=1) == ["khach-san", "tram-y-te"]
    assert found(stocked, sort="title_string asc", fq="organization:so-y-te") == ["benh-vien", "tram-y-te"]
    assert found(stocked, sort="nosuch asc", rows=1)
    assert found(stocked, sort="id asc", rows=100) == [p for start in range(5) for p in found(stocked, sort="id asc", rows=1, start=start)]
    assert len(search(stocked, rows=5000)["results"]) == 5
    assert found(stocked, start=500) == []


def test_only_chosen_fields(stocked):
    assert search(stocked, fl="id,name", sort="name asc", rows=1)["results"] == [
        {"id": call(stocked, "package_show", id="benh-vien")["id"], "name": "benh-vien"}]
    assert search(stocked, fl="name,organization,tags,res_format,license_id", sort="name asc", rows=1)["results"] == [
        {"name": "benh-vien", "organization": "so-y-te", "tags": ["giường", "y tế"], "res_format": ["CSV", "PDF"], "license_id": "cc-by"}]


@pytest.mark.parametrize(("data", "errors"), [
    ({"rows": "abc"}, {"rows": ["Invalid integer", "Please enter an integer value"]}),
    ({"rows": -1}, {"rows": ["Must be a natural number"]}),
    ({"start": "x"}, {"start": ["Invalid integer"]}),
    ({"facet.field": "organization"}, {"facet.field": ["Could not parse as valid JSON", "Not a list"]}),
    ({"facet.field": "[" * 100_000}, {"facet.field": ["Could not parse as valid JSON", "Not a list"]}),
    ({"facet.field": ["tags"], "facet.limit": "x"}, {"facet.limit": ["Invalid integer"]}),
])
def test_bad_numbers_and_lists(stocked, data, errors):
    with pytest.raises(Invalid) as caught:
        search(stocked, **data)
    assert caught.value.errors == errors


def test_a_facet_has_as_many_values_as_there_are_at_most(stocked):
    everything = search(stocked, **{"facet.field": ["tags"], "facet.limit": -1})["facets"]
    assert search(stocked, **{"facet.field": ["tags"], "facet.limit": 10**30})["facets"] == everything


@pytest.mark.parametrize("data", [{"fq": "+" * 3000 + "a"}, {"q": "title:" * 1500 + "a"}, {"fq": "-" * 3000 + "a"}, {"fq_list": ["tags:a"] * 21}])
def test_a_question_without_end_is_refused(stocked, data):
    with pytest.raises(SearchSyntax, match=r"nested deeper than 20|more than 20 conditions"):
        search(stocked, **data)


def test_any_sign_may_stand_in_a_pattern(stocked):
    signs = [chr(code) for code in range(0x21, 0x100) if not chr(code).isalnum() and chr(code) not in "?*"]
    assert [sign for sign in signs if search(stocked, fq=f"title:s\\{sign}o* OR tags:s\\{sign}o*")["count"]] == []


def test_a_pattern_that_is_too_long_is_refused(stocked):
    for field in ("title", "tags", "extras_x"):
        with pytest.raises(SearchRefused, match="The pattern is too long"):
            search(stocked, fq=f"{field}:{'ệ' * 9_000}*")


@pytest.mark.parametrize(("data", "message"), [
    ({"foo": "bar"}, "Invalid search parameters: ['foo']"), ({"sort": "foo bar baz"}, 'Invalid "sort" parameter'),
])
def test_bad_parameters(stocked, data, message):
    with pytest.raises(SearchRefused) as caught:
        search(stocked, **data)
    assert caught.value.message == message
    assert search(stocked, ext_foo="bar", rows=0)["count"] == 5


@pytest.mark.parametrize("data", [{"q": "title:("}, {"q": "{!dismax qf=title}x"}, {"fq": ["tags:a", "tags:b"]}, {"fq": '["a", "b"]'}])
def test_queries_that_cannot_be_parsed(stocked, data):
    with pytest.raises(SearchSyntax):
        search(stocked, **data)


def test_private_datasets_are_never_found(stocked):
    publish(stocked, name="kin", title="Bệnh viện kín", private=True)
    assert "kin" not in found(stocked, q="benh vien", include_private="true")
    assert search(stocked, fq="capacity:private")["count"] == 0


@pytest.mark.parametrize(("q", "names"), [
    ('"y tế"', {"benh-vien", "tram-y-te"}), ('"tỉnh viện"', set()), ("+y -xã", {"benh-vien"}), ('bệnh "', {"benh-vien"}), ("nosuch-bệnh", {"benh-vien"}),
    ("-title:bệnh +organization:so-y-te", {"tram-y-te"}),
])
def test_phrases_signs_and_words_that_are_joined(stocked, q, names):
    assert set(found(stocked, q=q)) == names


def test_english_words_are_found_with_another_ending(stocked):
    publish(stocked, name="dem", title="Traffic counts", notes="Vehicles counted daily")
    assert found(stocked, q="counting vehicle") == ["dem"]


@pytest.mark.parametrize(("box", "names"), [
    ("107,10,108,11", {"diem", "vung"}), ("106,10,106.9,10.4", set()), ("106.5,10.5,106.7,10.7", {"vung"}), ("-180,-90,180,90", {"diem", "vung"}),
    ([107, 10.3, 107.2, 10.4], {"diem"}),
])
def test_datasets_are_found_by_their_place(stocked, box, names):
    publish(stocked, name="diem", extras=[{"key": "spatial", "value": '{"type": "Point", "coordinates": [107.08, 10.35]}'}])
    publish(stocked, name="vung", extras=[{"key": "spatial", "value": '{"type": "Polygon", "coordinates": [[[106.5,10.5],[107.3,10.5],[107.3,11],[106.5,10.5]]]}'}])
    publish(stocked, name="hong", extras=[{"key": "spatial", "value": '{"type": "Point", "coordinates": ["x"]}'}])
    assert set(found(stocked, ext_bbox=box)) == names


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "3,2,1,4", "nan,1,2,3", 5, {"a": 1}])
def test_a_box_that_is_none_is_refused(stocked, box):
    with pytest.raises(SearchSyntax):
        search(stocked, ext_bbox=box)
