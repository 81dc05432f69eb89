"""A dataset's page, its files, its reports: everything under `/dataset/<name>`, as CKAN addresses it."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from catalog import versions
from catalog.addresses import Address, dataset_at, resource_of
from catalog.archiving import NOT_AT_SOURCE
from catalog.exchange import package_zip
from catalog.exchange.portal import portal
from catalog.models import Dataset, Resource, Version
from catalog.onward import listing
from catalog.site import Site
from catalog.tables.downloads import write
from web.account import may_act
from web.datasets import differences, downloads, page, reports
from web.datasets.prose import scrollable
from web.datasets.words import archive_reason
from web.decisions import words as decision_words
from web.dictionary import cell_words, type_words
from web.exchange import head
from web.exchange.door import entry_at, reading
from web.onward import words as onward_words
from web.pages_kept import shared
from web.runs.lines import for_pages

bp = Blueprint("datasets", __name__)

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


@bp.context_processor
def _words() -> dict[str, Any]:
    return {**for_pages(), "type_words": type_words, "cell_words": cell_words, "archive_reason": archive_reason, "scrollable": scrollable,
            "onward": onward_words, "kind_type": differences.type_of, "decided_words": decision_words.DONE}


def site() -> Site:
    """The site that this application shows."""
    return current_app.extensions["haidang"]


def _found(session: Session, name: str) -> Address:
    """What stands at the address; 404 for nothing, and for what was never published, with the reports that say why."""
    address = dataset_at(session, name) or abort(404)
    if address.dataset.state == "draft":
        abort(current_app.make_response((render_template(
            "datasets/draft.html", dataset=address.dataset, agency=page.agency_of(session, address.dataset), today=site().clock.today(),
            standings=versions.standings(session, address.dataset.resources)), 404)))
    return address


@bp.get("/dataset/<name>")
@shared
def show(name: str) -> Response | str | tuple[str, int]:
    """Everything about a dataset: whose, how good, its files, a look into it, its versions."""
    with site().reading() as session:
        address = _found(session, name)
        dataset = address.dataset
        if address.moved and dataset.state != "deleted":
            return redirect(url_for("datasets.show", name=dataset.name), 301)
        if dataset.state == "deleted":
            return _gone(session, dataset)
        onward = listing.of_dataset(session, dataset.id) if may_act(dataset.owner_org) else []
        return render_template("datasets/show.html", published_onward=onward, **head.of_dataset(session, dataset), **page.of_dataset(site(), session, dataset))


def _gone(session: Session, dataset: Dataset) -> tuple[str, int]:
    """What became of an archived dataset: when, why, and its last versions, where it only vanished from its source."""
    last = [standing for standing in versions.standings(session, dataset.resources) if standing.live] if _may_still_be_had(dataset) else []
    return render_template("datasets/gone.html", dataset=dataset, agency=page.agency_of(session, dataset), last=last, downloads=downloads,
                           today=site().clock.today()), 410


def _may_still_be_had(dataset: Dataset) -> bool:
    """Whether the published versions of an archived dataset stay open; not where a person took it off."""
    return dataset.archived_reason == NOT_AT_SOURCE


@bp.get("/dataset/<name>/resource/<resource_id>")
def resource(name: str, resource_id: str) -> Response | str | tuple[str, int]:
    """One file of a dataset with its own look into it, its dictionary and its versions."""
    with site().reading() as session:
        dataset, chosen = _file(session, name, resource_id)
        if dataset.name != name:
            return redirect(url_for("datasets.resource", name=dataset.name, resource_id=chosen.id), 301)
        return render_template("datasets/resource.html", **page.of_dataset(site(), session, dataset, chosen))


def _file(session: Session, name: str, resource_id: str, *, archived: bool = False) -> tuple[Dataset, Resource]:
    """A file of a dataset that can be read; 410 where the dataset is archived, unless `archived` asks for its last versions."""
    dataset = _found(session, name).dataset
    if dataset.state == "deleted" and not (archived and _may_still_be_had(dataset)):
        abort(_gone_response(session, dataset))
    chosen = resource_of(dataset, resource_id)
    if chosen is None or chosen.state == "deleted":
        abort(404)
    return dataset, chosen


def _gone_response(session: Session, dataset: Dataset) -> Response:
    return current_app.make_response(_gone(session, dataset))


@bp.get("/dataset/<name>/resource/<resource_id>/download")
@bp.get("/dataset/<name>/resource/<resource_id>/download/<filename>")
def download(name: str, resource_id: str, filename: str = "") -> Response:
    """The file: its original bytes under its own extension, the typed table under another."""
    with site().reading() as session:
        dataset, chosen = _file(session, name, resource_id, archived=True)
        version = _version_asked(session, chosen)
        if version is None and dataset.state == "deleted":
            abort(_gone_response(session, dataset))
    if version is None:
        if chosen.state == "active" and downloads.is_web_address(chosen.url):
            return redirect(chosen.url, 302)
        abort(404)
    if not filename:
        return redirect(url_for("datasets.download", name=dataset.name, resource_id=chosen.id,
                                filename=downloads.safe_name(version.filename), version=downloads.asked("version") or None), 302)
    kind, excel, bom, typed = downloads.extension(filename), *(bool(downloads.asked(name)) for name in ("excel", "bom", "typed"))
    if kind == downloads.extension(version.filename) and not (excel or bom or typed):
        return downloads.original(version)
    if kind in downloads.made_of(version):
        csv = kind == "csv"
        return downloads.converted(version, downloads.Form(kind=kind, bom=csv and (excel or bom), excel_safe=csv and excel))
    return abort(404)


@bp.get("/dataset/<name>/datapackage.zip")
def package(name: str) -> Response:
    """The whole dataset as a zipped Data Package; 404 for one without any file."""
    with reading() as context:
        entry = entry_at(context, name)
        if not entry.files:
            abort(404)
        made = package_zip.package(site(), portal(context), entry)
    filename = f"{entry.name}.zip"
    if request.headers.get("Range"):
        return downloads.kept(lambda: site().shelf.get(f"{made.mark}.zip", lambda target: write(made.pieces(), target)), "zip", name=filename, etag=made.mark)
    return downloads.streamed(made.pieces, "zip", name=filename, etag=made.mark)


def _version_asked(session: Session, chosen: Resource) -> Version | None:
    """The live version, or the public one that `?version=N` names; 404 for one that is not public."""
    asked = downloads.asked("version")
    if not asked:
        return versions.standing(session, chosen).live
    version = versions.numbered(session, chosen.id, int(asked)) if _NUMBER.fullmatch(asked) else None
    if version is None or version.state != "published":
        abort(404)
    return version


@bp.get("/dataset/<name>/resource/<resource_id>/diff")
def diff(name: str, resource_id: str) -> str | tuple[str, int]:
    """What changed between two versions of a file's table, row by row."""
    with site().reading() as session:
        dataset, chosen = _file(session, name, resource_id)
        shown = differences.asked_page(site(), session, chosen)
        made = render_template("datasets/diff.html", dataset=dataset, resource=chosen, page=shown, site_url=site().settings.site_url.rstrip("/"))
    return (made, 400) if shown.wrong else made


