"""Made-up markets, lodgings, investment projects and prices of building materials."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from demo.content.ask import Ask, Row
from demo.content.society import address, landline
from demo.places import Place, communes, districts

_SHOPS = ("Biển Xanh", "Sao Mai", "Hải Đăng", "Phương Đông", "Minh Phát", "An Khang", "Tân Tiến", "Thuận Hòa")
_AREA = {"Chợ": (600, 9000), "Chợ đầu mối": (8000, 30000), "Siêu thị": (500, 6000), "Trung tâm thương mại": (5000, 40000), "Cửa hàng tiện lợi": (60, 250)}


def markets(ask: Ask) -> Iterator[Row]:
    """Markets, supermarkets and shops."""
    number = 0
    for place in communes(ask.district):
        town = place.name.startswith(("Phường", "Thị trấn"))
        for kind in ask.wishes.get("kinds", ["Chợ", "Siêu thị", "Cửa hàng tiện lợi"]):
            usual = {"Chợ": 1, "Chợ đầu mối": 0, "Siêu thị": int(town and ask.random.random() < 0.5), "Trung tâm thương mại": int(town and ask.random.random() < 0.15)}
            for _ in range(usual.get(kind, ask.random.randint(1, 3) if town else 0)):
                number += 1
                yield _market(ask, place, kind, number)


def _market(ask: Ask, place: Place, kind: str, number: int) -> Row:
    random, market = ask.random, kind == "Chợ"
    east, north = place.point(random)
    return {
        "ma_dia_diem": f"{'CHO' if market else 'TM'}-{place.district_code}-{number:03d}", "loai": kind,
        "ten_dia_diem": f"Chợ {place.short}" if market else f"{kind} {random.choice(_SHOPS)} {place.short}",
        "hang": random.choices(["Hạng 1", "Hạng 2", "Hạng 3"], [1, 3, 6])[0] if kind != "Cửa hàng tiện lợi" else "Chưa phân hạng",
        "dien_tich_m2": round(random.uniform(*_AREA[kind]), 1), "so_diem_kinh_doanh": random.randint(40, 480) if market else None,
        "gio_mo_cua": "05:00" if market else "07:30", "gio_dong_cua": "18:00" if market else "22:00", "nam_hoat_dong": random.randint(1986, 2023),
        "don_vi_quan_ly": f"Ban quản lý chợ {place.short}" if market else f"Công ty TNHH Thương mại {random.choice(_SHOPS)} (minh hoạ)",
        "trang_thai": random.choices(["Đang hoạt động", "Đang xây dựng, sửa chữa"], [12, 1])[0], "dia_chi": address(random, place),
        "ma_don_vi_hanh_chinh": place.code, "ten_don_vi_hanh_chinh": place.name, "kinh_do": east, "vi_do": north, "ngay_cap_nhat": ask.day,
    }


_LODGINGS = {
    # kind: (weight by the sea, stars, rooms)
    "Khách sạn": (6, (1, 5), (18, 240)), "Nhà nghỉ du lịch": (6, None, (8, 30)), "Căn hộ du lịch": (3, None, (4, 60)), "Biệt thự du lịch": (2, None, (4, 14)),
    "Khu nghỉ dưỡng": (1, (3, 5), (40, 320)), "Nhà ở có phòng cho khách du lịch thuê": (5, None, (2, 9)), "Bãi cắm trại du lịch": (1, None, (6, 40)),
}
_COAST = ("747", "751", "752", "753", "755")
_NAMES = ("Biển Xanh", "Sóng Biển", "Hải Âu", "Phượng Vỹ", "Hoàng Hôn", "Ngọc Lan", "Bình Minh", "San Hô", "Dã Quỳ", "Bạch Đàn", "Cát Vàng", "Sao Biển", "Thùy Dương", "Mây Trắng", "Đồi Thông", "Bồ Câu")


def lodgings(ask: Ask) -> Iterator[Row]:
    """Places to stay the night, most of them by the sea."""
    random = ask.random
    kinds = ask.wishes.get("kinds", list(_LODGINGS))
    by_sea = [place for place in communes(ask.district) if place.district_code in _COAST] or list(communes(ask.district))
    for number in range(1, ask.wishes.get("rows", 150) + 1):
        kind = random.choices(kinds, [_LODGINGS[kind][0] for kind in kinds])[0]
        _, stars, rooms = _LODGINGS[kind]
        place = random.choice(by_sea)
        star = random.randint(*stars) if stars and random.random() < 0.75 else None
        count = random.randint(*rooms)
        east, north = place.point(random)
        yield {
            "ma_co_so": f"LT-{place.district_code}-{number:04d}", "ten_co_so": f"{kind.split(' du lịch')[0] if not kind.startswith('Nhà ở') else 'Nhà vườn'} {random.choice(_NAMES)} {number}",
            "loai_hinh": kind, "hang_sao": star, "so_phong": count, "so_giuong": round(count * random.uniform(1.2, 1.9)), "dia_chi": address(random, place),
            "ma_don_vi_hanh_chinh": place.code, "ten_don_vi_hanh_chinh": place.name, "dien_thoai": landline(random),
            "quyet_dinh_cong_nhan": f"{random.randint(10, 400)}/QĐ-SDL-MH" if star else None,
            "ngay_cong_nhan": date(2016, 3, 1) + timedelta(days=random.randrange(2900)) if star else None,
            "trang_thai": random.choices(["Đang hoạt động", "Tạm ngừng"], [15, 1])[0], "kinh_do": east, "vi_do": north, "ngay_cap_nhat": ask.day,
        }


_WORKS = {
    "Đầu tư công": (("Giao thông", "Nâng cấp, mở rộng đường"), ("Thủy lợi", "Kiên cố hóa kênh mương"), ("Giáo dục", "Xây dựng trường học"), ("Y tế", "Cải tạo cơ sở y tế"), ("Môi trường", "Hệ thống thoát nước và xử lý nước thải")),
    "Nước ngoài": (("Công nghiệp chế biến", "Nhà máy linh kiện cơ khí chính xác"), ("Công nghiệp chế biến", "Nhà máy hạt nhựa kỹ thuật"), ("Kho bãi", "Kho ngoại quan và dịch vụ hậu cần")),
    "Trong nước ngoài ngân sách": (("Du lịch", "Khu du lịch sinh thái"), ("Nhà ở", "Khu nhà ở"), ("Thương mại", "Trung tâm thương mại dịch vụ"), ("Công nghiệp chế biến", "Nhà máy chế biến nông sản"), ("Kho bãi", "Kho bãi và cảng cạn")),
}


def projects(ask: Ask) -> Iterator[Row]:
    """Investment projects; investors are organisations, all invented."""
    random = ask.random
    capital = ask.wishes.get("capital", list(_WORKS))
    places = communes(ask.district)
    state_of = ask.wishes.get("states", ["Chuẩn bị đầu tư", "Đang triển khai", "Đã hoàn thành", "Tạm dừng"])
    for number in range(1, ask.wishes.get("rows", 80) + 1):
        source, place = random.choice(capital), random.choice(places)
        subject, work = random.choice(_WORKS[source])
        state = random.choices(state_of, [3, 6, 4, 1][:len(state_of)])[0]
        approved = date(2017, 1, 10) + timedelta(days=random.randrange(2600))
        begun = approved.year + random.randint(0, 2)
        public = source == "Đầu tư công"
        where = ask.wishes.get("zones") and random.choice(ask.wishes["zones"])
        yield {
            "ma_du_an": f"{ask.wishes.get('prefix', 'DA')}-{approved.year}-{number:04d}", "ten_du_an": f"{work} {where or place.short} giai đoạn {random.randint(1, 3)}", "nguon_von": source, "linh_vuc": subject,
            "chu_dau_tu": f"Ban Quản lý dự án đầu tư xây dựng {place.district[0].lower()}{place.district[1:]}" if public else f"Công ty {random.choice(('TNHH', 'Cổ phần'))} {random.choice(_SHOPS)} {random.randint(1, 40)} (minh hoạ)",
            "tong_von_ty_dong": round(random.lognormvariate(4.6, 1.0), 1), "dien_tich_ha": round(random.uniform(0.2, 46), 2), "van_ban_chap_thuan": f"{random.randint(20, 3600)}/QĐ-MH",
            "ngay_chap_thuan": approved, "nam_khoi_cong": None if state == "Chuẩn bị đầu tư" else begun, "nam_hoan_thanh": None if state == "Chuẩn bị đầu tư" else begun + random.randint(1, 4),
            "tinh_trang": state, "ma_don_vi_hanh_chinh": place.code, "ten_don_vi_hanh_chinh": place.name, "ngay_cap_nhat": ask.day,
        }


_MATERIALS = (
    ("XM", "Xi măng poóc lăng hỗn hợp", "Xi măng", "PCB40", "tấn", 1_650_000), ("TH", "Thép cuộn", "Thép", "D6–D8, CB240-T", "tấn", 14_800_000), ("TH", "Thép thanh vằn", "Thép", "D10–D18, CB400-V", "tấn", 15_200_000),
    ("CA", "Cát xây tô", "Cát", "Mô đun 1,5–2,0", "m³", 330_000), ("CA", "Cát bê tông", "Cát", "Mô đun trên 2,0", "m³", 410_000), ("DA", "Đá dăm", "Đá", "1 × 2 cm", "m³", 320_000), ("DA", "Đá mi bụi", "Đá", "", "m³", 210_000),
    ("GA", "Gạch ống đất nung", "Gạch, ngói", "8 × 8 × 18 cm", "viên", 1_250), ("GA", "Gạch không nung", "Gạch, ngói", "9 × 19 × 39 cm", "viên", 7_800), ("BT", "Bê tông thương phẩm", "Bê tông", "Mác 250", "m³", 1_180_000),
    ("ND", "Nhựa đường đặc nóng", "Nhựa đường", "60/70", "kg", 16_500), ("SO", "Sơn nước ngoại thất", "Sơn", "Thùng 18 lít", "thùng", 1_950_000), ("ON", "Ống nhựa uPVC", "Ống, phụ kiện", "D90 dày 2,9 mm", "m", 62_000),
)


def material_prices(ask: Ask) -> Iterator[Row]:
    """Published prices of building materials by quarter and district."""
    random = ask.random
    for period in ask.wishes.get("quarters", ["2024-Q1", "2024-Q2"]):
        for code in [ask.district] if ask.district else districts():
            for number, (kind, name, group, size, unit, price) in enumerate(_MATERIALS, start=1):
                freight = 1.28 if code == "755" else 1  # everything comes to Côn Đảo by ship
                yield {"ky_cong_bo": period, "ma_vat_lieu": f"{kind}-{number:03d}", "ten_vat_lieu": name, "nhom": group, "quy_cach": size, "don_vi_tinh": unit,
                       "gia_truoc_thue": round(price * freight * random.uniform(0.095, 0.106)) * 10 if price > 5000 else round(price * freight), "thue_suat": 8, "khu_vuc": districts()[code],
                       "noi_giao": "Đến chân công trình", "van_ban_cong_bo": f"{random.randint(50, 200)}/CB-SXD-MH", "ngay_cong_bo": ask.day}
