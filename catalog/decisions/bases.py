"""The grounds on which a column that looks personal may be published; the clerk adds in words which one it is exactly."""

from __future__ import annotations

from collections.abc import Mapping

LEAST = 20  # characters of the words that go with a basis
BASES: Mapping[str, tuple[str, str]] = {
    "law": ("Pháp luật buộc công khai thông tin này (ghi điều, khoản và tên văn bản)",
            "A law requires this to be disclosed (say which article of which text)"),
    "consent": ("Người có dữ liệu đã đồng ý cho công bố (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15; ghi nơi lưu văn bản đồng ý)",
                "The persons agreed to publication (Personal Data Protection Law 91/2025/QH15; say where the consents are kept)"),
    "office": ("Thông tin công vụ: tên người giữ chức vụ, số liên hệ của cơ quan (ghi là của cơ quan nào)",
               "Official contact: office holders, an office's own numbers (say of which office)"),
    "organisation": ("Thông tin của tổ chức, doanh nghiệp, không phải của cá nhân (ghi nguồn đăng ký)",
                     "Of an organisation or firm, not of a person (say from which register)"),
    "mistaken": ("Nhận nhầm: cột không chứa dữ liệu cá nhân (ghi cột thật ra là gì)",
                 "Taken for personal by mistake (say what the column really holds)"),
}
