"""What the issues of a check say once persons have decided about the columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from catalog.decisions.columns import Key
from catalog.decisions.deriving import Decided, Release
from catalog.issues import Issue, Place
from catalog.validation.privacy import NAMES
from catalog.validation.screening import PERSONAL

WORDS = {"drop": ("đã bỏ trước khi công bố", "left out before publication"), "mask": ("đã che mọi ô", "every cell masked"),
         "publish": ("được công bố theo căn cứ đã ghi", "published on a recorded basis"), "refuse": ("bị từ chối", "refused")}


def told(issues: Iterable[Issue], sheet: str | None, made: Release | None, standing: Mapping[Key, Decided]) -> list[Issue]:
    """The issues, with those about personal columns in the words of what was decided, and those that showed only then."""
    if made is None:
        return list(issues)
    others = [issue for issue in issues if issue.code not in PERSONAL]
    if made.state == "held":
        return [*others, *(Issue(PERSONAL[0], Place(column=column.column), {
            "title": column.name, "kind": column.kind, "kind_vi": NAMES[column.kind][0], "kind_en": NAMES[column.kind][1], "percent": column.percent,
            "count": column.count, "evidence": column.evidence}) for column in made.also)]
    code = "personal-data-refused" if made.state == "refused" and made.made is None else "personal-data-decided"
    return [*others, *(_decided(code, change, standing[change["sheet"], change["name"], change["kind"]], sheet) for change in made.changes)]


def _decided(code: str, change: Mapping[str, str], decision: Decided, sheet: str | None) -> Issue:
    vi, en = WORDS[change["action"]]
    return Issue(code, Place(sheet=change["sheet"] or sheet, column=change["column"]), {
        "title": change["name"], "by": decision.by, "day": decision.day, "done_vi": vi, "done_en": en,
        "kind_vi": NAMES[change["kind"]][0], "kind_en": NAMES[change["kind"]][1]})
