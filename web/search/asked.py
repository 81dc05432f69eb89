"""What a visitor asks for, read from the address, and the addresses of the same question a little changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from catalog.names import nfc
from catalog.search import Query
from web.addresses import at

ROWS = 20  # datasets on a page
MAX_TEXT = 400  # characters of a question
FILTERS = ("organization", "groups", "validation", "res_format", "frequency", "license_id", "tags", "schema", "illustrative")
SORTS = {
    "relevance": _l("Phù hợp nhất"),
    "modified": _l("Mới cập nhật"),
    "newest": _l("Mới công bố"),
    "title": _l("Tên A–Z"),
}
# CKAN's own addresses of the same orders, so that an old link leads to the same list.
CKAN_SORTS = {"score desc, metadata_modified desc": "relevance", "metadata_modified desc": "modified",
              "title_string asc": "title", "metadata_created desc": "newest"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question: words, filters (facet to chosen values), an order, a page from 1."""

    text: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = ""
    page: int = 1

    @property
    def order(self) -> str:
        """The order in force: what fits best where there are words, else what is new."""
        return self.sort or ("relevance" if self.text else "modified")

    def query(self, counted: Sequence[str] = ()) -> Query:
        """The question as the index takes it, one page of it, with these facets counted."""
        return Query(text=self.text, filters=self.filters, sort=self.order, start=(self.page - 1) * ROWS, rows=ROWS, facets=counted)

    def href(self, *, page: int = 1) -> str:
        """The address of a page of the same question."""
        return at("/dataset", q=self.text, **self.filters, sort=self.sort, page=page if page > 1 else None)

    def without(self, facet: str, value: str | None = None) -> str:
        """The address of the same question without one chosen value, or without a whole facet."""
        kept = {key: [each for each in values if key != facet or value is not None and each != value] for key, values in self.filters.items()}
        return at("/dataset", q=self.text, **{key: values for key, values in kept.items() if values}, sort=self.sort)

    def plain(self) -> str:
        """The address of the same words without any filter."""
        return at("/dataset", q=self.text, sort=self.sort)

    def feed(self) -> str:
        """The address of the feed of the same question."""
        return at("/feeds/custom.atom", q=self.text, **self.filters)

    def api(self) -> str:
        """The same question to the CKAN API."""
        every = [f"{key}:({' OR '.join(_quoted(value) for value in values)})" for key, values in self.filters.items()]
        return at("/api/3/action/package_search", q=self.text, fq=" AND ".join(every), rows=ROWS,
                  start=(self.page - 1) * ROWS or None)


def read(arguments: MultiDict[str, str]) -> Asked:
    """The question in an address; what makes no sense in it is left aside."""
    filters = {name: values for name in FILTERS
               if (values := list(dict.fromkeys(cleaned for value in arguments.getlist(name)[:50] if (cleaned := _clean(value)))))}
    sort = CKAN_SORTS.get(arguments.get("sort", ""), arguments.get("sort", ""))
    page = arguments.get("page", "1")[:7]
    return Asked(text=_clean(arguments.get("q", "")), filters=filters, sort=sort if sort in SORTS else "",
                 page=max(1, int(page)) if page.isascii() and page.isdigit() else 1)


def _clean(text: str) -> str:
    return nfc(_CONTROL.sub(" ", text)).strip()[:MAX_TEXT]


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
