"""A column that looks personal waits for a named person, and what was decided holds for the same column only, until it is taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from support.harvesting import harvest
from support.holding import SHOPS, decide, decisions, hand_in, held_columns, leader, only, versions
from support.seeding import add_source
from support.workbooks import xlsx

from catalog import jobs
from catalog.decisions import applying, keeping
from catalog.decisions.keeping import Choice
from catalog.errors import NotAuthorized, UsageError
from catalog.models import Dataset, Evidence, IssueRow, RunRecord

BASIS = Choice(action="publish", basis="law", reason="Điều 12 Luật mẫu về công khai cửa hàng")
CLEAN = "ten_cua_hang,dia_chi\nCửa hàng 1,Chợ Vũng Tàu\n"


@pytest.fixture
def agency(site) -> str:
    add_source(site, url="upload:nguon", connector="upload")
    hand_in(site, SHOPS)
    return only(site)[0].owner_org


def public(site, number: int = -1) -> str:
    return site.files.get(versions(site)[number].sha256).decode()


def test_nothing_is_public_before_every_column_is_decided(site, agency):
    dataset, resource = only(site)
    assert (dataset.state, resource.state, versions(site)[0].state) == ("draft", "draft", "held")
    column = held_columns(site)[0]
    assert (column.column, column.name, column.kind, column.sheet) == ("B", "SĐT", "mobile", "") and "0901231000" not in column.evidence
    with site.reading() as session:
        assert [found.version.id for found in keeping.waiting(session, {agency}).items] == [versions(site)[0].id]
        assert keeping.waiting(session, set()).total == 0 and keeping.waiting(session, None).total == 1


@pytest.mark.parametrize(("action", "line"), [("drop", "Cửa hàng 1000"), ("mask", "Cửa hàng 1000,•••")])
def test_a_column_is_left_out_or_masked_in_a_file_made_of_the_original(site, agency, action, line):
    decide(site, leader(agency, leads=False), B=action)
    original, made = versions(site)
    assert (original.state, made.state, made.checked, made.number) == ("held", "published", "valid", 2)
    assert public(site).splitlines()[1] == line and "0901231000" not in public(site)
    assert made.released["changes"] == [{"sheet": "", "column": "B", "name": "SĐT", "kind": "mobile", "action": action}]
    dataset, resource = only(site)
    assert (dataset.state, resource.state, resource.version_id, resource.hash) == ("active", "active", made.id, made.sha256)
    with site.reading() as session:
        assert keeping.waiting(session, None).total == 0
        assert session.scalars(select(IssueRow).where(IssueRow.code == "personal-data", IssueRow.closed_at.is_(None))).all() == []
        valid = session.scalars(select(Evidence.state).where(Evidence.kind == "valid", Evidence.until.is_(None))).one()
        assert valid == "ok"


def test_columns_of_a_table_further_right_go_by_the_letters_of_the_sheet(site):
    add_source(site, url="upload:nguon", connector="upload")
    rows = [line.split(",") for line in SHOPS.splitlines()]
    hand_in(site, xlsx({"Cửa hàng": [[None, None, *row, "chợ"] for row in rows]}), "cua-hang.xlsx")
    assert [column.column for column in held_columns(site)] == ["D"]
    decide(site, leader(only(site)[0].owner_org), D="drop")
    assert public(site).splitlines()[:2] == ["ten_cua_hang,chợ", "Cửa hàng 1000,chợ"] and versions(site)[-1].released["changes"][0]["column"] == "D"


def test_only_an_administrator_publishes_and_only_on_a_ground_that_is_written_down(site, agency):
    with pytest.raises(NotAuthorized):
        decide(site, leader(agency, leads=False), B=BASIS)
    with pytest.raises(NotAuthorized):
        decide(site, leader("another"), B="drop")
    for choice in (Choice(action="publish"), Choice(action="publish", basis="law", reason="luật"), Choice(action="publish", basis="other", reason="x" * 40)):
        with pytest.raises(UsageError):
            decide(site, leader(agency), B=choice)
    assert decisions(site) == [] and versions(site)[0].state == "held"
    decide(site, leader(agency), B=BASIS)
    decision = decisions(site)[0]
    assert (decision.by, decision.basis, decision.reason, decision.column, decision.kind) == ("Chị Lan", "law", BASIS.reason, "B", "mobile")
    assert decision.at == site.clock.now() and public(site) == SHOPS and only(site)[1].version_id == versions(site)[0].id


def test_a_refused_version_leaves_the_last_good_one_live(site):
    add_source(site, url="upload:nguon", connector="upload")
    hand_in(site, CLEAN)
    good = only(site)[1].version_id
    hand_in(site, SHOPS)
    assert only(site)[1].version_id == good
    decide(site, leader(only(site)[0].owner_org), B="refuse")
    assert [version.state for version in versions(site)] == ["published", "refused"] and only(site)[1].version_id == good
    hand_in(site, SHOPS + "Cửa hàng mới,0901239999\n")
    assert versions(site)[-1].state == "refused"
    with site.reading() as session:
        refused = session.scalars(select(IssueRow).where(IssueRow.code == "personal-data-refused")).one()
        assert refused.facts["by"] == "Chị Lan" and refused.facts["day"] == "30/09/2024"


def test_a_decision_holds_for_the_next_versions_of_the_same_column_and_no_other(site, agency):
    decide(site, leader(agency), B="drop")
    hand_in(site, SHOPS + "Cửa hàng mới,0901239999\n")
    assert [version.state for version in versions(site)] == ["held", "published", "held", "published"]
    assert public(site).splitlines()[-1] == "Cửa hàng mới" and only(site)[1].version_id == versions(site)[-1].id
    assert original_of_last(site).endswith("0901239999\n")
    hand_in(site, SHOPS.replace("SĐT", "Di động"))
    assert versions(site)[-1].state == "held" and only(site)[1].version_id == versions(site)[-2].id
    decide(site, leader(agency), B="mask")
    assert versions(site)[-1].state == "published"
    mails = "ten_cua_hang,SĐT\n" + "".join(f"Cửa hàng {number},an{number}@gmail.com\n" for number in range(20))
    hand_in(site, mails)
    assert versions(site)[-1].state == "held" and held_columns(site)[0].kind == "email"


def original_of_last(site) -> str:
    return site.files.get(versions(site)[-1].released["original"]["sha256"]).decode()


def test_the_same_bytes_again_are_unchanged_though_another_file_is_public(site, agency):
    decide(site, leader(agency), B="drop")
    harvest(site)
    with site.reading() as session:
        assert sorted(session.scalars(select(RunRecord.outcome))) == ["rejected", "unchanged"]
    harvest(site, forced=True)
    assert [version.state for version in versions(site)] == ["held", "published"] and only(site)[1].version_id == versions(site)[-1].id


@pytest.mark.parametrize("action", ["drop", "mask", "refuse", BASIS])
def test_what_is_taken_back_waits_again_and_can_be_decided_otherwise(site, agency, action):
    decide(site, leader(agency), B=action)
    decision = decisions(site)[0]
    assert applying.take_back(site, decision.id, leader(agency)) and not applying.take_back(site, decision.id, leader(agency))
    dataset, resource = only(site)
    assert [version.state for version in versions(site)] == ["held"] and versions(site)[0].checked == "held"
    assert (dataset.state, resource.state, resource.version_id, resource.hash) == ("draft", "draft", None, "")
    with site.reading() as session:
        assert session.scalars(select(IssueRow.closed_at).where(IssueRow.code == "personal-data")).one() is None
    decide(site, leader(agency), B="drop")
    assert versions(site)[-1].state == "published" and [row.action for row in decisions(site)].count("drop") >= 1
    assert [bool(row.taken_back_at) for row in sorted(decisions(site), key=lambda row: row.taken_back_at is None)] == [True, False]


def test_taking_back_brings_the_last_good_version_back(site):
    add_source(site, url="upload:nguon", connector="upload")
    hand_in(site, CLEAN)
    good = only(site)[1]
    hand_in(site, SHOPS)
    decide(site, leader(only(site)[0].owner_org), B="drop")
    assert only(site)[1].version_id != good.version_id
    applying.take_back(site, decisions(site)[0].id, leader(only(site)[0].owner_org))
    now = only(site)[1]
    assert (now.version_id, now.state, now.hash, now.format) == (good.version_id, "active", good.hash, good.format)


def test_what_shows_only_once_a_column_is_gone_is_asked_too(site):
    add_source(site, url="upload:nguon", connector="upload")
    hand_in(site, "Họ và tên,Ngày sinh,SĐT\n" + "".join(f"Nguyễn Văn {number},0{number % 9 + 1}/02/1980,090123{number:04d}\n" for number in range(20)))
    agency = only(site)[0].owner_org
    decide(site, leader(agency), C="drop")
    assert [(version.state, len(held_columns(site))) for version in versions(site)] == [("held", 2)]
    assert (held_columns(site)[1].name, held_columns(site)[1].kind) == ("Họ và tên", "name-and-birth")
    decide(site, leader(agency), A="mask")
    assert public(site).splitlines()[:2] == ["Họ và tên,Ngày sinh", "•••,01/02/1980"]


def test_a_column_of_another_sheet_is_left_out_with_its_sheet(site):
    add_source(site, url="upload:nguon", connector="upload")
    people = [["Chủ hộ", "SĐT"], *([f"Nguyễn Văn {number}", f"090123{number:04d}"] for number in range(1000, 1020))]
    shops = [["ten_cua_hang", "dia_chi"], *([f"Cửa hàng {number}", "Chợ"] for number in range(60))]
    hand_in(site, xlsx({"Cửa hàng": shops, "Người": people}), "cua-hang.xlsx")
    column = held_columns(site)[0]
    assert (column.sheet, column.column) == ("Người", "B")
    decide(site, leader(only(site)[0].owner_org), B="drop")
    assert versions(site)[-1].filename == "cua-hang.csv" and "090123" not in public(site) and len(public(site).splitlines()) == 61


def test_a_decision_taken_back_meanwhile_makes_nothing(site, agency):
    decide(site, leader(agency), B="drop")
    applying.take_back(site, decisions(site)[0].id, leader(agency))
    applying.perform(site, versions(site)[0].id)
    assert [version.state for version in versions(site)] == ["held"]


def test_what_stands_around_the_table_stays_behind_in_the_file_that_is_made(site):
    add_source(site, url="upload:nguon", connector="upload")
    rows = [["Người lập: ông An, CCCD 077094001234"], [], ["STT", "Đơn vị", "Số chợ"], *([str(number), f"Phường {number}", "2"] for number in range(1, 12))]
    hand_in(site, xlsx({"Chợ": rows}), "cho.xlsx")
    outside = held_columns(site)[0]
    assert (outside.column, outside.kind) == ("–", "cccd") and "001234" not in outside.evidence
    decide_all(site, "mask")
    assert versions(site)[-1].state == "published" and versions(site)[-1].filename == "cho.csv"
    assert public(site).splitlines()[:2] == ["STT,Đơn vị,Số chợ", "1,Phường 1,2"]


def test_a_number_in_the_header_goes_from_it(site):
    add_source(site, url="upload:nguon", connector="upload")
    hand_in(site, "ten_cua_hang,loai của CCCD 077094001234\n" + "".join(f"Cửa hàng {number},chợ\n" for number in range(20)))
    assert held_columns(site)[0].column == "–"
    decide_all(site, "drop")
    assert public(site).splitlines()[:2] == ["ten_cua_hang,loai của CCCD ", "Cửa hàng 0,chợ"]


def test_a_file_whose_name_would_name_the_dataset_after_a_person_is_refused(site):
    add_source(site, url="upload:nguon", connector="upload")
    hand_in(site, CLEAN, "cho CCCD 077094005678.csv")
    with site.reading() as session:
        assert session.scalars(select(RunRecord.outcome)).all() == ["rejected"] and session.scalars(select(Dataset)).all() == []
        issue = session.scalars(select(IssueRow).where(IssueRow.code == "metadata-refused")).one()
    assert "số căn cước công dân" in issue.facts["messages"] and "077094005678" not in str(issue.facts)


def decide_all(site, action: str) -> None:
    """Decide the same about everything that is held."""
    agency, version = only(site)[0].owner_org, versions(site)[-1]
    jobs.migrate_queue(site.settings)
    orderer = jobs.Jobs(site)
    try:
        keeping.decide(site, orderer, version, {column: Choice(action=action) for column in held_columns(site)}, leader(agency), agency)
    finally:
        orderer.close()
    applying.perform(site, version.id)
