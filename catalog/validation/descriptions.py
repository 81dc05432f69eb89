"""Descriptions, titles and names that hold a number which identifies a person: refused with its reason, since nobody needs to publish them."""

from __future__ import annotations

from collections.abc import Iterable

from catalog.validation.in_text import identifiers_in
from catalog.validation.privacy import NAMES, masked

ALLOWED = ("mobile", "email")  # of the person to whom readers may turn


def refusal(texts: Iterable[str]) -> tuple[str, str] | None:
    """Why these words may not be published, in Vietnamese and English; None where they may."""
    for text in texts:
        for found in identifiers_in(text):
            if found.kind not in ALLOWED:
                vi, en = NAMES[found.kind]
                return (f"Phần mô tả có vẻ chứa {vi} ({masked(found.value)}); hãy bỏ số ấy đi.",
                        f"The description seems to hold {en} ({masked(found.value)}); take the number out.")
    return None
