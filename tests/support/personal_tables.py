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


_SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Võ", "Huỳnh", "Đặng", "Bùi", "Đỗ", "Hồ")
_GIVEN = ("Văn An", "Thị Bình", "Hoàng Nam", "Thu Hà", "Minh Đức", "Thị Ngọc Lan", "Quốc Việt", "Thanh Tùng")
_LETTERS = "ABCDEFGHKLMNPSTUVXYZ"
VAGUE = ("Cột 3", "Mã", "Ghi chú", "Thông tin", "", "Số", "Mã số", "Nội dung", "column_7", "Thông tin khác")


def name(chance: random.Random) -> str:
    return f"{chance.choice(_SURNAMES)} {chance.choice(_GIVEN)}"


def of_home(*own: str, others: str = "") -> Callable[[random.Random], str]:
    """The beginning of a number: four in five times that of the own province."""
    return lambda c: c.choice(own) if chance_of(c, 0.8) else c.choice(others.split())


def chance_of(chance: random.Random, share: float) -> bool:
    return chance.random() < share


_OLD = of_home("27", others="01 02 03 12 17 19 21 24 25 26 29 31 33 36 38")
_NEW = of_home("77", others="01 12 26 31 34 38 40 48 52 64 66 68 75 79 82 92")
_PLATE = of_home("72", others="51 59 60 61 79 86 30 29 77")


def _series(chance: random.Random) -> str:
    return chance.choice(_LETTERS)


def _without_tax(chance: random.Random) -> str:
    return _NEW(chance) + _digits(chance, 8)


# Identifiers under a header that says nothing, as offices write them.
UNTOLD_ALONE: tuple[tuple[str, Writer], ...] = (
    ("plate", lambda c: f"{_PLATE(c)}{_series(c)}-{_digits(c, 3)}.{_digits(c, 2)}"), ("plate", lambda c: f"{_PLATE(c)}{_series(c)}1 {_digits(c, 5)}"),
    ("plate", lambda c: f"{_PLATE(c)}{_series(c)}-{_digits(c, 4)}"), ("plate", lambda c: f"{_PLATE(c)}-{_series(c)}{c.randint(1, 9)} {_digits(c, 3)}.{_digits(c, 2)}"),
    ("plate", lambda c: f"{_PLATE(c)}{_series(c)}{_digits(c, 5)}"), ("plate", lambda c: f"{_PLATE(c)}{c.choice(('MĐ1', 'LD', 'AA'))}-{_digits(c, 3)}.{_digits(c, 2)}"),
    ("passport", lambda c: "B" + _digits(c, 7)), ("passport", lambda c: c.choice("BC") + _digits(c, 7)), ("passport", lambda c: "P" + _digits(c, 8)),
    ("cmnd", lambda c: _OLD(c) + _digits(c, 7)), ("insurance", _without_tax), ("insurance", lambda c: f"{c.choice(('GD', 'DN', 'HS'))}4{_digits(c, 12)}"),
    ("bank-account", lambda c: f"0{_digits(c, 2)}100{_digits(c, 7)}"), ("bank-account", lambda c: f"{c.choice(('6000', '6008', '7600'))}205{_digits(c, 6)}"),
    ("cccd", cccd), ("cccd", cut), ("mobile", mobile("0{}{}{}")), ("cccd", lambda c: cccd(c) if chance_of(c, 0.5) else _OLD(c) + _digits(c, 7)),
)
UNTOLD_BESIDE_NAMES: tuple[tuple[str, Writer], ...] = (
    ("cmnd", lambda c: c.choice(("01", "02", "13", "24", "27", "31", "38")) + _digits(c, 7)), ("cmnd", lambda c: f"27{_digits(c, 1)} {_digits(c, 3)} {_digits(c, 3)}"),
    ("insurance", lambda c: c.choice(("77", "79", "01", "48")) + _digits(c, 8)), ("mobile", lambda c: c.choice(("90", "91", "98", "33", "77")) + _digits(c, 7)),
    ("bank-account", lambda c: f"1903{_digits(c, 10)}"), ("bank-account", lambda c: f"10{_digits(c, 10)}"), ("bank-account", lambda c: f"{_digits(c, 4)} {_digits(c, 4)} {_digits(c, 4)}1"),
    ("passport", lambda c: c.choice(("E", "G", "M", "TR", "K")) + _digits(c, 8)),
)
NOTES: tuple[tuple[str, Writer], ...] = (
    ("cccd", lambda c: f"CCCD {cccd(c)}, ĐT {mobile('0{}{}{}')(c)}"), ("cccd", lambda c: f"{name(c)}, căn cước công dân số {cccd(c)}"), ("cmnd", lambda c: f"Số CMND: 27{_digits(c, 7)} cấp tại BR-VT"),
    ("mobile", lambda c: f"gọi chị Lan {mobile('0{} {} {}')(c)}"), ("mobile", lambda c: f"{name(c)}\nĐT: {mobile('0{}.{}.{}')(c)}"), ("plate", lambda c: f"xe 72A-{_digits(c, 3)}.{_digits(c, 2)} chở hàng"),
    ("plate", lambda c: f"biển số 72C1 {_digits(c, 5)}"), ("passport", lambda c: f"Hộ chiếu: B{_digits(c, 7)}"), ("bank-account", lambda c: f"STK {_digits(c, 13)} VCB"),
    ("insurance", lambda c: f"đã có sổ BHXH 77{_digits(c, 8)}"), ("email", lambda c: f"thư: nguoi.{_digits(c, 3)}@gmail.com"),
)
# What stands under the same headers and identifies nobody.
INNOCENT: tuple[Writer, ...] = (
    lambda c: f"{c.randint(100, 999)}000000", lambda c: str(int(10 ** c.uniform(8, 9))), lambda c: str(int(10 ** c.uniform(9, 12))), lambda c: f"{c.randint(1, 999)}.{_digits(c, 3)}.{_digits(c, 3)}",
    lambda c: tax_code(c), lambda c: bar_code(c), lambda c: str(1_700_000_000 + c.randint(0, 10**7)), lambda c: str(1_700_000_000_000 + c.randint(0, 10**10)),
    lambda c: f"A{c.randint(0, 400):07}", lambda c: f"{c.randint(1, 9999)}/QĐ-UBND", lambda c: f"VD-{_digits(c, 5)}-{c.randint(10, 24)}", lambda c: f"0254{_digits(c, 7)}", lambda c: f"{_digits(c, 5)}",
    lambda c: f"H01.{_digits(c, 2)}-{_digits(c, 6)}-{_digits(c, 4)}", lambda c: f"{c.randint(1, 99)}A-{c.randint(1, 99):02}", lambda c: "27" + f"{c.randint(0, 300):07}", lambda c: f"107.{_digits(c, 7)}",
    lambda c: c.choice(("không", "đã kiểm tra", "Theo Quyết định số 1234/QĐ-UBND ngày 12/05/2021")), lambda c: f"Hồ sơ {_digits(c, 6)}, nộp {born(c)}", lambda c: f"2024{_digits(c, 4)}{_digits(c, 6)}",
)


