"""The index follows the change log, and whatever happens to it, it comes back."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from support.publishing import call, furnish, publish, publish_with_file

from catalog.errors import SearchRefused
from catalog.models import Change
from catalog.search import Query, SearchIndex, marked
from catalog.search.documents import Reader
from catalog.search.lucene import parse


@pytest.fixture
def furnished(site):
    furnish(site)
    return site


def names(site, text="", **question):
    return [hit.name for hit in site.search.search(Query(text=text, **question)).hits]


def test_du_lieu_finds_dữ_liệu(furnished):
    publish(furnished, name="du-lieu", title="Dữ liệu mở của tỉnh")
    assert names(furnished, "du lieu") == ["du-lieu"]
    assert names(furnished, "DỮ LIỆU") == ["du-lieu"]


def test_a_decomposed_query_finds_what_is_composed(furnished):
    import unicodedata
    publish(furnished, name="duong-bo", title="Đường bộ")
    assert names(furnished, unicodedata.normalize("NFD", "Đường")) == ["duong-bo"]


def test_the_same_diacritics_rank_higher(furnished):
    for name, title in (("ma-1", "Mả cổ"), ("ma-2", "Má cổ"), ("ma-3", "Mạ cổ")):
        publish(furnished, name=name, title=title)
    assert names(furnished, "má")[0] == "ma-2"
    assert names(furnished, "mạ")[0] == "ma-3"
    assert sorted(names(furnished, "ma")) == ["ma-1", "ma-2", "ma-3"]


def test_both_ways_to_place_the_tone_are_the_same(furnished):
    publish(furnished, name="hoa-binh", title="Hoà Bình")
    assert names(furnished, "Hòa Bình") == ["hoa-binh"]


def test_a_title_ranks_higher_than_a_description(furnished):
    publish(furnished, name="mo-ta", title="Khác", notes="Danh sách bệnh viện " * 5)
    publish(furnished, name="ten", title="Bệnh viện tuyến huyện và các trạm y tế xã trong tỉnh năm 2024")
    assert names(furnished, "bệnh viện") == ["ten", "mo-ta"]


def test_organization_tags_files_and_columns_are_searched(furnished):
    publish_with_file(furnished, name="bang", title="X", fields=("so_giuong_benh",), tags=[{"name": "cấp cứu"}])
    for text in ("Department of Health", "cap cuu", "bang ke", "giuong"):
        assert names(furnished, text) == ["bang"], text


def test_a_reader_sees_its_own_writes(furnished):
    publish(furnished, name="moi", title="Lần đầu")
    assert names(furnished, "lần đầu") == ["moi"]
    call(furnished, "package_patch", user="tester", id="moi", title="Lần sau")
    assert names(furnished, "lần đầu") == []
    assert names(furnished, "lần sau") == ["moi"]
    call(furnished, "package_delete", user="tester", id="moi")
    assert names(furnished, "lần sau") == []


def test_what_was_rolled_back_is_not_found(furnished):
    with pytest.raises(ZeroDivisionError), furnished.writing() as session:
        from catalog.actions import ACTIONS
        from catalog.actions.context import Context
        ACTIONS["package_create"](Context(site=furnished, session=session, user="x", may_write=True),
                                  {"name": "huy", "title": "Hủy bỏ", "owner_org": "so-y-te"})
        session.flush()
        raise ZeroDivisionError
    assert names(furnished, "hủy bỏ") == []


def test_only_public_datasets_are_found(furnished):
    publish(furnished, name="rieng", title="Riêng tư", private=True)
    publish(furnished, name="nhap", title="Riêng nháp", state="draft")
    assert names(furnished, "riêng") == []


def test_a_place_with_a_number_beyond_all_measure_is_no_place(furnished):
    spatial = '{"type": "Point", "coordinates": [%s, 1]}' % ("9" * 400)
    publish(furnished, name="xa", title="Xa tít", extras=[{"key": "spatial", "value": spatial}])
    assert names(furnished, "xa tit") == ["xa"]
    assert names(furnished, box=(-180_000_000, -90_000_000, 180_000_000, 90_000_000)) == []
    furnished.search.rebuild()
    assert names(furnished, "xa tit") == ["xa"]


def test_a_dataset_that_cannot_be_indexed_keeps_no_other_from_being_found(furnished, monkeypatch, caplog):
    making = Reader._document

    def broken(self, dataset, resources, versions):
        if dataset.name == "hong":
            raise OverflowError("too large")
        return making(self, dataset, resources, versions)

    monkeypatch.setattr(Reader, "_document", broken)
    publish(furnished, name="hong", title="Bệnh viện hỏng")
    publish(furnished, name="lanh", title="Bệnh viện lành")
    assert names(furnished, "benh vien") == ["lanh"]
    furnished.search.rebuild()
    assert names(furnished, "benh vien") == ["lanh"]
    assert "cannot be indexed" in caplog.text


def test_facets_count_and_their_own_filter_leaves_the_alternatives(furnished):
    publish(furnished, name="a1", title="a1", tags=[{"name": "nước"}], resources=[{"url": "http://x/a.csv"}], groups=[{"name": "y-te"}])
    publish(furnished, name="a2", title="a2", tags=[{"name": "nước"}, {"name": "gió"}], owner_org="so-du-lich")
    found = furnished.search.search(Query(facets=("organization", "tags", "res_format", "groups"), filters={"organization": ["so-y-te"]}))
    assert found.count == 1
    assert found.facets["tags"] == [("nước", 1)]
    assert found.facets["res_format"] == [("CSV", 1)]
    assert found.facets["groups"] == [("y-te", 1)]
    assert found.facets["organization"] == [("ubnd-huyen-con-dao", 2), ("so-du-lich", 1), ("so-y-te", 1)]


def test_the_state_of_validation_is_a_facet(furnished):
    publish_with_file(furnished, name="tot", checked="valid")
    found = furnished.search.search(Query(facets=("validation", "illustrative")))
    assert dict(found.facets["validation"]) == {"unchecked": 2, "valid": 1}
    assert dict(found.facets["illustrative"]) == {"false": 3}


def test_titles_sort_as_in_a_vietnamese_dictionary(furnished):
    for place, title in enumerate(("Đường", "Dân số", "Ăn uống", "An ninh", "Ấp", "Bản đồ")):
        publish(furnished, name=f"t{place}", title=title, tags=[{"name": "sắp"}])
    hits = furnished.search.search(Query(filters={"tags": ["sắp"]}, sort="title")).hits
    assert [hit.title for hit in hits] == ["An ninh", "Ăn uống", "Ấp", "Bản đồ", "Dân số", "Đường"]


def test_pages_do_not_overlap_where_the_first_field_is_equal(furnished):
    for number in range(7):
        publish(furnished, name=f"n{number}", title="Trùng tên", license_id="cc-by" if number % 2 else "cc-zero")
    every = names(furnished, order=[("license_id", False), ("name", True)], rows=100)
    paged = [name for start in range(0, 9, 2) for name in names(furnished, order=[("license_id", False), ("name", True)], rows=2, start=start)]
    assert paged == every
    assert [name for name in every if name.startswith("n")] == ["n5", "n3", "n1", "n6", "n4", "n2", "n0"]


def test_a_word_begun_is_suggested(furnished):
    publish(furnished, name="benh-vien", title="Bệnh viện và phòng khám")
    assert [hit.title for hit in furnished.search.suggest("phong kh")] == ["Bệnh viện và phòng khám"]
    assert furnished.search.suggest("  ") == []


def test_a_mistyped_word_is_put_right(furnished):
    publish(furnished, name="benh-vien", title="Bệnh viện tuyến huyện")
    assert furnished.search.did_you_mean("benh vein") == "benh vien"
    assert furnished.search.did_you_mean("benh vien") is None
    assert furnished.search.did_you_mean("xyzxyz") is None


def test_marked_words_keep_their_diacritics():
    assert marked("Danh sách bệnh viện.", "benh") == [("Danh sách ", False), ("bệnh", True), (" viện.", False)]


def test_a_deleted_index_comes_back(furnished):
    before = names(furnished)
    shutil.rmtree(furnished.settings.var / "index")
    assert names(furnished) == before


@pytest.mark.parametrize("damage", ["nothing in it", "garbage", "no marker", "older form"])
def test_a_damaged_index_is_made_anew(furnished, damage):
    assert len(names(furnished)) == 2
    folder = furnished.settings.var / "index"
    generation = folder / (folder / "CURRENT").read_text()
    for path in generation.iterdir():
        if damage == "nothing in it" or path.name == "meta.json" and damage == "no marker":
            path.unlink()
        elif damage == "garbage" and path.is_file():
            path.write_bytes(b"x" * 100)
    if damage == "older form":
        (folder / "CURRENT").write_text("v0-none")
    fresh = SearchIndex(folder, furnished.engine)
    assert fresh.search(Query()).count == 2


def test_a_log_that_was_restored_from_a_backup_is_noticed(furnished):
    publish(furnished, name="mat", title="Mất đi")
    assert "mat" in names(furnished)
    with furnished.writing() as session:
        last = session.scalars(select(Change).order_by(Change.seq.desc())).first()
        call_id = last.dataset_id
        session.execute(delete(Change).where(Change.seq == last.seq))
        from catalog.models import Dataset
        session.execute(delete(Dataset).where(Dataset.id == call_id))
    assert "mat" not in names(furnished)


def test_a_second_process_sees_what_the_first_wrote(furnished):
    other = SearchIndex(furnished.settings.var / "index", furnished.engine)
    assert other.search(Query()).count == 2
    publish(furnished, name="moi", title="Mới")
    assert names(furnished, "mới") == ["moi"]
    assert other.search(Query(text="mới")).ids == furnished.search.search(Query(text="mới")).ids


def test_many_threads_and_indexes_race_without_loss(furnished):
    indexes = [SearchIndex(furnished.settings.var / "index", furnished.engine) for _ in range(2)]
    lost: list[str] = []

    def work(number: int) -> None:
        for turn in range(4):
            name = f"dua-{number}-{turn}"
            publish(furnished, name=name, title=name)
            if name not in [hit.name for hit in indexes[number % 2].search(Query(rows=1000)).hits]:
                lost.append(name)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert lost == []
    assert all(index.search(Query()).count == 18 for index in indexes)


CHILD = """
import os, signal, sys
from pathlib import Path
import tantivy
from catalog import db
from catalog.search import SearchIndex
from catalog.search import index as module
real = module._add
def killed_while_writing(writer, session, ids):
    real(writer, session, ids)
    os.kill(os.getpid(), signal.SIGKILL)
