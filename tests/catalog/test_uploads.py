"""What an agency hands in is kept whole, under a stable identity, and refused in words where it cannot be used."""

from __future__ import annotations

import hashlib
import io
import json

import pytest
from sqlalchemy import func, select
from support.commands import haidang
from support.harvesting import harvest
from support.seeding import add_source
from support.sources import code_of

from catalog.issues import codes
from catalog.models import Dataset, Resource, Source, UploadedFile, Version
from catalog.uploads import Drop, checked_name, keep_upload, receive, uploads, withdraw_upload

GOOD = "ma,ten\nA1,Chợ Vũng Tàu\n".encode()
BETTER = GOOD + "A2,Chợ Bà Rịa\n".encode()


@pytest.fixture
def drop(site):
    """A source of kind upload, and a second one as noise."""
    source_id = add_source(site, url="upload:nguon", connector="upload")
    with site.writing() as session:
        agency_id = session.get_one(Source, source_id).agency_id
        session.add(Source(id="noise", name="khac", agency_id=agency_id, connector="upload", url="upload:khac", created=site.clock.now()))
    with site.writing() as session:
        keep_upload(session, session.get_one(Source, "noise"), io.BytesIO(b"a\n1\n"), "cho.csv", {}, site=site)
    return source_id


def hand_in(site, source_id: str, data: bytes = GOOD, name: str = "cho.csv", identifier: str | None = None, **says) -> UploadedFile:
    with site.writing() as session:
        return keep_upload(session, session.get_one(Source, source_id), io.BytesIO(data), name, says, site=site, identifier=identifier)


def held(site, source_id: str) -> list[tuple[str, int]]:
    with site.reading() as session:
        return [(row.identifier, row.number) for row in uploads(session, source_id)]


def test_a_file_is_kept_whole_with_what_was_said_of_it(site, drop):
    row = hand_in(site, drop, title="Chợ", tags=["chợ"], frequency="monthly", schema="cho-sieu-thi")
    assert (row.sha256, row.size, row.number) == (hashlib.sha256(GOOD).hexdigest(), len(GOOD), 1)
    assert site.files.get(row.sha256) == GOOD
    assert row.says == {"title": "Chợ", "tags": ["chợ"], "frequency": "monthly", "schema": "cho-sieu-thi"}
    assert row.uploaded_at == site.clock.now()


def test_the_same_name_is_a_new_version_and_what_is_not_said_again_stays(site, drop):
    hand_in(site, drop, title="Chợ", description="Cũ")
    again = hand_in(site, drop, BETTER, "CHO.CSV", description="Mới")
    assert (again.identifier, again.number, again.says) == ("cho.csv", 2, {"title": "Chợ", "description": "Mới"})
    assert held(site, drop) == [("cho.csv", 2)]


def test_the_same_file_handed_in_twice_changes_nothing(site, drop):
    first, second = hand_in(site, drop, title="Chợ"), hand_in(site, drop, title="Chợ")
    assert first.id == second.id
    assert held(site, drop) == [("cho.csv", 1)]


def test_a_file_of_another_name_can_be_a_new_version(site, drop):
    hand_in(site, drop)
    assert hand_in(site, drop, BETTER, "cho-2025.csv", identifier="cho.csv").number == 2
    assert code_of(lambda: hand_in(site, drop, BETTER, "cho-2025.csv", identifier="khong-co.csv")) == "upload-unknown"
    assert held(site, drop) == [("cho.csv", 2)]


def test_a_withdrawn_file_is_listed_no_more_and_comes_back_as_itself(site, drop):
    hand_in(site, drop)
    with site.writing() as session:
        withdraw_upload(session, session.get_one(Source, drop), "cho.csv", site=site)
    assert held(site, drop) == []
    with site.writing() as session:
        assert code_of(lambda: withdraw_upload(session, session.get_one(Source, drop), "cho.csv", site=site)) == "upload-unknown"
    assert hand_in(site, drop).number == 2
    assert held(site, drop) == [("cho.csv", 2)]


@pytest.mark.parametrize("name", ["", ".csv", ".bí-mật.csv", "cho", "cho.exe", "cho.csv.exe", "cho.html", "x" * 197 + ".csv", "a\x00b.csv", "a\nb.csv",
                                  "exe\u202evsc.csv", "thư mục/", "..", "../..", "a\u200bb.csv"])
def test_a_name_that_cannot_stand_is_refused_and_nothing_is_kept(site, drop, name):
    assert code_of(lambda: hand_in(site, drop, name=name)) == "upload-name-refused"
    assert held(site, drop) == []


@pytest.mark.parametrize(("given", "kept"), [("../../etc/cho.csv", "cho.csv"), ("C:\\Tài liệu\\Chợ.XLSX", "Chợ.XLSX"), ("/cho.csv", "cho.csv"),
                                             ("Cho\u031b\u0323.csv", "Chợ.csv")])
def test_of_a_path_only_the_name_is_kept_in_its_composed_form(given, kept):
    assert checked_name(given) == kept


