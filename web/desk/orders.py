"""What an act on a page asks of the queue, and what the page says of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import flash
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from catalog import jobs, workers
from catalog.models import Run, Source
from catalog.site import Site


@contextmanager
def queue(site: Site) -> Iterator[jobs.Jobs]:
    """The queue for one act; acts are few, so nothing of it is kept open between them."""
    ordered = jobs.Jobs(site)
    try:
        yield ordered
    finally:
        ordered.close()


def run_now(site: Site, source: Source, *, forced: bool) -> str | None:
    """Order a harvest and say so; the id of the run, also of one that goes on already."""
    try:
        with queue(site) as ordered, site.writing() as session:
            run_id = ordered.order(session, source, forced=forced).id
    except jobs.Busy as busy:
        flash(_("Nguồn này đang được thu thập; xem lượt đang chạy dưới đây."), "warn")
        return busy.run_id
    flash(_("Đã xếp hàng một lượt thu thập."), "ok")
    say_who_works(site)
    return run_id


def cancel(session: Session, run_id: str, now: datetime) -> Run | None:
    """Call a run off and say so; None where it has ended already."""
    run = jobs.cancel(session, run_id, now)
    if run is None:
        flash(_("Lượt này đã kết thúc, không còn gì để hủy."), "warn")
    else:
        flash(_("Đã yêu cầu hủy. Những gì đã công bố vẫn còn; có thể chạy lại bất cứ lúc nào."), "ok")
    return run


def say_who_works(site: Site) -> None:
    """Where nobody is there to do the work, say so instead of leaving somebody to wait."""
    if not workers.worker_alive(site):
        flash(_("Chưa có bộ chạy nào hoạt động. Việc sẽ bắt đầu khi đội nền tảng khởi động bộ chạy."), "warn")