module._add = killed_while_writing
SearchIndex(Path(sys.argv[1]), db.make_engine(sys.argv[2])).refresh()
"""


@pytest.mark.parametrize("built_before", [True, False])
def test_a_process_killed_while_writing_loses_nothing(furnished, built_before):
    if built_before:
        furnished.search.refresh()
    publish(furnished, name="moi", title="Mới")
    folder: Path = furnished.settings.var / "index"
    done = subprocess.run([sys.executable, "-c", CHILD, str(folder), furnished.settings.database_url], env=os.environ, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert sorted(names(furnished)) == ["moi", "zz-tieng-on-1", "zz-tieng-on-2"]


@pytest.mark.parametrize(("condition", "expected"), [
    ("organization:so-du-lich", {"b"}),
    ("organization:so-du-lich OR organization:so-y-te", {"a", "b"}),
    ('tags:("nước sạch" OR gió)', {"a", "b"}),
    ("+tags:gió -license_id:cc-by", set()),
    ("-tags:gió", {"a", "zz-tieng-on-1", "zz-tieng-on-2"}),
    ("title:nuoc", {"a"}),
    ('title:"nuoc sach"', {"a"}),
    ('title:"sach nuoc"', set()),
    ("name:zz*", {"zz-tieng-on-1", "zz-tieng-on-2"}),
    ("name:zz*2", {"zz-tieng-on-2"}),
    ("groups:*", {"b"}),
    ("don_vi:m3", {"a"}),
    ("extras_don_vi:m3", {"a"}),
    ("don_vi:*", {"a"}),
    ("version:[1.5 TO 2.5]", {"a"}),
    ("num_resources:[1 TO *]", {"b"}),
    ("metadata_modified:[NOW-1DAY TO NOW]", {"a", "b", "zz-tieng-on-1", "zz-tieng-on-2"}),
    ("metadata_modified:[2030-01-01T00:00:00Z TO *]", set()),
    ("NOT (title:nuoc OR title:gio) AND *:*", {"zz-tieng-on-1", "zz-tieng-on-2"}),
    ("state:active AND capacity:public AND title:gio", {"b"}),
    ("state:deleted", set()),
    ("khong_co:x", set()),
])
def test_conditions_in_the_language_of_ckan(furnished, condition, expected):
    publish(furnished, name="aa", title="Nước sạch", tags=[{"name": "nước sạch"}], extras=[{"key": "don_vi", "value": "m3"}], version="2.0")
    publish(furnished, name="bb", title="Gió", owner_org="so-du-lich", tags=[{"name": "gió"}], license_id="cc-by",
            groups=[{"name": "du-lich"}], resources=[{"url": "http://x/y"}])
    expected = {{"a": "aa", "b": "bb"}.get(name, name) for name in expected}
    assert set(names(furnished, where=[parse(condition)], now=furnished.clock.now())) == expected


@pytest.mark.parametrize("condition", ["metadata_modified:[yesterday TO NOW]", "num_tags:viele", "metadata_modified:20*"])
def test_a_condition_that_makes_no_sense_is_refused(furnished, condition):
    with pytest.raises(SearchRefused):
        names(furnished, where=[parse(condition)])