def tax_code(chance: random.Random) -> str:
    """A firm's tax code with its check digit."""
    while True:
        digits = "35" + _digits(chance, 7)
        last = 10 - sum(int(digit) * weight for digit, weight in zip(digits, (31, 29, 23, 19, 17, 13, 7, 5, 3), strict=True)) % 11
        if last < 10:
            return f"{digits}{last}"


def bar_code(chance: random.Random) -> str:
    """A bar code of thirteen digits with its check digit."""
    digits = "893" + _digits(chance, 9)
    total = sum(int(digit) * (3 if number % 2 else 1) for number, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def sparse(writer: Writer) -> Writer:
    """A number in half of the cells, words in the others."""
    return lambda c: writer(c) if chance_of(c, 0.5) else c.choice(("không có", "chưa cấp", "đã thu hồi"))


def untold_tables(count: int, seed: int) -> Iterator[Table]:
    """Tables with a column of identifiers under a header that tells nothing; those of the second list stand beside names of persons."""
    chance = random.Random(seed)
    kinds = [(kind, writer, False) for kind, writer in UNTOLD_ALONE] + [(kind, writer, True) for kind, writer in UNTOLD_BESIDE_NAMES]
    for number in range(count):
        kind, writer, beside = kinds[number % len(kinds)]
        columns = {label: BESIDE[label] for label in chance.sample(sorted(BESIDE), chance.randint(2, 6))}
        columns |= {chance.choice(("Họ và tên", "Cột 2", "Tên")): name} if beside or chance.random() < 0.4 else {}
        columns[chance.choice(VAGUE)] = sparse(writer) if chance_of(chance, 0.3) else writer
        yield _filled(kind, columns, chance, (60, 120))


def noted_tables(count: int, seed: int) -> Iterator[Table]:
    """Tables with a column of notes in some of which there is an identifier amid other words."""
    chance = random.Random(seed)
    for number in range(count):
        kind, writer = NOTES[number % len(NOTES)]
        share = chance.choice((0.2, 0.5, 1.0))
        columns = {label: BESIDE[label] for label in chance.sample(sorted(BESIDE), chance.randint(2, 6))}
        columns["Ghi chú"] = lambda c, writer=writer, share=share: writer(c) if chance_of(c, share) else c.choice(("không", "đã nộp đủ hồ sơ", ""))
        yield _filled(kind, columns, chance, (80, 120))


def innocent_tables(count: int, seed: int) -> Iterator[Table]:
    """Tables with a column that identifies nobody under a header that tells nothing, half of them beside names of persons."""
    chance = random.Random(seed)
    for number in range(count):
        columns = {label: BESIDE[label] for label in chance.sample(sorted(BESIDE), chance.randint(2, 6))}
        columns |= {"Người đại diện": name} if number % 2 else {}
        columns[chance.choice(VAGUE)] = sparse(INNOCENT[number % len(INNOCENT)]) if chance_of(chance, 0.3) else INNOCENT[number % len(INNOCENT)]
        yield _filled("", columns, chance, (30, 120))


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
