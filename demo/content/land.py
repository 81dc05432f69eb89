"""Made-up measurements of air and water, and harvests."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product

from demo.content.ask import Ask, Row
from demo.places import Place, communes, districts

# Parameter: unit, usual value, spread, limit (None: not compared), name of the national standard.
_AIR = "QCVN 05:2023/BTNMT"
_SEA = "QCVN 10:2023/BTNMT"
_SURFACE = "QCVN 08:2023/BTNMT"
_GROUND = "QCVN 09:2023/BTNMT"
_MEDIA = {
    "Không khí": ("KK", _AIR, {"PM2.5": ("µg/m³", 24, 9, 50), "PM10": ("µg/m³", 44, 16, 100), "TSP": ("µg/m³", 92, 30, 200), "SO2": ("µg/m³", 21, 8, 125), "NO2": ("µg/m³", 27, 9, 100), "Tiếng ồn": ("dBA", 63, 5, None)}),
    "Nước biển ven bờ": ("NB", _SEA, {"pH": ("-", 8.0, 0.2, None), "DO": ("mg/l", 6.3, 0.6, None), "TSS": ("mg/l", 26, 11, 50), "NH4+": ("mg/l", 0.06, 0.03, 0.1), "Coliform": ("MPN/100ml", 380, 260, 1000), "Nhiệt độ": ("°C", 28.6, 1.3, None), "Độ mặn": ("‰", 31, 2, None)}),
    "Nước mặt": ("NM", _SURFACE, {"pH": ("-", 7.1, 0.4, None), "DO": ("mg/l", 5.4, 0.8, None), "BOD5": ("mg/l", 5.2, 2, 6), "COD": ("mg/l", 13, 5, 15), "TSS": ("mg/l", 31, 14, 100), "NH4+": ("mg/l", 0.22, 0.12, 0.3)}),
    "Nước dưới đất": ("ND", _GROUND, {"pH": ("-", 6.4, 0.4, None), "NO3-": ("mg/l", 4.2, 2.5, 15), "NH4+": ("mg/l", 0.18, 0.1, 1), "Coliform": ("MPN/100ml", 2, 1, 3)}),
}
_WHERE = {"Không khí": "Trạm không khí", "Nước biển ven bờ": "Bãi biển", "Nước mặt": "Hồ, sông khu vực", "Nước dưới đất": "Giếng quan trắc"}


def monitoring(ask: Ask) -> Iterator[Row]:
    """Measurements, one row a point, moment and parameter."""
    random = ask.random
    medium = ask.wishes["medium"]
    letters, standard, parameters = _MEDIA[medium]
    places = random.sample(communes(ask.district), ask.wishes.get("points", 6))
    first = datetime.fromisoformat(ask.wishes.get("first", "2024-01-08T08:00:00"))
    moments = [first + timedelta(days=ask.wishes.get("every_days", 30) * step) for step in range(ask.wishes.get("times", 8))]
    for number, place in enumerate(sorted(places, key=lambda place: place.code), start=1):
        east, north = place.point(random)
        fixed = {"ma_diem": f"{letters}-{number:02d}", "ten_diem": f"{_WHERE[medium]} {place.short}", "thanh_phan": medium, "quy_chuan": standard,
                 "ma_don_vi_hanh_chinh": place.code, "ten_don_vi_hanh_chinh": place.name, "kinh_do": east, "vi_do": north}
        for moment in moments:
            season = math.sin(moment.timetuple().tm_yday / 365 * 2 * math.pi)
            for name, (unit, usual, spread, limit) in parameters.items():
                value = round(max(usual * 0.1, random.gauss(usual + season * spread * 0.4, spread * 0.6)), 2)
                yield fixed | {"thoi_diem": moment.isoformat(), "thong_so": name, "gia_tri": value, "duoi_nguong": "không", "don_vi_tinh": unit, "gioi_han": limit,
                               "danh_gia": "Không so sánh" if limit is None else "Vượt" if value > limit else "Đạt"}


_PRODUCTS = {
    "Cây hằng năm": (("Lúa", 48), ("Ngô", 46), ("Rau các loại", 160), ("Sắn", 240), ("Đậu các loại", 14)),
    "Cây lâu năm": (("Hồ tiêu", 17), ("Cao su", 16), ("Cà phê", 19), ("Điều", 11), ("Ca cao", 9), ("Nhãn", 82), ("Bưởi", 105), ("Sầu riêng", 120)),
    "Chăn nuôi": (("Thịt lợn hơi xuất chuồng", None), ("Thịt gia cầm", None), ("Thịt bò hơi", None), ("Trứng gia cầm", None)),
    "Khai thác thủy sản": (("Cá biển", None), ("Mực", None), ("Tôm biển", None), ("Ghẹ", None)),
    "Nuôi trồng thủy sản": (("Tôm thẻ chân trắng", 62), ("Hàu", 310), ("Cá chẽm", 140), ("Cá mú", 90)),
}


def harvests(ask: Ask) -> Iterator[Row]:
    """Area, yield and output by year, season, product and district; one district is told by commune."""
    random = ask.random
    units = communes(ask.district) if ask.district else [Place(code, name, code, name) for code, name in districts().items()]
    for year, group, unit in product(ask.wishes.get("years", [2023]), ask.wishes.get("groups", list(_PRODUCTS)), units):
        seasons = ("Đông Xuân", "Hè Thu", "Mùa") if group == "Cây hằng năm" else ("Cả năm",)
        for what, usual in _PRODUCTS[group]:
            if random.random() < 0.25:  # not everything is grown everywhere
                continue
            for season in seasons:
                yield {"nam": year, "vu": season, "ma_don_vi_hanh_chinh": unit.code, "ten_don_vi_hanh_chinh": unit.name, "nhom": group, "san_pham": what,
                       "tinh_chat": "Chính thức" if year < ask.day.year else "Ước tính", "ngay_cap_nhat": ask.day, **_output(ask, usual)}


def _output(ask: Ask, usual: float | None) -> Row:
    """Area and yield where there is a field, and tons that follow from them."""
    if usual is None:
        return {"san_luong_tan": round(ask.random.lognormvariate(6, 0.8), 1)}
    area = round(ask.random.lognormvariate(4.4, 0.8), 1)
    each = round(usual * ask.random.uniform(0.85, 1.15), 1)
    return {"dien_tich_ha": area, "nang_suat_ta_ha": each, "san_luong_tan": round(area * each / 10, 1)}
