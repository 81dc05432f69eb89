"""The pages by which an agency hands in a file: send it, see which columns and which errors were found, mend it, publish it.

Every step is a page of its own that waits in the store, for who sent the file alone; nothing is public before the last one.
The check is done by the worker, so that no page waits for it.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from catalog.drafts import keeping, submitting
from catalog.errors import Trouble, UsageError
from catalog.issues import Issue, Place, say
from catalog.models import UploadDraft, new_id
from catalog.net.transfer import megabytes
from catalog.sign_ins import Person
from catalog.site import Site
from web import account
from web.datasets.downloads import guarded, named
from web.desk import orders
from web.runs.lines import for_pages
from web.uploads import answering, choices, placing, publishing, shown
from web.words import either, language

bp = Blueprint("uploads", __name__, url_prefix="/desk/uploads")

MAX_FORM = keeping.MAX_FILE + (1 << 20)  # bytes of a form with a file


@bp.before_request
def _signed_in() -> AnyResponse | None:
    return account.required_to_act()


@bp.context_processor
def _words() -> dict[str, Any]:
    return {**for_pages(), "new_id": new_id, "limit": keeping.MAX_FILE, "encodings": answering.ENCODINGS}


@bp.errorhandler(RequestEntityTooLarge)
def _too_large(error: RequestEntityTooLarge) -> Any:
    if account.current() is None:  # whose form is not even read
        return redirect(url_for("account.sign_in", next=url_for("uploads.index")), 303)
    issue = Issue("too-large", Place(), {"limit": megabytes(keeping.MAX_FILE)})
    return _sending(wrong=_in_words(issue)), 413


def _site() -> Site:
    return current_app.extensions["haidang"]


def _person() -> Person:
    return account.current() or abort(403)


def _in_words(issue: Issue) -> list[str]:
    said = say(issue, language())
    return [said.what, said.mend]


def _mine(draft_id: str) -> UploadDraft:
    """The draft, for who sent it and may still act for its agency; 404 for everybody else."""
    site, person = _site(), _person()
    with site.reading() as session:
        draft = keeping.draft_of(session, draft_id, person.holder, site.clock.now()) or abort(404)
    if not person.may_act(draft.agency_id):
        abort(403)
    return draft


def _checked(draft_id: str) -> UploadDraft:
    """A draft whose check is done; the way to its first page for any other."""
    draft = _mine(draft_id)
    if draft.state != "done":
        abort(redirect(url_for("uploads.show", draft_id=draft.id), 303))
    return draft


@bp.get("")
def index() -> str:
    """The first step: choose a file; below it, what was sent and is not published yet."""
    return _sending()


def _sending(wrong: list[str] | None = None) -> str:
    site, person = _site(), _person()
    with site.reading() as session:
        drafts, agencies = shown.waiting(session, site, person), choices.agencies(session, site, person)
    return render_template("uploads/index.html", agencies=agencies, drafts=drafts, wrong=wrong, chosen=request.args.get("agency", ""))


@bp.post("")
def send() -> Any:
    """Take a file and order its check."""
    site, person = _site(), _person()
    before = _mine(request.form["before"]) if request.form.get("before") else None
    agency_id = before.agency_id if before else choices.agency_id(site, person, request.form.get("agency", ""))
    file = request.files.get("file")
    if agency_id is None:
        return _sending([_("Chưa chọn cơ quan."), _("Chọn cơ quan có tệp này rồi gửi lại.")]), 422
    if file is None or not file.filename:
        return _sending([_("Chưa chọn tệp."), _("Bấm “Chọn tệp”, chọn tệp trên máy rồi gửi lại.")]), 422
    asked = answering.of_the_next(before, language()) | (placing.sent_again(before, language()) if before else {})
    sent = keeping.Sent(id=_form_id(), holder=person.holder, agency_id=agency_id, asked=asked, before=before)
    try:
        with orders.queue(site) as jobs:
            draft = keeping.send(site, jobs, sent, file.stream, file.filename)
    except Trouble as trouble:
        return _sending(_in_words(trouble.issue)), 422
    except UsageError as error:
        return _sending([either(error.vi, error.en)]), 429
    return _to(draft)


def _form_id() -> str:
    """The id that the form carries, so that sent twice it makes one draft."""
    given = request.form.get("draft", "")
    return given if keeping.is_id(given) else abort(400)


def _to(draft: UploadDraft) -> AnyResponse:
    if draft.state in keeping.OPEN:
        orders.say_who_works(_site())
    return redirect(url_for("uploads.show", draft_id=draft.id), 303)


@bp.get("/<draft_id>")
def show(draft_id: str) -> Any:
    """The second step: which table was found in the file, and which column is which; before that, how far the check is."""
    draft, site = _mine(draft_id), _site()
    lost = keeping.is_lost(draft, site.clock.now())
    if draft.state in keeping.OPEN and not lost:
        return render_template("uploads/waiting.html", draft=draft)
    if draft.state != "done":
        issue = (draft.answer or {}).get("issue")
        trouble = _in_words(Issue.from_dict(issue)) if issue else None
        return render_template("uploads/failed.html", draft=draft, trouble=trouble)
    return _columns(draft)


def _columns(draft: UploadDraft, sent: dict[str, str] | None = None, wrong: str = "") -> str:
    """The page of a checked draft's columns, with what was `sent` of where its table is and what is wrong with that."""
    site = _site()
    with site.reading() as session:
        page, asks = shown.page(session, site, draft), answering.asks(session, draft)
        before = session.get(UploadDraft, draft.before_id) if draft.before_id else None
    return render_template("uploads/show.html", draft=draft, page=page, asks=asks, schemas=choices.schemas_by_title(), placing=placing.placing(draft, before, sent, wrong))


