"""A PX-Web server of the test: both versions of its interface over one table, with its limit of cells and its refusals."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from support.kinds.cubes import posted
from support.web_server import Handler, WebServer, reply

VARIABLES = {
    "Địa phương": {"747": "Vũng Tàu", "748": "Bà Rịa", "750": "Châu Đức"},
    "Năm": {str(year): str(year) for year in range(2015, 2024)},
    "Chỉ tiêu": {"DS": "Dân số", "MD": "Mật độ"},
}
UNITS = {"DS": "Nghìn người", "MD": "Người/km²"}


def value_of(codes: tuple[str, ...]) -> float | None:
    """The number of a cell, told by its codes; none for one place in one year."""
    place, year, subject = codes
    return None if (place, year) == ("750", "2020") else int(place) * 10 + int(year) % 10 + (0.5 if subject == "MD" else 0)


def table(name: str = "V02.01") -> list[list[str]]:
    """The rows that any way of asking must give, below the header."""
    rows = []
    for codes in product(*VARIABLES.values()):
        value = value_of(codes)
        rows.append([codes[0], VARIABLES["Địa phương"][codes[0]], codes[1], codes[2], VARIABLES["Chỉ tiêu"][codes[2]],
            UNITS[codes[2]],
                     "" if value is None else str(value), ".." if value is None else ""])
    return rows


HEADER = ["Địa phương", "Địa phương_label", "Năm", "Chỉ tiêu", "Chỉ tiêu_label", "Chỉ tiêu_unit", "value", "status"]


@dataclass
class PxServer:
    """What the server does: `limit` cells at a time, `says` that limit or hides it; `asked` are the questions' sizes."""

    limit: int = 1000
    says: bool = True
    formats: tuple[str, ...] = ("json-stat2", "json-stat")
    updated: str = "2024-09-30T08:00:00Z"
    order: tuple[str, ...] = ("Địa phương", "Năm", "Chỉ tiêu")
    extra: bool = False
    asked: list[int] = field(default_factory=list)
    spoil: Any = None  # changes an answer before it is sent

    def serve(self, server: WebServer) -> None:
        """Version 1 under /api/v1/vi/dan-so/V02.01.px, version 2 under /api/v2/tables/TAB1."""
        text = {"title": "Dân số theo Địa phương, Năm, Chỉ tiêu", "variables": [
            {"code": name, "text": name.lower(), "values": list(codes), "valueTexts": list(codes.values()), "elimination": True}
            for name, codes in VARIABLES.items()]}

        def first(handler: Handler) -> None:
            if handler.command == "POST":
                question = posted(handler)
                chosen = {part["code"]: part["selection"]["values"] for part in question["query"]}
                self._answer(handler, chosen, question["response"]["format"])
            else:
                reply(json.dumps(text))(handler)

        def second(handler: Handler) -> None:
            chosen = {part["variableCode"]: part["valueCodes"] for part in posted(handler)["selection"]}
            self._answer(handler, chosen, handler.params["outputFormat"])

        whole = {name: list(codes) for name, codes in VARIABLES.items()}
        metadata = {key: value for key, value in self._dataset(whole, tuple(VARIABLES)).items() if key not in ("value", "status")}
        server.routes |= {
            "/api/v1/vi": reply(json.dumps({"maxValues": 100, "maxCells": self.limit, "maxCalls": 1000,
            "timeWindow": 1} if self.says else [])),
            "/api/v1/vi/dan-so": reply(json.dumps([{"id": "V02.01.px", "type": "t", "text": text["title"],
            "updated": self.updated}])),
            "/api/v1/vi/dan-so/V02.01.px": first,
            "/api/v2/config": reply(json.dumps({"maxDataCells": self.limit,
            "license": "https://creativecommons.org/publicdomain/zero/1.0/"})),
            "/api/v2/tables/TAB1/metadata": reply(json.dumps(metadata)),
            "/api/v2/tables/TAB1/data": second,
        }

    def _answer(self, handler: Handler, chosen: dict[str, list[str]], wanted: str) -> None:
        cells = 1
        for codes in chosen.values():
            cells *= len(codes)
        self.asked.append(cells)
        if wanted not in self.formats:
            reply('CHARSET="ANSI";\nMATRIX="V02.01";\n')(handler)
        elif cells > self.limit:
            reply('{"error": "Too many values selected"}', status=403)(handler)
        else:
            dataset = self._dataset(chosen)
            if self.spoil is not None:
                dataset = self.spoil(dataset, len(self.asked))
            reply(json.dumps(_old(dataset) if wanted == "json-stat" else dataset))(handler)

    def _dataset(self, chosen: dict[str, list[str]], order: tuple[str, ...] = ()) -> dict[str, Any]:
        names = [name for name in order or self.order if name in chosen]
        cells = []
        for codes in product(*(chosen[name] for name in names)):
            by = dict(zip(names, codes, strict=True))
            cells.append(value_of(tuple(by[name] for name in VARIABLES)))
        described = {name: {"label": name.lower(), "category": {
            "index": {code: n for n, code in enumerate(chosen[name])},
            "label": {code: VARIABLES[name][code] for code in chosen[name]},
            **({"unit": {code: {"base": UNITS[code],
            "decimals": 1} for code in chosen[name]}} if name == "Chỉ tiêu" else {})}} for name in names}
        if self.extra and not order:
            names = ["ContentsCode", *names]
            described["ContentsCode"] = {"label": "ContentsCode", "category": {
                "index": {"EliminatedValue": 0}, "label": {"EliminatedValue": "Dân số"},
                "unit": {"EliminatedValue": {"base": "người"}}}}
        return {"version": "2.0", "class": "dataset", "label": "Dân số", "updated": self.updated, "id": names,
            "dimension": described,
                "size": [len(described[name]["category"]["index"]) for name in names], "value": cells,
                "status": {str(n): ".." for n, cell in enumerate(cells) if cell is None}}


def _old(dataset: dict[str, Any]) -> dict[str, Any]:
    """The same in version 1 of JSON-stat."""
    dimension = {**dataset["dimension"], "id": dataset["id"], "size": dataset["size"]}
    return {"dataset": {"label": dataset["label"], "updated": dataset["updated"], "dimension": dimension,
        "value": dataset["value"],
                        "status": dataset["status"]}}
