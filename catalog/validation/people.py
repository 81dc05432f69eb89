"""Is this table about persons? Told by the words of its headers, or by a column whose cells are Vietnamese names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from catalog.reading.vietnamese import is_syllable

PERSON = re.compile(r"\b(ho ten|ho va ten|ten nguoi|ten chu ho|chu ho|ho dem|benh nhan|ten hoc sinh|ten hoc vien|nguoi dai dien|full name)\b")
BIRTH = re.compile(r"\b(ngay sinh|nam sinh|ngay thang nam sinh|sinh ngay|date of birth|dob)\b")
_BESIDE = re.compile(r"\b(gioi tinh|nguoi nop|nguoi ke khai|nguoi nhan|chu xe|lai xe|chu the|hoc sinh|sinh vien|hoc vien|thi sinh|cong dan|nhan vien|can bo"
                     r"|khach hang|ong ba|nguoi lao dong|nguoi huong|quoc tich|que quan)\b")
_NOT_PERSONS = re.compile(r"\b(duong|pho|cho|truong|cong ty|doanh nghiep|tuyen|cau|di tich|co so|co quan|don vi|ten xa|dia chi|khu pho|ap|thon)\b")
_SURNAMES = frozenset((
    "nguyễn", "trần", "lê", "phạm", "hoàng", "huỳnh", "phan", "vũ", "võ", "đặng", "bùi", "đỗ", "hồ", "ngô", "dương", "lý", "đào", "đoàn", "vương",
    "trịnh", "trương", "đinh", "lâm", "phùng", "tô", "hà", "tạ", "cao", "châu", "lưu", "lương", "thái", "quách", "tăng", "nghiêm", "thạch", "sơn",
    "chu", "tống", "diệp", "mai", "kiều", "đàm", "bạch", "hứa", "khổng", "mạc", "nông", "quan", "tôn", "triệu", "văn"))
_PLAIN = frozenset(("nguyen", "tran", "pham", "hoang", "huynh", "phan", "dang", "bui", "ngo", "duong", "trinh", "truong", "dinh"))  # no words of other languages
ENOUGH = 0.6  # share of the cells that must be names
LEAST = 4  # different names


def has_persons(labels: Sequence[str], samples: Sequence[Sequence[str]]) -> bool:
    """Whether a header speaks of persons (`labels` are folded), or the cells of a column are names; `samples` are cells of each column."""
    if any(PERSON.search(label) or BIRTH.search(label) or _BESIDE.search(label) for label in labels):
        return True
    return any(_are_names(sample) for label, sample in zip(labels, samples, strict=True) if not _NOT_PERSONS.search(label))


def _are_names(cells: Sequence[str]) -> bool:
    found = [cell for cell in cells if is_name(cell)]
    return len(found) >= ENOUGH * len(cells) and len(set(found)) >= LEAST


def is_name(cell: str) -> bool:
    """Two to five syllables of which the first is a surname: Nguyễn Văn An, TRẦN THỊ BÌNH, Nguyen Van An."""
    words = cell.split()
    if not 2 <= len(words) <= 5 or not all(word.istitle() or word.isupper() for word in words):
        return False
    surname = words[0].lower()
    return (surname in _SURNAMES or surname in _PLAIN and cell.isascii()) and all(map(is_syllable, words))
