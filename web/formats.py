"""Numbers, sizes, shares and times as people write them: 1.148 and 65,5% in Vietnamese, 1,148 and 65.5% in English.

Days are 30/09/2024 and hours 09:45 in both languages, on Vietnam's clock.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from flask import Flask, current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from catalog.clock import HANOI
from web.words import language

_SWAP = str.maketrans(",.", ".,")


def number(value: float | Decimal | None, decimals: int = 0) -> str:
    """A number with its thousands apart; a dash for None."""
    if value is None:
        return "–"
    text = f"{value:,.{decimals}f}"
    return text.translate(_SWAP) if language() == "vi" else text


def share(value: Fraction | float | None) -> str:
    """A share between 0 and 1 as a percentage with one decimal, halves up, without it where it is whole: 65,5%, 100%."""
    if value is None:
        return "–"
    exact = Fraction(value) * 100
    percent = (Decimal(exact.numerator) / exact.denominator).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return number(percent, 0 if percent == int(percent) else 1) + "%"


def size(value: int | None) -> str:
    """A number of bytes as people say it: 512 B, 64 KB, 1,2 MB (1 KB = 1024 B)."""
    if value is None:
        return ""
    amount = float(value)
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1024 or unit == "GB":
            break
        amount /= 1024
    return f"{number(amount, 1 if unit != 'B' and amount < 10 and round(amount, 1) != int(amount) else 0)} {unit}"


def _local(value: datetime | date | str) -> datetime | date:
    """A moment on Vietnam's clock; text is read as CKAN writes it, naive moments are UTC."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(HANOI)
    return value


def day(value: datetime | date | str | None) -> str:
    """The day: 30/09/2024."""
    return f"{_local(value):%d/%m/%Y}" if value else ""


def moment(value: datetime | str | None) -> str:
    """The day and the hour: 30/09/2024 09:45."""
    return f"{_local(value):%d/%m/%Y %H:%M}" if value else ""


def hour(value: datetime | str | None) -> str:
    """The hour of the day: 09:45."""
    return f"{_local(value):%H:%M}" if value else ""


def iso(value: datetime | date | str | None) -> str:
    """For `<time datetime>`: the moment or day in ISO 8601."""
    if not value:
        return ""
    local = _local(value)
    return local.isoformat(timespec="minutes") if isinstance(local, datetime) else local.isoformat()


def duration(value: timedelta | float | None) -> str:
    """How long something took or will take: 45 giây, 3 phút, 2 giờ 5 phút, 4 ngày."""
    if value is None:
        return ""
    seconds = max(0, round(value.total_seconds() if isinstance(value, timedelta) else value))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        return ngettext("%(num)s ngày", "%(num)s ngày", days)
    if hours:
        words = ngettext("%(num)s giờ", "%(num)s giờ", hours)
        rest = minutes % 60
        return words + (" " + ngettext("%(num)s phút", "%(num)s phút", rest) if rest else "")
    if minutes:
        return ngettext("%(num)s phút", "%(num)s phút", minutes)
    return ngettext("%(num)s giây", "%(num)s giây", seconds)


def ago(value: datetime | str | None) -> str:
    """How long ago, seen from the site's clock; the day itself from a month on."""
    if not value:
        return ""
    then, now = _local(value), current_app.extensions["haidang"].clock.now()
    passed = now - then
    if passed < timedelta(minutes=1):
        return _("vừa xong")
    if passed >= timedelta(days=30):
        return day(value)
    return _("%(time)s trước", time=duration(passed if passed >= timedelta(days=1) else passed - passed % timedelta(minutes=1)))


def init_app(app: Flask) -> None:
    """Give templates the filters of this module."""
    filters: dict[str, Any] = {"number": number, "share": share, "size": size, "day": day, "moment": moment,
                               "hour": hour, "iso": iso, "duration": duration, "ago": ago}
    for name, function in filters.items():
        app.add_template_filter(function, name)
