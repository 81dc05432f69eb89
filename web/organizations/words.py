"""What the steps of an agency, the states of its promises, and the events of the register are called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

STEPS = {
    "source": _("Có nguồn"),
    "harvest": _("Thu thập được"),
    "valid": _("Dữ liệu hợp lệ đã công bố"),
    "current": _("Cập nhật đúng hạn"),
    "commitments": _("Giữ mọi cam kết"),
}
# state of a promise -> (sign, words)
PROMISES = {
    "kept": ("ok", _("Đã công bố, đúng hạn")),
    "due": ("due", _("Chưa đến hạn")),
    "overdue": ("lapse", _("Quá hạn cập nhật")),
    "unpublished": ("bad", _("Chưa công bố")),
}
LEVELS = {
    "province": _("Cấp tỉnh"), "district": _("Cấp huyện"), "commune": _("Cấp xã"), "central": _("Cơ quan trung ương"),
}
EVENTS = {
    "merge": _("hợp nhất"), "split": _("chia tách"), "rename": _("đổi tên"), "transfer": _("chuyển giao"),
    "dissolve": _("giải thể"), "establish": _("thành lập"),
}