@bp.get("/dataset/<name>/resource/<resource_id>/report")
@bp.get("/dataset/<name>/resource/<resource_id>/report/<int:number>")
def report(name: str, resource_id: str, number: int | None = None) -> str:
    """What the check of a file found, in words: causes by size, where, how to mend them, who must act."""
    with site().reading() as session:
        dataset, chosen, version = _reported(session, name, resource_id, number)
        return render_template(
            "datasets/report.html", dataset=dataset, resource=chosen, version=version, agency=page.agency_of(session, dataset),
            today=site().clock.today(), standing=versions.standing(session, chosen), report=reports.read(site(), version),
            others=versions.checked(session, chosen.id), schema=page.schema_of(version.schema_name or chosen.schema_name),
        )


@bp.get("/dataset/<name>/resource/<resource_id>/report/<int:number>.json")
def report_json(name: str, resource_id: str, number: int) -> Response:
    """The same as a Frictionless report, without the rows of the file around a wrong cell."""
    with site().reading() as session:
        dataset, _, version = _reported(session, name, resource_id, number)
    return downloads.document(reports.public_json(site(), version), kind="json", name=f"{dataset.name}-report-{number}.json")


def _reported(session: Session, name: str, resource_id: str, number: int | None) -> tuple[Dataset, Resource, Version]:
    """A version that has a report. That of a file never published may be read too: it says why it was not."""
    address = dataset_at(session, name)
    chosen = resource_of(address.dataset, resource_id) if address else None
    if address is None or chosen is None or address.dataset.state == "deleted":
        abort(404)
    found = versions.numbered(session, chosen.id, number) if number else next(iter(versions.checked(session, chosen.id)), None)
    if found is None or found.report_sha256 is None:
        abort(404)
    return address.dataset, chosen, found