@pytest.mark.parametrize("says", [{"la": "x"}, {"title": 7}, {"title": ["x"]}, {"tags": [7]}, {"frequency": "mỗi tuần"}, {"schema": "khong-co"}, {"title": "x" * 20_001}])
def test_words_that_cannot_be_used_are_refused_by_field(site, drop, says):
    assert code_of(lambda: hand_in(site, drop, **says)) == "upload-words-refused"
    assert held(site, drop) == []


def test_an_empty_file_and_one_that_is_too_large_are_refused(site, drop):
    assert code_of(lambda: hand_in(site, drop, b"")) == "upload-empty"
    assert code_of(lambda: receive(site.files, io.BytesIO(GOOD), "cho.csv", max_bytes=len(GOOD) - 1)) == "too-large"
    assert receive(site.files, io.BytesIO(GOOD), "cho.csv", max_bytes=len(GOOD)).size == len(GOOD)


def test_a_source_of_another_kind_takes_no_files(site, drop):
    with site.writing() as session:
        session.get_one(Source, drop).connector = "ckan"
    assert code_of(lambda: hand_in(site, drop)) == "upload-elsewhere"


def test_a_drop_gives_no_bytes_that_were_not_handed_in_for_its_source(site, drop, tmp_path):
    foreign = site.files.put_bytes(b"of somebody else")
    row = hand_in(site, drop)
    assert code_of(Drop(site, drop).copy, foreign, tmp_path / "ra") == "file-missing"
    assert code_of(Drop(site, "noise").copy, row.sha256, tmp_path / "ra") == "file-missing"
    Drop(site, drop).copy(row.sha256, tmp_path / "ra")
    assert (tmp_path / "ra").read_bytes() == GOOD


def test_every_word_of_an_upload_has_an_issue_of_its_own():
    assert {name for name in codes() if name.startswith("upload-")} == {
        "upload-name-refused", "upload-empty", "upload-elsewhere", "upload-unknown", "upload-words-refused"}


def test_from_the_command_line_to_the_catalogue_and_back(site, tmp_path):
    """One dataset from its first version over its second to its withdrawal: created, unchanged, updated, archived by the rules of the house."""
    add_source(site, url="http://127.0.0.1:9/")
    added = haidang(site, "source", "add", "tu-nop", "--agency", "so-y-te", "--connector", "upload", "--option", "frequency=monthly")
    assert added.returncode == 0, added.stderr
    (tmp_path / "Chợ.csv").write_bytes(GOOD)
    said = haidang(site, "source", "upload", "tu-nop", str(tmp_path / "Chợ.csv"), "--title", "Danh sách chợ", "--theme", "cong-thuong")
    assert said.returncode == 0, said.stderr
    preview = haidang(site, "source", "preview", "tu-nop", "--json")
    first, second = harvest(site, "tu-nop"), harvest(site, "tu-nop")
    (tmp_path / "Chợ.csv").write_bytes(BETTER)
    haidang(site, "source", "upload", "tu-nop", str(tmp_path / "Chợ.csv"))
    third = harvest(site, "tu-nop")
    listed = json.loads(haidang(site, "source", "uploads", "tu-nop", "--json").stdout)
    assert json.loads(preview.stdout)["records"][0]["resources"][0]["state"] == "valid"
    assert (first["counts"], second["counts"], third["counts"]) == ({"created": 1}, {"unchanged": 1}, {"updated": 1})
    assert [(row["identifier"], row["number"], row["says"]["title"]) for row in listed] == [("chợ.csv", 2, "Danh sách chợ")]
    with site.reading() as session:
        dataset = session.scalars(select(Dataset)).one()
        live = session.get_one(Version, session.scalars(select(Resource.version_id)).one())
        assert (dataset.title, dataset.identifier, live.sha256, live.rows) == ("Danh sách chợ", "chợ.csv", hashlib.sha256(BETTER).hexdigest(), 2)
        assert session.scalar(select(func.count()).select_from(Version)) == 2
    assert haidang(site, "source", "withdraw", "tu-nop", "chợ.csv").returncode == 0
    assert harvest(site, "tu-nop")["status"].startswith("succeeded")


@pytest.mark.parametrize(("words", "vi", "en"), [
    (("upload", "khong-co", "{file}"), "Không có nguồn nào tên", "no source named"), (("upload", "nguon", "{file}"), "không nhận tệp nộp tay", "takes no uploads"),
    (("upload", "nguon", "{file}", "{file}", "--title", "x"), "nộp từng tệp", "one by one"), (("withdraw", "nguon", "x"), "chưa có bộ dữ liệu", "has no dataset"),
])
def test_what_cannot_be_done_is_said_in_both_languages(site, tmp_path, words, vi, en):
    add_source(site, url="http://127.0.0.1:9/")
    (tmp_path / "cho.csv").write_bytes(GOOD)
    said = haidang(site, "source", *(word.format(file=tmp_path / "cho.csv") for word in words))
    assert said.returncode in (1, 2)
    assert vi in said.stderr
    assert en in said.stderr
