"""What stands in the made-up tables: for each Table Schema, rows that a real agency might write.

Every institution, company and figure here is invented; places are real. No row is about a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a table shall hold: its own random numbers, the day of its figures, a district, and the table's own wishes."""

    random: Random
    day: date
    district: str = ""
    wishes: dict[str, Any] = field(default_factory=dict)


def builders() -> dict[str, Callable[[Ask], Iterator[Row]]]:
    """Schema name -> who writes its rows."""
    from demo.content import administration, economy, land, society

    return {
        "bao-cao-chi-tieu": administration.indicator_reports,
        "cho-sieu-thi": economy.markets,
        "co-so-kham-chua-benh": society.clinics,
        "co-so-luu-tru": economy.lodgings,
        "du-an-dau-tu": economy.projects,
        "gia-vat-lieu-xay-dung": economy.material_prices,
        "ho-so-thu-tuc-hanh-chinh": administration.dossiers,
        "muc-do-hai-long": administration.satisfaction,
        "quan-trac-moi-truong": land.monitoring,
        "san-luong-nong-nghiep": land.harvests,
        "thu-tuc-hanh-chinh": administration.procedures,
        "truong-hoc": society.schools,
        "tuyen-xe-buyt": society.bus_routes,
    }
