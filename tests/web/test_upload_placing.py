"""Where the table is and which column is which, as a clerk says it on the page: read so, published so, remembered for the next file, taken back."""

from __future__ import annotations

import io
import re

import pytest
from sqlalchemy import select
from support.harvesting import harvest
from support.uploading import check, clerk, press, row, send, sent
from support.visiting import Visitor
from support.workbooks import xlsx

import schemas
from catalog import jobs
from catalog.models import (
    Dataset,
    RememberedColumn,
    RememberedLayout,
    Resource,
    Source,
    UploadedFile,
    Version,
)
from catalog.uploads import keep_upload

TITLES = [["BÁO CÁO VỐN"], ["ĐVT: triệu đồng"], [None]]
HEADER = [["STT", "Xã", "Vốn", None], [None, None, "Tỉnh", "Huyện"]]
BODY = [["1", "Long Sơn", 5, 6], ["2", "Bình Châu", 7, 8]]
END = [[None] * 4, ["Tổng", None, 12, 14], ["Nguồn: Sở Tài chính"]]
BOOK = xlsx({"Bìa": [["Kính gửi"]], "T9": [*TITLES, *HEADER, *BODY, *END]})
NEXT = xlsx({"T10": [["Quý 4"], *TITLES, *HEADER, *BODY, ["3", "Châu Pha", 1, 1], *END]})
OTHER = xlsx({"T10": [*TITLES, ["STT", "Phường", "Vốn", None], HEADER[1], *BODY, *END]})
MARKETS = schemas.load("cho-sieu-thi").valid_sample.read_bytes()


@pytest.fixture
def client(site) -> Visitor:
    return clerk(site)


def place(client: Visitor, where: str, header: str = "4-5", data: str = "6-9", sheet: str = "T9"):
    (top, bottom), (first, last) = header.split("-"), data.split("-")
    return press(client, where + "/place", sheet=sheet, header_first=top, header_last=bottom, first=first, last=last)


def found(site, where: str) -> tuple:
    picture = row(site, where).answer["picture"]
    return picture["sheet"], picture["header"], picture["data"]


def publish(site, client: Visitor, where: str, **fields: str) -> str:
    """Hand it in and harvest it; the name of its source."""
    assert press(client, where + "/publish", title="Vốn theo xã", license="cc-by", **fields).status_code == 303
    with site.writing() as session:
        jobs.cancel(session, row(site, where).run_id, site.clock.now())
    harvest(site, "so-y-te-nop-tep")
    return "so-y-te-nop-tep"


def live(site) -> Version:
    with site.reading() as session:
        return session.get_one(Version, session.scalars(select(Resource.version_id).where(Resource.version_id.is_not(None))).one())


def test_the_layout_is_shown_over_the_sheet_and_read_as_it_was_chosen(site, client):
    where = sent(site, client, BOOK, "von.xlsx")
    page = client.get(where).text
    assert re.search(r'<tr class="is-header"><th scope="row" class="rn">4</th><td class="kind">Tên cột</td><td>STT</td>', page)
    assert '<option value="T9" selected>' in page and 'name="header_last" inputmode="numeric" class="few" autocomplete="off" value="5"' in page
    chosen = check(site, place(client, where))
    assert found(site, chosen) == ("T9", [4, 5], [6, 9]) and row(site, chosen).answer["rows"] == 3
    assert "Bảng được đọc theo lựa chọn của anh/chị" in client.get(chosen).text and "you chose" in client.get(chosen + "?lang=en").text
    assert found(site, where) == ("T9", [4, 5], [6, 7])


@pytest.mark.parametrize(("fields", "told"), [
    ({"header": "5-4"}, "đứng trên dòng tên cột đầu"), ({"header": "40-41"}, "chỉ có 10 dòng"), ({"data": "5-9"}, "phải ở dưới dòng tên cột cuối"),
    ({"data": "6-99"}, "không có dòng 99"), ({"data": "x-7"}, "chưa phải số dòng"), ({"sheet": "Z"}, "không có trang tính này"), ({"header": "0-5"}, "chưa phải số dòng"),
])
def test_what_cannot_be_is_refused_beside_the_form_and_orders_nothing(site, client, fields, told):
    where = sent(site, client, BOOK, "von.xlsx")
    answer = place(client, where, **fields)
    assert answer.status_code == 422 and told in answer.text and 'aria-invalid="true"' in answer.text and "<details class=\"more up-4\" id=\"bang\" open>" in answer.text


def test_a_header_without_a_name_is_refused_and_the_picture_stays(site, client):
    where = check(site, place(client, sent(site, client, BOOK, "von.xlsx"), header="3-3", data="6-7"))
    page = client.get(where).text
    assert "không có tên cột nào" in page and 'class="placed"' in page and 'value="3"' in page
    assert found(site, check(site, place(client, where))) == ("T9", [4, 5], [6, 9])


def test_what_was_chosen_is_published_so_and_used_for_the_next_file(site, client):
    publish(site, client, check(site, place(client, sent(site, client, BOOK, "von.xlsx"), data="6-7")))
    assert (live(site).rows, live(site).sheet) == (2, "T9")
    following = sent(site, client, NEXT, "von (1).xlsx")
    assert found(site, following) == ("T10", [5, 6], [7, 9])
    page = client.get(following).text
    assert "Bảng được đọc theo cách đã nhớ từ tệp trước" in page and "jane xác nhận ngày 30/09/2024" in page
    publish(site, client, following, identifier="von.xlsx")
    assert (live(site).rows, live(site).sheet, live(site).number) == (3, "T10", 2)


