"""The catalogue of issue codes as a page of the documentation: `python -m catalog.issue_page > docs/issue-codes.md`.

Whoever meets a code in a page, a mail or an answer of a program finds there what it means, in both languages.
"""

from __future__ import annotations

import re
from itertools import groupby

from catalog.issues import Code, Severity, Stage, Who, codes

STAGES = {
    Stage.RUN: "The run · Lượt thu thập",
    Stage.GATHER: "Reading the source's listing · Đọc danh mục của nguồn",
    Stage.FETCH: "Fetching files · Tải tệp",
    Stage.READ: "Reading files · Đọc tệp",
    Stage.VALIDATE: "Checking cell by cell · Kiểm tra từng ô",
    Stage.SCREEN: "Looking for personal data · Dò dữ liệu cá nhân",
    Stage.STORE: "Storing · Lưu",
    Stage.PUBLISH: "Publishing · Công bố",
    Stage.INDEX: "Search · Tìm kiếm",
}
SEVERITIES = {Severity.ERROR: "error · lỗi", Severity.WARNING: "warning · cần xem lại", Severity.INFO: "information · để biết"}
WHO = {Who.AGENCY: "the agency · cơ quan nguồn", Who.PLATFORM: "the platform team · đội nền tảng",
       Who.CATALOGUE: "the catalogue's editors · Ban biên tập"}
HEAD = """# Issue codes · Mã vấn đề

Every issue that the catalogue tells of has a code. Words in braces stand for facts of the case. This page is made from
`catalog/issue_codes.toml` by `make docs`; a test holds the two equal.

*Mỗi vấn đề mà danh mục báo đều có một mã. Chữ trong ngoặc nhọn thay cho dữ kiện của từng trường hợp.*
"""


def as_markdown() -> str:
    """The whole page in Markdown: the codes by stage, in the order of their names."""
    order = list(STAGES)
    known = sorted(codes().values(), key=lambda code: (order.index(code.stage), code.name))
    parts = [HEAD]
    for stage, entries in groupby(known, key=lambda code: code.stage):
        parts.append(f"## {STAGES[stage]}\n")
        parts += [_entry(code) for code in entries]
    return "\n".join(parts)


def _entry(code: Code) -> str:
    return (f"### `{code.name}`\n\n{SEVERITIES[code.severity]}; who must act · ai phải làm: {WHO[code.who]}\n\n"
            f"- {_plain(code.vi)} **Sửa thế nào:** {_plain(code.vi_mend)}\n- {_plain(code.en)} **How to mend:** {_plain(code.en_mend)}\n")


def _plain(text: str) -> str:
    """The text with what Markdown would take for signs of its own shown as it is."""
    return re.sub(r"([*_<>|#`\[\]\\])", r"\\\1", text)


if __name__ == "__main__":
    print(as_markdown(), end="")
