"""What waits for a person's answer: a listing that lost too much, and links that somebody says are mended."""

from __future__ import annotations

from flask import flash, request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from catalog import removals
from catalog.archiving import Act
from catalog.errors import NotFound
from catalog.links import check_again
from catalog.models import IssueRow, Source
from catalog.site import Site

BROKEN = ("link-broken", "link-soft-404")
MOST = 10  # datasets whose links are checked by one press, so that the page answers in time
REASON = 500  # characters


def decide(site: Site, source: Source, by: str) -> None:
    """Let what vanished go after its grace, or keep it; says once what was done."""
    reason = request.form.get("reason", "").strip()[:REASON] or _("Quyết định trên trang")
    with site.writing() as session:
        question = removals.open_question(session, source.id)
        act = Act(at=site.clock.now(), by=by, reason=reason)
        try:
            if question is None:
                raise NotFound
            if request.form.get("decision") == "confirm":
                removals.confirm(site, session, question.id, act)
                flash(_("Đã xác nhận: các bộ dữ liệu vắng mặt sẽ được lưu trữ khi hết thời gian chờ, và có thể khôi phục."), "ok")
            else:
                removals.refuse(session, question.id, act)
                flash(_("Đã bác: các bộ dữ liệu vắng mặt ở lại trên trang."), "ok")
        except NotFound:
            flash(_("Câu hỏi này đã được trả lời, hoặc nguồn đã liệt kê đủ trở lại."), "warn")


def check_links(site: Site, source: Source) -> None:
    """Check the links of a source's datasets that are said to be broken, now; says once how it went."""
    with site.reading() as session:
        found = list(session.scalars(select(IssueRow.dataset_id).where(
            IssueRow.source_id == source.id, IssueRow.code.in_(BROKEN), IssueRow.closed_at.is_(None), IssueRow.dataset_id.is_not(None))
            .distinct().order_by(IssueRow.dataset_id).limit(MOST)))
    checked = sum(sum(check_again(site, dataset_id).statuses.values()) for dataset_id in found)
    if checked:
        flash(ngettext("Đã kiểm tra lại %(num)d liên kết; kết quả ở dưới đây.", "Đã kiểm tra lại %(num)d liên kết; kết quả ở dưới đây.", checked), "ok")
    else:
        flash(_("Không có liên kết hỏng nào cần kiểm tra, hoặc vừa được kiểm tra xong."), "ok")
