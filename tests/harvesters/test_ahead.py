"""The next page is asked for while one is staged: once, never beside another question of the same run, and its faults stay its own."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select
from support.portal import Portal, serving
from support.seeding import add_source
from support.stepping import step_through as harvest

from catalog.models import IssueRow
from harvesters.ahead import Ahead
from harvesters.base import Page

COUNT, ROWS = 30, 4


class Watched(Portal):
    """A portal that knows how many questions it was answering at a time, and can break from a row on."""

    def __init__(self, **given) -> None:
        super().__init__(COUNT, page=ROWS, **given)
        self.breaks_from = COUNT
        self._lock, self._now, self.most = threading.Lock(), 0, 0

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, str, bytes]:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            if int(query.get("start", ["0"])[0]) >= self.breaks_from:
                return 200, "application/json", b'{"success": tr'
            return super().answer(path, query)
        finally:
            with self._lock:
                self._now -= 1

    @property
    def starts(self) -> list[int]:
        return [int(query["start"]) for action, query in self.asked if action == "package_search" and "start" in query]


@pytest.mark.parametrize("light", [False, True])
def test_every_page_is_asked_for_once_and_nothing_beside_it(site, light):
    with serving(Watched(light=light)) as portal:
        add_source(site, url=portal.url)
        for counts in ({"created": COUNT}, {"unchanged": COUNT}):
            portal.asked.clear()
            assert harvest(site)["counts"] == counts
            assert portal.starts == list(range(0, COUNT, ROWS))
        assert portal.most == 1


@pytest.mark.parametrize("changed", [0, 9, 10, 29])
def test_a_change_on_any_page_is_taken_in_before_more_is_asked_for(site, changed):
    with serving(Watched()) as portal:
        portal.datasets = [portal.dataset(number) for number in range(COUNT)]
        add_source(site, url=portal.url)
        harvest(site)
        portal.datasets[changed] = {**portal.datasets[changed], "title": "Tên khác"}
        assert harvest(site, twice=True)["counts"] == {"unchanged": COUNT - 1, "updated": 1}
        assert portal.most == 1


def test_a_page_that_fails_ends_the_listing_where_it_stands(site):
    with serving(Watched()) as portal:
        portal.breaks_from = 2 * ROWS
        add_source(site, url=portal.url)
        run = harvest(site)
        assert (run["status"], run["counts"]) == ("failed", {"created": 2 * ROWS})
        with site.reading() as session:
            assert session.scalars(select(IssueRow.code)).all() == ["json-broken"]
        portal.breaks_from = COUNT
        assert harvest(site)["counts"] == {"created": COUNT - 2 * ROWS, "unchanged": 2 * ROWS}


def test_only_the_page_that_is_wanted_next_is_read_ahead_and_only_of_an_idle_run():
    ahead, read = Ahead(), []

    def reading(cursor: str):
        return lambda: read.append(cursor) or Page(items=(), cursor=cursor)

    ahead.ask("run", "never", reading("never"))
    ahead.staged("run", work=False)
    ahead.ask("run", "2", reading("2"))
    assert ahead.page("run", "3", reading("3")).cursor == "3"
    ahead.ask("run", "4", reading("4"))
    ahead.staged("run", work=True)
    ahead.ask("run", "never", reading("never"))
    assert ahead.page("run", "4", reading("never")).cursor == "4"
    ahead.staged("run", work=False)
    ahead.forget("run")
    ahead.ask("run", "never", reading("never"))
    assert ahead.page("run", "5", reading("5")).cursor == "5"
    assert ahead.page("another", None, reading("1")).cursor == "1"
    assert sorted(read) == ["1", "2", "3", "4", "5"]