def test_what_is_remembered_is_taken_back_and_the_file_read_without_it(site, client):
    publish(site, client, check(site, place(client, sent(site, client, BOOK, "von.xlsx"), data="6-9")))
    following = sent(site, client, BOOK, "von.xlsx")
    assert found(site, following)[2] == [6, 9]
    same = check(site, place(client, following))
    assert found(site, same)[2] == [6, 9] and row(site, same).asked["layout"]["last"] == 9
    without = check(site, press(client, following + "/forget", what="layout"))
    assert found(site, without)[2] == [6, 7] and row(site, without).answer["reading"]["by"] == "machine"
    with site.reading() as session:
        assert session.scalars(select(RememberedLayout)).all() == []


def test_a_file_that_is_not_like_the_one_before_asks_and_the_answer_is_remembered(site, client):
    publish(site, client, check(site, place(client, sent(site, client, BOOK, "von.xlsx"), data="6-7")))
    other = sent(site, client, OTHER, "von.xlsx")
    page = client.get(other).text
    assert row(site, other).answer["state"] == "held" and "không còn giống tệp trước" in page and "Phường" in page and 'id="bang" open' in page
    answered = check(site, place(client, other, sheet="T10", data="6-7"))
    assert row(site, answered).answer["state"] == "valid"
    publish(site, client, answered, identifier="von.xlsx")
    with site.reading() as session:
        assert "Phường" in session.scalars(select(RememberedLayout)).one().kept["labels"]


def test_a_file_handed_in_without_the_pages_is_read_as_remembered_or_held(site, client):
    name = publish(site, client, check(site, place(client, sent(site, client, BOOK, "von.xlsx"), data="6-7")))
    for content, rows, state in ((NEXT, 3, "published"), (OTHER, 2, "held")):
        with site.writing() as session:
            keep_upload(session, session.scalars(select(Source).where(Source.name == name)).one(), io.BytesIO(content), "von.xlsx", {}, site=site)
        harvest(site, name)
        with site.reading() as session:
            newest = session.scalars(select(Version).order_by(Version.number.desc())).first()
            assert (newest.rows, newest.state) == (rows, state)


def test_a_file_sent_again_is_read_as_the_one_before_it(site, client):
    first = check(site, place(client, sent(site, client, BOOK, "von.xlsx"), data="6-7"))
    again = check(site, send(client, NEXT, "von-moi.xlsx", path=first + "/report", before=first.rsplit("/", 1)[1]))
    assert found(site, again) == ("T10", [5, 6], [7, 9]) and row(site, again).answer["reading"]["by"] == "thread"


def test_a_column_that_was_matched_once_is_known_in_the_next_file_and_can_be_let_go(site, client):
    file = MARKETS.replace(b"ten_dia_diem", "Gọi là".encode())
    chosen = check(site, press(client, sent(site, client, file) + "/again", schema="cho-sieu-thi"))
    assert "Chọn một cột, hoặc bỏ" in client.get(chosen).text
    matched = check(site, press(client, chosen + "/again", **{"column:B": "ten_dia_diem"}))
    assert row(site, matched).answer["state"] == "valid" and "Anh/chị đã chọn" in client.get(matched).text
    assert row(site, matched).sha256 == row(site, chosen).sha256
    publish(site, client, matched)
    assert live(site).schema_name == "cho-sieu-thi" and "ten_dia_diem" in live(site).fields
    following = sent(site, client, file, "khac.csv")
    assert row(site, following).answer["schema"] == "cho-sieu-thi" and "jane đã xác nhận ngày 30/09/2024" in client.get(following).text
    without = check(site, press(client, following + "/forget", what="column", label="Gọi là"))
    assert row(site, without).answer["schema"] is None
    with site.reading() as session:
        assert session.scalars(select(RememberedColumn)).all() == []
        assert session.scalars(select(UploadedFile)).one().told["columns"] == {"cho-sieu-thi": {"gọi là": "ten_dia_diem"}}


def test_the_file_that_is_made_of_a_sheet_with_titles_is_the_table_alone(site, client):
    header, *lines = [line.split(",") for line in MARKETS.decode().splitlines() if '"' not in line]
    days = [["/".join(reversed(cell.split("-"))) if cell.startswith("2024-") else cell for cell in line] for line in lines]
    where = sent(site, client, xlsx({"Quý 3": [["DANH SÁCH CHỢ"], [None], header, *days]}), "cho.xlsx")
    assert row(site, where).answer["errors"] > 0
    made = check(site, press(client, where + "/again", repaired="yes"))
    assert row(site, made).answer["state"] == "valid", row(site, made).answer["issues"]
    text = client.get(made + "/file/original").data.decode().splitlines()
    assert text[0].split(",") == header and len(text) == len(days) + 1
    publish(site, client, made)
    assert live(site).rows == len(days)


def test_the_unit_of_a_column_is_shown_and_its_conversion_is_one_press(site, client):
    projects = schemas.load("du-an-dau-tu").valid_sample.read_bytes().replace(b"tong_von_ty_dong", "Tổng vốn (triệu đồng)".encode())
    where = sent(site, client, projects, "du-an.csv")
    assert "đơn vị: triệu đồng" in client.get(where).text and "unit: triệu đồng" in client.get(where + "?lang=en").text
    report = client.get(where + "/report").text
    assert "tính bằng triệu đồng, còn lược đồ tính bằng tỷ đồng" in report and "Dùng luôn tệp đã sửa" in report
    assert "du-an.csv: còn 11 ô cần sửa" in report and "gộp từ 11 ô" in report
    made = check(site, press(client, where + "/again", repaired="yes"))
    assert row(site, made).answer["state"] == "valid" and "Tổng vốn (tỷ đồng)" in client.get(made).text
    publish(site, client, made)
    with site.reading() as session:
        dataset = session.scalars(select(Dataset)).one()
    assert "đơn vị: tỷ đồng" in client.get(f"/dataset/{dataset.name}").text
