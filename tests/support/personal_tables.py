"""Tables as offices keep them, each with one column that identifies persons, in every way such a column is headed and written."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Writer = Callable[[random.Random], str]
_NAMES = ["Nguyễn Văn An", "Trần Thị Bình", "Lê Hoàng Nam", "Phạm Thu Hà", "Võ Minh Đức"]
_PROVINCES = ("077", "079", "075", "001", "048", "092")


def _digits(chance: random.Random, count: int) -> str:
    return "".join(str(chance.randint(0, 9)) for _ in range(count))


def cccd(chance: random.Random) -> str:
    return chance.choice(_PROVINCES) + chance.choice("0123") + _digits(chance, 8)


def mobile(form: str) -> Writer:
    """A mobile number, its nine digits written into the form as three parts."""
    return lambda chance: form.format(chance.choice("35789") + _digits(chance, 2), _digits(chance, 3), _digits(chance, 3))


def born(chance: random.Random) -> str:
    return f"{chance.randint(1, 28):02}/{chance.randint(1, 12):02}/{chance.randint(1940, 2010)}"


def home(chance: random.Random) -> str:
    return f"{chance.randint(1, 300)} {chance.choice(('Lê Lợi', 'Trần Phú', 'Ba Cu'))}, phường {chance.choice(('Thắng Tam', 'Rạch Dừa'))}, Vũng Tàu"


PHONES = tuple(mobile(form) for form in ("0{}{}{}", "0{} {} {}", "0{}.{}.{}", "0{}-{}-{}", "+84{}{}{}", "+84 {} {} {}", "(+84) {} {} {}", "(+84){}{}{}", "84{}{}{}",
                                         "+84 (0){}{}{}", "(0{}) {} {}", "{}{}{}", "0{}{}{} / 0912345678", "0{}{}{}; 0912 345 678"))
def cut(chance: random.Random) -> str:
    """A citizen's number whose first nought a workbook has taken."""
    return f"{chance.choice(('77', '79', '75'))}{chance.choice('0123')}{_digits(chance, 8)}"


