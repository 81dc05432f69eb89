"""Names, folding, tags and the order of a Vietnamese dictionary."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.publishing import call, furnish, publish

from catalog.models import OldName
from catalog.names import clean_tags, collation_key, fold, is_tag, slug, unique_name


@pytest.mark.parametrize(("title", "name"), [
    ("Bà Rịa – Vũng Tàu", "ba-ria-vung-tau"),
    ("Đường bộ", "duong-bo"),
    ("Ðiểm thi tốt nghiệp", "diem-thi-tot-nghiep"),  # with the Icelandic letter that old fonts gave
    ("Số liệu dân số", "so-lieu-dan-so"),
    ("  <script>alert(1)</script> ", "script-alert-1-script"),
    ("a" * 300, "a" * 100),
])
def test_a_title_becomes_a_name(title, name):
    assert slug(title) == name


def test_composed_and_decomposed_titles_have_the_same_name():
    assert slug(unicodedata.normalize("NFD", "Đường bộ tỉnh")) == slug("Đường bộ tỉnh") == "duong-bo-tinh"


def test_a_long_name_ends_with_a_whole_word():
    assert slug("danh sach " * 20).endswith("danh") or slug("danh sach " * 20).endswith("sach")


@given(st.text(max_size=200))
def test_any_title_has_a_good_name_and_always_the_same(title):
    assert re.fullmatch(r"[a-z0-9-]{2,100}", slug(title))
    assert slug(title) == slug(unicodedata.normalize("NFD", title))


@given(st.text(max_size=50))
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_both_places_of_the_tone_fold_to_the_same():
    assert fold("Hoà") == fold("Hòa") == "hoa"


def test_good_tags_stay_and_bad_ones_are_dropped():
    good, dropped = clean_tags(["nước sạch", "a", "x/y", "nước  sạch", "数据", "b" * 101, unicodedata.normalize("NFD", "Đường"), "R&D", "v1.0_b-c"])
    assert good == ["nước sạch", "数据", "Đường", "v1.0_b-c"]
    assert dropped == ["a", "x/y", "b" * 101, "R&D"]
    assert all(is_tag(tag) for tag in good)


def test_words_sort_as_in_a_dictionary():
    words = ["ăn", "ân", "an", "bà", "ba", "bá", "da", "đa", "o", "ô", "ơ", "u", "ư", "2024", "anh", "án"]
    assert sorted(words, key=collation_key) == ["2024", "an", "án", "anh", "ăn", "ân", "ba", "bà", "bá", "da", "đa", "o", "ô", "ơ", "u", "ư"]


def test_names_that_collide_after_folding_are_numbered(site):
    furnish(site)
    for title in ("Mã số", "Ma số", "Má sơ"):
        with site.reading() as session:
            wanted = unique_name(session, slug(title))
        publish(site, name=wanted, title=title)
    assert [name for name in call(site, "package_list") if name.startswith("ma")] == ["ma-so", "ma-so-2", "ma-so-3"]


def test_a_name_given_in_the_same_transaction_is_taken(site):
    furnish(site)
    with site.reading() as session:
        assert unique_name(session, "zz-tieng-on-1") == "zz-tieng-on-1-2"
        assert unique_name(session, "moi", taken={"moi", "moi-2"}) == "moi-3"


def test_the_former_name_of_another_dataset_is_not_given_again(site):
    furnish(site)
    publish(site, name="cu", title="Cũ")
    call(site, "package_patch", user="tester", id="cu", name="moi")
    with site.reading() as session:
        assert session.get(OldName, "cu") is not None
        assert unique_name(session, "cu") == "cu-2"
    assert call(site, "package_show", id="cu")["name"] == "moi"
