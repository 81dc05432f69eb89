"""Made-up schools, places of health care and bus routes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from demo.content.ask import Ask, Row
from demo.places import Place, communes

STREETS = ("Hùng Vương", "Lê Lợi", "Trần Hưng Đạo", "Nguyễn Huệ", "Lý Thường Kiệt", "Võ Thị Sáu", "Nguyễn Trãi", "Quang Trung", "Cách Mạng Tháng Tám", "30 Tháng 4", "Phạm Ngũ Lão", "Hai Bà Trưng")
FLOWERS = ("Hoa Sen", "Hoa Mai", "Hướng Dương", "Sơn Ca", "Vành Khuyên", "Hải Âu", "Họa Mi", "Tuổi Thơ", "Măng Non", "Ánh Dương", "San Hô", "Bình Minh")
HEROES = ("Lê Lợi", "Nguyễn Trãi", "Trần Quốc Toản", "Lý Tự Trọng", "Kim Đồng", "Lê Hồng Phong", "Nguyễn Du", "Chu Văn An", "Phan Bội Châu", "Hàn Thuyên", "Quang Trung", "Bạch Đằng", "Lương Thế Vinh", "Nguyễn Khuyến")


def address(random: Random, place: Place) -> str:
    """A made-up working address: in towns a number and a street, elsewhere a hamlet."""
    if place.name.startswith("Xã"):
        return f"Ấp {random.randint(1, 9)}, {place.name}, {place.district}"
    return f"Số {random.randint(1, 480)} đường {random.choice(STREETS)}, {place.name}, {place.district}"


def landline(random: Random) -> str:
    """A made-up office number with the area code of the province."""
    return f"02542{random.randint(0, 999999):06d}"


_STAGES = {
    # stage: (schools in a commune of ten, classes, pupils a class, teachers a class)
    "Mầm non": (20, (6, 18), (22, 34), 1.8),
    "Tiểu học": (16, (12, 34), (28, 38), 1.4),
    "Trung học cơ sở": (10, (12, 32), (32, 43), 1.9),
    "Trung học phổ thông": (4, (18, 39), (36, 44), 2.2),
    "Giáo dục thường xuyên": (1, (6, 16), (28, 42), 1.6),
}
_LETTER = {"Mầm non": "1", "Tiểu học": "2", "Trung học cơ sở": "3", "Trung học phổ thông": "5", "Giáo dục thường xuyên": "7"}


def schools(ask: Ask) -> Iterator[Row]:
    """Schools with counts of classes, pupils and teachers, one row a school and year."""
    stages = ask.wishes.get("stages", list(_STAGES))
    years = ask.wishes.get("years", ["2023-2024"])
    number = 0
    for place in communes(ask.district):
        for stage in stages:
            in_ten, *size = _STAGES[stage]
            for _ in range(in_ten // 10 + (ask.random.random() < in_ten % 10 / 10)):
                number += 1
                yield from _school(ask, place, stage, tuple(size), number, years)


def _school(ask: Ask, place: Place, stage: str, size: tuple, number: int, years: list[str]) -> Iterator[Row]:
    random = ask.random
    classes_range, pupils_range, teachers_each = size
    private = stage == "Mầm non" and random.random() < 0.4
    hero = random.choice(FLOWERS if stage == "Mầm non" else HEROES)
    stem = {"Giáo dục thường xuyên": "Trung tâm Giáo dục nghề nghiệp – Giáo dục thường xuyên"}.get(stage, f"Trường {stage}")
    classes = random.randint(*classes_range)
    east, north = place.point(random)
    fixed = {
        "ma_truong": f"77{place.district_code}{_LETTER[stage]}{number:03d}", "ten_truong": f"{stem} {hero} {place.short}",
        "cap_hoc": stage, "loai_hinh": "Tư thục" if private else "Công lập",
        "chuan_quoc_gia": random.choices(["Chưa đạt", "Mức độ 1", "Mức độ 2"], [4, 5, 1])[0], "dia_chi": address(random, place),
        "ma_don_vi_hanh_chinh": place.code, "ten_don_vi_hanh_chinh": place.name, "dien_thoai": landline(random),
        "kinh_do": east, "vi_do": north, "ngay_cap_nhat": ask.day,
    }
    for year in years:
        classes = max(3, classes + random.randint(-1, 1))
        yield fixed | {"nam_hoc": year, "so_lop": classes, "so_hoc_sinh": classes * random.randint(*pupils_range),
                       "so_giao_vien": round(classes * teachers_each)}


_PRIVATE_NAMES = ("An Bình", "Bình Minh", "Thiên Phúc", "Hồng Đức", "Vạn Thành", "Tâm Đức", "Phước An", "Sài Gòn – Biển Đông", "Nhân Ái", "Hòa Bình", "Đại Dương", "Minh Châu")
_SPECIALITIES = ("Nhi", "Nội tổng hợp", "Răng – Hàm – Mặt", "Tai – Mũi – Họng", "Mắt", "Da liễu", "Sản phụ khoa", "Y học cổ truyền", "Chấn thương chỉnh hình")


def clinics(ask: Ask) -> Iterator[Row]:
    """Places of health care: stations of communes, centres of districts, private clinics."""
    kinds = ask.wishes.get("kinds", ["Trạm y tế", "Trung tâm y tế", "Phòng khám đa khoa", "Phòng khám chuyên khoa"])
    start = ask.wishes.get("first_code", 77001)
    number = 0
    seen: set[str] = set()
    for place in communes(ask.district):
        for kind in kinds:
            for _ in range(_how_many(ask, kind, place, seen)):
                yield _clinic(ask, place, kind, start + number)
                number += 1
        seen.add(place.district_code)


def _how_many(ask: Ask, kind: str, place: Place, seen: set[str]) -> int:
    first_of_district = place.district_code not in seen
    if kind in ("Trung tâm y tế", "Bệnh viện đa khoa"):
        return int(first_of_district)
    if kind == "Trạm y tế":
        return 1
    town = place.name.startswith(("Phường", "Thị trấn"))
    return ask.random.randint(1, 3) if town else int(ask.random.random() < 0.5)


def _clinic(ask: Ask, place: Place, kind: str, code: int) -> Row:
    random = ask.random
    name = {
        "Trạm y tế": f"Trạm Y tế {place.name[0].lower()}{place.name[1:]}", "Trung tâm y tế": f"Trung tâm Y tế {place.district[0].lower()}{place.district[1:]}",
        "Bệnh viện đa khoa": f"Bệnh viện Đa khoa {random.choice(_PRIVATE_NAMES)}", "Phòng khám đa khoa": f"Phòng khám đa khoa {random.choice(_PRIVATE_NAMES)} {place.short}",
    }.get(kind, f"Phòng khám chuyên khoa {random.choice(_SPECIALITIES)} {random.choice(_PRIVATE_NAMES)}")
    public = kind in ("Trạm y tế", "Trung tâm y tế")
    beds = {"Trung tâm y tế": random.randrange(60, 260, 10), "Bệnh viện đa khoa": random.randrange(80, 400, 10), "Trạm y tế": random.choice([0, 3, 5])}.get(kind, 0)
    east, north = place.point(random)
    return {
        "ma_co_so": f"{code:05d}", "ten_co_so": name, "loai_hinh": kind, "so_huu": "Công lập" if public else "Tư nhân", "so_giuong": beds,
        "cap_cuu": "có" if kind in ("Trung tâm y tế", "Bệnh viện đa khoa") else "không", "dia_chi": address(random, place),
        "ma_don_vi_hanh_chinh": place.code, "ten_don_vi_hanh_chinh": place.name, "dien_thoai": landline(random),
        "so_giay_phep": f"{code % 1000:05d}/BRVT-GPHĐ-MH{code // 1000}", "ngay_cap_phep": date(2012, 1, 5) + timedelta(days=random.randrange(4300)),
        "kinh_do": east, "vi_do": north, "ngay_cap_nhat": ask.day,
    }


_ENDS = ("Vũng Tàu", "Bà Rịa", "Phú Mỹ", "Ngãi Giao", "Phước Bửu", "Long Hải", "Long Điền", "Đất Đỏ", "Bình Châu", "Hồ Tràm", "Phước Hải", "Kim Long", "Long Sơn", "Mỹ Xuân", "Hắc Dịch")


def bus_routes(ask: Ask) -> Iterator[Row]:
    """Bus routes between towns of the province."""
    random = ask.random
    pairs = [(a, b) for place, a in enumerate(_ENDS) for b in _ENDS[place + 1:]]
    random.shuffle(pairs)
    for number, (start, end) in enumerate(sorted(pairs[:ask.wishes.get("rows", 28)]), start=1):
        streets = [f"đường {street}" for street in random.sample(STREETS, 4)]
        course = ["Bến xe " + start, *streets, "Bến xe " + end]
        trips = random.randrange(20, 110, 2)
        yield {
            "ma_tuyen": f"{number:02d}", "ten_tuyen": f"{start} – {end}", "diem_dau": course[0], "diem_cuoi": course[-1],
            "lo_trinh_di": " – ".join(course), "lo_trinh_ve": " – ".join(reversed(course)), "cu_ly_km": round(random.uniform(9, 78), 1),
            "so_chuyen_ngay": trips, "gian_cach_phut": max(10, round(780 * 2 / trips / 5) * 5), "gio_mo_tuyen": random.choice(["05:00", "05:15", "05:30"]),
            "gio_dong_tuyen": random.choice(["18:30", "19:00", "19:30"]), "gia_ve": random.randrange(7000, 36000, 1000),
            "tro_gia": random.choice(["có", "có", "không"]), "don_vi_van_hanh": f"Hợp tác xã Vận tải {random.choice(('Minh hoạ Biển Xanh', 'Minh hoạ Sao Mai', 'Minh hoạ Đông Hải'))}",
            "trang_thai": random.choices(["Đang hoạt động", "Tạm ngừng"], [9, 1])[0], "ngay_cap_nhat": ask.day,
        }
