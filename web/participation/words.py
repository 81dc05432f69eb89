"""What the steps, the groups of agencies and the moves are called on the pages of participation."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

STEPS = {
    "source": _("Đã đăng ký nguồn"),
    "harvest": _("Thu thập chạy được"),
    "valid": _("Dữ liệu hợp lệ"),
    "current": _("Cập nhật đúng hạn"),
    "commitments": _("Đủ danh mục cam kết"),
}
LEVELS = {
    "province": _("Sở, ban, ngành"),
    "district": _("UBND cấp huyện"),
    "commune": _("UBND cấp xã"),
    "central": _("Cơ quan trung ương"),
}
WHO = {"agency": _("Cơ quan nguồn"), "platform": _("Đội nền tảng"), "catalogue": _("Ban biên tập")}
# The states in the order of the legend, with what each says beside its own word.
LEGEND = (
    ("ok", ""), ("due", _("vẫn tính")), ("part", _("vẫn tính")), ("hold", _("chờ người quyết định")), ("lapse", _("đã đạt, nay mất")),
    ("bad", _("chưa lần nào đạt")), ("none", ""), ("na", _("chờ bước trước")),
)