@bp.get("/<draft_id>/state.json")
def state(draft_id: str) -> Any:
    """Whether the check has ended, for the small script of its page."""
    draft = _mine(draft_id)
    return {"finished": draft.state not in keeping.OPEN, "rows": draft.rows}


@bp.post("/<draft_id>/again")
def again(draft_id: str) -> Any:
    """Look at the same file again: under another schema, or as one without some columns and with others under other names."""
    draft = _mine(draft_id)
    asked = choices.asked(request.form, draft, language(), _person(), _site().clock.now())
    if asked is None:
        return redirect(url_for("uploads.report", draft_id=draft.id), 303)
    return _look_again(draft, asked)


def _look_again(draft: UploadDraft, asked: dict[str, Any]) -> AnyResponse:
    site = _site()
    sent = keeping.Sent(id=_form_id(), holder=draft.holder, agency_id=draft.agency_id, asked=asked, before=draft)
    try:
        with orders.queue(site) as jobs:
            return _to(keeping.look_again(site, jobs, sent))
    except UsageError as error:
        flash(either(error.vi, error.en), "warn")
        return redirect(url_for("uploads.show", draft_id=draft.id), 303)


@bp.post("/<draft_id>/place")
def place(draft_id: str) -> Any:
    """Read the same file with its table where the person says it is."""
    draft = _checked(draft_id)
    with _site().reading() as session:
        before = session.get(UploadDraft, draft.before_id) if draft.before_id else None
    form = placing.placing(draft, before)
    if form is None or draft.submitted_at is not None:
        abort(404)
    given, wrong = placing.chosen(request.form, draft, form.picture)
    if given is None:
        sent = {name: request.form.get(name, "")[:20] for name in placing.ROWS}
        return _columns(draft, {**sent, "sheet": request.form.get("sheet", "")[:200]}, wrong), 422
    return _look_again(draft, placing.asked_with(draft, given, language()))


@bp.post("/<draft_id>/forget")
def forget(draft_id: str) -> AnyResponse:
    """Take back what is remembered of where the table is, or of what a column is, and read the file without it."""
    draft, site = _checked(draft_id), _site()
    with site.writing() as session:
        asked = placing.forgotten(session, draft, request.form.get("what", ""), request.form.get("label", ""), language())
    flash(_("Đã bỏ điều đã nhớ; tệp được đọc lại. Các tệp đã công bố không đổi."), "ok")
    return _look_again(draft, asked)


