"""The watch: who is told what, once, on both databases."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from support.mail_server import mail_server
from support.noticing import Counted, add_agency, add_source, kept, later, mailing, run, ways
from support.participating import add_dataset, add_version, promise

from catalog import evidence
from catalog.models import Agency, Dataset, Notice, NoticeDelivery, Resource, Source, Version
from catalog.notices.listing import WantedNotices, notices
from catalog.notices.watching import watch


@pytest.fixture
def mailbox():
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture
def house(site, mailbox):
    """A site that can send mail, with two agencies of which one has a source."""
    house = mailing(site, mailbox.port)
    add_agency(house, "so-khac")
    add_source(house, add_agency(house), "nguon")
    return house


def source_of(site) -> str:
    with site.reading() as session:
        return session.scalar(select(Source.id).where(Source.name == "nguon"))


def agency_of(site) -> str:
    with site.reading() as session:
        return session.scalar(select(Agency.id).where(Agency.slug == "so-yt"))


def text_of(message) -> str:
    return message.get_body(("plain",)).get_content()


def test_a_source_that_is_down_is_told_its_agency_once_however_often_the_watch_looks(house, mailbox):
    run(house, source_of(house), "host-unknown", host="data.so-yt.test")
    for hours in range(0, 60, 7):
        watch(later(house, hours=hours))
    assert kept(house) == [("source-down", True)]
    assert mailbox.envelopes == [("dulieu@haidang.test", ["dulieu@so-yt.test"])]
    [message] = mailbox.messages
    assert message["Subject"] == "[Hải Đăng] 1 thông báo: nguồn ngừng hoạt động (1)"
    assert "Kính gửi Cơ quan so-yt," in text_of(message) and "Nguồn nguon" in text_of(message) and "data.so-yt.test" in text_of(message)
    assert "SOURCE DOWN" in text_of(message) and "“Nguồn nguon” of Agency so-yt" in text_of(message)


def test_a_source_that_changes_the_way_it_fails_is_one_episode(house, mailbox):
    source = source_of(house)
    for day, code in enumerate(["host-unknown", "http-status", "time-out", "host-unknown"]):
        run(later(house, days=day), source, code, host="h", status=500, seconds=30)
        watch(later(house, days=day))
    assert kept(house) == [("source-down", True)] and len(mailbox.messages) == 1


def test_after_the_days_its_lead_is_told_and_when_it_recovers_everybody_who_was_told(house, mailbox):
    source = source_of(house)
    run(house, source, "host-unknown", host="h")
    watch(house)
    watch(later(house, days=6, hours=23))
    assert [kind for kind, _ in kept(house)] == ["source-down"]
    for hours in (0, 1, 30):
        watch(later(house, days=7, hours=hours))
    assert kept(house) == [("source-down", True), ("source-escalated", True)]
    [escalated] = mailbox.to("lanhdao@so-yt.test")
    assert "Kính gửi Lãnh đạo so-yt," in text_of(escalated) and "đã được báo" in text_of(escalated)
    back = later(house, days=9)
    run(back, source)
    for minutes in (0, 1, 100):
        watch(later(back, minutes=minutes))
    assert sorted(kept(house)) == [("source-down", False), ("source-escalated", False), ("source-recovered", False)]
    assert [message["Subject"] for message in mailbox.to("lanhdao@so-yt.test")][1:] == ["[Hải Đăng] 1 thông báo: nguồn hoạt động trở lại (1)"]
    assert len(mailbox.to("dulieu@so-yt.test")) == 2 and len(mailbox.messages) == 4
    assert mailbox.to("dulieu@so-khac.test") == []


def test_a_new_episode_is_told_again_even_if_nobody_looked_in_between(house, mailbox):
    source = source_of(house)
    run(house, source, "host-unknown", host="h")
    watch(house)
    run(later(house, hours=5), source)
    run(later(house, hours=9), source, "host-unknown", host="h")
    watch(later(house, hours=10))
    assert sorted(kept(house)) == [("source-down", False), ("source-down", True)]
    assert len(mailbox.messages) == 2


def test_what_is_no_fault_of_the_agency_goes_to_the_team(house, mailbox):
    house = replace(house, settings=replace(house.settings, mail_team="doi@haidang.test"))
    run(house, source_of(house), "run-fault", reference="abc")
    for days in (0, 8, 20):
        watch(later(house, days=days))
    assert kept(house) == [("source-down", True)]
    assert [receivers for _, receivers in mailbox.envelopes] == [["doi@haidang.test"]]


def test_a_paused_source_is_not_told_anew_nor_escalated(house, mailbox):
    source = source_of(house)
    with house.writing() as session:
        session.get_one(Source, source).state = "paused"
    run(house, source, "host-unknown", host="h")
    watch(later(house, days=30))
    assert kept(house) == []
    with house.writing() as session:
        session.get_one(Source, source).state = "active"
    watch(later(house, days=31))
    with house.writing() as session:
        session.get_one(Source, source).state = "paused"
    watch(later(house, days=60))
    assert kept(house) == [("source-down", True)]


def test_the_guard_that_asks_is_told_agency_and_team(house, mailbox):
    house = replace(house, settings=replace(house.settings, mail_team="doi@haidang.test"))
    source = source_of(house)
    run(house, source, "source-shrank", missing=30, before=60)
    watch(house)
    run(later(house, days=1), source, "source-empty")
    watch(later(house, days=1))
    assert kept(house) == [("listing-shrunk", True)]
    assert sorted(receivers[0] for _, receivers in mailbox.envelopes) == ["doi@haidang.test", "dulieu@so-yt.test"]
    run(later(house, days=2), source)
    watch(later(house, days=2))
    assert kept(house) == [("listing-shrunk", False)] and len(mailbox.messages) == 2


def add_published(house, **values) -> str:
    with house.writing() as session:
        dataset = add_dataset(session, agency_of(house), "benh-vien", house.clock.today(), source_id=source_of(house), **values)
        evidence.record_dataset(session, dataset, house.clock.now())
        return dataset


def test_a_published_table_that_loses_its_columns_is_told_as_drift(house, mailbox):
    dataset = add_published(house)
    run(house, source_of(house), "label-missing", dataset_id=dataset, title_vi="Mã", field="ma", at="A1")
    watch(house)
    assert kept(house) == [("schema-drift", True)] and "Bộ benh-vien" in text_of(mailbox.messages[0])
    run(later(house, days=1), source_of(house))
    watch(later(house, days=1))
    assert kept(house) == [("schema-drift", False)]


def test_what_was_never_published_does_not_drift(house):
    dataset = add_published(house, state="draft")
    run(house, source_of(house), "label-missing", dataset_id=dataset)
    watch(house)
    assert kept(house) == []


def test_a_new_version_with_other_columns_is_told_once(house, mailbox):
    dataset = add_published(house)
    watch(house)
    run_id = run(house, source_of(house))
    with house.writing() as session:
        add_version(session, dataset, house.clock.today())
        first, second = session.scalars(select(Version).join(Resource, Resource.id == Version.resource_id)
                                        .where(Resource.dataset_id == dataset).order_by(Version.number)).all()
        first.fields, second.fields, second.run_id = ["ma", "ten"], ["ma", "ten_goi", "nam"], run_id
    for minutes in (0, 1, 61):
        watch(later(house, minutes=minutes))
    assert kept(house) == [("schema-drift", False)]
    assert "thêm ten_goi, nam; bỏ ten" in text_of(mailbox.messages[0]).replace("\n", " ")


def test_data_about_to_lapse_is_told_before_the_day(house, mailbox):
    add_published(house)  # monthly: good for 31 + 31 days
    watch(later(house, days=48))
    assert kept(house) == []
    for days in (49, 50, 55, 62):
        watch(later(house, days=days))
    assert kept(house) == [("data-lapsing", True)] and len(mailbox.messages) == 1
    watch(later(house, days=63))
    assert kept(house) == [("data-lapsing", False)]


def test_a_promise_is_told_when_it_comes_due_and_when_it_was_not_kept(house, mailbox):
    with house.writing() as session:
        promise(session, agency_of(house), "truong-hoc", house.clock.today() + timedelta(days=20))
    watch(house)
    assert kept(house) == []
    for days in (6, 10, 20):
        watch(later(house, days=days))
    assert kept(house) == [("commitment-due", True)]
    for days in (21, 40):
        watch(later(house, days=days))
    assert kept(house) == [("commitment-due", False), ("commitment-missed", True)]
    assert len(mailbox.to("dulieu@so-yt.test")) == 2 == len(mailbox.messages)


def test_a_promise_that_falls_behind_its_frequency_is_told(house):
    dataset = add_published(house)
    with house.writing() as session:
        promise(session, agency_of(house), session.get_one(Dataset, dataset).name, house.clock.today())
    watch(later(house, days=63))
    assert ("commitment-overdue", True) in kept(house)


def test_many_things_at_once_come_in_one_mail(house, mailbox):
    agency = agency_of(house)
    with house.writing() as session:
        for number in range(25):
            promise(session, agency, f"bo-{number:02}", house.clock.today() + timedelta(days=3))
    for number in range(3):
        run(house, add_source(house, agency, f"them-{number}"), "host-unknown", host="h")
    watched = watch(house)
    assert (watched.written, watched.sent.sent) == (28, 28)
    [message] = mailbox.messages
    assert message["Subject"] == "[Hải Đăng] 28 thông báo: nguồn ngừng hoạt động (3), cam kết sắp đến hạn công bố (25)"
    assert "và 15 việc khác cùng loại" in text_of(message)


def test_a_source_that_flaps_gets_less_and_less_mail(house, mailbox):
    source = source_of(house)
    for minute in range(0, 300, 10):
        run(later(house, minutes=minute), source, None if minute % 20 else "host-unknown", host="h")
        watch(later(house, minutes=minute))
    assert len(kept(house)) == 30  # every one is kept
    assert 4 <= len(mailbox.messages) <= 7


def test_without_a_mail_server_notices_are_kept_and_what_still_stands_is_told_when_there_is_one(site, mailbox):
    add_source(site, add_agency(site), "nguon")
    with site.writing() as session:
        promise(session, agency_of(site), "x", site.clock.today())
    run(site, source_of(site), "host-unknown", host="h")
    watch(site)
    with site.reading() as session:
        assert {row.untold for row in session.scalars(select(Notice))} == {"no-mail"}
        assert session.scalar(select(func.count()).select_from(NoticeDelivery)) == 0
    watch(later(mailing(site, mailbox.port), days=2))
    [message] = mailbox.to("dulieu@so-yt.test")
    assert message["Subject"] == "[Hải Đăng] 2 thông báo: nguồn ngừng hoạt động (1), cam kết quá hạn công bố (1)"


def test_an_agency_without_address_is_told_as_soon_as_it_has_one(house, mailbox):
    with house.writing() as session:
        session.get_one(Agency, agency_of(house)).contact_email = ""
        session.get_one(Agency, agency_of(house)).contact = "Phòng Kế hoạch, 0254 3727 444"
    run(house, source_of(house), "host-unknown", host="h")
    watch(house)
    with house.writing() as session:
        assert session.scalar(select(Notice.untold)) == "no-address"
        session.get_one(Agency, agency_of(house)).contact = "phong@so-yt.test"
    watch(later(house, hours=1))
    assert [receivers for _, receivers in mailbox.envelopes] == [["phong@so-yt.test"]]
    with house.reading() as session:
        assert session.scalar(select(Notice.untold)) is None


def test_nothing_changed_costs_one_question_and_what_changed_a_number_that_does_not_grow(house):
    agency = agency_of(house)
    watch(house)
    with Counted(house) as quiet:
        watch(house)
    assert quiet.count == 1
    counts = []
    for number in (1, 40):
        sources = [add_source(house, agency, f"dot-{number}-{each}") for each in range(number)]
        for source in sources:
            run(house, source, "host-unknown", host="h")
        with Counted(house) as busy:
            watch(replace(house, settings=replace(house.settings, mail_url="")))
        counts.append(busy.count)
    assert counts[1] <= counts[0] + 2 and counts[1] <= 30, counts


def test_two_workers_that_tick_at_once_tell_everything_once(house, mailbox):
    agency = agency_of(house)
    sources = [add_source(house, agency, f"cung-{each}") for each in range(10)]
    for round_ in range(3):
        code = None if round_ == 1 else "host-unknown"
        for source in sources:
            run(later(house, hours=round_ * 24), source, code, host="h")
        threads = [threading.Thread(target=lambda hours=round_ * 24: [watch(later(house, hours=hours)) for _ in range(4)]) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        watch(later(house, hours=round_ * 24))
    kinds = [kind for kind, _ in kept(house)]
    assert (kinds.count("source-down"), kinds.count("source-recovered"), len(kinds)) == (20, 10, 30)
    assert len(mailbox.messages) == 3
    with house.reading() as session:
        assert {(row.state, row.attempts) for row in session.scalars(select(NoticeDelivery))} == {("sent", 1)}


def test_what_is_private_is_told_nobody_and_leaves_the_list_when_it_becomes_private(house, mailbox):
    hidden = add_published(house, private=True)
    run(house, source_of(house), "label-missing", dataset_id=hidden, title_vi="Mã", field="ma", at="A1")
    watch(house)
    assert kept(house) == []
    with house.writing() as session:
        session.get_one(Dataset, hidden).private = False
    down = replace(house, settings=replace(house.settings, mail_url="smtp://127.0.0.1:1"))
    watch(later(down, hours=1))
    with house.writing() as session:
        session.get_one(Dataset, hidden).private = True
    watch(later(house, hours=1, minutes=30))
    assert kept(house) == [("schema-drift", True)] and mailbox.messages == [] and ways(house) == []
    with house.reading() as session:
        assert notices(session).total == 0 and notices(session, WantedNotices(hidden=True)).total == 1


def test_cells_that_a_notice_repeats_are_veiled(house, mailbox):
    dataset = add_published(house)
    run(house, source_of(house), "label-extra", dataset_id=dataset, example="079199001234", at="C1")
    watch(house)
    assert kept(house) == [("schema-drift", True)]
    with house.reading() as session:
        texts = [text_of(mailbox.messages[0]), *notices(session).items[0].texts.values()]
    assert all("079•••34" in text and "079199001234" not in text for text in texts)
