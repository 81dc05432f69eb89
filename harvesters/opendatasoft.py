"""An OpenDataSoft (Huwise) portal, by its Explore API v2.1: every dataset with its table as CSV, with geometry as GeoJSON too.

The API's reference: https://help.opendatasoft.com/apis/ods-explore-v2/explore_v2.1.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from catalog.names import fold
from catalog.net import Net
from catalog.record import Distribution, Made, Record
from harvesters import vocabulary
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.describing import DEFAULTS, Draft, as_moment, as_text, require_object
from harvesters.html_text import plain
from harvesters.opendatasoft_api import ExploreApi
from harvesters.opendatasoft_file import require_end, require_rows
from harvesters.opendatasoft_listing import Listing

GEOMETRY = {"geo_point_2d", "geo_shape"}
# What an export is asked with, its media type, and its ending; the delimiter is a semicolon unless said otherwise.
EXPORTS: Mapping[str, tuple[Mapping[str, str], str]] = {
    "csv": ({"delimiter": ",", "with_bom": "false", "use_labels": "false"}, "text/csv"),
    "geojson": ({}, "application/geo+json"),
}
# The names of licences from which the portals' editors choose (folded) -> CKAN's id.
_LICENCES = {
    "open database license (odbl)": "odc-odbl", "odbl": "odc-odbl", "open data commons open database license (odbl)": "odc-odbl",
    "open data commons attribution license": "odc-by", "open data commons public domain dedication and license (pddl)": "odc-pddl",
    "licence ouverte (etalab)": "other-open", "licence ouverte v1.0 (etalab)": "other-open", "licence ouverte v2.0 (etalab)": "other-open",
    "licence ouverte v1.0": "other-open", "licence ouverte v2.0": "other-open", "open license v2.0": "other-open",
    "cc by": "cc-by", "cc by 3.0": "cc-by", "cc by 4.0": "cc-by", "cc by-sa": "cc-by-sa", "cc by-sa 3.0": "cc-by-sa", "cc by-sa 4.0": "cc-by-sa",
    "cc by-nc": "cc-nc", "cc by-nc 4.0": "cc-nc", "cc by-nc-sa": "cc-nc", "cc by-nc-nd": "cc-nc", "cc by-nd": "other-closed", "cc by-nd 4.0": "other-closed",
    "cc0": "cc-zero", "cc0 1.0": "cc-zero", "public domain": "other-pd", "domaine public": "other-pd", "open government licence v3.0": "uk-ogl",
}


class OpenDataSoft:
    """A portal; a dataset that only chosen users may see is left out, even where the source's key may see it."""

    kind: ClassVar[str] = "opendatasoft"
    title: ClassVar[Mapping[str, str]] = {"vi": "Cổng OpenDataSoft (Huwise)", "en": "OpenDataSoft (Huwise) portal"}
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="where", vi='Chỉ lấy các bộ khớp điều kiện lọc, theo cú pháp ODSQL, ví dụ publisher = "Sở Y tế"',
               en='Only datasets that match a filter, in ODSQL, such as publisher = "Sở Y tế"'),
        Option(name="api_key", vi="Khóa API, khi cổng chỉ trả lời người dùng có khóa", en="API key, where the portal answers its users only", secret=True),
        *DEFAULTS,
    )

    def __init__(self, source: SourceSpec, net: Net) -> None:
        self._options = source.options
        self._api = ExploreApi(source.url, net, str(source.secrets.get("api_key") or ""))
        self._listing = Listing(self._api, str(source.options.get("where") or ""))

    def page(self, cursor: str | None) -> Page:
        """The next 100 datasets."""
        return self._listing.page(cursor)

    def describe(self, item: Gathered) -> Record:
        """The dataset in our words; the exports are made, so that they are fetched only when the portal has new data."""
        raw = require_object(item)
        dcat = raw.get("dcat") if isinstance(raw.get("dcat"), Mapping) else {}
        name = as_text(raw.get("dataset_id")).strip() or item.identifier
        draft = Draft(item, self._options)
        draft.metadata |= {
            "name": name,
            "title": draft.text(raw.get("title"), "title"),
            "notes": plain(draft.text(raw.get("description"), "description")),
            "url": f"{self._api.site}explore/dataset/{quote(name, safe='')}/",
            "tags": draft.texts(raw.get("keyword"), "keyword"),
            "author": draft.text(raw.get("publisher") or dcat.get("creator"), "publisher"),
            "maintainer": as_text(dcat.get("contact_name")),
            "maintainer_email": as_text(dcat.get("contact_email")),
        }
        draft.licence(*_licence(as_text(raw.get("license")), as_text(raw.get("license_url"))))
        draft.frequency(as_text(raw.get("update_frequency") or dcat.get("accrualperiodicity")))
        draft.themes(draft.texts(raw.get("theme"), "theme"))
        draft.illustrative()
        draft.extras |= {
            "origin_modified": as_moment(raw.get("modified")) or "", "issued": as_text(dcat.get("issued")),
            "spatial": as_text(dcat.get("spatial") or raw.get("territory")), "language": as_text(raw.get("language")),
            "temporal": as_text(dcat.get("temporal")), "references": as_text(raw.get("references")),
            "attributions": as_text(raw.get("attributions")), "origin_domain": as_text(raw.get("source_domain_address")),
        }
        return draft.record([*self._exports(draft, raw, name), *self._attached(draft, raw, name)])

    def _exports(self, draft: Draft, raw: Mapping[str, Any], name: str) -> Iterator[Distribution | None]:
        """The table, and the same with geometry; none where the dataset has no records or does not show them."""
        if raw.get("has_records") is False or raw.get("data_visible") is False:
            return
        fields = [field for field in raw.get("fields") or () if isinstance(field, Mapping)] if isinstance(raw.get("fields"), list) else []
        shapes = any(isinstance(field.get("type"), str) and field["type"] in GEOMETRY for field in fields)
        processed, rows = as_text(raw.get("data_processed")), _number(raw.get("records_count"))
        for form in ("csv", "geojson") if shapes else ("csv",):
            made = draft.distribution(self._export_url(name, form), name=form.upper(), format=form.upper(), media_type=EXPORTS[form][1],
                                      last_modified=raw.get("data_processed") or raw.get("modified"))
            recipe = {"dataset": name, "format": form, "state": processed and f"{processed} {rows}"[:200], "rows": rows}
            yield made and replace(made, recipe=recipe)

    def _attached(self, draft: Draft, raw: Mapping[str, Any], name: str) -> Iterator[Distribution | None]:
        """Files that lie beside the records, or in place of them."""
        for key in ("attachments", "alternative_exports"):
            for part in draft.objects(raw.get(key), key):
                own, given = as_text(part.get("id")).strip(), as_text(part.get("url")).strip()
                url = given if given.startswith(("http://", "https://")) or not own else f"{self._api.dataset(name)}{key}/{quote(own, safe='')}"
                title = as_text(part.get("title"))
                ending = title.rpartition(".")[2] if "." in title else ""
                yield draft.distribution(url, name=title or own, format=ending.upper() if ending.isalnum() and len(ending) <= 8 else "",
                                         media_type=part.get("mimetype"), extras={"origin_id": own} if own else {})

    def _export_url(self, name: str, form: str) -> str:
        params = EXPORTS[form][0]
        return f"{self._api.dataset(name)}exports/{form}" + (f"?{urlencode(params)}" if params else "")

    def make(self, recipe: Mapping[str, Any], target: Path, mark: str | None) -> Made | None:
        """Save an export unless the data was last processed when it was at `mark`; Trouble when it lacks rows."""
        form = "geojson" if recipe.get("format") == "geojson" else "csv"
        name, state = as_text(recipe.get("dataset")), as_text(recipe.get("state")).strip()
        if mark and mark == state:
            return None
        url = self._export_url(name, form)
        self._api.save(f"{self._api.dataset(name)}exports/{form}", EXPORTS[form][0], target)
        if form == "csv":
            require_rows(target, recipe.get("rows"), lambda: self._count(name), url)
        else:
            require_end(target, url)
        return Made(filename=f"{name.replace('/', '-')[:150]}.{form}", media_type=EXPORTS[form][1], mark=state or None)

    def _count(self, name: str) -> int | None:
        """How many records the portal counts now."""
        answer = self._api.ask(f"{self._api.dataset(name)}records", {"limit": 1})
        return _number(answer.get("total_count")) if isinstance(answer, Mapping) else None


def _number(value: Any) -> int | None:
    """A count; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 53 else None


def _licence(name: str, url: str) -> tuple[str, ...]:
    """The licence's name or address, whichever is known; else both as they stand."""
    for given in (_LICENCES.get(fold(name).strip(), ""), name, url):
        if given and vocabulary.licence(given):
            return (given,)
    return name, url
