"""What the states of a promise and the events of the register are called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

# state of a promise -> (sign, words)
PROMISES = {
    "kept": ("ok", _("Đã công bố, đúng hạn")),
    "due": ("due", _("Chưa đến hạn")),
    "overdue": ("lapse", _("Quá hạn cập nhật")),
    "unpublished": ("bad", _("Chưa công bố đạt yêu cầu")),
}
EVENTS = {
    "merge": _("hợp nhất"), "split": _("chia tách"), "rename": _("đổi tên"), "transfer": _("chuyển giao"),
    "dissolve": _("giải thể"), "establish": _("thành lập"),
}
