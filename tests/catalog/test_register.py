"""The official register: loading it, and who stood in whose place on a day."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from catalog.errors import Invalid, Trouble
from catalog.models import Agency, AgencyName, Succession
from catalog.register import agencies_on, holder, load_register, successors

NOW = datetime(2024, 9, 30, 5, tzinfo=UTC)
HEADER = ("slug,ten_vi,ten_en,ky_hieu,ma,trang_thai_ma,cap,cap_tren,hieu_luc_tu,hieu_luc_den,quyet_dinh,su_kien,tien_than,"
          "tinh_tham_gia,tam,lien_he")


def row(slug, begin="2023-10-27", end="", event="establish", before="", counts="true", name=None):
    return f"{slug},{name or 'Cơ quan ' + slug},Agency {slug},,,provisional,province,,{begin},{end},QĐ,{event},{before},{counts},false,"


@pytest.fixture
def register_csv(tmp_path):
    def write(*rows, header=HEADER):
        path = tmp_path / "so-bo.csv"
        path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
        return path
    return write


MERGER = (
    row("so-a", end="2025-02-28"), row("so-b", end="2025-02-28"), row("so-khac"),
    row("so-c", "2025-03-01", "2025-06-30", "merge", "so-a;so-b"), row("so-d", "2025-07-01", "", "merge", "so-c"),
)


def load(site, path):
    with site.writing() as session:
        return load_register(session, path, NOW)


def test_the_list_is_loaded_and_loading_it_again_changes_nothing(site, register_csv):
    path = register_csv(*MERGER)
    first, second = load(site, path), load(site, path)
    assert (first.added, first.changed, first.unchanged) == (5, 0, 0)
    assert (second.added, second.changed, second.unchanged) == (0, 0, 5)
    with site.reading() as session:
        assert session.scalar(select(func.count()).select_from(Succession)) == 3


def test_an_agency_is_active_on_its_last_day_and_not_on_the_next(site, register_csv):
    load(site, register_csv(*MERGER))
    with site.reading() as session:
        assert [agency.slug for agency in agencies_on(session, date(2025, 2, 28))] == ["so-a", "so-b", "so-khac"]
        assert [agency.slug for agency in agencies_on(session, date(2025, 3, 1))] == ["so-khac", "so-c"]


def test_what_an_agency_held_goes_to_its_successors_through_every_merger(site, register_csv):
    load(site, register_csv(*MERGER))
    with site.reading() as session:
        first = session.scalar(select(Agency).where(Agency.slug == "so-a"))
        assert holder(session, first.id, date(2024, 9, 30)).slug == "so-a"
        assert holder(session, first.id, date(2025, 5, 1)).slug == "so-c"
        assert holder(session, first.id, date(2026, 1, 1)).slug == "so-d"


def test_after_a_split_there_are_several_successors_in_the_order_of_the_list(site, register_csv):
    load(site, register_csv(row("huyen", end="2025-06-30"), row("khac"), row("xa-b", "2025-07-01", event="split", before="huyen"),
                            row("xa-a", "2025-07-01", event="split", before="huyen")))
    with site.reading() as session:
        before = session.scalar(select(Agency).where(Agency.slug == "huyen"))
        assert [agency.slug for agency in successors(session, before.id, date(2025, 7, 1))] == ["xa-b", "xa-a"]
        assert holder(session, before.id, date(2025, 7, 1)).slug == "xa-b"


def test_an_agency_dissolved_without_successor_leaves_nobody(site, register_csv):
    load(site, register_csv(row("so-a", end="2025-02-28"), row("khac")))
    with site.reading() as session:
        agency = session.scalar(select(Agency).where(Agency.slug == "so-a"))
        assert holder(session, agency.id, date(2025, 3, 1)) is None


def test_an_agency_that_goes_on_keeps_what_it_holds_though_another_has_taken_a_task_of_it(site, register_csv):
    load(site, register_csv(row("so-a"), row("so-b", "2024-01-01", event="transfer", before="so-a")))
    with site.reading() as session:
        agency = session.scalar(select(Agency).where(Agency.slug == "so-a"))
        assert holder(session, agency.id, date(2025, 1, 1)).slug == "so-a"


def test_an_agency_that_goes_on_may_name_itself_among_those_it_succeeds(site, register_csv):
    load(site, register_csv(row("so-a"), row("so-b", end="2024-12-31"), row("so-a", "2025-01-01", event="merge", before="so-a;so-b")))
    with site.reading() as session:
        assert session.scalar(select(func.count()).select_from(Succession)) == 1


def test_several_rows_of_a_slug_are_the_dated_names_of_one_agency(site, register_csv):
    load(site, register_csv(row("phu-my", end="2024-12-31", name="UBND thị xã Phú Mỹ"), row("khac"),
                            row("phu-my", "2025-01-01", "2025-06-30", "rename", name="UBND thành phố Phú Mỹ")))
    with site.reading() as session:
        agency = session.scalar(select(Agency).where(Agency.slug == "phu-my"))
        assert agency.name_on(date(2024, 9, 30)).name_vi == "UBND thị xã Phú Mỹ"
        assert agency.name_on(date(2025, 1, 1)).name_vi == "UBND thành phố Phú Mỹ"
        assert (agency.valid_from, agency.valid_to) == (date(2023, 10, 27), date(2025, 6, 30))


def test_a_corrected_name_changes_its_agency_and_no_other(site, register_csv):
    load(site, register_csv(row("so-a"), row("so-b")))
    result = load(site, register_csv(row("so-a", name="Sở mang tên mới"), row("so-b")))
    assert (result.added, result.changed, result.unchanged) == (0, 1, 1)
    with site.reading() as session:
        assert session.scalar(select(func.count()).select_from(AgencyName)) == 2


@pytest.mark.parametrize(("rows", "place", "words"), [
    ((row("so-a"), row("so-b", begin="27/10/2023")), "cột I, dòng 3", ("27/10/2023", "2024-09-30")),
    ((row("so-a"), row("SO B")), "cột A, dòng 3", ("SO B",)),
    ((row("so-a", counts=""),), "cột N, dòng 2", ("còn trống", "is empty")),
    ((row("so-a"), row("so-a")), "dòng 3", ("trùng khóa", "same key")),
    ((row("so-a", end="2023-01-01"),), "cột J, dòng 2", ("2023-01-01",)),
    ((row("so-a", end="2024-06-01"), row("so-a", "2025-01-01", event="rename")), "cột J, dòng 2", ("2024-12-31",)),
    ((row("so-a"), row("so-c", "2025-01-01", event="merge", before="so-x")), "cột M, dòng 3", ("so-x", "not on the register")),
    ((row("so-a"), row("so-c", event="merge", before="so-a")), "cột M, dòng 3", ("so-a", "not before")),
    ((row("so-a", event="merge"),), "cột M, dòng 2", ("predecessor",)),
    ((row("so-a", end="2024-12-31"), row("so-a", "2025-01-01", event="rename", counts="false")), "cột N, dòng 3", ("miễn", "exempt")),
])
def test_a_mistake_is_named_by_row_and_column_in_both_languages_and_nothing_is_loaded(site, register_csv, rows, place, words):
    with pytest.raises(Invalid) as refusal:
        load(site, register_csv(*rows))
    said = {where: message for where, message in refusal.value.errors.items() if place in where}
    assert said, refusal.value.errors
    assert all(word in " ".join(said.values()) for word in words), said
    with site.reading() as session:
        assert session.scalar(select(func.count()).select_from(Agency)) == 0


def test_a_missing_column_is_named(site, register_csv):
    path = register_csv("so-a,Sở A", header="slug,ten_vi")
    with pytest.raises(Invalid, match="cap"):
        load(site, path)


@pytest.mark.parametrize(("content", "code"), [
    (b"", "list-empty"), (b"\xff\xfes\x00l\x00u\x00g\x00", "list-not-utf8"), (b"slug\n\x00", "list-unreadable"),
    (b'slug,ten_vi\n"so-a,S', "list-unreadable"),
])
def test_a_file_that_is_no_table_is_refused_with_a_remedy(site, tmp_path, content, code):
    path = tmp_path / "so-bo.csv"
    path.write_bytes(content)
    with pytest.raises(Trouble) as trouble:
        load(site, path)
    assert trouble.value.issue.code == code


def test_a_file_that_is_not_there_is_said(site, tmp_path):
    with pytest.raises(Trouble) as trouble:
        load(site, tmp_path / "khong-co.csv")
    assert trouble.value.issue.code == "list-unreadable"


def test_excel_s_semicolons_and_byte_order_mark_are_read(site, tmp_path):
    path = tmp_path / "so-bo.csv"
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([HEADER.replace(",", ";"), row("so-a").replace(",", ";")]).encode())
    assert load(site, path).added == 1
