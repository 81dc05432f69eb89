"""One mail with all that is new for one receiver: Vietnamese, then an English summary; plain text and simple HTML."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime
from html import escape
from urllib.parse import quote

from catalog.models import Notice, NoticeDelivery
from catalog.notices.kinds import KINDS, line, plain, title
from catalog.settings import Settings

SHOWN = 10  # notices of one kind told in full; the page shows the others
NAME = "Hải Đăng"
WORDS = {
    "vi": {
        "intro": "Hệ thống dữ liệu mở Hải Đăng xin thông báo {count} việc:",
        "more": "… và {count} việc khác cùng loại, xem trên trang.",
        "see": "Xem chi tiết",
        "why": "Mỗi việc chỉ được báo một lần, các việc mới được gộp vào một thư. Quý đơn vị nhận thư này vì có địa chỉ trong sổ bộ cơ quan hoặc trong cài đặt của danh mục dữ liệu mở. "
               "Để đổi địa chỉ nhận hoặc thôi nhận, đề nghị báo Ban biên tập cập nhật sổ bộ. Thư gửi tự động, xin không trả lời.",
    },
    "en": {
        "intro": "In English: what is new for you at the open data platform Hải Đăng ({count}):",
        "more": "… and {count} more of the same kind, see the page.",
        "see": "See",
        "why": "Everything is told once, and what is new comes in one mail. You get it because this address is in the register of agencies, or in the settings, of "
               "the open data catalogue. To change the address or to get no more mail, ask the editors to change the register. Sent automatically; please do not reply.",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notice, and one delivery of it."""

    notice: Notice
    delivery: NoticeDelivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The notices of one kind in one language: what they are called, lines with the address of their page, how many more there are."""

    title: str
    lines: Sequence[tuple[str, str]]
    more: int


def digest(settings: Settings, told: Sequence[Told], now: datetime) -> bytes:
    """The mail for the one address to which all of `told` go, as it travels; `now` is real time, whatever day a demonstration stands on."""
    count = len(told)
    names = {plain(each.delivery.name, 200) for each in told}
    name = names.pop() if len(names) == 1 else ""
    greeting = f"Kính gửi {name or 'Quý đơn vị'},"
    sections = {language: list(_sections(settings, told, language)) for language in WORDS}
    message = MIMEMultipart("alternative")
    message.attach(MIMEText(_text(greeting, sections, count), "plain", "utf-8"))
    message.attach(MIMEText(_html(greeting, sections, count), "html", "utf-8"))
    marks = hashlib.sha256(" ".join(sorted(each.delivery.id for each in told)).encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{marks}@{settings.mail_from.partition('@')[2]}>"  # the same mail sent twice is known to be the same
    return _addressed(message, settings, (name, told[0].delivery.address), f"{count} thông báo: " + ", ".join(_tallies(told)), now)


def trial(settings: Settings, address: str, now: datetime) -> bytes:
    """A mail that only shows that mail arrives."""
    message = MIMEText("Máy chủ thư đã được đặt đúng: thông báo của danh mục dữ liệu mở sẽ đến được địa chỉ này.\n\n"
                       f"The mail server is set up: notices of the open data catalogue reach this address.\n\n{settings.site_url}\n", "plain", "utf-8")
    return _addressed(message, settings, ("", address), "Thư thử · Test mail", now)


def _addressed(message: Message, settings: Settings, to: tuple[str, str], subject: str, now: datetime) -> bytes:
    """The message with its headers. Every name and subject travels encoded (RFC 2047), so that nothing in it can become a header."""
    message["From"] = _mailbox(NAME, settings.mail_from)
    message["To"] = _mailbox(*to)
    message["Subject"] = Header(plain(f"[{NAME}] {subject}", 300), "utf-8")
    message["Date"] = format_datetime(now)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers
    message["X-Auto-Response-Suppress"] = "All"
    return message.as_bytes(policy=compat32.clone(linesep="\r\n"))


def _mailbox(name: str, address: str) -> Header:
    header = Header(plain(name, 200), "utf-8") if name else Header()
    header.append(f"<{address}>", "us-ascii")
    return header


def page(settings: Settings, notice: Notice) -> str:
    """The address of the page that shows what a notice is about; "" where the site does not know its own address."""
    return settings.site_url + quote(plain(notice.facts.get("path", "")), safe="/?=&%-._~") if settings.site_url else ""


def _tallies(told: Sequence[Told]) -> Iterator[str]:
    for kind in _kinds(told):
        yield f"{title(kind, 'vi').lower()} ({sum(each.notice.kind == kind for each in told)})"


def _kinds(told: Sequence[Told]) -> list[str]:
    """The kinds among them, the weightiest first."""
    found = {each.notice.kind for each in told}
    return [kind for kind in KINDS if kind in found] + sorted(found - set(KINDS))


def _sections(settings: Settings, told: Sequence[Told], language: str) -> Iterator[Section]:
    for kind in _kinds(told):
        mine = sorted((each.notice for each in told if each.notice.kind == kind), key=lambda notice: (notice.created, notice.subject))
        yield Section(title=title(kind, language), more=max(0, len(mine) - SHOWN),
                      lines=[(line(notice, language), page(settings, notice)) for notice in mine[:SHOWN]])


def _text(greeting: str, sections: dict[str, list[Section]], count: int) -> str:
    parts = [greeting, ""]
    for language, words in WORDS.items():
        parts += ["* * *", ""] if language == "en" else []
        parts += [words["intro"].format(count=count), ""]
        for section in sections[language]:
            parts.append(section.title.upper())
            for text, address in section.lines:
                parts += [f"- {text}", *([f"  {words['see']}: {address}"] if address else [])]
            parts += [*([words["more"].format(count=section.more)] if section.more else []), ""]
        parts += [words["why"], ""]
    return "\n".join(parts)


def _html(greeting: str, sections: dict[str, list[Section]], count: int) -> str:
    parts = ['<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Hải Đăng</title></head><body>', f"<p>{escape(greeting)}</p>"]
    for language, words in WORDS.items():
        parts.append(f'<div lang="{language}"><p>{escape(words["intro"].format(count=count))}</p>')
        for section in sections[language]:
            parts.append(f"<h3>{escape(section.title)}</h3><ul>")
            for text, address in section.lines:
                link = f' <a href="{escape(address)}">{escape(words["see"])}</a>' if address else ""
                parts.append(f"<li>{escape(text)}{link}</li>")
            parts.append(f"<li>{escape(words['more'].format(count=section.more))}</li></ul>" if section.more else "</ul>")
        parts.append(f"<p><small>{escape(words['why'])}</small></p></div>")
    return "\n".join([*parts, "</body></html>"]) + "\n"
