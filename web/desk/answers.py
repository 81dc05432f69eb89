"""What waits for a person's answer: a listing that lost too much, and links that somebody says are mended."""

from __future__ import annotations

from flask import flash, request
from flask_babel import gettext as _
from flask_babel import ngettext

from catalog import removals
from catalog.archiving import Act
from catalog.errors import NotFound
from catalog.links import hasten
from catalog.models import Source
from catalog.site import Site

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
    """Let a worker check the links of a source that failed, at its next tick; says once what was ordered."""
    with site.writing() as session:
        count = hasten(session, source.id, site.clock.now())
    if count:
        flash(ngettext("%(num)d liên kết được kiểm tra lại trong vài phút tới; kết quả hiện ở trang này.",
                       "%(num)d liên kết được kiểm tra lại trong vài phút tới; kết quả hiện ở trang này.", count), "ok")
    else:
        flash(_("Không có liên kết hỏng nào cần kiểm tra, hoặc vừa được kiểm tra xong."), "ok")
