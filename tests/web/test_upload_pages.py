"""The pages by which an agency hands in a file: send, see what is wrong, mend it, publish; for who sent it, and each act once."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select
from support import uploading
from support.acting import GUARD, account_client, person
from support.harvesting import harvest
from support.people import ask
from support.seeding import add_agency
from support.uploading import check, clerk, field, press, row, send
from support.visiting import Visitor, visitor

import schemas
from catalog import jobs, retention
from catalog.clock import FrozenClock
from catalog.drafts import checking, keeping
from catalog.models import Agency, Dataset, Run, Source, UploadDraft, UploadedFile, new_id

MARKETS = schemas.load("cho-sieu-thi")
FAULTY, VALID = MARKETS.invalid_sample.read_bytes(), MARKETS.valid_sample.read_bytes()


@pytest.fixture
def client(site) -> Visitor:
    return clerk(site)


def sent(site, client, content: bytes = FAULTY, name: str = "cho.csv", **more: str) -> str:
    return uploading.sent(site, client, content, name, **more)


def count(site, table) -> int:
    with site.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_only_who_writes_for_an_agency_reaches_the_pages(site, client):
    assert visitor(site).get("/desk/uploads").status_code == 303
    for name in ("nam", "minh"):
        assert account_client(site, name).get("/desk/uploads").status_code == 403
    assert client.get("/desk/uploads").status_code == 200


def test_a_file_waits_for_its_check_and_says_so(site, client):
    answer = send(client, FAULTY)
    page = client.get(answer.headers["Location"]).text
    assert "Đang đọc tệp cho.csv" in page and "Chưa có bộ chạy nào hoạt động" in page and 'http-equiv="refresh"' in page
    state = answer.headers["Location"] + "/state.json"
    assert client.get(state).json["finished"] is False
    check(site, answer)
    assert client.get(state).json["finished"] is True


def test_columns_and_causes_are_told_in_words_with_their_cells(site, client):
    where = sent(site, client)
    columns = client.get(where).text
    assert "Nhận ra lược đồ" in columns and MARKETS.title["vi"] in columns and "CHO-001" in columns
    report = client.get(where + "/report").text
    assert "còn 12 ô cần sửa" in report and "Cột E" in report and "dòng 7" in report and "6.200,5" in report and "6200.5" in report
    assert "Tệp chưa nộp được" in report and "Ai phải làm" in report and "Sở Y tế" in report
    english = client.get(where + "/report?lang=en").text
    assert "12 cells" in english and "Column E" in english


def test_the_corrected_file_and_the_marked_workbook_come_down(site, client):
    where = sent(site, client)
    corrected = client.get(where + "/file/corrected")
    assert "cho-da-sua.csv" in corrected.headers["Content-Disposition"] and corrected.headers["Cache-Control"] == "private, no-store"
    rows = list(csv.reader(io.StringIO(corrected.data.decode("utf-8-sig"))))
    assert rows[6][4] == "6200.5" and len(rows) == 14
    marked = CalamineWorkbook.from_filelike(io.BytesIO(client.get(where + "/file/marked").data))
    assert marked.sheet_names[0] == "Lỗi cần sửa"
    assert client.get(where + "/file/original").data == FAULTY
    assert client.get(where + "/file/other").status_code == 404


def test_a_mended_file_is_compared_with_the_one_before(site, client):
    first = sent(site, client)
    second = check(site, send(client, FAULTY.replace(b"6.200,5", b"6200.5").replace("Siêu Thị".encode(), "Siêu Thị lớn".encode()),
                              path=first + "/report", before=first.rsplit("/", 1)[1]))
    page = client.get(second + "/report").text
    assert "so với lần kiểm tra" in page and "1 nhóm đã sửa từ lần trước" in page and "Còn lại" in page
    assert row(site, second).thread == row(site, first).thread and row(site, second).number == 2
    assert "còn 12 ô" in client.get(first + "/report").text


def test_the_certain_repairs_are_taken_over_by_one_press(site, client):
    header, *rows = VALID.decode().splitlines()
    faulty = "\n".join([header, *(line.replace("2024-06-30", "30/06/2024") for line in rows)]).encode()
    assert faulty != VALID
    where = sent(site, client, faulty)
    answer = press(client, where + "/again", repaired="yes")
    made = check(site, answer)
    assert row(site, made).answer["state"] == "valid" and row(site, made).filename == "cho.csv"
    assert "đều đúng quy tắc" in client.get(made + "/report").text
    assert client.get(where + "/file/original").data == faulty


def test_a_valid_file_becomes_an_upload_and_a_run_exactly_once(site, client):
    where = sent(site, client, VALID)
    form = client.get(where + "/publish").text
    assert MARKETS.title["vi"] in form
    fields = {"title": "Chợ trên địa bàn", "frequency": "quarterly", "license": "cc-by"}
    first = press(client, where + "/publish", **fields)
    assert first.status_code == 303, re.findall('role="alert".*', first.text)
    for _again in range(2):
        assert press(client, where + "/publish", **fields).status_code == 303
    assert (count(site, UploadedFile), count(site, Run)) == (1, 1)
    with site.reading() as session:
        upload, source = session.scalars(select(UploadedFile)).one(), session.scalars(select(Source).where(Source.connector == "upload")).one()
        assert (upload.says["title"], upload.says["schema"], upload.source_id) == ("Chợ trên địa bàn", "cho-sieu-thi", source.id)
        assert source.name == "so-y-te-nop-tep" and source.agency_id == session.scalar(select(Agency.id).where(Agency.slug == "so-y-te"))
    page = client.get(where + "/publish").text
    assert f"/runs/{row(site, where).run_id}" in page and "Tệp đã được nộp lúc" in page
    assert site.files.get(upload.sha256) == VALID


def test_what_was_handed_in_is_published_by_the_run_and_its_next_version_is_offered(site, client):
    where = sent(site, client, VALID)
    press(client, where + "/publish", title="Chợ trên địa bàn", license="cc-by")
    with site.writing() as session:
        jobs.cancel(session, row(site, where).run_id, site.clock.now())
    assert harvest(site, "so-y-te-nop-tep")["status"] == "succeeded"
    with site.reading() as session:
        dataset = session.scalars(select(Dataset)).one()
    assert f"/dataset/{dataset.name}" in client.get(where + "/publish").text
    newer = sent(site, client, VALID.replace(b"CHO-001", b"CHO-901"), "cho (1).csv")
    form = client.get(newer + "/publish").text
    assert re.search(r'<option value="cho.csv" selected>Bản mới của: Chợ trên địa bàn', form)
    assert press(client, newer + "/publish", identifier="cho.csv").status_code == 303
    with site.reading() as session:
        assert session.scalars(select(UploadedFile.number).where(UploadedFile.identifier == "cho.csv").order_by(UploadedFile.number)).all() == [1, 2]


def test_a_file_with_errors_cannot_be_handed_in_by_any_way(site, client):
    where = sent(site, client)
    assert client.get(where + "/publish").headers["Location"].endswith("/report")
    assert press(client, where + "/publish", title="x").status_code in (303, 422) and count(site, UploadedFile) == 0


def test_personal_data_is_shown_masked_and_left_out_by_choice(site, client):
    table = "ten_cua_hang,SĐT\n" + "".join(f"Cửa hàng {n},090123{n:04d}\n" for n in range(1000, 1020))
    where = sent(site, client, table.encode(), "cua-hang.csv")
    for page in (client.get(where).text, client.get(where + "/report").text):
        assert "0901231000" not in page
    shown = client.get(where).text
    assert "Đang giữ lại: cột “SĐT” có vẻ là dữ liệu cá nhân" in shown and "số điện thoại di động" in shown
    made = check(site, press(client, where + "/again", repaired="yes", **{"column:B": "-"}))
    answer = row(site, made).answer
    assert [column["label"] for column in answer["columns"]] == ["ten_cua_hang"] and answer["state"] == "valid"
    assert client.get(made + "/file/original").data.decode().splitlines()[:2] == ["ten_cua_hang", "Cửa hàng 1000"]


def test_columns_of_a_table_further_right_have_the_letters_of_the_sheet(site, client, tmp_path):
    with xlsxwriter.Workbook(str(tmp_path / "cua-hang.xlsx")) as book:
        sheet = book.add_worksheet()
        for row_number, cells in enumerate([("ten_cua_hang", "SĐT", "loai"), *((f"Cửa hàng {n}", f"090123{n}", "tạp hóa") for n in range(1000, 1020))]):
            sheet.write_row(row_number, 2, cells)
    where = sent(site, client, (tmp_path / "cua-hang.xlsx").read_bytes(), "cua-hang.xlsx")
    found = row(site, where).answer
    assert [(column["letter"], column["samples"][0]) for column in found["columns"]] == [("C", "Cửa hàng 1000"), ("D", "•••••"), ("E", "tạp hóa")]
    assert "0901231000" not in client.get(where).text and found["state"] == "held"
    made = check(site, press(client, where + "/again", repaired="yes", **{"column:D": "-"}))
    assert client.get(made + "/file/original").data.decode().splitlines()[:2] == ["ten_cua_hang,loai", "Cửa hàng 1000,tạp hóa"]
    assert row(site, made).answer["state"] == "valid"


def test_a_column_is_given_another_name_of_the_schema(site, client):
    where = sent(site, client, VALID.replace(b"ten_dia_diem", b"ten"), schema="")
    answer = press(client, where + "/again", schema="cho-sieu-thi")
    chosen = check(site, answer)
    assert row(site, chosen).answer["state"] == "invalid" and "Chọn một cột, hoặc bỏ" in client.get(chosen).text
    made = check(site, press(client, chosen + "/again", **{"column:B": "ten_dia_diem"}))
    assert row(site, made).answer["state"] == "valid", row(site, made).answer["issues"]


@pytest.mark.parametrize(("name", "content", "told"), [
    ("trong.csv", b"", "tệp không có nội dung"),
    ("bao-cao.pdf", b"%PDF-1.4", "tên tệp chưa dùng được"),
])
def test_what_cannot_be_taken_is_refused_in_words_and_leaves_nothing(site, client, name, content, told):
    answer = send(client, content, name)
    assert answer.status_code == 422 and told in answer.text and count(site, UploadDraft) == 0


@pytest.mark.parametrize(("name", "content"), [
    ("bang.xlsx", b"%PDF-1.4 not a workbook"), ("bang.xls", b"<html><body><p>x</p></body></html>"), ("anh.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(64)),
    ("cut.xlsx", b"PK\x03\x04" + bytes(200)), ("mat-khau.xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000)),
])
def test_what_cannot_be_read_says_why_and_asks_for_another_file(site, client, name, content):
    where = sent(site, client, content, name)
    page = client.get(where).text
    assert row(site, where).answer["state"] == "invalid" and "Ai phải làm" in page and "Gửi tệp khác" in page
    assert client.get(where + "/report").status_code == 200


def test_the_same_form_twice_is_one_draft_and_another_file_in_it_another(site, client):
    page = client.get("/desk/uploads").text
    form = {"csrf_token": unescape(GUARD.search(page)[1]), "draft": field(page, "draft")}
    first = client.post("/desk/uploads", data={**form, "file": (io.BytesIO(FAULTY), "cho.csv")})
    again = client.post("/desk/uploads", data={**form, "file": (io.BytesIO(FAULTY), "cho.csv")})
    assert first.headers["Location"] == again.headers["Location"] and count(site, UploadDraft) == 1
    other = client.post("/desk/uploads", data={**form, "file": (io.BytesIO(VALID), "cho.csv")})
    assert other.headers["Location"] != first.headers["Location"] and count(site, UploadDraft) == 2


def test_a_draft_is_for_who_sent_it_alone(site, client):
    where = sent(site, client)
    for other in (account_client(site, "lan"), account_client(site, "root"), person(site)):
        for path in (where, where + "/report", where + "/publish", where + "/file/original", where + "/state.json"):
            assert other.get(path).status_code == 404
        assert press(other, where + "/discard").status_code == 404
    assert client.get("/desk/uploads/khong-phai-ma").status_code == 404


def test_who_no_longer_writes_for_the_agency_loses_its_drafts(site, client):
    where = sent(site, client)
    ask(site, "root", "organization_member_delete", id="so-y-te", username="jane")
    assert client.get(where).status_code == 403


def test_who_writes_for_several_agencies_chooses_one(site, client):
    root = person(site)
    with site.writing() as session:
        add_agency(site, session, "so-xay-dung")
    assert "Tệp của cơ quan nào" in root.get("/desk/uploads").text and "Tệp của cơ quan nào" not in client.get("/desk/uploads").text
    assert send(root, VALID).status_code == 422
    where = check(site, send(root, VALID, agency="so-du-lich"))
    with site.reading() as session:
        assert session.get_one(Agency, row(site, where).agency_id).slug == "so-du-lich"
    assert send(client, VALID, agency="so-du-lich").status_code == 422


def test_a_file_without_the_guard_or_too_large_is_not_taken(site, client):
    assert client.post("/desk/uploads", data={"draft": new_id(), "file": (io.BytesIO(VALID), "cho.csv")}).status_code == 400
    huge = client.post("/desk/uploads", data=b"x", content_type="multipart/form-data; boundary=x", environ_overrides={"CONTENT_LENGTH": str(1 << 30)})
    assert huge.status_code == 413 and "100 MB" in huge.text
    stranger = visitor(site).post("/desk/uploads", data=b"x", content_type="multipart/form-data; boundary=x",
                                  environ_overrides={"CONTENT_LENGTH": str(50 << 20)})
    assert stranger.status_code == 303 and count(site, UploadDraft) == 0


def test_a_fault_of_ours_says_so_and_leaves_the_file(site, client):
    answer = send(client, VALID)
    where = answer.headers["Location"]
    checking.give_up(site, where.rsplit("/", 1)[1], "abc123")
    page = client.get(where).text
    assert "lỗi ở phía hệ thống" in page and "abc123" in page and "Đội nền tảng" in page


def test_a_check_that_never_came_is_told_as_lost(site, client):
    where = send(client, VALID).headers["Location"]
    with site.writing() as session:
        session.get_one(UploadDraft, where.rsplit("/", 1)[1]).sent_at -= keeping.STUCK
    assert "Chưa kiểm tra được" in client.get(where).text


def test_a_draft_goes_with_its_bytes_when_its_time_is_over_or_it_is_discarded(site, client):
    kept, gone = sent(site, client, VALID), sent(site, client, FAULTY)
    press(client, kept + "/publish", title="Chợ")
    folder = site.files.folder / "drafts"
    assert client.get(gone + "/file/original").data == FAULTY
    assert press(client, gone + "/discard").status_code == 303 and client.get(gone).status_code == 404
    assert not [path for path in folder.rglob("*") if path.is_file() and path.read_bytes() == FAULTY]
    later = replace(site, clock=FrozenClock(site.clock.now() + timedelta(days=31)))
    assert retention.foreseen(later).drafts == 1
    assert keeping.clear(later) == 1 and not [path for path in folder.rglob("*") if path.is_file()]
    with site.reading() as session:
        assert site.files.get(session.scalars(select(UploadedFile.sha256)).one()) == VALID


def test_many_that_wait_are_refused_before_more_are_kept(site, client):
    for number in range(keeping.WAITING):
        assert send(client, VALID, f"tep-{number}.csv").status_code == 303
    refused = send(client, VALID, "tep-cuoi.csv")
    assert refused.status_code == 429 and "nhiều tệp chờ kiểm tra" in refused.text and count(site, UploadDraft) == keeping.WAITING


def test_a_draft_that_is_discarded_while_it_is_checked_leaves_nothing(site, client):
    where = send(client, FAULTY).headers["Location"]
    discarded = []

    class Meanwhile(type(site)):
        def writing(self):
            if not discarded and row(site, where).state == "running":
                discarded.append(keeping.discard(site, row(site, where).thread))
            return super().writing()

    checking.perform(Meanwhile(settings=site.settings, engine=site.engine, files=site.files, clock=site.clock), where.rsplit("/", 1)[1])
    assert discarded == [1] and client.get(where).status_code == 404
    assert not [path for path in (site.files.folder / "drafts").rglob("*") if path.is_file()]


def test_no_source_of_somebody_else_is_taken_over_for_what_is_handed_in(site, client):
    with site.writing() as session:
        agency = session.scalars(select(Agency).where(Agency.slug == "so-noi-vu")).one()
        session.add(Source(name="so-y-te-nop-tep", agency_id=agency.id, connector="ckan", url="http://127.0.0.1:9/", created=site.clock.now()))
    where = sent(site, client, VALID)
    press(client, where + "/publish", title="Chợ")
    with site.reading() as session:
        assert session.scalars(select(Source).where(Source.name == "so-y-te-nop-tep")).one().connector == "ckan"
        assert session.scalars(select(Source.name).where(Source.connector == "upload")).one() == "so-y-te-nop-tep-2"


def test_the_header_of_a_held_column_is_named_and_its_cells_are_not(site, client):
    header, *rows = VALID.decode().splitlines()
    table = "\n".join([header + ",SĐT", *(f"{line},090123{number}" for number, line in enumerate(rows, start=1000))])
    page = client.get(sent(site, client, table.encode()) + "/report").text
    assert "“SĐT”" in page and "•••”" not in page and "0901231001" not in page
