"""Who writes the rows of each Table Schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from demo.content import administration, economy, land, society
from demo.content.ask import Ask, Row

BUILDERS: dict[str, Callable[[Ask], Iterator[Row]]] = {
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
