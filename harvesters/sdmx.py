"""An SDMX 2.1 REST service: every dataflow is a dataset, its data a tidy table (sdmx-twg/sdmx-rest, version 1.5)."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit, urlunsplit

from catalog.errors import Trouble
from catalog.issues import Issue, Place
from catalog.net import Net
from catalog.net.limits import Downloaded
from catalog.record import Made, Record
from harvesters import cube, sdmx_data, sdmx_structure
from harvesters.base import Gathered, Option, Page, SourceSpec
from harvesters.cube_describing import LANGUAGE, Told, described, file_name, mark_of
from harvesters.describing import DEFAULTS, as_text, identified
from harvesters.sdmx_structure import Flow, Structure, in_words

FLOWS = 200  # of one page
STRUCTURE = "application/vnd.sdmx.structure+xml;version=2.1, application/xml;q=0.5, */*;q=0.1"
GENERIC = "application/vnd.sdmx.genericdata+xml;version=2.1"
DATA = ("application/vnd.sdmx.data+csv;version=1.0.0, application/vnd.sdmx.structurespecificdata+xml;version=2.1;q=0.8, "
        f"{GENERIC};q=0.7, */*;q=0.1")
_PARTS = re.compile(r"/(?:dataflow|datastructure|data|codelist)(?:/.*)?$")
_MESSAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>)?\s*(?:<!--(?:(?!-->).){0,2000}-->\s*)*"
                      rb"<(?:[\w.-]+:)?(?:Structure|Error)\b", re.DOTALL)
_NOT_OFFERED = {400, 404, 405, 406, 410, 413, 415, 501}


class Sdmx:
    """The service at a base address, such as `https://…/rest`."""

    kind: ClassVar[str] = "sdmx"
    title: ClassVar[Mapping[str, str]] = {"vi": "Dịch vụ SDMX 2.1 (REST)", "en": "SDMX 2.1 service (REST)"}
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="agency", vi="Chỉ lấy các luồng dữ liệu của một cơ quan, theo mã SDMX",
               en="Only dataflows of one agency, by its SDMX id"),
        LANGUAGE, *DEFAULTS,
    )

    def __init__(self, source: SourceSpec, net: Net) -> None:
        parts = urlsplit(source.url)
        self._base = urlunsplit((parts.scheme, parts.netloc, _PARTS.sub("", parts.path.rstrip("/")), "", ""))
        self._options, self._net = source.options, net
        chosen = as_text(source.options.get("language")).strip().lower()
        self._languages = tuple(dict.fromkeys(filter(None, (chosen, "vi", "en"))))
        self._flows: dict[str, Flow] | None = None

    def page(self, cursor: str | None) -> Page:
        """The next 200 dataflows in the order of their identifiers; the cursor is the last one's."""
        if self._flows is None:
            self._flows = {f"{flow.agency}:{flow.id}": flow for flow in self._listed()}
        names = sorted(name for name in self._flows if cursor is None or name > cursor)
        found = [identified(self._raw(self._flows[name]), name, Place(url=self._base)) for name in names[:FLOWS]]
        return Page(items=tuple(item for item in found if isinstance(item, Gathered)), total=len(self._flows),
                    cursor=names[FLOWS - 1] if len(names) > FLOWS else None,
                    issues=tuple(issue for issue in found if isinstance(issue, Issue)))

    def _listed(self) -> list[Flow]:
        agency = as_text(self._options.get("agency")).strip() or "all"
        url = f"{self._base}/dataflow/{quote(agency, safe='')}/all/latest"
        answer = self._net.get(url, headers={"Accept": STRUCTURE})
        if not _MESSAGE.match(answer.body):
            raise Trouble(Issue("listing-of-another-kind", Place(url=url), {"expected": "SDMX Structure"}))
        return sdmx_structure.flows(answer.body, Place(url=url))

    def _raw(self, flow: Flow) -> dict[str, Any]:
        return {"title": in_words(flow.names, *self._languages), "title_en": flow.names.get("en", ""),
                "notes": in_words(flow.notes, *self._languages), "agency": flow.agency, "id": flow.id, "version": flow.version}

    def describe(self, item: Gathered) -> Record:
        """The dataflow in our words."""
        raw = item.raw
        agency, name, version = (as_text(raw.get(key)) for key in ("agency", "id", "version"))
        flow = ",".join(quote(part, safe="") for part in (agency, name, version))
        return described(item, self._options, Told(
            title=raw.get("title") or name, title_en=raw.get("title_en"), notes=raw.get("notes"), author=agency,
            url=f"{self._base}/data/{flow}/all", recipe={"agency": agency, "id": name, "version": version},
            version=version, extras={"origin_id": name}))

    def make(self, recipe: Mapping[str, Any], target: Path, mark: str | None) -> Made | None:
        """The table of a dataflow; None where the service says by its ETag or date that nothing has changed."""
        agency, name, version = (quote(as_text(recipe.get(key)), safe="") for key in ("agency", "id", "version"))
        url = f"{self._base}/data/{agency},{name},{version}/all"
        own = f"{mark_of(url, *self._languages)} "  # what was made otherwise is made anew, whatever the service says
        said = mark.removeprefix(own) if mark and mark.startswith(own) else ""
        with tempfile.TemporaryDirectory(prefix="haidang-") as folder:
            path = Path(folder) / "data"
            got = self._data(url, path, said)
            if got.status == "not-modified":
                return None
            place = Place(url=url)
            columns, rows = sdmx_data.table(path, place, self._structure(f"{self._base}/dataflow/{agency}/{name}/{version}"))
            cube.write_table(target, columns, rows, place, self._net.heed)
        state = f"e{got.etag}" if got.etag else f"m{got.last_modified}" if got.last_modified else ""
        mark = own + state if state else None
        return Made(filename=file_name(as_text(recipe.get("id"))), media_type=cube.MEDIA_TYPE, mark=mark)

    def _data(self, url: str, path: Path, said: str) -> Downloaded:
        """The data as CSV where the service offers it, else in the format that every service has."""
        known = {"etag": said[1:] if said.startswith("e") else None, "last_modified": said[1:] if said.startswith("m") else None}
        try:
            return self._net.download(url, path, headers={"Accept": DATA}, **known)
        except Trouble as trouble:
            if trouble.issue.facts.get("status") not in (400, 406, 415, 500, 501):
                raise
            return self._net.download(url, path, headers={"Accept": GENERIC}, **known)

    def _structure(self, url: str) -> Structure:
        """Dimensions and code lists; none where the service does not offer them, which leaves the table without labels."""
        try:
            answer = self._net.get(url, params={"references": "descendants"}, headers={"Accept": STRUCTURE})
        except Trouble as trouble:
            if trouble.issue.facts.get("status") not in _NOT_OFFERED:
                raise
            return Structure()
        return sdmx_structure.structure(answer.body, Place(url=url), self._languages)
