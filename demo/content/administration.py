"""Made-up figures of administration: procedures, dossiers, satisfaction, indicator reports."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from demo.content.ask import Ask, Row

OPENING = "2023-10-27"
FIELDS = {
    "so-nv": ["Tổ chức bộ máy", "Thi đua – khen thưởng", "Tín ngưỡng, tôn giáo", "Văn thư – lưu trữ"],
    "so-tp": ["Hộ tịch", "Công chứng", "Luật sư", "Lý lịch tư pháp"],
    "so-khdt": ["Thành lập doanh nghiệp", "Đầu tư tại Việt Nam", "Đấu thầu", "Hợp tác xã"],
    "so-tc": ["Quản lý công sản", "Quản lý giá", "Tin học – thống kê"],
    "so-ct": ["Lưu thông hàng hóa", "Xúc tiến thương mại", "Hóa chất", "Kinh doanh khí"],
    "so-nnptnt": ["Thủy sản", "Trồng trọt", "Chăn nuôi", "Lâm nghiệp", "Thú y"],
    "so-tnmt": ["Đất đai", "Môi trường", "Tài nguyên nước", "Khoáng sản"],
    "so-gtvt": ["Đường bộ", "Đăng kiểm", "Đường thủy nội địa"],
    "so-xd": ["Hoạt động xây dựng", "Nhà ở", "Quy hoạch – kiến trúc"],
    "so-tttt": ["Báo chí", "Xuất bản, in và phát hành", "Bưu chính", "Phát thanh, truyền hình"],
    "so-khcn": ["Hoạt động khoa học và công nghệ", "Sở hữu trí tuệ", "Tiêu chuẩn đo lường chất lượng"],
    "so-ldtbxh": ["Việc làm", "Người có công", "Bảo trợ xã hội", "Giáo dục nghề nghiệp", "An toàn lao động"],
    "so-vhtt": ["Di sản văn hóa", "Thể dục thể thao", "Nghệ thuật biểu diễn", "Thư viện"],
    "so-dl": ["Lữ hành", "Lưu trú du lịch", "Hướng dẫn viên du lịch"],
    "so-gddt": ["Giáo dục mầm non", "Giáo dục trung học", "Văn bằng, chứng chỉ"],
    "so-yt": ["Khám bệnh, chữa bệnh", "Dược phẩm", "An toàn thực phẩm", "Trang thiết bị y tế"],
    "so-ngv": ["Công tác lãnh sự", "Hội nghị, hội thảo quốc tế"],
    "bqlkcn": ["Đầu tư vào khu công nghiệp", "Lao động trong khu công nghiệp", "Quản lý môi trường khu công nghiệp"],
}
DISTRICT_FIELDS = ["Hộ tịch", "Đất đai", "Chứng thực", "Thành lập hộ kinh doanh", "Bảo trợ xã hội"]
ACTS = ("Cấp giấy phép", "Cấp lại giấy phép", "Gia hạn giấy phép", "Cấp giấy chứng nhận", "Điều chỉnh giấy chứng nhận", "Thông báo thay đổi nội dung", "Thẩm định hồ sơ", "Công nhận", "Thu hồi giấy chứng nhận", "Đăng ký", "Xác nhận", "Phê duyệt kế hoạch")


@cache
def agencies() -> dict[str, str]:
    """Slug -> name of the agencies that count on the day on which the register opens, in its order."""
    text = (Path(__file__).parent.parent / "register.csv").read_text("utf-8")
    return {row["slug"]: row["ten_vi"] for row in csv.DictReader(text.splitlines())
            if row["hieu_luc_tu"] == OPENING and row["tinh_tham_gia"] == "true"}


def _chosen(ask: Ask) -> list[str]:
    """The agencies a table speaks of: those it wishes, or those of a level."""
    level = ask.wishes.get("level")
    if level:
        return [slug for slug in agencies() if (slug in FIELDS if level == "province" else slug.startswith("ubnd-"))]
    return ask.wishes.get("agencies") or list(agencies())


def _months(ask: Ask) -> list[str]:
    first = date.fromisoformat(ask.wishes.get("first_month", "2024-01") + "-01")
    months = []
    while first < ask.day.replace(day=1):
        months.append(f"{first:%Y-%m}")
        first = (first + timedelta(days=32)).replace(day=1)
    return months


def dossiers(ask: Ask) -> Iterator[Row]:
    """Dossiers received, filed online and solved, one row an agency, field and month."""
    random = ask.random
    for agency in _chosen(ask):
        for subject in FIELDS.get(agency, DISTRICT_FIELDS):
            usual, online_share, waiting = random.randint(30, 900), random.uniform(0.35, 0.75), random.randint(5, 60)
            for month in _months(ask):
                received = max(1, round(usual * random.uniform(0.7, 1.3)))
                online_share = min(0.97, online_share + random.uniform(-0.01, 0.03))
                before, total = waiting, waiting + received
                waiting = round(total * random.uniform(0.05, 0.15))
                solved = total - waiting
                late = round(solved * random.choice([0, 0, 0.005, 0.01, 0.03]))
                yield {"co_quan": agency, "ten_co_quan": agencies()[agency], "ky_bao_cao": month, "linh_vuc": subject,
                       "tiep_nhan": received, "truc_tuyen": round(received * online_share), "ky_truoc_chuyen_sang": before,
                       "da_giai_quyet": solved, "dung_han": solved - late, "qua_han": late, "dang_giai_quyet": waiting}


def satisfaction(ask: Ask) -> Iterator[Row]:
    """Answers to surveys, one row an agency, quarter and kind of respondent."""
    random = ask.random
    for agency in _chosen(ask):
        for quarter in ask.wishes.get("quarters", ["2024-Q1", "2024-Q2"]):
            for who in ("Người dân", "Doanh nghiệp"):
                sent = random.randrange(80, 420, 10)
                valid = round(sent * random.uniform(0.6, 0.97))
                very, fine = round(valid * random.uniform(0.3, 0.5)), round(valid * random.uniform(0.38, 0.46))
                middling = round((valid - very - fine) * 0.8)
                yield {"co_quan": agency, "ten_co_quan": agencies()[agency], "ky_khao_sat": quarter, "doi_tuong": who,
                       "hinh_thuc": "Trực tuyến" if ask.wishes.get("online") else "Kết hợp", "phieu_phat_ra": sent, "phieu_hop_le": valid,
                       "rat_hai_long": very, "hai_long": fine, "binh_thuong": middling, "khong_hai_long": valid - very - fine - middling,
                       "ty_le_hai_long": round((very + fine) / valid * 100, 2)}


def procedures(ask: Ask) -> Iterator[Row]:
    """Administrative procedures with time limits and fees; made-up codes begin with 9."""
    random = ask.random
    number = ask.wishes.get("first_code", 1000)
    for agency in _chosen(ask):
        district = agency.startswith("ubnd-")
        for subject in FIELDS.get(agency, DISTRICT_FIELDS):
            for act in random.sample(ACTS, ask.wishes.get("acts", 5)):
                number += 1
                legal = random.choice([3, 5, 7, 10, 15, 20, 30])
                yield {"ma_thu_tuc": f"9.{number:06d}", "ten_thu_tuc": f"{act} lĩnh vực {subject[0].lower()}{subject[1:]}", "linh_vuc": subject,
                       "cap_thuc_hien": "Cấp huyện" if district else "Cấp tỉnh", "co_quan_thuc_hien": agencies()[agency],
                       "muc_do_truc_tuyen": random.choices(["Toàn trình", "Một phần", "Chưa cung cấp"], [6, 3, 1])[0], "thoi_han_quy_dinh": legal,
                       "thoi_han_giai_quyet": max(1, round(legal * random.choice([1, 1, 0.8, 0.55]))), "phi_le_phi": random.choice([0, 0, 50_000, 150_000, 300_000, 1_000_000]),
                       "quyet_dinh_cong_bo": f"{random.randint(100, 2900)}/QĐ-UBND-MH", "ngay_cong_bo": date(2022, 1, 4) + timedelta(days=random.randrange(900))}


# Indicators of the plan that are shares, with the range in which made-up results fall.
_SHARES = {"1.1": (55, 95), "1.2": (40, 90), "1.4a": (42, 88), "1.4c": (93, 100), "3.1a": (70, 100), "3.3": (85, 100), "3.4": (60, 97), "3.5": (70, 100), "3.9a": (50, 98), "3.9b": (15, 55)}


def indicator_reports(ask: Ask) -> Iterator[Row]:
    """Results of each agency for the plan's indicators in each period, with numerator and denominator."""
    random = ask.random
    for agency in _chosen(ask):
        for indicator in ask.wishes.get("indicators", list(_SHARES)):
            low, high = _SHARES[indicator]
            for period, closed in ask.wishes.get("periods", {"2024-Q1": "2024-03-31", "2024-Q2": "2024-06-30"}).items():
                whole = random.randrange(20, 900)
                part = round(whole * random.uniform(low, high) / 100)
                yield {"co_quan": agency, "ten_co_quan": agencies()[agency], "ma_chi_tieu": indicator, "ky_bao_cao": period, "tu_so": part,
                       "mau_so": whole, "gia_tri": round(part / whole * 100, 2), "don_vi_tinh": "%", "ngay_chot": date.fromisoformat(closed)}
