"""What an assistant may ask of the catalogue. Every answer is JSON; what cannot be found is told in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

import schemas
from catalog import attention, versions
from catalog.actions import ACTIONS
from catalog.actions.context import Context
from catalog.addresses import dataset_at
from catalog.clock import day_of
from catalog.errors import Refusal, Trouble
from catalog.issues import Issue, Said, codes, say
from catalog.models import Dataset, IssueRow, Version
from catalog.participation import participation
from catalog.participation.shape import as_dict
from catalog.sight import issue_of, said
from catalog.site import Site
from catalog.tables.preview import read_preview
from web.datasets.reports import public_json

MAX_HITS, MAX_ROWS, MAX_CELL = 50, 100, 2000
LANGUAGES = ("vi", "en")


class Tools:
    """The tools of one site; each is a method, whose first line tells an assistant what it is for."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def every(self) -> list[Callable[..., Any]]:
        """All of them."""
        return [self.search_datasets, self.get_dataset, self.preview_table, self.list_schemas, self.get_schema, self.get_agency, self.participation,
                self.why_refused]

    @contextmanager
    def _reading(self) -> Iterator[Context]:
        """A transaction of nobody; what the house refuses becomes the tool's own error, in words."""
        from mcp.server.mcpserver.exceptions import ToolError

        try:
            with self._site.reading() as session:
                yield Context(site=self._site, session=session)
        except Refusal as refusal:
            raise ToolError(f"Không có hoặc không đọc được. Not there or not readable. {refusal.message}".strip()) from refusal
        except Trouble as trouble:
            raise ToolError(" ".join(say(trouble.issue, language).what for language in LANGUAGES)) from trouble

    def search_datasets(self, query: str = "", organization: str = "", theme: str = "", format: str = "", start: int = 0,
                        rows: int = 10) -> dict[str, Any]:
        """Tìm bộ dữ liệu theo từ (có dấu hay không dấu), cơ quan, chủ đề, định dạng. Search datasets by words, agency, theme, format."""
        filters = {"organization": organization, "groups": theme, "res_format": format}
        conditions = [f"{field}:{json.dumps(value, ensure_ascii=False)}" for field, value in filters.items() if value]
        words = query.replace(":", " ").replace("{!", " ")
        with self._reading() as context:
            found = ACTIONS["package_search"](context, {
                "q": words, "fq_list": conditions, "start": max(start, 0), "rows": min(max(rows, 0), MAX_HITS),
                "facet.field": ["organization", "groups", "res_format"], "facet.limit": 20})
        return {"count": found["count"], "facets": found["facets"], "results": [_short(package) for package in found["results"]]}

    def get_dataset(self, name: str) -> dict[str, Any]:
        """Mô tả đầy đủ của một bộ dữ liệu với các tệp. Everything about one dataset, with its files."""
        with self._reading() as context:
            return ACTIONS["package_show"](context, {"id": name})

    def preview_table(self, dataset: str, resource_id: str = "", offset: int = 0, rows: int = 20) -> dict[str, Any]:
        """Các dòng của một bảng đang công bố. Rows of a published table: fields with types, rows, the number of all rows."""
        with self._reading() as context:
            version = self._table(context, dataset, resource_id)
            seen = read_preview(self._site.files.path(version.table_sha256 or ""), limit=min(max(rows, 1), MAX_ROWS), offset=max(offset, 0))
        return {"dataset": dataset, "resource_id": version.resource_id, "version": version.number, "fields": list(seen.fields), "total": seen.total,
                "offset": max(offset, 0), "rows": [[_cut(cell) for cell in row] for row in seen.rows]}

    def _table(self, context: Context, name: str, resource_id: str) -> Version:
        """The live version that has a table: of the resource asked for, else the first."""
        dataset = self._dataset(context, name)
        for standing in versions.standings(context.session, [one for one in dataset.resources if one.state == "active"]):
            if standing.live is not None and standing.live.table_sha256 and resource_id in ("", standing.resource.id):
                return standing.live
        raise Refusal("Bộ dữ liệu không có bảng nào trang này giữ. This site holds no table of the dataset.")

    def _dataset(self, context: Context, name: str, *, refused: bool = False) -> Dataset:
        """A dataset that is public; with `refused` also a harvested one of which no file was ever good, for its reports are public."""
        address = dataset_at(context.session, name)
        if address is None or address.dataset.state == "draft" and not (refused and address.dataset.source_id):
            raise Refusal("Không có bộ dữ liệu này. There is no such dataset.")
        if address.dataset.state == "deleted":
            raise Refusal("Bộ dữ liệu đã lưu trữ. The dataset is archived.")
        return address.dataset

    def list_schemas(self) -> dict[str, Any]:
        """Các lược đồ bảng của tỉnh. The province's Table Schemas: name, title, what each is for."""
        return {"schemas": [{"name": schema.name, "title": dict(schema.title), "description": dict(schema.description)}
                            for schema in schemas.all_schemas()]}

    def get_schema(self, name: str) -> dict[str, Any]:
        """Một lược đồ bảng: các cột, kiểu, ràng buộc. One Table Schema: its columns, types and constraints."""
        with self._reading():
            if name not in schemas.names():
                raise Refusal("Không có lược đồ này. There is no such schema.")
            return schemas.load(name).descriptor

    def get_agency(self, name: str) -> dict[str, Any]:
        """Một cơ quan: tham gia tới bước nào, vướng gì, ai phải làm. One agency: where it stands, what is in the way, who must act."""
        with self._reading() as context:
            shown = ACTIONS["organization_show"](context, {"id": name})
            figure = as_dict(participation(context.session, self._site.clock.today()))
            states = attention.source_states(context.session, agency_id=shown["id"])
            issues = attention.open_issues(context.session, source_ids=[state.source.id for state in states], limit=20)
            return {"organization": shown, "participation": next((one for one in figure["agencies"] if one["slug"] == shown["name"]), None),
                    "sources": [{"name": state.source.name, "connector": state.source.connector, "state": state.source.state,
                                 "last_run": state.last.status if state.last else None, "datasets": state.datasets, "who_must_act": state.needs}
                                for state in states],
                    "open_issues": [_kept_issue(row) for row in issues]}

    def participation(self, as_of: str = "", only_lagging: bool = True) -> dict[str, Any]:
        """Tỷ lệ cơ quan tham gia mở dữ liệu và cơ quan nào chưa, vì sao. The share of agencies that take part, and who lags and why."""
        with self._reading() as context:
            today = self._site.clock.today()
            try:
                day = date.fromisoformat(as_of) if as_of else today
            except ValueError as error:
                raise Refusal("Ngày phải có dạng 2024-09-30. The day must be written like 2024-09-30.") from error
            figure = as_dict(participation(context.session, min(day, today)))
        if only_lagging:
            figure["agencies"] = [agency for agency in figure["agencies"] if not agency["counts"] and not agency["exempt"]]
        return figure

    def why_refused(self, dataset: str) -> dict[str, Any]:
        """Vì sao tệp của bộ dữ liệu bị từ chối hay giữ lại, sửa thế nào, ai làm. Why files were refused or held, how to mend them, who must."""
        with self._reading() as context:
            found = self._dataset(context, dataset, refused=True)
            standings = versions.standings(context.session, [one for one in found.resources if one.state != "deleted"])
            waiting = [(standing, standing.waiting) for standing in standings if standing.waiting is not None]
            issues = attention.open_issues(context.session, dataset_id=found.id, limit=20)
            return {
                "dataset": found.name, "state": found.state,
                "files": [{"name": standing.resource.name, "version": version.number, "state": version.state, "errors": version.errors,
                           "checked_on": day_of(version.created).isoformat(), "live_version": standing.live.number if standing.live else None,
                           "causes": _causes(self._site, version)} for standing, version in waiting],
                "open_issues": [_kept_issue(row) for row in issues],
            }


