"""What licences and frequencies mean to a reader, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _

from catalog.conditions import is_open_licence
from catalog.freshness import WORDS
from web.words import either


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A licence in one line, what it asks, and where its text stands."""

    short: Any
    asks: Any
    url: str = ""
    open: bool = True


_ATTRIBUTION = _("Được sao chép, chia sẻ, dùng cho mọi mục đích khi ghi nguồn.")
LICENCES = {
    "vn-nd47-2020-d18": Licence(short=_("Dùng tự do, ghi nguồn"), asks=_("Không bán lại dữ liệu thô. Nghị định 47/2020/NĐ-CP, Điều 18.")),
    "cc-by": Licence(short=_("Dùng tự do, ghi nguồn"), asks=_ATTRIBUTION, url="https://creativecommons.org/licenses/by/4.0/"),
    "cc-by-sa": Licence(short=_("Dùng tự do, ghi nguồn, chia sẻ tương tự"), asks=_("Bản phái sinh phải mang cùng giấy phép."),
                        url="https://creativecommons.org/licenses/by-sa/4.0/"),
    "cc-zero": Licence(short=_("Dùng tự do"), asks=_("Không đòi hỏi gì."), url="https://creativecommons.org/publicdomain/zero/1.0/"),
    "odc-by": Licence(short=_("Dùng tự do, ghi nguồn"), asks=_ATTRIBUTION, url="https://opendatacommons.org/licenses/by/1-0/"),
    "odc-odbl": Licence(short=_("Dùng tự do, ghi nguồn, chia sẻ tương tự"), asks=_("Cơ sở dữ liệu phái sinh phải mang cùng giấy phép."),
                        url="https://opendatacommons.org/licenses/odbl/1-0/"),
    "odc-pddl": Licence(short=_("Dùng tự do"), asks=_("Không đòi hỏi gì."), url="https://opendatacommons.org/licenses/pddl/1-0/"),
    "other-open": Licence(short=_("Giấy phép mở khác"), asks=_("Xem điều kiện tại nguồn.")),
}
UNKNOWN = Licence(short=_("Chưa ghi giấy phép"), asks=_("Hãy hỏi cơ quan trước khi dùng lại."), open=False)


def licence(license_id: str) -> Licence:
    """A licence by its CKAN identifier, with or without a version number after it; said to be unknown where it is."""
    name = license_id.strip().lower()
    known = LICENCES.get(name) or LICENCES.get(name.rstrip("0123456789.").rstrip("-"))
    if known is not None:
        return known
    if name in ("", "notspecified"):
        return UNKNOWN
    return Licence(short=license_id, asks=_("Xem điều kiện tại nguồn."), open=is_open_licence(license_id))


def frequency(name: str) -> str:
    """How often the data is promised to be updated."""
    return either(*WORDS.get(name, (name, name)))


_ARCHIVED = {
    "not-at-source": _("Bộ dữ liệu không còn trong danh mục của nguồn, và đã qua thời gian chờ."),
    "": _("Chưa ghi lý do."),
}


def archive_reason(reason: str | None) -> str:
    """Why a dataset was archived: a known reason in words, any other as somebody wrote it."""
    return str(_ARCHIVED.get(reason or "", reason))
