"""What waits for a decision about columns that look personal: who may decide sees it masked, decides column by column, and takes it back.

A form sent twice decides once; nothing is public before every column is decided. What follows from it, a worker does.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from catalog.decisions import applying, keeping
from catalog.decisions.bases import BASES, LEAST
from catalog.decisions.columns import HeldColumn, columns_at
from catalog.decisions.keeping import LONGEST, Choice
from catalog.errors import NotAuthorized, UsageError
from catalog.held import newest_versions
from catalog.models import ColumnDecision, Dataset, Resource, Version
from catalog.sign_ins import Person
from catalog.site import Site
from catalog.validation.privacy import NAMES
from web import account
from web.decisions import words
from web.desk import orders
from web.runs import page_asked
from web.words import either

bp = Blueprint("decisions", __name__, url_prefix="/desk/decisions")

_ID = re.compile(r"[0-9a-f-]{36}")


@bp.before_request
def _signed_in() -> AnyResponse | None:
    return account.required_to_act()


@bp.context_processor
def _words() -> dict[str, Any]:
    return {"decision_words": words, "bases": {key: either(*said) for key, said in BASES.items()}, "least": LEAST, "longest": LONGEST,
            "kind_words": {key: either(*said) for key, said in NAMES.items()}}


def _site() -> Site:
    return current_app.extensions["haidang"]


def _person() -> Person:
    return account.current() or abort(403)


@bp.get("")
def index() -> str:
    """Everything that waits for a decision, the longest first, and below it what was decided."""
    site, person = _site(), _person()
    mine = None if person.everywhere else person.agencies
    with site.reading() as session:
        found = keeping.waiting(session, mine, page=page_asked())
        rows = [(one, columns_at(site.files, one.version), keeping.standing_rows(session, one.resource.id)) for one in found.items]
        return render_template("decisions/index.html", rows=rows, found=found, log=keeping.log(session, mine))


@bp.get("/<resource_id>")
def show(resource_id: str) -> str:
    """The columns of one file about which somebody must decide, and what was decided about it so far."""
    return _page(resource_id)


def _page(resource_id: str, wrong: str = "") -> str:
    site = _site()
    with site.reading() as session:
        dataset, resource = _mine(session, resource_id)
        version = newest_versions(session, [resource.id]).get(resource.id)
        columns = columns_at(site.files, version) if version is not None and version.state == "held" else []
        standing = keeping.standing_rows(session, resource.id)
        return render_template(
            "decisions/show.html", dataset=dataset, resource=resource, version=version, columns=columns, standing=standing, wrong=wrong,
            open=[column for column in columns if column.key not in standing], history=keeping.of_resource(session, resource.id),
            releases=_person().may_release(dataset.owner_org))


def _mine(session: Session, resource_id: str) -> tuple[Dataset, Resource]:
    """The resource and its dataset, for who may act for its agency; 404 for everybody else."""
    resource = session.get(Resource, resource_id) if _ID.fullmatch(resource_id) else None
    if resource is None or resource.state == "deleted" or not _person().may_act(resource.dataset.owner_org):
        abort(404)
    return resource.dataset, resource


@bp.post("/<resource_id>")
def decide(resource_id: str) -> Any:
    """Write down what was chosen for each column; those without a choice stay open."""
    site, person = _site(), _person()
    with site.reading() as session:
        dataset, resource = _mine(session, resource_id)
        version = newest_versions(session, [resource.id]).get(resource.id)
        standing = keeping.standing_rows(session, resource.id)
    if version is None or version.state != "held" or version.id != request.form.get("version"):
        flash(_("Tệp này không còn chờ quyết định, hoặc đã có bản mới hơn; hãy xem lại."), "warn")
        return redirect(url_for("decisions.show", resource_id=resource.id), 303)
    asked = _asked([column for column in columns_at(site.files, version) if column.key not in standing])
    if not asked:
        return _page(resource.id, _("Chưa chọn gì cho cột nào.")), 422
    try:
        with orders.queue(site) as jobs:
            keeping.decide(site, jobs, version, asked, person, dataset.owner_org)
    except NotAuthorized:
        return _page(resource.id, _("Chỉ người quản trị của đơn vị mới được cho công bố một cột dữ liệu cá nhân.")), 403
    except UsageError as error:
        return _page(resource.id, either(error.vi, error.en)), 422
    flash(_("Đã ghi quyết định. Có thể rút lại bất cứ lúc nào."), "ok")
    orders.say_who_works(site)
    return redirect(url_for("decisions.show", resource_id=resource.id), 303)


def _asked(columns: list[HeldColumn]) -> dict[HeldColumn, Choice]:
    """What the form says of each open column, by its place in the list."""
    given = {column: Choice(action=request.form.get(f"action:{number}", ""), basis=request.form.get(f"basis:{number}", "")[:40],
                            reason=" ".join(request.form.get(f"reason:{number}", "").split())[:LONGEST])
             for number, column in enumerate(columns)}
    return {column: choice for column, choice in given.items() if choice.action}


@bp.post("/<resource_id>/again")
def again(resource_id: str) -> AnyResponse:
    """Have what was decided carried out once more, where that has not happened."""
    site = _site()
    with site.reading() as session:
        resource = _mine(session, resource_id)[1]
        version: Version | None = newest_versions(session, [resource.id]).get(resource.id)
    if version is not None and version.state == "held":
        with orders.queue(site) as jobs:
            keeping.order_again(site, jobs, version)
        flash(_("Đã xếp hàng việc thi hành quyết định."), "ok")
        orders.say_who_works(site)
    return redirect(url_for("decisions.show", resource_id=resource.id), 303)


@bp.post("/taken-back/<decision_id>")
def take_back(decision_id: str) -> AnyResponse:
    """Take a decision back: what it let out leaves the site at once, and the column waits again."""
    site = _site()
    with site.reading() as session:
        decision = (session.get(ColumnDecision, decision_id) if _ID.fullmatch(decision_id) else None) or abort(404)
        resource = _mine(session, decision.resource_id)[1]
    if applying.take_back(site, decision.id, _person()):
        flash(_("Đã rút lại quyết định. Bản tốt trước đó, nếu có, lại là bản công khai; cột này chờ quyết định mới."), "ok")
    else:
        flash(_("Quyết định này đã được rút lại từ trước."), "warn")
    return redirect(url_for("decisions.show", resource_id=resource.id), 303)
