"""The communes and districts of the province in 2023, with rough coordinates of the districts."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

FACTS = Path(__file__).parent / "facts"
# Rough centres in WGS 84 (longitude, latitude), enough to put made-up places on a map.
CENTRES = {
    "747": (107.10, 10.38), "748": (107.17, 10.50), "750": (107.25, 10.66), "751": (107.42, 10.60),
    "752": (107.22, 10.46), "753": (107.29, 10.50), "754": (107.08, 10.62), "755": (106.607, 8.69),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A commune, or a district that has none: GSO code, full name, and its district."""

    code: str
    name: str
    district_code: str
    district: str

    @property
    def short(self) -> str:
        """The name without its rank: `Long Sơn` for `Xã Long Sơn`; a numbered ward keeps its rank."""
        bare = self.name.split(" ", 2 if self.name.startswith("Thị trấn") else 1)[-1]
        return self.name if bare.isdigit() else bare

    def point(self, random: Random) -> tuple[float, float]:
        """A made-up point near the centre of the district, longitude and latitude to four decimals."""
        east, north = CENTRES[self.district_code]
        spread = 0.012 if self.district_code == "755" else 0.035
        return round(east + random.uniform(-spread, spread), 4), round(north + random.uniform(-spread, spread), 4)


@cache
def units() -> tuple[dict[str, str], ...]:
    """The rows of the real table of 2023: districts (without `ma_xa`) and communes."""
    text = (FACTS / "don-vi-hanh-chinh-77-2023.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


@cache
def districts() -> dict[str, str]:
    """District code -> full name, in the order of the codes."""
    return {row["ma_huyen"]: row["ten_huyen"] for row in units() if not row["ma_xa"]}


@cache
def communes(district: str = "") -> tuple[Place, ...]:
    """The communes of a district, or of the province; a district without communes stands for itself."""
    found = [Place(row["ma_xa"], row["ten_xa"], row["ma_huyen"], row["ten_huyen"]) for row in units() if row["ma_xa"]]
    if with_none := set(districts()) - {place.district_code for place in found}:
        found += [Place(code, districts()[code], code, districts()[code]) for code in sorted(with_none)]
    return tuple(place for place in found if not district or place.district_code == district)
