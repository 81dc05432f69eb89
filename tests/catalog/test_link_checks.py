"""Links over days: when each is checked, when it is called broken and by whom it must be mended, and that it ends."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import event, select, update
from support.acting import person, press
from support.keeping import GOOD, days_later, open_codes
from support.portal import Portal, serving
from support.publishing import furnish, publish
from support.seeding import add_source
from support.stepping import step_through

from catalog.cli import build
from catalog.issues import Issue, Place, say
from catalog.links import check_again, check_due_links, keeping, listing
from catalog.models import (
    Dataset,
    Evidence,
    IssueRow,
    LinkCheck,
    Resource,
    SiteFact,
    Source,
)
from catalog.net import Net

PDF = (200, "application/pdf", b"%PDF-1.7")
LINKED = (200, "text/csv", GOOD)


@pytest.fixture
def portal():
    with serving(Portal(3)) as portal:
        portal.replies |= {f"/files/{n}.pdf": PDF for n in range(3)}
        yield portal


@pytest.fixture
def later():
    with days_later() as later:
        yield later


@pytest.fixture
def harvested(site, portal):
    add_source(site, url=portal.url)
    step_through(site)
    return site


@pytest.fixture
def linked(site, portal):
    """A source whose CSV files are only linked."""
    portal.datasets = [portal.with_files(cho=GOOD)]
    add_source(site, url=portal.url, copy="none")
    step_through(site)
    return site


def links(site) -> list[LinkCheck]:
    with site.reading() as session:
        return list(session.scalars(select(LinkCheck).order_by(LinkCheck.url)))


def link(site) -> LinkCheck:
    (only,) = links(site)
    return only


def reachable(site):
    with site.reading() as session:
        return session.scalars(select(Resource.reachable).where(Resource.state == "active")).one()


def evidence_of(site, kind: str) -> str:
    with site.reading() as session:
        return session.scalars(select(Evidence.state).where(Evidence.kind == kind, Evidence.until.is_(None))).one()


def hours(site, of: LinkCheck) -> float:
    return (of.due_at - site.clock.now()).total_seconds() / 3600


def test_every_link_of_a_published_dataset_is_checked_once_and_then_not_due(harvested, portal):
    done = check_due_links(harvested)
    assert (dict(done.statuses), done.more) == ({"ok": 3}, False)
    portal.requests.clear()
    assert check_due_links(harvested).count == 0
    assert portal.requests == []


def test_where_nothing_is_due_it_costs_one_question(harvested):
    check_due_links(harvested)
    asked = []
    event.listen(harvested.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    check_due_links(harvested)
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 1


def test_only_so_many_are_checked_at_a_time(harvested):
    first = check_due_links(harvested, 2)
    assert (first.count, first.more) == (2, True)
    assert (check_due_links(harvested, 2).count, check_due_links(harvested, 2).count) == (1, 0)


def test_what_there_is_no_time_for_stays_due(harvested):
    late = check_due_links(harvested, seconds=0)
    assert (late.count, late.more) == (0, True)
    assert check_due_links(harvested).count == 3


def test_two_workers_at_once_check_every_link_once(harvested, portal):
    check_due_links(harvested, 0)
    portal.requests.clear()
    counts = []
    threads = [threading.Thread(target=lambda: counts.append(check_due_links(harvested, 2).count)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 3 == sum(path.endswith(".pdf") for path in set(portal.requests))


def test_a_link_that_stays_well_is_looked_at_more_and_more_rarely(linked, later):
    check_due_links(linked)
    site, waits = linked, [hours(linked, link(linked))]
    for _ in range(4):
        site = later(site, waits[-1] / 24)
        check_due_links(site)
        waits.append(hours(site, link(site)))
    assert waits == [12, 24, 168, 720, 720]


def test_a_failure_is_looked_at_again_soon_and_is_broken_a_day_later(linked, portal, later):
    check_due_links(linked)
    portal.replies["/files/cho.csv"] = (404, "text/html", b"")
    site = later(linked, 0.5)
    check_due_links(site)
    failed = link(site)
    assert (failed.status, failed.failures, failed.http_status, hours(site, failed)) == ("broken", 1, 404, 6)
    assert (open_codes(site), reachable(site)) == ([], True)
    site = later(site, 0.25)
    check_due_links(site)
    assert (link(site).failures, open_codes(site), hours(site, link(site))) == (2, [], 18)
    site = later(site, 0.75)
    check_due_links(site)
    assert (open_codes(site), reachable(site), evidence_of(site, "reachable")) == (["link-broken"], False, "bad")
    with site.reading() as session:
        row = session.scalars(select(IssueRow).where(IssueRow.closed_at.is_(None))).one()
        assert (row.who, row.first_seen, row.last_seen, row.facts["count"]) == ("agency", failed.first_failure, site.clock.now(), 3)
        said = say(Issue(row.code, Place(**row.place), row.facts), "vi")
        assert "3 lần kiểm tra" in said.what and "404" in said.what
    assert (hours(site, link(site)), link(site).last_success) == (24, linked.clock.now())


def broken(site, portal, later, answer=(404, "text/html", b"")):
    """The site a day after its link broke, and has been said to be."""
    portal.replies["/files/cho.csv"] = answer
    check_due_links(site)
    after = later(site, 1)
    check_due_links(after)
    return after


def test_a_link_that_works_again_ends_the_issue_and_counts_as_reachable(linked, portal, later):
    site = broken(linked, portal, later)
    assert open_codes(site) == ["link-broken"]
    portal.replies["/files/cho.csv"] = LINKED
    after = later(site, 1)
    check_due_links(after)
    assert (open_codes(after), reachable(after), evidence_of(after, "reachable")) == ([], True, "ok")
    assert (link(after).failures, link(after).first_failure, hours(after, link(after))) == (0, None, 12)


def test_checking_many_times_in_an_hour_makes_nothing_broken(linked, portal, later):
    portal.replies["/files/cho.csv"] = (404, "text/html", b"")
    site = linked
    for _ in range(10):
        with site.reading() as session:
            dataset_id = session.scalars(select(Dataset.id)).one()
        check_again(site, dataset_id)
        site = later(site, 1 / 240)
    assert link(site).failures == 10
    assert open_codes(site) == []


def test_the_issue_is_brought_up_to_date_and_changes_its_code_with_what_is_wrong(linked, portal, later):
    site = broken(linked, portal, later)
    site = later(site, 1)
    check_due_links(site)
    with site.reading() as session:
        assert session.scalars(select(IssueRow.facts)).one()["count"] == 3
    portal.replies["/files/cho.csv"] = (200, "text/html", b"<html><title>Trang</title></html>")
    site = later(site, 1)
    check_due_links(site)
    assert open_codes(site) == ["link-soft-404"]


def test_a_harvest_does_not_end_what_the_check_of_links_has_said(linked, portal, later):
    site = broken(linked, portal, later)
    portal.datasets = [{**portal.datasets[0], "title": "Tên mới"}]
    step_through(site)
    assert open_codes(site) == ["link-broken"]


def test_a_server_that_asks_for_patience_is_never_broken(linked, portal, later):
    check_due_links(linked)
    portal.replies["/files/cho.csv"] = (429, "text/html", b"")
    site = linked
    for _ in range(5):
        site = later(site, 1)
        check_due_links(site)
    assert (link(site).status, link(site).failures, open_codes(site), reachable(site)) == ("unknown", 0, [], True)
    assert link(site).last_success == linked.clock.now()


def test_a_link_that_counts_makes_a_dataset_reachable_and_its_files_are_not_fetched_for_it(linked, portal):
    assert reachable(linked) is None
    check_due_links(linked)
    assert (reachable(linked), evidence_of(linked, "reachable")) == (True, "ok")
    portal.requests.clear()
    assert step_through(linked)["counts"] == {"unchanged": 1}
    assert "/files/cho.csv" not in portal.requests


def test_the_source_of_a_copy_that_we_hold_is_checked_monthly(site, portal, later):
    portal.datasets = [portal.with_files(cho=GOOD)]
    add_source(site, url=portal.url)
    step_through(site)
    assert check_due_links(site).count == 0
    assert (link(site).held, hours(site, link(site))) == (True, 720)
    month = later(site, 30)
    assert dict(check_due_links(month).statuses) == {"ok": 1}
    assert hours(month, link(month)) == 720


def test_what_the_harvest_says_already_is_not_said_twice(site, portal, later):
    portal.datasets = [portal.with_files(cho=GOOD)]
    portal.replies["/files/cho.csv"] = (404, "text/html", b"")
    add_source(site, url=portal.url)
    step_through(site)
    assert open_codes(site) == ["http-status"]
    check_due_links(site)
    check_due_links(later(site, 1))
    assert open_codes(site) == ["http-status"]


def test_a_link_that_is_changed_at_the_source_begins_anew(linked, portal, later):
    site = broken(linked, portal, later)
    portal.replies["/files/moi.csv"] = LINKED
    package = portal.datasets[0]
    portal.datasets = [{**package, "resources": [{**package["resources"][0], "url": f"{portal.url}/files/moi.csv"}]}]
    step_through(site)
    check_due_links(site)
    assert (link(site).url, link(site).status, open_codes(site)) == (f"{portal.url}/files/moi.csv", "ok", [])


def corrected(portal) -> None:
    """The source gives the same file at another host."""
    package = portal.datasets[0]
    url = package["resources"][0]["url"].replace("127.0.0.1", "localhost")
    portal.datasets = [{**package, "resources": [{**package["resources"][0], "url": url}]}]


def test_a_link_that_is_corrected_at_the_source_counts_as_reachable_again(linked, portal, later):
    site = broken(linked, portal, later)
    portal.replies["/files/cho.csv"] = LINKED
    corrected(portal)
    step_through(site)
    check_due_links(site)
    assert (reachable(site), evidence_of(site, "reachable")) == (True, "ok")


def test_of_a_corrected_link_nothing_is_known_until_it_is_checked(linked, portal, later):
    site = broken(linked, portal, later)
    corrected(portal)
    step_through(site)
    check_due_links(site)
    assert (reachable(site), evidence_of(site, "reachable")) == (None, "none")


def test_what_the_harvest_says_of_a_corrected_link_stands(site, portal):
    portal.datasets = [portal.with_files(cho=GOOD)]
    portal.replies["/files/cho.csv"] = (404, "text/html", b"")
    add_source(site, url=portal.url)
    step_through(site)
    check_due_links(site)
    corrected(portal)
    step_through(site)
    check_due_links(site)
    assert (reachable(site), open_codes(site)) == (False, ["http-status"])


def test_links_of_an_archived_dataset_are_left_in_peace(harvested, portal, later):
    check_due_links(harvested)
    portal.count = 2
    portal.datasets = [portal.dataset(n) for n in range(2)]
    with harvested.writing() as session:
        session.execute(update(Source).values(expectations={"shrink_share": 1, "grace_days": 0}))
    step_through(harvested)
    check_due_links(later(harvested, 1))
    assert len(links(harvested)) == 2


def test_checking_again_on_request_is_done_at_once_but_not_twice_in_a_minute(linked, portal, later):
    site = broken(linked, portal, later)
    portal.replies["/files/cho.csv"] = LINKED
    with site.reading() as session:
        dataset_id = session.scalars(select(Dataset.id)).one()
    assert check_again(site, dataset_id).count == 0
    soon = later(site, 1 / 1440)
    assert dict(check_again(soon, dataset_id).statuses) == {"ok": 1}
    assert open_codes(soon) == []


def test_what_is_asked_for_on_a_page_is_ordered_there_and_checked_at_the_next_tick(linked, portal, later):
    site = later(broken(linked, portal, later), 1 / 1440)
    portal.replies["/files/cho.csv"] = LINKED
    portal.requests.clear()
    client = person(site)
    for said in ("1 liên kết được kiểm tra lại trong vài phút tới", "Không có liên kết hỏng nào cần kiểm tra"):
        assert press(client, "/desk/sources/nguon/links").status_code == 303
        page = client.get("/runs/source/nguon").text
        if said[0] == "1":
            assert said in page and "1 liên kết đang chờ kiểm tra lại" in page and "/desk/sources/nguon/links" not in page
            assert portal.requests == []
            assert dict(check_due_links(site, limit=1).statuses) == {"ok": 1}
        else:
            assert said in page and "đang chờ kiểm tra lại" not in page
    assert open_codes(site) == []


def test_a_dataset_without_a_source_is_checked_and_listed_too(site, portal, later):
    furnish(site)
    publish(site, name="tu-tay", title="Tự tay", resources=[{"url": f"{portal.url}/files/khong-co.xlsx", "format": "XLSX"}])
    check_due_links(site)
    after = later(site, 1)
    check_due_links(after)
    with after.reading() as session:
        (listed,) = listing(session, broken=True).items
    assert (listed.dataset, listed.link.status, reachable(after)) == ("tu-tay", "broken", False)


def test_a_change_that_was_rolled_into_a_later_one_is_followed_once(harvested):
    check_due_links(harvested)
    with harvested.reading() as session:
        seen = session.get(SiteFact, "links_seen").value
    assert isinstance(seen, int) and seen >= 3


def test_the_commands_check_and_list(linked, portal, later, monkeypatch):
    monkeypatch.setattr("catalog.commands.official_list.site_here", lambda: linked)
    runner = CliRunner()
    first = runner.invoke(build(), ["links", "check", "--json"])
    assert (first.exit_code, json.loads(first.stdout)) == (0, {"checked": 1, "statuses": {"ok": 1}})
    portal.replies["/files/cho.csv"] = (404, "text/html", b"")
    assert runner.invoke(build(), ["links", "check"]).exit_code == 0
    assert runner.invoke(build(), ["links", "check", "cho", "--now"]).exit_code == 1
    shown = json.loads(runner.invoke(build(), ["links", "list", "--broken", "--json"]).stdout)
    assert [(each["dataset"], each["status"], each["http_status"], each["failures"]) for each in shown["links"]] == [("cho", "broken", 404, 1)]
    assert "cho" in runner.invoke(build(), ["links", "list", "cho"]).output
    assert runner.invoke(build(), ["links", "check", "khong-co"]).exit_code == 2


def test_what_no_store_can_hold_of_a_header_is_kept_and_known_again(linked, portal, later, monkeypatch):
    usual = Net.probe

    def probe(net, url, **how):
        answer = usual(net, url, **how)
        return replace(answer, headers={**answer.headers, "etag": '"1\0"'})

    monkeypatch.setattr(Net, "probe", probe)
    assert dict(check_due_links(linked).statuses) == {"ok": 1}
    site = later(linked, 0.5)
    check_due_links(site)
    assert (link(site).method, link(site).seen.startswith('"1\ufffd"')) == ("HEAD", True)


def test_a_verdict_that_cannot_be_written_down_costs_no_other_link_its_own(harvested, monkeypatch, caplog):
    def note(session, link, verdict, now):
        if link.url.endswith("/1.pdf"):
            link.dataset_id = None
            session.flush()
        return keeping.note(session, link, verdict, now)

    monkeypatch.setattr("catalog.links.due.note", note)
    assert dict(check_due_links(harvested).statuses) == {"ok": 2}
    assert [each.status for each in links(harvested)] == ["ok", "unchecked", "ok"]
    assert "cannot be written down" in caplog.text
