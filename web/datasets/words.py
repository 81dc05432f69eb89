"""What licences and frequencies mean to a reader, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _

from catalog.freshness import WORDS
from catalog.licences import LICENCES
from web.words import either


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A licence in one line, what it asks, and where its text stands."""

    short: Any
    asks: Any
    url: str = ""
    open: bool = True


_ATTRIBUTION = _("Được sao chép, chia sẻ, dùng cho mọi mục đích khi ghi nguồn.")
_ALIKE = _("Bản phái sinh phải mang cùng giấy phép.")
_NOTHING = _("Không đòi hỏi gì.")
_BY = _("Dùng tự do, ghi nguồn")
_BY_SA = _("Dùng tự do, ghi nguồn, chia sẻ tương tự")
_SEE_SOURCE = _("Xem điều kiện tại nguồn.")
# Licences in plain words, beside their titles in catalog/licences.py.
PLAIN = {
    "VN-ND47-2020-D18": (_BY, _("Không bán lại dữ liệu thô. Nghị định 47/2020/NĐ-CP, Điều 18.")),
    "cc-by": (_BY, _ATTRIBUTION),
    "cc-by-sa": (_BY_SA, _ALIKE),
    "cc-zero": (_("Dùng tự do"), _NOTHING),
    "odc-by": (_BY, _ATTRIBUTION),
    "odc-odbl": (_BY_SA, _ALIKE),
    "odc-pddl": (_("Dùng tự do"), _NOTHING),
}


def licence(license_id: str) -> Licence:
    """A licence in plain words where it has them, else by its title; said to be unknown where it is."""
    known = LICENCES.get(license_id)
    if license_id in ("", "notspecified"):
        return Licence(short=_("Chưa ghi giấy phép"), asks=_("Hãy hỏi cơ quan trước khi dùng lại."), open=False)
    if known is None:
        return Licence(short=license_id, asks=_SEE_SOURCE, open=False)
    short, asks = PLAIN.get(license_id, (either(known.title_vi, known.title), _SEE_SOURCE))
    return Licence(short=short, asks=asks, url=known.url, open=known.open)


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
