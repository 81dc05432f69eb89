"""The licences that a dataset may carry, as CKAN lists them, and the one of Vietnamese law.

Whether a licence is open follows the Open Definition; terms under Article 18 of Decree 47/2020/NĐ-CP (use with
attribution, no resale of the raw data) are open by Vietnamese law.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """One licence; `open` says whether data under it counts as open data here."""

    id: str
    title: str
    title_vi: str
    open: bool
    url: str = ""
    family: str = ""
    generic: bool = False
    domains: str = ""  # of c(ontent), d(ata), s(oftware)

    def to_dict(self) -> dict[str, str]:
        """As CKAN's `license_list` has it: booleans are the words True and False."""
        return {
            "domain_content": str("c" in self.domains), "id": self.id, "domain_data": str("d" in self.domains),
            "domain_software": str("s" in self.domains), "family": self.family, "is_generic": str(self.generic),
            "od_conformance": "approved" if self.open else "not reviewed", "osd_conformance": "not reviewed", "maintainer": "",
            "status": "active", "url": self.url, "title": self.title,
        }


_DEFINITION = "http://www.opendefinition.org/licenses/"
DEFAULT = "VN-ND47-2020-D18"

LICENCES: dict[str, Licence] = {
    licence.id: licence
    for licence in (
        Licence(id="notspecified", title="License not specified", title_vi="Chưa nêu giấy phép", open=False, generic=True),
        Licence(id=DEFAULT, title="Dữ liệu mở theo Điều 18 Nghị định 47/2020/NĐ-CP",
                title_vi="Dữ liệu mở theo Điều 18 Nghị định 47/2020/NĐ-CP", open=True, domains="d"),
        Licence(id="odc-pddl", title="Open Data Commons Public Domain Dedication and License (PDDL)",
                title_vi="Open Data Commons – thuộc về công chúng (PDDL)", open=True, url=_DEFINITION + "odc-pddl", domains="d"),
        Licence(id="odc-odbl", title="Open Data Commons Open Database License (ODbL)",
                title_vi="Open Data Commons – cơ sở dữ liệu mở (ODbL)", open=True, url=_DEFINITION + "odc-odbl", domains="d"),
        Licence(id="odc-by", title="Open Data Commons Attribution License", title_vi="Open Data Commons – ghi nguồn", open=True,
                url=_DEFINITION + "odc-by", domains="d"),
        Licence(id="cc-zero", title="Creative Commons CCZero", title_vi="Creative Commons – không giữ quyền nào (CC0)", open=True,
                url=_DEFINITION + "cc-zero", domains="cd"),
        Licence(id="cc-by", title="Creative Commons Attribution", title_vi="Creative Commons – ghi nguồn (CC BY)", open=True,
                url=_DEFINITION + "cc-by"),
        Licence(id="cc-by-sa", title="Creative Commons Attribution Share-Alike",
                title_vi="Creative Commons – ghi nguồn, chia sẻ tương tự (CC BY-SA)", open=True, url=_DEFINITION + "cc-by-sa", domains="c"),
        Licence(id="gfdl", title="GNU Free Documentation License", title_vi="Giấy phép tài liệu tự do GNU", open=True,
                url=_DEFINITION + "gfdl", domains="c"),
        Licence(id="other-open", title="Other (Open)", title_vi="Giấy phép mở khác", open=True, generic=True, domains="c"),
        Licence(id="other-pd", title="Other (Public Domain)", title_vi="Thuộc về công chúng", open=True, generic=True, domains="c"),
        Licence(id="other-at", title="Other (Attribution)", title_vi="Giấy phép ghi nguồn khác", open=True, generic=True, domains="c"),
        Licence(id="uk-ogl", title="UK Open Government Licence (OGL)", title_vi="Giấy phép dữ liệu mở của Chính phủ Anh (OGL)", open=True,
                url="https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/", domains="c"),
        Licence(id="cc-nc", title="Creative Commons Non-Commercial (Any)", title_vi="Creative Commons – phi thương mại", open=False,
                url="http://creativecommons.org/licenses/by-nc/2.0/"),
        Licence(id="other-nc", title="Other (Non-Commercial)", title_vi="Giấy phép phi thương mại khác", open=False, generic=True),
        Licence(id="other-closed", title="Other (Not Open)", title_vi="Giấy phép không mở", open=False, generic=True),
    )
}

# What other catalogues write for the same licence: addresses and short names.
_PATTERNS = (
    (re.compile(r"creativecommons\.org/publicdomain/zero|^cc-?0|cc-?zero", re.I), "cc-zero"),
    (re.compile(r"creativecommons\.org/licenses/by-sa|^cc[- ]by[- ]sa", re.I), "cc-by-sa"),
    (re.compile(r"creativecommons\.org/licenses/by-n|^cc[- ]by[- ]n", re.I), "cc-nc"),
    (re.compile(r"creativecommons\.org/licenses/by/|^cc[- ]by", re.I), "cc-by"),
    (re.compile(r"opendatacommons\.org/licenses/pddl|^odc-pddl|^pddl", re.I), "odc-pddl"),
    (re.compile(r"opendatacommons\.org/licenses/odbl|^odc-odbl|^odbl", re.I), "odc-odbl"),
    (re.compile(r"opendatacommons\.org/licenses/by|^odc-by", re.I), "odc-by"),
    (re.compile(r"nationalarchives\.gov\.uk/doc/open-government-licence|^ogl", re.I), "uk-ogl"),
    (re.compile(r"usa\.gov/(?:publicdomain|government-works)|publicdomain|public domain", re.I), "other-pd"),
    (re.compile(r"47/2020/N[ĐD]-CP|/license/VN-ND47-2020-D18$", re.I), DEFAULT),
)


def is_open(licence_id: str) -> bool:
    """Whether data under this licence counts as open; an unknown licence does not."""
    licence = LICENCES.get(licence_id)
    return licence is not None and licence.open


def recognise(text: str) -> str | None:
    """The id of the licence that a source names by id, address or common name; None for one that is not known."""
    text = text.strip()
    if text in LICENCES:
        return text
    if text.lower() in LICENCES:
        return text.lower()
    found = next((licence_id for pattern, licence_id in _PATTERNS if pattern.search(text)), None)
    if found is None and text.startswith(_DEFINITION):
        return recognise(text.removeprefix(_DEFINITION))
    return found
