"""What the states of datasets at targets, and of runs to them, are called."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from flask_babel import ngettext

from catalog.issues import Issue, Said, code, codes, say
from web.words import language

# state of a dataset at a target -> (key of the state sign, words)
STATE = {
    "sent": ("ok", _("Đã gửi")),
    "sending": ("run", _("Đang gửi, hoặc bị ngắt giữa chừng")),
    "failed": ("bad", _("Chưa gửi được")),
    "leaving": ("lapse", _("Sẽ xóa ở lượt sau")),
    "deleted": ("stop", _("Đã xóa tại đích")),
}
STATUS = {
    "queued": ("queue", _("Đang chờ")),
    "running": ("run", _("Đang chạy")),
    "succeeded": ("ok", _("Gửi đủ")),
    "succeeded-with-issues": ("part", _("Xong, còn việc phải xử lý")),
    "failed": ("bad", _("Không gửi được")),
    "cancelled": ("stop", _("Đã hủy")),
    "lost": ("lapse", _("Dừng giữa chừng")),
}
MODE = {"link": _("Chỉ gửi liên kết, tệp nằm ở đây"), "upload": _("Gửi cả nội dung tệp")}
_DID = {"created": _("mới"), "updated": _("có thay đổi"), "unchanged": _("không đổi"), "deleted": _("đã xóa"), "failed": _("chưa gửi được")}


def did(counts: Mapping[str, int]) -> str:
    """What a run did, in words: `3 mới · 2 không đổi`."""
    return " · ".join(f"{counts[outcome]} {called}" for outcome, called in _DID.items() if counts.get(outcome))


def datasets(count: int) -> str:
    """So many datasets."""
    return ngettext("%(num)s bộ dữ liệu", "%(num)s bộ dữ liệu", count)


def said(kept: Mapping) -> Said:
    """An issue as it is kept, in the words of the page's language; one that an older version wrote down is said by its code."""
    return say(Issue.from_dict(kept), language()) if kept["code"] in codes() else Said(kept["code"], "", "", "")


def who(kept: Mapping) -> str:
    """Who must act, as a key of the words of runs."""
    return str(code(kept["code"]).who) if kept["code"] in codes() else "platform"