@bp.post("/<draft_id>/answers")
def answer(draft_id: str) -> AnyResponse:
    """Look at the same file again with what a person says of its cells, or of its letters."""
    draft = _checked(draft_id)
    asked = answering.asked(request.form, draft, language())
    return redirect(url_for("uploads.report", draft_id=draft.id), 303) if asked is None else _look_again(draft, asked)


@bp.get("/<draft_id>/report")
def report(draft_id: str) -> Any:
    """The third step: what is wrong, grouped by cause, and what mends it."""
    draft, site = _checked(draft_id), _site()
    with site.reading() as session:
        page, asks = shown.page(session, site, draft), answering.asks(session, draft)
    return render_template("uploads/report.html", draft=draft, page=page, asks=asks)


@bp.get("/<draft_id>/file/<which>")
def file(draft_id: str, which: str) -> Response:
    """The file as it was sent, the corrected one, or the workbook in which errors are marked."""
    draft = _mine(draft_id)
    made = ((draft.answer or {}).get("made") or {}).get(which)
    if which == "original" and draft.sha256:
        made = {"sha256": draft.sha256, "filename": draft.filename}
    if made is None:
        abort(404)
    files = keeping.bytes_of(_site(), draft.thread)
    answer = Response(files.stream(made["sha256"]), mimetype="application/octet-stream")
    answer.headers["Content-Length"] = str(files.size(made["sha256"]))
    answer.headers.set("Content-Disposition", "attachment", **named(made["filename"]))
    answer = guarded(answer)
    answer.headers.pop("Access-Control-Allow-Origin", None)
    return answer


@bp.get("/<draft_id>/publish")
def publish(draft_id: str) -> Any:
    """The last step: what the dataset is called, or of which one the file is a new version."""
    draft = _checked(draft_id)
    return _publishing(draft)


def _publishing(draft: UploadDraft, wrong: list[str] | None = None) -> Any:
    site = _site()
    with site.reading() as session:
        page, form = shown.page(session, site, draft), publishing.form(session, site, draft)
    if not page.fit:
        return redirect(url_for("uploads.report", draft_id=draft.id), 303)
    return render_template("uploads/publish.html", draft=draft, page=page, form=form, wrong=wrong)


@bp.post("/<draft_id>/publish")
def publish_now(draft_id: str) -> Any:
    """Hand the file in and order the run that publishes it; pressed twice, it is done once."""
    site, draft = _site(), _checked(draft_id)
    submission, wrong = publishing.read(site, draft, request.form, _person().name)
    if wrong:
        return _publishing(draft, wrong), 422
    try:
        with orders.queue(site) as jobs:
            done = submitting.submit(site, jobs, draft.id, submission)
    except Trouble as trouble:
        return _publishing(draft, _in_words(trouble.issue)), 422
    except UsageError as error:
        return _publishing(draft, [either(error.vi, error.en)]), 422
    if done.run_id is None:
        flash(_("Đã nộp tệp. Một lượt khác đang chạy dở; bấm “Công bố ngay” khi lượt ấy xong, hoặc để lượt hằng ngày công bố."), "warn")
    else:
        flash(_("Đã nộp tệp và xếp hàng một lượt công bố."), "ok")
        orders.say_who_works(site)
    return redirect(url_for("uploads.publish", draft_id=draft.id), 303)


@bp.post("/<draft_id>/discard")
def discard(draft_id: str) -> AnyResponse:
    """Take a draft away with its bytes, before its time is over."""
    draft = _mine(draft_id)
    keeping.discard(_site(), draft.thread)
    flash(_("Đã xóa bản nháp %(name)s. Tệp trên máy của anh/chị không bị ảnh hưởng.", name=draft.filename), "ok")
    return redirect(url_for("uploads.index"), 303)