KINDS: dict[str, tuple[tuple[str, ...], tuple[Writer, ...]]] = {
    "cccd": (("Số CCCD", "CCCD/CMND", "Số định danh cá nhân", "Căn cước công dân", "so_cccd", "Ghi chú 2", "Giấy tờ tùy thân"), (cccd, lambda c: " ".join([cccd(c)]))),
    "cmnd": (("Số CMND", "CMND", "Chứng minh nhân dân", "so_cmnd", "Số CMTND"), (lambda c: "27" + _digits(c, 7), lambda c: f"27{_digits(c, 1)} {_digits(c, 3)} {_digits(c, 3)}")),
    "mobile": (("SĐT", "Số điện thoại", "Điện thoại", "ĐTDĐ", "so_dien_thoai", "Di động", "Số ĐT chủ hộ", "Zalo"), PHONES),
    "email": (("Email", "E-mail", "Thư điện tử", "Liên hệ"), (lambda c: f"nguoi.{_digits(c, 3)}@gmail.com", lambda c: f"an{_digits(c, 2)}@yahoo.com.vn")),
    "bank-account": (("Số tài khoản", "STK", "Số tài khoản ngân hàng"), (lambda c: _digits(c, 13), lambda c: f"{_digits(c, 4)} {_digits(c, 4)} {_digits(c, 5)}")),
    "plate": (("Biển số xe", "Biển số", "Biển kiểm soát", "BKS", "bien_so"), (lambda c: f"72A-{_digits(c, 3)}.{_digits(c, 2)}", lambda c: f"72C1-{_digits(c, 3)}.{_digits(c, 2)}",
              lambda c: f"72A{_digits(c, 5)}", lambda c: f"72A-{_digits(c, 4)}", lambda c: f"72-C1 {_digits(c, 5)}")),
    "passport": (("Số hộ chiếu", "Hộ chiếu", "Passport"), (lambda c: "B" + _digits(c, 7), lambda c: "C" + _digits(c, 8))),
    "insurance": (("Số BHXH", "Mã số BHXH", "Số thẻ BHYT", "Mã thẻ bảo hiểm y tế"), (lambda c: _digits(c, 10), lambda c: "GD4" + _digits(c, 12), lambda c: f"HS 4 77 {_digits(c, 10)}")),
    "home-address": (("Địa chỉ thường trú", "Nơi thường trú", "Hộ khẩu thường trú", "Địa chỉ nhà", "Nơi ở hiện nay", "Chỗ ở hiện tại"), (home,)),
    "name-and-birth": (("Ngày sinh", "Năm sinh", "Ngày tháng năm sinh"), (born, lambda c: str(c.randint(1940, 2010)), lambda c: f"{c.randint(1940, 2010)}-05-{c.randint(1, 28):02}")),
    "name-and-sensitive": (("Dân tộc", "Tôn giáo", "Chẩn đoán", "Tiền án, tiền sự", "Tình trạng hôn nhân"), (lambda c: c.choice(("Kinh", "Không", "Hoa")),)),
}
BESIDE: dict[str, Writer] = {
    "STT": lambda c: str(c.randint(1, 500)), "Đơn vị": lambda c: c.choice(("Phường 1", "Xã Long Sơn")), "Số tiền (đồng)": lambda c: _digits(c, 9),
    "Mã số thuế": lambda c: "35" + _digits(c, 8), "Năm": lambda c: str(c.randint(2015, 2024)), "Diện tích": lambda c: f"{c.randint(1, 90)}.{_digits(c, 2)}",
    "Điện thoại cơ quan": lambda c: "0254" + _digits(c, 7), "Ngày ban hành": born, "Dân số": lambda c: _digits(c, 6), "Tổng mức đầu tư": lambda c: str(c.randint(10**10, 10**11)), "Địa chỉ": home}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table and the kind of its personal column ("" where it has none)."""

    kind: str
    labels: list[str]
    rows: list[list[str]]


def tables(count: int, seed: int) -> Iterator[Table]:
    """Tables of every kind in turn, with columns that are not personal beside, some cells empty."""
    chance = random.Random(seed)
    for number in range(count):
        kind = sorted(KINDS)[number % len(KINDS)]
        headers, writers = KINDS[kind]
        columns = {label: BESIDE[label] for label in chance.sample(sorted(BESIDE), chance.randint(2, 6))}
        columns |= {"Họ và tên": lambda c: c.choice(_NAMES)} if kind.startswith("name-") or chance.random() < 0.4 else {}
        columns[chance.choice(headers)] = chance.choice(writers)
        yield _filled(kind, columns, chance)


UNHEADED: tuple[tuple[str, Writer], ...] = (
    ("cccd", cccd), ("cccd", cut), ("mobile", mobile("0{}{}{}")),
    ("email", lambda c: f"nguoi.{_digits(c, 3)}@gmail.com"), ("insurance", lambda c: "GD4" + _digits(c, 12)))


def unheaded_tables(count: int, seed: int) -> Iterator[Table]:
    """Tables with a column that only its values tell, whatever stands above it."""
    chance = random.Random(seed)
    for number in range(count):
        kind, writer = UNHEADED[number % len(UNHEADED)]
        columns = {label: BESIDE[label] for label in chance.sample(sorted(BESIDE), chance.randint(2, 6))}
        columns[chance.choice(("Cột 5", "", "Ghi chú", "Mã"))] = writer
        yield _filled(kind, columns, chance, (30, 120))


def plain_tables(count: int, seed: int) -> Iterator[Table]:
    """Tables that hold nothing personal."""
    chance = random.Random(seed)
    for _ in range(count):
        yield _filled("", {label: BESIDE[label] for label in chance.sample(sorted(BESIDE), chance.randint(3, 8))}, chance)


def _filled(kind: str, columns: dict[str, Writer], chance: random.Random, rows_of: tuple[int, ...] = (8, 30, 120)) -> Table:
    labels = chance.sample(sorted(columns), len(columns))
    empty = chance.choice((0.0, 0.1, 0.4))
    rows = [["" if chance.random() < empty else columns[label](chance) for label in labels] for _ in range(chance.choice(rows_of))]
    return Table(kind=kind, labels=labels, rows=rows)
