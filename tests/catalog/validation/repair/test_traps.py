"""Cells that look as if one knew what is meant: none is changed until the whole column proves it."""

from __future__ import annotations

import pytest

from catalog.validation.repair import Column

TEXT = {"type": "string"}
CODE = {"type": "string", "constraints": {"pattern": r"\d+"}}
QUARTER = {"type": "string", "constraints": {"pattern": r"\d{4}-Q[1-4]"}}
DATE, NUMBER, INTEGER, BOOLEAN, YEAR, MONTH = ({"type": kind} for kind in ("date", "number", "integer", "boolean", "year", "yearmonth"))

TRAPS = [
    # words that may be missing values, and names, and words for no
    *((kind, word, ()) for word in ("na", "NA", "Na", "null", "nan") for kind in (
        BOOLEAN, NUMBER, INTEGER, DATE, {**TEXT, "constraints": {"minLength": 5}}, {**TEXT, "constraints": {"enum": ["Na Rì", "Ba Bể"]}})),
    *((kind, dash, ()) for dash in ("-", "–", "—", "x") for kind in (NUMBER, INTEGER, DATE, BOOLEAN)),
    # thousands or decimals
    *((kind, cell, ()) for kind in (NUMBER, INTEGER) for cell in ("1,234", "1,000", "12,500")),
    *((INTEGER, cell, others) for cell in ("1.000", "1.234", "12.500") for others in ((), ("5",), ("12.0", "3.0"))),
    (INTEGER, "1.000", ("2.000", "3.000")), (NUMBER, "1.234", ()), (NUMBER, "1.000", ("2.000", "3.000", "4.000")),
    (NUMBER, "1,234", ("12.5", "13.5")), (NUMBER, "1,234", ("12,5", "12.5")), (CODE, "1.000", ()), (CODE, "1,00", ()), (CODE, "077.00", ()),
    # footnotes, items of lists, shares
    *((kind, cell, ()) for kind in (NUMBER, INTEGER) for cell in ("(5)", "(1)", "(12)", "- 5", "– 12")), (NUMBER, "(1)", ("2", "3", "(2)")),
    (NUMBER, "12,5%", ()), (INTEGER, "5%", ()), ({"type": "number", "constraints": {"maximum": 100}}, "150%", ()),
    # days, months, centuries
    *((DATE, cell, ()) for cell in ("05/04/2023", "5-4-2023", "05.04.2023", "5/4/23", "31/12/24", "13/1/45")),
    (DATE, "05/04/2023", ("2023-05-13", "2023-12-31")), (DATE, "05-04-2023", ("13/01/2023",)), (DATE, "05/04/2023", ("13/01/23",)),
    (DATE, "05/04/2023", ("ngày 13 tháng 1 năm 2023",)), (DATE, "05/04/2023", ("13/01/2023", "01/13/2023")), (DATE, "5.4.2023", ("1/13/2023",)),
    (DATE, "15/8/55", ("16/9/2005", "17/9/2011", "18/9/2008")), (DATE, "15/8/70", ("16/9/2020", "17/9/2021", "18/9/2022")),
    (DATE, "13/1/45", ("16/9/1960", "17/9/1970", "18/9/1990")), (DATE, "15/8/05", ("16/9/2005",)),
    (MONTH, "2023.1", ()), (MONTH, "2023.2", ()), (YEAR, "2023.1", ()), (YEAR, "23", ()), (YEAR, "2.023", ()), (YEAR, "2022-2023", ()),
    (QUARTER, "Quý 3", ()), (QUARTER, "Quý III", ()), (QUARTER, "Q3/23", ()), (QUARTER, "Quý 12023", ()),
    # texts of which nothing says how they are written
    *(({**TEXT, "constraints": {"maxLength": 7}}, cell, ()) for cell in ("tháng 10/2023", "Quý 3/2023", "AB - 12345")),
    ({**TEXT, "constraints": {"pattern": r"\d{4}-\d{2}|\d{2}/\d{4}"}}, "tháng 10/2023", ()),
    # words of lists that other words look like
    ({**TEXT, "constraints": {"enum": ["Nam", "Nữ"]}}, "năm", ()), ({**TEXT, "constraints": {"enum": ["Bán", "Mua"]}}, "Bàn", ()),
    ({**TEXT, "constraints": {"enum": ["Cho", "Chợ"]}}, "cho", ()), ({**TEXT, "constraints": {"enum": ["Chợ", "Chở"]}}, "cho", ()),
    *((BOOLEAN, cell, ()) for cell in ("x", "không có", "chưa", "đạt", "y", "n", "0,0")),
]


@pytest.mark.parametrize(("descriptor", "cell", "others"), TRAPS)
def test_no_trap_is_certain(descriptor, cell, others):
    column = Column({"name": "a", **descriptor})
    for text in (*others, cell):
        column.look(text)
    found = column.proposal(cell)
    assert found is None or not found.certain, f"{cell} → {found.after}"


@pytest.mark.parametrize(("descriptor", "cell", "others", "after"), [
    (NUMBER, "(5)", ("(1.200,5)",), "-5"), (DATE, "05/04/2023", ("13/01/2023",), "2023-04-05"), (DATE, "15/8/05", ("16/9/2005", "17/9/2011", "18/9/2008"), "2005-08-15"),
    (MONTH, "2023/1", (), "2023-01"), (QUARTER, "Quý 3 năm 2023", (), "2023-Q3"), (QUARTER, "q3/2023", (), "2023-Q3"), (INTEGER, "1.000", ("1.234.567",), "1000"),
    (CODE, "077.0", (), "077"), (NUMBER, "n/a", (), "")])
def test_what_the_column_proves_is_certain(descriptor, cell, others, after):
    column = Column({"name": "a", **descriptor})
    for text in (*others, cell):
        column.look(text)
    found = column.proposal(cell)
    assert found is not None and found.after == after
