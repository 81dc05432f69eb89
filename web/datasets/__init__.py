"""A dataset's page, its files, its reports: everything under `/dataset/<name>`, as CKAN addresses it."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, abort, current_app, redirect, render_template, url_for
from sqlalchemy.orm import Session

from catalog import versions
from catalog.addresses import Address, dataset_at, resource_of
from catalog.archiving import NOT_AT_SOURCE
from catalog.models import Dataset, Resource, Version
from catalog.site import Site
from web.datasets import downloads, page, reports
from web.datasets.prose import scrollable
from web.datasets.words import archive_reason
from web.dictionary import cell_words, type_words
from web.exchange import head
from web.pages_kept import shared
from web.runs.lines import for_pages

bp = Blueprint("datasets", __name__)

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


@bp.context_processor
def _words() -> dict[str, Any]:
    return {**for_pages(), "type_words": type_words, "cell_words": cell_words, "archive_reason": archive_reason, "scrollable": scrollable}


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
        return render_template("datasets/show.html", **head.of_dataset(session, dataset), **page.of_dataset(site(), session, dataset))


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
    kind, excel, typed = downloads.extension(filename), bool(downloads.asked("excel")), bool(downloads.asked("typed"))
    if kind == downloads.extension(version.filename) and not excel and not typed:
        return downloads.original(version)
    if version.table_sha256 and kind in downloads.CONVERSIONS:
        return downloads.converted(version, kind, excel=excel)
    return abort(404)


def _version_asked(session: Session, chosen: Resource) -> Version | None:
    """The live version, or the public one that `?version=N` names; 404 for one that is not public."""
    asked = downloads.asked("version")
    if not asked:
        return versions.standing(session, chosen).live
    version = versions.numbered(session, chosen.id, int(asked)) if _NUMBER.fullmatch(asked) else None
    if version is None or version.state != "published":
        abort(404)
    return version


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
