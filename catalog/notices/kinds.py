"""The kinds of notices in the order of their weight, and their words in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from catalog.issues import Issue, codes, say
from catalog.models import Notice
from catalog.veil import veiled_facts

LONGEST = 1_000  # characters of one notice's words
LANGUAGES = ("vi", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`titles` and `lines` go by language; a line names facts of the notice, and `what` and `mend` of its issue.

    `lasts`: one episode goes on as long as the trouble stands, though its cause may change.
    """

    titles: Mapping[str, str]
    lines: Mapping[str, str]
    lasts: bool = False


def _kind(vi: tuple[str, str], en: tuple[str, str], *, lasts: bool = False) -> Kind:
    return Kind(titles={"vi": vi[0], "en": en[0]}, lines={"vi": vi[1], "en": en[1]}, lasts=lasts)


KINDS: dict[str, Kind] = {
    "source-escalated": _kind(
        ("Nguồn ngừng nhiều ngày", "Nguồn “{source}” của {agency} ngừng từ {since}, quá {days} ngày vẫn chưa thu thập lại được. {told} {what} {mend}"),
        ("Source down for days", "The source “{source}” of {agency} has been down since {since}, for more than {days} days. {told} {what} {mend}")),
    "source-down": _kind(
        ("Nguồn ngừng hoạt động", "Từ {since} chưa thu thập được nguồn “{source}” của {agency}. {what} {mend} Những gì đã công bố vẫn giữ nguyên."),
        ("Source down", "The source “{source}” of {agency} has not been harvested since {since}. {what} {mend} What was published stays as it was.")),
    "source-recovered": _kind(
        ("Nguồn hoạt động trở lại", "Nguồn “{source}” của {agency}, ngừng từ {since}, đã thu thập lại được từ {at}."),
        ("Source recovered", "The source “{source}” of {agency}, down since {since}, is harvested again since {at}.")),
    "listing-shrunk": _kind(
        ("Danh sách của nguồn bị hụt", "Nguồn “{source}” của {agency}: {what} {mend}"),
        ("A listing has shrunk", "The source “{source}” of {agency}: {what} {mend}"), lasts=True),
    "schema-drift": _kind(
        ("Cấu trúc bảng thay đổi", "“{title}” của {agency}: {what} {mend}"),
        ("Columns changed", "“{title}” of {agency}: {what} {mend}"), lasts=True),
    "commitment-missed": _kind(
        ("Cam kết quá hạn công bố", "“{title}” của {agency} có hạn công bố {due}, nay chưa công bố đạt yêu cầu. Đưa tệp lên nguồn, hoặc đề nghị Ban biên tập ghi hạn mới."),
        ("Promise not kept", "“{title}” of {agency} was due on {due} and is not published in good order. Put the file on the source, or ask the editors to record a new date.")),
    "commitment-overdue": _kind(
        ("Cam kết quá hạn cập nhật", "“{title}” của {agency} đã công bố nhưng chưa cập nhật như cam kết, từ {since}. Đưa số liệu mới lên nguồn."),
        ("Promised update overdue", "“{title}” of {agency} is published but has not been updated as promised since {since}. Put new figures on the source.")),
    "commitment-due": _kind(
        ("Cam kết sắp đến hạn công bố", "“{title}” của {agency} có hạn công bố {due}. Chuẩn bị tệp và đưa lên nguồn trước hạn."),
        ("Promise due soon", "“{title}” of {agency} is due on {due}. Prepare the file and put it on the source by then.")),
    "data-lapsing": _kind(
        ("Dữ liệu sắp quá hạn cập nhật", "“{title}” của {agency}: {what} {mend}"),
        ("Data about to lapse", "“{title}” of {agency}: {what} {mend}")),
}


class _Facts(dict):
    """Facts for `format_map`: one that is missing shows as an ellipsis."""

    def __missing__(self, key: str) -> str:
        return "…"


def title(kind: str, language: str) -> str:
    """What a kind is called; a kind that is no longer known, by its own name."""
    return KINDS[kind].titles[language] if kind in KINDS else kind


def line(notice: Notice, language: str) -> str:
    """A notice in one line of plain text, to be escaped where it is shown; cells that its issue repeats are veiled."""
    facts: dict[str, Any] = _Facts({name: value.get(language, "…") if isinstance(value, dict) else value for name, value in notice.facts.items()})
    facts.update(what="", mend="")
    if notice.issue and notice.issue.get("code") in codes():
        issue = Issue.from_dict(notice.issue)
        said = say(replace(issue, facts=veiled_facts(issue.facts)), language)
        facts.update(what=said.what, mend=said.mend)
    if notice.kind not in KINDS:
        return plain(notice.kind)
    return plain(KINDS[notice.kind].lines[language].format_map(facts))


def plain(text: str, longest: int = LONGEST) -> str:
    """Text on one line: control characters, line ends and directions of writing taken out, and not endless."""
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in str(text)).split())
    return words if len(words) <= longest else words[:longest - 1] + "…"