def _short(package: dict[str, Any]) -> dict[str, Any]:
    """What tells one dataset from another."""
    extras = {extra["key"]: extra["value"] for extra in package["extras"]}
    return {"name": package["name"], "title": package["title"], "title_en": extras.get("title_en", ""), "notes": (package["notes"] or "")[:300],
            "organization": (package["organization"] or {}).get("name"), "themes": [group["name"] for group in package["groups"]],
            "license": package["license_id"], "modified": package["metadata_modified"], "illustrative": extras.get("illustrative") == "true",
            "formats": sorted({resource["format"] for resource in package["resources"] if resource["format"]})}


def _cut(cell: Any) -> Any:
    return cell[:MAX_CELL] + "…" if isinstance(cell, str) and len(cell) > MAX_CELL else cell


def _causes(site: Site, version: Version) -> list[dict[str, Any]]:
    """The causes in a report, as anybody may read them."""
    if version.report_sha256 is None:
        return []
    report = json.loads(public_json(site, version))
    issues = [Issue.from_dict(issue) for issue in report.get("haidang", {}).get("issues", [])]
    return [_issue(issue, str(codes()[issue.code].who) if issue.code in codes() else "") for issue in issues]


def _kept_issue(row: IssueRow) -> dict[str, Any]:
    """An issue of the store, as anybody may read it."""
    return _shown(issue_of(row), row.who, {language: said(row, language) for language in LANGUAGES if row.code in codes()})


def _issue(issue: Issue, who: str) -> dict[str, Any]:
    return _shown(issue, who, {language: say(issue, language) for language in LANGUAGES if issue.code in codes()})


def _shown(issue: Issue, who: str, words: Mapping[str, Said]) -> dict[str, Any]:
    """An issue in words; one of a code that is no longer known by its code only."""
    shown: dict[str, Any] = {"code": issue.code, "who_must_act": who, "count": issue.facts.get("count"), "cells": issue.facts.get("cells")}
    shown |= {language: {"what": each.what, "where": each.where, "mend": each.mend, "who": each.who} for language, each in words.items()}
    return {key: value for key, value in shown.items() if value not in (None, [], "")}
