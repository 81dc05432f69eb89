"""What the states of runs, records and stages are called."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta

from flask import current_app
from flask_babel import lazy_gettext as _
from flask_babel import ngettext

from catalog.sources import connectors
from web.kept import kept
from web.words import either

# status of a run -> (key of the state sign, words)
STATUS = {
    "queued": ("queue", _("Đang chờ")),
    "running": ("run", _("Đang chạy")),
    "succeeded": ("ok", _("Đạt hết")),
    "succeeded-with-issues": ("part", _("Xong, còn việc phải xử lý")),
    "failed": ("bad", _("Không lấy được")),
    "cancelled": ("stop", _("Đã hủy")),
    "lost": ("lapse", _("Dừng giữa chừng")),
}
STAGE = {
    "": _("Chuẩn bị"),
    "gather": _("Đọc danh mục của nguồn"),
    "fetch": _("Tải tệp"),
    "read": _("Đọc tệp"),
    "validate": _("Kiểm tra từng ô"),
    "screen": _("Dò dữ liệu cá nhân"),
    "store": _("Lưu"),
    "publish": _("Công bố"),
    "index": _("Cập nhật tìm kiếm"),
    "run": _("Kết thúc lượt"),
}
OUTCOME = {
    "created": _("Mới"),
    "updated": _("Có thay đổi"),
    "unchanged": _("Không đổi"),
    "archived": _("Đưa vào lưu trữ"),
    "rejected": _("Chưa công bố được"),
    "skipped": _("Bỏ qua"),
}
OUTCOME_SIGN = {"created": "ok", "updated": "ok", "unchanged": "ok", "archived": "stop", "rejected": "bad", "skipped": "na"}
SEVERITY = {"error": _("Lỗi"), "warning": _("Cần xem lại"), "info": _("Để biết")}
SEVERITY_SIGN = {"error": "bad", "warning": "due", "info": "na"}
WHO = {"agency": _("Cơ quan nguồn"), "platform": _("Đội nền tảng"), "catalogue": _("Ban biên tập")}
WHO_ICON = {"agency": "building", "platform": "code", "catalogue": "flag"}
CONNECTOR = {
    "directory": _("Thư mục tệp"),
    "file": _("Một tệp theo địa chỉ"),
    "ckan": _("API CKAN"),
    "dcat-us": _("data.json (DCAT-US)"),
}
CHECKED = {"valid": _("đạt"), "invalid": _("chưa đạt"), "held": _("giữ lại, chờ người quyết định"), "unchecked": _("không có lược đồ để kiểm tra")}
CHECKED_SIGN = {"valid": "ok", "invalid": "bad", "held": "hold", "unchecked": "na"}
CHANNEL = {"mail": _("Thư"), "webhook": _("Webhook")}
DELIVERY = {"queued": ("queue", _("Chờ gửi")), "sending": ("run", _("Đang gửi")), "sent": ("ok", _("Đã gửi")), "failed": ("bad", _("Không gửi được"))}
ROLE = {"contact": _("đầu mối"), "lead": _("lãnh đạo"), "team": _("đội nền tảng")}
_STRIP = {"succeeded": ("ok", 26), "succeeded-with-issues": ("part", 17), "failed": ("bad", 9), "lost": ("bad", 9)}


def connector(kind: str) -> str:
    """What a way of access is called: by our own words, else as the connector declares itself, else by its kind."""
    if kind in CONNECTOR:
        return str(CONNECTOR[kind])
    site = current_app.extensions["haidang"]
    title = kept("connectors", lambda: connectors(site)).get(kind, {}).get("title", {})
    return either(title.get("vi", kind), title.get("en", ""))


def time_left(seconds: int | None) -> str:
    """The time that is left, as a person says it; "" where nobody can know."""
    if seconds is None:
        return ""
    if seconds < 60:
        return str(_("dưới 1 phút"))
    minutes = round(seconds / 60)
    if minutes < 90:
        return ngettext("khoảng %(num)d phút", "khoảng %(num)d phút", minutes)
    hours = round(minutes / 60)
    return ngettext("khoảng %(num)d giờ", "khoảng %(num)d giờ", hours)


def duration(span: timedelta) -> str:
    """How long something took, in seconds or minutes."""
    seconds = round(span.total_seconds())
    if seconds < 1:
        return str(_("chưa đến 1 giây"))
    if seconds < 90:
        return ngettext("%(num)d giây", "%(num)d giây", seconds)
    return ngettext("khoảng %(num)d phút", "khoảng %(num)d phút", round(seconds / 60))


def strip(statuses: Sequence[str]) -> list[tuple[str, str]]:
    """The last runs as small bars, oldest first, 9 wide and at most 30 high: for each colour class the path of its bars."""
    paths: dict[str, list[str]] = defaultdict(list)
    for number, status in enumerate(statuses):
        kind, height = _STRIP.get(status, ("na", 3))
        paths[kind].append(f"M{number * 9 + 1} {30 - height}h6v{height}h-6z")
    return [(kind, "".join(bars)) for kind, bars in paths.items()]


def strip_words(statuses: Sequence[str]) -> str:
    """The strip in words, for those who do not see it."""
    count = Counter(statuses)
    return str(_("%(total)d lần: %(good)d đạt hết, %(part)d còn việc phải xử lý, %(bad)d không lấy được", total=len(statuses),
                 good=count["succeeded"], part=count["succeeded-with-issues"], bad=count["failed"] + count["lost"]))


def schedule_words(cron: str) -> str:
    """A simple schedule in words, any other as it is written; times are those of Vietnam."""
    parts = cron.split()
    if not cron.strip():
        return str(_("chạy khi có lệnh"))
    if len(parts) == 5 and parts[0].isdigit() and parts[1:] == ["*"] * 4:
        return str(_("hằng giờ vào phút %(minute)s", minute=f"{int(parts[0]):02d}"))
    if len(parts) == 5 and all(part.isdigit() for part in parts[:2]):
        at = f"{int(parts[1]):02d}:{int(parts[0]):02d}"
        if parts[2:] == ["*", "*", "*"]:
            return str(_("hằng ngày lúc %(time)s", time=at))
        if parts[2:4] == ["*", "*"] and parts[4].isdigit():
            return str(_("%(day)s hằng tuần lúc %(time)s", day=_DAYS[int(parts[4]) % 7], time=at))
        if parts[2].isdigit() and parts[3:] == ["*", "*"]:
            return str(_("ngày %(day)s hằng tháng lúc %(time)s", day=parts[2], time=at))
        if parts[2].isdigit() and parts[3:] == ["1,4,7,10", "*"]:
            return str(_("ngày %(day)s tháng đầu mỗi quý lúc %(time)s", day=parts[2], time=at))
    return cron


_DAYS = (_("Chủ nhật"), _("Thứ Hai"), _("Thứ Ba"), _("Thứ Tư"), _("Thứ Năm"), _("Thứ Sáu"), _("Thứ Bảy"))
