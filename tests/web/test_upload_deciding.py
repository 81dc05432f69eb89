"""In a draft, who sends a file decides about its columns that look personal: left out or masked, recorded, and the file itself kept from the public."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from support.harvesting import harvest
from support.holding import versions
from support.uploading import check, clerk, press, row, sent
from support.visiting import Visitor
from support.workbooks import xlsx

import schemas
from catalog import jobs
from catalog.decisions import applying
from catalog.models import ColumnDecision, Dataset, Resource, UploadedFile

SHOPS = "ten_cua_hang,SĐT\n" + "".join(f"Cửa hàng {n},090123{n:04d}\n" for n in range(1000, 1020))
PEOPLE = "Họ và tên,Ngày sinh,CCCD,Phường\n" + "".join(f"Nguyễn Văn {n},0{n % 9 + 1}/02/1980,0770{n}{n},Thắng Tam\n" for n in range(1000, 1020))
MARKETS = schemas.load("cho-sieu-thi")


@pytest.fixture
def client(site) -> Visitor:
    return clerk(site)


def choose(site, client: Visitor, where: str, **fields: str) -> str:
    """Save what was chosen and check what comes of it; the address of the draft that it makes."""
    return check(site, press(client, where + "/again", repaired="yes", **fields))


def published(site, client: Visitor, where: str) -> None:
    """Hand the draft in and do the run that publishes it."""
    assert press(client, where + "/publish", title="Cửa hàng", license="cc-by").status_code == 303
    with site.writing() as session:
        jobs.cancel(session, row(site, where).run_id, site.clock.now())
    harvest(site, "so-y-te-nop-tep")


def decisions(site) -> list[ColumnDecision]:
    with site.reading() as session:
        return list(session.scalars(select(ColumnDecision).order_by(ColumnDecision.column)))


def text_of(site, version) -> str:
    return site.files.get(version.sha256).decode()


@pytest.mark.parametrize(("choice", "action", "line", "said"), [("*", "mask", "Cửa hàng 1000,•••", "che mọi ô"), ("-", "drop", "Cửa hàng 1000", "bỏ khi công bố")])
def test_a_column_is_masked_or_left_out_before_the_file_is_handed_in(site, client, choice, action, line, said):
    where = sent(site, client, SHOPS.encode(), "cua-hang.csv")
    assert "Che mọi ô của cột" in client.get(where).text
    made = choose(site, client, where, **{"column:B": choice, "reason:0": "Số riêng của chủ hàng"})
    page = client.get(made).text
    assert row(site, made).answer["state"] == "valid" and said in page and "Số riêng của chủ hàng" in page and "090123" not in page
    assert client.get(made + "/file/original").data.decode().splitlines()[1] == line
    assert client.get(where + "/file/original").data == SHOPS.encode() and decisions(site) == []
    published(site, client, made)
    original, public = versions(site)
    assert (original.state, text_of(site, original), public.state, text_of(site, public).splitlines()[1]) == ("held", SHOPS, "published", line)
    decision = decisions(site)[0]
    assert (decision.action, decision.name, decision.kind, decision.reason, decision.by) == (action, "SĐT", "mobile", "Số riêng của chủ hàng", row(site, made).asked["decided"][0]["by"])
    assert decision.at == site.clock.now() and public.released["decisions"] == [decision.id] and decision.by
    with site.reading() as session:
        dataset, resource = session.scalars(select(Dataset)).one(), session.scalars(select(Resource)).one()
    assert "090123" not in client.get(f"/dataset/{dataset.name}").text and resource.version_id == public.id
    assert said.split()[0] in client.get(f"/desk/decisions/{resource.id}").text.lower()


def test_what_was_taken_back_is_not_decided_again_by_the_next_run(site, client):
    made = choose(site, client, sent(site, client, SHOPS.encode(), "cua-hang.csv"), **{"column:B": "-"})
    published(site, client, made)
    jane = type("Somebody", (), {"name": "Chị Lan"})()
    assert applying.take_back(site, decisions(site)[0].id, jane)
    harvest(site, "so-y-te-nop-tep", forced=True)
    assert [version.state for version in versions(site)] == ["held"] and len(decisions(site)) == 1


def test_a_decision_holds_for_the_next_file_of_the_dataset(site, client):
    published(site, client, choose(site, client, sent(site, client, SHOPS.encode(), "cua-hang.csv"), **{"column:B": "*"}))
    newer = sent(site, client, (SHOPS + "Cửa hàng mới,0901239999\n").encode(), "cua-hang.csv")
    assert press(client, newer + "/publish", identifier="cua-hang.csv").status_code == 303
    with site.writing() as session:
        jobs.cancel(session, row(site, newer).run_id, site.clock.now())
    harvest(site, "so-y-te-nop-tep")
    assert text_of(site, versions(site)[-1]).splitlines()[-1] == "Cửa hàng mới,•••" and len(decisions(site)) == 1


def test_columns_decided_in_two_steps_are_of_one_file(site, client):
    where = sent(site, client, PEOPLE.encode(), "nguoi.csv")
    first = choose(site, client, where, **{"column:C": "-"})
    assert row(site, first).answer["state"] == "held" and "Họ và tên" in client.get(first).text
    second = choose(site, client, first, **{"column:A": "*"})
    assert row(site, second).answer["state"] == "valid" and len(row(site, second).asked["decided"]) == 2
    published(site, client, second)
    original, public = versions(site)
    assert text_of(site, original) == PEOPLE and text_of(site, public).splitlines()[:2] == ["Họ và tên,Ngày sinh,Phường", "•••,02/02/1980,Thắng Tam"]
    assert [(one.name, one.action) for one in decisions(site)] == [("Họ và tên", "mask"), ("CCCD", "drop")]


def test_a_column_that_is_left_to_others_waits_with_the_file(site, client):
    table = PEOPLE.replace("Phường\n", "SĐT\n").replace("Thắng Tam", "0901234567")
    where = sent(site, client, table.encode(), "nguoi.csv")
    made = choose(site, client, where, **{"column:C": "-", "column:D": "="})
    assert row(site, made).answer["state"] == "held"
    published(site, client, made)
    assert [(version.state, text_of(site, version)) for version in versions(site)] == [("held", table)] and [one.name for one in decisions(site)] == ["CCCD"]
    with site.reading() as session:
        page = client.get(f"/desk/decisions/{session.scalars(select(Resource.id)).one()}").text
    assert "1 cột cần quyết định" in page


def test_comments_and_rows_outside_stay_behind_when_the_table_alone_is_published(site, client):
    rows = [["Người lập: Nguyễn Văn An, ĐT 0901234512"], [], ["STT", "Đơn vị", "Số chợ"], *([str(number), f"Phường {number}", "2"] for number in range(1, 12))]
    where = sent(site, client, xlsx({"Bảng": rows}), "cho.xlsx")
    page = client.get(where).text
    assert row(site, where).answer["state"] == "held" and "dòng ngoài bảng" in page and "Chỉ công bố bảng chính" in page
    made = choose(site, client, where, **{"held:0": "-"})
    assert row(site, made).answer["state"] == "valid"
    published(site, client, made)
    assert [version.state for version in versions(site)] == ["held", "published"] and text_of(site, versions(site)[-1]).splitlines()[0] == "STT,Đơn vị,Số chợ"


def test_a_masked_field_is_not_asked_for_what_its_schema_wants(site, client):
    header, *lines = MARKETS.valid_sample.read_text("utf-8").splitlines()
    table = "\n".join([header, *(f"090123{number},{line.partition(',')[2]}" for number, line in enumerate(lines, start=1000))])
    where = sent(site, client, table.encode(), "cho.csv")
    assert row(site, where).answer["state"] == "held"
    for choice in "*-":
        made = choose(site, client, where, **{"column:A": choice})
        assert (row(site, made).answer["state"], row(site, made).answer["schema"]) == ("valid", "cho-sieu-thi"), row(site, made).answer["issues"]
    published(site, client, made)
    assert [(version.state, version.schema_name) for version in versions(site)] == [("held", "cho-sieu-thi"), ("published", "cho-sieu-thi")]


def test_with_other_changes_the_file_before_is_kept_and_the_decision_recorded(site, client):
    header, *lines = MARKETS.valid_sample.read_text("utf-8").splitlines()
    faulty = "\n".join([f"{header},SĐT", *(f"{line.replace('2024-06-30', '30/06/2024')},090123{number}" for number, line in enumerate(lines, start=1000))])
    where = sent(site, client, faulty.encode(), "cho.csv")
    letter = row(site, where).answer["columns"][-1]["letter"]
    assert row(site, where).answer["state"] == "invalid"
    made = choose(site, client, where, **{f"column:{letter}": "-"})
    assert row(site, made).answer["state"] == "valid", row(site, made).answer["issues"]
    published(site, client, made)
    with site.reading() as session:
        told = session.scalars(select(UploadedFile.told)).one()
    assert site.files.get(told["original"]["sha256"]) == faulty.encode()
    assert [version.state for version in versions(site)] == ["published"] and "090123" not in text_of(site, versions(site)[0])
    assert [(one.name, one.action) for one in decisions(site)] == [("SĐT", "drop")]


def test_a_number_of_a_person_in_the_description_is_refused_in_words(site, client):
    where = sent(site, client, b"ten_cua_hang,loai\nA,B\nC,D\n", "cua-hang.csv")
    refused = press(client, where + "/publish", title="Cửa hàng", description="Người lập: CCCD 077094001234", license="cc-by")
    assert refused.status_code == 422 and "số căn cước công dân" in refused.text and "hãy bỏ số ấy đi" in refused.text and row(site, where).submitted_at is None
    assert press(client, where + "/publish", title="Cửa hàng", description="Hỏi Sở Y tế, ĐT 0254 3727 444", license="cc-by").status_code == 303


def test_a_number_in_the_name_of_the_file_goes_from_it(site, client):
    content = b"ten_cua_hang,loai\nA,B\nC,D\n"
    where = sent(site, client, content, "cua hang CCCD 077094001234.csv")
    assert row(site, where).answer["state"] == "held" and "tên tệp" in client.get(where).text
    made = choose(site, client, where, **{"held:0": "-"})
    assert (row(site, made).answer["state"], row(site, made).filename) == ("valid", "cua hang CCCD.csv")
    published(site, client, made)
    assert [(version.state, version.filename, text_of(site, version)) for version in versions(site)] == [("published", "cua hang CCCD.csv", content.decode())]
    assert [one.name for one in decisions(site)] == ["tên tệp (file name)"]


def test_a_file_that_was_masked_may_be_looked_at_under_another_schema(site, client):
    where = sent(site, client, SHOPS.encode(), "cua-hang.csv")
    made = choose(site, client, where, **{"column:B": "*"})
    again = check(site, press(client, made + "/again", schema="cho-sieu-thi"))
    assert row(site, again).answer["schema"] == "cho-sieu-thi" and client.get(again + "/file/original").data == client.get(made + "/file/original").data
    back = check(site, press(client, again + "/again", schema=""))
    assert row(site, back).answer["state"] == "valid"
    published(site, client, back)
    assert [version.state for version in versions(site)] == ["published"] and "090123" not in text_of(site, versions(site)[0]) and decisions(site)[0].action == "mask"
    with site.reading() as session:
        assert site.files.get(session.scalars(select(UploadedFile.told)).one()["original"]["sha256"]).decode() == SHOPS
