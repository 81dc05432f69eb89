"""Questions about a draft are answered on its page: once for a column and a cause, remembered, changeable, and nothing is changed twice."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from support.acting import account_client, guard_of
from support.legacy_text import in_bytes
from support.uploading import check, clerk, press, row, sent
from support.visiting import Visitor

import schemas
from catalog.models import new_id

LETTERS = "ten_cho,dia_chi\nChợ Bến Đình,Phường Thắng Nhì\nChợ Xóm Lưới,Phường Một\nSiêu thị Lotte,Đường Ba Tháng Hai\n"


@pytest.fixture
def client(site) -> Visitor:
    return clerk(site)


def faulty() -> bytes:
    """A table whose days may be months and where a bar stands for a figure."""
    header, *rows = schemas.load("cho-sieu-thi").valid_sample.read_text("utf-8").splitlines()
    return "\n".join([header, *(re.sub(r"2024-06-30", "05/04/2024", row) for row in rows)]).encode()


def answer(site, client: Visitor, where: str, **fields: str) -> str:
    return check(site, press(client, where + "/answers", **{key.replace("_", ":"): value for key, value in fields.items()}))


def text(client: Visitor, where: str) -> str:
    return unescape(client.get(where + "/report").text)


def dates(client: Visitor, where: str) -> set[str]:
    rows = list(csv.reader(io.StringIO(client.get(where + "/file/corrected").data.decode("utf-8-sig"))))
    column = next(number for number, cell in enumerate(rows[1]) if cell[:4] in ("05/0", "2024"))
    return {cells[column] for cells in rows[1:]}


def test_an_answer_repairs_its_cells_and_the_corrected_file_is_checked_again(site, client):
    first = sent(site, client, faulty())
    page = text(client, first)
    assert "Câu hỏi cho anh/chị" in page and "Ngày trước, tháng sau" in page and "2024-04-05" in page and "2024-05-04" in page
    assert dates(client, first) == {"05/04/2024"}
    second = answer(site, client, first, answer_0="dmy")
    page = text(client, second)
    assert "sửa theo câu trả lời" in page and "mọi ô đều đúng quy tắc" in page and "người gửi trả lời" in page
    assert re.search(r'value="dmy" checked', client.get(second + "/report").text) and dates(client, second) == {"2024-04-05"}
    listed = row(site, second).answer["answered"]
    assert listed["count"] == len(listed["changes"]) > 1 and {change["rule"] for change in listed["changes"]} == {"answered"}
    assert "answered by person" in unescape(client.get(second + "/report?lang=en").text)


def test_an_answer_is_changed_and_dropped_again(site, client):
    first = sent(site, client, faulty())
    second = answer(site, client, first, answer_0="dmy")
    third = answer(site, client, second, answer_0="mdy")
    assert dates(client, third) == {"2024-05-04"}
    fourth = answer(site, client, third, answer_0="-")
    assert dates(client, fourth) == {"05/04/2024"} and row(site, fourth).asked["answers"] == {}
    assert dates(client, first) == {"05/04/2024"} and client.get(first + "/file/original").data == faulty()
    same = client.post(second + "/answers", data={"csrf_token": guard_of(client, "/desk/uploads"), "draft": new_id(), "answer:0": "dmy"})
    assert same.headers["Location"] == second + "/report"
    odd = client.post(first + "/answers", data={"csrf_token": guard_of(client, "/desk/uploads"), "draft": new_id(), "answer:0": "'; drop"})
    assert odd.headers["Location"] == first + "/report"


def test_answers_go_with_the_file_that_is_made_and_with_the_next_one(site, client):
    second = answer(site, client, sent(site, client, faulty()), answer_0="dmy")
    made = check(site, client.post(second + "/again", data={"csrf_token": guard_of(client, "/desk/uploads"), "draft": new_id(), "repaired": "yes"}))
    assert row(site, made).answer["state"] == "valid" and f"{second}/report#cau-hoi" in client.get(made + "/report").text
    label = next(iter(row(site, second).asked["answers"]))
    again = sent(site, client, faulty().replace(b"CHO-001", b"CHO-901"), path=second + "/report", before=second.rsplit("/", 1)[1])
    assert row(site, again).asked["answers"] == {label: ["dmy"]} and dates(client, again) == {"2024-04-05"}


def test_a_name_of_two_codes_is_asked_with_both_and_why(site, client):
    content = re.sub(r"^77,", "BR-VT,", schemas.load("don-vi-hanh-chinh").valid_sample.read_text("utf-8"), flags=re.MULTILINE).encode()
    first = sent(site, client, content, "don-vi.csv")
    page = text(client, first)
    assert "Số liệu của thời gian trước: mã cũ" in page and "77 – Tỉnh Bà Rịa - Vũng Tàu (đến hết ngày 30/06/2025); 79 – Thành phố Hồ Chí Minh." in page
    assert "(until 30/06/2025)" in unescape(client.get(first + "/report?lang=en").text)
    second = answer(site, client, first, answer_0="former")
    assert "mọi ô đều đúng quy tắc" in text(client, second)
    corrected = client.get(second + "/file/corrected").data.decode("utf-8-sig")
    assert "BR-VT" not in corrected and corrected.count("\n77,") == content.decode().count("\nBR-VT,") > 5


def test_letters_that_the_bytes_do_not_tell_are_asked_with_their_readings(site, client):
    content = "a,b\n1,caf\u00e9\n".encode("cp1252")
    first = sent(site, client, content, "chu.csv")
    page = unescape(client.get(first).text)
    assert "Chữ trong tệp đọc thế nào mới đúng?" in page and "café" in page and "TCVN3" in page
    second = answer(site, client, first, encoding="cp1252")
    assert row(site, second).answer["state"] == "valid" and client.get(second + "/file/original").data.decode() == "a,b\n1,café\n"
    assert "Chữ được đọc theo Windows-1252" in unescape(client.get(second).text) and f"{first}#bang-ma" in client.get(second).text
    assert client.get(first + "/file/original").data == content


def test_letters_told_by_syllables_alone_can_be_read_otherwise(site, client):
    content = in_bytes(LETTERS, "tcvn3")
    where = sent(site, client, content, "cho-ten.csv")
    page = unescape(client.get(where).text)
    assert row(site, where).answer["encoding"] == "tcvn3" and "Chữ trong tệp đọc thế nào mới đúng?" in page
    assert re.search(r'value="tcvn3" required checked', client.get(where).text)
    second = answer(site, client, where, encoding="tcvn3")
    assert client.get(second + "/file/original").data.decode() == LETTERS


def test_somebody_elses_draft_takes_no_answer(site, client):
    where = sent(site, client, faulty())
    other = account_client(site, "lan")
    assert other.post(where + "/answers", data={"csrf_token": guard_of(other, "/desk/uploads"), "draft": new_id(), "answer:0": "dmy"}).status_code == 404
