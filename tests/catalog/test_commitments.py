"""The list of open data: loading it, and what became of each promise."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from support.participating import add_agency, add_dataset, at, evidence_of, promise, succeed

from catalog.commitments import load_commitments, state_on
from catalog.errors import Invalid
from catalog.evidence import record_dataset
from catalog.models import Commitment

DAY = date(2024, 9, 30)
HEADER = "co_quan,bo_du_lieu,ten_vi,ten_en,luoc_do,tan_suat,han,can_cu,lien_he"


@pytest.fixture
def session(site):
    with site.writing() as session:
        add_agency(session, "nhieu", position=9)
        yield session


@pytest.fixture
def load(session, tmp_path):
    def read(*rows):
        path = tmp_path / "cam-ket.csv"
        path.write_text("\n".join([HEADER, *rows]), "utf-8")
        return load_commitments(session, path, at(DAY))
    return read


def states(session, day):
    return {each.dataset_key: each.state for each in state_on(session, day)}


def test_the_list_is_loaded_and_loading_it_again_changes_nothing(session, load):
    add_agency(session, "so-yt")
    rows = ("so-yt,benh-vien,Bệnh viện,Hospitals,co-so-kham-chua-benh,monthly,2024-10-31,QĐ 1,", "so-yt,nha-thuoc,Nhà thuốc,,,weekly,2024-10-31,,")
    assert load(*rows).added == 2
    assert load(*rows).unchanged == 2
    result = load(rows[0].replace("monthly", "weekly"), rows[1])
    assert (result.added, result.changed, result.unchanged) == (0, 1, 1)


@pytest.mark.parametrize(("row", "place", "words"), [
    ("so-la,bo,Bộ dữ liệu,,,monthly,2024-10-31,,", "cột A, dòng 2", "so-la"),
    ("so-yt,bo,Bộ dữ liệu,,khong-co,monthly,2024-10-31,,", "cột E, dòng 2", "khong-co"),
    ("so-yt,bo,Bộ dữ liệu,,,mỗi tháng,2024-10-31,,", "cột F, dòng 2", "mỗi tháng"),
    ("so-yt,bo,Bộ dữ liệu,,,monthly,31/10/2024,,", "cột G, dòng 2", "31/10/2024"),
])
def test_a_mistake_is_named_and_nothing_is_loaded(session, load, row, place, words):
    add_agency(session, "so-yt")
    with pytest.raises(Invalid) as refusal:
        load(row)
    assert any(place in where and words in message for where, message in refusal.value.errors.items()), refusal.value.errors
    assert session.scalar(select(func.count()).select_from(Commitment)) == 0


def test_a_new_promise_judges_the_dataset_anew(session, load):
    dataset = add_dataset(session, add_agency(session, "so-yt"), "benh-vien", DAY, frequency="annual")
    record_dataset(session, dataset, at(DAY))
    load("so-yt,benh-vien,Bệnh viện,,,daily,2024-10-31,,")
    assert evidence_of(session, dataset)["current"].good_until == DAY + timedelta(days=8)


def test_a_promise_is_due_then_unpublished_then_kept_then_overdue(session):
    agency = add_agency(session, "so-yt")
    promise(session, agency, "benh-vien", DAY, frequency="weekly")
    assert states(session, DAY) == {"benh-vien": "due"}
    assert states(session, DAY + timedelta(days=1)) == {"benh-vien": "unpublished"}
    published = DAY + timedelta(days=3)
    record_dataset(session, add_dataset(session, agency, "benh-vien", published), at(published))
    assert states(session, published + timedelta(days=14)) == {"benh-vien": "kept"}
    assert states(session, published + timedelta(days=15)) == {"benh-vien": "overdue"}
    assert states(session, DAY + timedelta(days=1)) == {"benh-vien": "unpublished"}
    assert [each.on_time for each in state_on(session, published)] == [False]


def test_a_promise_is_known_by_the_identifier_at_the_source_and_another_agency_s_dataset_does_not_keep_it(session):
    agency, other = add_agency(session, "so-yt", position=1), add_agency(session, "so-khac", position=2)
    for each in (agency, other):
        promise(session, each, "bang-1", DAY)
    record_dataset(session, add_dataset(session, agency, "benh-vien", DAY, identifier="bang-1"), at(DAY))
    assert [each.state for each in state_on(session, DAY)] == ["kept", "due"]


def test_a_successor_keeps_the_promise_of_its_predecessor(session):
    before, after = add_agency(session, "so-a", end=DAY), add_agency(session, "so-b", begin=DAY + timedelta(days=1))
    succeed(session, before, after, DAY + timedelta(days=1))
    promise(session, before, "bo", DAY)
    record_dataset(session, add_dataset(session, before, "bo", DAY), at(DAY))
    state = state_on(session, DAY + timedelta(days=1))[0]
    assert (state.agency_id, state.state, state.dataset_name) == (after, "kept", "bo")
